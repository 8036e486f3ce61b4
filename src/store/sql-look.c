/* SPDX-License-Identifier: MIT */
#include "sql-look.h"

#include <idphoto/text.h>

#include <math.h>
#include <string.h>

enum { QUESTIONS_MAX = 256 };

struct SqlLook {
        const SqlDriver *driver; /* of the answers */
        SqlQuestion questions[QUESTIONS_MAX];
        size_t n;
};

int sql_look_new(const Sql *sql, SqlLook **ret)
{
        SqlLook *look;

        if (!sql->driver->ask_together)
                return 0;
        look = calloc(1, sizeof(*look));
        if (!look)
                return -ENOMEM;
        look->driver = sql->driver;
        *ret = look;
        return 1;
}

static void question_done(const SqlLook *look, SqlQuestion *q)
{
        if (q->answer)
                look->driver->answer_free(q->answer);
        free((Value *)q->values);
}

void sql_look_forget(SqlLook *look)
{
        while (look->n > 0)
                question_done(look, &look->questions[--look->n]);
}

void sql_look_free(SqlLook *look)
{
        if (!look)
                return;
        sql_look_forget(look);
        free(look);
}

void sql_use_look(Sql *sql, SqlLook *look)
{
        sql->look = look;
}

void sql_look_again(Sql *sql)
{
        /* Nothing of what is only noted can be out of date. */
        if (sql->look && sql->ahead == 0)
                sql_look_forget(sql->look);
}

bool sql_look_ahead(Sql *sql)
{
        sql->ahead += sql->look != NULL;
        return sql->look;
}

void sql_look(Sql *sql)
{
        sql->ahead--;
}

/* ---- questions ---- */

/* The bytes behind a value; NULL: there are none. */
static const void *bytes_of(const Value *value, size_t *ret_size)
{
        switch (value->kind) {
        case VALUE_TEXT:
        case VALUE_KEY:
                *ret_size = value->text ? strlen(value->text) + 1 : 0;
                return value->text;
        case VALUE_HASH:
                *ret_size = SHA256_SIZE;
                return value->hash;
        case VALUE_FINGERPRINT:
                *ret_size = sizeof(*value->fingerprint);
                return value->fingerprint;
        default:
                *ret_size = 0;
                return NULL;
        }
}

static void set_bytes(Value *value, const void *bytes)
{
        if (value->kind == VALUE_HASH)
                value->hash = bytes;
        else if (value->kind == VALUE_FINGERPRINT)
                value->fingerprint = bytes;
        else
                value->text = bytes;
}

/* The values and what they point to, in one piece of memory. */
static Value *copy_values(const Value *values, size_t n)
{
        size_t size = n * sizeof(*values), one;
        Value *copies;
        char *at;

        for (size_t i = 0; i < n; i++)
                if (bytes_of(&values[i], &one))
                        size += one;
        copies = malloc(MAX(size, (size_t)1));
        if (!copies)
                return NULL;
        at = (char *)(copies + n);
        for (size_t i = 0; i < n; i++) {
                const void *bytes = bytes_of(&values[i], &one);

                copies[i] = values[i];
                if (!bytes)
                        continue;
                memcpy(at, bytes, one);
                set_bytes(&copies[i], at);
                at += one;
        }
        return copies;
}

static bool value_equal(const Value *a, const Value *b)
{
        size_t size_a, size_b;
        const void *bytes_a = bytes_of(a, &size_a), *bytes_b = bytes_of(b, &size_b);

        if (a->kind != b->kind || size_a != size_b || !bytes_a != !bytes_b)
                return false;
        if (a->kind == VALUE_REAL)
                return a->real == b->real || (isnan(a->real) && isnan(b->real));
        return bytes_a ? memcmp(bytes_a, bytes_b, size_a) == 0 : a->integer == b->integer;
}

static bool question_equal(const SqlQuestion *a, const SqlQuestion *b)
{
        if (a->text != b->text || a->n != b->n || a->page != b->page)
                return false;
        for (size_t i = 0; i < a->n; i++)
                if (!value_equal(&a->values[i], &b->values[i]))
                        return false;
        return true;
}

/* The question, noted if it was not. NULL: there is no memory. */
static SqlQuestion *note(SqlLook *look, const SqlQuestion *question)
{
        SqlQuestion *q;

        for (size_t i = 0; i < look->n; i++)
                if (question_equal(&look->questions[i], question))
                        return &look->questions[i];
        if (look->n == QUESTIONS_MAX)
                sql_look_forget(look);
        q = &look->questions[look->n];
        *q = *question;
        q->values = copy_values(question->values, question->n);
        if (!q->values)
                return NULL;
        look->n++;
        return q;
}

/* In a transaction each answer is given once. */
static void drop(SqlLook *look, SqlQuestion *q)
{
        question_done(look, q);
        *q = look->questions[--look->n];
}

int sql_look_ask(Sql *sql, const SqlQuestion *question, SqlRows **ret)
{
        SqlLook *look = sql->look;
        SqlQuestion *q = note(look, question);
        int r = 0;

        if (!q)
                return -ENOMEM;
        if (!q->answer)
                r = sql->driver->ask_together(sql, look->questions, look->n);
        if (r < 0) {
                sql_look_forget(look);
                return r;
        }
        r = sql->driver->answer_rows(sql, q->answer, ret);
        if (sql->driver->in_transaction(sql))
                drop(look, q);
        return r;
}

/* ---- no rows ---- */

static int next_nothing(SqlRows *rows _unused_)
{
        return 0;
}

static void nothing_done(SqlRows *rows _unused_)
{
}

int sql_look_note(Sql *sql, SqlSize size, const SqlQuestion *question, SqlRows **ret)
{
        static const SqlDriver nothing = {.next = next_nothing, .done = nothing_done};
        static SqlRows none = {.driver = &nothing};

        if (size == SQL_FEW && !note(sql->look, question))
                return -ENOMEM;
        *ret = &none;
        return 0;
}
