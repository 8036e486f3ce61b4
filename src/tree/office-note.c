/* SPDX-License-Identifier: MIT */
#include "office.h"

/*
 * The file beside a rejected photo says why, and below a line what the reviewer adds. Whatever
 * program saves it, the words are what stands below that line; where somebody has cleared the file
 * and begun anew, all of it.
 */

const char *const office_note_lines[_LANGUAGE_MAX] = {
        "---- The teaching point reads what you write below this line. ----",
        "---- 请在此行下面填写审核说明，教学点会看到。----",
};

int office_note_text(const Tree *tree, Catalog *catalog, int64_t photo, char **ret,
                     size_t *ret_size)
{
        _cleanup_text_ Text text = {};
        _cleanup_photo_ PhotoRow row = {};
        int r = catalog_get_photo(catalog, photo, &row);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        if (row.reason < 0)
                return -ENOENT;
        text_append(&text, reason_title(row.reason, tree->language));
        text_append(&text, "\n");
        text_append(&text, reason_advice(row.reason, tree->language));
        text_append(&text, "\n\n");
        text_append(&text, office_note_lines[tree->language]);
        text_append(&text, "\n");
        text_append(&text, row.note);
        if (*row.note)
                text_append(&text, "\n");
        return text_take(&text, ret, ret_size);
}
