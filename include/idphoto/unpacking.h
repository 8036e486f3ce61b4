/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/archiveworker.h>
#include <idphoto/judge.h>
#include <idphoto/store.h>

/*
 * An archive that was dropped [D12] becomes a folder with its name and, in it, a submission for each
 * of its files, all in one transaction; from then on they are judged like any other. The archive
 * itself is finished then, UNPACKED, and shown in submitted/ only. Until then, and when anything is
 * wrong with it, nothing is taken out of it.
 */

typedef struct UnpackedFile {
        char *path;      /* as in archive.h */
        int64_t mtime;   /* 0: not known */
        uint64_t offset; /* in the output */
        uint64_t size;
        Sha256 original;
} UnpackedFile;

typedef struct Unpacked {
        size_t n;
        UnpackedFile *files;
        int output; /* the bytes of all, a file without a name; < 0: they are blobs by now */
} Unpacked;

void unpacked_done(Unpacked *unpacked);

/*
 * Has a worker unpack the archive behind fd. 0, however bad it is: *ret_reason is why nothing of it
 * is taken; _REASON_INVALID: *ret is what is in it. Errors as worker_unpack().
 */
int unpacking_run(const Store *store, const ArchiveOptions *options, int fd, ReasonCode *ret_reason,
                  Unpacked *ret);

/* Makes a blob of each file. Errors of the disk, or what options->go_on() returned. */
int unpacking_store(const Store *store, const ArchiveOptions *options, Unpacked *unpacked);

/* What has become of it. */
typedef struct UnpackedRows {
        int64_t first; /* their submissions have the numbers from here */
        int64_t last;
        int64_t parent; /* where the folder is */
        char *folder;   /* its name */
} UnpackedRows;

void unpacked_rows_done(UnpackedRows *rows);

/*
 * Inside a transaction: takes the archive of that verdict and all files in it. mtime: of the
 * archive, and of each file of which none is known. -ESTALE: the submission is not in that
 * generation any more; -EAGAIN: a blob was collected, so unpack it again.
 */
int unpacking_apply(Catalog *catalog, int64_t submission, const Judgement *judgement,
                    const Unpacked *unpacked, int64_t mtime, int64_t now, UnpackedRows *ret);
