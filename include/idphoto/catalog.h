/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/finding.h>
#include <idphoto/fingerprint.h>
#include <idphoto/photo.h>
#include <idphoto/reviewstate.h>
#include <idphoto/stage.h>
#include <idphoto/store.h>
#include <sys/types.h>

/*
 * The only door to the database, in the words of the domain. A Catalog is one connection, used by
 * one thread at a time. Functions that change something are called inside a transaction: through
 * Writer in the daemon, through catalog_begin()/catalog_commit() in a command. Times are wall
 * nanoseconds. Rows own their strings; release them with their _done() function. Functions that
 * look up one row return 1 when found, 0 when not, or a negative errno: -ENOSPC, -EIO, -ENOMEM,
 * -EBUSY (another process writes for too long), -EUCLEAN (database malformed).
 */

typedef struct Catalog Catalog;

int catalog_open(const Store *store, Catalog **ret);
void catalog_free(Catalog *catalog);
DEFINE_CLEANUP(Catalog, catalog_free)
/* The store that it belongs to. */
const Store *catalog_store(const Catalog *catalog);

/* Creates or upgrades the schema; store_create() and store_open() call it. */
int catalog_migrate(Catalog *catalog);

/* IMMEDIATE: waits for other writers up to some seconds. durable: the commit survives power loss.
 */
int catalog_begin(Catalog *catalog, bool durable);
int catalog_commit(Catalog *catalog);
/* A change for its own sake: SQLite syncs nothing at the end of a transaction without one, and then
 * what was committed before is not durable either. */
int catalog_count_sync(Catalog *catalog);
void catalog_rollback(Catalog *catalog);
/* Before a transaction of very many rows: memory for the pages that it changes, so that none is
 * written twice. For commands, which end soon; the connection keeps the memory. */
int catalog_expect_many(Catalog *catalog);
/* A nested part that can be undone alone. */
int catalog_savepoint(Catalog *catalog);
int catalog_savepoint_release(Catalog *catalog);
int catalog_savepoint_rollback(Catalog *catalog);
/* Whether a transaction is open; an I/O error may have ended it. */
bool catalog_in_transaction(const Catalog *catalog);

/* A number that changes whenever another connection has changed the database. */
int catalog_data_version(Catalog *catalog, int64_t *ret);

/* ---- settings ---- */

int catalog_get_setting(Catalog *catalog, const char *key, char **ret); /* 1, 0 */
int catalog_set_setting(Catalog *catalog, const char *key, const char *value);

/* ---- batches ---- */

int catalog_add_batch(Catalog *catalog, const char *name, int64_t now, int64_t *ret_id);
int catalog_find_batch(Catalog *catalog, const char *name, int64_t *ret_id); /* 1, 0 */
int catalog_batch_name(Catalog *catalog, int64_t batch, char **ret);         /* 1, 0 */

typedef struct BatchRow {
        int64_t id;
        char *name;
        bool closed;
        int64_t created;
} BatchRow;

void batch_row_done(BatchRow *row);
#define _cleanup_batch_ _cleanup_(batch_row_done)

typedef int (*BatchCallback)(const BatchRow *row, void *userdata);
int catalog_list_batches(Catalog *catalog, BatchCallback callback, void *userdata);
/* Whether nothing may change in it any more: 1, 0 (also when there is no such batch). */
int catalog_batch_closed(Catalog *catalog, int64_t batch);
int catalog_set_batch_closed(Catalog *catalog, int64_t batch, bool closed);

/* ---- teaching points ---- */

typedef struct PointRow {
        int64_t id;
        char *name;
        uid_t uid;
        gid_t gid;
        mode_t mode;   /* permission bits of the directory */
        int64_t mtime; /* of the directory: the last change of its listing, or what a client set */
        int64_t submitted_mtime; /* of submitted/ in it */
        int64_t changed;         /* what ctime shows; 0: not since an earlier version */
        int64_t submitted_changed;
        uid_t submitted_uid; /* the point's until they are set, as the next two */
        gid_t submitted_gid;
        mode_t submitted_mode;
        int64_t created;
        int64_t version; /* grows with every change that a status file of this point shows */
} PointRow;

void point_row_done(PointRow *row);
#define _cleanup_point_ _cleanup_(point_row_done)

/* -EEXIST when a point of that (folded) name is there. */
int catalog_add_point(Catalog *catalog, const char *name, uid_t uid, gid_t gid, mode_t mode,
                      int64_t now, int64_t *ret_id);
int catalog_get_point(Catalog *catalog, int64_t id, PointRow *ret);
int catalog_find_point(Catalog *catalog, const char *name, PointRow *ret);
int catalog_set_point_owner(Catalog *catalog, int64_t id, uid_t uid, gid_t gid, mode_t mode);
/* Of submitted/ in it; until then it has the point's. */
int catalog_set_submitted_owner(Catalog *catalog, int64_t id, uid_t uid, gid_t gid, mode_t mode);
/*
 * The point's directory (folder FOLDER_POINT) or submitted/ in it (FOLDER_SUBMITTED) changed. That
 * what is listed has changed is noticed by itself; this knows the time more exactly.
 */
int catalog_set_point_mtime(Catalog *catalog, int64_t id, int64_t folder, int64_t mtime);
/* A client sets that directory's time, at `now`. */
int catalog_set_directory_mtime(Catalog *catalog, int64_t id, int64_t folder, int64_t mtime,
                                int64_t now);
/*
 * When the listing of a directory changed that is no row of its own: 1, 0 (never). Names: rejected,
 * missing, pending, approved of a point; export, reason:CODE of a batch (point 0); points of the
 * store (batch 0).
 */
int catalog_place_mtime(Catalog *catalog, int64_t batch, int64_t point, const char *name,
                        int64_t *ret);
typedef int (*PointCallback)(const PointRow *row,
                             void *userdata); /* nonzero ends the listing and is returned */
int catalog_list_points(Catalog *catalog, int64_t after, PointCallback callback, void *userdata);
/* Grows with every change anywhere: the version of the root's status. */
int catalog_version(Catalog *catalog, int64_t *ret);

/* ---- folders inside a point ---- */

/* Where a submission stands inside its point: a dropped folder's row id, or one of these. */
enum {
        FOLDER_POINT = 0,      /* the point's directory itself */
        FOLDER_REJECTED = -1,  /* rejected/: a fix under way [D11] */
        FOLDER_SUBMITTED = -2, /* submitted/ [D4] */
};

typedef struct FolderRow {
        int64_t id;
        int64_t batch;
        int64_t point;
        int64_t parent;
        char *name;
        bool temporary;  /* a client's own: never listed, contents not judged */
        bool marker;     /* temporary, and listed all the same */
        bool listed;     /* false: emptied by its verdicts, and kept for the names dropped in it */
        bool removed;    /* by a client: nobody finds it any more, its photos' names neither */
        int64_t cleared; /* how many times it went away by itself */
        mode_t mode;
        uid_t uid; /* who made it */
        gid_t gid;
        int64_t mtime;
        int64_t changed; /* as of a point */
} FolderRow;

void folder_row_done(FolderRow *row);
#define _cleanup_folder_ _cleanup_(folder_row_done)

/* Listed. -EEXIST when one of that (folded) name is there. */
int catalog_add_folder(Catalog *catalog, const FolderRow *row, int64_t *ret_id);
/* An unlisted folder is made again: listed, with name, mode, owner and time of `row`. What was
 * dropped in it before keeps resolving in it. */
int catalog_remake_folder(Catalog *catalog, int64_t id, const FolderRow *row);
/* Removed ones too. */
int catalog_get_folder(Catalog *catalog, int64_t id, FolderRow *ret);
int catalog_find_folder(Catalog *catalog, int64_t batch, int64_t point, int64_t parent,
                        const char *name, FolderRow *ret);
int catalog_set_folder_listed(Catalog *catalog, int64_t id, bool listed);
/* Mode and owner of the row with that id. */
int catalog_set_folder_owner(Catalog *catalog, const FolderRow *row);
/* A client sets its time, at `now`. */
int catalog_set_folder_mtime(Catalog *catalog, int64_t id, int64_t mtime, int64_t now);
int catalog_move_folder(Catalog *catalog, int64_t id, int64_t parent, const char *name,
                        bool temporary);
/* Its name is free. The row stays, for who has the folder open and for the submissions in it. */
int catalog_remove_folder(Catalog *catalog, int64_t id);
/* Rows of removed folders that nothing names any more go. */
int catalog_collect_folders(Catalog *catalog);
/* Whether a listed folder or an unfinished upload is in it: 1, 0. */
int catalog_folder_occupied(Catalog *catalog, int64_t id);
/*
 * The unfinished uploads in it and in the temporary folders in it. disposable: a client's
 * temporary file that never was a photo under a normal name. -ENOTEMPTY: a listed folder is in it.
 */
typedef int (*HiddenCallback)(int64_t submission, bool disposable, void *userdata);
int catalog_list_hidden_uploads(Catalog *catalog, int64_t id, HiddenCallback callback,
                                void *userdata);
/* Removes the folder with these uploads and the temporary folders. -ENOTEMPTY: something else is in
 * it, or one of them is not disposable. */
int catalog_remove_folder_hidden(Catalog *catalog, int64_t id, const int64_t *uploads, size_t n);
/* How many folders stand one in another in it, itself counted; not more than `most`. */
int catalog_folder_height(Catalog *catalog, int64_t id, int most);
typedef int (*FolderCallback)(const FolderRow *row, void *userdata);
int catalog_list_folders(Catalog *catalog, int64_t batch, int64_t point, int64_t parent,
                         int64_t after, FolderCallback callback, void *userdata);
/* What stands in a temporary folder. */
int catalog_list_temporary_folders(Catalog *catalog, int64_t batch, int64_t point, int64_t parent,
                                   int64_t after, FolderCallback callback, void *userdata);

/* ---- submissions: every dropped file ---- */

typedef enum SubmissionState {
        SUBMISSION_OPEN,       /* being written, or closed under a client's temporary name */
        SUBMISSION_RECEIVED,   /* finished; to be judged */
        SUBMISSION_PASSED,     /* judged good, not yet shown */
        SUBMISSION_FAILED,     /* judged bad, not yet shown */
        SUBMISSION_ACCEPTED,   /* its photo is the student's */
        SUBMISSION_REJECTED,   /* in rejected/ */
        SUBMISSION_SUPERSEDED, /* an earlier version: a later one took its place */
        SUBMISSION_DISMISSED,  /* deleted from rejected/ by the point [D10] */
        SUBMISSION_WITHDRAWN,  /* its photo was deleted by the point [D10], or it was deleted before
                                  its verdict */
        SUBMISSION_UNCHANGED,  /* the same bytes again [D9] */
        _SUBMISSION_STATE_MAX,
        _SUBMISSION_STATE_INVALID = -EINVAL,
} SubmissionState;

const char *submission_state_to_string(SubmissionState state);

typedef struct SubmissionRow {
        int64_t id;
        int64_t batch;
        int64_t point;
        int64_t folder;
        char *name;       /* as dropped */
        char *shown_name; /* in rejected/; NULL elsewhere */
        bool temporary;
        SubmissionState state;
        uint64_t size;
        int64_t mtime;
        mode_t mode; /* as the client set it; shown while it is an upload or an alias */
        uid_t uid;   /* owner as shown; a client may have set it */
        gid_t gid;
        uid_t actor;     /* who dropped it */
        int64_t changed; /* what ctime shows; 0: not since it was made, or an earlier version */
        int64_t created;
        int64_t received;
        int64_t applied;
        bool has_original;
        Sha256 original;
        int64_t student;  /* 0: none or unknown */
        int64_t photo;    /* the photo made of it, 0: none */
        char *suggestion; /* a number of the point's roster one digit away, "" for none [W2] */
        /* Grows with every change that makes an earlier look at the submission worthless: a new
         * name or folder, an opening for writing. A verdict holds only for the generation that it
         * was made for. */
        int64_t generation;
        int64_t replaces; /* a submission that its client deleted for the sake of this one, 0: none
                           */
} SubmissionRow;

void submission_row_done(SubmissionRow *row);
#define _cleanup_submission_ _cleanup_(submission_row_done)

/* Adds an open submission; row->id and state are ignored. */
int catalog_add_submission(Catalog *catalog, const SubmissionRow *row, int64_t *ret_id);
/* Adds an earlier version of a submission, SUPERSEDED: what it held before it is written again. Its
 * name resolves to the later one only. */
int catalog_add_version(Catalog *catalog, int64_t id, const Sha256 *original, uint64_t size,
                        int64_t now, int64_t *ret_id);
int catalog_get_submission(Catalog *catalog, int64_t id, SubmissionRow *ret);
/* The unfinished or unshown submission (OPEN..FAILED) of that name. */
int catalog_find_upload(Catalog *catalog, int64_t batch, int64_t point, int64_t folder,
                        const char *name, SubmissionRow *ret);
/* The newest finished submission of that name whose alias still resolves [D4]. */
int catalog_find_alias(Catalog *catalog, int64_t batch, int64_t point, int64_t folder,
                       const char *name, SubmissionRow *ret);
/* The rejected submission shown as that name in rejected/. */
int catalog_find_rejected(Catalog *catalog, int64_t batch, int64_t point, const char *shown_name,
                          SubmissionRow *ret);
/* The rejected submission that was dropped under that name in that folder. */
int catalog_find_rejected_drop(Catalog *catalog, int64_t batch, int64_t point, int64_t folder,
                               const char *name, SubmissionRow *ret);

typedef int (*SubmissionCallback)(const SubmissionRow *row, void *userdata);
/* Unfinished and unshown submissions of a directory, not temporary, by id. */
int catalog_list_uploads(Catalog *catalog, int64_t batch, int64_t point, int64_t folder,
                         int64_t after, SubmissionCallback callback, void *userdata);
/* The same of a temporary folder, in which everything is temporary. */
int catalog_list_temporary_uploads(Catalog *catalog, int64_t batch, int64_t point, int64_t folder,
                                   int64_t after, SubmissionCallback callback, void *userdata);
int catalog_list_rejected(Catalog *catalog, int64_t batch, int64_t point, int64_t after,
                          SubmissionCallback callback, void *userdata);
/* What the names of a directory in submitted/ mean: the newest finished submission of each. For
 * FOLDER_SUBMITTED those dropped into the point itself are among them. */
int catalog_list_aliases(Catalog *catalog, int64_t batch, int64_t point, int64_t folder,
                         int64_t after, SubmissionCallback callback, void *userdata);
/* The newest id that was ever given. */
int catalog_max_submission(Catalog *catalog, int64_t *ret);
/* All submissions in an unfinished state (OPEN..FAILED), of every point, by id: what a restarted
 * daemon goes on with. Finished ones are not listed. */
int catalog_list_by_state(Catalog *catalog, SubmissionState state, int64_t after,
                          SubmissionCallback callback, void *userdata);

/* It takes nothing's place any more. */
int catalog_set_submission_name(Catalog *catalog, int64_t id, int64_t folder, const char *name,
                                bool temporary);
/* Of an unfinished submission: begins its next generation in that state, OPEN or RECEIVED. What was
 * found out about it is dropped: findings, student, suggestion, and the photo that was not shown.
 */
int catalog_advance_submission(Catalog *catalog, int64_t id, SubmissionState state);
/* The same for every unfinished submission in the folder and in what lies below it, whose folder
 * got another name: PASSED and FAILED become RECEIVED. */
int catalog_advance_folder(Catalog *catalog, int64_t folder);
/* Calls back with the id of each unfinished submission there. */
int catalog_list_folder_uploads(Catalog *catalog, int64_t folder,
                                int (*callback)(int64_t id, void *userdata), void *userdata);
/* What a client set, the time of the photo made of it included. */
int catalog_set_submission_attributes(Catalog *catalog, int64_t id, mode_t mode, uid_t uid,
                                      gid_t gid, int64_t mtime);
int catalog_set_submission_state(Catalog *catalog, int64_t id, SubmissionState state);
/* RECEIVED: finished at `now` with that many bytes. */
int catalog_set_submission_received(Catalog *catalog, int64_t id, uint64_t size, int64_t mtime,
                                    int64_t now);
/* The original became a blob. -EAGAIN: its file is gone, removed as named by nobody; it must become
 * one again. */
int catalog_set_submission_original(Catalog *catalog, int64_t id, const Sha256 *original,
                                    uint64_t size);
int catalog_set_submission_student(Catalog *catalog, int64_t id, int64_t student);
int catalog_set_submission_suggestion(Catalog *catalog, int64_t id, const char *number);
int catalog_set_submission_applied(Catalog *catalog, int64_t id, SubmissionState state,
                                   const char *shown_name, int64_t now);
/* The dropped name no longer resolves. */
int catalog_hide_alias(Catalog *catalog, int64_t id);
/* Nothing finished resolves by that name there any more. */
int catalog_hide_name(Catalog *catalog, int64_t batch, int64_t point, int64_t folder,
                      const char *name);
/* Only for uploads that never were a photo: temporary or never written. -EUCLEAN: its photo is a
 * student's. */
int catalog_remove_submission(Catalog *catalog, int64_t id);
/* Rejected submissions of this student, and those dropped under this name, become SUPERSEDED;
 * `except` stays. */
int catalog_supersede_rejected(Catalog *catalog, int64_t batch, int64_t point, int64_t folder,
                               const char *name, int64_t student, int64_t except);
/* Whether `name` is free in rejected/, for the file and for its reason file: 1 free, 0 taken. */
int catalog_rejected_name_free(Catalog *catalog, int64_t batch, int64_t point, const char *name);

/* ---- findings ---- */

int catalog_set_findings(Catalog *catalog, int64_t submission, const Findings *findings);
int catalog_get_findings(Catalog *catalog, int64_t submission, Findings *ret);

/* ---- students and photos ---- */

typedef struct StudentRow {
        int64_t id;
        int64_t batch;
        int64_t point;
        char *id_number;
        ReviewState state;
        int64_t photo; /* current, 0: none */
        bool on_roster;
        unsigned rejections; /* by people, of all photos so far [R4] */
        Stage stage;
        int64_t stage_since; /* wall time, by the progress list; 0: none */
        char *name;          /* "" when no roster tells, like the rest */
        char *student_no;
        char *class_name;
        char *major;
} StudentRow;

void student_row_done(StudentRow *row);
#define _cleanup_student_ _cleanup_(student_row_done)

int catalog_find_student(Catalog *catalog, int64_t batch, int64_t point, const char *id_number,
                         StudentRow *ret);
int catalog_get_student(Catalog *catalog, int64_t id, StudentRow *ret);
int catalog_add_student(Catalog *catalog, int64_t batch, int64_t point, const char *id_number,
                        int64_t now, int64_t *ret_id);
/* photo 0: none. */
int catalog_set_student(Catalog *catalog, int64_t id, ReviewState state, int64_t photo);

/* One more rejection by a person [R4]. */
int catalog_count_rejection(Catalog *catalog, int64_t id);

typedef int (*StudentCallback)(const StudentRow *row, void *userdata);
/* By id. Those without an accepted photo: missing/. */
int catalog_list_missing(Catalog *catalog, int64_t batch, int64_t point, int64_t after,
                         StudentCallback callback, void *userdata);
/* All of a point, by id; 0: of all points. */
int catalog_list_students(Catalog *catalog, int64_t batch, int64_t point, int64_t after,
                          StudentCallback callback, void *userdata);

/* Where a student stands, and what explains it. Strings live until the callback returns. */
typedef struct StandingRow {
        int64_t student;
        int64_t point_id;
        const char *point; /* its name */
        const char *id_number;
        ReviewState state;
        bool on_roster;
        const char *name; /* "" when no roster tells, like the rest */
        const char *student_no;
        const char *class_name;
        const char *major;
        int64_t submission;     /* that of the photo, else the last one in rejected/; 0: none */
        const char *sent_as;    /* its name as dropped, NULL: none */
        const char *shown_name; /* its name in rejected/, NULL: it is not there */
        int64_t applied;        /* when its verdict was shown; 0: none */
        unsigned rejections;    /* by people, of all photos so far [R4] */
        Stage stage;
        bool has_photo;           /* a photo stands in the point under the student's number */
        bool has_blob;            /* a finished photo was made of that submission; else none of the
                                     following but reason */
        Sha256 blob;              /* its bytes */
        PhotoGeometry geometry;   /* NAN where not measured */
        ReasonCode reason;        /* why a person rejected it, while that stands; _REASON_INVALID */
        const char *note;         /* the reviewer's own words, NULL or "": none */
        const Findings *findings; /* of that submission, without what was put right; never NULL */
} StandingRow;

typedef int (*StandingCallback)(const StandingRow *row, void *userdata);
/* All students of a point by id; point 0: of all points, by point and id. One statement for all of
 * it: the callback must not list standings itself. */
int catalog_list_standings(Catalog *catalog, int64_t batch, int64_t point,
                           StandingCallback callback, void *userdata);

/* ---- stages: how far the centre and the register are ---- */

/* since: wall time of the stage by the progress list. -ENOENT: no such student. */
int catalog_set_student_stage(Catalog *catalog, int64_t id, Stage stage, int64_t since);
/* Whom a progress list means: the students of the whole batch with that ID number, or that student
 * number. The callback must not change students. */
int catalog_list_students_of_id(Catalog *catalog, int64_t batch, const char *id_number,
                                StudentCallback callback, void *userdata);
int catalog_list_students_of_no(Catalog *catalog, int64_t batch, const char *student_no,
                                StudentCallback callback, void *userdata);
/* How many students of the point (0: of all) have been at the stage since before `before`. */
int catalog_count_stage(Catalog *catalog, int64_t batch, int64_t point, Stage stage, int64_t before,
                        uint64_t *ret);
/* The first `limit` of them at one point, those who have been longest first. */
int catalog_list_stage(Catalog *catalog, int64_t batch, int64_t point, Stage stage, int64_t before,
                       unsigned limit, StudentCallback callback, void *userdata);

/* ---- rosters ---- */

/* Whether a roster tells who studies at this point: 1, 0. */
int catalog_point_has_roster(Catalog *catalog, int64_t batch, int64_t point);
int catalog_find_student_by_no(Catalog *catalog, int64_t batch, int64_t point,
                               const char *student_no, StudentRow *ret);
/* Number of students of that (folded) name at the point, at most 2; the first is in *ret. */
int catalog_find_student_by_name(Catalog *catalog, int64_t batch, int64_t point, const char *name,
                                 StudentRow *ret);
/* The one number of the point's roster that is a typist's slip away from `number`
 * (id_number_near()); 0 when there is none or more than one. */
int catalog_nearest_number(Catalog *catalog, int64_t batch, int64_t point, const char *number,
                           char **ret);

/* What a roster says of a student. */
typedef struct RosterStudent {
        const char *id_number;
        const char *name;
        const char *student_no;
        const char *exam_no;
        const char *sex;
        const char *class_name;
        const char *level;
        const char *major;
} RosterStudent;

/* Adds or updates. 1: added, 2: changed, 0: as it was. */
int catalog_put_roster_student(Catalog *catalog, int64_t batch, int64_t point,
                               const RosterStudent *student, int64_t now);
/*
 * The same for a whole list, fast: begin, add each student, apply. In what one list says of a
 * student at a point only the first counts; the caller leaves others out. Nobody's row changes
 * before apply.
 */
int catalog_roster_begin(Catalog *catalog);
int catalog_roster_add(Catalog *catalog, int64_t point, const RosterStudent *student);

typedef struct RosterApplied {
        uint64_t added;
        uint64_t changed;
        int64_t last_before; /* students of a greater id were added */
} RosterApplied;

int catalog_roster_apply(Catalog *catalog, int64_t batch, int64_t now, RosterApplied *ret);

/* A student who was added (their id is above `after`) and was known at another point before. The
 * string lives until the callback returns. */
typedef struct RosterMove {
        int64_t student;
        int64_t point;
        const char *id_number;
        int64_t other; /* the student at the other point */
        int64_t other_point;
} RosterMove;

typedef int (*RosterMoveCallback)(const RosterMove *move, void *userdata);
int catalog_list_moves(Catalog *catalog, int64_t batch, int64_t after, RosterMoveCallback callback,
                       void *userdata);

/* Takes a student off; -EPERM when there is a photo or a submission of theirs. */
int catalog_remove_student(Catalog *catalog, int64_t id);
/* The student stays, as one of whom no roster knows: photos are no longer taken for them. */
int catalog_unlist_student(Catalog *catalog, int64_t id);

typedef struct PhotoRow {
        int64_t id;
        int64_t point;
        int64_t student;
        int64_t submission;
        char *id_number;
        Sha256 blob;
        uint64_t size;
        int64_t mtime;
        uint32_t quality;
        uint64_t phash; /* 0: unknown, and then no fingerprint is stored */
        PhotoFingerprint fingerprint;
        PhotoGeometry geometry;
        ReviewState state; /* the student's */
        ReasonCode reason; /* why a person rejected it, while that stands; else _REASON_INVALID */
        char *note;        /* the reviewer's own words, "" for none */
        bool has_centre;   /* the rendition for the collection centre is there [P8] */
        Sha256 centre;
        uint64_t centre_size;
        int64_t created;
        int64_t changed; /* as of a submission */
} PhotoRow;

void photo_row_done(PhotoRow *row);
#define _cleanup_photo_ _cleanup_(photo_row_done)

/* The finished photo of a submission, not yet shown. -EAGAIN: its blob's file is gone, put it
 * again. */
int catalog_add_photo(Catalog *catalog, const PhotoRow *row, int64_t *ret_id);
int catalog_get_photo(Catalog *catalog, int64_t id, PhotoRow *ret);
int catalog_set_photo_student(Catalog *catalog, int64_t id, int64_t student);
/* What a person decided about the photo. reason: _REASON_INVALID when it is not rejected (any
 * more); note NULL: stays as it is. */
int catalog_set_photo_decision(Catalog *catalog, int64_t id, ReasonCode reason, const char *note);
/* Why a person rejected a photo of this student that was made of these bytes, if that rejection
 * stands: 1 with the reason, 0. */
int catalog_find_decision(Catalog *catalog, int64_t student, const Sha256 *original,
                          ReasonCode *ret);
/* -EAGAIN: as catalog_add_photo(). */
int catalog_set_photo_centre(Catalog *catalog, int64_t id, const Sha256 *blob, uint64_t size);
/* The current photo of a student of this point. */
int catalog_find_photo(Catalog *catalog, int64_t batch, int64_t point, const char *id_number,
                       PhotoRow *ret);
typedef int (*PhotoCallback)(const PhotoRow *row, void *userdata);
int catalog_list_photos(Catalog *catalog, int64_t batch, int64_t point, int64_t after,
                        PhotoCallback callback, void *userdata);

/* Photos as the office sees them, by id. Current ones in that state, of a point. */
int catalog_list_photos_in_state(Catalog *catalog, int64_t batch, int64_t point, ReviewState state,
                                 int64_t after, PhotoCallback callback, void *userdata);
/* The same of those that go to the platform, approved and locked; point 0: of all. */
int catalog_list_photos_settled(Catalog *catalog, int64_t batch, int64_t point, int64_t after,
                                PhotoCallback callback, void *userdata);
/* Those that a person rejected for that reason. */
int catalog_list_photos_decided(Catalog *catalog, int64_t batch, ReasonCode reason, int64_t after,
                                PhotoCallback callback, void *userdata);
/* Settled ones that have no rendition for the centre yet. */
int catalog_list_photos_without_centre(Catalog *catalog, int64_t batch, PhotoCallback callback,
                                       void *userdata);
/* Photos of this ID number that stand for something now, current or rejected by a person, of all
 * points, in no order. */
int catalog_list_photos_of_number(Catalog *catalog, int64_t batch, const char *id_number,
                                  PhotoCallback callback, void *userdata);

/* A photo that leaves: of a student who is approved or locked. Strings live until the callback
 * returns. */
typedef struct ExportRow {
        int64_t student;
        int64_t photo;
        int64_t submission;
        const char *point; /* its name */
        const char *id_number;
        const char *name; /* "" when no roster tells, like the next */
        const char *student_no;
        unsigned rank; /* students of the batch with that number who were known before this one */
        Sha256 blob;
        uint64_t size;
        int64_t mtime;
        bool has_centre;
        Sha256 centre;
        uint64_t centre_size;
        int64_t approved; /* wall time; 0 unknown */
} ExportRow;

/* ExportRow.rank of a student. */
int catalog_number_rank(Catalog *catalog, int64_t student, unsigned *ret);

typedef int (*ExportCallback)(const ExportRow *row, void *userdata);
/* Of all points, by ID number and student. One statement for all of it: the callback must not list
 * exports itself. */
int catalog_list_exports(Catalog *catalog, int64_t batch, ExportCallback callback, void *userdata);

/* The student of another photo of the batch that shows the same picture: made of the same original,
 * or with a hash within PHOTO_PHASH_SAME whose fingerprint is within PHOTO_FINGERPRINT_SAME.
 * fingerprint may be NULL when phash is 0. 1, 0. */
int catalog_find_same_picture(Catalog *catalog, int64_t batch, int64_t student,
                              const Sha256 *original, uint64_t phash,
                              const PhotoFingerprint *fingerprint, int64_t *ret_student);

/* ---- counts and events ---- */

typedef struct PointCounts {
        uint64_t students[_REVIEW_STATE_MAX];
        uint64_t submissions[_SUBMISSION_STATE_MAX];
} PointCounts;

/* From counters, not by counting. point 0: all points. */
int catalog_counts(Catalog *catalog, int64_t batch, int64_t point, PointCounts *ret);
typedef int (*ReasonCountCallback)(ReasonCode code, uint64_t count, void *userdata);
int catalog_list_reason_counts(Catalog *catalog, int64_t batch, int64_t point,
                               ReasonCountCallback callback, void *userdata);

typedef enum EventKind {
        EVENT_ACCEPTED,
        EVENT_REJECTED,
        EVENT_REPLACED,
        EVENT_UNCHANGED,
        EVENT_WITHDRAWN,
        EVENT_DISMISSED,
        EVENT_POINT_ADDED,
        EVENT_ROSTER_IMPORTED,
        EVENT_BATCH_CLOSED,
        EVENT_BATCH_REOPENED,
        EVENT_APPROVED, /* by the office, as the next three */
        EVENT_DECIDED,  /* rejected; detail: the reason's name */
        EVENT_REOPENED,
        EVENT_NOTED,  /* the reviewer's words were changed */
        EVENT_STAGE,  /* of a progress list; detail: the stage's name */
        EVENT_LOCKED, /* the final review passed */
        EVENT_PROGRESS_IMPORTED,
        EVENT_EXPORTED, /* detail: how many */
        EVENT_RECEIVED, /* a submission, before its verdict */
        EVENT_PURGED,   /* detail: how many files */
        EVENT_BACKED_UP,
        EVENT_RESTORED,
        EVENT_POINT_CHANGED, /* owner, group or mode of its directory */
        _EVENT_MAX,
        _EVENT_INVALID = -EINVAL,
} EventKind;

const char *event_kind_to_string(EventKind kind);
EventKind event_kind_from_string(const char *s); /* _EVENT_INVALID: none of them */
/* Whether a status tells of it: what concerns the teaching points, not the store's own work. */
bool event_kind_is_told(EventKind kind);

typedef struct EventRow {
        int64_t id;
        int64_t wall;
        EventKind kind;
        int64_t point;
        int64_t submission;
        int64_t student;
        uid_t uid;
        const char *detail; /* never a name or an ID number; NULL: none */
        /* Whom it concerns when there is no student (yet); stored as a keyed hash only. NULL: the
         * student, else whom the submission was received for. */
        const char *id_number;
        char *name; /* of the dropped file, from its submission; NULL when none; not stored */
} EventRow;

/* The time by which dates are judged: the clock's, or the newest that the store has seen when the
 * clock is behind it, as that of a machine with an empty battery. */
int64_t catalog_now(Catalog *catalog, int64_t wall);

/* Appends to the audit log (audit.h), which needs nothing more from the caller; row->id is ignored.
 * A submission is received once: a second EVENT_RECEIVED of it is left out. */
int catalog_add_event(Catalog *catalog, const EventRow *row);
typedef int (*EventCallback)(const EventRow *row, void *userdata);
/* Id of the newest event, 0: none. */
int catalog_last_event(Catalog *catalog, int64_t *ret);
/* Those that commands made beside the daemon, behind `after`, in their order, at most `limit`. */
int catalog_list_outside_events(Catalog *catalog, int64_t after, unsigned limit,
                                EventCallback callback, void *userdata);
/* What a status tells (event_kind_is_told()), newest first, at most `limit`. point 0: all. */
int catalog_list_events(Catalog *catalog, int64_t point, unsigned limit, EventCallback callback,
                        void *userdata);
