/* SPDX-License-Identifier: MIT */
#include <idphoto/archive.h>
#include <idphoto/clientname.h>
#include <idphoto/io.h>

#include <assert.h>
#include <stdint.h>
#include <string.h>

/* Takes the input over as the list of an archive. Whatever comes through is within the limits, and
 * stays in its folder. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DATA_BYTES = 1000, FILES_MAX = 20, FILE_BYTES_MAX = 500, BYTES_MAX = 2000 };

static void check_path(const char *path)
{
        assert(*path && *path != '/' && strlen(path) <= ARCHIVE_PATH_BYTES_MAX);
        for (const char *part = path; part; part = strchr(part, '/')) {
                part += *part == '/';
                assert(*part && *part != '/' && strncmp(part, "../", 3) != 0 &&
                       strcmp(part, "..") != 0);
        }
        assert(name_class_of_file(path_name(path)) == NAME_NORMAL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const ArchiveLimits limits = {
                .max_files = FILES_MAX, .max_file_bytes = FILE_BYTES_MAX, .max_bytes = BYTES_MAX};
        _cleanup_(archive_content_done) ArchiveContent content = {};
        uint64_t bytes = 0;

        if (archive_list_read(data, size, DATA_BYTES, &limits, &content) < 0)
                return 0;
        assert(content.n > 0 && content.n <= FILES_MAX);
        for (size_t i = 0; i < content.n; i++) {
                const ArchiveFile *file = &content.files[i];

                bytes += file->size;
                assert(file->size <= FILE_BYTES_MAX && bytes <= BYTES_MAX);
                assert(file->offset <= DATA_BYTES && file->size <= DATA_BYTES - file->offset);
                check_path(file->path);
        }
        return 0;
}
