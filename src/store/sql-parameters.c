/* SPDX-License-Identifier: MIT */
#include "sql-parameters.h"

#include <idphoto/text.h>

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Numbers of types in every PostgreSQL. */
enum { OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25, OID_FLOAT8 = 701 };

void parameters_done(Parameters *parameters)
{
        for (int i = 0; i < parameters->n; i++)
                free(parameters->keys[i]);
}

static void set_bytes(Parameters *p, int i, const void *bytes, size_t size)
{
        p->types[i] = OID_BYTEA;
        p->values[i] = bytes;
        p->lengths[i] = (int)size;
        p->formats[i] = 1;
}

static int set_parameter(Parameters *p, int i, const Value *value)
{
        int r = 0;

        p->types[i] = OID_TEXT;
        switch (value->kind) {
        case VALUE_INTEGER:
                p->types[i] = OID_INT8;
                (void)snprintf(p->numbers[i], NUMBER_TEXT, "%" PRId64, value->integer);
                p->values[i] = p->numbers[i];
                break;
        case VALUE_TEXT:
                p->values[i] = value->text;
                break;
        case VALUE_KEY:
                r = value->text ? text_fold(value->text, &p->keys[i]) : 0;
                p->values[i] = p->keys[i];
                break;
        case VALUE_HASH:
                set_bytes(p, i, value->hash ? value->hash->bytes : NULL, SHA256_SIZE);
                break;
        case VALUE_REAL:
                p->types[i] = OID_FLOAT8;
                (void)snprintf(p->numbers[i], NUMBER_TEXT, "%.17g", value->real);
                p->values[i] = isnan(value->real) ? NULL : p->numbers[i];
                break;
        case VALUE_FINGERPRINT:
                set_bytes(p, i, value->fingerprint ? value->fingerprint->waves : NULL,
                          PHOTO_FINGERPRINT_SIZE);
                break;
        }
        return r;
}

int parameters_set(const SqlQuestion *question, int n_used, Parameters *ret)
{
        int r = 0;

        for (int i = 0; i < n_used && r >= 0; i++) {
                ret->n = i + 1;
                if (question->page > 0 && i == n_used - 1)
                        r = set_parameter(ret, i, &INTEGER(question->page));
                else if ((size_t)i < question->n)
                        r = set_parameter(ret, i, &question->values[i]);
        }
        return r;
}

int parameters_rewrite(const char *text, bool paged, char **ret, int *ret_n)
{
        enum { LIMIT_TEXT = 24 };
        char *to = malloc(strlen(text) + LIMIT_TEXT), *at = to;
        int n = 0;

        if (!to)
                return -ENOMEM;
        while (*text) {
                if (strncmp(text, "CROSS JOIN ", 11) == 0)
                        text += 6;
                if (text[0] == '?' && text[1] >= '1' && text[1] <= '9') {
                        n = MAX(n, atoi(text + 1));
                        *at++ = '$';
                        text++;
                        continue;
                }
                *at++ = *text++;
        }
        *at = '\0';
        if (paged)
                (void)snprintf(at, LIMIT_TEXT, " LIMIT $%d", ++n);
        *ret = to;
        *ret_n = n;
        return n > PARAMETERS_MAX ? -E2BIG : 0;
}
