/* SPDX-License-Identifier: MIT */
#include <idphoto/listpack.h>

#include "roster/packform.h"

#include <idphoto/text.h>

#include <assert.h>
#include <string.h>

/*
 * Bytes as which a taken-over worker may hand over a list. What is let through must be what the
 * rest of the program relies on, and must come out the same when it is packed again. The first byte
 * says which kind of list it is; its magic is set right, the rest is the fuzzer's.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int sink(const void *data, size_t size, void *userdata)
{
        Text *text = userdata;

        text_append_data(text, data, size);
        return text->error;
}

static void check_same(const Text *text, const uint8_t *data, size_t size)
{
        assert(text->size == size && memcmp(text->data, data, size) == 0);
}

static void check_texts(const void *row, const size_t *offsets, size_t n, size_t max)
{
        for (size_t i = 0; i < n; i++) {
                const char *text = *(const char *const *)((const char *)row + offsets[i]);

                assert(strlen(text) <= max && utf8_valid(text));
        }
}

static void check_number(const char *number)
{
        DocumentNumber fits;

        assert(document_number(number, &fits) == 0 && !strchr(number, '/'));
}

static void check_roster(const uint8_t *data, size_t size)
{
        _cleanup_(roster_freep) Roster *roster = NULL;
        _cleanup_text_ Text again = {};

        if (roster_unpack(data, size, &roster) < 0)
                return;
        for (size_t i = 0; i < roster->n_rows; i++) {
                check_texts(&roster->rows[i], roster_row_texts, ELEMENTSOF(roster_row_texts),
                            ROSTER_FIELD_BYTES_MAX);
                check_number(roster->rows[i].id_number);
                assert(roster->rows[i].row > 0 && *roster->rows[i].id_number);
        }
        for (size_t i = 0; i < roster->n_problems; i++) {
                assert(roster_code_to_string(roster->problems[i].code));
                assert(roster->n_errors > 0 ||
                       roster_code_level(roster->problems[i].code) != ROSTER_ERROR);
                assert(utf8_valid(roster->problems[i].value));
        }
        assert(roster_pack(roster, sink, &again) == 0);
        check_same(&again, data, size);
}

static void check_progress_list(const uint8_t *data, size_t size)
{
        _cleanup_(progress_list_freep) ProgressList *list = NULL;
        _cleanup_text_ Text again = {};

        if (progress_list_unpack(data, size, &list) < 0)
                return;
        for (size_t i = 0; i < list->n_rows; i++) {
                check_texts(&list->rows[i], progress_row_texts, ELEMENTSOF(progress_row_texts),
                            1024);
                check_number(list->rows[i].id_number);
                assert(list->rows[i].moment.date.year == 0 ||
                       date_valid(list->rows[i].moment.date));
        }
        assert(progress_list_pack(list, sink, &again) == 0);
        check_same(&again, data, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const uint64_t magics[] = {PACKED_ROSTER_MAGIC, PACKED_PROGRESS_MAGIC};
        _cleanup_free_ uint8_t *bytes = NULL;
        size_t kind;

        if (size == 0)
                return 0;
        kind = data[0] % ELEMENTSOF(magics);
        bytes = malloc(sizeof(uint64_t) + size);
        if (!bytes)
                return 0;
        memcpy(bytes, &magics[kind], sizeof(uint64_t));
        memcpy(bytes + sizeof(uint64_t), data + 1, size - 1);
        if (kind == 0)
                check_roster(bytes, sizeof(uint64_t) + size - 1);
        else
                check_progress_list(bytes, sizeof(uint64_t) + size - 1);
        return 0;
}
