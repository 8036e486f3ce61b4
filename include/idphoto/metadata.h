/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

#include <sys/types.h>

/*
 * Changes mode, owner, group and time, as chmod(), chown() and utimens() ask for. The kernel has
 * checked that the caller may do so. Each function is called inside a transaction and either does
 * all or returns a negative errno. -ESTALE: the file or directory is gone.
 */

typedef struct MetadataChange {
        const mode_t *mode; /* NULL: unchanged, as the others */
        const uid_t *uid;
        const gid_t *gid;
        const int64_t *mtime;
        uid_t actor; /* who sets it */
} MetadataChange;

/* Of a dropped file, unfinished or finished, as its dropped name shows it. */
int metadata_set_submission(Catalog *catalog, int64_t submission, const MetadataChange *change);

/* The same for a file that has its place, in the point or in rejected/. Programs that copy set
 * times and modes by path, and by then the file that they sent may have become a photo. So mode and
 * owner can be set during the first seconds, and the time until somebody decides about the photo;
 * they are kept with what was sent. -EPERM otherwise. */
int metadata_set_finished(Catalog *catalog, int64_t submission, const MetadataChange *change,
                          int64_t now);
int metadata_set_photo(Catalog *catalog, int64_t photo, const MetadataChange *change, int64_t now);

int metadata_set_folder(Catalog *catalog, int64_t folder, const MetadataChange *change,
                        int64_t now);

/* Of the point's directory, or of submitted/ in it. The audit log tells who changed mode or
 * owner. */
int metadata_set_point(Catalog *catalog, int64_t point, bool submitted,
                       const MetadataChange *change, int64_t now);
