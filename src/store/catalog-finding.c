/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"

#include <idphoto/submission.h>

#include <math.h>

/* Findings: what was found out about a submission. */

int catalog_set_findings(Catalog *catalog, int64_t submission, const Findings *findings)
{
        Findings sorted = *findings;
        int r = catalog_run(catalog, "DELETE FROM finding WHERE submission = ?1",
                            VALUES(INTEGER(submission)));

        findings_sort(&sorted);
        for (size_t i = 0; i < sorted.n && r >= 0; i++) {
                const Finding *f = &sorted.items[i];

                r = catalog_run(
                        catalog,
                        "INSERT INTO finding (submission, seq, code, level, measured, measured2,"
                        " min, max, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                        VALUES(INTEGER(submission), INTEGER(i), TEXT(reason_to_string(f->code)),
                               TEXT(finding_level_to_string(f->level)), REAL(f->measured),
                               REAL(f->measured2), REAL(f->min), REAL(f->max), TEXT(f->detail)));
        }
        return r;
}

bool catalog_read_finding(const SqlRows *s, int column, Finding *ret)
{
        const char *code = sql_text(s, column);
        const char *level = sql_text(s, column + 1);
        const char *detail = sql_text(s, column + 6);

        *ret = (Finding){
                .code = code ? reason_from_string(code) : _REASON_INVALID,
                .level = level ? finding_level_from_string(level) : _FINDING_LEVEL_INVALID,
                .measured = sql_real(s, column + 2),
                .measured2 = sql_real(s, column + 3),
                .min = sql_real(s, column + 4),
                .max = sql_real(s, column + 5),
        };
        if (detail)
                (void)snprintf(ret->detail, sizeof(ret->detail), "%s", detail);
        return ret->code >= 0 && ret->level >= 0;
}

static int take_finding(const SqlRows *s, void *userdata)
{
        Findings *findings = userdata;

        if (findings->n < FINDINGS_MAX && catalog_read_finding(s, 0, &findings->items[findings->n]))
                findings->n++;
        return 0;
}

int catalog_get_findings(Catalog *catalog, int64_t submission, Findings *ret)
{
        Findings findings = {};
        int r = catalog_some(
                catalog,
                "SELECT code, level, measured, measured2, min, max, detail FROM finding"
                " WHERE submission = ?1 ORDER BY seq",
                VALUES(INTEGER(submission)), take_finding, &findings);

        if (r < 0)
                return r;
        *ret = findings;
        return 0;
}
