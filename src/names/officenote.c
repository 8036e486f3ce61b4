/* SPDX-License-Identifier: MIT */
#include "tree/office.h"

#include "live/lease.h"

#include <idphoto/photorow.h>
#include <idphoto/review.h>

#include <string.h>

/*
 * The file beside a rejected photo says why, and below a line what the reviewer adds. Whatever
 * program saves it, the words are what stands below that line; where somebody has cleared the file
 * and begun anew, all of it.
 */

static const char *const lines[_LANGUAGE_MAX] = {
        "---- The teaching point reads what you write below this line. ----",
        "---- 请在此行下面填写审核说明，教学点会看到。----",
};

int office_note_text(Fs *fs, Catalog *catalog, int64_t photo, char **ret, size_t *ret_size)
{
        _cleanup_text_ Text text = {};
        _cleanup_photo_ PhotoRow row = {};
        int r = catalog_get_photo(catalog, photo, &row);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        if (row.reason < 0)
                return -ENOENT;
        text_append(&text, reason_title(row.reason, fs->language));
        text_append(&text, "\n");
        text_append(&text, reason_advice(row.reason, fs->language));
        text_append(&text, "\n\n");
        text_append(&text, lines[fs->language]);
        text_append(&text, "\n");
        text_append(&text, row.note);
        if (*row.note)
                text_append(&text, "\n");
        return text_take(&text, ret, ret_size);
}

static const char *behind_line(const char *text)
{
        for (int l = 0; l < _LANGUAGE_MAX; l++) {
                const char *found = strstr(text, lines[l]);

                if (found)
                        return found + strlen(lines[l]);
        }
        return text;
}

/* Without carriage returns, and without blanks and line ends around it. */
static char *clean(const char *text)
{
        char *copy = strdup(text + strspn(text, " \t\r\n")), *to = copy;

        if (!copy)
                return NULL;
        for (const char *from = copy; *from; from++)
                if (*from != '\r')
                        *to++ = *from;
        while (to > copy && strchr(" \t\n", to[-1]))
                to--;
        *to = '\0';
        return copy;
}

typedef struct NoteTask {
        int64_t photo;
        const char *note;
        Actor actor;
        int64_t now;
} NoteTask;

static int save(Catalog *catalog, void *userdata)
{
        const NoteTask *task = userdata;

        return review_note(catalog, task->photo, task->note, task->actor.uid, task->now);
}

static int point_of_photo(Fs *fs, int64_t photo, int64_t *ret)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_photo_ PhotoRow row = {};
        int r = reader_acquire(fs, &reader);

        if (r >= 0)
                r = catalog_get_photo(reader.catalog, photo, &row);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        *ret = row.point;
        return 0;
}

int office_note_save(Fs *fs, int64_t photo, const char *text, size_t size, Actor actor)
{
        static const char mark[] = "\xef\xbb\xbf";
        _cleanup_free_ char *copy = malloc(size + 1), *note = NULL;
        NoteTask task = {.photo = photo, .actor = actor, .now = fs_now(fs)};
        int64_t point;
        int r;

        if (!copy)
                return -ENOMEM;
        memcpy(copy, text, size);
        copy[size] = '\0';
        if (strlen(copy) != size)
                return -EILSEQ;
        note = clean(behind_line(strncmp(copy, mark, 3) == 0 ? copy + 3 : copy));
        if (!note)
                return -ENOMEM;
        task.note = note;
        r = point_of_photo(fs, photo, &point);
        if (r >= 0)
                r = lease_run(fs, point, save, &task, 0);
        return r == -E2BIG ? -EFBIG : MIN(r, 0);
}
