/* SPDX-License-Identifier: MIT */
#include <idphoto/message.h>
#include <idphoto/notename.h>

#include <string.h>

enum {
        NAME_BYTES_MAX = 255,
        /* Room for NOTE_MARK, the longest brief reason, " +99" and NOTE_SUFFIX. */
        REASON_BYTES = 3 + REASON_BRIEF_BYTES_MAX + 4 + 4,
        STEM_BYTES_MAX = NAME_BYTES_MAX - REASON_BYTES,
};

int note_name_stem(const char *name, int64_t id, char **ret)
{
        char number[24];

        if (strlen(name) <= STEM_BYTES_MAX) {
                *ret = strdup(name);
                return *ret ? 0 : -ENOMEM;
        }
        (void)snprintf(number, sizeof(number), "~%" PRId64, id);
        if (asprintf(ret, "%.*s%s", (int)text_prefix(name, STEM_BYTES_MAX - strlen(number)), name,
                     number) < 0)
                return -ENOMEM;
        return 0;
}

int note_name(const char *name, int64_t id, const Findings *findings, Language language, char **ret)
{
        const Finding *first = NULL;
        const char *brief = MESSAGE(NOTE_REJECTED, language);
        size_t n = findings_count(findings, FINDING_REJECT);
        _cleanup_free_ char *stem = NULL;
        char more[24] = "";
        int r = note_name_stem(name, id, &stem);

        if (r < 0)
                return r;
        for (size_t i = 0; i < findings->n && !first; i++)
                if (findings->items[i].level == FINDING_REJECT)
                        first = &findings->items[i];
        if (first)
                brief = reason_brief(first->code, language);
        if (n > 1)
                (void)snprintf(more, sizeof(more), " +%zu", n - 1);
        if (asprintf(ret, "%s" NOTE_MARK "%s%s" NOTE_SUFFIX, stem, brief, more) < 0)
                return -ENOMEM;
        return 0;
}

/* The number behind the last tilde; 0: none. */
static int64_t id_of_stem(const char *stem)
{
        const char *tilde = strrchr(stem, '~');
        char *end;
        int64_t id;

        if (!tilde || tilde[1] < '1' || tilde[1] > '9')
                return 0;
        errno = 0;
        id = strtoll(tilde + 1, &end, 10);
        return errno == 0 && !*end ? id : 0;
}

/* Whether what follows NOTE_MARK is `brief`, with or without a count, and NOTE_SUFFIX. */
static bool is_brief(const char *rest, const char *brief)
{
        size_t n = strlen(brief);

        if (n == 0 || strncmp(rest, brief, n) != 0)
                return false;
        rest += n;
        if (text_starts_with(rest, " +"))
                rest += 2 + strspn(rest + 2, "0123456789");
        return strcmp(rest, NOTE_SUFFIX) == 0;
}

bool note_name_is_reason(const char *rest)
{
        for (int l = 0; l < _LANGUAGE_MAX; l++) {
                if (is_brief(rest, MESSAGE(NOTE_REJECTED, (Language)l)))
                        return true;
                for (int code = 0; code < _REASON_MAX; code++)
                        if (is_brief(rest, reason_brief((ReasonCode)code, (Language)l)))
                                return true;
        }
        return false;
}

int note_name_owner(const char *note, size_t *at, char **ret_name, int64_t *ret_id)
{
        const char *mark = note + *at;

        while ((mark = strstr(mark, NOTE_MARK))) {
                char *name;

                if (!note_name_is_reason(mark + strlen(NOTE_MARK))) {
                        mark++;
                        continue;
                }
                name = strndup(note, (size_t)(mark - note));
                if (!name)
                        return -ENOMEM;
                *at = (size_t)(mark - note) + 1;
                *ret_name = name;
                *ret_id = id_of_stem(name);
                return 1;
        }
        return 0;
}
