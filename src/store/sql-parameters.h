/* SPDX-License-Identifier: MIT */
#pragma once

#include "sql-driver.h"

/* What the texts and the values of sql.h become for a PostgreSQL server, apart from its library. */

enum { PARAMETERS_MAX = 24, NUMBER_TEXT = 32 };

/* The values as the library takes them. */
typedef struct Parameters {
        int n;
        unsigned types[PARAMETERS_MAX];
        const char *values[PARAMETERS_MAX];
        int lengths[PARAMETERS_MAX];
        int formats[PARAMETERS_MAX];
        char numbers[PARAMETERS_MAX][NUMBER_TEXT];
        char *keys[PARAMETERS_MAX];
} Parameters;

/* The values of the first n_used placeholders, of which a page's size is the last. The caller calls parameters_done() even after an
 * error. 0, -ENOMEM, or -EILSEQ for a name that cannot be folded. */
int parameters_set(const SqlQuestion *question, int n_used, Parameters *ret);
void parameters_done(Parameters *parameters);
#define _cleanup_parameters_ _cleanup_(parameters_done)

/* ?N becomes $N, and CROSS is left out of CROSS JOIN … ON. paged: a LIMIT is added, whose value is one
 * more. *ret_n: the highest N. 0, -ENOMEM, or
 * -E2BIG: more than PARAMETERS_MAX; then *ret is set as well. */
int parameters_rewrite(const char *text, bool paged, char **ret, int *ret_n);
