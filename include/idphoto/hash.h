/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* SHA-256 (FIPS 180-4), by libcrypto. */

#define SHA256_SIZE     32
#define SHA256_HEX_SIZE 65 /* with the NUL */

typedef struct Sha256 {
        uint8_t bytes[SHA256_SIZE];
} Sha256;

typedef struct Sha256Stream Sha256Stream;

/* A hash in progress, for one thread at a time. Functions return 0 or -ENOMEM. */
int sha256_stream_new(Sha256Stream **ret);
void sha256_stream_free(Sha256Stream *stream);
DEFINE_CLEANUP(Sha256Stream, sha256_stream_free)
int sha256_stream_update(Sha256Stream *stream, const void *data, size_t size);
int sha256_stream_finish(Sha256Stream *stream, Sha256 *ret);

int sha256_data(const void *data, size_t size, Sha256 *ret);

/* Hashes the whole file behind fd by pread() and leaves the file position unchanged. *ret_size (may
 * be NULL) is the number of bytes hashed. 0, -ENOMEM or the errno of reading. */
int sha256_fd(int fd, Sha256 *ret, uint64_t *ret_size);

/* HMAC (RFC 2104) with SHA-256, a hash that nobody can make without the key. 0 or -ENOMEM. */
int hmac_sha256(const void *key, size_t key_size, const void *data, size_t size, Sha256 *ret);

/* Writes lower-case hex to buf; returns buf. */
const char *sha256_to_hex(const Sha256 *hash, char buf[static SHA256_HEX_SIZE]);
/* 0, or -EINVAL when `hex` is not 64 hex digits and a NUL. */
int sha256_from_hex(const char *hex, Sha256 *ret);

bool sha256_equal(const Sha256 *a, const Sha256 *b);
