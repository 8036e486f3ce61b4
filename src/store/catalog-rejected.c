/* SPDX-License-Identifier: MIT */
#include "catalog-submission.h"

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
        return catalog_submission_by_name(
                catalog,
                "SELECT " SUBMISSION_COLUMNS " FROM submission WHERE batch = ?1 AND point = ?2"
                " AND folder = ?3 AND name_key = ?4 AND " REJECTED " ORDER BY id DESC LIMIT 1",
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

#define SUPERSEDE \
        "UPDATE submission SET state = " STATE_SUPERSEDED " WHERE " REJECTED " AND id != ?1"

int catalog_supersede_rejected(Catalog *catalog, Where where, const char *name, int64_t student,
                               int64_t except)
{
        int r = catalog_run(catalog,
                            SUPERSEDE
                            " AND batch = ?2 AND point = ?3 AND folder = ?4 AND name_key = ?5",
                            VALUES(INTEGER(except), WHERE(where), KEY(name)));

        /* A file that is dropped into rejected/ is found by the names that are shown there. */
        if (r >= 0 && where.folder == FOLDER_REJECTED)
                r = catalog_run(catalog,
                                SUPERSEDE " AND batch = ?2 AND point = ?3 AND shown_key = ?4",
                                VALUES(INTEGER(except), POINT(where), KEY(name)));
        if (r >= 0 && student != 0)
                r = catalog_run(catalog, SUPERSEDE " AND student = ?2 AND student != 0",
                                VALUES(INTEGER(except), INTEGER(student)));
        return r;
}

/*
 * In rejected/ each file NAME stands beside its note, NAME.txt. So NAME is free only when no file
 * shown there is called NAME or NAME.txt and, if NAME itself ends in .txt, when it is not the note
 * of another file.
 */
int catalog_rejected_name_free(Catalog *catalog, Where where, const char *name)
{
        _cleanup_free_ char *key = NULL, *reason = NULL, *owner = NULL;
        int r = text_fold(name, &key);

        if (r < 0)
                return r;
        if (asprintf(&reason, "%s.txt", key) < 0)
                return -ENOMEM;
        owner = strdup(key);
        if (!owner)
                return -ENOMEM;
        if (text_ends_with(owner, ".txt"))
                owner[strlen(owner) - 4] = '\0';
        r = catalog_one(catalog,
                        "SELECT 1 FROM submission WHERE batch = ?1 AND point = ?2 AND " REJECTED
                        " AND shown_key IN (?3, ?4, ?5) LIMIT 1",
                        VALUES(POINT(where), TEXT(key), TEXT(reason), TEXT(owner)), read_nothing,
                        NULL);
        return r < 0 ? r : r == 0;
}
