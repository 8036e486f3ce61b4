/* SPDX-License-Identifier: MIT */
#include "worker/models.h"
#include "worker/serve.h"

#include <string.h>

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
        int r = photo_prepare();

        return r < 0 ? r : worker_models_load(userdata);
}

static int examine(void *userdata, const void *data, size_t size, const PhotoRules *rules,
                   PhotoResult *ret)
{
        PhotoModels *const *models = userdata;

        return photo_examine_with(data, size, rules, *models, ret);
}

static int render_centre(void *userdata, const void *data, size_t size, const PhotoRules *rules,
                         uint8_t **ret_jpeg, size_t *ret_size)
{
        PhotoModels *const *models = userdata;

        return photo_render_centre(data, size, rules, *models, ret_jpeg, ret_size);
}

int main(int argc, char **argv)
{
        static const WorkerListReader reader = {
                .prepare = roster_prepare,
                .read_roster = roster_read,
                .read_progress_list = progress_list_read,
        };
        static const WorkerUnpacker unpacker = {
                .prepare = archive_prepare,
                .unpack = archive_unpack,
                .is_archive = photo_is_archive,
        };
        PhotoModels *models = NULL;
        const WorkerExaminer examiner = {
                .prepare = prepare,
                .examine = examine,
                .render_centre = render_centre,
                .userdata = &models,
        };
        int status;

        /* Whoever finds the file may ask what it is; everything else is for its parents. */
        if (argc == 2 && strcmp(argv[1], "--version") == 0)
                return puts("idphoto-worker " PACKAGE_VERSION) < 0 || fflush(stdout) != 0;
        status = worker_serve(argc, argv, &examiner, &reader, &unpacker);
        photo_models_free(models);
        return status;
}
