/* SPDX-License-Identifier: MIT */
#include "writtenname.h"

#include <idphoto/filename.h>
#include <idphoto/identity.h>

#include <string.h>

/* ---- numbers ---- */

static int suggest(const Written *written, const FilenameIdentity *identity, Identity *ret)
{
        _cleanup_free_ char *nearest = NULL;
        int r;

        if (!identity->number.text[0])
                return 0;
        r = catalog_nearest_number(written->catalog, written->where, identity->number.text,
                                   &nearest);
        if (r > 0)
                r = document_number(nearest, &ret->suggestion);
        return MIN(r, 0);
}

/* A number that is no ID number may be a student's on the roster. 1: it is, 0. */
static int look_for_others(Written *written, bool has_roster, const char *text)
{
        int r = has_roster ? written_search(written, text) : 0;

        return r < 0 ? r : written_answered(written);
}

/* 1: decided, 0: the text holds no number. */
static int resolve_number(Written *written, const char *text, bool has_roster, Date today,
                          Findings *findings, Identity *ret)
{
        FilenameIdentity identity;
        _cleanup_student_ StudentRow row = {};
        int r;

        r = filename_identity(text, today, &identity);
        if (r < 0)
                return r;
        if (identity.kind == FILENAME_NONE) {
                if (identity.problem == REASON_NAME_NO_NUMBER)
                        return 0;
                r = look_for_others(written, has_roster, text);
                if (r == 0)
                        (void)findings_add(findings, identity.problem, FINDING_REJECT);
                return r < 0 ? r : 1;
        }
        if (identity.ambiguous) {
                (void)findings_add(findings, identity.problem, FINDING_REJECT);
                return 1;
        }
        /* A number on the roster wins over the checks: passports and permits occur, and offices
         * mistype. */
        r = catalog_find_student(written->catalog, written->where, identity.number.text, &row);
        if (r < 0)
                return r;
        if (r > 0 && (row.on_roster ||
                      (identity.kind == FILENAME_ID_NUMBER && identity.valid && !has_roster))) {
                r = written_take(written, &row);
                if (r >= 0 && has_roster)
                        r = written_check_name(written, text);
                return r < 0 ? r : 1;
        }
        if (identity.kind == FILENAME_LEGACY) {
                r = look_for_others(written, has_roster, text);
                if (r == 0)
                        (void)findings_add(findings,
                                           identity.valid ? REASON_NUMBER_LEGACY_UNKNOWN
                                                          : identity.problem,
                                           FINDING_REJECT);
                return r < 0 ? r : 1;
        }
        if (identity.valid && !has_roster) {
                r = document_number(identity.number.text, &ret->number);
                return r < 0 ? r : 1;
        }
        /* It may be a part of a document's number. */
        r = has_roster ? written_search_documents(written, text) : 0;
        if (r < 0 || written_answered(written))
                return r < 0 ? r : 1;
        (void)findings_add(findings, identity.valid ? REASON_NOT_ON_ROSTER : identity.problem,
                           FINDING_REJECT);
        if (has_roster) {
                r = suggest(written, &identity, ret);
                if (r < 0)
                        return r;
        }
        return 1;
}

/* 1: decided, 0: the text tells nobody. */
static int resolve_text(Written *written, const char *text, bool has_roster, Date today,
                        Findings *findings, Identity *ret)
{
        int r = has_roster ? written_whole(written, text) : 0;

        if (r < 0 || written_answered(written))
                return r < 0 ? r : 1;
        r = resolve_number(written, text, has_roster, today, findings, ret);
        return r == 0 ? look_for_others(written, has_roster, text) : r;
}

static int resolve(Written *written, const char *name, const char *folder_name, Date today,
                   Findings *findings, Identity *ret)
{
        const char *const texts[] = {name, folder_name};
        int has_roster = catalog_point_has_roster(written->catalog, written->where), r = 0;

        if (has_roster < 0)
                return has_roster;
        for (size_t i = 0; i < ELEMENTSOF(texts) && r == 0; i++)
                r = texts[i] ? resolve_text(written, texts[i], has_roster > 0, today, findings, ret)
                             : 0;
        if (r < 0)
                return r;
        if (written->ambiguous) {
                (void)findings_add(findings, REASON_NAME_AMBIGUOUS, FINDING_REJECT);
                return 0;
        }
        if (written->student != 0) {
                /* An earlier version took longer ones. */
                if (document_number(written->number, &ret->number) < 0) {
                        (void)findings_add(findings, REASON_NOT_ON_ROSTER, FINDING_REJECT);
                        return 0;
                }
                if (written->name_of_another)
                        (void)findings_add(findings, REASON_NAME_OF_ANOTHER, FINDING_WARN);
                ret->student = written->student;
        } else if (!ret->number.text[0] && !findings_reject(findings))
                (void)findings_add(findings, REASON_NAME_NO_NUMBER, FINDING_REJECT);
        return 0;
}

int identity_resolve(Catalog *catalog, const IdentityQuery *query, Findings *findings,
                     Identity *ret)
{
        _cleanup_written_ Written written = {.catalog = catalog,
                                             .where = {query->batch, query->point}};
        Findings own = {};
        Identity identity = {};
        int r = resolve(&written, query->name, query->folder_name, query->today, &own, &identity);

        if (r < 0)
                return r;
        for (size_t i = 0; i < own.n; i++)
                (void)findings_add(findings, own.items[i].code, own.items[i].level);
        *ret = identity;
        return 0;
}
