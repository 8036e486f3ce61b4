/* SPDX-License-Identifier: MIT */
#include <idphoto/hash.h>
#include <idphoto/io.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

struct Sha256Stream {
        EVP_MD_CTX *context;
};

int sha256_stream_new(Sha256Stream **ret)
{
        _cleanup_(sha256_stream_freep) Sha256Stream *stream = calloc(1, sizeof(*stream));

        if (!stream)
                return -ENOMEM;
        stream->context = EVP_MD_CTX_new();
        if (!stream->context || EVP_DigestInit_ex(stream->context, EVP_sha256(), NULL) != 1)
                return -ENOMEM;
        *ret = TAKE_PTR(stream);
        return 0;
}

void sha256_stream_free(Sha256Stream *stream)
{
        if (!stream)
                return;
        EVP_MD_CTX_free(stream->context);
        free(stream);
}

int sha256_stream_update(Sha256Stream *stream, const void *data, size_t size)
{
        return EVP_DigestUpdate(stream->context, data, size) == 1 ? 0 : -ENOMEM;
}

int sha256_stream_finish(Sha256Stream *stream, Sha256 *ret)
{
        return EVP_DigestFinal_ex(stream->context, ret->bytes, NULL) == 1 ? 0 : -ENOMEM;
}

int sha256_data(const void *data, size_t size, Sha256 *ret)
{
        return EVP_Digest(data, size, ret->bytes, NULL, EVP_sha256(), NULL) == 1 ? 0 : -ENOMEM;
}

int hmac_sha256(const void *key, size_t key_size, const void *data, size_t size, Sha256 *ret)
{
        return HMAC(EVP_sha256(), key, (int)key_size, data, size, ret->bytes, NULL) ? 0 : -EIO;
}

int sha256_fd(int fd, Sha256 *ret, uint64_t *ret_size)
{
        _cleanup_(sha256_stream_freep) Sha256Stream *stream = NULL;
        enum { CHUNK = 128 * 1024 };
        _cleanup_free_ void *chunk = malloc(CHUNK);
        uint64_t total = 0;
        int r;

        if (!chunk)
                return -ENOMEM;
        r = sha256_stream_new(&stream);
        if (r < 0)
                return r;
        for (;;) {
                ssize_t n = pread_full(fd, chunk, CHUNK, (off_t)total);

                if (n < 0)
                        return (int)n;
                if (n == 0)
                        break;
                r = sha256_stream_update(stream, chunk, (size_t)n);
                if (r < 0)
                        return r;
                total += (uint64_t)n;
        }
        r = sha256_stream_finish(stream, ret);
        if (r < 0)
                return r;
        if (ret_size)
                *ret_size = total;
        return 0;
}

const char *sha256_to_hex(const Sha256 *hash, char buf[static SHA256_HEX_SIZE])
{
        static const char digits[] = "0123456789abcdef";

        for (size_t i = 0; i < SHA256_SIZE; i++) {
                buf[2 * i] = digits[hash->bytes[i] >> 4];
                buf[2 * i + 1] = digits[hash->bytes[i] & 15];
        }
        buf[2 * SHA256_SIZE] = '\0';
        return buf;
}

static int hex_value(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        if (c >= 'A' && c <= 'F')
                return c - 'A' + 10;
        return -EINVAL;
}

int sha256_from_hex(const char *hex, Sha256 *ret)
{
        Sha256 hash;

        if (strlen(hex) != 2 * SHA256_SIZE)
                return -EINVAL;
        for (size_t i = 0; i < SHA256_SIZE; i++) {
                int high = hex_value(hex[2 * i]), low = hex_value(hex[2 * i + 1]);

                if (high < 0 || low < 0)
                        return -EINVAL;
                hash.bytes[i] = (uint8_t)(high << 4 | low);
        }
        *ret = hash;
        return 0;
}

bool sha256_equal(const Sha256 *a, const Sha256 *b)
{
        return memcmp(a->bytes, b->bytes, SHA256_SIZE) == 0;
}
