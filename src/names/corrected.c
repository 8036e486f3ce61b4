/* SPDX-License-Identifier: MIT */
#include "corrected.h"

#include "live/agenda.h"
#include "live/ghost.h"
#include "live/lease.h"
#include "tree/office.h"
#include "tree/tree.h"

#include <idphoto/correctrow.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

#include <string.h>

/*
 * As in watch.c, what has moved already is announced from its former name, which resolves a moment
 * longer. The kernel may have the former name lent, as the very node that the new name is; then a
 * rename would be none to it. So nothing is lent from now on, and the announcement waits until what
 * is lent has been returned.
 */

enum { FORMER_AT_ONCE = 200 /* as ghosts are few; of more the directories tell */ };

/* A student before the event, and where everything is now. */
typedef struct Correction {
        Names *names;
        Catalog *catalog;
        const FormerRow *former;
        StudentRow student;
        PhotoRow photo;
        PointRow from;
        PointRow to;
} Correction;

static void correction_done(Correction *c)
{
        student_row_done(&c->student);
        photo_row_done(&c->photo);
        point_row_done(&c->from);
        point_row_done(&c->to);
}

static void pause_for(Names *names, const PointRow *point)
{
        lease_announce(names->leases, point->id);
        agenda_pause(names->agenda, strdup(point->name));
}

/* Takes over the path. */
static void touch(Names *names, char *path)
{
        agenda_tell(names->agenda, path, path ? strdup(path) : NULL);
}

static char *path_in(const Names *names, const PointRow *point, FixedName folder, const char *name)
{
        char *path;
        int r = folder < 0 ? asprintf(&path, "%s/%s", point->name, name)
                           : asprintf(&path, "%s/%s/%s", point->name,
                                      fixed_name(folder, names->tree->language), name);

        return r < 0 ? NULL : path;
}

static void touch_fixed(Names *names, const PointRow *point, FixedName name)
{
        touch(names,
              path_in(names, point, _FIXED_INVALID, fixed_name(name, names->tree->language)));
}

/* ---- the photo ---- */

static void tell_office(const Correction *c)
{
        OfficeStep step;

        if (office_correction(c->names->tree, c->catalog, &c->photo, c->former, &step) < 0)
                return;
        ghost_add(c->names->tree->ghosts, step.parent, strrchr(step.from, '/') + 1,
                  (Node){.kind = NODE_ALIAS, .id = c->photo.submission});
        agenda_tell(c->names->agenda, step.from, step.to);
}

/* 1: somebody else's photo has the former name now. */
static int former_name_taken(const Correction *c)
{
        _cleanup_photo_ PhotoRow other = {};

        return catalog_find_photo(c->catalog, (Where){c->former->batch, c->former->point},
                                  c->former->id_number, &other);
}

static void tell_photo(const Correction *c)
{
        Node parent = {.kind = NODE_POINT, .id = c->from.id};
        PhotoName before, now;

        if (photo_name(c->former->id_number, &before) < 0 ||
            photo_name(c->student.id_number, &now) < 0)
                return;
        /* Of two rows that became one, the photo stood under the right name already. */
        if (c->former->merged != 0 || former_name_taken(c) != 0) {
                touch(c->names, path_in(c->names, &c->to, _FIXED_INVALID, now.text));
                return;
        }
        ghost_add(c->names->tree->ghosts, parent, before.text,
                  (Node){.kind = NODE_ALIAS, .id = c->photo.submission});
        agenda_tell(c->names->agenda, path_in(c->names, &c->from, _FIXED_INVALID, before.text),
                    path_in(c->names, &c->to, _FIXED_INVALID, now.text));
        tell_office(c);
}

/* ---- what is in rejected/ ---- */

static int tell_rejected(int64_t id, void *userdata)
{
        const Correction *c = userdata;
        Node parent = {.kind = NODE_REJECTED_DIR, .id = c->from.id};
        _cleanup_submission_ SubmissionRow row = {};
        int r = catalog_get_submission(c->catalog, id, &row);

        if (r <= 0 || !row.shown_name)
                return MIN(r, 0);
        ghost_add(c->names->tree->ghosts, parent, row.shown_name,
                  (Node){.kind = NODE_ALIAS, .id = row.id});
        agenda_tell(c->names->agenda, path_in(c->names, &c->from, FIXED_REJECTED, row.shown_name),
                    path_in(c->names, &c->to, FIXED_REJECTED, row.shown_name));
        return 0;
}

/* ---- one student, or those of a point ---- */

static int load(Correction *c)
{
        int r = catalog_get_student(c->catalog, c->former->student, &c->student);

        if (r > 0)
                r = catalog_get_point(c->catalog, c->former->point, &c->from);
        if (r > 0)
                r = catalog_get_point(c->catalog, c->student.point, &c->to);
        if (r > 0 && c->student.photo != 0)
                r = catalog_get_photo(c->catalog, c->student.photo, &c->photo);
        return r;
}

/* The name of a point that has another one, or none, by now. */
static void keep_point_name(Names *names, const char *name, int64_t id)
{
        const Node root = {.kind = NODE_ROOT}, point = {.kind = NODE_POINT, .id = id};

        ghost_add(names->tree->ghosts, root, name, point);
}

typedef struct FormerTelling {
        Names *names;
        Catalog *catalog;
        bool paused;
} FormerTelling;

static int tell_former(const FormerRow *former, void *userdata)
{
        FormerTelling *telling = userdata;
        _cleanup_(correction_done) Correction c = {
                .names = telling->names, .catalog = telling->catalog, .former = former};
        Belongings whose = {.student = former->student};
        bool moved;

        if (load(&c) <= 0)
                return 0;
        moved = c.from.id != c.to.id;
        if (!telling->paused) {
                pause_for(c.names, &c.from);
                if (moved)
                        lease_announce(c.names->leases, c.to.id);
                touch_fixed(c.names, &c.from, FIXED_MISSING);
                if (moved && !c.from.removed)
                        touch_fixed(c.names, &c.from, FIXED_STATUS_TXT);
        }
        telling->paused = true;
        if (c.student.photo != 0)
                tell_photo(&c);
        if (moved)
                (void)catalog_list_rejected_of(c.catalog, &whose, tell_rejected, &c);
        /* The paths lead through it. */
        if (c.from.removed)
                keep_point_name(c.names, c.from.name, c.from.id);
        return 0;
}

static void tell_students(Names *names, Catalog *catalog, int64_t event)
{
        FormerTelling telling = {.names = names, .catalog = catalog};

        (void)catalog_list_former(catalog, event, FORMER_AT_ONCE, tell_former, &telling);
}

/* ---- what was put aside ---- */

static void tell_withdrawn(Names *names, Catalog *catalog, const EventRow *event,
                           const PointRow *point)
{
        _cleanup_student_ StudentRow student = {};
        PhotoName name;

        if (!lease_is_looked_at(names->leases, point->id) ||
            catalog_get_student(catalog, event->student, &student) <= 0 || student.photo != 0 ||
            photo_name(student.id_number, &name) < 0)
                return;
        pause_for(names, point);
        ghost_add(names->tree->ghosts, (Node){.kind = NODE_POINT, .id = point->id}, name.text,
                  (Node){.kind = NODE_ALIAS, .id = event->submission});
        agenda_tell_removal(names->agenda, path_in(names, point, _FIXED_INVALID, name.text));
}

static void tell_dismissed(Names *names, Catalog *catalog, const EventRow *event,
                           const PointRow *point)
{
        Node parent = {.kind = NODE_REJECTED_DIR, .id = point->id},
             node = {.kind = NODE_ALIAS, .id = event->submission};
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_free_ char *note = NULL;

        if (!lease_is_looked_at(names->leases, point->id) ||
            catalog_get_submission(catalog, event->submission, &row) <= 0 || !row.shown_name ||
            tree_note_name(names->tree, catalog, &row, &note) < 0)
                return;
        pause_for(names, point);
        ghost_add(names->tree->ghosts, parent, row.shown_name, node);
        ghost_add(names->tree->ghosts, parent, note, node);
        agenda_tell_removal(names->agenda, path_in(names, point, FIXED_REJECTED, row.shown_name));
        agenda_tell_removal(names->agenda, path_in(names, point, FIXED_REJECTED, note));
}

/* ---- points ---- */

void corrected_tell(Names *names, Catalog *catalog, const EventRow *event)
{
        _cleanup_point_ PointRow point = {};

        if (event->point == 0 || catalog_get_point(catalog, event->point, &point) <= 0)
                return;
        switch (event->kind) {
        case EVENT_CORRECTED:
        case EVENT_MOVED:
        case EVENT_POINT_MERGED:
                tell_students(names, catalog, event->id);
                break;
        case EVENT_WITHDRAWN:
                tell_withdrawn(names, catalog, event, &point);
                break;
        case EVENT_DISMISSED:
                tell_dismissed(names, catalog, event, &point);
                break;
        case EVENT_POINT_CHANGED:
                touch(names, strdup(point.name));
                break;
        case EVENT_POINT_RENAMED:
                if (!event->detail || strcmp(event->detail, point.name) == 0)
                        break;
                keep_point_name(names, event->detail, point.id);
                agenda_tell_renamed_directory(names->agenda, strdup(event->detail),
                                              strdup(point.name));
                break;
        case EVENT_POINT_REMOVED:
                keep_point_name(names, point.name, point.id);
                agenda_tell_removal(names->agenda, strdup(point.name));
                break;
        default:
                break;
        }
}
