/* SPDX-License-Identifier: MIT */
#include "ctl/photojson.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_an_unknown_source_is_all_null(void **state _unused_)
{
        const PhotoInfo info = {};
        _cleanup_json_ JsonWriter json = {};

        photo_json_source(&json, &info);
        assert_string_equal(json.text.data,
                            "\"source\": {\"format\": \"unknown\", \"width\": null, "
                            "\"height\": null, \"quality\": null, \"orientation\": null, "
                            "\"taken\": null}");
}

static void test_a_known_source_has_its_numbers(void **state _unused_)
{
        const PhotoInfo info = {.format = PHOTO_FORMAT_JPEG,
                                .source_width = 3024,
                                .source_height = 4032,
                                .source_quality = 92,
                                .orientation = 6,
                                .taken = -86400};
        _cleanup_json_ JsonWriter json = {};

        photo_json_source(&json, &info);
        assert_string_equal(json.text.data,
                            "\"source\": {\"format\": \"jpeg\", \"width\": 3024, "
                            "\"height\": 4032, \"quality\": 92, \"orientation\": 6, "
                            "\"taken\": -86400}");
}

static void test_a_rejected_photo_is_null(void **state _unused_)
{
        const PhotoResult result = {};
        _cleanup_json_ JsonWriter json = {};

        photo_json_finished(&json, &result, NULL);
        assert_string_equal(json.text.data, "\"photo\": null");
}

static void test_a_finished_photo_is_known_by_its_hash(void **state _unused_)
{
        uint8_t jpeg[] = {'a', 'b', 'c'};
        const PhotoResult result = {
                .info = {.quality = 88, .phash = 0xab},
                .jpeg = jpeg,
                .jpeg_size = sizeof(jpeg),
        };
        _cleanup_json_ JsonWriter json = {};

        photo_json_finished(&json, &result, "out/a.jpg");
        assert_string_equal(json.text.data,
                            "\"photo\": {\"bytes\": 3, \"quality\": 88, \"sha256\": "
                            "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\", "
                            "\"phash\": \"00000000000000ab\", \"written\": \"out/a.jpg\"}");
}

static void test_a_rendition_is_known_by_its_hash_or_null(void **state _unused_)
{
        const uint8_t jpeg[] = {'a', 'b', 'c'};
        _cleanup_json_ JsonWriter json = {}, none = {};

        photo_json_centre(&json, jpeg, sizeof(jpeg), "out/a.jpg");
        assert_string_equal(json.text.data,
                            "\"centre\": {\"bytes\": 3, \"sha256\": "
                            "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\", "
                            "\"written\": \"out/a.jpg\"}");
        photo_json_centre(&none, NULL, 0, NULL);
        assert_string_equal(none.text.data, "\"centre\": null");
}

static void test_bounds_that_do_not_apply_are_null(void **state _unused_)
{
        Findings findings = {};
        _cleanup_json_ JsonWriter json = {};
        Finding *finding = findings_add_value(&findings, REASON_INPUT_QUALITY, FINDING_WARN, 55, 60,
                                              (double)NAN);

        (void)snprintf(finding->detail, sizeof(finding->detail), "a \"b\"");
        photo_json_findings(&json, &findings, LANGUAGE_EN);
        assert_true(text_starts_with(json.text.data,
                                     "\"findings\": [{\"code\": \"input-quality\", \"level\": "
                                     "\"warn\", \"measured\": 55, \"measured2\": null, "
                                     "\"min\": 60, \"max\": null, \"detail\": \"a \\\"b\\\"\", "
                                     "\"title\": \""));
}

static void test_no_findings_are_an_empty_list(void **state _unused_)
{
        const Findings findings = {};
        _cleanup_json_ JsonWriter json = {};

        photo_json_findings(&json, &findings, LANGUAGE_ZH);
        assert_string_equal(json.text.data, "\"findings\": []");
}

static void test_an_ambiguous_name_is_not_valid(void **state _unused_)
{
        const FilenameIdentity identity = {
                .kind = FILENAME_ID_NUMBER,
                .valid = true,
                .ambiguous = true,
                .problem = REASON_NAME_TWO_NUMBERS,
                .number = {.text = "219999199001010016"},
        };
        _cleanup_json_ JsonWriter json = {};

        photo_json_name(&json, &identity);
        assert_string_equal(json.text.data, "\"name\": {\"kind\": \"id-number\", \"valid\": false, "
                                            "\"number\": \"219999199001010016\", "
                                            "\"problem\": \"name-two-numbers\"}");
}

static void test_a_name_not_asked_for_is_null(void **state _unused_)
{
        _cleanup_json_ JsonWriter json = {};

        photo_json_name(&json, NULL);
        assert_string_equal(json.text.data, "\"name\": null");
}

static void test_measures_are_all_named(void **state _unused_)
{
        PhotoMeasured measured = {};
        _cleanup_json_ JsonWriter json = {};

        measured.known = UINT64_C(1) << PHOTO_MEASURE_CROWN;
        measured.values[PHOTO_MEASURE_CROWN] = 71.5;
        photo_json_measured(&json, &measured);
        for (int i = 0; i < _PHOTO_MEASURE_MAX; i++)
                assert_non_null(strstr(json.text.data, photo_measure_to_string((PhotoMeasure)i)));
        assert_non_null(strstr(json.text.data, "\"crown\": 71.5"));
        assert_non_null(strstr(json.text.data, "\"eyes\": null"));
}

static void test_a_geometry_is_null_or_whole(void **state _unused_)
{
        const PhotoInfo unknown = {.geometry = PHOTO_GEOMETRY_UNKNOWN},
                        known = {.geometry = {70, 250, 200, 240, (double)NAN}};
        _cleanup_json_ JsonWriter none = {}, json = {};

        photo_json_geometry(&none, &unknown);
        assert_string_equal(none.text.data, "\"geometry\": null");
        photo_json_geometry(&json, &known);
        assert_string_equal(json.text.data,
                            "\"geometry\": {\"head_top\": 70, \"eye_line\": 250, "
                            "\"face_width\": 200, \"face_centre\": 240, \"head_tilt\": null}");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_an_unknown_source_is_all_null),
                cmocka_unit_test(test_a_known_source_has_its_numbers),
                cmocka_unit_test(test_a_rejected_photo_is_null),
                cmocka_unit_test(test_a_finished_photo_is_known_by_its_hash),
                cmocka_unit_test(test_a_rendition_is_known_by_its_hash_or_null),
                cmocka_unit_test(test_bounds_that_do_not_apply_are_null),
                cmocka_unit_test(test_no_findings_are_an_empty_list),
                cmocka_unit_test(test_an_ambiguous_name_is_not_valid),
                cmocka_unit_test(test_a_name_not_asked_for_is_null),
                cmocka_unit_test(test_measures_are_all_named),
                cmocka_unit_test(test_a_geometry_is_null_or_whole),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
