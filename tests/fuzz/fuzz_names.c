/* SPDX-License-Identifier: MIT */
#include <idphoto/clientname.h>
#include <idphoto/filename.h>
#include <idphoto/workdays.h>

#include <assert.h>
#include <string.h>

/* Names that clients may give, and a calendar file. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_identity(const char *name)
{
        FilenameIdentity got;
        ReasonCode problem;

        if (filename_identity(name, (Date){2025, 9, 1}, &got) < 0) {
                assert(!utf8_valid(name));
                return;
        }
        assert(utf8_valid(name));
        assert(got.valid == (got.problem == _REASON_INVALID) || got.kind == FILENAME_NONE);
        if (got.kind == FILENAME_NONE) {
                assert(!got.valid && got.number.text[0] == '\0' && reason_to_string(got.problem));
                return;
        }
        assert(strlen(got.number.text) == ID_NUMBER_LENGTH);
        if (got.valid)
                assert(id_number_valid(got.number.text, (Date){2025, 9, 1}, &problem));
        if (got.ambiguous)
                assert(got.problem == REASON_NAME_TWO_NUMBERS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_free_ char *name = calloc(1, size + 1);
        _cleanup_(calendar_freep) Calendar *calendar = NULL;
        Date date;

        assert(name);
        if (size > 0)
                memcpy(name, data, size);
        check_identity(name);
        assert(name_class_of_file(name) >= 0 && name_class_of_file(name) < _NAME_CLASS_MAX);
        assert(name_class_of_folder(name) >= 0 && name_class_of_folder(name) < _NAME_CLASS_MAX);
        if (calendar_parse((const char *)data, size, &calendar, NULL) < 0)
                return 0;
        if (workdays_add((Date){2025, 9, 15}, 20, calendar, &date) == 0)
                assert(workdays_between((Date){2025, 9, 15}, date, calendar) == 20);
        return 0;
}
