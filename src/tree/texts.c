/* SPDX-License-Identifier: MIT */
#include "tree.h"

#include "attributes.h"

#include <idphoto/notename.h>

#include <stdlib.h>
#include <string.h>

/* ---- beside a rejected file ---- */

/* What people have decided about the student's photos, if anything. */
static int read_decision(Catalog *catalog, const SubmissionRow *row, StudentRow *ret_student,
                         PhotoRow *ret_photo)
{
        int r;

        if (row->photo == 0)
                return 0;
        r = catalog_get_photo(catalog, row->photo, ret_photo);
        if (r > 0)
                r = catalog_get_student(catalog, ret_photo->student, ret_student);
        return r;
}

/* "ID.jpg (name)", for the other photo with the same picture; NULL: this point has none by now
 * [W4]. */
static int name_same_picture(Catalog *catalog, const SubmissionRow *row, const Findings *findings,
                             char **ret)
{
        const Finding *finding = findings_find(findings, REASON_SAME_PICTURE);
        _cleanup_student_ StudentRow other = {};
        PhotoName name;
        int r;

        *ret = NULL;
        if (!finding || !*finding->detail)
                return 0;
        r = catalog_get_student(catalog, strtoll(finding->detail, NULL, 10), &other);
        if (r <= 0 || other.point != row->point || other.photo == 0 ||
            photo_name(other.id_number, &name) < 0)
                return MIN(r, 0);
        r = *other.name ? asprintf(ret, "%s (%s)", name.text, other.name)
                        : asprintf(ret, "%s", name.text);
        return r < 0 ? -ENOMEM : 0;
}

int texts_reason(const Tree *tree, Catalog *catalog, const SubmissionRow *row,
                 const Findings *findings, char **ret, size_t *ret_size)
{
        _cleanup_student_ StudentRow student = {};
        _cleanup_photo_ PhotoRow photo = {};
        _cleanup_free_ char *same_as = NULL;
        ReasonFileModel model;
        int r;

        r = read_decision(catalog, row, &student, &photo);
        if (r >= 0)
                r = name_same_picture(catalog, row, findings, &same_as);
        if (r < 0)
                return r;
        model = (ReasonFileModel){
                .name = row->shown_name ? row->shown_name : row->name,
                .size_bytes = row->size,
                .received_nsec = row->received,
                .findings = findings,
                .suggestion = row->suggestion && *row->suggestion ? row->suggestion : NULL,
                .same_as = same_as,
                .rejections = student.rejections,
                .note = photo.note,
                .centre = &tree->config->centre,
        };
        return view_reason_file(&model, tree->language, ret, ret_size);
}

int tree_reason_text(const Tree *tree, Catalog *catalog, int64_t submission, char **ret,
                     size_t *ret_size)
{
        _cleanup_submission_ SubmissionRow row = {};
        Findings findings;
        int r = catalog_get_submission(catalog, submission, &row);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        r = catalog_get_findings(catalog, submission, &findings);
        return r < 0 ? r : texts_reason(tree, catalog, &row, &findings, ret, ret_size);
}

int tree_note_name(const Tree *tree, Catalog *catalog, const SubmissionRow *row, char **ret)
{
        Findings findings;
        int r = catalog_get_findings(catalog, row->id, &findings);

        return r < 0 ? r
                     : note_name(row->shown_name ? row->shown_name : row->name, row->id, &findings,
                                 tree->language, ret);
}

/* ---- in missing/ ---- */

int tree_missing_text(const Tree *tree, Catalog *catalog, int64_t student, char **ret,
                      size_t *ret_size)
{
        _cleanup_student_ StudentRow row = {};
        int r = catalog_get_student(catalog, student, &row);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        return view_missing_file(row.id_number, row.name, row.student_no, row.class_name,
                                 tree->language, ret, ret_size);
}

int tree_missing_name(const StudentRow *row, char **ret)
{
        _cleanup_free_ char *name = strdup(row->name);

        if (!name)
                return -ENOMEM;
        /* A roster is an office's text, not a file name, and Windows takes fewer characters. */
        for (char *p = name; *p; p++)
                if (strchr("/\\:*?\"<>|", *p))
                        *p = '_';
        text_drop_invisible(name);
        if (text_has_control(name))
                name[0] = '\0';
        name[text_prefix(name, 200)] = '\0';
        if (asprintf(ret, "%s%s%s.txt", row->id_number, *name ? " " : "", name) < 0)
                return -ENOMEM;
        return 0;
}
