/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * FAST marks a function that is built a second time for processors with AVX2; the loader chooses
 * the version. Only x86-64 has both. Both must give the same result, so use it only for integers
 * and for single operations in IEEE 754. Sanitisers do not work with the loader's choice, so their
 * builds have one version.
 */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
        !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define FAST __attribute__((target_clones("avx2", "default")))
#else
#define FAST
#endif
