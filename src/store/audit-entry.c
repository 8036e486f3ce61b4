/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"
#include "server.h"
#include "store-internal.h"

#include <idphoto/audit.h>
#include <idphoto/event.h>

#include <pwd.h>
#include <string.h>

/*
 * Entries are appended. A store's only writer adds each to the chain at once. On a server the chain's
 * head would let one transaction commit at a time, so there an entry gets a hash of its own, reads
 * nothing and waits for nobody; the chain comes to it a moment later (audit-seal.c).
 */

/* What an entry is added to, read in one question: the head, and the entry that tells of the receipt
 * of a submission. */
typedef struct Chain {
        AuditHead head;
        char *value; /* of the head, as it is stored */
        bool asked;  /* what follows is known */
        bool received;
        bool has_person;
        Sha256 person; /* of that entry */
} Chain;

static void chain_done(Chain *chain)
{
        free(chain->value);
}

static bool is_sealed_later(Catalog *catalog)
{
        return sql_engine(catalog_sql(catalog)) == SQL_POSTGRES;
}

static int read_chain(const SqlRows *s, void *ret)
{
        Chain *chain = ret;
        int r = sql_copy_text(s, 1, &chain->value);

        chain->head.sequence = sql_integer(s, 0);
        chain->received = sql_integer(s, 2) != 0;
        chain->has_person = sql_hash(s, 3, &chain->person);
        return r < 0 ? r : 1;
}

static int ask_chain(Catalog *catalog, int64_t submission, Chain *ret)
{
        ret->asked = true;
        return catalog_one(catalog,
                           "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'event'),"
                           " (SELECT value FROM setting WHERE key = ?1),"
                           " (SELECT id FROM event WHERE submission = ?2 AND kind = 'received'),"
                           " (SELECT person FROM event WHERE submission = ?2"
                           "   AND kind = 'received')",
                           VALUES(TEXT(AUDIT_HEAD_SETTING), INTEGER(submission)), read_chain, ret);
}

static int get_chain(Catalog *catalog, const uint8_t *key, int64_t submission, Chain *ret)
{
        int r = ask_chain(catalog, submission, ret);

        if (r <= 0)
                return r < 0 ? r : -EUCLEAN;
        return audit_take_head(key, ret->value, &ret->head);
}

static int read_receipt(const SqlRows *s, void *ret)
{
        Chain *chain = ret;

        chain->received = true;
        chain->has_person = sql_hash(s, 0, &chain->person);
        return 1;
}

/* The same without the head. */
static int ask_receipt(Catalog *catalog, int64_t submission, Chain *ret)
{
        ret->asked = true;
        return catalog_one(catalog,
                           "SELECT person FROM event WHERE submission = ?1 AND kind = 'received'",
                           VALUES(INTEGER(submission)), read_receipt, ret);
}

/* The current name of the user, "" for one unknown to the system. */
static int actor_name(Catalog *catalog, uid_t uid, const char **ret)
{
        AuditCache *cache = catalog_audit_cache(catalog);
        char buf[4096];
        struct passwd pw, *found = NULL;
        char *name;
        size_t i;

        for (i = 0; i < cache->n_actors; i++)
                if (cache->actors[i].uid == uid) {
                        *ret = cache->actors[i].name;
                        return 0;
                }
        /* The oldest one makes room. */
        if (cache->n_actors == AUDIT_ACTORS) {
                free(cache->actors[0].name);
                memmove(&cache->actors[0], &cache->actors[1],
                        (AUDIT_ACTORS - 1) * sizeof(cache->actors[0]));
                cache->n_actors--;
        }
        if (getpwuid_r(uid, &pw, buf, sizeof(buf), &found) != 0)
                found = NULL;
        name = strdup(found ? found->pw_name : "");
        if (!name)
                return -ENOMEM;
        i = cache->n_actors++;
        cache->actors[i].uid = uid;
        cache->actors[i].name = name;
        *ret = name;
        return 0;
}

/* The person of the student. When only rejected files came, so that there is no student, the person
 * in the entry of the receipt. */
static int find_person(Catalog *catalog, const uint8_t *key, const EventRow *row, Chain *chain,
                       AuditEntry *entry)
{
        _cleanup_free_ char *of_student = NULL;
        const char *id_number = row->id_number;
        int r = 0;

        if (!id_number && row->student != 0) {
                r = catalog_one(catalog, "SELECT id_number FROM student WHERE id = ?1",
                                VALUES(INTEGER(row->student)), read_text, &of_student);
                if (r < 0)
                        return r;
                id_number = of_student;
        }
        if (id_number) {
                entry->has_person = true;
                return audit_person(key, id_number, &entry->person);
        }
        if (row->submission == 0)
                return 0;
        r = chain->asked ? 0 : ask_receipt(catalog, row->submission, chain);
        entry->has_person = chain->has_person;
        entry->person = chain->person;
        return MIN(r, 0);
}

/* ---- linked at once ---- */

static int insert_linked(Catalog *catalog, const AuditEntry *e, const Sha256 *chain)
{
        return catalog_run(catalog,
                           "INSERT INTO event (id, wall, kind, point, submission, student, uid,"
                           " detail, outside, actor, told, person, chain) VALUES (?1, ?2, ?3, ?4,"
                           " ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                           VALUES(INTEGER(e->id), INTEGER(e->wall), TEXT(e->kind),
                                  INTEGER(e->point), INTEGER(e->submission), INTEGER(e->student),
                                  INTEGER(e->uid), TEXT(e->detail), INTEGER(e->outside),
                                  TEXT(e->actor), INTEGER(e->told),
                                  HASH(e->has_person ? &e->person : NULL), HASH(chain)));
}

static int write_head(Catalog *catalog, const uint8_t *key, const AuditHead *head)
{
        char value[AUDIT_HEAD_SIZE];
        int r = audit_head_text(key, head, value);

        return r < 0 ? r : catalog_set_setting(catalog, AUDIT_HEAD_SETTING, value);
}

static int add_linked(Catalog *catalog, const uint8_t *key, const EventRow *row, AuditEntry *entry)
{
        _cleanup_(chain_done) Chain chain = {};
        AuditHead *head = &chain.head;
        /* Read again for each entry: another process may have appended, and a part of a transaction
         * may have been undone. */
        int r = get_chain(catalog, key, row->submission, &chain);

        if (r < 0 || (row->kind == EVENT_RECEIVED && chain.received))
                return r;
        entry->id = head->sequence + 1;
        if (!head->present) {
                head->sound = true;
                r = audit_beginning(key, entry->id, &head->chain);
        }
        if (r >= 0)
                r = find_person(catalog, key, row, &chain, entry);
        if (r < 0)
                return r;
        head->count++;
        r = audit_link(key, &head->chain, entry, &head->chain);
        if (r >= 0)
                r = insert_linked(catalog, entry, &head->chain);
        return r < 0 ? r : write_head(catalog, key, head);
}

/* ---- sealed later ---- */

static int insert_loose(Catalog *catalog, const AuditEntry *e, const Sha256 *mac)
{
        return catalog_run(catalog,
                           "INSERT INTO event (wall, kind, point, submission, student, uid, detail,"
                           " outside, actor, told, person, origin, nonce, mac) VALUES (?1, ?2, ?3,"
                           " ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
                           VALUES(INTEGER(e->wall), TEXT(e->kind), INTEGER(e->point),
                                  INTEGER(e->submission), INTEGER(e->student), INTEGER(e->uid),
                                  TEXT(e->detail), INTEGER(e->outside), TEXT(e->actor),
                                  INTEGER(e->told), HASH(e->has_person ? &e->person : NULL),
                                  INTEGER(e->origin), INTEGER(e->nonce), HASH(mac)));
}

static int add_loose(Catalog *catalog, const uint8_t *key, const EventRow *row, AuditEntry *entry)
{
        const Store *store = catalog_store(catalog);
        Chain chain = {};
        Sha256 mac;
        int r = 0;

        entry->origin = store_gateway(store);
        if (row->kind == EVENT_RECEIVED)
                r = ask_receipt(catalog, row->submission, &chain);
        if (r < 0 || chain.received)
                return MIN(r, 0);
        r = find_person(catalog, key, row, &chain, entry);
        if (r >= 0)
                r = server_draw(&entry->nonce);
        if (r >= 0)
                r = audit_mac(key, entry, &mac);
        if (r >= 0)
                r = insert_loose(catalog, entry, &mac);
        if (r >= 0)
                atomic_store(&store->server->unsealed, true);
        return r;
}

/* ---- both ---- */

int catalog_add_event(Catalog *catalog, const EventRow *row)
{
        AuditEntry entry = {
                .wall = row->wall,
                .kind = event_kind_to_string(row->kind),
                .point = row->point,
                .submission = row->submission,
                .student = row->student,
                .uid = row->uid,
                .detail = row->detail ? row->detail : "",
                .outside = !catalog_of_daemon(catalog),
                .told = event_kind_is_told(row->kind),
        };
        const uint8_t *key;
        int r = audit_key(catalog, true, &key);

        if (r >= 0)
                r = actor_name(catalog, row->uid, &entry.actor);
        if (r < 0)
                return r;
        r = is_sealed_later(catalog) ? add_loose(catalog, key, row, &entry)
                                     : add_linked(catalog, key, row, &entry);
        /* Whoever has looked ahead for another entry has the head, or the receipt, of before. */
        if (!is_sealed_later(catalog) || row->kind == EVENT_RECEIVED)
                catalog_look_again(catalog);
        return r;
}

void catalog_expect_event(Catalog *catalog, int64_t submission)
{
        _cleanup_(chain_done) Chain chain = {};

        if (is_sealed_later(catalog))
                (void)ask_receipt(catalog, submission, &chain);
        else
                (void)ask_chain(catalog, submission, &chain);
}
