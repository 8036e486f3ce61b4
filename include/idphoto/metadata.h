/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

#include <sys/types.h>

/*
 * Changes mode, owner, group and time for chmod(), chown() and utimens(). The kernel has checked
 * the client's permission. Each function is called inside a transaction. It either succeeds
 * completely or returns a negative errno. -ESTALE: the file or directory is gone.
 */

typedef struct MetadataChange {
        const mode_t *mode; /* NULL: unchanged; the same for the next three */
        const uid_t *uid;
        const gid_t *gid;
        const int64_t *mtime;
        uid_t actor; /* who makes the change */
} MetadataChange;

/* Changes a dropped file, unfinished or finished, as its dropped name shows it. */
int metadata_set_submission(Catalog *catalog, int64_t submission, const MetadataChange *change);

/* Change a file that has its place, in rejected/ or as a photo. A copying program sets times and
 * modes by path, when the file that it sent may already have become a photo. So mode and owner may
 * be changed for some seconds, and the time until somebody decides about the photo. The values are
 * stored with the submission. -EPERM: it is too late for that. */
int metadata_set_finished(Catalog *catalog, int64_t submission, const MetadataChange *change,
                          int64_t now);
int metadata_set_photo(Catalog *catalog, int64_t photo, const MetadataChange *change, int64_t now);

int metadata_set_folder(Catalog *catalog, int64_t folder, const MetadataChange *change,
                        int64_t now);

/* Changes the point's directory, or submitted/ in it. The audit log records who changed mode or
 * owner. */
int metadata_set_point(Catalog *catalog, int64_t point, bool submitted,
                       const MetadataChange *change, int64_t now);
