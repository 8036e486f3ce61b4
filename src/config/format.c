/* SPDX-License-Identifier: MIT */
#include "key.h"
#include "value.h"

#include <idphoto/io.h>
#include <idphoto/message.h>

#include <fcntl.h>
#include <string.h>

static const char *const heading[_LANGUAGE_MAX] = {
        [LANGUAGE_EN] = "Configuration of an idphotofs store, read when it is mounted and by\n"
                        "'idphotoctl check'. 'idphotoctl config check' tells what is wrong in it.\n"
                        "\n"
                        "Lines with # are comments. A key without # is set; remove the # before\n"
                        "'key = value' to set it to something other than its default. Anything\n"
                        "after a blank and a semicolon is a comment too.",
        [LANGUAGE_ZH] = "idphotofs 数据目录的配置文件，挂载时和 idphotoctl check 运行时读取。\n"
                        "idphotoctl config check 检查本文件是否有错误。\n"
                        "\n"
                        "以 # 开头的是注释。要修改某项，去掉“键 = 值”前的 # 并改写数值；\n"
                        "空格加分号之后的内容也是注释。",
};

/* Every line of the text behind "# ". */
static void append_comment(Text *text, const char *comment)
{
        for (;;) {
                size_t n = strcspn(comment, "\n");

                text_append(text, n > 0 ? "# " : "#");
                text_append_data(text, comment, n);
                text_append(text, "\n");
                if (!comment[n])
                        return;
                comment += n + 1;
        }
}

/* A measure's range is short, its form stands above its section. */
static void append_takes(Text *text, const ConfigKey *key, Language language)
{
        if (key->kind == CONFIG_KIND_BAND)
                text_printf(text, MESSAGE(CONFIG_TAKES_RANGE, language), key->min, key->max,
                            *key->unit[language] ? " " : "", key->unit[language]);
        else {
                text_append(text, MESSAGE(CONFIG_TAKES, language));
                config_value_append_allowed(key, language, text);
        }
}

static void append_key(Text *text, const ConfigKey *key, const Config *config,
                       const Config *defaults, Language language)
{
        _cleanup_text_ Text value = {}, standard = {};
        bool changed;

        config_value_append(key, config, &value);
        config_value_append(key, defaults, &standard);
        text_append_data(&value, "", 0);
        text_append_data(&standard, "", 0);
        if (value.error < 0 || standard.error < 0) {
                text->error = -ENOMEM;
                return;
        }
        changed = strcmp(value.data, standard.data) != 0;
        append_comment(text, key->help[language]);
        append_takes(text, key, language);
        text_append(text, MESSAGE(CONFIG_DEFAULT, language));
        text_printf(text, "%s\n", *standard.data ? standard.data : MESSAGE(CONFIG_EMPTY, language));
        /* Behind a blank, a semicolon would begin a comment. */
        text_printf(text, "%s%s =%s%s\n\n", changed ? "" : "#", key->name,
                    strchr(";", *value.data) ? "" : " ", value.data);
}

void config_format(const Config *config, Language language, Text *text)
{
        int section = -1;
        Config defaults;
        ConfigKey key;

        config_default(&defaults);
        append_comment(text, heading[language]);
        text_append(text, "\n");
        for (int i = 0; i < CONFIG_KEYS; i++) {
                config_key_get(i, &key);
                if ((int)key.section != section) {
                        section = (int)key.section;
                        text_append(text, "\n");
                        append_comment(text, config_section_help(key.section, language));
                        text_printf(text, "[%s]\n\n", config_section_to_string(key.section));
                }
                append_key(text, &key, config, &defaults, language);
        }
}

/* Puts the file in the place of the one that is there. */
static int replace_file(int dirfd, const Text *text)
{
        _cleanup_close_ int fd =
                openat(dirfd, CONFIG_FILE ".new",
                       O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
        int r;

        if (fd < 0)
                return -errno;
        r = write_full(fd, text->data, text->size);
        if (r == 0 &&
            (fsync(fd) < 0 || renameat(dirfd, CONFIG_FILE ".new", dirfd, CONFIG_FILE) < 0))
                r = -errno;
        if (r < 0)
                (void)unlinkat(dirfd, CONFIG_FILE ".new", 0);
        return r;
}

int config_write_default(int dirfd, const char *catalog, const char *blobs, Language language)
{
        _cleanup_close_ int fd = -EBADF;
        _cleanup_text_ Text text = {};
        Config config;
        int r;

        config_default(&config);
        if (catalog)
                (void)snprintf(config.catalog, sizeof(config.catalog), "%s", catalog);
        if (blobs)
                (void)snprintf(config.blobs, sizeof(config.blobs), "%s", blobs);
        config_format(&config, language, &text);
        if (text.error < 0)
                return text.error;
        if (catalog) {
                r = replace_file(dirfd, &text);
                return r < 0 ? r : fsync_dir(dirfd, ".");
        }
        fd = openat(dirfd, CONFIG_FILE, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
                return -errno;
        r = write_full(fd, text.data, text.size);
        if (r == 0 && fsync(fd) < 0)
                r = -errno;
        if (r == 0)
                r = fsync_dir(dirfd, ".");
        /* Half a file would be read as a whole one. */
        if (r < 0)
                (void)unlinkat(dirfd, CONFIG_FILE, 0);
        return r;
}
