/* SPDX-License-Identifier: MIT */
#include <idphoto/archive.h>

#include <idphoto/archivekind.h>
#include <idphoto/io.h>

#include <assert.h>
#include <locale.h>
#include <stdint.h>
#include <sys/mman.h>

/* Unpacks the input as an archive, without the sandbox. What is handed over must be what the other
 * side takes. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_archive(const void *data, size_t size)
{
        return archive_kind(data, size) != NULL;
}

static int make_file(const void *data, size_t size)
{
        int fd = memfd_create("fuzz", MFD_CLOEXEC);

        assert(fd >= 0 && write_full(fd, data, size) == 0);
        return fd;
}

static void take_over(const ArchiveJob *job, const ArchiveOutcome *outcome)
{
        _cleanup_(archive_content_done) ArchiveContent content = {};
        _cleanup_free_ char *list = malloc((size_t)outcome->list_bytes + 1);

        assert(list && pread_full(job->output, list, (size_t)outcome->list_bytes,
                                  (off_t)outcome->data_bytes) == (ssize_t)outcome->list_bytes);
        assert(archive_list_read(list, (size_t)outcome->list_bytes, outcome->data_bytes,
                                 &job->limits, &content) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static bool prepared;
        _cleanup_close_ int input = make_file(data, size), output = make_file("", 0);
        const ArchiveJob job = {
                .input = input,
                .size = size,
                .output = output,
                .limits = {.max_files = 50, .max_file_bytes = 1 << 20, .max_bytes = 4 << 20},
                .is_archive = is_archive,
        };
        ArchiveOutcome outcome;

        if (!prepared)
                prepared = setlocale(LC_CTYPE, "C.UTF-8") != NULL; /* as archive_prepare() */
        if (archive_unpack(&job, &outcome) < 0)
                return 0;
        if (outcome.reason < 0)
                take_over(&job, &outcome);
        else
                assert(reason_is_about_archive(outcome.reason) ||
                       outcome.reason == REASON_FORMAT_ARCHIVE);
        return 0;
}
