/* SPDX-License-Identifier: MIT */
#include <idphoto/mounts.h>

#include <string.h>
#include <sys/sysmacros.h>

/* Blanks and backslashes in names are written as "\040". */
static void unescape(char *s)
{
        char *to = s;

        while (*s) {
                if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
                    s[3] >= '0' && s[3] <= '7') {
                        *to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
                        s += 4;
                } else
                        *to++ = *s++;
        }
        *to = '\0';
}

/* "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue", see proc(5).
 * Without the dash: -EINVAL. */
static int parse(char *line, MountRow *ret)
{
        enum { DEVICE = 2, ROOT, PATH, FIELDS_BEFORE };
        char *fields[FIELDS_BEFORE], *behind = strstr(line, " - "), *save = NULL, *type, *source;
        unsigned major, minor;
        size_t n = 0;

        if (!behind)
                return -EINVAL;
        *behind = '\0';
        for (char *word = strtok_r(line, " ", &save); word && n < FIELDS_BEFORE;
             word = strtok_r(NULL, " ", &save))
                fields[n++] = word;
        type = strtok_r(behind + strlen(" - "), " ", &save);
        source = strtok_r(NULL, " ", &save);
        if (n < FIELDS_BEFORE || !source || sscanf(fields[DEVICE], "%u:%u", &major, &minor) != 2)
                return -EINVAL;
        unescape(fields[ROOT]);
        unescape(fields[PATH]);
        unescape(source);
        *ret = (MountRow){.device = makedev(major, minor),
                          .root = fields[ROOT],
                          .path = fields[PATH],
                          .type = type,
                          .source = source};
        return 0;
}

int mounts_each(MountCallback callback, void *userdata)
{
        _cleanup_fclose_ FILE *file = fopen("/proc/self/mountinfo", "re");
        _cleanup_free_ char *line = NULL;
        size_t allocated = 0;
        int r = 0;

        if (!file)
                return -errno;
        while (r == 0 && getline(&line, &allocated, file) > 0) {
                MountRow row;

                if (parse(line, &row) >= 0)
                        r = callback(&row, userdata);
        }
        return r == 0 && ferror(file) ? -EIO : r;
}
