/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/progresslist.h>
#include <idphoto/stage.h>

/*
 * Progress lists taken into the catalog [R5]. A file that cannot be read refuses the whole import;
 * of files that can, each row stands for itself: what cannot be taken is reported with its row, the
 * others are done. A student is found in the whole batch by ID number, else by student number; who
 * is not found, or not for certain, is reported and never guessed at.
 *
 * Stages only go forward: a list that was exported earlier changes nothing. After a refusal by the
 * centre or the register any stage may follow, and a refusal may follow any stage but one that the
 * list itself says is later. The same stage again changes nothing, except that a photo approved in
 * the meantime is locked, and that a refusal of a later date is another one.
 */

enum { PROGRESS_NOTES_KEPT = 1000 };

typedef enum ProgressNoteKind {
        PROGRESS_BAD_FILE, /* the only reason to import nothing */
        /* the row was not taken */
        PROGRESS_UNKNOWN_STATUS,
        PROGRESS_NO_NUMBER,      /* neither an ID number nor a student number */
        PROGRESS_DAMAGED_NUMBER, /* an ID number that is none; see `problem` */
        PROGRESS_UNKNOWN_STUDENT,
        PROGRESS_AMBIGUOUS, /* several students have this number */
        PROGRESS_DISAGREE,  /* ID number and student number belong to two students */
        PROGRESS_OLDER,     /* an older stage than is known; that was kept */
        /* the row was taken, and is to be looked at */
        PROGRESS_BAD_DATE,     /* unreadable, or in the future: the day of the import counts */
        PROGRESS_NOT_APPROVED, /* passed at the centre, but not approved here */
        PROGRESS_NO_PHOTO,     /* refused there, but there is no photo here to reject */
        PROGRESS_OTHER_SHEET,  /* of a file: a second list in the workbook was not read */
        _PROGRESS_NOTE_MAX,
        _PROGRESS_NOTE_INVALID = -EINVAL,
} ProgressNoteKind;

const char *progress_note_to_string(ProgressNoteKind kind); /* "unknown-status", … */

/* Strings are owned and never NULL. For the office's eyes only: they name people. */
typedef struct ProgressNote {
        ProgressNoteKind kind;
        size_t file;        /* index of the file */
        size_t row;         /* 0: the file as a whole */
        RosterCode problem; /* BAD_FILE, DAMAGED_NUMBER; else _ROSTER_CODE_INVALID */
        Stage had;          /* OLDER: the stage that was kept */
        char *id_number;
        char *student_no;
        char *name;   /* of the student that was found */
        char *status; /* as it stands in the file; BAD_DATE: the date */
} ProgressNote;

typedef struct ProgressImport {
        bool refused; /* nothing was imported: see the notes of kind PROGRESS_BAD_FILE */
        size_t rows;
        size_t changed;
        size_t unchanged; /* known before */
        size_t waiting;   /* nothing has happened yet there, by the list */
        size_t not_taken;
        size_t stages[_STAGE_MAX];         /* of those changed */
        size_t locked;                     /* photos for which the final review passed */
        size_t rejected;                   /* photos that the centre or the register refused */
        size_t counts[_PROGRESS_NOTE_MAX]; /* of all notes, also those not kept */
        ProgressNote *notes;               /* in the order of the rows, the first
                                              PROGRESS_NOTES_KEPT */
        size_t n_notes;
} ProgressImport;

void progress_import_done(ProgressImport *import);
#define _cleanup_progress_import_ _cleanup_(progress_import_done)

typedef struct ProgressOptions {
        int64_t batch;
        bool dry_run; /* the same report, and everything is as before */
        uid_t actor;  /* whose import it is, for the record */
        int64_t now;
} ProgressOptions;

/*
 * Inside a transaction. Returns 0 with the report; -EROFS when the batch is closed; or the errno of
 * the catalog. Unless it returns 0 with neither `refused` nor `dry_run`, the catalog is as it was.
 */
int progress_import(Catalog *catalog, const ProgressList *const *files, size_t n_files,
                    const ProgressOptions *options, ProgressImport *ret);
