/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/finding.h>

/*
 * What people read in the mount. Every function is pure: a model in, text out. Texts are UTF-8.
 * Lines end in LF, including the last one. The columns of a table line up in a terminal, where
 * Chinese characters take two cells.
 */

typedef struct StatusCounts {
        uint64_t students; /* on the roster or, where there is no roster, seen by a valid number */
        uint64_t missing;  /* without an accepted photo */
        uint64_t pending;  /* accepted by the checks, waiting for the office */
        uint64_t approved;
        uint64_t locked;
        uint64_t checking; /* received files whose verdict is not out yet */
        uint64_t rejected; /* files in rejected/ */
} StatusCounts;

typedef struct StatusReason {
        ReasonCode code;
        uint64_t count; /* files in rejected/ with this reason */
} StatusReason;

typedef struct StatusEvent {
        int64_t wall_nsec;
        const char *text; /* as shown; may hold a file name, but only at a point [S4] */
} StatusEvent;

typedef struct StatusPoint {
        const char *name;
        StatusCounts counts;
} StatusPoint;

/* A student whose time for the check on the register is over. */
typedef struct StatusStudent {
        const char *id_number;
        const char *name;  /* "" where no roster tells */
        const char *since; /* when the paper photo came, as shown */
} StatusStudent;

/* The students who are late after the collection centre [R6]. */
typedef struct StatusLate {
        unsigned check_days;           /* working days for the check on the register */
        uint64_t unchecked;            /* students who had more than these since the paper photo */
        uint64_t nearing;              /* students for whom these end within STATUS_NEARING_DAYS */
        const StatusStudent *students; /* the first of the unchecked; at a point only [S4] */
        size_t n_students;
        unsigned paper_days; /* working days that the paper photo takes */
        uint64_t paper;      /* students who have waited longer for it */
        int gap;             /* as deadline_gap, for these working days */
} StatusLate;

enum {
        STATUS_NAMES_SHOWN = 10,   /* STATUS.txt is read at a glance */
        STATUS_NEARING_DAYS = 5,   /* working days */
        STATUS_DEADLINE_NEAR = 14, /* days before the last day of the batch */
};

/* STATUS.txt [S1]. All strings and arrays stay the caller's. */
typedef struct StatusModel {
        const char *point; /* NULL: the whole batch */
        const char *batch; /* NULL: none */
        bool closed;       /* nothing can be added to the batch or changed in it */
        bool disk_full;    /* no photo can be taken until there is room */
        StatusCounts counts;
        const StatusReason *reasons; /* most frequent first */
        size_t n_reasons;
        const StatusEvent *events; /* newest first */
        size_t n_events;
        const StatusPoint *points; /* at the root only */
        size_t n_points;
        const char *deadline; /* last day of the batch as shown, NULL: none [R6] */
        int64_t days_left;    /* until the deadline; 0 on the day itself, negative after it */
        int workdays_left;    /* of them; negative: not known, and not shown */
        int deadline_gap;     /* 0: none; the year whose holidays no calendar names, so that
                                 workdays_left is a guess */
        StatusLate late;
} StatusModel;

/* Makes the text. 0 or -ENOMEM; the caller frees *ret. The same holds for all functions below.
 * Control characters in names that clients gave are shown as '?'. */
int view_status(const StatusModel *model, Language language, char **ret, size_t *ret_size);

/* rejected/NAME.txt: why, measured and allowed values, what to do, and how to send it again. */
typedef struct ReasonFileModel {
        const char *name; /* of the dropped file */
        uint64_t size_bytes;
        int64_t received_nsec; /* wall time */
        const Findings *findings;
        const char *suggestion; /* a number on this point's roster that differs by one digit, or
                                   NULL [W2] */
        /* The following belong to a rejection by a person [R4] and are not shown for one by the
         * checks. */
        unsigned rejections; /* by people so far, of this student's photos, this one included */
        const char *note;    /* the reviewer's own words, NULL or "": none */
        const struct ConfigCentre *centre; /* where to go after too many rejections; NULL: not
                                              known */
} ReasonFileModel;

int view_reason_file(const ReasonFileModel *model, Language language, char **ret, size_t *ret_size);

/* missing/ID NAME.txt: whose photo is wanted. Empty strings are left out. */
int view_missing_file(const char *id_number, const char *name, const char *student_no,
                      const char *class_name, Language language, char **ret, size_t *ret_size);

/* A report on one photo for `idphotoctl check`: a line with the verdict, then an indented line for
 * each finding. */
int view_report(const char *name, const Findings *findings, Language language, bool colour,
                char **ret, size_t *ret_size);
