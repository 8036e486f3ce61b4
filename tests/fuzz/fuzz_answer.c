/* SPDX-License-Identifier: MIT */
#include "worker/answer.h"

#include <assert.h>
#include <string.h>

/*
 * Bytes that a taken-over worker may answer. What is let through must be what the rest of the
 * program relies on: names exist for every code, values are finite or NaN, texts can be shown.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_finding(const Finding *finding)
{
        _cleanup_text_ Text text = {};

        assert(reason_to_string(finding->code));
        assert(finding_level_to_string(finding->level));
        assert(memchr(finding->detail, '\0', sizeof(finding->detail)));
        for (int language = 0; language < _LANGUAGE_MAX; language++) {
                assert(reason_title(finding->code, (Language)language));
                finding_append_values(&text, finding, (Language)language);
        }
        assert(text.size == 0 || utf8_valid(text.data));
}

/* Most inputs would fail at the fixed fields: those are set right, and the rest is the fuzzer's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static WorkerAnswer answer;
        PhotoResult result = {};
        size_t jpeg_size = 0;
        PhotoRules rules;

        photo_rules_default(&rules);
        memset(&answer, 0, sizeof(answer));
        memcpy(&answer, data, MIN(size, sizeof(answer)));
        answer.magic = WORKER_PROTOCOL_MAGIC;
        answer.sequence = 1;
        answer.error = 0;
        answer.findings.n %= FINDINGS_MAX + 2;
        if (answer_check_centre(&answer, sizeof(answer), 1, &jpeg_size) == 0)
                assert(jpeg_size >= PHOTO_CENTRE_BYTES_MIN && jpeg_size <= PHOTO_CENTRE_BYTES_MAX);
        if (answer_check(&answer, sizeof(answer), 1, &rules, &result, &jpeg_size) < 0)
                return 0;
        assert(photo_geometry_valid(&result.info.geometry));
        assert(!result.jpeg);
        assert(findings_reject(&result.findings) == (jpeg_size == 0));
        assert(jpeg_size <= rules.output_bytes_max);
        for (size_t i = 0; i < result.findings.n; i++)
                check_finding(&result.findings.items[i]);
        return 0;
}
