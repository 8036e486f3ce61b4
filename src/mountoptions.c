/* SPDX-License-Identifier: MIT */
#include "mountoptions.h"

#include <idphoto/log.h>
#include <idphoto/message.h>
#include <idphoto/suggest.h>

#include <string.h>

/* ---- -o, one option each ---- */

static int take_unsigned(const MountOptions *options, const MountOption *option, const char *value,
                         unsigned max, unsigned *ret)
{
        char *end;
        unsigned long n;

        errno = 0;
        n = strtoul(value, &end, 10);
        if (errno != 0 || end == value || *end != '\0' || *value == '-' || n > max) {
                log_error_in(options->speaks, MESSAGE(MOUNT_OPTION_RANGE, options->speaks),
                             option->name, max, value);
                return -EINVAL;
        }
        *ret = (unsigned)n;
        return 0;
}

static int take_batch(MountOptions *options, const MountOption *option _unused_, const char *value)
{
        options->batch = value;
        return 0;
}

static int take_lang(MountOptions *options, const MountOption *option _unused_, const char *value)
{
        options->language = language_from_string(value);
        return 0;
}

static int take_workers(MountOptions *options, const MountOption *option, const char *value)
{
        return take_unsigned(options, option, value, 256, &options->workers);
}

static int take_delay(MountOptions *options, const MountOption *option, const char *value)
{
        return take_unsigned(options, option, value, 60000, &options->delay_msec);
}

static int take_settle(MountOptions *options, const MountOption *option, const char *value)
{
        return take_unsigned(options, option, value, 3600000, &options->settle_msec);
}

static int take_settle_empty(MountOptions *options, const MountOption *option, const char *value)
{
        return take_unsigned(options, option, value, 86400000, &options->settle_empty_msec);
}

static int take_verdict(MountOptions *options, const MountOption *option _unused_,
                        const char *value)
{
        options->verdict_on_close = strcmp(value, "close") == 0;
        return 0;
}

static int take_log(MountOptions *options _unused_, const MountOption *option _unused_,
                    const char *value)
{
        static const char *const names[] = {
                [LOG_LEVEL_ERROR] = "error",
                [LOG_LEVEL_WARNING] = "warning",
                [LOG_LEVEL_INFO] = "info",
                [LOG_LEVEL_DEBUG] = "debug",
        };

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (strcmp(value, names[i]) == 0)
                        log_set_level((LogLevel)i);
        return 0;
}

static int take_judge(MountOptions *options, const MountOption *option _unused_,
                      const char *value _unused_)
{
        options->judge = true;
        return 0;
}

static int take_allow_other(MountOptions *options, const MountOption *option _unused_,
                            const char *value _unused_)
{
        options->allow_other = true;
        return 0;
}

static int take_noguard(MountOptions *options, const MountOption *option _unused_,
                        const char *value _unused_)
{
        options->guard = false;
        return 0;
}

/* ---- the tables ---- */

const MountFlag mount_flags[] = {
        {.names = {"-f"},
         .help = {"stay in the foreground, log to standard error", "在前台运行，日志写到标准错误"}},
        {.names = {"-d"},
         .help = {"the same, and print the FUSE protocol", "同上，并显示 FUSE 协议"}},
        {.names = {"-h", "--help"}, .help = {"show this help", "显示本帮助"}},
        {.names = {"-V", "--version"}, .help = {"show the version", "显示版本"}},
        {.names = {"-o"},
         .argument = "LIST",
         .help = {"options of those below, with commas", "下列选项，以逗号分隔"}},
        {},
};

const MountOption mount_option_table[] = {
        {.name = "batch",
         .argument = "NAME",
         .help = {"mount this batch (default: the one in use)", "挂载此批次（默认当前批次）"},
         .take = take_batch},
        {.name = "lang",
         .argument = "en|zh",
         .values = "en|zh",
         .help = {"language of names and texts (default: the store's)",
                  "名称和文字的语言（默认数据目录的语言）"},
         .take = take_lang},
        {.name = "workers",
         .argument = "N",
         .help = {"photos examined at once (default: one for each core)",
                  "同时检查的照片数（默认每核一张）"},
         .take = take_workers},
        {.name = "delay",
         .argument = "MSEC",
         .help = {"from the last close to the verdict's rename (600)",
                  "从最后一次关闭到改名的毫秒数（600）"},
         .take = take_delay},
        {.name = "settle",
         .argument = "MSEC",
         .help = {"wait before a file that looks cut off is rejected (5000)",
                  "驳回疑似不完整的文件前等待的毫秒数（5000）"},
         .take = take_settle},
        {.name = "settle-empty",
         .argument = "MSEC",
         .help = {"the same for an empty file (600000)", "同上，用于空文件（600000）"},
         .take = take_settle_empty},
        {.name = "verdict",
         .argument = "later|close",
         .values = "later|close",
         .help = {"close: close() waits, and fails on a rejection (later)",
                  "close：关闭文件时等待结果，驳回则失败（later）"},
         .take = take_verdict},
        {.name = "log",
         .argument = "LEVEL",
         .values = "error|warning|info|debug",
         .help = {"error, warning, info (default) or debug",
                  "日志级别：error、warning、info（默认）或 debug"},
         .take = take_log},
        {.name = "judge",
         .help = {"judge what other machines take in; no MOUNTPOINT",
                  "只检查其他机器收到的照片，不挂载"},
         .take = take_judge},
        {.name = "allow_other",
         .help = {"let other users in (default for root)", "允许其他用户访问（root 默认允许）"},
         .take = take_allow_other},
        {.name = "noguard",
         .help = {"leave the bare mountpoint writable", "未挂载时挂载点仍可写入"},
         .take = take_noguard},
        {},
};

/* ---- help ---- */

static void append_row(Text *text, const char *left, size_t columns, const char *right)
{
        text_append(text, "  ");
        text_append_padded(text, left, columns + 2);
        text_printf(text, "%s\n", right);
}

static size_t left_columns(void)
{
        size_t columns = 0;

        for (const MountOption *o = mount_option_table; o->name; o++)
                columns =
                        MAX(columns, strlen(o->name) + (o->argument ? 1 + strlen(o->argument) : 0));
        return columns;
}

static void append_help(Text *text, Language language)
{
        static const char *const head[_LANGUAGE_MAX] = {
                "Usage: " MOUNT_PROGRAM " [-o LIST] [-f] [-d] STORE MOUNTPOINT\n"
                "       " MOUNT_PROGRAM " -o judge[,LIST] [-f] STORE\n"
                "\n"
                "Mounts a store of graduation photos. Drop photos into a teaching point's\n"
                "directory; each is checked, rewritten to the national format and named by the\n"
                "student's ID number, or moved to rejected/ with the reason beside it.\n\n",
                "用法：" MOUNT_PROGRAM " [-o 选项] [-f] [-d] 数据目录 挂载点\n"
                "      " MOUNT_PROGRAM " -o judge[,选项] [-f] 数据目录\n"
                "\n"
                "挂载毕业照片的数据目录。把照片放入教学点的文件夹，系统会检查每张照片，转换为\n"
                "国家规定的格式并以学生的身份证号命名；不合格的移到“驳回”文件夹，旁边的说明\n"
                "文件写明原因。\n\n",
        };
        static const char *const options[_LANGUAGE_MAX] = {"\nOptions for -o:\n",
                                                           "\n-o 的选项：\n"};
        static const char *const tail[_LANGUAGE_MAX] = {
                "\nUnmount with 'fusermount3 -u MOUNTPOINT' or by SIGTERM.\n",
                "\n卸载：“fusermount3 -u 挂载点”，或向进程发送 SIGTERM。\n",
        };
        const size_t columns = left_columns();

        text_append(text, head[language]);
        for (const MountFlag *f = mount_flags; f->names[0]; f++) {
                _cleanup_text_ Text left = {};

                text_printf(&left, "%s%s%s%s%s", f->names[0], f->names[1] ? ", " : "",
                            f->names[1] ? f->names[1] : "", f->argument ? " " : "",
                            f->argument ? f->argument : "");
                append_row(text, left.data ? left.data : "", columns, f->help[language]);
        }
        text_append(text, options[language]);
        for (const MountOption *o = mount_option_table; o->name; o++) {
                _cleanup_text_ Text left = {};

                text_printf(&left, "%s%s%s", o->name, o->argument ? "=" : "",
                            o->argument ? o->argument : "");
                append_row(text, left.data ? left.data : "", columns, o->help[language]);
        }
        text_append(text, tail[language]);
}

/* Help of the program on stdout. 0 or -ENOMEM. */
static int print_help(Language language)
{
        _cleanup_text_ Text text = {};

        append_help(&text, language);
        if (text.error < 0)
                return text.error;
        (void)fwrite(text.data, 1, text.size, stdout);
        return 0;
}

/* ---- parsing ---- */

static bool is_one_of(const char *value, const char *values)
{
        const size_t length = strlen(value);

        for (const char *p = values; *p;) {
                const size_t n = strcspn(p, "|");

                if (n == length && memcmp(p, value, n) == 0)
                        return true;
                p += n + (p[n] == '|');
        }
        return false;
}

static int take_option(MountOptions *options, const MountOption *option, const char *value)
{
        if (option->argument && (!value || !*value)) {
                log_error_in(options->speaks, MESSAGE(MOUNT_OPTION_VALUE, options->speaks),
                             option->name, option->name,
                             option->values ? option->values : option->argument);
                return -EINVAL;
        }
        if (!option->argument && value) {
                log_error_in(options->speaks, MESSAGE(MOUNT_OPTION_NO_VALUE, options->speaks),
                             option->name);
                return -EINVAL;
        }
        if (option->values && !is_one_of(value, option->values)) {
                log_error_in(options->speaks, MESSAGE(MOUNT_OPTION_ONE_OF, options->speaks),
                             option->name, option->values, value);
                return -EINVAL;
        }
        return option->take(options, option, value);
}

static void unknown_option(const char *typed, Language language)
{
        const char *nearest = NULL;
        size_t distance = SIZE_MAX, d;

        for (const MountOption *o = mount_option_table; o->name; o++)
                if (suggest_near(typed, o->name, &d) && d < distance) {
                        distance = d;
                        nearest = o->name;
                }
        if (nearest)
                log_error_in(language, MESSAGE(MOUNT_OPTION_NEAR, language), typed, nearest);
        else
                log_error_in(language, MESSAGE(MOUNT_OPTION_UNKNOWN, language), typed);
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
        for (const MountOption *o = mount_option_table; o->name; o++)
                if (strcmp(option, o->name) == 0)
                        return take_option(options, o, value);
        if (text_starts_with(option, "x-"))
                return 0;
        for (size_t i = 0; i < ELEMENTSOF(ignored); i++)
                if (strcmp(option, ignored[i]) == 0 && !value)
                        return 0;
        unknown_option(option, options->speaks);
        return -EINVAL;
}

static int parse_list(MountOptions *options, char *list)
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

static bool is_flag(const char *arg, const char *short_name, const char *long_name)
{
        return strcmp(arg, short_name) == 0 || (long_name && strcmp(arg, long_name) == 0);
}

static void unknown_flag(const char *typed, Language language)
{
        const char *nearest = NULL;
        size_t distance = SIZE_MAX, d;

        /* Of one letter every other is as near. */
        for (const MountFlag *f = mount_flags; f->names[0] && text_starts_with(typed, "--"); f++)
                if (f->names[1] && suggest_near(typed + 2, f->names[1] + 2, &d) && d < distance) {
                        distance = d;
                        nearest = f->names[1];
                }
        if (nearest)
                log_error_in(language, MESSAGE(MOUNT_FLAG_NEAR, language), typed, nearest);
        else
                log_error_in(language, MESSAGE(MOUNT_FLAG_UNKNOWN, language), typed);
}

/* A result that could not be written is no result. */
static int finish_output(int r, Language language)
{
        if (r >= 0 && fflush(stdout) == 0 && !ferror(stdout))
                return EXIT_SUCCESS;
        log_error_in(language, MESSAGE(ERROR_OUTPUT, language),
                     message_errno(r < 0 ? -r : errno, language));
        return 2;
}

/* ---- the language ---- */

static void foresee_in_list(const char *list, Language *language)
{
        static const char option[] = "lang=";

        for (const char *p = list; p; p = strchr(p, ',')) {
                _cleanup_free_ char *value = NULL;
                Language asked;

                p += *p == ',';
                if (!text_starts_with(p, option))
                        continue;
                p += strlen(option);
                value = strndup(p, strcspn(p, ","));
                asked = value ? language_from_string(value) : _LANGUAGE_INVALID;
                if (asked >= 0)
                        *language = asked;
        }
}

/* Also what is wrong with the arguments is said in the language asked for, wherever among them that
 * stands. */
static Language foresee_language(int argc, char **argv)
{
        Language language = language_from_environment();

        for (int i = 1; i < argc; i++) {
                if (!text_starts_with(argv[i], "-o"))
                        continue;
                if (argv[i][2] != '\0')
                        foresee_in_list(argv[i] + 2, &language);
                else if (i + 1 < argc)
                        foresee_in_list(argv[++i], &language);
        }
        return language;
}

/* ---- the arguments ---- */

/* Takes the options of one -o: those behind it, or those of the next argument. 0, or the exit
 * status. */
static int take_list(MountOptions *options, int argc, char **argv, int *i)
{
        char *list = argv[*i][2] != '\0' ? argv[*i] + 2 : *i + 1 < argc ? argv[++*i] : NULL;

        if (!list) {
                log_error_in(options->speaks, MESSAGE(MOUNT_NO_LIST, options->speaks));
                return 2;
        }
        return parse_list(options, list) < 0 ? 2 : 0;
}

int mount_options_parse(MountOptions *options, int argc, char **argv)
{
        const Language language = options->speaks = foresee_language(argc, argv);
        const char *positional[2] = {};
        int n = 0, r;

        for (int i = 1; i < argc; i++) {
                const char *arg = argv[i];

                if (is_flag(arg, "-h", "--help"))
                        return finish_output(print_help(language), language);
                if (is_flag(arg, "-V", "--version")) {
                        r = puts(MOUNT_PROGRAM " " PACKAGE_VERSION);
                        return finish_output(r < 0 ? -EIO : 0, language);
                }
                if (is_flag(arg, "-f", NULL))
                        options->foreground = true;
                else if (is_flag(arg, "-d", NULL))
                        options->foreground = options->debug = true;
                else if (text_starts_with(arg, "-o")) {
                        r = take_list(options, argc, argv, &i);
                        if (r > 0)
                                return r;
                } else if (arg[0] == '-' && arg[1] != '\0') {
                        unknown_flag(arg, language);
                        return 2;
                } else if (n < 2)
                        positional[n++] = arg;
                else {
                        log_error_in(language, MESSAGE(MOUNT_TOO_MANY, language), arg);
                        return 2;
                }
        }
        if (options->judge && n == 2) {
                log_error_in(language, MESSAGE(MOUNT_JUDGE_MOUNTS, language), positional[1]);
                return 2;
        }
        if (n < (options->judge ? 1 : 2)) {
                log_error_in(language, n == 0 ? MESSAGE(MOUNT_NO_ARGUMENTS, language)
                                              : MESSAGE(MOUNT_NO_MOUNTPOINT, language));
                return 2;
        }
        options->store = positional[0];
        options->mountpoint = positional[1];
        return -1;
}
