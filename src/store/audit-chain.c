/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"
#include "store-internal.h"

#include <idphoto/audit.h>
#include <idphoto/event.h>
#include <idphoto/io.h>

#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <string.h>
#include <sys/random.h>

/*
 * The chain. The hash of every entry is made with a key, over the hash of the entry before and all
 * fields of this one, so the last hash stands for the whole log. That alone would not show that the
 * end of the log was cut off. So the head, which is the number of entries and the last hash, is
 * kept apart in a setting, with a keyed hash of its own: without that, somebody who cuts the log
 * could write an earlier hash there. The sequence that SQLite keeps for the ids tells the same a
 * third time.
 *
 * An entry that is appended while the head is wrong must not make the head right, and must not stop
 * the photos. So the chain goes on, and the head stays marked as forged.
 */

#define HEAD_SETTING "audit"

enum { HEAD_SIZE = 24 + 2 * SHA256_HEX_SIZE };

/* ---- the key ---- */

static int read_key(int dirfd, uint8_t key[static SHA256_SIZE])
{
        _cleanup_close_ int fd = openat(dirfd, AUDIT_KEY_FILE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        ssize_t n;

        if (fd < 0)
                return -errno;
        n = pread_full(fd, key, SHA256_SIZE, 0);
        if (n < 0)
                return (int)n;
        return n == SHA256_SIZE ? 0 : -EUCLEAN;
}

int audit_write_key(int dirfd, const void *key)
{
        _cleanup_close_ int fd = openat(dirfd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        char proc[64];
        int r;

        if (fd < 0)
                return -errno;
        r = write_full(fd, key, SHA256_SIZE);
        if (r < 0)
                return r;
        if (fsync(fd) < 0)
                return -errno;
        (void)snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
        if (linkat(AT_FDCWD, proc, dirfd, AUDIT_KEY_FILE, AT_SYMLINK_FOLLOW) < 0 && errno != EEXIST)
                return -errno;
        return fsync_dir(dirfd, ".");
}

static int make_key(int dirfd)
{
        uint8_t key[SHA256_SIZE];
        int r;

        if (getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key))
                return -EIO;
        r = audit_write_key(dirfd, key);
        explicit_bzero(key, sizeof(key));
        return r;
}

int audit_key(Catalog *catalog, bool create, const uint8_t **ret)
{
        AuditCache *cache = catalog_audit_cache(catalog);
        int dirfd = store_dirfd(catalog_store(catalog));
        int r = 0;

        if (!cache->has_key) {
                r = read_key(dirfd, cache->key);
                if (r == -ENOENT && create) {
                        r = make_key(dirfd);
                        if (r >= 0)
                                r = read_key(dirfd, cache->key);
                }
                if (r < 0)
                        return r;
                cache->has_key = true;
        }
        *ret = cache->key;
        return 0;
}

/* ---- hashes ---- */

static void append_integer(Text *text, int64_t value)
{
        uint8_t bytes[8];

        for (int i = 0; i < 8; i++)
                bytes[i] = (uint8_t)((uint64_t)value >> (56 - 8 * i));
        text_append_data(text, bytes, sizeof(bytes));
}

/* Puts the length before the string, so that no two entries have the same bytes. */
static void append_string(Text *text, const char *s)
{
        append_integer(text, (int64_t)strlen(s));
        text_append(text, s);
}

static int keyed(const uint8_t *key, const Text *text, Sha256 *ret)
{
        if (text->error < 0)
                return text->error;
        return hmac_sha256(key, SHA256_SIZE, text->data, text->size, ret);
}

int audit_beginning(const uint8_t *key, int64_t first, Sha256 *ret)
{
        _cleanup_text_ Text text = {};

        append_string(&text, "beginning");
        append_integer(&text, first);
        return keyed(key, &text, ret);
}

int audit_link(const uint8_t *key, const Sha256 *before, const AuditEntry *entry, Sha256 *ret)
{
        _cleanup_text_ Text text = {};

        append_string(&text, "entry");
        text_append_data(&text, before->bytes, SHA256_SIZE);
        append_integer(&text, entry->id);
        append_integer(&text, entry->wall);
        append_string(&text, entry->kind);
        append_integer(&text, entry->point);
        append_integer(&text, entry->submission);
        append_integer(&text, entry->student);
        append_integer(&text, entry->uid);
        append_string(&text, entry->actor);
        append_string(&text, entry->detail);
        append_integer(&text, entry->outside);
        append_integer(&text, entry->told);
        append_integer(&text, entry->has_person);
        if (entry->has_person)
                text_append_data(&text, entry->person.bytes, SHA256_SIZE);
        return keyed(key, &text, ret);
}

int audit_person(const uint8_t *key, const char *id_number, Sha256 *ret)
{
        _cleanup_text_ Text text = {};

        append_string(&text, "person");
        append_string(&text, id_number);
        return keyed(key, &text, ret);
}

int audit_mark(Catalog *catalog, const char *purpose, char ret[static AUDIT_MARK_SIZE])
{
        _cleanup_text_ Text text = {};
        char hex[SHA256_HEX_SIZE];
        const uint8_t *key;
        Sha256 hash;
        int r = audit_key(catalog, true, &key);

        if (r < 0)
                return r;
        append_string(&text, "mark");
        append_string(&text, purpose);
        r = keyed(key, &text, &hash);
        if (r < 0)
                return r;
        (void)snprintf(ret, AUDIT_MARK_SIZE, "%.16s", sha256_to_hex(&hash, hex));
        return 0;
}

int audit_person_mark(Catalog *catalog, const char *id_number, char ret[static AUDIT_MARK_SIZE])
{
        char hex[SHA256_HEX_SIZE];
        const uint8_t *key;
        Sha256 person;
        int r = audit_key(catalog, true, &key);

        if (r >= 0)
                r = audit_person(key, id_number, &person);
        if (r < 0)
                return r;
        (void)snprintf(ret, AUDIT_MARK_SIZE, "%.16s", sha256_to_hex(&person, hex));
        return 0;
}

/* ---- the head ---- */

static int seal_head(const uint8_t *key, int64_t count, const Sha256 *chain, Sha256 *ret)
{
        _cleanup_text_ Text text = {};

        append_string(&text, "head");
        append_integer(&text, count);
        text_append_data(&text, chain->bytes, SHA256_SIZE);
        return keyed(key, &text, ret);
}

static bool parse_head(const char *value, int64_t *ret_count, Sha256 *ret_chain, Sha256 *ret_seal)
{
        char chain[SHA256_HEX_SIZE], seal[SHA256_HEX_SIZE];

        return sscanf(value, "%" SCNd64 " %64s %64s", ret_count, chain, seal) == 3 &&
               sha256_from_hex(chain, ret_chain) >= 0 && sha256_from_hex(seal, ret_seal) >= 0;
}

/* What an entry is added to, read in one question: the head, and the entry that tells of the receipt
 * of a submission. */
typedef struct Chain {
        AuditHead head;
        char *value; /* of the head, as it is stored */
        bool received;
        bool has_person;
        Sha256 person; /* of that entry */
} Chain;

static void chain_done(Chain *chain)
{
        free(chain->value);
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
        return catalog_one(catalog,
                           "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'event'),"
                           " (SELECT value FROM setting WHERE key = ?1),"
                           " (SELECT id FROM event WHERE submission = ?2 AND kind = 'received'),"
                           " (SELECT person FROM event WHERE submission = ?2"
                           "   AND kind = 'received')",
                           VALUES(TEXT(HEAD_SETTING), INTEGER(submission)), read_chain, ret);
}

static int get_chain(Catalog *catalog, const uint8_t *key, int64_t submission, Chain *ret)
{
        AuditHead *head = &ret->head;
        Sha256 seal, expected;
        int r = ask_chain(catalog, submission, ret);

        if (r <= 0)
                return r < 0 ? r : -EUCLEAN;
        head->present = ret->value;
        if (ret->value && parse_head(ret->value, &head->count, &head->chain, &seal)) {
                r = seal_head(key, head->count, &head->chain, &expected);
                if (r < 0)
                        return r;
                head->sound = sha256_equal(&seal, &expected);
        }
        return 0;
}

int audit_read_head(Catalog *catalog, const uint8_t *key, AuditHead *ret)
{
        _cleanup_(chain_done) Chain chain = {};
        int r = get_chain(catalog, key, 0, &chain);

        if (r < 0)
                return r;
        *ret = chain.head;
        return 0;
}

static int write_head(Catalog *catalog, const uint8_t *key, const AuditHead *head)
{
        char value[HEAD_SIZE], chain[SHA256_HEX_SIZE], seal_hex[SHA256_HEX_SIZE];
        Sha256 seal = {};
        int r;

        if (head->sound) {
                r = seal_head(key, head->count, &head->chain, &seal);
                if (r < 0)
                        return r;
        }
        (void)snprintf(value, sizeof(value), "%" PRId64 " %s %s", head->count,
                       sha256_to_hex(&head->chain, chain), sha256_to_hex(&seal, seal_hex));
        return catalog_set_setting(catalog, HEAD_SETTING, value);
}

/* ---- an entry ---- */

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
static int find_person(Catalog *catalog, const uint8_t *key, const EventRow *row,
                       const Chain *chain, AuditEntry *entry)
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
        entry->has_person = chain->has_person;
        entry->person = chain->person;
        return 0;
}

static int insert_entry(Catalog *catalog, const AuditEntry *e, const Sha256 *chain)
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
        _cleanup_(chain_done) Chain chain = {};
        AuditHead *head = &chain.head;
        const uint8_t *key;
        int r = audit_key(catalog, true, &key);

        /* Read again for each entry: another process may have appended, and a part of a transaction
         * may have been undone. */
        if (r >= 0)
                r = get_chain(catalog, key, row->submission, &chain);
        if (r < 0 || (row->kind == EVENT_RECEIVED && chain.received))
                return r;
        entry.id = head->sequence + 1;
        if (!head->present) {
                head->sound = true;
                r = audit_beginning(key, entry.id, &head->chain);
        }
        if (r >= 0)
                r = actor_name(catalog, row->uid, &entry.actor);
        if (r >= 0)
                r = find_person(catalog, key, row, &chain, &entry);
        if (r < 0)
                return r;
        head->count++;
        r = audit_link(key, &head->chain, &entry, &head->chain);
        if (r >= 0)
                r = insert_entry(catalog, &entry, &head->chain);
        if (r >= 0)
                r = write_head(catalog, key, head);
        /* Whoever has looked ahead for another entry has the head of before. */
        catalog_look_again(catalog);
        return r;
}

void catalog_expect_event(Catalog *catalog, int64_t submission)
{
        _cleanup_(chain_done) Chain chain = {};

        (void)ask_chain(catalog, submission, &chain);
}
