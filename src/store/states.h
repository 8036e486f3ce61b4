/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/reviewstate.h>
#include <idphoto/submission.h>

#include <assert.h>

/*
 * States in SQL. Partial indexes and triggers of released migrations contain their numbers, so the
 * numbers never change. SQLite uses a partial index only for a query whose WHERE has the same
 * terms, and these macros are those terms. A prefix may precede them, as in "s." UNFINISHED.
 */

#define STATE_OPEN       "0"
#define STATE_RECEIVED   "1"
#define STATE_PASSED     "2"
#define STATE_ACCEPTED   "4"
#define STATE_REJECTED   "5"
#define STATE_SUPERSEDED "6"
#define STATE_DISMISSED  "7"
#define STATE_WITHDRAWN  "8"
#define STATE_UNPACKED   "10"

#define UNFINISHED "state < 4"
#define FINISHED   "state >= 4"
#define REJECTED   "state = 5"

/*
 * Before one of these where rows are found by name: no index of states is used then. PostgreSQL knows
 * a table as it was when last analyzed. If few were unfinished at that time it takes their index, and
 * while thousands wait to be judged each look-up of a name would walk through all of them.
 */
#define BY_NAME "0 + "

static_assert(SUBMISSION_OPEN == 0 && SUBMISSION_RECEIVED == 1 && SUBMISSION_PASSED == 2 &&
                      SUBMISSION_FAILED == 3 && SUBMISSION_ACCEPTED == 4 &&
                      SUBMISSION_REJECTED == 5 && SUBMISSION_SUPERSEDED == 6 &&
                      SUBMISSION_DISMISSED == 7 && SUBMISSION_WITHDRAWN == 8 &&
                      SUBMISSION_UNPACKED == 10,
              "the schema and the words above name these numbers");

/* States of a student. SETTLED: the photo goes to the platform. */
#define STUDENT_MISSING "0"
#define STUDENT_PENDING "2"
#define SETTLED         "state IN (3, 4)"

static_assert(REVIEW_MISSING == 0 && REVIEW_PENDING == 2 && REVIEW_APPROVED == 3 &&
                      REVIEW_LOCKED == 4,
              "the schema and the words above name these numbers");

/* Values of tally.kind: what a counter counts. */
#define TALLY_STUDENTS    "0" /* by state */
#define TALLY_SUBMISSIONS "1" /* by state */
#define TALLY_REASONS     "2" /* rejected files by the reason's name */
