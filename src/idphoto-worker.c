/* SPDX-License-Identifier: MIT */
#include "worker/serve.h"

#if HAVE_SANITIZERS
/* The leak detector looks at the process from another one, which the sandbox forbids. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
        return "detect_leaks=0";
}
#endif

static int examine(void *userdata _unused_, const void *data, size_t size, const PhotoRules *rules,
                   PhotoResult *ret)
{
        return photo_examine(data, size, rules, ret);
}

int main(int argc, char **argv)
{
        const WorkerExaminer examiner = {.examine = examine};

        return worker_serve(argc, argv, &examiner);
}
