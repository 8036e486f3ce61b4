/* SPDX-License-Identifier: MIT */
#include "office-decide.h"

#include "intake/rendition.h"
#include "live/lease.h"
#include "tree/office.h"
#include "watch.h"

#include <idphoto/review.h>

#include <string.h>

/* ---- moving is deciding ---- */

typedef struct DecideTask {
        int64_t photo;
        ReviewDecision decision;
} DecideTask;

static int decide(Catalog *catalog, void *userdata)
{
        const DecideTask *task = userdata;

        return review_decide(catalog, task->photo, &task->decision);
}

/* The decision that moving to that shelf makes. -EACCES: it makes none. */
static int decision_of(const Shelf *from, const Shelf *to, const PhotoRow *photo,
                       ReviewDecision *ret)
{
        if (from->kind >= OFFICE_PLATFORM || to->kind >= OFFICE_PLATFORM)
                return -EACCES;
        if (to->point != 0 && to->point != photo->point)
                return -EACCES;
        ret->event = to->kind == OFFICE_PENDING    ? REVIEW_REOPEN
                     : to->kind == OFFICE_APPROVED ? REVIEW_APPROVE
                                                   : REVIEW_REJECT;
        ret->reason = to->kind == OFFICE_REJECTED ? to->reason : _REASON_INVALID;
        return 0;
}

int office_rename(Names *names, Node parent, const char *name, Node new_parent,
                  const char *new_name, Actor actor)
{
        DecideTask task = {.decision = {.actor = actor.uid, .now = names_now(names)}};
        Shelf from, to;
        int64_t point;
        int r;

        if (!office_shelf(parent, &from) || !office_shelf(new_parent, &to) ||
            strcmp(name, new_name) != 0)
                return -EACCES;
        {
                _cleanup_reader_ Reader reader = {};
                _cleanup_photo_ PhotoRow photo = {};

                r = reader_acquire(names->writer, &reader);
                if (r >= 0)
                        r = office_find_photo(names->tree, reader.catalog, &from, name, &photo);
                if (r <= 0)
                        return r < 0 ? r : -ENOENT;
                task.photo = photo.id;
                point = photo.point;
                r = decision_of(&from, &to, &photo, &task.decision);
                if (r < 0)
                        return r;
        }
        task.decision.point = point;
        r = lease_run(names->leases, names->writer, point, decide, &task, 0);
        /* Moved to another point meanwhile. The kernel looks it up again. */
        if (r == -EXDEV)
                r = -ESTALE;
        if (r > 0 && to.kind == OFFICE_APPROVED)
                rendition_want(names->intake, task.photo);
        if (r > 0)
                watch_tell_decision(names, task.photo,
                                    to.kind == OFFICE_REJECTED ? EVENT_DECIDED : EVENT_APPROVED,
                                    from.kind == OFFICE_REJECTED);
        return MIN(r, 0);
}

/* ---- the note beside a rejected photo ---- */

static const char *behind_line(const char *text)
{
        for (int l = 0; l < _LANGUAGE_MAX; l++) {
                const char *found = strstr(text, office_note_lines[l]);

                if (found)
                        return found + strlen(office_note_lines[l]);
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

static int point_of_photo(Names *names, int64_t photo, int64_t *ret)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_photo_ PhotoRow row = {};
        int r = reader_acquire(names->writer, &reader);

        if (r >= 0)
                r = catalog_get_photo(reader.catalog, photo, &row);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        *ret = row.point;
        return 0;
}

int office_note_save(Names *names, int64_t photo, const char *text, size_t size, Actor actor)
{
        static const char mark[] = "\xef\xbb\xbf";
        _cleanup_free_ char *copy = malloc(size + 1), *note = NULL;
        NoteTask task = {.photo = photo, .actor = actor, .now = names_now(names)};
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
        r = point_of_photo(names, photo, &point);
        if (r >= 0)
                r = lease_run(names->leases, names->writer, point, save, &task, 0);
        return r == -E2BIG ? -EFBIG : MIN(r, 0);
}
