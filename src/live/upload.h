/* SPDX-License-Identifier: MIT */
#pragma once

#include "lease.h"
#include "node.h"
#include "place.h"
#include "upload-state.h"

#include <idphoto/clock.h>
#include <idphoto/store.h>
#include <idphoto/submission.h>
#include <idphoto/worker.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Uploads: submissions that are not shown yet, as the running daemon knows them. What an upload is
 * stands in the catalog's row, and changes there (receive.h); an Upload is the daemon's copy of it.
 * What is here besides is who has it open, and when what is due.
 *
 * Each upload has two locks. Its turn is taken by who changes what the upload is, and held over the
 * transaction and the files that belong to the change: one change at a time. Its lock protects the
 * fields and is never held over any I/O, so that a stat never waits for the disk. Nobody who holds
 * a turn waits for the announcer, the pool or another upload's turn; a rename over another upload
 * takes two, the older one's first. Where a close() promises that the bytes are kept, who keeps them
 * has a third lock meanwhile: who closes another descriptor is promised no less, and older bytes are
 * never kept after newer ones.
 *
 * An Upload is held by reference: upload_find() and the functions that return one add a reference,
 * upload_unref() drops it. All functions take the locks they need. An upload that somebody has open
 * stays in the table until the last handle is closed, deleted or not.
 */

typedef struct Upload Upload;

typedef struct UploadTable UploadTable;

/* Whose upload may become this gateway's, when somebody comes for it here. On an embedded store all
 * are the daemon's own. */
typedef enum UploadClaim {
        UPLOAD_OWN,     /* its own */
        UPLOAD_FREE,    /* or nobody's */
        UPLOAD_FLUSHED, /* or another gateway's whose client has closed it */
        UPLOAD_ANY,     /* or another gateway's whatever it is */
} UploadClaim;

/* What uploads need of the room above. */
typedef struct UploadHooks {
        /* Makes an upload of an unfinished row that the table does not know. *ret is held by a
         * reference. -ESTALE: there is no such row; -EBUSY: another gateway has it, and it may not
         * be taken. */
        int (*adopt)(void *world, int64_t id, UploadClaim claim, Upload **ret);
        void *world;
} UploadHooks;

typedef struct UploadLimits {
        unsigned max_open;      /* of a user at a point; EMFILE above [Z4] */
        unsigned max_temporary; /* of a user at a point; EDQUOT above [Z4] */
        uint64_t max_staged;    /* bytes of a point; EDQUOT above [Z4] */
} UploadLimits;

typedef struct UploadTableOptions {
        UploadHooks hooks;
        UploadLimits limits;
        const Store *store;
        const Clock *clock;
        Leases *leases;
} UploadTableOptions;

/* What the options point to must live as long as the table. */
int upload_table_new(const UploadTableOptions *options, UploadTable **ret);
void upload_table_free(UploadTable *table);
DEFINE_CLEANUP(UploadTable, upload_table_free)

/* Finds an upload, to change it: *ret is held by a reference. One that a dead daemon left behind, or
 * that was resubmitted a moment ago, is adopted; another gateway's is taken, if the claim goes that
 * far. -ESTALE: there is no such upload (any more); -EBUSY: another gateway has it. */
int upload_find(UploadTable *table, int64_t id, UploadClaim claim, Upload **ret);
/* For who only shows it: NULL also when the row says all that there is to show. */
Upload *upload_peek(UploadTable *table, int64_t id);
void upload_unref(UploadTable *table, Upload *upload);

typedef struct UploadRef {
        UploadTable *table;
        Upload *upload;
} UploadRef;

static inline void upload_ref_release(UploadRef *ref)
{
        if (ref->upload)
                upload_unref(ref->table, ref->upload);
}
#define _cleanup_upload_ _cleanup_(upload_ref_release)

/* What stat shows of it. */
typedef struct UploadAttributes {
        uint64_t size;
        mode_t mode;
        uid_t uid;
        gid_t gid;
        int64_t mtime;
        int64_t changed;
} UploadAttributes;

void upload_attributes(Upload *upload, UploadAttributes *ret);
/* What stat shows of one that a client has in hand: open, or closed under a temporary name. Then only
 * that client's own calls change its row, and nobody need read it. False: it is not so. */
bool upload_in_hand(UploadTable *table, int64_t id, UploadAttributes *ret);
/* The same of the one that has this very name, as far as the table remembers. */
bool upload_in_hand_named(UploadTable *table, const Place *place, const char *name, int64_t *ret_id,
                          UploadAttributes *ret);
/* Whether it has no name any more but is still open, and what fstat shows of it then. */
bool upload_nameless(UploadTable *table, int64_t id, UploadAttributes *ret);
/* Somebody has it open for writing. */
bool upload_is_open(Upload *upload);
int64_t upload_point(const Upload *upload);
/* Written to, under a name that will be judged. */
bool upload_is_judgeable(Upload *upload);

/*
 * An upload that was made because a finished name was opened for writing, and closed unwritten, was
 * no upload. Who has looked it up may still come to open it: which finished node that means, for
 * some seconds.
 */
bool upload_origin(UploadTable *table, int64_t id, Node *ret);
/* Whether it was made so and nothing has been written to it yet: what a client does to its
 * name it does to the finished node, which is returned. */
bool upload_untouched(UploadTable *table, int64_t id, Node *ret_origin);

/* ---- barriers [D6] ---- */

/* Whether an upload of the point (0: of all) with an id from min_id to max_id waits for its verdict
 * or place. */
bool upload_any_pending(UploadTable *table, int64_t point, int64_t min_id, int64_t max_id);
/* Newest upload id known. */
int64_t upload_max_id(UploadTable *table);
