/* SPDX-License-Identifier: MIT */
#include "catalog-submission.h"

#include <idphoto/notename.h>
#include <idphoto/submission.h>

#include <string.h>

/* The files in rejected/. */

int catalog_find_rejected(Catalog *catalog, Where where, const char *shown_name, SubmissionRow *ret)
{
        return catalog_submission_by_name(catalog,
                                          "SELECT " SUBMISSION_COLUMNS " FROM submission"
                                          " WHERE batch = ?1 AND point = ?2 AND shown_key = ?4"
                                          " AND " REJECTED " LIMIT 1",
                                          where, shown_name, ret);
}

int catalog_find_rejected_drop(Catalog *catalog, Where where, const char *name, SubmissionRow *ret)
{
        return catalog_submission_by_name(catalog,
                                          "SELECT " SUBMISSION_COLUMNS
                                          " FROM submission WHERE batch = ?1 AND point = ?2"
                                          " AND folder = ?3 AND name_key = ?4 AND " BY_NAME REJECTED
                                          " ORDER BY id DESC LIMIT 1",
                                          where, name, ret);
}

int catalog_list_rejected(Catalog *catalog, Where where, int64_t after, SubmissionCallback callback,
                          void *userdata)
{
        return catalog_each(catalog,
                            "SELECT " SUBMISSION_COLUMNS " FROM submission WHERE batch = ?1"
                            " AND point = ?2 AND " REJECTED " AND id > ?3 ORDER BY id",
                            VALUES(POINT(where), INTEGER(after)), catalog_take_submission,
                            &(SubmissionList){callback, userdata});
}

#define SUPERSEDE "UPDATE submission SET state = " STATE_SUPERSEDED " WHERE id != ?1 AND "

int catalog_supersede_rejected(Catalog *catalog, Where where, const char *name, int64_t student,
                               int64_t except)
{
        int r = catalog_run(catalog,
                            SUPERSEDE BY_NAME REJECTED
                            " AND batch = ?2 AND point = ?3 AND folder = ?4 AND name_key = ?5",
                            VALUES(INTEGER(except), WHERE(where), KEY(name)));

        /* A file that is dropped into rejected/ is found by the names that are shown there. */
        if (r >= 0 && where.folder == FOLDER_REJECTED)
                r = catalog_run(catalog,
                                SUPERSEDE REJECTED
                                " AND batch = ?2 AND point = ?3 AND shown_key = ?4",
                                VALUES(INTEGER(except), POINT(where), KEY(name)));
        if (r >= 0 && student != 0)
                r = catalog_run(catalog, SUPERSEDE REJECTED " AND student = ?2 AND student != 0",
                                VALUES(INTEGER(except), INTEGER(student)));
        return r;
}

/*
 * In rejected/ each file stands beside its note, whose name follows from the file's and changes with
 * the reasons. So a name is free only when no file shown there has it, when it is no name that the
 * note of another file may have, and when no file there has a name that its own note may have.
 */

static int find_shown(Catalog *catalog, Where where, const char *key)
{
        return catalog_one(catalog,
                           "SELECT 1 FROM submission WHERE batch = ?1 AND point = ?2 AND " REJECTED
                           " AND shown_key = ?3 LIMIT 1",
                           VALUES(POINT(where), TEXT(key)), read_nothing, NULL);
}

static int find_rejected_by_id(Catalog *catalog, Where where, int64_t id)
{
        return catalog_one(catalog,
                           "SELECT 1 FROM submission WHERE id = ?3 AND batch = ?1 AND point = ?2"
                           " AND " REJECTED,
                           VALUES(POINT(where), INTEGER(id)), read_nothing, NULL);
}

/* Whether the note of a file there may be called so. */
static int find_owner(Catalog *catalog, Where where, const char *key)
{
        size_t at = 0;

        for (;;) {
                _cleanup_free_ char *name = NULL;
                int64_t id;
                int r = note_name_owner(key, &at, &name, &id);

                if (r <= 0)
                        return r;
                r = find_shown(catalog, where, name);
                if (r == 0 && id != 0)
                        r = find_rejected_by_id(catalog, where, id);
                if (r != 0)
                        return r;
        }
}

static int stop_at_note(const SqlRows *s, void *userdata _unused_)
{
        const char *rest = sql_text(s, 0);

        return rest ? note_name_is_reason(rest) : -ENOMEM;
}

/* Whether a file there is called as the note of this one may be. */
static int find_note(Catalog *catalog, Where where, const char *name, int64_t id)
{
        _cleanup_free_ char *stem = NULL, *key = NULL, *first = NULL, *behind = NULL;
        int r = note_name_stem(name, id, &stem);

        if (r >= 0)
                r = text_fold(stem, &key);
        if (r < 0)
                return r;
        if (asprintf(&first, "%s" NOTE_MARK, key) < 0)
                return -ENOMEM;
        behind = strdup(first);
        if (!behind)
                return -ENOMEM;
        behind[strlen(behind) - 1]++;
        return catalog_each(catalog,
                            "SELECT substr(shown_key, length(?3) + 1) FROM submission"
                            " WHERE batch = ?1 AND point = ?2 AND " REJECTED
                            " AND shown_key >= ?3 AND shown_key < ?4",
                            VALUES(POINT(where), TEXT(first), TEXT(behind)), stop_at_note, NULL);
}

int catalog_rejected_name_free(Catalog *catalog, Where where, const char *name, int64_t id)
{
        _cleanup_free_ char *key = NULL;
        int r = text_fold(name, &key);

        if (r >= 0)
                r = find_shown(catalog, where, key);
        if (r == 0)
                r = find_owner(catalog, where, key);
        if (r == 0)
                r = find_note(catalog, where, name, id);
        return r < 0 ? r : r == 0;
}
