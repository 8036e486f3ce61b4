/* SPDX-License-Identifier: MIT */
#include <idphoto/filename.h>
#include <idphoto/identity.h>
#include <idphoto/personname.h>
#include <idphoto/student.h>

#include <ctype.h>
#include <string.h>

enum { TOKEN_MAX = 32 };

typedef struct Search {
        Catalog *catalog;
        Where where;
        StudentRow found;
        bool ambiguous; /* two students answer to what the name says */
} Search;

/* The same student named twice is one; another one makes it ambiguous. */
static void take(Search *search, StudentRow *row)
{
        if (search->found.id == 0) {
                search->found = *row;
                *row = (StudentRow){};
        } else if (search->found.id != row->id)
                search->ambiguous = true;
}

/* ---- student numbers and documents that are no ID numbers: runs of letters and digits ---- */

static int try_token(Search *search, const char *token)
{
        _cleanup_student_ StudentRow by_no = {}, by_number = {};
        int r;

        r = catalog_find_student_by_no(search->catalog, search->where, token, &by_no);
        if (r < 0)
                return r;
        if (r > 0)
                take(search, &by_no);
        r = catalog_find_student(search->catalog, search->where, token, &by_number);
        if (r < 0)
                return r;
        if (r > 0 && by_number.on_roster)
                take(search, &by_number);
        return 0;
}

static int search_tokens(Search *search, const char *folded)
{
        const char *dot = strrchr(folded, '.');
        const char *end = dot && dot != folded ? dot : folded + strlen(folded);

        for (const char *p = folded; p < end;) {
                char token[TOKEN_MAX + 1];
                size_t n = 0;
                bool digit = false;

                while (p < end && isalnum((unsigned char)*p)) {
                        if (n < TOKEN_MAX)
                                token[n] = (char)toupper((unsigned char)*p);
                        digit = digit || isdigit((unsigned char)*p);
                        n++;
                        p++;
                }
                if (n >= 4 && n <= TOKEN_MAX && digit) {
                        int r;

                        token[n] = '\0';
                        r = try_token(search, token);
                        if (r < 0)
                                return r;
                }
                if (n == 0)
                        p++;
        }
        return 0;
}

/* ---- names ---- */

static int try_name(const char *candidate, void *userdata)
{
        Search *search = userdata;
        _cleanup_student_ StudentRow row = {};
        int r = catalog_find_student_by_name(search->catalog, search->where, candidate, &row);

        if (r < 0)
                return r;
        if (r > 1)
                search->ambiguous = true;
        if (r == 1)
                take(search, &row);
        return 0;
}

/* Without an ID number in it: what else the text says. */
static int search_text(Search *search, const char *text)
{
        _cleanup_free_ char *folded = NULL;
        int r = text_fold(text, &folded);

        if (r >= 0)
                r = search_tokens(search, folded);
        if (r < 0 || search->found.id != 0 || search->ambiguous)
                return r;
        return person_name_candidates(text, try_name, search);
}

/* ---- numbers ---- */

static int suggest(const Search *search, const FilenameIdentity *identity, Identity *ret)
{
        _cleanup_free_ char *nearest = NULL;
        int r;

        if (!identity->number.text[0])
                return 0;
        r = catalog_nearest_number(search->catalog, search->where, identity->number.text, &nearest);
        if (r > 0)
                r = document_number(nearest, &ret->suggestion);
        return MIN(r, 0);
}

/* 1: decided, 0: the text holds no number. */
static int resolve_number(Search *search, const char *text, bool has_roster, Date today,
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
                /* A number of another length may be a student's on the roster. */
                r = has_roster ? search_text(search, text) : 0;
                if (r < 0 || search->found.id != 0 || search->ambiguous)
                        return r;
                (void)findings_add(findings, identity.problem, FINDING_REJECT);
                return 1;
        }
        if (identity.ambiguous) {
                (void)findings_add(findings, identity.problem, FINDING_REJECT);
                return 1;
        }
        /* A number on the roster wins over the checks: passports and permits occur, and offices
         * mistype. */
        r = catalog_find_student(search->catalog, search->where, identity.number.text, &row);
        if (r < 0)
                return r;
        if (r > 0 && (row.on_roster ||
                      (identity.kind == FILENAME_ID_NUMBER && identity.valid && !has_roster))) {
                take(search, &row);
                return 1;
        }
        if (identity.kind == FILENAME_LEGACY) {
                r = has_roster ? search_text(search, text) : 0;
                if (r < 0 || search->found.id != 0 || search->ambiguous)
                        return r;
                (void)findings_add(findings,
                                   identity.valid ? REASON_NUMBER_LEGACY_UNKNOWN : identity.problem,
                                   FINDING_REJECT);
                return 1;
        }
        if (identity.valid && !has_roster) {
                r = document_number(identity.number.text, &ret->number);
                return r < 0 ? r : 1;
        }
        (void)findings_add(findings, identity.valid ? REASON_NOT_ON_ROSTER : identity.problem,
                           FINDING_REJECT);
        if (has_roster) {
                r = suggest(search, &identity, ret);
                if (r < 0)
                        return r;
        }
        return 1;
}

static int resolve(Search *search, const char *name, const char *folder_name, Date today,
                   Findings *findings, Identity *ret)
{
        const char *const texts[] = {name, folder_name};
        int has_roster = catalog_point_has_roster(search->catalog, search->where), r;

        if (has_roster < 0)
                return has_roster;
        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                if (!texts[i])
                        continue;
                r = resolve_number(search, texts[i], has_roster > 0, today, findings, ret);
                if (r == 0 && search->found.id == 0 && !search->ambiguous && has_roster > 0)
                        r = search_text(search, texts[i]);
                if (r < 0)
                        return r;
                if (r > 0 || search->found.id != 0 || search->ambiguous)
                        break;
        }
        if (search->ambiguous) {
                (void)findings_add(findings, REASON_NAME_AMBIGUOUS, FINDING_REJECT);
                return 0;
        }
        if (search->found.id != 0) {
                /* An earlier version took longer ones. */
                if (document_number(search->found.id_number, &ret->number) < 0) {
                        (void)findings_add(findings, REASON_NOT_ON_ROSTER, FINDING_REJECT);
                        return 0;
                }
                ret->student = search->found.id;
        } else if (!ret->number.text[0] && !findings_reject(findings))
                (void)findings_add(findings, REASON_NAME_NO_NUMBER, FINDING_REJECT);
        return 0;
}

int identity_resolve(Catalog *catalog, const IdentityQuery *query, Findings *findings,
                     Identity *ret)
{
        Search search = {.catalog = catalog, .where = {query->batch, query->point}};
        Findings own = {};
        Identity identity = {};
        int r = resolve(&search, query->name, query->folder_name, query->today, &own, &identity);

        student_row_done(&search.found);
        if (r < 0)
                return r;
        for (size_t i = 0; i < own.n; i++)
                (void)findings_add(findings, own.items[i].code, own.items[i].level);
        *ret = identity;
        return 0;
}
