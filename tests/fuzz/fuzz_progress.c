/* SPDX-License-Identifier: MIT */
#include <idphoto/centrestatus.h>
#include <idphoto/progresslist.h>

#include <assert.h>
#include <string.h>

/* Any bytes as a progress list, and what stands in its status column. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
        assert(text && utf8_valid(text));
}

static void check_status(const ProgressRow *row)
{
        _cleanup_centre_status_ CentreStatus status = {};
        int r = centre_status_parse(row->status, row->reason, &status);

        assert(r >= 0);
        if (r == 0)
                return;
        assert(status.stage >= 0 && status.stage < _STAGE_MAX);
        assert(status.moment.date.year == 0 || date_valid(status.moment.date));
        check_text(status.words);
}

static void check_row(const ProgressRow *row)
{
        const char *texts[] = {row->id_number, row->student_no, row->status, row->reason,
                               row->date_text};

        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                check_text(texts[i]);
        assert(row->row > 0);
        assert(row->moment.date.year == 0 || date_valid(row->moment.date));
        assert(row->moment.second >= 0 && row->moment.second < 24 * 60 * 60);
        check_status(row);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_(progress_list_freep) ProgressList *list = NULL;

        if (progress_list_read(data, size, NULL, (Date){2025, 9, 1}, &list) < 0)
                return 0;
        if (list->problem >= 0) {
                assert(roster_code_to_string(list->problem));
                return 0;
        }
        for (size_t i = 0; i < list->n_rows; i++)
                check_row(&list->rows[i]);
        return 0;
}
