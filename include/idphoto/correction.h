/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/idnumber.h>
#include <idphoto/metadata.h>
#include <idphoto/reviewstate.h>
#include <idphoto/student.h>

/*
 * What an operator puts right [W6]: the number of a student, the point where a student or all of a
 * point's belong, and who is no student at all. Photos, decisions, notes and history follow, and so
 * do the dropped names [D4]. Nothing destroys an original.
 *
 * Each function is called inside a transaction and either does all of it or leaves the catalog as
 * it was. It returns 0 with *ret, also when it refuses; -EROFS: the batch is closed; else the
 * errno of the catalog. A dry run says the same and changes nothing.
 */

typedef enum CorrectionRefusal {
        CORRECTION_NO_STUDENT,     /* nobody has that number */
        CORRECTION_SEVERAL,        /* at more than one point */
        CORRECTION_SAME,           /* it is so already */
        CORRECTION_UNDER_WAY,      /* a file is on its way to its verdict */
        CORRECTION_OTHERS_NUMBER,  /* it is another person's on the roster */
        CORRECTION_TWO_PHOTOS,     /* two rows would become one, and each has a photo */
        CORRECTION_APPROVED,       /* a person approved the photo, or the centre has it */
        CORRECTION_POINT_EXISTS,   /* another point has that name */
        CORRECTION_POINT_OCCUPIED, /* photos or files are there */
        _CORRECTION_REFUSAL_MAX,
        _CORRECTION_REFUSAL_INVALID = -EINVAL, /* nothing is refused */
} CorrectionRefusal;

typedef struct CorrectionReport {
        CorrectionRefusal refusal;
        StudentRow student; /* as it was before; id 0: none was found */
        bool merged;        /* another row of the same person was there and became this one's */
        uint64_t students;  /* of a point: how many move, are removed, or stand in the way */
        uint64_t photos;
        uint64_t files; /* in rejected/; of a point: all that were dropped there */
} CorrectionReport;

void correction_report_done(CorrectionReport *report);
#define _cleanup_correction_ _cleanup_(correction_report_done)

typedef struct CorrectionOptions {
        int64_t batch; /* of a student */
        int64_t point; /* of a student: 0 for any; else the point itself */
        bool dry_run;
        uid_t actor;
        int64_t now;
} CorrectionOptions;

/* Normalises a number that somebody typed. -EINVAL: it cannot be the number of a document, or it
 * looks like an ID number and its check digit, date or region is wrong. */
int correction_number(const char *typed, Date today, DocumentNumber *ret);

/* ---- students; `number` is an ID number or a student number ---- */

int correct_student(Catalog *catalog, const CorrectionOptions *options, const char *number,
                    const DocumentNumber *corrected, CorrectionReport *ret);
int correct_point_of_student(Catalog *catalog, const CorrectionOptions *options, const char *number,
                             int64_t point, CorrectionReport *ret);
/* The photo is withdrawn and what is in rejected/ is dismissed, both to be brought back until they
 * are purged. The student leaves the roster. */
int correct_student_away(Catalog *catalog, const CorrectionOptions *options, const char *number,
                         CorrectionReport *ret);

/* ---- points ---- */

/* Owner, group and mode of its directory, and those of submitted/ if they were set apart. */
int correct_point_owner(Catalog *catalog, const CorrectionOptions *options,
                        const MetadataChange *owner, CorrectionReport *ret);
/* The name must be one that a point may have. */
int correct_point_name(Catalog *catalog, const CorrectionOptions *options, const char *name,
                       CorrectionReport *ret);
/* What is at the point, in all batches, becomes the other's, and the point is removed. */
int correct_point_into(Catalog *catalog, const CorrectionOptions *options, int64_t into,
                       CorrectionReport *ret);
/* Refused as long as anything that was dropped there is kept. */
int correct_point_away(Catalog *catalog, const CorrectionOptions *options, CorrectionReport *ret);
