/* SPDX-License-Identifier: MIT */
#include "writtenname.h"

#include <idphoto/idnumber.h>
#include <idphoto/matchkey.h>
#include <idphoto/personname.h>
#include <idphoto/stem.h>

#include <ctype.h>
#include <string.h>

/* What a stem holds inside, between separators or letters. */

enum {
        PARTS_MAX = 24, /* parts of a stem looked at */
        RANGE_MAX = 6,  /* parts that one number or name is made of */
        NUMBER_MIN = 4, /* a shorter student number counts only as the whole stem */
        DOCUMENT_MIN = 5,
};

/* A stem in parts, of which some are known to be somebody's number. */
typedef struct Parts {
        Written *written;
        bool documents_only;
        StemPart parts[PARTS_MAX];
        bool used[PARTS_MAX];
        size_t n;
} Parts;

/* The parts of which a number or a name may be made. */
typedef struct Range {
        Parts *parts;
        size_t start;
        size_t n;
        StudentText text;
        bool taken;
        bool by_document;
} Range;

/* Whether the roster separates the number at the same places. Dates and counters that add up to a
 * number are no number. */
static int separated_alike(const StudentRow *row, const Range *range)
{
        const StemPart *parts = range->parts->parts + range->start;
        _cleanup_free_ char *own = NULL;
        StemPart own_parts[RANGE_MAX + 1];
        int r = match_fold(written_text(row, range->text), &own);

        if (r < 0)
                return r;
        if (stem_split(own, own_parts, ELEMENTSOF(own_parts)) != range->n)
                return 0;
        for (size_t i = 0; i < range->n; i++)
                if (own_parts[i].size != parts[i].size ||
                    memcmp(own_parts[i].start, parts[i].start, parts[i].size) != 0)
                        return 0;
        return 1;
}

static int take_range(const StudentRow *row, void *userdata)
{
        Range *range = userdata;

        if (range->n > 1 && range->text != STUDENT_TEXT_NAME) {
                int r = separated_alike(row, range);

                if (r <= 0)
                        return r;
        }
        range->taken = true;
        range->by_document |= range->text == STUDENT_TEXT_ID_NUMBER;
        return written_take(range->parts->written, row);
}

static size_t count_digits(const char *key)
{
        size_t n = 0;

        for (; *key; key++)
                n += isdigit((unsigned char)*key) != 0;
        return n;
}

static int key_of_range(const Range *range, char **ret)
{
        const StemPart *first = range->parts->parts + range->start, *last = first + range->n - 1;
        _cleanup_free_ char *text =
                strndup(first->start, (size_t)(last->start + last->size - first->start));

        return text ? match_key(text, ret) : -ENOMEM;
}

static bool is_free(const Range *range)
{
        for (size_t i = range->start; i < range->start + range->n; i++)
                if (range->parts->used[i])
                        return false;
        return true;
}

static bool has_digit(const StemPart *part)
{
        for (size_t i = 0; i < part->size; i++)
                if (isdigit((unsigned char)part->start[i]))
                        return true;
        return false;
}

/* Whether beside the range there are only numbers. "Maria Garcia" is another person than "Maria
 * Garcia-Lopez", so a name in parts has no words beside it. */
static bool stands_alone(const Range *range)
{
        const Parts *parts = range->parts;

        for (size_t i = 0; i < parts->n; i++)
                if ((i < range->start || i >= range->start + range->n) &&
                    !has_digit(&parts->parts[i]))
                        return false;
        return true;
}

/* Looks for the range as a number or as a name. */
static int look_at_range(Range *range, bool as_name)
{
        Written *written = range->parts->written;
        _cleanup_free_ char *key = NULL;
        int r = key_of_range(range, &key);

        if (r < 0 || (as_name ? count_digits(key) == strlen(key) : count_digits(key) == 0))
                return r;
        if (as_name) {
                /* One character is a word more often than a name. */
                if (text_columns(key) < 2 || !key[1] || (range->n > 1 && !stands_alone(range)))
                        return 0;
                range->text = STUDENT_TEXT_NAME;
                return written_look_up(written, range->text, key, take_range, range);
        }
        range->text = STUDENT_TEXT_STUDENT_NO;
        if (strlen(key) >= NUMBER_MIN && !range->parts->documents_only)
                r = written_look_up(written, range->text, key, take_range, range);
        range->text = STUDENT_TEXT_ID_NUMBER;
        if (r >= 0 && strlen(key) >= DOCUMENT_MIN)
                r = written_look_up(written, range->text, key, take_range, range);
        return r;
}

/* Longest first; what belongs to one is not looked at again. Returns whether one was found, and
 * whether by a document's number. */
static int look_at_ranges(Parts *parts, bool as_name, bool *ret_by_document)
{
        bool found = false;

        for (size_t n = MIN(parts->n, (size_t)RANGE_MAX); n > 0; n--)
                for (size_t i = 0; i + n <= parts->n; i++) {
                        Range range = {.parts = parts, .start = i, .n = n};
                        int r;

                        if (!is_free(&range))
                                continue;
                        r = look_at_range(&range, as_name);
                        if (r < 0)
                                return r;
                        if (!range.taken)
                                continue;
                        found = true;
                        *ret_by_document |= range.by_document;
                        memset(parts->used + i, true, n * sizeof(*parts->used));
                }
        return found;
}

/* Numbers that nothing separates from the letters beside them: "学号20220010". */
static int look_at_tokens(Parts *parts, bool *ret_by_document)
{
        bool found = false;

        for (size_t i = 0; i < parts->n; i++) {
                const char *p = parts->parts[i].start, *end = p + parts->parts[i].size;

                if (parts->used[i])
                        continue;
                for (size_t n; p < end; p += MAX(n, (size_t)1)) {
                        Range range = {.parts = parts, .start = i, .n = 1};
                        DocumentNumber token = {};
                        int r = 0;

                        for (n = 0; p + n < end && isalnum((unsigned char)p[n]); n++)
                                if (n < DOCUMENT_NUMBER_MAX)
                                        token.text[n] = p[n];
                        if (n < NUMBER_MIN || n > DOCUMENT_NUMBER_MAX ||
                            count_digits(token.text) == 0)
                                continue;
                        range.text = STUDENT_TEXT_ID_NUMBER;
                        r = written_look_up(parts->written, range.text, token.text, take_range,
                                            &range);
                        range.text = STUDENT_TEXT_STUDENT_NO;
                        if (r >= 0 && !parts->documents_only)
                                r = written_look_up(parts->written, range.text, token.text,
                                                    take_range, &range);
                        if (r < 0)
                                return r;
                        found |= range.taken;
                        *ret_by_document |= range.by_document;
                }
        }
        return found;
}

/* ---- names ---- */

static int take_name(const StudentRow *row, void *userdata)
{
        return written_take(userdata, row);
}

/* What stands before a name and is no part of it. */
static const char *skip_label(const char *candidate)
{
        static const char *const labels[] = {"姓名", "名字", "学生", "考生"};
        const unsigned char *next = (const unsigned char *)candidate + 1;

        /* The check character of the number before a hanzi. */
        if (*candidate == 'x' && *next >= 0x80)
                return candidate + 1;
        for (size_t i = 0; i < ELEMENTSOF(labels); i++)
                if (text_starts_with(candidate, labels[i]))
                        return candidate + strlen(labels[i]);
        return candidate;
}

static int try_name(const char *candidate, void *userdata)
{
        Written *written = userdata;
        const char *forms[] = {candidate, skip_label(candidate)};

        for (size_t i = 0; i < (forms[1] == candidate ? 1 : ELEMENTSOF(forms)); i++) {
                _cleanup_free_ char *key = NULL;
                int r = match_key(forms[i], &key);

                if (r >= 0)
                        r = written_look_up(written, STUDENT_TEXT_NAME, key, take_name, written);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int search_names(Written *written, const char *stem)
{
        Parts parts = {.written = written};
        bool by_document = false;
        int r;

        parts.n = stem_split(stem, parts.parts, PARTS_MAX);
        r = look_at_ranges(&parts, true, &by_document);
        return r != 0 ? MIN(r, 0) : person_name_candidates(stem, try_name, written);
}

/* Whether the stem holds names, and not the one of the student who was found. */
static int contradicts(const Written *written, const char *stem)
{
        _cleanup_written_ Written named = {
                .catalog = written->catalog, .where = written->where, .expected = written->student};
        int r = search_names(&named, stem);

        return r < 0 ? r : written_answered(&named) && !named.expected_answers;
}

int written_check_name(Written *written, const char *text)
{
        _cleanup_free_ char *stem = NULL;
        int r = stem_fold(text, &stem);

        if (r >= 0)
                r = contradicts(written, stem);
        if (r > 0)
                written->name_of_another = true;
        return MIN(r, 0);
}

static int search(Written *written, const char *text, bool documents_only)
{
        Parts parts = {.written = written, .documents_only = documents_only};
        _cleanup_free_ char *stem = NULL;
        bool by_document = false;
        int numbers, tokens, r = stem_fold(text, &stem);

        if (r < 0)
                return r;
        (void)stem_strip_leading_copy_mark(stem);
        parts.n = stem_split(stem, parts.parts, PARTS_MAX);
        numbers = look_at_ranges(&parts, false, &by_document);
        tokens = numbers < 0 ? numbers : look_at_tokens(&parts, &by_document);
        if (tokens < 0)
                return tokens;
        if (!numbers && !tokens)
                return documents_only ? 0 : search_names(written, stem);
        if (written->ambiguous)
                return 0;
        r = contradicts(written, stem);
        if (r <= 0)
                return r;
        if (by_document)
                written->name_of_another = true;
        else
                written->ambiguous = true;
        return 0;
}

int written_search(Written *written, const char *text)
{
        return search(written, text, false);
}

int written_search_documents(Written *written, const char *text)
{
        return search(written, text, true);
}
