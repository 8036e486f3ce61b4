/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/batch.h>
#include <idphoto/photorow.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

#define HASH UINT64_C(0x123456789abcdef0)

/* A photo of the student with that hash, made of an original called `original`; not shown yet. */
static int64_t passed(int64_t student, const char *original, uint64_t phash, int8_t wave)
{
        int64_t submission = fixture_received(original), id;
        Sha256 hash = fixture_blob(original);
        PhotoRow row = {
                .student = student,
                .submission = submission,
                .blob = fixture_blob("photo"),
                .size = 34567,
                .quality = 88,
                .phash = phash,
                .fingerprint = {.waves = {wave}},
                .created = fixture_later(),
        };
        Catalog *c = fixture.catalog;

        assert_int_equal(catalog_set_submission_original(c, submission, &hash, 4711), 0);
        assert_int_equal(catalog_set_submission_student(c, submission, student), 0);
        assert_int_equal(catalog_add_photo(c, &row, &id), 0);
        assert_int_equal(catalog_set_submission_state(c, submission, SUBMISSION_PASSED), 0);
        return id;
}

/* The same, accepted. */
static int64_t accepted(int64_t student, const char *original, uint64_t phash, int8_t wave)
{
        int64_t photo = passed(student, original, phash, wave);
        _cleanup_photo_ PhotoRow row = {};
        Catalog *c = fixture.catalog;

        assert_int_equal(catalog_get_photo(c, photo, &row), 1);
        assert_int_equal(catalog_set_submission_applied(c, row.submission, SUBMISSION_ACCEPTED,
                                                        NULL, fixture_later()),
                         0);
        assert_int_equal(catalog_set_student(c, student, REVIEW_PENDING, photo), 0);
        return photo;
}

/* Whose picture it is, too, when `student` sends it. */
static int64_t double_of(int64_t batch, int64_t student, const char *original, uint64_t phash,
                         int8_t wave)
{
        PhotoFingerprint fingerprint = {.waves = {wave}};
        Sha256 hash = fixture_hash(original);
        Picture picture = {&hash, phash, &fingerprint};
        int64_t other = 0;
        int r = catalog_find_same_picture(fixture.catalog, batch, student, &picture, 0, &other);

        assert_int_equal(r, other != 0);
        return other;
}

static void test_the_same_bytes_are_a_double(void **state _unused_)
{
        int64_t a = fixture_student(FIXTURE_ID), b = fixture_student(FIXTURE_ID_2);

        (void)accepted(a, "a.jpg", HASH, 0);
        assert_int_equal(double_of(fixture.batch, b, "a.jpg", 0, 0), a);
        assert_int_equal(double_of(fixture.batch, b, "b.jpg", 0, 0), 0);
}

static void test_up_to_four_bits_wherever_they_are_make_a_double(void **state _unused_)
{
        int64_t a = fixture_student(FIXTURE_ID), b = fixture_student(FIXTURE_ID_2);

        (void)accepted(a, "a.jpg", HASH, 0);
        for (int bit = 0; bit < 64; bit++) {
                uint64_t near = HASH, far;

                for (int i = 0; i < PHOTO_PHASH_SAME; i++)
                        near ^= UINT64_C(1) << (bit + i * 13) % 64;
                far = near ^ UINT64_C(1) << (bit + 7) % 64;
                assert_int_equal(double_of(fixture.batch, b, "b.jpg", near, 0), a);
                assert_int_equal(double_of(fixture.batch, b, "b.jpg", far, 0), 0);
        }
}

static void test_equal_hashes_of_different_people_are_no_double(void **state _unused_)
{
        int64_t a = fixture_student(FIXTURE_ID), b = fixture_student(FIXTURE_ID_2);

        (void)accepted(a, "a.jpg", HASH, 0);
        assert_int_equal(double_of(fixture.batch, b, "b.jpg", HASH, 127), 0);
}

static void test_a_student_is_no_double_of_themselves(void **state _unused_)
{
        int64_t a = fixture_student(FIXTURE_ID);

        (void)accepted(a, "a.jpg", HASH, 0);
        assert_int_equal(double_of(fixture.batch, a, "a.jpg", HASH, 0), 0);
}

static void test_a_person_enrolled_at_two_points_is_no_double(void **state _unused_)
{
        int64_t other_point = fixture_point("大连分校"), there, stranger;
        Catalog *c = fixture.catalog;

        (void)accepted(fixture_student(FIXTURE_ID), "a.jpg", HASH, 0);
        assert_int_equal(
                catalog_add_student(c, (Where){fixture.batch, other_point}, FIXTURE_ID, 1, &there),
                0);
        assert_int_equal(catalog_add_student(c, (Where){fixture.batch, other_point}, FIXTURE_ID_2,
                                             1, &stranger),
                         0);
        assert_int_equal(double_of(fixture.batch, there, "a.jpg", HASH, 0), 0);
        assert_true(double_of(fixture.batch, stranger, "a.jpg", HASH, 0) != 0);
}

static void test_a_photo_that_is_about_to_be_shown_counts(void **state _unused_)
{
        int64_t a = fixture_student(FIXTURE_ID), b = fixture_student(FIXTURE_ID_2);

        (void)passed(a, "a.jpg", HASH, 0);
        assert_int_equal(double_of(fixture.batch, b, "a.jpg", 0, 0), a);
        assert_int_equal(double_of(fixture.batch, b, "b.jpg", HASH, 0), a);
}

static void test_a_withdrawn_photo_does_not_count(void **state _unused_)
{
        int64_t a = fixture_student(FIXTURE_ID), b = fixture_student(FIXTURE_ID_2);
        _cleanup_photo_ PhotoRow row = {};
        Catalog *c = fixture.catalog;

        assert_int_equal(catalog_get_photo(c, accepted(a, "a.jpg", HASH, 0), &row), 1);
        assert_int_equal(catalog_set_student(c, a, REVIEW_MISSING, 0), 0);
        assert_int_equal(catalog_set_submission_state(c, row.submission, SUBMISSION_WITHDRAWN), 0);
        assert_int_equal(double_of(fixture.batch, b, "a.jpg", HASH, 0), 0);
}

static void test_another_batch_does_not_count(void **state _unused_)
{
        int64_t a = fixture_student(FIXTURE_ID), b, batch;

        (void)accepted(a, "a.jpg", HASH, 0);
        assert_int_equal(catalog_add_batch(fixture.catalog, "202602", 1, &batch), 0);
        assert_int_equal(catalog_add_student(fixture.catalog, (Where){batch, fixture.point},
                                             FIXTURE_ID_2, 1, &b),
                         0);
        assert_int_equal(double_of(batch, b, "a.jpg", HASH, 0), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_the_same_bytes_are_a_double),
                fixture_test(test_up_to_four_bits_wherever_they_are_make_a_double),
                fixture_test(test_equal_hashes_of_different_people_are_no_double),
                fixture_test(test_a_student_is_no_double_of_themselves),
                fixture_test(test_a_person_enrolled_at_two_points_is_no_double),
                fixture_test(test_a_photo_that_is_about_to_be_shown_counts),
                fixture_test(test_a_withdrawn_photo_does_not_count),
                fixture_test(test_another_batch_does_not_count),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
