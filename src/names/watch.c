/* SPDX-License-Identifier: MIT */
#include "watch.h"

#include "corrected.h"
#include "intake/intake.h"
#include "intake/rendition.h"
#include "live/agenda.h"
#include "live/ghost.h"
#include "live/lease.h"
#include "tree/office.h"
#include "tree/tree.h"

#include <idphoto/event.h>
#include <idphoto/log.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/review.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

#include <string.h>

/*
 * The kernel makes an event of a rename only if it finds what is renamed. What has moved already is
 * gone from its old name, so that name resolves a moment longer, as another node than the new name
 * does, for the announcer's rename to begin at.
 */

enum { EVENTS_AT_ONCE = 1000 /* more news than anybody watches: the directories are touched */ };

struct Watch {
        Catalog *catalog; /* the announcer's thread's own, as is the next */
        CatalogLook *look;
        int64_t version; /* of the data when it was looked at last */
        int64_t last;    /* of the news, looked at last */
};

int watch_new(Names *names, Watch **ret)
{
        _cleanup_(watch_freep) Watch *watch = calloc(1, sizeof(*watch));
        int r;

        if (!watch)
                return -ENOMEM;
        r = catalog_open_reader(names->store, &watch->catalog);
        if (r >= 0)
                r = catalog_data_version(watch->catalog, &watch->version);
        if (r >= 0)
                r = catalog_last_news(watch->catalog, &watch->last);
        if (r < 0)
                return r;
        watch->look = catalog_look_new(watch->catalog);
        catalog_use_look(watch->catalog, watch->look);
        *ret = TAKE_PTR(watch);
        return 0;
}

void watch_free(Watch *watch)
{
        if (!watch)
                return;
        catalog_free(watch->catalog);
        catalog_look_free(watch->look);
        free(watch);
}

/* ---- paths ---- */

static void touch(Names *names, const char *path)
{
        agenda_tell(names->agenda, strdup(path), strdup(path));
}

/* Where the point shows the photo: in its own directory, or in rejected/. */
static int point_path(Names *names, Catalog *catalog, const PhotoRow *photo,
                      const char *rejected_name, char **ret)
{
        Place place = {.point = photo->point,
                       .folder = rejected_name ? FOLDER_REJECTED : FOLDER_POINT};
        PhotoName name;
        int r = photo_name(photo->id_number, &name);

        if (r < 0)
                return r;
        return tree_path(names->tree, catalog, &place, rejected_name ? rejected_name : name.text,
                         ret);
}

static void tell_point(Names *names, Catalog *catalog, const PhotoRow *photo, bool rejected,
                       bool brought_back)
{
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_free_ char *there = NULL, *here = NULL;
        const char *name;

        if (!lease_is_looked_at(names->leases, photo->point) ||
            catalog_get_submission(catalog, photo->submission, &row) <= 0)
                return;
        name = row.shown_name ? row.shown_name : row.name;
        if (point_path(names, catalog, photo, NULL, &here) < 0 ||
            point_path(names, catalog, photo, name, &there) < 0)
                return;
        if (rejected) {
                ghost_add(names->tree->ghosts, (Node){.kind = NODE_POINT, .id = photo->point},
                          strrchr(here, '/') + 1, (Node){.kind = NODE_ALIAS, .id = row.id});
                agenda_tell(names->agenda, TAKE_PTR(here), TAKE_PTR(there));
                upload_tell_note(names->intake, row.id);
        } else if (brought_back) {
                ghost_add(names->tree->ghosts,
                          (Node){.kind = NODE_REJECTED_DIR, .id = photo->point}, name,
                          (Node){.kind = NODE_ALIAS, .id = row.id});
                agenda_tell(names->agenda, TAKE_PTR(there), TAKE_PTR(here));
        } else
                touch(names, here);
}

/* ready/ has the approved photos. */
static void tell_ready(Names *names, Catalog *catalog, const PhotoRow *photo, EventKind kind)
{
        _cleanup_free_ char *here = NULL;
        _cleanup_point_ PointRow point = {};
        const char *ready = fixed_name(FIXED_READY, names->tree->language);
        PhotoName name;
        char *path;

        if (!lease_is_looked_at(names->leases, photo->point) ||
            photo_name(photo->id_number, &name) < 0 ||
            catalog_get_point(catalog, photo->point, &point) <= 0 ||
            point_path(names, catalog, photo, NULL, &here) < 0 ||
            asprintf(&path, "%s/%s/%s", point.name, ready, name.text) < 0)
                return;
        if (kind == EVENT_APPROVED) {
                agenda_tell_new(names->agenda, TAKE_PTR(here), path);
                return;
        }
        ghost_add(names->tree->ghosts, (Node){.kind = NODE_READY_DIR, .id = photo->point},
                  name.text, (Node){.kind = NODE_ALIAS, .id = photo->submission});
        agenda_tell_removal(names->agenda, path);
}

void watch_tell_decision(Names *names, int64_t photo, EventKind kind, bool brought_back)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_photo_ PhotoRow row = {};

        if (reader_acquire(names->writer, &reader) < 0 ||
            catalog_get_photo(reader.catalog, photo, &row) <= 0)
                return;
        tell_point(names, reader.catalog, &row, kind == EVENT_DECIDED, brought_back);
        tell_ready(names, reader.catalog, &row, kind);
}

/* ---- what other gateways did ---- */

/* Where the verdict of a submission has put it, when that can still be told. 1, 0. */
static int find_target(Catalog *catalog, const SubmissionRow *row, JudgeTarget *ret)
{
        _cleanup_student_ StudentRow student = {};
        int r;

        if (row->state == SUBMISSION_REJECTED && row->shown_name) {
                *ret = (JudgeTarget){.rejected = true, .name = strdup(row->shown_name)};
                return ret->name ? 1 : -ENOMEM;
        }
        if (row->state != SUBMISSION_ACCEPTED && row->state != SUBMISSION_UNCHANGED)
                return 0;
        r = catalog_get_student(catalog, row->student, &student);
        if (r > 0)
                r = name_of_photo(student.id_number, &ret->name);
        return r < 0 ? r : ret->name != NULL;
}

/* One that was dropped under the name that its photo has: it is seen to appear, as a second name of
 * what was dropped. */
static void tell_arrival(Names *names, Catalog *catalog, const SubmissionRow *row, char *to)
{
        const Place dropped = {.point = row->point, .folder = FOLDER_SUBMITTED};
        char *from = NULL;

        if (tree_path(names->tree, catalog, &dropped, row->name, &from) >= 0)
                agenda_tell_arrival(names->agenda, from, to);
        else
                free(to);
}

/* The dropped name still resolves, and its rename to the place is told here as it was there. */
static void tell_verdict(Names *names, Catalog *catalog, const EventRow *event)
{
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_target_ JudgeTarget target = {};
        TreeStep step;
        Place from;

        lease_announce(names->leases, event->point);
        if (catalog_get_submission(catalog, event->submission, &row) <= 0 ||
            row.batch != names->tree->batch || find_target(catalog, &row, &target) <= 0)
                return;
        from = (Place){.point = row.point, .folder = row.folder};
        if (tree_verdict_step(names->tree, catalog, &from, row.name, &target, &step) < 0)
                return;
        if (strcmp(step.from, step.to) == 0) {
                free(step.from);
                tell_arrival(names, catalog, &row, step.to);
        } else
                agenda_tell(names->agenda, step.from, step.to);
        if (target.rejected)
                upload_tell_note(names->intake, row.id);
}

/* ---- what commands did ---- */

/* In the office's directories. Where it stood before is no longer known; most probable is the one
 * step that led here. */
static void tell_office(Names *names, Catalog *catalog, const PhotoRow *photo, EventKind kind,
                        bool brought_back)
{
        OfficeStep step;

        if (!lease_is_looked_at(names->leases, LEASE_OFFICE) ||
            office_step(names->tree, catalog, photo, kind, brought_back, &step) < 0)
                return;
        ghost_add(names->tree->ghosts, step.parent, strrchr(step.from, '/') + 1,
                  (Node){.kind = NODE_ALIAS, .id = photo->submission});
        agenda_tell(names->agenda, step.from, step.to);
}

static void tell_fixed(Names *names, const char *point, FixedName name)
{
        char *path = NULL;

        if (asprintf(&path, "%s/%s", point, fixed_name(name, names->tree->language)) < 0)
                return;
        touch(names, path);
        free(path);
}

static bool is_verdict(EventKind kind)
{
        return kind == EVENT_ACCEPTED || kind == EVENT_REPLACED || kind == EVENT_UNCHANGED ||
               kind == EVENT_REJECTED;
}

static int tell_event(const EventRow *event, void *userdata)
{
        Names *names = userdata;
        Catalog *catalog = names->watch->catalog;
        _cleanup_submission_ SubmissionRow submission = {};
        _cleanup_photo_ PhotoRow photo = {};
        _cleanup_point_ PointRow point = {};
        bool back = event->detail && strcmp(event->detail, REVIEW_BROUGHT_BACK) == 0;

        /* Most of what happens elsewhere is this, at points where nobody looks here. */
        if ((is_verdict(event->kind) || event->kind == EVENT_RECEIVED) &&
            !lease_is_looked_at(names->leases, event->point))
                return 0;
        if (is_verdict(event->kind)) {
                tell_verdict(names, catalog, event);
                return 0;
        }
        if (event->point != 0 && catalog_get_point(catalog, event->point, &point) <= 0)
                return 0;
        switch (event->kind) {
        case EVENT_APPROVED:
        case EVENT_DECIDED:
        case EVENT_REOPENED:
        case EVENT_LOCKED:
                if (catalog_get_submission(catalog, event->submission, &submission) <= 0 ||
                    catalog_get_photo(catalog, submission.photo, &photo) <= 0)
                        return 0;
                /* What was approved at another gateway is made there. */
                if (!event->elsewhere)
                        rendition_want_by_one(names->intake, photo.id);
                tell_point(names, catalog, &photo, event->kind == EVENT_DECIDED, back);
                tell_office(names, catalog, &photo, event->kind, back);
                tell_ready(names, catalog, &photo, event->kind);
                break;
        case EVENT_POINT_ADDED:
                if (point.name)
                        agenda_tell_directory(names->agenda, strdup(point.name));
                break;
        default:
                corrected_tell(names, catalog, event);
                break;
        }
        if (point.name && !point.removed && lease_is_looked_at(names->leases, point.id)) {
                tell_fixed(names, point.name, FIXED_STATUS_TXT);
                tell_fixed(names, point.name, FIXED_MISSING);
                tell_fixed(names, point.name, FIXED_READY);
        }
        return 0;
}

static int list_events(Names *names)
{
        return catalog_list_news(names->watch->catalog, &names->watch->last, EVENTS_AT_ONCE,
                                 tell_event, names);
}

void watch_poll(Names *names)
{
        Watch *watch = names->watch;
        int64_t version;

        if (!watch)
                return;
        catalog_look_again(watch->catalog);
        /* What was done elsewhere becomes news only a moment after the data changed. */
        if (watch->look) {
                (void)list_events(names);
                return;
        }
        if (catalog_data_version(watch->catalog, &version) < 0 || version == watch->version)
                return;
        watch->version = version;
        (void)list_events(names);
}
