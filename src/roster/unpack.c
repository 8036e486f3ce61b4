/* SPDX-License-Identifier: MIT */
#include "packform.h"

#include "arena.h"
#include "cell.h"

#include <idphoto/clientname.h>

#include <string.h>

enum { SECONDS_PER_DAY = 24 * 60 * 60 };

/* The first error is remembered, and later calls give 0 or "", so a row needs one check. */
typedef struct Unpacker {
        const uint8_t *at;
        size_t left;
        Arena *strings;
        int error;
} Unpacker;

static uint64_t fail(Unpacker *unpacker, int error)
{
        if (unpacker->error == 0)
                unpacker->error = error;
        return 0;
}

static void take(Unpacker *unpacker, void *data, size_t size)
{
        if (unpacker->error < 0 || size > unpacker->left) {
                memset(data, 0, size);
                (void)fail(unpacker, -EBADMSG);
                return;
        }
        memcpy(data, unpacker->at, size);
        unpacker->at += size;
        unpacker->left -= size;
}

static uint64_t take_number(Unpacker *unpacker, uint64_t max)
{
        uint64_t number;

        take(unpacker, &number, sizeof(number));
        return number <= max ? number : fail(unpacker, -EBADMSG);
}

/* A row as a spreadsheet program counts: no file has more of them than bytes. 0: none. */
static size_t take_row_number(Unpacker *unpacker)
{
        return (size_t)take_number(unpacker, ROSTER_BYTES_MAX);
}

static RosterCode take_code(Unpacker *unpacker)
{
        uint64_t number = take_number(unpacker, _ROSTER_CODE_MAX);

        return number == 0 ? _ROSTER_CODE_INVALID : (RosterCode)(number - 1);
}

/* Well-formed, and without what the cleaning of a cell takes out. */
static bool text_sound(const char *text, size_t n)
{
        unsigned char all = 0;

        for (size_t i = 0; i < n; i++) {
                unsigned char c = (unsigned char)text[i];

                if (c < ' ' || c == 0x7f)
                        return false;
                all |= c;
        }
        return all < 0x80 || utf8_valid(text);
}

static const char *take_text(Unpacker *unpacker, size_t max)
{
        PackedLength length;
        const char *text;

        take(unpacker, &length, sizeof(length));
        if (unpacker->error < 0 || length > max || length > unpacker->left) {
                (void)fail(unpacker, -EBADMSG);
                return "";
        }
        text = arena_copy(unpacker->strings, (const char *)unpacker->at, length);
        unpacker->at += length;
        unpacker->left -= length;
        if (!text)
                (void)fail(unpacker, -ENOMEM);
        else if (!text_sound(text, length))
                (void)fail(unpacker, -EBADMSG);
        return text ? text : "";
}

static void take_texts(Unpacker *unpacker, void *row, const size_t *offsets, size_t n, size_t max)
{
        for (size_t i = 0; i < n; i++)
                *(const char **)((char *)row + offsets[i]) = take_text(unpacker, max);
}

/* Room for n of them. A count that the remaining bytes cannot hold gets no memory. */
static void *make_room(Unpacker *unpacker, uint64_t n, size_t packed_min, size_t size)
{
        void *room = NULL;

        if (unpacker->error == 0 && n > unpacker->left / packed_min)
                (void)fail(unpacker, -EBADMSG);
        if (unpacker->error == 0 && n > 0) {
                room = calloc((size_t)n, size);
                if (!room)
                        (void)fail(unpacker, -ENOMEM);
        }
        return room;
}

/* Whether files can be named by it, as id_cell_normalise() promises of what it lets pass. */
static bool number_sound(const char *number)
{
        PhotoName name;

        return *number && photo_name(number, &name) >= 0 &&
               name_class_of_file(name.text) == NAME_NORMAL;
}

static int finish(const Unpacker *unpacker)
{
        return unpacker->error < 0 ? unpacker->error : unpacker->left == 0 ? 0 : -EBADMSG;
}

/* ---- rosters ---- */

static void take_roster_row(Unpacker *unpacker, const Roster *roster, RosterRow *row)
{
        /* Where the reader gave up, it may not know yet; with errors no row is imported. */
        const bool has_points =
                roster->has_point_column || roster->has_sheet_points || roster->n_errors > 0;

        row->row = take_row_number(unpacker);
        take_texts(unpacker, row, roster_row_texts, ELEMENTSOF(roster_row_texts),
                   ROSTER_FIELD_BYTES_MAX);
        if (unpacker->error == 0 &&
            (row->row == 0 || !number_sound(row->id_number) || (!has_points && *row->point)))
                (void)fail(unpacker, -EBADMSG);
}

static void take_problem(Unpacker *unpacker, RosterProblem *problem)
{
        problem->code = take_code(unpacker);
        problem->row = take_row_number(unpacker);
        problem->column = (unsigned)take_number(unpacker, CELLS_MAX);
        problem->other_row = take_row_number(unpacker);
        problem->sheet = take_text(unpacker, ROSTER_FIELD_BYTES_MAX);
        problem->other_sheet = take_text(unpacker, ROSTER_FIELD_BYTES_MAX);
        problem->value = take_text(unpacker, CELL_BYTES_MAX);
        if (problem->code < 0)
                (void)fail(unpacker, -EBADMSG);
}

/* Errors that nobody counted would be imported over. */
static bool counts_agree(const Roster *roster)
{
        size_t errors = 0;

        for (size_t i = 0; i < roster->n_problems; i++)
                errors += roster_code_level(roster->problems[i].code) == ROSTER_ERROR;
        if (roster->n_problems < ROSTER_PROBLEMS_KEPT)
                return roster->n_errors == errors &&
                       roster->n_warnings == roster->n_problems - errors;
        return roster->n_errors >= errors && roster->n_warnings >= roster->n_problems - errors;
}

static void take_roster(Unpacker *unpacker, Roster *roster)
{
        uint64_t n_rows, n_problems;

        if (take_number(unpacker, UINT64_MAX) != PACKED_ROSTER_MAGIC)
                (void)fail(unpacker, -EBADMSG);
        n_rows = take_number(unpacker, ROSTER_ROWS_MAX);
        n_problems = take_number(unpacker, ROSTER_PROBLEMS_KEPT);
        roster->n_errors = (size_t)take_number(unpacker, SIZE_MAX);
        roster->n_warnings = (size_t)take_number(unpacker, SIZE_MAX);
        roster->has_point_column = take_number(unpacker, 1);
        roster->has_sheet_points = take_number(unpacker, 1);
        roster->rows = make_room(unpacker, n_rows, PACKED_SIZE_MIN(1, ELEMENTSOF(roster_row_texts)),
                                 sizeof(*roster->rows));
        for (; unpacker->error == 0 && roster->n_rows < n_rows; roster->n_rows++)
                take_roster_row(unpacker, roster, &roster->rows[roster->n_rows]);
        roster->problems =
                make_room(unpacker, n_problems, PACKED_SIZE_MIN(4, 3), sizeof(*roster->problems));
        for (; unpacker->error == 0 && roster->n_problems < n_problems; roster->n_problems++)
                take_problem(unpacker, &roster->problems[roster->n_problems]);
        if (unpacker->error == 0 && !counts_agree(roster))
                (void)fail(unpacker, -EBADMSG);
}

int roster_unpack(const void *data, size_t size, Roster **ret)
{
        _cleanup_(roster_freep) Roster *roster = calloc(1, sizeof(*roster));
        Unpacker unpacker = {.at = data, .left = size};
        int r;

        if (!roster)
                return -ENOMEM;
        r = arena_new(&roster->strings);
        if (r < 0)
                return r;
        unpacker.strings = roster->strings;
        take_roster(&unpacker, roster);
        r = finish(&unpacker);
        if (r == 0)
                *ret = TAKE_PTR(roster);
        return r;
}

/* ---- progress lists ---- */

static bool moment_is_none(Moment moment)
{
        return moment.date.year == 0 && moment.date.month == 0 && moment.date.day == 0 &&
               moment.second == 0;
}

static Moment take_moment(Unpacker *unpacker)
{
        Moment moment;

        moment.date.year = (int)take_number(unpacker, 9999);
        moment.date.month = (int)take_number(unpacker, 12);
        moment.date.day = (int)take_number(unpacker, 31);
        moment.second = (int)take_number(unpacker, SECONDS_PER_DAY - 1);
        if (!(moment_is_none(moment) || date_valid(moment.date)))
                (void)fail(unpacker, -EBADMSG);
        return moment;
}

static void take_progress_row(Unpacker *unpacker, ProgressRow *row)
{
        row->row = take_row_number(unpacker);
        row->id_problem = take_code(unpacker);
        row->moment = take_moment(unpacker);
        take_texts(unpacker, row, progress_row_texts, ELEMENTSOF(progress_row_texts),
                   CELL_BYTES_MAX);
        if (unpacker->error == 0 &&
            (row->row == 0 || (*row->id_number && !number_sound(row->id_number))))
                (void)fail(unpacker, -EBADMSG);
}

static void take_progress_list(Unpacker *unpacker, ProgressList *list)
{
        uint64_t n_rows;

        if (take_number(unpacker, UINT64_MAX) != PACKED_PROGRESS_MAGIC)
                (void)fail(unpacker, -EBADMSG);
        n_rows = take_number(unpacker, ROSTER_ROWS_MAX);
        list->problem = take_code(unpacker);
        list->problem_row = take_row_number(unpacker);
        list->other_sheet = take_number(unpacker, 1);
        list->rows = make_room(unpacker, n_rows, PACKED_SIZE_MIN(6, ELEMENTSOF(progress_row_texts)),
                               sizeof(*list->rows));
        for (; unpacker->error == 0 && list->n_rows < n_rows; list->n_rows++)
                take_progress_row(unpacker, &list->rows[list->n_rows]);
}

int progress_list_unpack(const void *data, size_t size, ProgressList **ret)
{
        _cleanup_(progress_list_freep) ProgressList *list = calloc(1, sizeof(*list));
        Unpacker unpacker = {.at = data, .left = size};
        int r;

        if (!list)
                return -ENOMEM;
        r = arena_new(&list->strings);
        if (r < 0)
                return r;
        unpacker.strings = list->strings;
        take_progress_list(&unpacker, list);
        r = finish(&unpacker);
        if (r == 0)
                *ret = TAKE_PTR(list);
        return r;
}
