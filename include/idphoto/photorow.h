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
        ReasonCode reason; /* why a person rejected it, as long as that stands; else
                              _REASON_INVALID */
        char *note;        /* the reviewer's own words, "" for none */
        bool has_centre;   /* the rendition for the collection centre is there [P8] */
        Sha256 centre;
        uint64_t centre_size;
        int64_t created;
        int64_t changed; /* as of a submission */
} PhotoRow;

void photo_row_done(PhotoRow *row);
#define _cleanup_photo_ _cleanup_(photo_row_done)

/* Adds the finished photo of a submission, which is not shown yet. -EAGAIN: the file of its blob is
 * gone; put it again. */
int catalog_add_photo(Catalog *catalog, const PhotoRow *row, int64_t *ret_id);
int catalog_get_photo(Catalog *catalog, int64_t id, PhotoRow *ret);
/* Sets what a person decided about the photo. reason: _REASON_INVALID when it is not, or no longer,
 * rejected. note NULL: unchanged. */
int catalog_set_photo_decision(Catalog *catalog, int64_t id, ReasonCode reason, const char *note);
/* Finds out why a person rejected a photo of this student that was made from these bytes. 1 with
 * the reason; 0: no such rejection stands. */
int catalog_find_decision(Catalog *catalog, int64_t student, const Sha256 *original,
                          ReasonCode *ret);
/* -EAGAIN: as catalog_add_photo(). */
int catalog_set_photo_centre(Catalog *catalog, int64_t id, const Sha256 *blob, uint64_t size);
/* The current photo of a student of this point. */
int catalog_find_photo(Catalog *catalog, Where where, const char *id_number, PhotoRow *ret);
typedef int (*PhotoCallback)(const PhotoRow *row, void *userdata);
int catalog_list_photos(Catalog *catalog, Where where, int64_t after, PhotoCallback callback,
                        void *userdata);

/* Photos as the office sees them, by id. Lists the current ones of a point whose students are in
 * that state. */
int catalog_list_photos_in_state(Catalog *catalog, Where where, ReviewState state, int64_t after,
                                 PhotoCallback callback, void *userdata);
/* The same for those that go to the platform, approved and locked. point 0: of all points. */
int catalog_list_photos_settled(Catalog *catalog, Where where, int64_t after,
                                PhotoCallback callback, void *userdata);
/* Lists those that a person rejected for that reason. */
int catalog_list_photos_decided(Catalog *catalog, int64_t batch, ReasonCode reason, int64_t after,
                                PhotoCallback callback, void *userdata);
/* Lists approved and locked ones that have no rendition for the centre yet. */
int catalog_list_photos_without_centre(Catalog *catalog, int64_t batch, PhotoCallback callback,
                                       void *userdata);
/* Lists photos of this ID number that count now, as a student's current one or as one that a person
 * rejected. Of all points, in no order. */
int catalog_list_photos_of_number(Catalog *catalog, int64_t batch, const char *id_number,
                                  PhotoCallback callback, void *userdata);

/* What photos are compared by. */
typedef struct Picture {
        const Sha256 *original;
        uint64_t phash;                      /* 0: unknown */
        const PhotoFingerprint *fingerprint; /* may be NULL when phash is 0 */
} Picture;

/* Finds the student of another photo of the batch that shows the same picture: one made from the
 * same original, or one whose hash is within PHOTO_PHASH_SAME and whose fingerprint is within
 * PHOTO_FINGERPRINT_SAME. 1, 0. */
int catalog_find_same_picture(Catalog *catalog, int64_t batch, int64_t student,
                              const Picture *picture, int64_t *ret_student);
