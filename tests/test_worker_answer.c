/* SPDX-License-Identifier: MIT */
#include "worker/answer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SEQUENCE 7

static PhotoRules rules;

static int set_rules(void **state _unused_)
{
        photo_rules_default(&rules);
        return 0;
}

static WorkerAnswer accepting(void)
{
        WorkerAnswer answer;

        memset(&answer, 0, sizeof(answer));
        answer.magic = WORKER_PROTOCOL_MAGIC;
        answer.sequence = SEQUENCE;
        answer.jpeg_size = PHOTO_BYTES_MIN;
        answer.info = (PhotoInfo){.format = PHOTO_FORMAT_JPEG,
                                  .source_width = 3024,
                                  .source_height = 4032,
                                  .source_quality = 92,
                                  .orientation = 6,
                                  .quality = 88,
                                  .taken = 1756700000,
                                  .phash = 0x123456789abcdef0,
                                  .fingerprint = {{-128, 127, 3}},
                                  .geometry = {72, 251.5, 240, 236, (double)NAN}};
        answer.findings.n = 1;
        answer.findings.items[0] = (Finding){.code = REASON_RESIZED,
                                             .level = FINDING_FIXED,
                                             .measured = 3024,
                                             .measured2 = 4032,
                                             .min = NAN,
                                             .max = NAN,
                                             .detail = "缩小"};
        return answer;
}

static int check(const WorkerAnswer *answer)
{
        PhotoResult result;
        size_t jpeg_size;

        return answer_check(answer, sizeof(*answer), SEQUENCE, &rules, &result, &jpeg_size);
}

static void test_a_sound_answer_is_copied_whole(void **state _unused_)
{
        WorkerAnswer answer = accepting();
        PhotoResult result = {};
        size_t jpeg_size = 0;

        assert_int_equal(
                answer_check(&answer, sizeof(answer), SEQUENCE, &rules, &result, &jpeg_size), 0);
        assert_int_equal(jpeg_size, PHOTO_BYTES_MIN);
        assert_int_equal(result.info.source_width, 3024);
        assert_int_equal(result.info.source_height, 4032);
        assert_int_equal(result.info.orientation, 6);
        assert_int_equal(result.info.taken, 1756700000);
        assert_int_equal(result.info.phash, 0x123456789abcdef0);
        assert_memory_equal(&result.info.fingerprint, &answer.info.fingerprint,
                            sizeof(answer.info.fingerprint));
        assert_true(result.info.geometry.head_top == 72.0);
        assert_true(result.info.geometry.eye_line == 251.5);
        assert_true(result.info.geometry.face_width == 240.0);
        assert_true(result.info.geometry.face_centre == 236.0);
        assert_true(isnan(result.info.geometry.head_tilt));
        assert_int_equal(result.findings.n, 1);
        assert_int_equal(result.findings.items[0].code, REASON_RESIZED);
        assert_true(result.findings.items[0].measured2 == 4032.0);
        assert_true(isnan(result.findings.items[0].min));
        assert_string_equal(result.findings.items[0].detail, "缩小");
        assert_null(result.jpeg);
}

static void test_a_rejection_needs_no_jpeg(void **state _unused_)
{
        WorkerAnswer answer = accepting();

        answer.findings.items[0].level = FINDING_REJECT;
        answer.jpeg_size = 0;
        assert_int_equal(check(&answer), 0);
}

static void test_bytes_behind_the_detail_are_not_copied(void **state _unused_)
{
        WorkerAnswer answer = accepting();
        static const char zeros[FINDING_DETAIL_SIZE];
        PhotoResult result = {};
        size_t jpeg_size;

        memset(answer.findings.items[0].detail, 'x', FINDING_DETAIL_SIZE);
        answer.findings.items[0].detail[0] = '\0';
        memset(&answer.findings.items[1], 'x', sizeof(Finding));
        assert_int_equal(
                answer_check(&answer, sizeof(answer), SEQUENCE, &rules, &result, &jpeg_size), 0);
        assert_memory_equal(result.findings.items[0].detail, zeros, sizeof(zeros));
        assert_memory_equal(result.findings.items[1].detail, zeros, sizeof(zeros));
}

static void test_a_worker_out_of_memory_is_believed(void **state _unused_)
{
        WorkerAnswer answer = accepting();

        answer.error = -ENOMEM;
        assert_int_equal(check(&answer), -ENOMEM);
}

static void test_a_worker_that_could_not_read_is_heard(void **state _unused_)
{
        WorkerAnswer answer = accepting();

        answer.error = -EIO;
        assert_int_equal(check(&answer), -EIO);
}

static void test_an_answer_of_another_size_is_refused(void **state _unused_)
{
        WorkerAnswer answer = accepting();
        PhotoResult result;
        size_t jpeg_size;

        assert_int_equal(
                answer_check(&answer, sizeof(answer) - 1, SEQUENCE, &rules, &result, &jpeg_size),
                -EBADMSG);
        assert_int_equal(answer_check(&answer, 0, SEQUENCE, &rules, &result, &jpeg_size), -EBADMSG);
}

/* Each spoils one thing in a sound answer. */
#define SPOIL(name, statement) \
        static void spoil_##name(WorkerAnswer *answer) \
        { \
                Finding *finding = &answer->findings.items[0]; \
\
                (void)finding; \
                statement; \
        }

SPOIL(magic, answer->magic++)
SPOIL(sequence, answer->sequence--)
SPOIL(error, answer->error = -EPERM)
SPOIL(positive_error, answer->error = 12)
SPOIL(count, answer->findings.n = FINDINGS_MAX + 1)
SPOIL(huge_count, answer->findings.n = SIZE_MAX)
SPOIL(code, finding->code = _REASON_MAX)
SPOIL(negative_code, finding->code = _REASON_INVALID)
SPOIL(code_of_storage, finding->code = REASON_UPLOAD_INCOMPLETE)
SPOIL(code_of_name, finding->code = REASON_NAME_NO_NUMBER)
SPOIL(level, finding->level = _FINDING_LEVEL_MAX)
SPOIL(negative_level, finding->level = _FINDING_LEVEL_INVALID)
SPOIL(infinite_measured, finding->measured = (double)INFINITY)
SPOIL(infinite_measured2, finding->measured2 = -(double)INFINITY)
SPOIL(infinite_min, finding->min = -(double)INFINITY)
SPOIL(huge_max, finding->max = 1e300)
SPOIL(endless_detail, memset(finding->detail, 'a', FINDING_DETAIL_SIZE))
SPOIL(detail_not_utf8, memcpy(finding->detail, "\xff\xfe", 3))
SPOIL(detail_cut_utf8, memcpy(finding->detail, "\xe7\xbc", 3))
SPOIL(detail_escape, memcpy(finding->detail, "\033[0m", 5))
SPOIL(detail_newline, memcpy(finding->detail, "a\nb", 4))
SPOIL(detail_override, memcpy(finding->detail, "\xe2\x80\xae", 4))
SPOIL(format, answer->info.format = _PHOTO_FORMAT_MAX)
SPOIL(source_quality, answer->info.source_quality = 101)
SPOIL(orientation, answer->info.orientation = 9)
SPOIL(quality, answer->info.quality = 101)
SPOIL(taken_early, answer->info.taken = INT64_MIN)
SPOIL(taken_late, answer->info.taken = INT64_MAX)
SPOIL(crown, answer->info.geometry.head_top = -1)
SPOIL(eyes, answer->info.geometry.eye_line = PHOTO_HEIGHT + 1)
SPOIL(width, answer->info.geometry.face_width = (double)INFINITY)
SPOIL(centre, answer->info.geometry.face_centre = 1e300)
SPOIL(tilt, answer->info.geometry.head_tilt = 181)
SPOIL(no_jpeg, answer->jpeg_size = 0)
SPOIL(small_jpeg, answer->jpeg_size = PHOTO_BYTES_MIN - 1)
SPOIL(large_jpeg, answer->jpeg_size = PHOTO_BYTES_MAX + 1)
SPOIL(jpeg_of_rejected, finding->level = FINDING_REJECT)

static void test_one_spoilt_thing_refuses_the_answer(void **state _unused_)
{
        static const struct {
                const char *name;
                void (*spoil)(WorkerAnswer *answer);
        } cases[] = {
#define CASE(name) {#name, spoil_##name}
                CASE(magic),
                CASE(sequence),
                CASE(error),
                CASE(positive_error),
                CASE(count),
                CASE(huge_count),
                CASE(code),
                CASE(negative_code),
                CASE(code_of_storage),
                CASE(code_of_name),
                CASE(level),
                CASE(negative_level),
                CASE(infinite_measured),
                CASE(infinite_measured2),
                CASE(infinite_min),
                CASE(huge_max),
                CASE(endless_detail),
                CASE(detail_not_utf8),
                CASE(detail_cut_utf8),
                CASE(detail_escape),
                CASE(detail_newline),
                CASE(detail_override),
                CASE(format),
                CASE(source_quality),
                CASE(orientation),
                CASE(quality),
                CASE(taken_early),
                CASE(taken_late),
                CASE(crown),
                CASE(eyes),
                CASE(width),
                CASE(centre),
                CASE(tilt),
                CASE(no_jpeg),
                CASE(small_jpeg),
                CASE(large_jpeg),
                CASE(jpeg_of_rejected),
#undef CASE
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                WorkerAnswer answer = accepting();

                cases[i].spoil(&answer);
                if (check(&answer) != -EBADMSG)
                        fail_msg("spoilt %s was believed", cases[i].name);
        }
}

static void test_a_rendition_has_a_jpeg_of_its_window_and_nothing_else(void **state _unused_)
{
        static const struct {
                int error;
                uint32_t jpeg_size;
                size_t n_findings;
                int expected;
        } cases[] = {
                {0, PHOTO_CENTRE_BYTES_MIN, 0, 0},
                {0, PHOTO_CENTRE_BYTES_MAX, 0, 0},
                {0, PHOTO_CENTRE_BYTES_MIN - 1, 0, -EBADMSG},
                {0, PHOTO_CENTRE_BYTES_MAX + 1, 0, -EBADMSG},
                {0, 0, 0, -EBADMSG},
                {0, PHOTO_CENTRE_BYTES_MIN, 1, -EBADMSG},
                {-ERANGE, 0, 0, -ERANGE},
                {-ENODATA, 0, 0, -ENODATA},
                {-ENOMEM, 0, 0, -ENOMEM},
                {-EIO, 0, 0, -EIO},
                {-ERANGE, PHOTO_CENTRE_BYTES_MIN, 0, -EBADMSG},
                {-EPERM, 0, 0, -EBADMSG},
                {1, PHOTO_CENTRE_BYTES_MIN, 0, -EBADMSG},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                WorkerAnswer answer = accepting();
                size_t size = 0;

                answer.error = cases[i].error;
                answer.jpeg_size = cases[i].jpeg_size;
                answer.findings.n = cases[i].n_findings;
                assert_int_equal(answer_check_centre(&answer, sizeof(answer), SEQUENCE, &size),
                                 cases[i].expected);
                assert_int_equal(size, cases[i].expected == 0 ? cases[i].jpeg_size : 0);
                assert_int_equal(answer_check_centre(&answer, sizeof(answer), SEQUENCE + 1, &size),
                                 -EBADMSG);
        }
}

static void test_the_rules_set_the_size_window(void **state _unused_)
{
        WorkerAnswer answer = accepting();

        rules.output_bytes_min = PHOTO_BYTES_MIN + 1;
        assert_int_equal(check(&answer), -EBADMSG);
        rules.output_bytes_min = 0;
        answer.jpeg_size = 1;
        assert_int_equal(check(&answer), 0);
        answer.jpeg_size = 0;
        assert_int_equal(check(&answer), -EBADMSG);
        rules.output_bytes_max = UINT32_MAX;
        answer.jpeg_size = WORKER_OUTPUT_MAX;
        assert_int_equal(check(&answer), 0);
        answer.jpeg_size = WORKER_OUTPUT_MAX + 1;
        assert_int_equal(check(&answer), -EBADMSG);
}

static void test_a_jpeg_is_known_by_its_ends(void **state _unused_)
{
        static const struct {
                const char *bytes;
                size_t size;
                bool plausible;
        } cases[] = {
                {"\xff\xd8\xff\xe0....\xff\xd9", 10, true},
                {"\xff\xd8\xff\xff\xd9", 5, true},
                {"\xff\xd8\xff\xd9", 4, false},
                {"\xff\xd8\xff\xe0....\xff\xd9.", 11, false},
                {"\xff\xd8..\xff\xd9", 6, false},
                {"II*.......\xff\xd9", 12, false},
                {"", 0, false},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++)
                assert_int_equal(
                        answer_jpeg_plausible((const uint8_t *)cases[i].bytes, cases[i].size),
                        cases[i].plausible);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(test_a_sound_answer_is_copied_whole, set_rules),
                cmocka_unit_test_setup(test_a_rejection_needs_no_jpeg, set_rules),
                cmocka_unit_test_setup(test_bytes_behind_the_detail_are_not_copied, set_rules),
                cmocka_unit_test_setup(test_a_worker_out_of_memory_is_believed, set_rules),
                cmocka_unit_test_setup(test_a_worker_that_could_not_read_is_heard, set_rules),
                cmocka_unit_test_setup(test_an_answer_of_another_size_is_refused, set_rules),
                cmocka_unit_test_setup(test_one_spoilt_thing_refuses_the_answer, set_rules),
                cmocka_unit_test(test_a_rendition_has_a_jpeg_of_its_window_and_nothing_else),
                cmocka_unit_test_setup(test_the_rules_set_the_size_window, set_rules),
                cmocka_unit_test_setup(test_a_jpeg_is_known_by_its_ends, set_rules),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
