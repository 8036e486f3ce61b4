/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/finding.h>
#include <idphoto/fingerprint.h>

#include <sqlite3.h>

/*
 * Shared by the files of the catalog. A query consists of an SQL literal, the values of its
 * placeholders, and a function that reads a row into a type of the domain. A connection prepares
 * each statement once and caches it by the address of the literal.
 */

/* Runs statements that return nothing. */
int catalog_execute(Catalog *catalog, const char *sql);
/* Reads the first column of the first row. The statement is not cached. */
int catalog_query_integer(Catalog *catalog, const char *sql, int64_t *ret);

/* Steps a statement, also one that belongs to no Catalog. 1: a row; 0: done; else a negative
 * errno. */
int statement_step(sqlite3_stmt *statement);
/* Number of rows that the last statement changed. */
int catalog_changes(Catalog *catalog);

/* A value for a placeholder of a statement. Text and data are not copied: they must outlive the
 * last step. */
typedef struct Value {
        enum {
                VALUE_INTEGER,
                VALUE_TEXT,
                VALUE_KEY,
                VALUE_HASH,
                VALUE_REAL,
                VALUE_FINGERPRINT
        } kind;
        int64_t integer;
        const char *text; /* NULL: SQL's NULL; the same for the next two */
        const Sha256 *hash;
        const PhotoFingerprint *fingerprint;
        double real; /* NAN: NULL */
} Value;

#define INTEGER(v)     ((Value){.kind = VALUE_INTEGER, .integer = (int64_t)(v)})
#define TEXT(v)        ((Value){.kind = VALUE_TEXT, .text = (v)})
/* A name, folded by text_fold(). The query fails with -EILSEQ when it cannot be folded. */
#define KEY(v)         ((Value){.kind = VALUE_KEY, .text = (v)})
#define HASH(v)        ((Value){.kind = VALUE_HASH, .hash = (v)})
#define REAL(v)        ((Value){.kind = VALUE_REAL, .real = (v)})
#define FINGERPRINT(v) ((Value){.kind = VALUE_FINGERPRINT, .fingerprint = (v)})
/* The values of a query. Expands to two arguments: the values and their number. */
#define VALUES(...) \
        (const Value[]){__VA_ARGS__}, sizeof((const Value[]){__VA_ARGS__}) / sizeof(Value)
#define NO_VALUES (const Value *)NULL, (size_t)0
/* A directory takes three placeholders, a point two. */
#define WHERE(w)  INTEGER((w).batch), INTEGER((w).point), INTEGER((w).folder)
#define POINT(w)  INTEGER((w).batch), INTEGER((w).point)

/*
 * The placeholders ?1, ?2, … get the values in order. A statement need not use all values, so
 * several statements can share one list.
 */

/* Runs a statement without rows: 0 or negative errno. */
int catalog_run(Catalog *catalog, const char *sql, const Value *values, size_t n);
/* Runs several statements with the same values, until one fails. */
int catalog_run_all(Catalog *catalog, const char *const *statements, size_t n_statements,
                    const Value *values, size_t n);
/* Runs an INSERT; *ret_id is the id of the new row. 0 or negative errno. */
int catalog_insert(Catalog *catalog, const char *sql, const Value *values, size_t n,
                   int64_t *ret_id);

/* Reads the current row of the statement. */
typedef int (*RowFunction)(sqlite3_stmt *row, void *userdata);

/* Reads the first row with `read`, which returns 1 on success, and returns its result; 0 when there
 * is no row. */
int catalog_one(Catalog *catalog, const char *sql, const Value *values, size_t n, RowFunction read,
                void *ret);
/* Calls `take` for each row. A nonzero result ends the listing and is returned. */
int catalog_each(Catalog *catalog, const char *sql, const Value *values, size_t n, RowFunction take,
                 void *userdata);

/* Readers of the first column. */
int read_nothing(sqlite3_stmt *row, void *userdata); /* for SELECT 1 */
int read_integer(sqlite3_stmt *row, void *ret);      /* int64_t or uint64_t */
int read_text(sqlite3_stmt *row, void *ret);         /* char *, a copy */
/* Copies the text of a column; NULL stays NULL. 0 or -ENOMEM. */
int column_text(sqlite3_stmt *statement, int column, char **ret);
/* Whether the column holds a hash. */
bool column_hash(sqlite3_stmt *statement, int column, Sha256 *ret);
/* Returns false when the column is NULL or has a wrong size. */
bool column_fingerprint(sqlite3_stmt *statement, int column, PhotoFingerprint *ret);
double column_real(sqlite3_stmt *statement, int column); /* NULL: NAN */

/* The errno of an SQLite result code. */
int sqlite_errno(int code);

/* Reads a finding from the columns code, level, measured, measured2, min, max and detail, which
 * start at `column`. False: a newer version wrote the finding; skip it, because it would be shown
 * wrongly. */
bool catalog_read_finding(sqlite3_stmt *statement, int column, Finding *ret);

/* Whether this process is the store's daemon. */
bool catalog_of_daemon(const Catalog *catalog);

/* SQLite's own handle of the connection. */
sqlite3 *catalog_database(Catalog *catalog);

/* Runs a "PRAGMA wal_checkpoint(…)". 1: done; 0: somebody uses the log. */
int catalog_checkpoint(Catalog *catalog, const char *pragma);
/*
 * Begins the log anew, so that what stands in it is void; for who is about to cut it off or to close
 * the database, which removes it. Some file systems (ext4 with data=writeback) give the blocks of
 * such a file away before the change itself is on the disk. After a power cut the log is there
 * again; its beginning, the only part that was not overwritten, would count for later than the
 * database. 1: done; 0: somebody uses the log.
 */
int catalog_restart_log(Catalog *catalog);

/* ---- the audit chain (audit-chain.c) ---- */

#define AUDIT_ACTORS 16

/* Cached by a connection: the key, and the names of users, because a directory service may be
 * slow. */
typedef struct AuditCache {
        bool has_key;
        uint8_t key[SHA256_SIZE];
        struct {
                uid_t uid;
                char *name;
        } actors[AUDIT_ACTORS];
        size_t n_actors;
} AuditCache;

AuditCache *catalog_audit_cache(Catalog *catalog);

/* Every stored field of an entry except its hash. */
typedef struct AuditEntry {
        int64_t id;
        int64_t wall;
        const char *kind;
        int64_t point;
        int64_t submission;
        int64_t student;
        int64_t uid;
        const char *actor;
        const char *detail;
        int64_t outside;
        int64_t told;
        bool has_person;
        Sha256 person;
} AuditEntry;

/* The length and the last hash of the chain, stored apart from it. sound: the head was written with
 * the key. */
typedef struct AuditHead {
        bool present;
        bool sound;
        int64_t count;
        Sha256 chain;
        int64_t sequence; /* the last id that any entry ever had */
} AuditHead;

/* Reads the store's key through the cache; *ret lives as long as the connection. create: makes a
 * key when there is none. -ENOENT: there is none. */
int audit_key(Catalog *catalog, bool create, const uint8_t **ret);
int audit_read_head(Catalog *catalog, const uint8_t *key, AuditHead *ret);
/* Computes the hash that precedes the first entry, whose id is `first`. */
int audit_beginning(const uint8_t *key, int64_t first, Sha256 *ret);
/* Computes the hash of an entry from the hash `before` it. ret may be `before`. */
int audit_link(const uint8_t *key, const Sha256 *before, const AuditEntry *entry, Sha256 *ret);
/* Computes the keyed hash by which entries refer to the person with that number. */
int audit_person(const uint8_t *key, const char *id_number, Sha256 *ret);
