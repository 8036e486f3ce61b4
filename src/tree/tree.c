/* SPDX-License-Identifier: MIT */
#include "tree.h"

#include <idphoto/notename.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/standing.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

#include "attributes.h"
#include "intake/intake.h"
#include "live/ghost.h"
#include "office.h"

#include <string.h>

/* NODE_ROOT: there is none. */
static Node fixed_node(Node parent, FixedName name)
{
        static const NodeKind kinds[_FIXED_MAX] = {
                [FIXED_STATUS_TXT] = NODE_STATUS,       [FIXED_STATUS_CSV] = NODE_STATUS_CSV,
                [FIXED_STATUS_XLSX] = NODE_STATUS_XLSX, [FIXED_INDEX_HTML] = NODE_INDEX_HTML,
                [FIXED_REJECTED] = NODE_REJECTED_DIR,   [FIXED_MISSING] = NODE_MISSING_DIR,
                [FIXED_SUBMITTED] = NODE_SUBMITTED_DIR, [FIXED_READY] = NODE_READY_DIR,
                [FIXED_MANIFEST] = NODE_READY_MANIFEST, [FIXED_OFFICE] = NODE_OFFICE_DIR,
        };

        if (office_has(parent))
                return office_fixed_node(parent, name);
        return (Node){.kind = kinds[name], .id = parent.kind == NODE_ROOT ? 0 : parent.id};
}

/* Every ls -l asks for the workbook's size, so that it has to be made. 20,000 students are four times
 * as many as a point has. */
static int too_many_for_workbook(const Tree *tree, Catalog *catalog, Node node)
{
        enum { WORKBOOK_STUDENTS_MAX = 20000 };
        uint64_t students = 0;
        PointCounts counts;
        int r;

        if (node.kind != NODE_STATUS_XLSX)
                return 0;
        r = catalog_counts(catalog, (Where){tree->batch, node.id}, &counts);
        if (r < 0)
                return r;
        for (int state = 0; state < _REVIEW_STATE_MAX; state++)
                students += counts.students[state];
        return students > WORKBOOK_STUDENTS_MAX;
}

int tree_fixed_entry(const Tree *tree, Catalog *catalog, Node parent, FixedName name, bool listing,
                     Entry *ret)
{
        Entry entry = {.node = fixed_node(parent, name)};
        int r;

        if (entry.node.kind == NODE_ROOT)
                return 0;
        r = too_many_for_workbook(tree, catalog, entry.node);
        if (r != 0)
                return MIN(r, 0);
        if (node_is_snapshot(entry.node) && listing)
                r = attributes_status_entry(tree, catalog, entry.node, &entry);
        else if (node_is_snapshot(entry.node)) {
                r = attributes_status(tree, catalog, entry.node, true, &entry.attributes);
                if (r >= 0)
                        (void)node_from_ino(entry.attributes.st_ino, &entry.node);
        } else
                r = tree_attributes(tree, catalog, entry.node, &entry.attributes);
        if (r < 0)
                return r;
        *ret = entry;
        return 1;
}

int tree_find_photo(const Tree *tree, Catalog *catalog, int64_t point, const char *name,
                    PhotoRow *ret)
{
        DocumentNumber number;
        _cleanup_free_ char *folded = NULL;
        int r = text_fold(name, &folded);

        if (r < 0)
                return r == -EILSEQ ? 0 : r;
        if (photo_name_number(folded, &number) < 0)
                return 0;
        return catalog_find_photo(catalog, (Where){tree->batch, point}, number.text, ret);
}

static int same_note(const Tree *tree, Catalog *catalog, const SubmissionRow *row,
                     const char *folded)
{
        _cleanup_free_ char *name = NULL, *own = NULL;
        int r = tree_note_name(tree, catalog, row, &name);

        if (r >= 0)
                r = text_fold(name, &own);
        return r < 0 ? r : strcmp(own, folded) == 0;
}

/* The rejected file of that note. A name has several places where the reason may begin. */
static int find_noted(const Tree *tree, Catalog *catalog, int64_t point, const char *note,
                      SubmissionRow *ret)
{
        _cleanup_free_ char *folded = NULL;
        size_t at = 0;
        int r = text_fold(note, &folded);

        if (r < 0)
                return r == -EILSEQ ? 0 : r;
        for (;;) {
                _cleanup_submission_ SubmissionRow row = {};
                _cleanup_free_ char *name = NULL;
                int64_t id;

                r = note_name_owner(folded, &at, &name, &id);
                if (r <= 0)
                        return r;
                r = catalog_find_rejected(catalog, (Where){tree->batch, point}, name, &row);
                if (r == 0 && id != 0) {
                        r = catalog_get_submission(catalog, id, &row);
                        if (r > 0 && (row.batch != tree->batch || row.point != point ||
                                      row.state != SUBMISSION_REJECTED))
                                r = 0;
                }
                if (r > 0)
                        r = same_note(tree, catalog, &row, folded);
                if (r < 0)
                        return r;
                if (r > 0) {
                        *ret = row;
                        row = (SubmissionRow){};
                        return 1;
                }
        }
}

static int lookup_in_rejected(const Tree *tree, Catalog *catalog, const PointRow *point,
                              const char *name, Entry *ret)
{
        _cleanup_submission_ SubmissionRow row = {}, owner = {};
        Findings findings;
        int r;

        r = catalog_find_rejected(catalog, (Where){tree->batch, point->id}, name, &row);
        if (r < 0)
                return r;
        if (r > 0) {
                ret->node = (Node){.kind = NODE_REJECTED, .id = row.id};
                attributes_rejected(&row, point, &ret->attributes);
                return 1;
        }
        r = find_noted(tree, catalog, point->id, name, &owner);
        if (r <= 0)
                return r;
        ret->node = (Node){.kind = NODE_REASON, .id = owner.id};
        r = catalog_get_findings(catalog, owner.id, &findings);
        if (r >= 0)
                r = attributes_reason(tree, catalog, &owner, &findings, point, &ret->attributes);
        return r < 0 ? r : 1;
}

/* "ID NAME.txt": found by the number it begins with, if the rest is right too. */
static int lookup_in_missing(const Tree *tree, Catalog *catalog, int64_t point_id, const char *name,
                             Entry *ret)
{
        _cleanup_student_ StudentRow row = {};
        _cleanup_point_ PointRow point = {};
        _cleanup_free_ char *number = strndup(name, strcspn(name, " .")), *right = NULL;
        int r;

        if (!number)
                return -ENOMEM;
        r = catalog_find_student(catalog, (Where){tree->batch, point_id}, number, &row);
        if (r <= 0 || row.photo != 0 || !row.shown)
                return MIN(r, 0);
        r = tree_missing_name(&row, &right);
        if (r < 0)
                return r;
        if (strcmp(name, right) != 0)
                return 0;
        r = catalog_get_point(catalog, point_id, &point);
        if (r <= 0)
                return r;
        ret->node = (Node){.kind = NODE_MISSING, .id = row.id};
        r = attributes_missing(tree, &row, &point, &ret->attributes);
        return r < 0 ? r : 1;
}

static int lookup_in_ready(const Tree *tree, Catalog *catalog, int64_t point_id, const char *name,
                           Entry *ret)
{
        _cleanup_photo_ PhotoRow photo = {};
        _cleanup_point_ PointRow point = {};
        int r = tree_find_photo(tree, catalog, point_id, name, &photo);

        if (r <= 0 || !review_state_approved(photo.state))
                return MIN(r, 0);
        r = catalog_get_point(catalog, point_id, &point);
        if (r <= 0)
                return r;
        ret->node = (Node){.kind = NODE_READY, .id = photo.id};
        attributes_photo(ret->node, &photo, &point, &ret->attributes);
        return 1;
}

/* Where a name is looked for: in a place, and in the one that stands beside it [D4]. */
typedef struct Search {
        Where where, beside;
} Search;

static int find_upload(Catalog *catalog, const Search *search, const char *name, SubmissionRow *ret)
{
        int r = catalog_find_upload(catalog, search->where, name, ret);

        if (r == 0 && search->beside.folder != search->where.folder)
                r = catalog_find_upload(catalog, search->beside, name, ret);
        return r;
}

static int find_alias(Catalog *catalog, const Search *search, const char *name, SubmissionRow *ret)
{
        int r = catalog_find_alias(catalog, search->where, name, ret);

        if (r == 0 && search->beside.folder != search->where.folder)
                r = catalog_find_alias(catalog, search->beside, name, ret);
        return r;
}

static int find_submitted_folder(Catalog *catalog, Where where, const char *name, Entry *ret)
{
        _cleanup_folder_ FolderRow row = {};
        int r = catalog_find_folder(catalog, where, name, &row);

        if (r <= 0 || (row.temporary && !row.marker))
                return MIN(r, 0);
        r = catalog_folder_has_drops(catalog, row.id);
        if (r < 0)
                return r;
        ret->node = (Node){.kind = NODE_SUBMITTED_FOLDER, .id = row.id};
        ret->unlisted = r == 0;
        attributes_folder(ret->node, &row, &ret->attributes);
        return 1;
}

static int find_folder(Catalog *catalog, Node parent, const Search *search, const char *name,
                       Entry *ret)
{
        _cleanup_folder_ FolderRow row = {};
        int r;

        if (parent.kind == NODE_SUBMITTED_FOLDER)
                return find_submitted_folder(catalog, search->where, name, ret);
        r = catalog_find_folder(catalog, search->where, name, &row);
        if (r == 0 && search->beside.folder != search->where.folder)
                return find_submitted_folder(catalog, search->beside, name, ret);
        if (r <= 0)
                return r;
        ret->node = (Node){.kind = NODE_FOLDER, .id = row.id};
        ret->unlisted = !row.listed;
        ret->generation = (uint64_t)row.cleared;
        attributes_folder(ret->node, &row, &ret->attributes);
        return 1;
}

/* What the name may mean in a directory, asked together. */
static void look_ahead(const Tree *tree, Catalog *catalog, const Place *place, const Search *search,
                       const char *name)
{
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_folder_ FolderRow folder = {};
        _cleanup_photo_ PhotoRow photo = {};
        _cleanup_point_ PointRow point = {};

        if (!catalog_look_ahead(catalog))
                return;
        (void)catalog_get_point(catalog, place->point, &point);
        (void)find_upload(catalog, search, name, &row);
        if (place->folder == FOLDER_REJECTED)
                (void)catalog_find_rejected(catalog, search->where, name, &row);
        if (place->folder == FOLDER_POINT)
                (void)tree_find_photo(tree, catalog, place->point, name, &photo);
        (void)catalog_find_folder(catalog, search->where, name, &folder);
        (void)find_alias(catalog, search, name, &row);
        catalog_look(catalog);
}

/* A client that copies looks its own file up again and again. */
static bool find_in_hand(const Tree *tree, const Place *place, const char *name, Entry *ret)
{
        UploadAttributes a;
        int64_t id;

        if (!upload_in_hand_named(tree->uploads, place, name, &id, &a))
                return false;
        ret->node = (Node){.kind = NODE_UPLOAD, .id = id};
        attributes_of_upload(tree, id, &a, &ret->attributes);
        return true;
}

static int lookup_in_place(const Tree *tree, Catalog *catalog, Node parent, const char *name,
                           Entry *ret)
{
        _cleanup_submission_ SubmissionRow upload = {}, alias = {};
        _cleanup_photo_ PhotoRow photo = {};
        _cleanup_point_ PointRow point = {};
        Search search;
        Place place;
        int r;

        r = tree_place(tree, catalog, parent, &place);
        if (r < 0)
                return r;
        if (find_in_hand(tree, &place, name, ret))
                return 1;
        search.where = search.beside = (Where){tree->batch, place.point, place.folder};
        r = tree_beside(tree, catalog, parent, &place, &search.beside.folder);
        if (r < 0)
                return r;
        look_ahead(tree, catalog, &place, &search, name);
        r = catalog_get_point(catalog, place.point, &point);
        if (r <= 0)
                return r;
        /* An upload comes first: it is what the client that wrote the name means by it. */
        r = find_upload(catalog, &search, name, &upload);
        if (r < 0)
                return r;
        if (r > 0) {
                ret->node = (Node){.kind = NODE_UPLOAD, .id = upload.id};
                attributes_upload(tree, &upload, &ret->attributes);
                return 1;
        }
        if (place.folder == FOLDER_REJECTED) {
                r = lookup_in_rejected(tree, catalog, &point, name, ret);
                if (r != 0)
                        return r;
        }
        if (place.folder == FOLDER_POINT) {
                r = tree_find_photo(tree, catalog, place.point, name, &photo);
                if (r < 0)
                        return r;
                if (r > 0) {
                        ret->node = (Node){.kind = NODE_PHOTO, .id = photo.id};
                        attributes_photo(ret->node, &photo, &point, &ret->attributes);
                        return 1;
                }
        }
        r = find_folder(catalog, parent, &search, name, ret);
        if (r != 0)
                return r;
        r = find_alias(catalog, &search, name, &alias);
        if (r < 0)
                return r;
        if (r > 0) {
                ret->node = (Node){.kind = NODE_ALIAS, .id = alias.id};
                attributes_submission(ret->node, &alias, &ret->attributes);
                return 1;
        }
        return 0;
}

int tree_lookup(const Tree *tree, Catalog *catalog, Node parent, const char *name, Entry *ret)
{
        FixedName fixed = tree_fixed(tree, parent, name);
        _cleanup_point_ PointRow point = {};
        Node ghost;
        int r;

        ret->ghost = ret->bare = ret->unlisted = false;
        ret->generation = 0;
        if (fixed >= 0)
                return tree_fixed_entry(tree, catalog, parent, fixed, false, ret);
        if (parent.kind == NODE_ROOT) {
                r = catalog_find_point(catalog, name, &point);
                if (r > 0) {
                        ret->node = (Node){.kind = NODE_POINT, .id = point.id};
                        attributes_point(&point, &ret->attributes);
                }
        } else if (office_has(parent))
                r = office_lookup(tree, catalog, parent, name, ret);
        else if (parent.kind == NODE_MISSING_DIR)
                return lookup_in_missing(tree, catalog, parent.id, name, ret);
        else if (parent.kind == NODE_READY_DIR)
                r = lookup_in_ready(tree, catalog, parent.id, name, ret);
        else
                r = lookup_in_place(tree, catalog, parent, name, ret);
        if (r != 0)
                return r;
        if (!ghost_find(tree->ghosts, parent, name, &ghost))
                return 0;
        r = tree_attributes(tree, catalog, ghost, &ret->attributes);
        if (r < 0)
                return r == -ENOENT ? 0 : r;
        ret->node = ghost;
        ret->ghost = true;
        return 1;
}

/* ---- attributes ---- */

/* Deleted while it was open: whoever has it goes on seeing it. */
static bool attributes_nameless(const Tree *tree, Node node, struct stat *ret)
{
        UploadAttributes a;

        if (!upload_nameless(tree->uploads, node.id, &a))
                return false;
        attributes_fill(ret, node, S_IFREG | a.mode, a.uid, a.gid, a.size, a.mtime);
        ret->st_nlink = 0;
        return true;
}

/* The rows from which the attributes of a node are filled. */
typedef struct Rows {
        SubmissionRow submission;
        FolderRow folder;
        StudentRow student;
        PhotoRow photo;
        PointRow point;
} Rows;

static void rows_done(Rows *rows)
{
        submission_row_done(&rows->submission);
        folder_row_done(&rows->folder);
        student_row_done(&rows->student);
        photo_row_done(&rows->photo);
        point_row_done(&rows->point);
}

/* Reads the row of the node and that of its point: 1, or 0, one of them is gone. */
static int read_row_and_point(Catalog *catalog, Node node, Rows *rows)
{
        PointMember member;
        int found, r;

        switch (node_traits[node.kind].row) {
        case NODE_ROW_POINT:
                return catalog_get_point(catalog, node.id, &rows->point);
        case NODE_ROW_FOLDER:
                r = catalog_get_folder(catalog, node.id, &rows->folder);
                member = POINT_OF_FOLDER;
                break;
        case NODE_ROW_SUBMISSION:
                r = catalog_get_submission(catalog, node.id, &rows->submission);
                member = POINT_OF_SUBMISSION;
                break;
        case NODE_ROW_STUDENT:
                r = catalog_get_student(catalog, node.id, &rows->student);
                member = POINT_OF_STUDENT;
                break;
        case NODE_ROW_PHOTO:
                r = catalog_get_photo(catalog, node.id, &rows->photo);
                member = POINT_OF_PHOTO;
                break;
        default:
                return 0;
        }
        if (r < 0)
                return r;
        found = catalog_get_point_of(catalog, member, node.id, &rows->point);
        return MIN(r, found);
}

/* -ENOENT: one of them is gone. */
static int read_rows(const Tree *tree, Catalog *catalog, Node node, Rows *rows)
{
        struct stat st;
        int r;

        if (catalog_look_ahead(catalog)) {
                (void)read_row_and_point(catalog, node, rows);
                if (node.kind != NODE_POINT && node_traits[node.kind].row == NODE_ROW_POINT)
                        (void)attributes_fixed_dir(tree, catalog, node, &(PointRow){.id = node.id},
                                                   &st);
                catalog_look(catalog);
        }
        r = read_row_and_point(catalog, node, rows);
        return r == 0 ? -ENOENT : MIN(r, 0);
}

static int fill_note(const Tree *tree, Catalog *catalog, const Rows *rows, struct stat *ret)
{
        Findings findings;
        int r = catalog_get_findings(catalog, rows->submission.id, &findings);

        return r < 0 ? r
                     : attributes_reason(tree, catalog, &rows->submission, &findings, &rows->point,
                                         ret);
}

static int fill_from_rows(const Tree *tree, Catalog *catalog, Node node, const Rows *rows,
                          struct stat *ret)
{
        switch (node.kind) {
        case NODE_POINT:
                attributes_point(&rows->point, ret);
                return 0;
        case NODE_REJECTED_DIR:
        case NODE_MISSING_DIR:
        case NODE_READY_DIR:
        case NODE_SUBMITTED_DIR:
                return attributes_fixed_dir(tree, catalog, node, &rows->point, ret);
        case NODE_MISSING:
                return attributes_missing(tree, &rows->student, &rows->point, ret);
        case NODE_FOLDER:
        case NODE_SUBMITTED_FOLDER:
                attributes_folder(node, &rows->folder, ret);
                return 0;
        case NODE_PHOTO:
        case NODE_READY:
                attributes_photo(node, &rows->photo, &rows->point, ret);
                return 0;
        case NODE_ALIAS:
                attributes_submission(node, &rows->submission, ret);
                return 0;
        case NODE_REJECTED:
                attributes_rejected(&rows->submission, &rows->point, ret);
                return 0;
        case NODE_REASON:
                return fill_note(tree, catalog, rows, ret);
        default:
                return -ENOENT;
        }
}

static int attributes_by_number(const Tree *tree, Catalog *catalog, Node node, struct stat *ret)
{
        _cleanup_(rows_done) Rows rows = {};
        UploadAttributes a;
        int r;

        if (attributes_nameless(tree, node, ret))
                return 0;
        if (upload_in_hand(tree->uploads, node.id, &a)) {
                attributes_of_upload(tree, node.id, &a, ret);
                return 0;
        }
        r = read_rows(tree, catalog, node, &rows);
        if (r >= 0)
                attributes_upload(tree, &rows.submission, ret);
        return r;
}

int tree_attributes(const Tree *tree, Catalog *catalog, Node node, struct stat *ret)
{
        _cleanup_(rows_done) Rows rows = {};
        int r;

        if (node_is_snapshot(node))
                return attributes_status(tree, catalog, node, false, ret);
        if (office_has(node))
                return office_attributes(tree, catalog, node, ret);
        if (node.kind == NODE_ROOT)
                return attributes_root(tree, catalog, ret);
        if (node.kind == NODE_LITTER)
                return ghost_litter_attributes(tree->ghosts, node, ret);
        if (node.kind == NODE_UPLOAD)
                return attributes_by_number(tree, catalog, node, ret);
        r = read_rows(tree, catalog, node, &rows);
        return r < 0 ? r : fill_from_rows(tree, catalog, node, &rows, ret);
}

static double seconds_kept(NodeKept kept, double lent)
{
        return kept == NODE_KEPT_MOMENT ? 1 : kept == NODE_KEPT_NEVER ? 0 : lent;
}

double tree_name_timeout(const Entry *entry, double lent)
{
        return entry->ghost ? 0 : seconds_kept(node_traits[entry->node.kind].name, lent);
}

double tree_attributes_timeout(Node node, double lent)
{
        return seconds_kept(node_traits[node.kind].attributes, lent);
}
