/* SPDX-License-Identifier: MIT */
#pragma once

#include "sql.h"

#include <idphoto/catalog.h>
#include <idphoto/finding.h>

/*
 * Shared by the files of the catalog. A query consists of an SQL literal, the values of its
 * placeholders, and a function that reads a row into a type of the domain. sql.h says in which words
 * the literals are written.
 */

/* The connection. */
Sql *catalog_sql(Catalog *catalog);

/* Runs statements that return nothing. */
int catalog_execute(Catalog *catalog, const char *sql);
/* Reads the first column of the first row. The statement is not kept. */
int catalog_query_integer(Catalog *catalog, const char *sql, int64_t *ret);

/* A directory takes three placeholders, a point two. */
#define WHERE(w) INTEGER((w).batch), INTEGER((w).point), INTEGER((w).folder)
#define POINT(w) INTEGER((w).batch), INTEGER((w).point)

/* Runs a statement without rows: 0 or negative errno. */
int catalog_run(Catalog *catalog, const char *sql, const Value *values, size_t n);
/* Runs several statements with the same values, until one fails. */
int catalog_run_all(Catalog *catalog, const char *const *statements, size_t n_statements,
                    const Value *values, size_t n);
/* The same; *ret is the number of rows that it changed. */
int catalog_run_counted(Catalog *catalog, const char *sql, const Value *values, size_t n,
                        int64_t *ret);
/* Runs an INSERT … RETURNING id; *ret_id is the id of the new row. 0 or negative errno. */
int catalog_insert(Catalog *catalog, const char *sql, const Value *values, size_t n,
                   int64_t *ret_id);

/* Reads the current row of the statement. */
typedef int (*RowFunction)(const SqlRows *row, void *userdata);

/* Reads the first row with `read`, which returns 1 on success, and returns its result; 0 when there
 * is no row. */
int catalog_one(Catalog *catalog, const char *sql, const Value *values, size_t n, RowFunction read,
                void *ret);
/* Calls `take` for each row, of which there are few. A nonzero result ends the listing and is
 * returned. */
int catalog_some(Catalog *catalog, const char *sql, const Value *values, size_t n, RowFunction take,
                 void *userdata);
/* The same for any number of rows. */
int catalog_each(Catalog *catalog, const char *sql, const Value *values, size_t n, RowFunction take,
                 void *userdata);

/* Readers of the first column. */
int read_nothing(const SqlRows *row, void *userdata); /* for SELECT 1 */
int read_integer(const SqlRows *row, void *ret);      /* int64_t or uint64_t */
int read_text(const SqlRows *row, void *ret);         /* char *, a copy */

/* Reads a finding from the columns code, level, measured, measured2, min, max and detail, which
 * start at `column`. False: a newer version wrote the finding; skip it, because it would be shown
 * wrongly. */
bool catalog_read_finding(const SqlRows *statement, int column, Finding *ret);

/* How many lines the roster has that is being loaded. */
int64_t *catalog_roster_lines(Catalog *catalog);

/* Whether this process is the store's daemon. */
bool catalog_of_daemon(const Catalog *catalog);

/* ---- the audit chain (audit-chain.c) ---- */

/* The setting that holds the head. */
#define AUDIT_HEAD_SETTING "audit"
#define AUDIT_HEAD_SIZE    (24 + 2 * SHA256_HEX_SIZE)

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
        int64_t origin; /* these two are not in a link */
        int64_t nonce;
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

/* Writes the file of the key, which has no name until it is complete. Two processes may do so at the
 * same time; both then use the one that came first. */
int audit_write_key(int dirfd, const void *key);
/* Reads the store's key through the cache; *ret lives as long as the connection. create: makes a
 * key when there is none. -ENOENT: there is none. */
int audit_key(Catalog *catalog, bool create, const uint8_t **ret);
int audit_read_head(Catalog *catalog, const uint8_t *key, AuditHead *ret);
/* The head from the setting's value; NULL: there is none. Leaves the sequence as it is. */
int audit_take_head(const uint8_t *key, const char *value, AuditHead *ret);
/* The value for the head; one that is not sound stays so. */
int audit_head_text(const uint8_t *key, const AuditHead *head, char ret[static AUDIT_HEAD_SIZE]);
/* Computes the hash that precedes the first entry, whose id is `first`, or AUDIT_FIRST of one that is
 * sealed. */
enum { AUDIT_FIRST = 1 };
int audit_beginning(const uint8_t *key, int64_t first, Sha256 *ret);
/* Computes the hash of an entry from the hash `before` it. ret may be `before`. */
int audit_link(const uint8_t *key, const Sha256 *before, const AuditEntry *entry, Sha256 *ret);
/* Computes the hash of an entry by itself, over all but its id. */
int audit_mac(const uint8_t *key, const AuditEntry *entry, Sha256 *ret);
/* Computes the link of an entry that has such a hash. mac NULL: it did not prove the entry, and so
 * nothing ever will. ret may be `before`. */
int audit_seal(const uint8_t *key, const Sha256 *before, int64_t seq, int64_t event,
               const Sha256 *mac, Sha256 *ret);
/* Reads an entry from AUDIT_COLUMNS, which start at `column`. Its texts live until the next row. */
#define AUDIT_COLUMNS \
        "e.id, e.wall, e.kind, e.point, e.submission, e.student, e.uid, e.detail, e.outside," \
        " e.actor, e.told, e.person"
enum { AUDIT_N_COLUMNS = 12 };
void audit_read_entry(const SqlRows *row, int column, AuditEntry *ret);
/* The same with the columns that only an entry with a hash of its own has. 1: the hash proves it. */
#define AUDIT_SEALED_COLUMNS AUDIT_COLUMNS ", e.origin, e.nonce, e.mac, e.chain"
int audit_prove_entry(const uint8_t *key, const SqlRows *row, int column, AuditEntry *ret,
                      Sha256 *ret_mac);
/* Computes the keyed hash by which entries refer to the person with that number. */
int audit_person(const uint8_t *key, const char *id_number, Sha256 *ret);
