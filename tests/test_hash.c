/* SPDX-License-Identifier: MIT */
#include <idphoto/hash.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#define ABC   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void test_published_vectors_match(void **state _unused_)
{
        char hex[SHA256_HEX_SIZE];
        Sha256 hash;

        assert_int_equal(sha256_data("abc", 3, &hash), 0);
        assert_string_equal(sha256_to_hex(&hash, hex), ABC);
        assert_int_equal(sha256_data("", 0, &hash), 0);
        assert_string_equal(sha256_to_hex(&hash, hex), EMPTY);
}

static void test_pieces_hash_like_the_whole(void **state _unused_)
{
        _cleanup_(sha256_stream_freep) Sha256Stream *stream = NULL;
        char hex[SHA256_HEX_SIZE];
        Sha256 hash;

        assert_int_equal(sha256_stream_new(&stream), 0);
        assert_int_equal(sha256_stream_update(stream, "a", 1), 0);
        assert_int_equal(sha256_stream_update(stream, "", 0), 0);
        assert_int_equal(sha256_stream_update(stream, "bc", 2), 0);
        assert_int_equal(sha256_stream_finish(stream, &hash), 0);
        assert_string_equal(sha256_to_hex(&hash, hex), ABC);
}

static void test_file_is_hashed_whole_with_position_kept(void **state _unused_)
{
        _cleanup_close_ int fd = memfd_create("hash", MFD_CLOEXEC);
        enum { SIZE = 300000 }; /* more than one buffer */
        _cleanup_free_ char *data = malloc(SIZE);
        Sha256 of_file, of_data;
        uint64_t size = 0;

        assert_non_null(data);
        for (size_t i = 0; i < SIZE; i++)
                data[i] = (char)(i * 7);
        assert_int_equal(write(fd, data, SIZE), SIZE);
        assert_int_equal(lseek(fd, 5, SEEK_SET), 5);
        assert_int_equal(sha256_fd(fd, &of_file, &size), 0);
        assert_int_equal(sha256_data(data, SIZE, &of_data), 0);
        assert_true(sha256_equal(&of_file, &of_data));
        assert_int_equal(size, SIZE);
        assert_int_equal(lseek(fd, 0, SEEK_CUR), 5);
}

static void test_size_of_file_may_be_left_out(void **state _unused_)
{
        _cleanup_close_ int fd = memfd_create("hash", MFD_CLOEXEC);
        char hex[SHA256_HEX_SIZE];
        Sha256 hash;

        assert_int_equal(sha256_fd(fd, &hash, NULL), 0);
        assert_string_equal(sha256_to_hex(&hash, hex), EMPTY);
}

static void test_bad_descriptor_is_an_error(void **state _unused_)
{
        Sha256 hash;

        assert_int_equal(sha256_fd(-1, &hash, NULL), -EBADF);
}

static void test_hex_goes_both_ways(void **state _unused_)
{
        char hex[SHA256_HEX_SIZE], upper[SHA256_HEX_SIZE];
        Sha256 hash;

        assert_int_equal(sha256_from_hex(ABC, &hash), 0);
        assert_string_equal(sha256_to_hex(&hash, hex), ABC);
        for (size_t i = 0; i < sizeof(upper); i++)
                upper[i] = (char)(ABC[i] >= 'a' ? ABC[i] - 32 : ABC[i]);
        assert_int_equal(sha256_from_hex(upper, &hash), 0);
        assert_string_equal(sha256_to_hex(&hash, hex), ABC);
}

static void test_what_is_no_hex_is_refused(void **state _unused_)
{
        static const char *const wrong[] = {
                "",
                "ba78",
                ABC "0",
                "ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a ",
        };
        Sha256 hash;

        memset(&hash, 7, sizeof(hash));
        for (size_t i = 0; i < ELEMENTSOF(wrong); i++)
                assert_int_equal(sha256_from_hex(wrong[i], &hash), -EINVAL);
        assert_int_equal(hash.bytes[0], 7);
}

static void test_one_bit_makes_a_difference(void **state _unused_)
{
        Sha256 a, b;

        assert_int_equal(sha256_from_hex(ABC, &a), 0);
        b = a;
        assert_true(sha256_equal(&a, &b));
        b.bytes[SHA256_SIZE - 1] ^= 1;
        assert_false(sha256_equal(&a, &b));
}

/* RFC 4231, test case 2. */
static void test_a_keyed_hash_is_that_of_the_standard(void **state _unused_)
{
        char hex[SHA256_HEX_SIZE];
        Sha256 hash;

        assert_int_equal(hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, &hash), 0);
        assert_string_equal(sha256_to_hex(&hash, hex),
                            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_keyed_hash_is_that_of_the_standard),
                cmocka_unit_test(test_published_vectors_match),
                cmocka_unit_test(test_pieces_hash_like_the_whole),
                cmocka_unit_test(test_file_is_hashed_whole_with_position_kept),
                cmocka_unit_test(test_size_of_file_may_be_left_out),
                cmocka_unit_test(test_bad_descriptor_is_an_error),
                cmocka_unit_test(test_hex_goes_both_ways),
                cmocka_unit_test(test_what_is_no_hex_is_refused),
                cmocka_unit_test(test_one_bit_makes_a_difference),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
