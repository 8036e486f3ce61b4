/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"
#include "server.h"
#include "store-internal.h"

#include <idphoto/audit.h>

#include <inttypes.h>

/*
 * Seals, where many write at once. An event is written with a hash of its own and waits in `unsealed`.
 * A seal gives it the next number and the next link of the chain, which binds the number, the event's
 * id and its hash to the seal before. Whoever comes first seals; nobody is elected.
 *
 * A seal is made in two steps, and nothing is locked between them: the head and what waits are read,
 * and what was computed from them is stored only if the head is still the same (seal_append()). So a
 * gateway that stops halfway stops nobody.
 *
 * Nothing that was done to the tables may stop the sealing, because the news wait for it, nor may
 * sealing make it right. What is waiting and has gone, or is not proved by its hash, gets a seal that
 * says so, which stays broken for ever. Where the head is wrong the chain goes on from the last seal,
 * and the head stays marked as forged.
 */

enum { SEALED_AT_ONCE = 1000 };

/* What is read and what is made of it. */
typedef struct Sealing {
        const uint8_t *key;
        bool begun;   /* the head is known */
        char *before; /* the head as it was stored; NULL: there was none */
        AuditHead head;
        int n; /* that wait, at most SEALED_AT_ONCE */
        Text seqs;
        Text events;
        Text chains;
} Sealing;

static void sealing_done(Sealing *sealing)
{
        free(sealing->before);
        text_done(&sealing->seqs);
        text_done(&sealing->events);
        text_done(&sealing->chains);
}

/* The columns of QUESTION. */
enum {
        EVENT,
        SEALED, /* NULL: not yet */
        HEAD,
        LAST,
        LAST_CHAIN,
        ENTRY,
};

#define LAST_OF(seal_column, event_column) \
        " coalesce((SELECT " seal_column " FROM seal ORDER BY seq DESC LIMIT 1)," \
        " (SELECT " event_column " FROM event WHERE mac IS NULL AND chain IS NOT NULL" \
        "   ORDER BY id DESC LIMIT 1))"
#define QUESTION \
        "SELECT u.event, s.seq, (SELECT value FROM setting WHERE key = ?1)," LAST_OF( \
                "seq", \
                "id") "," LAST_OF("chain", \
                                  "chain") ", " AUDIT_SEALED_COLUMNS \
                                           " FROM unsealed AS u LEFT JOIN event AS e ON e.id = u.event" \
                                           " LEFT JOIN seal AS s ON s.event = u.event ORDER BY u.event LIMIT ?2"

/* Where the chain goes on. The last link of before any seal has its entry's id for a number. */
static int begin(Sealing *sealing, const SqlRows *s)
{
        AuditHead *head = &sealing->head;
        int64_t last = sql_integer(s, LAST);
        int r = sql_copy_text(s, HEAD, &sealing->before);

        if (r >= 0)
                r = audit_take_head(sealing->key, sealing->before, head);
        if (r < 0)
                return r;
        sealing->begun = true;
        if (!head->present && last == 0) {
                head->sound = true;
                return audit_beginning(sealing->key, AUDIT_FIRST, &head->chain);
        }
        if (!head->sound || head->count < last) {
                head->sound = false;
                head->count = last;
                if (!sql_hash(s, LAST_CHAIN, &head->chain))
                        head->chain = (Sha256){};
        }
        return 0;
}

static void note(Sealing *sealing, int64_t seq, int64_t event, const Sha256 *chain)
{
        const char *comma = sealing->n++ > 0 ? "," : "";
        char hex[SHA256_HEX_SIZE];

        text_printf(&sealing->seqs, "%s%" PRId64, comma, seq);
        text_printf(&sealing->events, "%s%" PRId64, comma, event);
        text_printf(&sealing->chains, "%s%s", comma, sha256_to_hex(chain, hex));
}

static int seal_one(const SqlRows *s, void *userdata)
{
        Sealing *sealing = userdata;
        AuditHead *head = &sealing->head;
        int64_t event = sql_integer(s, EVENT);
        AuditEntry entry;
        Sha256 mac;
        int r = sealing->begun ? 0 : begin(sealing, s);

        if (r < 0)
                return r;
        if (!sql_is_null(s, SEALED)) {
                note(sealing, 0, event, &head->chain);
                return 0;
        }
        r = sql_is_null(s, ENTRY) ? 0 : audit_prove_entry(sealing->key, s, ENTRY, &entry, &mac);
        if (r >= 0)
                r = audit_seal(sealing->key, &head->chain, head->count + 1, event,
                               r > 0 ? &mac : NULL, &head->chain);
        if (r < 0)
                return r;
        head->count++;
        note(sealing, head->count, event, &head->chain);
        return 0;
}

/* A list as an array of the server. */
static int as_array(const Text *list, char **ret)
{
        if (list->error < 0)
                return list->error;
        return asprintf(ret, "{%s}", list->data) < 0 ? -ENOMEM : 0;
}

static int append(Catalog *catalog, const Sealing *sealing)
{
        _cleanup_free_ char *seqs = NULL, *events = NULL, *chains = NULL;
        char head[AUDIT_HEAD_SIZE];
        int64_t n = 0;
        int r = audit_head_text(sealing->key, &sealing->head, head);

        if (r >= 0)
                r = as_array(&sealing->seqs, &seqs);
        if (r >= 0)
                r = as_array(&sealing->events, &events);
        if (r >= 0)
                r = as_array(&sealing->chains, &chains);
        if (r >= 0)
                r = catalog_one(catalog, "SELECT seal_append(?1, ?2, ?3, ?4, ?5)",
                                VALUES(TEXT(sealing->before), TEXT(head), TEXT(seqs), TEXT(events),
                                       TEXT(chains)),
                                read_integer, &n);
        if (r >= 0 && n < 0)
                r = -EAGAIN;
        return r < 0 ? r : (int)n;
}

/* -EAGAIN: somebody else has sealed meanwhile. */
static int seal_some(Catalog *catalog)
{
        _cleanup_(sealing_done) Sealing sealing = {};
        int r;

        if (sql_engine(catalog_sql(catalog)) != SQL_POSTGRES)
                return 0;
        r = audit_key(catalog, false, &sealing.key);
        if (r < 0)
                return r;
        catalog_look_again(catalog);
        r = catalog_some(catalog, QUESTION,
                         VALUES(TEXT(AUDIT_HEAD_SETTING), INTEGER(SEALED_AT_ONCE)), seal_one,
                         &sealing);
        return r < 0 || sealing.n == 0 ? MIN(r, 0) : append(catalog, &sealing);
}

int catalog_seal(Catalog *catalog)
{
        int r = seal_some(catalog);

        return r == -EAGAIN ? 0 : r;
}

int catalog_seal_all(Catalog *catalog)
{
        int r;

        do
                r = seal_some(catalog);
        while (r > 0 || r == -EAGAIN);
        return r;
}

int catalog_seal_own(Catalog *catalog)
{
        const Store *store = catalog_store(catalog);

        if (!store->server || !atomic_exchange(&store->server->unsealed, false))
                return 0;
        return catalog_seal_all(catalog);
}
