/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * FAST before a function: on x86-64 the function is built a second time for processors with AVX2,
 * and the loader chooses. Only for code that gives the same result in both, which is true of
 * integers and of single operations in IEEE 754. Sanitisers do not work with the choice of the
 * loader, so they get one version.
 */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
        !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define FAST __attribute__((target_clones("avx2", "default")))
#else
#define FAST
#endif
