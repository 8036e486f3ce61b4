/* SPDX-License-Identifier: MIT */
#include <idphoto/message.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct {
        const char *id;
        const char *text[_LANGUAGE_MAX];
} messages[] = {
#define MESSAGE_ROW(id, en, zh) {#id, {en, zh}},
#include <idphoto/messages-ctl.def>
#include <idphoto/messages-mount.def>
#include <idphoto/messages-view.def>
#undef MESSAGE_ROW
};

enum { ARGUMENTS_MAX = 8, TYPE_SIZE = 8 };

/* Of each argument the length modifier and the conversion: "zu", "s", …; "" where none is used. */
typedef struct Arguments {
        char type[ARGUMENTS_MAX][TYPE_SIZE];
        size_t n;
} Arguments;

static void read_arguments(const char *id, const char *format, Arguments *ret)
{
        *ret = (Arguments){};
        for (const char *p = format; (p = strchr(p, '%'));) {
                size_t at, length;
                char *end;

                if (*++p == '%') {
                        p++;
                        continue;
                }
                at = strtoul(p, &end, 10);
                if (*end == '$')
                        p = end + 1;
                else
                        at = ret->n + 1;
                p += strspn(p, "-+ #0123456789.");
                length = strspn(p, "hlzjt") + 1;
                if (at == 0 || at > ARGUMENTS_MAX || length >= TYPE_SIZE)
                        fail_msg("%s: '%s'", id, format);
                memcpy(ret->type[at - 1], p, length);
                ret->n = MAX(ret->n, at);
                p += length;
        }
}

static void test_both_languages_take_the_same_arguments(void **state _unused_)
{
        for (size_t i = 0; i < ELEMENTSOF(messages); i++) {
                const char *const *text = messages[i].text;
                Arguments en, zh;

                read_arguments(messages[i].id, text[LANGUAGE_EN], &en);
                read_arguments(messages[i].id, text[LANGUAGE_ZH], &zh);
                if (en.n != zh.n || memcmp(en.type, zh.type, sizeof(en.type)) != 0)
                        fail_msg("%s: '%s', '%s'", messages[i].id, text[LANGUAGE_EN],
                                 text[LANGUAGE_ZH]);
        }
}

static bool has_chinese(const char *text)
{
        for (; *text; text++)
                if ((unsigned char)*text >= 0xe3)
                        return true;
        return false;
}

/* A message of a mark only may be short; whoever says something in English says it in Chinese. */
static void test_every_message_speaks_both_languages(void **state _unused_)
{
        for (size_t i = 0; i < ELEMENTSOF(messages); i++) {
                const char *en = messages[i].text[LANGUAGE_EN], *zh = messages[i].text[LANGUAGE_ZH];

                if (!*en || !*zh || !utf8_valid(en) || !utf8_valid(zh))
                        fail_msg("%s: '%s', '%s'", messages[i].id, en, zh);
                if (strpbrk(en, "abcdefghijklmnopqrstuvwxyz") && strlen(en) > strlen("%s: %zu") &&
                    !has_chinese(zh))
                        fail_msg("%s is not in Chinese: '%s'", messages[i].id, zh);
                if (text_ends_with(en, "\n") != text_ends_with(zh, "\n"))
                        fail_msg("%s ends its line in one language only", messages[i].id);
        }
}

static void test_usual_errors_are_told_in_both_languages(void **state _unused_)
{
        assert_string_equal(message_errno(ENOENT, LANGUAGE_EN), strerror(ENOENT));
        assert_string_equal(message_errno(ENOSPC, LANGUAGE_ZH), "磁盘空间不足");
        assert_true(has_chinese(message_errno(EACCES, LANGUAGE_ZH)));
        /* No message for it: better in English than not at all. */
        assert_string_equal(message_errno(EXFULL, LANGUAGE_ZH), strerror(EXFULL));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_both_languages_take_the_same_arguments),
                cmocka_unit_test(test_every_message_speaks_both_languages),
                cmocka_unit_test(test_usual_errors_are_told_in_both_languages),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
