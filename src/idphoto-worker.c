/* SPDX-License-Identifier: MIT */
#include "worker/models.h"
#include "worker/serve.h"

#if HAVE_SANITIZERS
/* The leak detector looks at the process from another one, which the sandbox forbids. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
        return "detect_leaks=0";
}
#endif

static int prepare(void *userdata)
{
        return worker_models_load(userdata);
}

static int examine(void *userdata, const void *data, size_t size, const PhotoRules *rules,
                   PhotoResult *ret)
{
        PhotoModels *const *models = userdata;

        return photo_examine_with(data, size, rules, *models, ret);
}

int main(int argc, char **argv)
{
        PhotoModels *models = NULL;
        const WorkerExaminer examiner = {
                .prepare = prepare,
                .examine = examine,
                .userdata = &models,
        };
        int status = worker_serve(argc, argv, &examiner);

        photo_models_free(models);
        return status;
}
