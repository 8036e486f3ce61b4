/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/finding.h>
#include <idphoto/reviewstate.h>

/*
 * Texts that people read in the mount. Every function is pure: a model in, text out. Texts are
 * UTF-8. Every line ends, including the last one: in CR and LF in the notes, which people open on
 * Windows, else in LF. Columns of tables line up on a terminal, where Chinese characters take two
 * cells.
 */

/* Students and files are counted apart [S5]. */
typedef struct StatusCounts {
        uint64_t students; /* on the roster; without a roster, with a valid number on a file */
        uint64_t by_state[_REVIEW_STATE_MAX]; /* of them; adds up to students */
        uint64_t rejected_files;              /* in rejected/, those of no student too */
        uint64_t checking;                    /* received files whose verdict is not out yet */
        bool has_roster; /* so that it is known who is missing; of several points: for all that
                              have students */
} StatusCounts;

/* Students without and with an accepted photo. */
static inline uint64_t status_without_photo(const StatusCounts *counts)
{
        return counts->by_state[REVIEW_MISSING] + counts->by_state[REVIEW_REJECTED];
}

static inline uint64_t status_with_photo(const StatusCounts *counts)
{
        return counts->students - status_without_photo(counts);
}

typedef struct StatusReason {
        ReasonCode code;
        uint64_t count; /* files in rejected/ with this reason */
} StatusReason;

typedef struct StatusEvent {
        int64_t wall_nsec;
        const char *text; /* as shown; may hold a file name only at a point [S4] */
} StatusEvent;

typedef struct StatusPoint {
        const char *name;
        StatusCounts counts;
} StatusPoint;

/* A student whose time for the check on the register is over. */
typedef struct StatusStudent {
        const char *id_number;
        const char *name;  /* "" when no roster gives it */
        const char *since; /* when the paper photo came, as shown */
        const char *point; /* NULL: the text is the point's own */
} StatusStudent;

/* The students who are late after the collection centre [R6]. */
typedef struct StatusLate {
        unsigned check_days;           /* working days for the check on the register */
        uint64_t unchecked;            /* students who had more than check_days since the paper
                                          photo */
        uint64_t nearing;              /* students whose check_days end within
                                          STATUS_NEARING_DAYS */
        const StatusStudent *students; /* the first of the unchecked; not at the root [S4] */
        size_t n_students;
        unsigned paper_days; /* working days that the paper photo takes */
        uint64_t paper;      /* students who have waited longer than paper_days for it */
        int gap;             /* as deadline_gap, for check_days and paper_days */
} StatusLate;

enum {
        STATUS_NAMES_SHOWN = 10,         /* so that STATUS.txt can be read at a glance */
        STATUS_OFFICE_NAMES_SHOWN = 100, /* late students of all points, in OFFICE/ */
        STATUS_NEARING_DAYS = 5,         /* working days */
        STATUS_DEADLINE_NEAR = 14,       /* days before the last day of the batch */
};

/* A photo that waits for review with warnings. */
typedef struct StatusWarned {
        const char *id_number;
        const char *name;     /* "" when no roster gives it */
        const char *warnings; /* their titles, one behind the other */
} StatusWarned;

/* What waits for review at a point. */
typedef struct StatusWaiting {
        int64_t id; /* of the point */
        const char *point;
        uint64_t photos;
        uint64_t warned;             /* of these */
        const StatusWarned *gravest; /* the first of the warned */
        size_t n_gravest;
} StatusWaiting;

/* The content of STATUS.txt [S1]. The caller keeps ownership of all strings and arrays. */
typedef struct StatusModel {
        const char *point; /* NULL: the whole batch */
        const char *batch; /* NULL: none */
        bool closed;       /* the batch is closed */
        bool disk_full;    /* no photo is accepted until there is room */
        StatusCounts counts;
        const StatusReason *reasons; /* most frequent first */
        size_t n_reasons;
        const StatusEvent *events; /* newest first */
        size_t n_events;
        const StatusPoint *points; /* at the root only */
        size_t n_points;
        const char *deadline; /* last day of the batch as shown; NULL: none [R6] */
        int64_t days_left;    /* until the deadline; 0 on the day itself, negative after it */
        int workdays_left;    /* working days among days_left; negative: unknown, not shown */
        int deadline_gap;     /* the first year missing in the calendar, which makes workdays_left a
                                 guess; 0: none */
        StatusLate late;
        const StatusWaiting *waiting; /* in OFFICE/ only [S4]: points where something waits */
        size_t n_waiting;
} StatusModel;

/* Makes the text. For this and all functions below: 0 with *ret, which the caller frees, or
 * -ENOMEM. Control characters in names from clients become '?'. */
int view_status(const StatusModel *model, Language language, char **ret, size_t *ret_size);

/* The content of rejected/NAME.txt: why, measured and allowed values, what to do, and how to send
 * it again. */
typedef struct ReasonFileModel {
        const char *name; /* of the dropped file */
        uint64_t size_bytes;
        int64_t received_nsec; /* wall time */
        const Findings *findings;
        const char *suggestion; /* a number on this point's roster that differs by one digit; NULL:
                                   none [W2] */
        const char *same_as; /* the photo of this point that shows the same picture, as people find
                                it: "ID.jpg (name)"; NULL: none, or none that this point may know
                                [W4] */
        /* The fields below are shown only for a rejection by a person [R4]. */
        unsigned rejections; /* of this student's photos by people, this one included */
        const char *note;    /* the reviewer's note; NULL or "": none */
        const struct ConfigCentre *centre; /* where to go after too many rejections; NULL:
                                              unknown */
} ReasonFileModel;

int view_reason_file(const ReasonFileModel *model, Language language, char **ret, size_t *ret_size);

/* Makes missing/ID NAME.txt: whose photo is wanted. Omits empty strings. */
int view_missing_file(const char *id_number, const char *name, const char *student_no,
                      const char *class_name, Language language, char **ret, size_t *ret_size);

/* Makes a report on one photo for `idphotoctl check`: a line with the verdict, then an indented
 * line for each finding. */
int view_report(const char *name, const Findings *findings, Language language, bool colour,
                char **ret, size_t *ret_size);
