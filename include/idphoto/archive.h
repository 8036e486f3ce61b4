/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/finding.h>

/*
 * What is in a dropped archive [D12]. A worker unpacks it (archiveworker.h): it writes the bytes of
 * its files one after the other into an output file, and behind them a list that says what they
 * are. Whoever unpacks is trusted with nothing: taking the list over lets through only what an
 * archive within the limits could hold.
 */

typedef struct ArchiveLimits {
        uint64_t max_files;
        uint64_t max_file_bytes; /* of one of them */
        uint64_t max_bytes;      /* of all together */
} ArchiveLimits;

enum {
        ARCHIVE_DEPTH_MAX = 12,        /* folders above a file */
        ARCHIVE_PATH_BYTES_MAX = 4096, /* of FOLDER/…/NAME */
};

/* Bytes of the longest list of that many files. */
uint64_t archive_list_bytes_max(uint64_t n_files);

typedef struct ArchiveFile {
        char *path; /* FOLDER/…/NAME, UTF-8; each part is a name that is judged (clientname.h) */
        uint64_t offset; /* of its bytes in the output */
        uint64_t size;
        int64_t mtime; /* 0: not known */
} ArchiveFile;

typedef struct ArchiveContent {
        size_t n;
        ArchiveFile *files;
} ArchiveContent;

void archive_content_done(ArchiveContent *content);

/* Makes the content of the list of all size bytes, which stands behind the first data_bytes of the
 * output. 0; -EBADMSG for anything that no archive within the limits has; -ENOMEM. */
int archive_list_read(const void *list, size_t size, uint64_t data_bytes,
                      const ArchiveLimits *limits, ArchiveContent *ret);

/* ---- in the worker ---- */

typedef struct ArchiveJob {
        int input;
        uint64_t size; /* bytes of the input that are read */
        int output;    /* an empty file */
        ArchiveLimits limits;
        /* Whether these are the first bytes of another archive. */
        bool (*is_archive)(const void *data, size_t size);
} ArchiveJob;

typedef struct ArchiveOutcome {
        ReasonCode reason;   /* why nothing is taken; _REASON_INVALID: everything is */
        uint64_t data_bytes; /* of the output */
        uint64_t list_bytes; /* behind them */
} ArchiveOutcome;

/* Makes the unpacking read what it reads on its first use, for a process that can open nothing
 * later [Z1]. */
int archive_prepare(void);

/* Unpacks, however bad the archive. A negative errno says nothing about it: -EIO, -ENOSPC. */
int archive_unpack(const ArchiveJob *job, ArchiveOutcome *ret);
