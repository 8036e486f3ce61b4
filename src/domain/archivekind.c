/* SPDX-License-Identifier: MIT */
#include <idphoto/archivekind.h>

#include <string.h>
#include <strings.h>

typedef struct Magic {
        size_t offset;
        const char *bytes;
        size_t size;
        const char *kind;
} Magic;

#define MAGIC(offset, bytes, kind) \
        { \
                offset, bytes, sizeof(bytes) - 1, kind \
        }

static const Magic magics[] = {
        MAGIC(0, "PK\x03\x04", "ZIP"),
        MAGIC(0, "PK\x05\x06", "ZIP"),
        MAGIC(0, "\x1f\x8b\x08", "gzip"),
        MAGIC(0, "BZh", "bzip2"),
        MAGIC(0,
              "\xfd"
              "7zXZ\0",
              "xz"),
        MAGIC(0, "7z\xbc\xaf\x27\x1c", "7z"),
        MAGIC(0, "Rar!\x1a\x07", "RAR"),
        MAGIC(0, "\x28\xb5\x2f\xfd", "Zstandard"),
        MAGIC(0, "MSCF\0\0\0\0", "CAB"),
        MAGIC(257, "ustar", "tar"),
};

const char *archive_kind(const void *data, size_t size)
{
        for (size_t i = 0; i < ELEMENTSOF(magics); i++) {
                const Magic *m = &magics[i];

                if (size >= m->offset + m->size &&
                    memcmp((const char *)data + m->offset, m->bytes, m->size) == 0)
                        return m->kind;
        }
        return NULL;
}

size_t archive_stem(const char *name)
{
        /* The longer ones first. */
        static const char *const suffixes[] = {
                ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tgz", ".tbz", ".tbz2",
                ".txz",    ".tzst",    ".tar",    ".zip",     ".rar", ".7z",
        };
        size_t length = strlen(name);

        for (size_t i = 0; i < ELEMENTSOF(suffixes); i++) {
                size_t n = strlen(suffixes[i]);

                if (length > n && strcasecmp(name + length - n, suffixes[i]) == 0)
                        return length - n;
        }
        return length;
}
