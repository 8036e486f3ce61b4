/* SPDX-License-Identifier: MIT */
#include "fs/mount.h"

#include <idphoto/log.h>

#include <errno.h>
#include <string.h>

/* The mount program: options, then mount_serve(). It takes its arguments as mount helpers do, so
 * that mount(8) and fstab may call it. */

static const char help_text[] =
        "Usage: idphotofs [-o OPTION[,OPTION...]] [-f] [-d] STORE MOUNTPOINT\n"
        "\n"
        "Mounts a store of graduation photos. Drop photos into a teaching point's\n"
        "directory; each is checked, rewritten to the national format and named by the\n"
        "student's ID number, or moved to rejected/ with the reason beside it.\n"
        "\n"
        "  -f                   stay in the foreground, log to stderr\n"
        "  -d                   the same, and print the FUSE protocol\n"
        "  -h, --help           show this help\n"
        "  -V, --version        show the version\n"
        "\n"
        "Options for -o:\n"
        "  batch=NAME           mount this batch (default: the one in use)\n"
        "  lang=en|zh           names and texts in this language (default: the store's)\n"
        "  workers=N            photos examined at once (default: one for each core)\n"
        "  delay=MSEC           from the last close to the verdict's rename (600)\n"
        "  settle=MSEC          wait before a file that looks cut off is rejected (5000)\n"
        "  settle-empty=MSEC    the same for an empty file (600000)\n"
        "  verdict=close        close() waits and fails with EINVAL on a rejection\n"
        "                       (verdict=later: it does not, the default)\n"
        "  log=LEVEL            error, warning, info (default) or debug\n"
        "  allow_other          let other users in (default for root)\n"
        "  noguard              leave the bare mountpoint writable\n"
        "\n"
        "Unmount with 'fusermount3 -u MOUNTPOINT' or by SIGTERM.\n";

static int parse_unsigned(const char *name, const char *value, unsigned max, unsigned *ret)
{
        char *end;
        unsigned long n;

        errno = 0;
        n = strtoul(value, &end, 10);
        if (errno != 0 || end == value || *end != '\0' || *value == '-' || n > max) {
                log_error("option '%s' takes a whole number from 0 to %u, not '%s'", name, max,
                          value);
                return -EINVAL;
        }
        *ret = (unsigned)n;
        return 0;
}

static int parse_level(const char *value)
{
        static const char *const names[] = {
                [LOG_LEVEL_ERROR] = "error",
                [LOG_LEVEL_WARNING] = "warning",
                [LOG_LEVEL_INFO] = "info",
                [LOG_LEVEL_DEBUG] = "debug",
        };

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (strcmp(value, names[i]) == 0) {
                        log_set_level((LogLevel)i);
                        return 0;
                }
        log_error("option 'log' takes 'error', 'warning', 'info' or 'debug', not '%s'", value);
        return -EINVAL;
}

static int parse_option(MountOptions *options, char *option)
{
        /* What mount(8) passes on and what the mount is anyway. mount.fuse3 adds dev and suid
         * unless told otherwise; the mount is nodev and nosuid all the same. */
        static const char *const ignored[] = {
                "rw",       "defaults",   "auto",     "noauto",     "user",        "nouser",
                "users",    "owner",      "group",    "_netdev",    "nofail",      "dev",
                "nodev",    "suid",       "nosuid",   "exec",       "noexec",      "async",
                "noatime",  "atime",      "relatime", "norelatime", "strictatime", "nostrictatime",
                "diratime", "nodiratime", "lazytime", "nolazytime", "silent",
        };
        char *value = strchr(option, '=');

        if (value)
                *value++ = '\0';
        if (strcmp(option, "lang") == 0 && value) {
                options->language = language_from_string(value);
                if (options->language < 0) {
                        log_error("option 'lang' takes 'en' or 'zh', not '%s'", value);
                        return -EINVAL;
                }
                return 0;
        }
        if (strcmp(option, "batch") == 0 && value) {
                options->batch = value;
                return 0;
        }
        if (strcmp(option, "workers") == 0 && value)
                return parse_unsigned(option, value, 256, &options->fs.workers);
        if (strcmp(option, "delay") == 0 && value)
                return parse_unsigned(option, value, 60000, &options->fs.delay_msec);
        if (strcmp(option, "settle") == 0 && value)
                return parse_unsigned(option, value, 3600000, &options->fs.settle_msec);
        if (strcmp(option, "settle-empty") == 0 && value)
                return parse_unsigned(option, value, 86400000, &options->fs.settle_empty_msec);
        if (strcmp(option, "verdict") == 0 && value) {
                if (strcmp(value, "close") != 0 && strcmp(value, "later") != 0) {
                        log_error("option 'verdict' takes 'later' or 'close', not '%s'", value);
                        return -EINVAL;
                }
                options->fs.verdict_on_close = strcmp(value, "close") == 0;
                return 0;
        }
        if (strcmp(option, "log") == 0 && value)
                return parse_level(value);
        if (strcmp(option, "allow_other") == 0 && !value) {
                options->allow_other = true;
                return 0;
        }
        if (strcmp(option, "noguard") == 0 && !value) {
                options->guard = false;
                return 0;
        }
        if (text_starts_with(option, "x-"))
                return 0;
        for (size_t i = 0; i < ELEMENTSOF(ignored); i++)
                if (strcmp(option, ignored[i]) == 0 && !value)
                        return 0;
        log_error("unknown option '%s' for -o; 'idphotofs --help' lists them", option);
        return -EINVAL;
}

static int parse_options(MountOptions *options, char *list)
{
        char *save = NULL;

        for (char *option = strtok_r(list, ",", &save); option;
             option = strtok_r(NULL, ",", &save)) {
                int r = parse_option(options, option);

                if (r < 0)
                        return r;
        }
        return 0;
}

/* Returns -1 to go on, else the exit status. */
static int parse_arguments(MountOptions *options, int argc, char **argv)
{
        const char *positional[2] = {};
        int n = 0;

        for (int i = 1; i < argc; i++) {
                char *arg = argv[i];

                if (strcmp(arg, "-h") == 0 || strcmp(arg, "--help") == 0) {
                        (void)fputs(help_text, stdout);
                        return EXIT_SUCCESS;
                }
                if (strcmp(arg, "-V") == 0 || strcmp(arg, "--version") == 0) {
                        (void)puts("idphotofs " PACKAGE_VERSION);
                        return EXIT_SUCCESS;
                }
                if (strcmp(arg, "-f") == 0)
                        options->foreground = true;
                else if (strcmp(arg, "-d") == 0)
                        options->foreground = options->debug = true;
                else if (text_starts_with(arg, "-o")) {
                        char *list = arg[2] != '\0' ? arg + 2 : i + 1 < argc ? argv[++i] : NULL;

                        if (!list) {
                                log_error("-o wants options behind it");
                                return 2;
                        }
                        if (parse_options(options, list) < 0)
                                return 2;
                } else if (arg[0] == '-' && arg[1] != '\0') {
                        log_error("unknown option '%s'; 'idphotofs --help' lists them", arg);
                        return 2;
                } else if (n < 2)
                        positional[n++] = arg;
                else {
                        log_error("one store and one mountpoint, please: '%s' is too many", arg);
                        return 2;
                }
        }
        if (n < 2) {
                log_error(n == 0 ? "store and mountpoint are missing; see 'idphotofs --help'"
                                 : "the mountpoint is missing; see 'idphotofs --help'");
                return 2;
        }
        options->store = positional[0];
        options->mountpoint = positional[1];
        return -1;
}

int main(int argc, char **argv)
{
        MountOptions options;
        int status;

        mount_options_default(&options);
        status = parse_arguments(&options, argc, argv);
        if (status >= 0)
                return status;
        return mount_serve(&options);
}
