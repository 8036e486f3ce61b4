/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/roster.h>

/*
 * Takes rosters into the catalog: all files of one import, or nothing. Missing teaching points are
 * created; students are added and brought up to date. Students who are missing in the files are
 * only reported, because a list that was cut short would remove them otherwise:
 *
 *     gone       on the roster of a point that is in the files, but no longer in the files. With
 *                `prune` the student leaves the roster, unless there is a photo or a rejected file
 *                of theirs
 *     moved      listed at another point than before. Without a photo or a file the student moves;
 *                else the student stays where the photo is, since the photo would have to be made
 *                again otherwise
 *     corrected  a student is listed with another ID number: photo, decisions, notes and history
 *                follow [W6]. It is the same student if the student number is the same or, where
 *                that says nothing, if nobody else of the point has that name in that class, in the
 *                list or on the roster. Without a class to tell by, the numbers must be alike too
 *     unlisted   known by a photo that came before the roster, and not in the roster. Who has
 *                neither photo nor rejected file does not count, and is not told of
 */

enum {
        ROSTER_IMPORT_POINTS_MAX = 2000, /* of one import; more is a wrong column */
        ROSTER_IMPORT_NOTES_KEPT = 1000,
};

typedef enum RosterImportNoteKind {
        /* reasons to import nothing */
        ROSTER_IMPORT_BAD_FILE,        /* the file has errors of its own: see its problems */
        ROSTER_IMPORT_NO_POINT,        /* no such column, and no point was named */
        ROSTER_IMPORT_POINT_GIVEN,     /* a point was named, but the file has such a column */
        ROSTER_IMPORT_POINT_NAME,      /* no name for a teaching point */
        ROSTER_IMPORT_TOO_MANY_POINTS, /* more than ROSTER_IMPORT_POINTS_MAX */
        ROSTER_IMPORT_TWICE,           /* an earlier file says something else about the student */
        ROSTER_IMPORT_TWO_PHOTOS, /* other_number was theirs before, and both numbers have a photo */
        /* what was done, or should be looked at */
        ROSTER_IMPORT_POINT_CREATED,
        ROSTER_IMPORT_MERGED,    /* the same number again at the same point: counts once */
        ROSTER_IMPORT_MOVED,     /* from other_point */
        ROSTER_IMPORT_STAYS,     /* has a photo or a file at other_point, and stays there */
        ROSTER_IMPORT_CORRECTED, /* other_number was theirs before */
        ROSTER_IMPORT_GONE,
        ROSTER_IMPORT_PRUNED,
        ROSTER_IMPORT_KEPT, /* was to be pruned, but there is a photo or a file */
        ROSTER_IMPORT_UNLISTED,
        _ROSTER_IMPORT_NOTE_MAX,
        _ROSTER_IMPORT_NOTE_INVALID = -EINVAL,
} RosterImportNoteKind;

/* Strings are owned and never NULL. For the office's eyes only: they name people. */
typedef struct RosterImportNote {
        RosterImportNoteKind kind;
        size_t file; /* index of the file, where row is not 0 or the note is a file's */
        size_t row;  /* 0: none */
        char *sheet; /* of the row; "" where the file has no more than one */
        char *other_sheet;
        size_t other_file;
        size_t other_row;
        char *point;
        char *other_point;
        char *id_number;
        char *other_number;
        char *name;
} RosterImportNote;

typedef struct RosterImport {
        bool refused; /* nothing was imported */
        size_t rows;  /* students in the files; one who stands twice counts once */
        size_t added;
        size_t changed;
        size_t unchanged;
        size_t counts[_ROSTER_IMPORT_NOTE_MAX]; /* of all notes, also those not kept */
        RosterImportNote *notes;                /* the first ROSTER_IMPORT_NOTES_KEPT; of a refused
                                                   import only the reasons */
        size_t n_notes;
} RosterImport;

void roster_import_done(RosterImport *import);
#define _cleanup_roster_import_ _cleanup_(roster_import_done)

typedef struct RosterImportOptions {
        int64_t batch;
        const char *point; /* for files that name none; NULL: none */
        bool prune;
        bool dry_run; /* report the same, change nothing */
        /* For points that are created. */
        uid_t uid;
        gid_t gid;
        mode_t mode;
        uid_t actor; /* whose import it is, for the record */
        int64_t now;
} RosterImportOptions;

/*
 * Call inside a transaction. Returns 0 with the report, in which `refused` says whether anything
 * was done; -EROFS: the batch is closed; else the errno of the catalog. The catalog has changed
 * only after a return of 0 with neither `refused` nor `dry_run`.
 */
int roster_import(Catalog *catalog, const Roster *const *files, size_t n_files,
                  const RosterImportOptions *options, RosterImport *ret);
