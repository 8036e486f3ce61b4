/* SPDX-License-Identifier: MIT */
#include <idphoto/clientname.h>
#include <idphoto/filename.h>
#include <idphoto/matchkey.h>
#include <idphoto/stem.h>
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

/* What a name is compared by: whatever is done to it leaves text, and no more than there was. */
static void check_stem(const char *name)
{
        _cleanup_free_ char *decoded = NULL, *stem = NULL, *key = NULL, *again = NULL;
        StemPart parts[8];
        size_t n;

        if (!utf8_valid(name)) {
                assert(name_decode(name, &decoded) < 0 && stem_fold(name, &stem) < 0);
                return;
        }
        assert(name_decode(name, &decoded) == 0 && utf8_valid(decoded));
        assert(strlen(decoded) <= strlen(name));
        assert(stem_fold(name, &stem) == 0 && utf8_valid(stem));
        (void)stem_strip_leading_copy_mark(stem);
        for (n = strlen(stem); stem_strip_copy_mark(stem) != COPY_MARK_NONE; n = strlen(stem))
                assert(strlen(stem) < n && stem[0] != '\0' && utf8_valid(stem));
        n = stem_split(stem, parts, ELEMENTSOF(parts));
        for (size_t i = 0; i < n; i++)
                assert(parts[i].size > 0 && parts[i].start >= stem &&
                       parts[i].start + parts[i].size <= stem + strlen(stem));
        assert(match_key(name, &key) == 0 && utf8_valid(key));
        assert(match_key_stored(name, &again) == 0);
        assert(!*again || strcmp(again, key) == 0);
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
        check_stem(name);
        assert(name_class_of_file(name) >= 0 && name_class_of_file(name) < _NAME_CLASS_MAX);
        assert(name_class_of_folder(name) >= 0 && name_class_of_folder(name) < _NAME_CLASS_MAX);
        if (calendar_parse((const char *)data, size, &calendar, NULL) < 0)
                return 0;
        if (workdays_add((Date){2025, 9, 15}, 20, calendar, &date) == 0)
                assert(workdays_between((Date){2025, 9, 15}, date, calendar) == 20);
        return 0;
}
