/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * FAST in front of a function: on x86-64 it is built a second time for processors with AVX2, and
 * the loader takes the right one. Only for code whose result is the same in either, which is so for
 * integers and for single operations in IEEE 754. Sanitisers do not bear the loader's choice.
 */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
        !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define FAST __attribute__((target_clones("avx2", "default")))
#else
#define FAST
#endif
