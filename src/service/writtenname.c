/* SPDX-License-Identifier: MIT */
#include "writtenname.h"

#include <idphoto/idnumber.h>
#include <idphoto/matchkey.h>
#include <idphoto/stem.h>

#include <string.h>

enum { COPIES_MAX = 4 /* marks of copies taken off */ };

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

const char *written_text(const StudentRow *row, StudentText text)
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
        int r = match_fold(written_text(row, whole->text), &own);

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

int written_look_up(Written *written, StudentText text, const char *key, StudentCallback take,
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
                int r = match_key(written_text(row, others[i]), &key);

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
                        r = written_look_up(written, pair.first, first, take_pair, &pair);
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
                r = written_look_up(written, whole.text, form->key, take_whole, &whole);
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
