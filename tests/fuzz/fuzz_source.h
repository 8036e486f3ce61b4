/* SPDX-License-Identifier: MIT */
#pragma once

#include <photo/source.h>

/*
 * The bytes of a picture in one format, whatever they begin with. Limits are lowered so that the
 * fuzzer spends its time on parsing. What is decoded must be whole, and what is not must have a
 * reason.
 */
static inline int fuzz_source(const uint8_t *data, size_t size, PhotoFormat format)
{
        bool see_through = false;
        Findings findings = {};
        Decoded decoded = {};
        PhotoRules rules;
        Source source;
        int r;

        photo_rules_default(&rules);
        rules.max_memory_bytes = 32 * 1024 * 1024;
        if (source_prepare() < 0)
                return 0;
        r = source_open(data, size, format, &source, &findings);
        if (r > 0 && (uint64_t)source.width * source.height <= 1000000) {
                if (source.orientation < 1 || source.orientation > 8)
                        __builtin_trap();
                r = source_decode(&source, &rules, PHOTO_WIDTH, PHOTO_HEIGHT, &decoded,
                                  &see_through, &findings);
                if (r == 0 && (decoded.raster.pixels != NULL) == findings_reject(&findings))
                        __builtin_trap();
        } else if (r == 0 && !findings_reject(&findings))
                __builtin_trap();
        decoded_done(&decoded);
        source_done(&source);
        return 0;
}
