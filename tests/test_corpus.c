/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

#include <dirent.h>

/*
 * Every file of the corpus through the whole examination in one process: whatever it is, a verdict
 * comes, whole, with a photo or a reason; under a sanitizer or valgrind, without a false step.
 */

static void examine_file(const char *name, const PhotoModels *models, const PhotoRules *rules)
{
        _cleanup_(photo_result_done) PhotoResult result = {};
        _cleanup_free_ char *data = NULL;
        size_t size;

        corpus_read(name, &data, &size);
        assert_int_equal(photo_examine_with(data, size, rules, models, &result), 0);
        if ((result.jpeg != NULL) == findings_reject(&result.findings))
                fail_msg("'%s': neither a photo nor a reason, or both", name);
        if (result.jpeg && (result.jpeg_size < rules->output_bytes_min ||
                            result.jpeg_size > rules->output_bytes_max))
                fail_msg("'%s': a photo of %zu bytes", name, result.jpeg_size);
        for (size_t i = 0; i < result.findings.n; i++) {
                const Finding *f = &result.findings.items[i];

                if (!reason_to_string(f->code) || !finding_level_to_string(f->level) ||
                    !utf8_valid(f->detail))
                        fail_msg("'%s': finding %zu is not whole", name, i);
        }
}

static void test_every_file_of_the_corpus_gets_a_whole_verdict(void **state _unused_)
{
        static const char *const folders[] = {
                "portraits", "derived", "variety/jpeg", "variety/notjpeg",
                "imported",  "nonface", "qr",           "fuzz"};
        _cleanup_(photo_models_freep) PhotoModels *models = NULL;
        PhotoRules rules;
        size_t n = 0;

        corpus_require();
        models = fixture_models();
        photo_rules_default(&rules);
        for (size_t i = 0; i < ELEMENTSOF(folders); i++) {
                char path[4096];
                DIR *dir = opendir(corpus_path(path, sizeof(path), folders[i]));
                struct dirent *entry;

                assert_non_null(dir);
                while ((entry = readdir(dir))) {
                        _cleanup_free_ char *name = NULL;

                        if (entry->d_type == DT_DIR)
                                continue;
                        assert_true(asprintf(&name, "%s/%s", folders[i], entry->d_name) > 0);
                        examine_file(name, models, &rules);
                        n++;
                }
                (void)closedir(dir);
        }
        print_message("%zu files\n", n);
        assert_true(n > 100);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_file_of_the_corpus_gets_a_whole_verdict),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
