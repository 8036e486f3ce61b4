/* SPDX-License-Identifier: MIT */
#include "office-internal.h"

#include <idphoto/event.h>
#include <idphoto/exportlist.h>
#include <idphoto/exportrow.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>

#include <string.h>

/* ---- which photos stand where ---- */

bool office_shelf(Node directory, Shelf *ret)
{
        switch (directory.kind) {
        case NODE_OFFICE_PENDING:
                *ret = (Shelf){.kind = OFFICE_PENDING, .point = directory.id};
                return true;
        case NODE_OFFICE_APPROVED:
                *ret = (Shelf){.kind = OFFICE_APPROVED, .point = directory.id};
                return true;
        case NODE_OFFICE_REASON:
                *ret = (Shelf){.kind = OFFICE_REJECTED,
                               .reason = reason_decision((size_t)directory.id)};
                return ret->reason >= 0;
        case NODE_OFFICE_DIR:
                *ret = (Shelf){.kind = (OfficeDir)directory.id};
                return directory.id == OFFICE_PLATFORM || directory.id == OFFICE_CENTRE;
        default:
                return false;
        }
}

bool office_stands_on(const Shelf *shelf, const PhotoRow *photo)
{
        switch (shelf->kind) {
        case OFFICE_PENDING:
                return photo->reason < 0 && photo->state == REVIEW_PENDING &&
                       photo->point == shelf->point;
        case OFFICE_APPROVED:
                return photo->reason < 0 && review_state_approved(photo->state) &&
                       photo->point == shelf->point;
        case OFFICE_REJECTED:
                return photo->reason == shelf->reason;
        case OFFICE_PLATFORM:
                return photo->reason < 0 && review_state_approved(photo->state);
        case OFFICE_CENTRE:
                return photo->reason < 0 && review_state_approved(photo->state) &&
                       photo->has_centre;
        default:
                return false;
        }
}

NodeKind office_photo_kind(const Shelf *shelf)
{
        return shelf->kind == OFFICE_PLATFORM ? NODE_OFFICE_EXPORTED
               : shelf->kind == OFFICE_CENTRE ? NODE_OFFICE_CENTRE
                                              : NODE_OFFICE_PHOTO;
}

/* ---- names: "ID.jpg" ---- */

/* One person at two points has two photos, which may meet in a directory of all points: there each
 * has the name that it has in an export, whichever is there. */
int office_photo_name(Catalog *catalog, const Shelf *shelf, int64_t student, const char *id_number,
                      char **ret)
{
        unsigned rank = 0;
        int r = shelf->point != 0 ? 0 : catalog_number_rank(catalog, student, &rank);

        return r < 0 ? r : export_file_name(id_number, rank, ret);
}

enum { NAMESAKES_MAX = 8 };

typedef struct Namesakes {
        const Shelf *shelf;
        size_t n;
        struct {
                int64_t photo;
                int64_t student;
        } items[NAMESAKES_MAX];
} Namesakes;

static int add_namesake(const PhotoRow *row, void *userdata)
{
        Namesakes *all = userdata;

        if (!office_stands_on(all->shelf, row) || all->n == NAMESAKES_MAX)
                return 0;
        all->items[all->n].photo = row->id;
        all->items[all->n++].student = row->student;
        return 0;
}

int office_find_photo(const Tree *tree, Catalog *catalog, const Shelf *shelf, const char *name,
                      PhotoRow *ret)
{
        _cleanup_free_ char *number = strndup(name, strcspn(name, " ."));
        Namesakes all = {.shelf = shelf};
        int r;

        if (!number)
                return -ENOMEM;
        r = catalog_list_photos_of_number(catalog, tree->batch, number, add_namesake, &all);
        for (size_t i = 0; r >= 0 && i < all.n; i++) {
                _cleanup_free_ char *right = NULL;

                r = office_photo_name(catalog, shelf, all.items[i].student, number, &right);
                if (r >= 0 && strcmp(right, name) == 0)
                        return catalog_get_photo(catalog, all.items[i].photo, ret);
        }
        return MIN(r, 0);
}

NodeKind office_shelf_kind(OfficeDir dir)
{
        return dir == OFFICE_PENDING ? NODE_OFFICE_PENDING : NODE_OFFICE_APPROVED;
}

/* ---- steps between shelves ---- */

static int shelf_path(const Tree *tree, Catalog *catalog, const Shelf *shelf, const PhotoRow *photo,
                      char **ret)
{
        static const FixedName names[_OFFICE_DIR_MAX] = {[OFFICE_PENDING] = FIXED_PENDING,
                                                         [OFFICE_APPROVED] = FIXED_APPROVED,
                                                         [OFFICE_REJECTED] = FIXED_REJECTED};
        _cleanup_free_ char *name = NULL;
        _cleanup_point_ PointRow point = {};
        const char *folder = reason_folder(shelf->reason, tree->language);
        int r = office_photo_name(catalog, shelf, photo->student, photo->id_number, &name);

        if (r >= 0)
                r = catalog_get_point(catalog, photo->point, &point);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        return asprintf(ret, "%s/%s/%s/%s", fixed_name(FIXED_OFFICE, tree->language),
                        fixed_name(names[shelf->kind], tree->language),
                        shelf->kind == OFFICE_REJECTED && folder ? folder : point.name, name) < 0
                       ? -ENOMEM
                       : 0;
}

int office_step(const Tree *tree, Catalog *catalog, const PhotoRow *photo, EventKind kind,
                bool brought_back, OfficeStep *ret)
{
        _cleanup_free_ char *from_path = NULL;
        Shelf from = {.kind = OFFICE_PENDING, .point = photo->point, .reason = _REASON_INVALID};
        Shelf to = {.kind = OFFICE_APPROVED, .point = photo->point, .reason = _REASON_INVALID};
        int r;

        if (brought_back || kind == EVENT_LOCKED)
                return -ENOENT;
        if (kind == EVENT_DECIDED)
                to = (Shelf){.kind = OFFICE_REJECTED, .reason = photo->reason};
        else if (kind == EVENT_REOPENED) {
                from.kind = OFFICE_APPROVED;
                to.kind = OFFICE_PENDING;
        }
        r = shelf_path(tree, catalog, &from, photo, &from_path);
        if (r >= 0)
                r = shelf_path(tree, catalog, &to, photo, &ret->to);
        if (r < 0)
                return r;
        ret->parent = (Node){.kind = office_shelf_kind(from.kind), .id = photo->point};
        ret->from = TAKE_PTR(from_path);
        return 0;
}

int office_correction(const Tree *tree, Catalog *catalog, const PhotoRow *photo,
                      const FormerRow *before, OfficeStep *ret)
{
        bool pending = photo->state == REVIEW_PENDING;
        Shelf to = {.kind = pending ? OFFICE_PENDING : OFFICE_APPROVED,
                    .point = photo->point,
                    .reason = _REASON_INVALID};
        Shelf from = to;
        PhotoRow former = *photo;
        _cleanup_free_ char *from_path = NULL;
        int r;

        if (photo->reason >= 0 || (!pending && !review_state_approved(photo->state)))
                return -ENOENT;
        from.point = former.point = before->point;
        former.id_number = (char *)before->id_number;
        r = shelf_path(tree, catalog, &from, &former, &from_path);
        if (r >= 0)
                r = shelf_path(tree, catalog, &to, photo, &ret->to);
        if (r < 0)
                return r;
        ret->parent = (Node){.kind = office_shelf_kind(from.kind), .id = before->point};
        ret->from = TAKE_PTR(from_path);
        return 0;
}
