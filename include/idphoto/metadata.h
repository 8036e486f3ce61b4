/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

#include <sys/types.h>

/*
 * Mode, owner, group and time, as chmod(), chown() and utimens() set them. The kernel has checked
 * that the caller may do it. Each function is called inside a transaction and either does all or
 * returns a negative errno: -ESTALE, it is gone.
 */

typedef struct MetadataChange {
        const mode_t *mode; /* NULL: unchanged, as the others */
        const uid_t *uid;
        const gid_t *gid;
        const int64_t *mtime;
        uid_t actor; /* who sets it */
} MetadataChange;

/* Of a dropped file, on its way or finished, as its dropped name shows it. */
int metadata_set_submission(Catalog *catalog, int64_t submission, const MetadataChange *change);

/* The same of a file that has its place, in the point or in rejected/. Programs that copy set times
 * and modes by path, when the file that they sent may have become a photo already: so mode and
 * owner are kept with what was sent during the first seconds, and the time for as long as nothing
 * is decided. -EPERM otherwise. */
int metadata_set_finished(Catalog *catalog, int64_t submission, const MetadataChange *change,
                          int64_t now);
int metadata_set_photo(Catalog *catalog, int64_t photo, const MetadataChange *change, int64_t now);

int metadata_set_folder(Catalog *catalog, int64_t folder, const MetadataChange *change,
                        int64_t now);

/* The point's own directory, or its submitted/. The log tells who changed mode or owner. */
int metadata_set_point(Catalog *catalog, int64_t point, bool submitted,
                       const MetadataChange *change, int64_t now);
