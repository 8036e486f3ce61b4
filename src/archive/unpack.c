/* SPDX-License-Identifier: MIT */
#include <idphoto/archive.h>

#include "listform.h"
#include "path.h"

#include <idphoto/clock.h>
#include <idphoto/io.h>
#include <idphoto/text.h>

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <string.h>

/*
 * Nothing of an archive is taken unless all of it is: a person who is told that an archive was
 * unpacked may throw the photos away. So whatever is wrong with one file ends the whole.
 *
 * A zip is read by the table at its end, for one that was cut off between two files would look
 * complete otherwise. For the same reason the end of a tar or rar is looked for.
 */

enum {
        BUFFER_BYTES = 64 * 1024,
        HEAD_BYTES = 16 * 1024, /* of a file, to see whether it is an archive itself */
        TAR_BLOCK = 512,
        RATIO_MAX = 100, /* photos hardly shrink */
        RATIO_FREE_BYTES = 64 * 1024 * 1024,
};

static const char zeros[TAR_BLOCK];

typedef struct Unpacking {
        const ArchiveJob *job;
        struct archive *archive;
        bool opened;
        uint64_t position; /* in the input */
        uint64_t n;
        uint64_t data_bytes; /* written so far */
        uint64_t told_bytes; /* of all files, those that are told twice too */
        Text list;
        int error; /* of this machine, else 0 */
        char buffer[BUFFER_BYTES];
        char head[HEAD_BYTES];
} Unpacking;

static void unpacking_done(Unpacking *u)
{
        if (u->archive)
                (void)archive_read_free(u->archive);
        text_done(&u->list);
}

int archive_prepare(void)
{
        /* Names in UTF-16 become UTF-8 only where that is the locale's. */
        (void)setlocale(LC_CTYPE, "C.UTF-8");
        path_prepare();
        return 0;
}

/* ---- the input ---- */

static la_ssize_t read_input(struct archive *archive _unused_, void *userdata, const void **ret)
{
        Unpacking *u = userdata;
        uint64_t left = u->job->size - u->position;
        ssize_t n = pread_full(u->job->input, u->buffer, MIN(left, sizeof(u->buffer)),
                               (off_t)u->position);

        if (n < 0) {
                u->error = -EIO;
                return ARCHIVE_FATAL;
        }
        u->position += (uint64_t)n;
        *ret = u->buffer;
        return n;
}

static la_int64_t skip_input(struct archive *archive _unused_, void *userdata, la_int64_t n)
{
        Unpacking *u = userdata;
        uint64_t skip = MIN((uint64_t)MAX(n, (la_int64_t)0), u->job->size - u->position);

        u->position += skip;
        return (la_int64_t)skip;
}

static la_int64_t seek_input(struct archive *archive _unused_, void *userdata, la_int64_t offset,
                             int whence)
{
        Unpacking *u = userdata;
        int64_t base = whence == SEEK_SET   ? 0
                       : whence == SEEK_CUR ? (int64_t)u->position
                                            : (int64_t)u->job->size;

        if (offset < -base || offset > (int64_t)u->job->size - base)
                return ARCHIVE_FATAL;
        u->position = (uint64_t)(base + offset);
        return base + offset;
}

/* Only what needs no other program. */
static int support_formats(struct archive *archive)
{
        static int (*const supports[])(struct archive *) = {
                archive_read_support_format_zip_seekable, archive_read_support_format_7zip,
                archive_read_support_format_rar,          archive_read_support_format_rar5,
                archive_read_support_format_tar,          archive_read_support_filter_gzip,
                archive_read_support_filter_bzip2,        archive_read_support_filter_xz,
                archive_read_support_filter_zstd,
        };

        for (size_t i = 0; i < ELEMENTSOF(supports); i++)
                /* A warning: it would start a program. */
                if (supports[i](archive) != ARCHIVE_OK)
                        return -ENOSYS;
        return 0;
}

/* ---- what is wrong ---- */

static bool says(const char *message, const char *part)
{
        return message && strcasestr(message, part) != NULL;
}

static bool begins_as(const Unpacking *u, const char *bytes, size_t n)
{
        char first[16];

        return pread_full(u->job->input, first, n, 0) == (ssize_t)n && memcmp(first, bytes, n) == 0;
}

/* The library may not be asked before it knows what kind of archive it is. */
static bool has_encrypted(const Unpacking *u)
{
        return u->opened && archive_read_has_encrypted_entries(u->archive) > 0;
}

/* What the library has to say about the archive. */
static ReasonCode fault(Unpacking *u)
{
        const char *message = archive_error_string(u->archive);

        if (has_encrypted(u) || says(message, "encrypt") || says(message, "passphrase") ||
            says(message, "crypto"))
                return REASON_ARCHIVE_ENCRYPTED;
        if (archive_errno(u->archive) == ENOMEM || says(message, "unsupported") ||
            says(message, "not supported"))
                return REASON_ARCHIVE_UNREADABLE;
        if (begins_as(u, "PK\x05\x06", 4))
                return REASON_ARCHIVE_EMPTY;
        /* A zip or 7z is recognised by its end as well. Of anything else it is no archive that is
         * unpacked, such as a single file in gzip. */
        if (says(message, "unrecognized") && !begins_as(u, "PK", 2) && !begins_as(u, "7z", 2) &&
            !begins_as(u, "Rar!", 4))
                return REASON_FORMAT_ARCHIVE;
        return REASON_ARCHIVE_DAMAGED;
}

static ReasonCode machine_fault(Unpacking *u, int error)
{
        u->error = error;
        return REASON_ARCHIVE_UNREADABLE;
}

/* ---- one file ---- */

static bool too_large(const Unpacking *u, uint64_t size)
{
        const ArchiveLimits *limits = &u->job->limits;
        uint64_t ratio = MAX(u->job->size * RATIO_MAX, (uint64_t)RATIO_FREE_BYTES);

        return size > limits->max_file_bytes || size > limits->max_bytes - u->told_bytes ||
               u->data_bytes + size > ratio;
}

static void keep_head(Unpacking *u, uint64_t offset, const void *data, size_t n)
{
        /* An empty block comes as NULL. */
        if (n > 0 && offset < HEAD_BYTES)
                memcpy(u->head + offset, data, MIN(n, (size_t)(HEAD_BYTES - offset)));
}

/* Writes its bytes behind those of the others. _REASON_INVALID: it is sound. */
static ReasonCode write_file(Unpacking *u, struct archive_entry *entry, uint64_t *ret_size)
{
        uint64_t size = 0;
        int r;

        memset(u->head, 0, sizeof(u->head));
        for (;;) {
                la_int64_t offset;
                const void *data;
                size_t n;

                r = archive_read_data_block(u->archive, &data, &n, &offset);
                if (r == ARCHIVE_EOF)
                        break;
                if (r != ARCHIVE_OK)
                        return fault(u);
                /* Behind a hole it goes on later, never before. */
                if (offset < 0 || (uint64_t)offset < size)
                        return REASON_ARCHIVE_DAMAGED;
                if (too_large(u, (uint64_t)offset) || too_large(u, (uint64_t)offset + n))
                        return REASON_ARCHIVE_TOO_LARGE;
                keep_head(u, (uint64_t)offset, data, n);
                r = pwrite_full(u->job->output, data, n, (off_t)(u->data_bytes + (uint64_t)offset));
                if (r < 0)
                        return machine_fault(u, r);
                size = (uint64_t)offset + n;
        }
        /* A part of one that is in several, or its end is a hole. */
        if (archive_entry_size_is_set(entry) && (uint64_t)archive_entry_size(entry) != size)
                return REASON_ARCHIVE_DAMAGED;
        if (u->job->is_archive(u->head, (size_t)MIN(size, (uint64_t)HEAD_BYTES)))
                return REASON_ARCHIVE_NESTED;
        *ret_size = size;
        return _REASON_INVALID;
}

static int64_t mtime_of(struct archive_entry *entry)
{
        time_t time = archive_entry_mtime(entry);

        return archive_entry_mtime_is_set(entry) && time > 0 && time < INT64_MAX / NSEC_PER_SEC
                       ? time * NSEC_PER_SEC
                       : 0;
}

static void tell_file(Unpacking *u, const ListedFile *file, const char *path)
{
        text_append_data(&u->list, file, sizeof(*file));
        text_append_data(&u->list, path, strlen(path));
        u->n++;
        u->told_bytes += file->size;
}

/* A second name of a file that came before: its bytes are told once more. False: there is none. */
static bool find_target(const Unpacking *u, const char *target, ListedFile *ret)
{
        _cleanup_free_ char *path = NULL;

        if (path_of_name(target, &path) < 0)
                return false;
        for (size_t at = 0; at < u->list.size;) {
                size_t n;

                memcpy(ret, u->list.data + at, sizeof(*ret));
                at += sizeof(*ret);
                n = (size_t)ret->path_bytes;
                if (n == strlen(path) && memcmp(u->list.data + at, path, n) == 0)
                        return true;
                at += n;
        }
        return false;
}

static ReasonCode take_link(Unpacking *u, const char *target, const char *path)
{
        ListedFile file;

        if (!find_target(u, target, &file))
                return _REASON_INVALID;
        if (too_large(u, file.size))
                return REASON_ARCHIVE_TOO_LARGE;
        file.path_bytes = strlen(path);
        tell_file(u, &file, path);
        return _REASON_INVALID;
}

static ReasonCode take_file(Unpacking *u, struct archive_entry *entry, const char *path)
{
        ListedFile file = {
                .offset = u->data_bytes, .mtime = mtime_of(entry), .path_bytes = strlen(path)};
        ReasonCode reason;

        if (archive_entry_is_encrypted(entry) > 0)
                return REASON_ARCHIVE_ENCRYPTED;
        if (archive_entry_size_is_set(entry) &&
            (archive_entry_size(entry) < 0 || too_large(u, (uint64_t)archive_entry_size(entry))))
                return REASON_ARCHIVE_TOO_LARGE;
        reason = write_file(u, entry, &file.size);
        if (reason >= 0)
                return reason;
        tell_file(u, &file, path);
        u->data_bytes += file.size;
        return _REASON_INVALID;
}

static const char *name_of(struct archive_entry *entry)
{
        const char *name = archive_entry_pathname(entry);

        return name ? name : archive_entry_pathname_utf8(entry);
}

/* Some programs do not tell what an entry is. */
static bool is_file(struct archive_entry *entry, const char *name)
{
        __LA_MODE_T type = archive_entry_filetype(entry);

        return type == AE_IFREG || (type == 0 && name && !text_ends_with(name, "/"));
}

/* What is no file, or litter, is left out. */
static ReasonCode take_entry(Unpacking *u, struct archive_entry *entry)
{
        const char *name = name_of(entry), *target = archive_entry_hardlink(entry);
        _cleanup_free_ char *path = NULL;
        int r;

        if (!target && !is_file(entry, name))
                return _REASON_INVALID;
        if (!name)
                return REASON_ARCHIVE_FILE_NAME;
        r = path_of_name(name, &path);
        if (r == -ENOMEM)
                return REASON_ARCHIVE_UNREADABLE;
        if (r < 0 || !*path)
                return REASON_ARCHIVE_FILE_NAME;
        switch (path_kind(path)) {
        case PATH_LITTER:
                return _REASON_INVALID;
        case PATH_REFUSED:
                return REASON_ARCHIVE_FILE_NAME;
        default:
                break;
        }
        if (u->n >= u->job->limits.max_files)
                return REASON_ARCHIVE_TOO_MANY;
        return target ? take_link(u, target, path) : take_file(u, entry, path);
}

/* ---- all of them ---- */

/* How the last bytes of an archive begin whose kind has an end of its own, in the last `within`. */
typedef struct EndMark {
        int format;
        size_t within;
        const char *bytes;
        size_t size;
} EndMark;

static const EndMark end_marks[] = {
        {ARCHIVE_FORMAT_TAR, TAR_BLOCK, zeros, TAR_BLOCK},
        {ARCHIVE_FORMAT_RAR, 64, "\x7b\x00\x40", 3},
        {ARCHIVE_FORMAT_RAR_V5, 64, "\x03\x05", 2},
};

/* The library takes the end of the file for the end of these. */
static bool has_end(Unpacking *u)
{
        char last[TAR_BLOCK];
        size_t n = (size_t)MIN(u->job->size, (uint64_t)sizeof(last));

        /* What packs it has an end that is looked at. */
        if (archive_filter_code(u->archive, 0) != ARCHIVE_FILTER_NONE)
                return true;
        if (pread_full(u->job->input, last, n, (off_t)(u->job->size - n)) != (ssize_t)n)
                return false;
        for (size_t i = 0; i < ELEMENTSOF(end_marks); i++) {
                const EndMark *mark = &end_marks[i];
                size_t within = MIN(n, mark->within);

                if ((archive_format(u->archive) & ARCHIVE_FORMAT_BASE_MASK) == mark->format)
                        return memmem(last + n - within, within, mark->bytes, mark->size) != NULL;
        }
        return true;
}

static ReasonCode take_entries(Unpacking *u)
{
        for (;;) {
                struct archive_entry *entry;
                int r = archive_read_next_header(u->archive, &entry);
                ReasonCode reason;

                if (r == ARCHIVE_EOF)
                        break;
                /* A warning: of its name, or of an attribute that nobody wants. */
                if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
                        return fault(u);
                reason = take_entry(u, entry);
                if (reason >= 0)
                        return reason;
        }
        if (has_encrypted(u))
                return REASON_ARCHIVE_ENCRYPTED;
        if (!has_end(u))
                return REASON_ARCHIVE_DAMAGED;
        return u->n == 0 ? REASON_ARCHIVE_EMPTY : _REASON_INVALID;
}

static ReasonCode unpack(Unpacking *u)
{
        u->archive = archive_read_new();
        if (!u->archive || support_formats(u->archive) < 0)
                return REASON_ARCHIVE_UNREADABLE;
        (void)archive_read_set_callback_data(u->archive, u);
        (void)archive_read_set_read_callback(u->archive, read_input);
        (void)archive_read_set_skip_callback(u->archive, skip_input);
        (void)archive_read_set_seek_callback(u->archive, seek_input);
        u->opened = archive_read_open1(u->archive) == ARCHIVE_OK;
        return u->opened ? take_entries(u) : fault(u);
}

int archive_unpack(const ArchiveJob *job, ArchiveOutcome *ret)
{
        _cleanup_free_ Unpacking *u = calloc(1, sizeof(*u));
        ArchiveOutcome outcome;
        int r = 0;

        if (!u)
                return -ENOMEM;
        u->job = job;
        outcome = (ArchiveOutcome){.reason = unpack(u)};
        if (outcome.reason < 0 && u->list.error < 0)
                outcome.reason = REASON_ARCHIVE_UNREADABLE;
        if (outcome.reason < 0) {
                outcome.data_bytes = u->data_bytes;
                outcome.list_bytes = u->list.size;
                u->error =
                        pwrite_full(job->output, u->list.data, u->list.size, (off_t)u->data_bytes);
        }
        r = u->error;
        unpacking_done(u);
        if (r < 0)
                return r;
        *ret = outcome;
        return 0;
}
