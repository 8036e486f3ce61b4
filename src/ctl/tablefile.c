/* SPDX-License-Identifier: MIT */
#include "tablefile.h"

#include "complain.h"

#include <idphoto/io.h>
#include <idphoto/message.h>
#include <idphoto/worker.h>

#include <fcntl.h>

ListLimits tablefile_limits(const Config *config)
{
        return (ListLimits){
                .memory_bytes = config->list_memory_bytes,
                .timeout_msec = config->list_time_msec,
        };
}

static void say_unopened(const char *path, int error, Language language)
{
        command_error(MESSAGE(ERROR_READ, language), path,
                      error == -EINVAL ? MESSAGE(CAUSE_NOT_REGULAR, language)
                                       : message_errno(-error, language));
}

void tablefile_say_unread(const char *path, int error, Language language)
{
        /* These two are the file's own; any other is of the process that was to read it. */
        if (error == -EINVAL || error == -EIO)
                say_unopened(path, error, language);
        else
                command_error(MESSAGE(ERROR_EXAMINE, language), path, worker_program_path(),
                              error == -ENOEXEC ? MESSAGE(CAUSE_WORKER, language)
                                                : message_errno(-error, language));
}

int tablefile_read_all(char **paths, size_t n, TablefileTake take, void *userdata,
                       Language language)
{
        for (size_t i = 0; i < n; i++) {
                _cleanup_close_ int fd = open_regular_at(AT_FDCWD, paths[i], NULL);
                int r;

                if (fd < 0) {
                        say_unopened(paths[i], fd, language);
                        return COMMAND_WRONG;
                }
                r = take(fd, path_name(paths[i]), userdata);
                if (r < 0) {
                        tablefile_say_unread(paths[i], r, language);
                        return COMMAND_WRONG;
                }
        }
        return COMMAND_OK;
}
