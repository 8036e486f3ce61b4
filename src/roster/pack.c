/* SPDX-License-Identifier: MIT */
#include "packform.h"

#include <string.h>

enum { PIECE_BYTES = 64 * 1024 };

static_assert((PackedLength)-1 <= PIECE_BYTES, "a text fits into a piece");

/* The first error is remembered, and later calls do nothing, so only the end needs a check. */
typedef struct Packer {
        ListPackSink sink;
        void *userdata;
        char *piece;
        size_t n; /* bytes of it */
        int error;
} Packer;

static void flush(Packer *packer)
{
        if (packer->error == 0 && packer->n > 0)
                packer->error = packer->sink(packer->piece, packer->n, packer->userdata);
        packer->n = 0;
}

/* size is at most PIECE_BYTES, as that of every text is. */
static void put(Packer *packer, const void *data, size_t size)
{
        if (packer->n + size > PIECE_BYTES)
                flush(packer);
        if (packer->error < 0)
                return;
        memcpy(packer->piece + packer->n, data, size);
        packer->n += size;
}

static void put_number(Packer *packer, uint64_t number)
{
        put(packer, &number, sizeof(number));
}

static void put_code(Packer *packer, RosterCode code)
{
        put_number(packer, code < 0 ? 0 : (uint64_t)code + 1);
}

static void put_text(Packer *packer, const char *text)
{
        size_t n = strlen(text);
        PackedLength length = (PackedLength)n;

        if (length != n) {
                packer->error = packer->error < 0 ? packer->error : -EFBIG;
                return;
        }
        put(packer, &length, sizeof(length));
        put(packer, text, n);
}

static void put_texts(Packer *packer, const void *row, const size_t *offsets, size_t n)
{
        for (size_t i = 0; i < n; i++)
                put_text(packer, *(const char *const *)((const char *)row + offsets[i]));
}

static int begin(Packer *packer, ListPackSink sink, void *userdata)
{
        *packer = (Packer){.sink = sink, .userdata = userdata, .piece = malloc(PIECE_BYTES)};
        return packer->piece ? 0 : -ENOMEM;
}

static int end(Packer *packer)
{
        flush(packer);
        free(packer->piece);
        return packer->error;
}

static void put_problem(Packer *packer, const RosterProblem *problem)
{
        put_code(packer, problem->code);
        put_number(packer, problem->row);
        put_number(packer, problem->column);
        put_number(packer, problem->other_row);
        put_text(packer, problem->sheet);
        put_text(packer, problem->other_sheet);
        put_text(packer, problem->value);
}

int roster_pack(const Roster *roster, ListPackSink sink, void *userdata)
{
        Packer packer;
        int r = begin(&packer, sink, userdata);

        if (r < 0)
                return r;
        put_number(&packer, PACKED_ROSTER_MAGIC);
        put_number(&packer, roster->n_rows);
        put_number(&packer, roster->n_problems);
        put_number(&packer, roster->n_errors);
        put_number(&packer, roster->n_warnings);
        put_number(&packer, roster->has_point_column);
        put_number(&packer, roster->has_sheet_points);
        for (size_t i = 0; i < roster->n_rows && packer.error == 0; i++) {
                put_number(&packer, roster->rows[i].row);
                put_texts(&packer, &roster->rows[i], roster_row_texts,
                          ELEMENTSOF(roster_row_texts));
        }
        for (size_t i = 0; i < roster->n_problems; i++)
                put_problem(&packer, &roster->problems[i]);
        return end(&packer);
}

static void put_moment(Packer *packer, Moment moment)
{
        put_number(packer, (uint64_t)moment.date.year);
        put_number(packer, (uint64_t)moment.date.month);
        put_number(packer, (uint64_t)moment.date.day);
        put_number(packer, (uint64_t)moment.second);
}

int progress_list_pack(const ProgressList *list, ListPackSink sink, void *userdata)
{
        Packer packer;
        int r = begin(&packer, sink, userdata);

        if (r < 0)
                return r;
        put_number(&packer, PACKED_PROGRESS_MAGIC);
        put_number(&packer, list->n_rows);
        put_code(&packer, list->problem);
        put_number(&packer, list->problem_row);
        put_number(&packer, list->other_sheet);
        for (size_t i = 0; i < list->n_rows && packer.error == 0; i++) {
                const ProgressRow *row = &list->rows[i];

                put_number(&packer, row->row);
                put_code(&packer, row->id_problem);
                put_moment(&packer, row->moment);
                put_texts(&packer, row, progress_row_texts, ELEMENTSOF(progress_row_texts));
        }
        return end(&packer);
}
