/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/roster.h>

/*
 * Rosters taken into the catalog: all files of one import together, or nothing. Teaching points
 * that are missing are created, students are added and brought up to date. What the files no longer
 * know is only told of, for a list that was cut short would otherwise take students away:
 *
 *   gone      on the roster of one of the files' points, but not in the files any more; with
 *             `prune` taken off, unless a photo or a file of theirs is there
 *   moved     listed at another point than before. Without a photo or a file the student moves;
 *             else everything stays where the photo is, for it would be made twice otherwise
 *   corrected the student number is listed with another ID number: the old one goes, or, where
 *             photos are there, only leaves the roster
 *   unlisted  known by a photo that came before the roster, and not in it
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
        ROSTER_IMPORT_TWICE,           /* stands differently in an earlier file */
        /* what was done, or is to be looked at */
        ROSTER_IMPORT_POINT_CREATED,
        ROSTER_IMPORT_MERGED,         /* the same number again at the same point: counts once */
        ROSTER_IMPORT_MOVED,          /* from other_point */
        ROSTER_IMPORT_STAYS,          /* has a photo or a file at other_point, and stays there */
        ROSTER_IMPORT_CORRECTED,      /* other_number was theirs before */
        ROSTER_IMPORT_CORRECTED_SENT, /* the same; photos under other_number are still there */
        ROSTER_IMPORT_GONE,
        ROSTER_IMPORT_PRUNED,
        ROSTER_IMPORT_KEPT, /* to be pruned, but a photo or a file is there */
        ROSTER_IMPORT_UNLISTED,
        _ROSTER_IMPORT_NOTE_MAX,
        _ROSTER_IMPORT_NOTE_INVALID = -EINVAL,
} RosterImportNoteKind;

/* Strings are owned and never NULL. For the office's eyes only: they name people. */
typedef struct RosterImportNote {
        RosterImportNoteKind kind;
        size_t file; /* index of the file, where row is not 0 or the note is a file's */
        size_t row;  /* 0: none */
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
        size_t rows;  /* students in the files, those that stand twice once */
        size_t added;
        size_t changed;
        size_t unchanged;
        size_t counts[_ROSTER_IMPORT_NOTE_MAX]; /* of all notes, also those not kept */
        RosterImportNote *notes;                /* of a refused import only the reasons; the first
                                                   ROSTER_IMPORT_NOTES_KEPT */
        size_t n_notes;
} RosterImport;

void roster_import_done(RosterImport *import);
#define _cleanup_roster_import_ _cleanup_(roster_import_done)

typedef struct RosterImportOptions {
        int64_t batch;
        const char *point; /* of files that do not tell; NULL: none */
        bool prune;
        bool dry_run; /* the same report, and everything is as before */
        /* Of points that are created. */
        uid_t uid;
        gid_t gid;
        mode_t mode;
        uid_t actor; /* whose import it is, for the record */
        int64_t now;
} RosterImportOptions;

/*
 * Inside a transaction. Returns 0 with the report, in which `refused` says whether anything was
 * done at all; -EROFS when the batch is closed; or the errno of the catalog. Unless it returns 0
 * with neither `refused` nor `dry_run`, the catalog is as it was.
 */
int roster_import(Catalog *catalog, const Roster *const *files, size_t n_files,
                  const RosterImportOptions *options, RosterImport *ret);
