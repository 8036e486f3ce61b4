/* SPDX-License-Identifier: MIT */
#include <idphoto/config.h>
#include <idphoto/io.h>
#include <idphoto/workdays.h>

/* Some decades of holidays, each on a line. */
enum { CALENDAR_BYTES_MAX = 1024 * 1024 };

int config_load_calendar_at(int dirfd, const Config *config, Calendar **ret,
                            ConfigProblem *ret_problem)
{
        _cleanup_close_ int fd = -EBADF;
        _cleanup_free_ char *data = NULL;
        size_t size, line = 0;
        int r;

        if (!*config->holidays) {
                *ret = NULL;
                return 0;
        }
        fd = open_regular_at(dirfd, config->holidays, NULL);
        if (fd < 0)
                return fd;
        r = read_whole_fd(fd, CALENDAR_BYTES_MAX, &data, &size);
        if (r >= 0)
                r = calendar_parse(data, size, ret, &line);
        if (r == -EINVAL || r == -E2BIG) {
                *ret_problem = (ConfigProblem){
                        .fault = CONFIG_FAULT_CALENDAR, .line = (unsigned)line, .key = -1};
                return -EBADMSG;
        }
        return r;
}
