/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"

#include <idphoto/audit.h>
#include <idphoto/catalog.h>

/* The proof: hashes every entry again, in order, and compares the end with the head. */

enum { LATE_SECONDS = 60 };

typedef struct Proof {
        const uint8_t *key; /* NULL: there is none */
        AuditHead head;
        Sha256 chain;    /* of the last entry */
        int64_t last_id; /* of the last row, in the chain or before it; of what is sealed its number */
        int64_t proved; /* entries that have a hash of their own */
        AuditReport report;
} Proof;

static bool is_whole(const Proof *proof, int r)
{
        return r >= 0 && proof->report.fault == AUDIT_WHOLE;
}

/* Ends the reading. */
static int fail(Proof *proof, AuditFault fault, int64_t entry)
{
        proof->report.fault = fault;
        proof->report.entry = entry;
        return 1;
}

static int check_entry(const SqlRows *s, void *userdata)
{
        Proof *proof = userdata;
        int64_t expected = proof->last_id + 1;
        bool first = proof->report.entries == 0;
        AuditEntry entry;
        Sha256 stored, chain;
        int r;

        audit_read_entry(s, 0, &entry);
        proof->last_id = entry.id;
        if (!sql_hash(s, AUDIT_N_COLUMNS, &stored)) {
                if (!first || !sql_is_null(s, AUDIT_N_COLUMNS))
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

static int check_all(Catalog *catalog, Proof *proof)
{
        return catalog_each(catalog,
                            "SELECT " AUDIT_COLUMNS ", e.chain FROM event AS e ORDER BY e.id",
                            NO_VALUES, check_entry, proof);
}

static void check_end(Proof *proof)
{
        const AuditHead *head = &proof->head;
        int64_t count = (int64_t)proof->report.entries;

        if (head->sequence > proof->last_id || (head->sound && head->count > count))
                (void)fail(proof, AUDIT_CUT, proof->last_id + 1);
        else if (!proof->key && head->present)
                (void)fail(proof, AUDIT_NO_KEY, 0);
        else if (count == 0 && !head->present)
                return;
        else if (!head->sound || head->count != count || !sha256_equal(&head->chain, &proof->chain))
                (void)fail(proof, AUDIT_HEAD, 0);
}

/* ---- what is sealed ---- */

/* The links of before any seal. */
static int check_linked(Catalog *catalog, Proof *proof)
{
        return catalog_each(catalog,
                            "SELECT " AUDIT_COLUMNS ", e.chain FROM event AS e"
                            " WHERE e.mac IS NULL AND e.chain IS NOT NULL ORDER BY e.id",
                            NO_VALUES, check_entry, proof);
}

static int check_seal(const SqlRows *s, void *userdata)
{
        enum { SEQ, EVENT, ORIGIN, CHAIN, ENTRY };
        Proof *proof = userdata;
        int64_t seq = sql_integer(s, SEQ), expected = (int64_t)proof->report.entries + 1;
        Sha256 stored, mac, *chain = &proof->chain;
        AuditEntry entry;
        int r = 0;

        if (!proof->key)
                return fail(proof, AUDIT_NO_KEY, 0);
        if (seq > expected)
                return fail(proof, AUDIT_MISSING, expected);
        if (sql_is_null(s, ENTRY))
                return fail(proof, AUDIT_MISSING, seq);
        if (expected == AUDIT_FIRST)
                r = audit_beginning(proof->key, AUDIT_FIRST, chain);
        if (r >= 0)
                r = audit_prove_entry(proof->key, s, ENTRY, &entry, &mac);
        if (r < 0)
                return r;
        if (r == 0 || seq != expected || entry.origin != sql_integer(s, ORIGIN))
                return fail(proof, AUDIT_CHANGED, seq);
        r = audit_seal(proof->key, chain, seq, sql_integer(s, EVENT), &mac, chain);
        if (r < 0)
                return r;
        if (!sql_hash(s, CHAIN, &stored) || !sha256_equal(&stored, chain))
                return fail(proof, AUDIT_CHANGED, seq);
        proof->last_id = seq;
        proof->proved++;
        proof->report.entries++;
        return 0;
}

static int check_seals(Catalog *catalog, Proof *proof)
{
        return catalog_each(catalog,
                            "SELECT s.seq, s.event, s.origin, s.chain, " AUDIT_SEALED_COLUMNS
                            " FROM seal AS s LEFT JOIN event AS e ON e.id = s.event ORDER BY s.seq",
                            NO_VALUES, check_seal, proof);
}

/* One that has its seal waits for nothing, whoever says so. */
static int check_waiting(const SqlRows *s, void *userdata)
{
        enum { LATE, ENTRY };
        Proof *proof = userdata;
        AuditEntry entry;
        Sha256 mac;
        int r;

        if (!proof->key)
                return fail(proof, AUDIT_NO_KEY, 0);
        if (sql_is_null(s, ENTRY))
                return fail(proof, AUDIT_MISSING, 0);
        r = audit_prove_entry(proof->key, s, ENTRY, &entry, &mac);
        if (r < 0)
                return r;
        if (r == 0)
                return fail(proof, AUDIT_CHANGED, 0);
        if (sql_integer(s, LATE) != 0)
                return fail(proof, AUDIT_UNSEALED, 0);
        proof->proved++;
        return 0;
}

static int check_unsealed(Catalog *catalog, Proof *proof)
{
        return catalog_each(catalog,
                            "SELECT CASE WHEN u.since < wall() - ?1 THEN 1 ELSE 0 END,"
                            " " AUDIT_SEALED_COLUMNS
                            " FROM unsealed AS u LEFT JOIN event AS e ON e.id = u.event"
                            " WHERE NOT EXISTS (SELECT 1 FROM seal AS s WHERE s.event = u.event)"
                            " ORDER BY u.event",
                            VALUES(INTEGER(LATE_SECONDS * NSEC_PER_SEC)), check_waiting, proof);
}

/* What no seal shows: somebody has written an entry, has copied one with its hash, or has taken one
 * from those that wait. */
static int check_strangers(Catalog *catalog, Proof *proof)
{
        int64_t foreign = 0, number = 0, with_hash = 0;
        int r;

        r = catalog_one(catalog, "SELECT count(*) FROM event WHERE mac IS NULL AND chain IS NULL",
                        NO_VALUES, read_integer, &foreign);
        if (r >= 0 && foreign > 0)
                return fail(proof, AUDIT_FOREIGN, 0);
        if (r >= 0)
                r = catalog_one(
                        catalog,
                        "SELECT coalesce((SELECT seq FROM seal WHERE event = copied.last), 0)"
                        " FROM (SELECT max(id) AS last FROM event WHERE mac IS NOT NULL"
                        "   GROUP BY mac HAVING count(*) > 1) AS copied ORDER BY 1 LIMIT 1",
                        NO_VALUES, read_integer, &number);
        if (r > 0)
                return fail(proof, AUDIT_FOREIGN, number);
        if (r >= 0)
                r = catalog_one(catalog, "SELECT count(*) FROM event WHERE mac IS NOT NULL",
                                NO_VALUES, read_integer, &with_hash);
        if (r >= 0 && with_hash != proof->proved)
                return fail(proof, AUDIT_UNSEALED, 0);
        return MIN(r, 0);
}

/* ---- both ---- */

static int read_all(Catalog *catalog, Proof *proof)
{
        static const uint8_t no_key[SHA256_SIZE];
        bool sealed = sql_engine(catalog_sql(catalog)) == SQL_POSTGRES;
        int r = audit_read_head(catalog, proof->key ? proof->key : no_key, &proof->head);

        /* There it counts what was never committed too. */
        if (sealed)
                proof->head.sequence = 0;
        if (r >= 0)
                r = sealed ? check_linked(catalog, proof) : check_all(catalog, proof);
        if (is_whole(proof, r) && sealed)
                r = check_seals(catalog, proof);
        if (is_whole(proof, r))
                check_end(proof);
        if (is_whole(proof, r) && sealed)
                r = check_unsealed(catalog, proof);
        if (is_whole(proof, r) && sealed)
                r = check_strangers(catalog, proof);
        return MIN(r, 0);
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
