/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/finding.h>
#include <idphoto/fingerprint.h>
#include <idphoto/hash.h>
#include <idphoto/photo.h>
#include <idphoto/reviewstate.h>

/* Finished photos. */

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
        uint64_t phash; /* 0: unknown, and no fingerprint is stored */
        PhotoFingerprint fingerprint;
        PhotoGeometry geometry;
        ReviewState state; /* the student's */
        ReasonCode reason; /* why a person rejected it, while that is valid; else _REASON_INVALID */
        char *note;        /* the reviewer's note, "" for none */
        bool has_centre;   /* it has a rendition for the collection centre [P8] */
        Sha256 centre;
        uint64_t centre_size;
        int64_t created;
        int64_t changed; /* as SubmissionRow.changed */
} PhotoRow;

void photo_row_done(PhotoRow *row);
#define _cleanup_photo_ _cleanup_(photo_row_done)

/* Adds the finished photo of a submission. The photo is not shown yet. -EAGAIN: the blob's file is
 * gone; make the blob again. The submission's row does not name it yet:
 * catalog_set_submission_verdict() does. */
int catalog_put_photo(Catalog *catalog, const PhotoRow *row);
/* The same, and the submission's row names it. -ENOENT: there is no such submission. */
int catalog_add_photo(Catalog *catalog, const PhotoRow *row, int64_t *ret_id);
int catalog_get_photo(Catalog *catalog, int64_t id, PhotoRow *ret);
/* Sets a person's decision about the photo. reason: _REASON_INVALID when the photo is not rejected,
 * or no longer. note NULL: unchanged. */
int catalog_set_photo_decision(Catalog *catalog, int64_t id, ReasonCode reason, const char *note);
/* Whether that photo was made from these bytes: 1, 0. */
int catalog_photo_has_original(Catalog *catalog, int64_t photo, const Sha256 *original);
/* Finds the reason for which a person rejected a photo of this student made from these bytes. 1
 * with the reason; 0: there is no such valid rejection. */
int catalog_find_decision(Catalog *catalog, int64_t student, const Sha256 *original,
                          ReasonCode *ret);
/* Sets the rendition for the collection centre. -EAGAIN: as catalog_add_photo(). */
int catalog_set_photo_centre(Catalog *catalog, int64_t id, const Sha256 *blob, uint64_t size);
/* Finds the current photo of a student of this point. */
int catalog_find_photo(Catalog *catalog, Where where, const char *id_number, PhotoRow *ret);
typedef int (*PhotoCallback)(const PhotoRow *row, void *userdata);
int catalog_list_photos(Catalog *catalog, Where where, int64_t after, PhotoCallback callback,
                        void *userdata);

/* The next four list photos for the office, by id. */

/* Lists the current photos of a point whose students are in that state. */
int catalog_list_photos_in_state(Catalog *catalog, Where where, ReviewState state, int64_t after,
                                 PhotoCallback callback, void *userdata);
/* Lists the current photos of approved and locked students, which go to the platform. point 0: of
 * all points. */
int catalog_list_photos_settled(Catalog *catalog, Where where, int64_t after,
                                PhotoCallback callback, void *userdata);
/* Lists the photos that a person rejected for that reason. */
int catalog_list_photos_decided(Catalog *catalog, int64_t batch, ReasonCode reason, int64_t after,
                                PhotoCallback callback, void *userdata);
/* Lists approved and locked photos that have no rendition for the centre yet. */
int catalog_list_photos_without_centre(Catalog *catalog, int64_t batch, PhotoCallback callback,
                                       void *userdata);
/* Lists the photos of this ID number at all points that are a student's current photo or are
 * rejected by a person. In no order. */
int catalog_list_photos_of_number(Catalog *catalog, int64_t batch, const char *id_number,
                                  PhotoCallback callback, void *userdata);

/* The data by which photos are compared. */
typedef struct Picture {
        const Sha256 *original;
        uint64_t phash;                      /* 0: unknown */
        const PhotoFingerprint *fingerprint; /* may be NULL when phash is 0 */
} Picture;

/* What the photo of a submission is compared by. The picture's pointers lead into the other two. 1, 0. */
typedef struct PictureRow {
        Sha256 original;
        PhotoFingerprint fingerprint;
        Picture picture;
} PictureRow;
int catalog_get_picture(Catalog *catalog, int64_t submission, PictureRow *ret);

/* Finds another student of the batch with a photo of the same picture. It was made from the same
 * original, or its hash is within PHOTO_PHASH_SAME and its fingerprint within
 * PHOTO_FINGERPRINT_SAME. It counts by now, or has passed and will in a moment. before: of those that
 * have passed only those of earlier submissions than that; 0: all. 1 with *ret_student, 0. */
int catalog_find_same_picture(Catalog *catalog, int64_t batch, int64_t student,
                              const Picture *picture, int64_t before, int64_t *ret_student);
