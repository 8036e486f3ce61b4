/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/student.h>

/*
 * Which student on a point's roster the name of a file means, when it holds what the roster writes:
 * an ID number, a student number or a name, as a whole or inside it [W1]. Both sides are compared
 * by match_key().
 */

typedef struct Written {
        Catalog *catalog;
        Where where;
        int64_t student; /* 0: nobody answers so far */
        char *number;    /* the student's ID number */
        bool ambiguous;  /* two students answer, or one may be meant by chance */
        int64_t expected;
        bool expected_answers; /* that student is one of those who answer */
        bool name_of_another;  /* beside the student's ID number stands the name of another one */
} Written;

void written_done(Written *written);
#define _cleanup_written_ _cleanup_(written_done)

bool written_answered(const Written *written);

/* Another student than the one before makes it ambiguous. */
int written_take(Written *written, const StudentRow *row);

/* What the roster writes; the row's own. */
const char *written_text(const StudentRow *row, StudentText text);
/* As catalog_list_students_by_key(), at the point that is searched. */
int written_look_up(Written *written, StudentText text, const char *key, StudentCallback take,
                    void *userdata);

/*
 * Takes the students whose text is the whole stem, or two of whose texts are, one behind the other,
 * as it is or without marks of copies. "12 (3)" is
 * also what is left of "123" when somebody sets it apart, and the third copy of "12": a student is
 * taken for it whose own writing sets the 3 apart, and otherwise it is ambiguous.
 */
int written_whole(Written *written, const char *text);

/*
 * Takes the students of whom the stem holds something: numbers first, of at least four characters,
 * the longest first; where there is none, names. A name that contradicts a student number makes it
 * ambiguous.
 */
int written_search(Written *written, const char *text);
/* The same for numbers of documents alone. */
int written_search_documents(Written *written, const char *text);

/* Notes whether the text holds only names of other students than the one who was found by an ID
 * number. */
int written_check_name(Written *written, const char *text);
