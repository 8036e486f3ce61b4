/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/progresslist.h>
#include <idphoto/stage.h>

/*
 * Takes progress lists into the catalog [R5]. A file that cannot be read makes the whole import
 * fail. In readable files a row that cannot be taken is reported, and the others are taken. A student is found in the whole batch by ID number, else by student number.
 * A student who is not found with certainty is reported and never guessed.
 *
 * Lists tell what happened, so a student may have several rows in them, in whatever order. Of these
 * the latest holds and the others are counted only, so that one import is one change of a student.
 * The latest is the one with the latest time, if each of the student's rows has a time that can be
 * read and has come; else the last one. Of several with that time it is the last one.
 *
 * Stages only go forward, so a list that was exported earlier changes nothing. After a refusal by
 * the centre or the register any stage may follow. A refusal may follow any stage, except one that
 * the list itself says is later. The same stage again changes nothing, with two exceptions: a photo
 * that was approved in the meantime is locked, and a refusal with a later date is a new one.
 */

enum { PROGRESS_NOTES_KEPT = 1000 };

typedef enum ProgressNoteKind {
        PROGRESS_BAD_FILE, /* the only reason to import nothing */
        /* the row was not taken */
        PROGRESS_UNKNOWN_STATUS,
        PROGRESS_NO_NUMBER,      /* neither an ID number nor a student number */
        PROGRESS_DAMAGED_NUMBER, /* not a valid ID number; see `problem` */
        PROGRESS_UNKNOWN_STUDENT,
        PROGRESS_AMBIGUOUS, /* several students have this number */
        PROGRESS_DISAGREE,  /* ID number and student number belong to two students */
        PROGRESS_OLDER,     /* an older stage than the known one, which was kept */
        /* the row was taken, and somebody should look at it */
        PROGRESS_BAD_DATE,     /* unreadable or in the future: the day of the import is used */
        PROGRESS_NOT_APPROVED, /* passed at the centre, but not approved here */
        PROGRESS_NO_PHOTO,     /* refused there, but there is no photo here to reject */
        PROGRESS_OTHER_SHEET,  /* of a file: the workbook has a second list, which was not read */
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
        char *status; /* as in the file; BAD_DATE: the date */
} ProgressNote;

typedef struct ProgressImport {
        bool refused; /* nothing was imported: see the notes of kind PROGRESS_BAD_FILE */
        size_t rows;
        size_t changed;
        size_t unchanged; /* known before */
        size_t waiting;   /* rows by which nothing has happened there yet */
        size_t not_taken;
        size_t superseded;                 /* rows of students of whom a later row holds */
        size_t stages[_STAGE_MAX];         /* of those changed */
        size_t locked;                     /* photos for which the final review passed */
        size_t rejected;                   /* photos that the centre or the register refused */
        size_t counts[_PROGRESS_NOTE_MAX]; /* of all notes, also those not kept */
        ProgressNote *notes;               /* at most PROGRESS_NOTES_KEPT, in the order of
                                              the rows */
        size_t n_notes;
} ProgressImport;

void progress_import_done(ProgressImport *import);
#define _cleanup_progress_import_ _cleanup_(progress_import_done)

typedef struct ProgressOptions {
        int64_t batch;
        bool dry_run; /* report the same, change nothing */
        uid_t actor;  /* whose import it is, for the record */
        int64_t now;
} ProgressOptions;

/*
 * Call inside a transaction. Returns 0 with the report; -EROFS: the batch is closed; else the errno
 * of the catalog. The catalog has changed only after a return of 0 with neither `refused` nor
 * `dry_run`.
 */
int progress_import(Catalog *catalog, const ProgressList *const *files, size_t n_files,
                    const ProgressOptions *options, ProgressImport *ret);
