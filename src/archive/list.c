/* SPDX-License-Identifier: MIT */
#include <idphoto/archive.h>

#include "listform.h"
#include "path.h"

#include <string.h>

uint64_t archive_list_bytes_max(uint64_t n_files)
{
        return n_files * (sizeof(ListedFile) + ARCHIVE_PATH_BYTES_MAX);
}

void archive_content_done(ArchiveContent *content)
{
        for (size_t i = 0; i < content->n; i++)
                free(content->files[i].path);
        free(content->files);
        *content = (ArchiveContent){};
}

/* Every part is there, and is a name; nothing leads out of the archive. */
static bool is_path(const char *path)
{
        const char *part = path;

        for (;;) {
                size_t n = strcspn(part, "/");

                if (n == 0 || strncmp(part, ".", MAX(n, (size_t)1)) == 0 ||
                    strncmp(part, "..", MAX(n, (size_t)2)) == 0)
                        return false;
                if (!part[n])
                        return path_kind(path) == PATH_TAKEN;
                part += n + 1;
        }
}

typedef struct Rest {
        const char *data;
        size_t size;
} Rest;

static int take_path(Rest *rest, uint64_t n, char **ret)
{
        _cleanup_free_ char *path = NULL;

        if (n == 0 || n > ARCHIVE_PATH_BYTES_MAX || n > rest->size ||
            memchr(rest->data, '\0', (size_t)n))
                return -EBADMSG;
        path = malloc((size_t)n + 1);
        if (!path)
                return -ENOMEM;
        memcpy(path, rest->data, (size_t)n);
        path[n] = '\0';
        if (!is_path(path))
                return -EBADMSG;
        rest->data += n;
        rest->size -= (size_t)n;
        *ret = TAKE_PTR(path);
        return 0;
}

static int take_file(Rest *rest, uint64_t data_bytes, const ArchiveLimits *limits, ArchiveFile *ret)
{
        ListedFile listed;
        char *path;
        int r;

        if (rest->size < sizeof(listed))
                return -EBADMSG;
        memcpy(&listed, rest->data, sizeof(listed));
        rest->data += sizeof(listed);
        rest->size -= sizeof(listed);
        if (listed.offset > data_bytes || listed.size > data_bytes - listed.offset ||
            listed.size > limits->max_file_bytes || listed.mtime < 0)
                return -EBADMSG;
        r = take_path(rest, listed.path_bytes, &path);
        if (r < 0)
                return r;
        *ret = (ArchiveFile){
                .path = path, .offset = listed.offset, .size = listed.size, .mtime = listed.mtime};
        return 0;
}

int archive_list_read(const void *list, size_t size, uint64_t data_bytes,
                      const ArchiveLimits *limits, ArchiveContent *ret)
{
        _cleanup_(archive_content_done) ArchiveContent content = {};
        Rest rest = {.data = list, .size = size};
        uint64_t bytes = 0;
        size_t room = 0;

        while (rest.size > 0) {
                int r;

                if (content.n == room) {
                        ArchiveFile *more;

                        room = MIN(MAX(2 * room, (size_t)64), (size_t)limits->max_files);
                        if (content.n == room)
                                return -EBADMSG;
                        more = realloc(content.files, room * sizeof(*more));
                        if (!more)
                                return -ENOMEM;
                        content.files = more;
                }
                r = take_file(&rest, data_bytes, limits, &content.files[content.n]);
                if (r < 0)
                        return r;
                bytes += content.files[content.n++].size;
                if (bytes > limits->max_bytes)
                        return -EBADMSG;
        }
        if (content.n == 0)
                return -EBADMSG;
        *ret = content;
        content = (ArchiveContent){};
        return 0;
}
