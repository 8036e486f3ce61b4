/* SPDX-License-Identifier: MIT */
#pragma once

#include "live/actor.h"
#include "live/agenda.h"
#include "live/barrier.h"
#include "live/lease.h"
#include "live/replacement.h"
#include "live/upload.h"
#include "tree/tree.h"

#include <idphoto/judge.h>
#include <idphoto/metadata.h>
#include <idphoto/unpacking.h>
#include <idphoto/worker.h>
#include <idphoto/writer.h>

#include <stdatomic.h>

typedef struct Collector Collector;

/* What has the pool's share of a point without being one. */
enum { POOL_IMPORTS = -1, POOL_RENDITIONS = -2 };

typedef struct IntakeOptions {
        unsigned settle_msec;       /* for a file that looks cut off [D2] */
        unsigned settle_empty_msec; /* for an empty one */
        unsigned delay_msec;        /* between the last close and the verdict's rename [D5] */
        uint64_t max_file_bytes;    /* EFBIG above */
        uint64_t max_archive_bytes; /* the same for an archive [D12] */
        ArchiveOptions archives;    /* how one is unpacked; go_on() is for intake */
        bool verdict_on_close;      /* close() waits for the verdict [D3] */
} IntakeOptions;

/* What the way of an upload goes through. */
typedef struct Intake {
        const Tree *tree;
        Store *store;
        Writer *writer;
        WorkerPool *pool;
        void (*judge)(Worker *worker, void *userdata); /* upload_judge(), for who stands below it */
        const Clock *clock;
        IntakeOptions options;
        UploadTable *uploads;
        Agenda *agenda;
        Barriers *barriers;
        Elsewhere *elsewhere; /* NULL: there are no other gateways */
        Leases *leases;
        Replacements *replacements;
        Collector *collector;
        atomic_bool has_others; /* other gateways are there, which may have what is too much here */
        atomic_bool claiming; /* more is taken, as there is room: nothing is given away meanwhile */
} Intake;

static inline int64_t intake_now(const Intake *intake)
{
        return clock_wall_nsec(intake->clock);
}

/* What is done with uploads, from the bytes to the verdict that is shown. Each function takes the
 * locks that it needs. */

/* The table's hook, see UploadHooks. */
int upload_adopt_now(void *world, int64_t id, UploadClaim claim, Upload **ret);

/* ---- handles ---- */

/* A file that a client begins. The caller has looked at the name: temporary says what it is. */
typedef struct NewUpload {
        Place place;
        const char *name;
        bool temporary;
        mode_t mode;
        Actor actor;
} NewUpload;

/* A new upload of the name of something finished. */
typedef struct FreshUpload {
        Node origin; /* what was opened for writing */
        Place place;
        const char *name;
        const Sha256 *base; /* the bytes to begin with; NULL: none */
        UploadAttributes attributes;
        uid_t actor;
} FreshUpload;

/*
 * Makes a new upload, open for writing. *ret_fd is the staging file. The caller owns it until
 * upload_release_write(). -EMFILE: this user has too many open at this point. -EDQUOT: too many
 * under temporary names.
 */
int upload_create(Intake *intake, const NewUpload *new, int64_t *ret_id, int *ret_fd);

/*
 * A finished name was opened for writing: makes a FRESH upload of that name, which the client's
 * second look-up finds (the caller answers ESTALE, upon which the kernel looks the name up again).
 *
 * Closed unwritten it was no upload: its row goes, but who has looked it up before that may still
 * come to open it. upload_origin() then tells which finished node that means, for some seconds.
 */
int upload_make_fresh(Intake *intake, const FreshUpload *fresh, int64_t *ret_id);
/* -ESTALE: it has its place by now, or never was an upload; then no look-up finds it any more.
 * truncate: the file is emptied. *ret_fd as above. */
int upload_open_write(Intake *intake, int64_t id, bool truncate, uid_t uid, int *ret_fd);
/* For reading. Works in every state, also of what has its place. */
int upload_open_read(Intake *intake, int64_t id, int *ret_fd);

int upload_write(Intake *intake, int64_t id, int fd, const void *data, size_t size, off_t offset);
/* fd < 0: by path, as that user. */
int upload_truncate(Intake *intake, int64_t id, int fd, uint64_t size, uid_t uid);
/* 0, or the errno of a write that was refused before [D3]. Where the catalog is on a server this is
 * upload_fsync() too: close() is the promise that its client relies on, and a gateway that another one
 * has taken over from must not give it: -EIO. Where blobs are shared, what was written is a blob then,
 * by which any gateway can go on. */
int upload_flush(Intake *intake, int64_t id, int fd);
/* The bytes behind the handle, whatever it was opened for, and the name that they were last given,
 * survive a power loss [D6]. */
int upload_fsync(Intake *intake, int64_t id, int fd);
/* The handle is gone; closes fd. */
void upload_release_write(Intake *intake, int64_t id, int fd, uid_t uid);
void upload_release_read(Intake *intake, int64_t id, int fd);

/* NULL: unchanged. -ESTALE: it has its place by now. */
int upload_set_attributes(Intake *intake, int64_t id, const MetadataChange *change);

/* ---- names ---- */

/* What stood at the name gives way but is kept, in the same transaction. displaced: an upload, 0:
 * none. -ESTALE: one of them is not what the caller's look-up found: look again; -EDQUOT: too many
 * under temporary names. */
int upload_rename(Intake *intake, int64_t id, const Place *place, const char *name, bool temporary,
                  int64_t displaced);
/* A client deleted it, or gave it the name of something that is not kept. What was received is kept
 * as withdrawn [D10]. -ESTALE as above. */
int upload_unlink(Intake *intake, int64_t id, uid_t uid);
/* Something finished takes its name, by `also`, in the same transaction: when one of the two is
 * refused, neither happens. What was received is kept as an earlier version. */
int upload_displace(Intake *intake, int64_t id, WriterTask also, void *userdata);
/* A folder that holds uploads got another name, in the catalog: they are judged again. */
void upload_folder_renamed(Intake *intake, int64_t folder);

/* Goes on with a row in state RECEIVED that the table does not know yet: after a resubmission. Is
 * tried again by itself when it cannot be done now. */
void upload_adopt(Intake *intake, int64_t id);
/* ---- among gateways (gateway.h): called by the thread that keeps this one's lease ---- */

/* This gateway was given up and has another number now: what it had is somebody else's. Who still
 * writes to it gets EIO. */
void upload_lose_all(Intake *intake);
/* Takes uploads that nobody has, as many as the workers can use. */
void upload_claim(Intake *intake, Catalog *catalog);
/* Goes on with those that are this gateway's in the catalog and in no table: taken over from one that
 * is gone, or claimed when the answer was lost. Not with all at once: whether there may be more. */
bool upload_adopt_strays(Intake *intake, Catalog *catalog);

/* At start: begins to adopt all that a dead daemon left behind, and to collect what no row names.
 * A thread of its own does it, in pieces; until it is through, what is asked for is adopted first,
 * and barriers wait. upload_recover_stop() ends it. */
int upload_recover_start(Intake *intake);
void upload_recover_stop(Intake *intake);

/* ---- time and verdicts: called by the announcer and the pool ---- */

/* Something is due for the upload: judges a settled file, or returns true when its verdict is to be
 * shown now. */
bool upload_due(Intake *intake, int64_t id);
/* Commits the verdict: the submission takes its place. -ESTALE: it is not JUDGED (any more). */
int upload_apply(Intake *intake, int64_t id, JudgeTarget *ret);
/* The same, and the watchers are told afterwards. */
void upload_show_now(Intake *intake, int64_t id);
/* Lets watchers see that a note stands beside a rejected submission: no client made it. */
void upload_tell_note(Intake *intake, int64_t id);
/* Takes an upload back that never was one: its row, its staging file. */
void upload_forget(Intake *intake, int64_t id);

/* ---- barriers [D6] ---- */

/* No more waiting for those: judges settling files, carries out recorded verdicts at once. elsewhere:
 * the barrier is another gateway's, and that is told of those that take their time; one thread only. */
void upload_hurry(Intake *intake, int64_t point, int64_t max_id, bool elsewhere);
