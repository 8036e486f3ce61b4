/* SPDX-License-Identifier: MIT */
#include "writtenname.h"

#include <idphoto/idnumber.h>
#include <idphoto/matchkey.h>
#include <idphoto/personname.h>
#include <idphoto/stem.h>

#include <ctype.h>
#include <string.h>

enum {
        COPIES_MAX = 4, /* marks of copies taken off */
        PARTS_MAX = 24, /* parts of a stem looked at */
        RANGE_MAX = 6,  /* parts that one number or name is made of */
        NUMBER_MIN = 4, /* a shorter student number counts only as the whole stem */
        DOCUMENT_MIN = 5,
};

void written_done(Written *written)
{
        free(written->number);
        *written = (Written){};
}

bool written_answered(const Written *written)
{
        return written->student != 0 || written->ambiguous;
}

int written_take(Written *written, const StudentRow *row)
{
        written->expected_answers |= row->id == written->expected;
        if (written->student == row->id)
                return 0;
        if (written->student != 0) {
                written->ambiguous = true;
                return 0;
        }
        written->number = strdup(row->id_number);
        if (!written->number)
                return -ENOMEM;
        written->student = row->id;
        return 0;
}

static const char *text_of(const StudentRow *row, StudentText text)
{
        switch (text) {
        case STUDENT_TEXT_ID_NUMBER:
                return row->id_number;
        case STUDENT_TEXT_STUDENT_NO:
                return row->student_no;
        default:
                return row->name;
        }
}

/* ---- the whole stem ---- */

typedef struct Whole {
        Written *written;
        StudentText text;
        const char *shorter; /* the key without the number at the end that may count copies; NULL:
                                there is no such number */
} Whole;

/* Whether the roster itself sets that number apart. */
static int writes_it_apart(const StudentRow *row, const Whole *whole)
{
        _cleanup_free_ char *own = NULL, *key = NULL;
        int r = match_fold(text_of(row, whole->text), &own);

        if (r < 0)
                return r;
        if (stem_strip_copy_mark(own) != COPY_MARK_NUMBER)
                return 0;
        r = match_key(own, &key);
        return r < 0 ? r : strcmp(key, whole->shorter) == 0;
}

static int take_whole(const StudentRow *row, void *userdata)
{
        const Whole *whole = userdata;
        int r;

        /* Permits have a check digit in brackets, which many leave out or write without them. */
        if (whole->shorter && !(whole->text == STUDENT_TEXT_ID_NUMBER &&
                                strlen(whole->shorter) != ID_NUMBER_LENGTH)) {
                r = writes_it_apart(row, whole);
                if (r < 0)
                        return r;
                if (r == 0)
                        whole->written->ambiguous = true;
        }
        return written_take(whole->written, row);
}

static int look_up(Written *written, StudentText text, const char *key, StudentCallback take,
                   void *userdata)
{
        return catalog_list_students_by_key(written->catalog, written->where, text, key, take,
                                            userdata);
}

/* ---- two texts of one student in a row, as missing/ lists them ---- */

typedef struct Pair {
        Written *written;
        StudentText first;
        const char *rest; /* the key of what stands behind the first text */
} Pair;

static int take_pair(const StudentRow *row, void *userdata)
{
        const Pair *pair = userdata;
        const StudentText others[] = {
                pair->first == STUDENT_TEXT_NAME ? STUDENT_TEXT_ID_NUMBER : STUDENT_TEXT_NAME,
                pair->first == STUDENT_TEXT_STUDENT_NO ? STUDENT_TEXT_ID_NUMBER
                                                       : STUDENT_TEXT_STUDENT_NO,
        };

        for (size_t i = 0; i < ELEMENTSOF(others); i++) {
                _cleanup_free_ char *key = NULL;
                int r = match_key(text_of(row, others[i]), &key);

                if (r < 0)
                        return r;
                if (strcmp(key, pair->rest) == 0)
                        return written_take(pair->written, row);
        }
        return 0;
}

static int look_at_pairs(Written *written, const char *key)
{
        enum { PAIR_MAX = 128 };
        size_t n = strlen(key);

        for (size_t i = 1; i < n && n <= PAIR_MAX; i++) {
                _cleanup_free_ char *first = NULL;
                Pair pair = {.written = written, .rest = key + i};

                if (((unsigned char)key[i] & 0xc0) == 0x80)
                        continue;
                first = strndup(key, i);
                if (!first)
                        return -ENOMEM;
                for (int t = 0; t < _STUDENT_TEXT_MAX; t++) {
                        int r;

                        pair.first = (StudentText)t;
                        r = look_up(written, pair.first, first, take_pair, &pair);
                        if (r < 0)
                                return r;
                }
        }
        return 0;
}

/* ---- a stem ---- */

/* The keys of a stem as it is, and without marks of copies. */
typedef struct Forms {
        struct Form {
                char *key;
                bool counted; /* the next form is this one without a number at the end */
        } items[2 * (COPIES_MAX + 1)];
        size_t n;
} Forms;

static void forms_done(Forms *forms)
{
        for (size_t i = 0; i < forms->n; i++)
                free(forms->items[i].key);
}

/* Changes the stem. */
static int add_forms(Forms *forms, char *stem)
{
        for (int i = 0; i <= COPIES_MAX; i++) {
                struct Form *form = &forms->items[forms->n];
                CopyMark mark;
                int r = match_key(stem, &form->key);

                if (r < 0)
                        return r;
                forms->n++;
                mark = i < COPIES_MAX ? stem_strip_copy_mark(stem) : COPY_MARK_NONE;
                form->counted = mark == COPY_MARK_NUMBER;
                if (mark == COPY_MARK_NONE)
                        break;
        }
        return 0;
}

static int forms_of(const char *text, Forms *forms)
{
        _cleanup_free_ char *stem = NULL, *copy = NULL;
        int r = stem_fold(text, &stem);

        if (r < 0)
                return r;
        copy = strdup(stem);
        if (!copy)
                return -ENOMEM;
        r = add_forms(forms, stem);
        if (r >= 0 && stem_strip_leading_copy_mark(copy))
                r = add_forms(forms, copy);
        return r;
}

static int look_at_form(Written *written, const struct Form *form)
{
        Whole whole = {.written = written, .shorter = form->counted ? form[1].key : NULL};

        for (int t = 0; t < _STUDENT_TEXT_MAX; t++) {
                int r;

                whole.text = (StudentText)t;
                r = look_up(written, whole.text, form->key, take_whole, &whole);
                if (r < 0)
                        return r;
        }
        return 0;
}

int written_whole(Written *written, const char *text)
{
        _cleanup_(forms_done) Forms forms = {};
        int r = forms_of(text, &forms);

        for (size_t i = 0; r >= 0 && i < forms.n; i++)
                r = look_at_form(written, &forms.items[i]);
        if (r < 0 || written_answered(written))
                return r;
        for (size_t i = 0; r >= 0 && i < forms.n; i++)
                r = look_at_pairs(written, forms.items[i].key);
        return r;
}

/* ---- inside the stem ---- */

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
        int r = match_fold(text_of(row, range->text), &own);

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
                return look_up(written, range->text, key, take_range, range);
        }
        range->text = STUDENT_TEXT_STUDENT_NO;
        if (strlen(key) >= NUMBER_MIN && !range->parts->documents_only)
                r = look_up(written, range->text, key, take_range, range);
        range->text = STUDENT_TEXT_ID_NUMBER;
        if (r >= 0 && strlen(key) >= DOCUMENT_MIN)
                r = look_up(written, range->text, key, take_range, range);
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
                        r = look_up(parts->written, range.text, token.text, take_range, &range);
                        range.text = STUDENT_TEXT_STUDENT_NO;
                        if (r >= 0 && !parts->documents_only)
                                r = look_up(parts->written, range.text, token.text, take_range,
                                            &range);
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
                        r = look_up(written, STUDENT_TEXT_NAME, key, take_name, written);
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
