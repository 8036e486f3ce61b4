/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"
#include "states.h"

#include <idphoto/standing.h>

/* How many students and submissions are in each state, from the counters that triggers keep. */

enum { COUNT_KIND, COUNT_KEY, COUNT_N };

static int take_count(const SqlRows *s, void *userdata)
{
        PointCounts *counts = userdata;
        bool of_students = sql_integer(s, COUNT_KIND) != 0;
        int key = (int)sql_integer(s, COUNT_KEY);
        int64_t n = sql_integer(s, COUNT_N);

        if (n <= 0 || key < 0)
                return 0;
        if (of_students && key < _REVIEW_STATE_MAX)
                counts->students[key] = (uint64_t)n;
        else if (!of_students && key < _SUBMISSION_STATE_MAX)
                counts->submissions[key] = (uint64_t)n;
        return 0;
}

#define BY_STATE "kind IN (" TALLY_STUDENTS ", " TALLY_SUBMISSIONS ")"

int catalog_counts(Catalog *catalog, Where where, PointCounts *ret)
{
        PointCounts counts = {};
        int r = catalog_some(catalog,
                             where.point != 0
                                     ? "SELECT kind = " TALLY_STUDENTS ", key, n FROM tally"
                                       " WHERE batch = ?1 AND point = ?2 AND " BY_STATE
                                     : "SELECT kind = " TALLY_STUDENTS ", key, sum(n) FROM tally"
                                       " WHERE batch = ?1 AND " BY_STATE " GROUP BY kind, key",
                             VALUES(POINT(where)), take_count, &counts);

        if (r < 0)
                return r;
        *ret = counts;
        return 0;
}

typedef struct WarnedList {
        WarnedCallback callback;
        void *userdata;
} WarnedList;

static int take_warned(const SqlRows *s, void *userdata)
{
        const WarnedList *list = userdata;

        return list->callback(sql_integer(s, 0), (uint64_t)sql_integer(s, 1), list->userdata);
}

int catalog_list_warned_counts(Catalog *catalog, int64_t batch, WarnedCallback callback,
                               void *userdata)
{
        return catalog_each(catalog,
                            "SELECT point.id, count(*) FROM point CROSS JOIN student AS st"
                            " ON st.batch = ?1 AND st.point = point.id AND st.warned = 1"
                            " AND st.state = " STUDENT_PENDING
                            " GROUP BY point.id ORDER BY point.id",
                            VALUES(INTEGER(batch)), take_warned, &(WarnedList){callback, userdata});
}

typedef struct ReasonList {
        ReasonCountCallback callback;
        void *userdata;
} ReasonList;

static int take_reason(const SqlRows *s, void *userdata)
{
        const ReasonList *list = userdata;
        const char *name = sql_text(s, 0);
        ReasonCode code = name ? reason_from_string(name) : _REASON_INVALID;

        if (code < 0)
                return 0;
        return list->callback(code, (uint64_t)sql_integer(s, 1), list->userdata);
}

int catalog_list_reason_counts(Catalog *catalog, Where where, ReasonCountCallback callback,
                               void *userdata)
{
        return catalog_some(catalog,
                            where.point != 0
                                    ? "SELECT key, n FROM tally WHERE batch = ?1 AND point = ?2"
                                      " AND kind = " TALLY_REASONS " AND n > 0 ORDER BY n DESC, key"
                                    : "SELECT key, sum(n) FROM tally WHERE batch = ?1"
                                      " AND kind = " TALLY_REASONS
                                      " GROUP BY key HAVING sum(n) > 0 ORDER BY 2 DESC, key",
                            VALUES(POINT(where)), take_reason, &(ReasonList){callback, userdata});
}
