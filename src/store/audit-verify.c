/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"

#include <idphoto/audit.h>
#include <idphoto/catalog.h>

/* The proof: hashes every entry again, in order, and compares the end with the head. */

typedef struct Proof {
        const uint8_t *key; /* NULL: there is none */
        AuditHead head;
        Sha256 chain;    /* of the last entry */
        int64_t last_id; /* of the last row, in the chain or before it */
        AuditReport report;
} Proof;

/* Ends the reading. */
static int fail(Proof *proof, AuditFault fault, int64_t entry)
{
        proof->report.fault = fault;
        proof->report.entry = entry;
        return 1;
}

static const char *column_string(const SqlRows *s, int column)
{
        const char *text = sql_text(s, column);

        return text ? text : "";
}

static int check_entry(const SqlRows *s, void *userdata)
{
        Proof *proof = userdata;
        AuditEntry entry = {
                .id = sql_integer(s, 0),
                .wall = sql_integer(s, 1),
                .kind = column_string(s, 2),
                .point = sql_integer(s, 3),
                .submission = sql_integer(s, 4),
                .student = sql_integer(s, 5),
                .uid = sql_integer(s, 6),
                .detail = column_string(s, 7),
                .outside = sql_integer(s, 8),
                .actor = column_string(s, 9),
                .told = sql_integer(s, 10),
        };
        int64_t expected = proof->last_id + 1;
        bool first = proof->report.entries == 0;
        Sha256 stored, chain;
        int r;

        entry.has_person = sql_hash(s, 11, &entry.person);
        proof->last_id = entry.id;
        if (!sql_hash(s, 12, &stored)) {
                if (!first || !sql_is_null(s, 12))
                        return fail(proof, AUDIT_FOREIGN, entry.id);
                proof->report.before++;
                return 0;
        }
        if (!proof->key)
                return fail(proof, AUDIT_NO_KEY, 0);
        if (!first && entry.id != expected)
                return fail(proof, AUDIT_MISSING, expected);
        if (first) {
                r = audit_beginning(proof->key, entry.id, &proof->chain);
                if (r < 0)
                        return r;
        }
        r = audit_link(proof->key, &proof->chain, &entry, &chain);
        if (r < 0)
                return r;
        if (!sha256_equal(&chain, &stored)) {
                if (first && entry.id != expected)
                        return fail(proof, AUDIT_MISSING, expected);
                return fail(proof, AUDIT_CHANGED, entry.id);
        }
        proof->chain = chain;
        proof->report.entries++;
        return 0;
}

static void check_end(Proof *proof)
{
        const AuditHead *head = &proof->head;
        int64_t count = (int64_t)proof->report.entries;

        if (proof->report.fault != AUDIT_WHOLE)
                return;
        if (head->sequence > proof->last_id || (head->sound && head->count > count))
                (void)fail(proof, AUDIT_CUT, proof->last_id + 1);
        else if (!proof->key && head->present)
                (void)fail(proof, AUDIT_NO_KEY, 0);
        else if (count == 0 && !head->present)
                return;
        else if (!head->sound || head->count != count || !sha256_equal(&head->chain, &proof->chain))
                (void)fail(proof, AUDIT_HEAD, 0);
}

static int read_all(Catalog *catalog, Proof *proof)
{
        static const uint8_t no_key[SHA256_SIZE];
        int r;

        r = audit_read_head(catalog, proof->key ? proof->key : no_key, &proof->head);
        if (r >= 0)
                r = catalog_each(catalog,
                                 "SELECT id, wall, kind, point, submission, student, uid, detail,"
                                 " outside, actor, told, person, chain FROM event ORDER BY id",
                                 NO_VALUES, check_entry, proof);
        if (r < 0)
                return r;
        check_end(proof);
        return 0;
}

int catalog_audit_verify(Catalog *catalog, AuditReport *ret)
{
        bool nested = catalog_in_transaction(catalog);
        Proof proof = {};
        int r;

        r = audit_key(catalog, false, &proof.key);
        if (r < 0 && r != -ENOENT && r != -EUCLEAN)
                return r;
        if (r < 0)
                proof.key = NULL;
        r = nested ? 0 : sql_begin(catalog_sql(catalog), SQL_SNAPSHOT);
        if (r < 0)
                return r;
        r = read_all(catalog, &proof);
        if (!nested)
                catalog_rollback(catalog);
        if (r < 0)
                return r;
        *ret = proof.report;
        return 0;
}
