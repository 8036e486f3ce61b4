/* SPDX-License-Identifier: MIT */
#include <idphoto/config.h>

#include <assert.h>
#include <string.h>

/* A configuration file: what is read is written as what is read again, and what is refused is told.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_sentences(const ConfigProblem *problem)
{
        for (int i = 0; i < _LANGUAGE_MAX; i++) {
                _cleanup_free_ char *sentence = NULL;

                assert(config_problem_text(problem, "file", (Language)i, &sentence) == 0);
                assert(utf8_valid(sentence) && !text_has_control(sentence));
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_text_ Text text = {}, again = {};
        ConfigProblem problem;
        Config config;

        if (config_parse((const char *)data, size, &config, &problem) < 0) {
                check_sentences(&problem);
                return 0;
        }
        config_format(&config, LANGUAGE_EN, &text);
        assert(config_parse(text.data, text.size, &config, &problem) == 0);
        config_format(&config, LANGUAGE_EN, &again);
        assert(strcmp(text.data, again.data) == 0);
        return 0;
}
