/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"
#include "store-internal.h"

#include <idphoto/audit.h>
#include <idphoto/io.h>

#include <fcntl.h>
#include <inttypes.h>
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
 *
 * Where many write at once, each entry has a hash of its own, and the links are added behind
 * (audit-seal.c).
 */

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

static void append_fields(Text *text, const AuditEntry *entry)
{
        append_integer(text, entry->wall);
        append_string(text, entry->kind);
        append_integer(text, entry->point);
        append_integer(text, entry->submission);
        append_integer(text, entry->student);
        append_integer(text, entry->uid);
        append_string(text, entry->actor);
        append_string(text, entry->detail);
        append_integer(text, entry->outside);
        append_integer(text, entry->told);
        append_integer(text, entry->has_person);
        if (entry->has_person)
                text_append_data(text, entry->person.bytes, SHA256_SIZE);
}

int audit_link(const uint8_t *key, const Sha256 *before, const AuditEntry *entry, Sha256 *ret)
{
        _cleanup_text_ Text text = {};

        append_string(&text, "entry");
        text_append_data(&text, before->bytes, SHA256_SIZE);
        append_integer(&text, entry->id);
        append_fields(&text, entry);
        return keyed(key, &text, ret);
}

int audit_mac(const uint8_t *key, const AuditEntry *entry, Sha256 *ret)
{
        _cleanup_text_ Text text = {};

        append_string(&text, "event");
        append_integer(&text, entry->origin);
        append_integer(&text, entry->nonce);
        append_fields(&text, entry);
        return keyed(key, &text, ret);
}

int audit_seal(const uint8_t *key, const Sha256 *before, int64_t seq, int64_t event,
               const Sha256 *mac, Sha256 *ret)
{
        _cleanup_text_ Text text = {};

        append_string(&text, "seal");
        text_append_data(&text, before->bytes, SHA256_SIZE);
        append_integer(&text, seq);
        append_integer(&text, event);
        append_integer(&text, mac != NULL);
        if (mac)
                text_append_data(&text, mac->bytes, SHA256_SIZE);
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

/* ---- stored entries ---- */

static const char *column_string(const SqlRows *row, int column)
{
        const char *text = sql_text(row, column);

        return text ? text : "";
}

void audit_read_entry(const SqlRows *row, int column, AuditEntry *ret)
{
        *ret = (AuditEntry){
                .id = sql_integer(row, column),
                .wall = sql_integer(row, column + 1),
                .kind = column_string(row, column + 2),
                .point = sql_integer(row, column + 3),
                .submission = sql_integer(row, column + 4),
                .student = sql_integer(row, column + 5),
                .uid = sql_integer(row, column + 6),
                .detail = column_string(row, column + 7),
                .outside = sql_integer(row, column + 8),
                .actor = column_string(row, column + 9),
                .told = sql_integer(row, column + 10),
        };
        ret->has_person = sql_hash(row, column + 11, &ret->person);
}

int audit_prove_entry(const uint8_t *key, const SqlRows *row, int column, AuditEntry *ret,
                      Sha256 *ret_mac)
{
        enum { ORIGIN = AUDIT_N_COLUMNS, NONCE, MAC, CHAIN };
        Sha256 computed;
        int r;

        audit_read_entry(row, column, ret);
        ret->origin = sql_integer(row, column + ORIGIN);
        ret->nonce = sql_integer(row, column + NONCE);
        if (!sql_hash(row, column + MAC, ret_mac) || !sql_is_null(row, column + CHAIN))
                return 0;
        r = audit_mac(key, ret, &computed);
        return r < 0 ? r : sha256_equal(&computed, ret_mac);
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

int audit_take_head(const uint8_t *key, const char *value, AuditHead *ret)
{
        Sha256 seal, expected;
        int r;

        ret->present = value;
        ret->sound = false;
        if (!value || !parse_head(value, &ret->count, &ret->chain, &seal))
                return 0;
        r = seal_head(key, ret->count, &ret->chain, &expected);
        if (r >= 0)
                ret->sound = sha256_equal(&seal, &expected);
        return r;
}

int audit_head_text(const uint8_t *key, const AuditHead *head, char ret[static AUDIT_HEAD_SIZE])
{
        char chain[SHA256_HEX_SIZE], seal_hex[SHA256_HEX_SIZE];
        Sha256 seal = {};
        int r;

        if (head->sound) {
                r = seal_head(key, head->count, &head->chain, &seal);
                if (r < 0)
                        return r;
        }
        (void)snprintf(ret, AUDIT_HEAD_SIZE, "%" PRId64 " %s %s", head->count,
                       sha256_to_hex(&head->chain, chain), sha256_to_hex(&seal, seal_hex));
        return 0;
}

typedef struct HeadRow {
        const uint8_t *key;
        AuditHead *head;
} HeadRow;

static int read_head(const SqlRows *s, void *userdata)
{
        const HeadRow *row = userdata;
        _cleanup_free_ char *value = NULL;
        int r = sql_copy_text(s, 1, &value);

        row->head->sequence = sql_integer(s, 0);
        if (r >= 0)
                r = audit_take_head(row->key, value, row->head);
        return r < 0 ? r : 1;
}

int audit_read_head(Catalog *catalog, const uint8_t *key, AuditHead *ret)
{
        int r = catalog_one(catalog,
                            "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'event'),"
                            " (SELECT value FROM setting WHERE key = ?1)",
                            VALUES(TEXT(AUDIT_HEAD_SETTING)), read_head, &(HeadRow){key, ret});

        return r == 0 ? -EUCLEAN : MIN(r, 0);
}
