/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/event.h>

/*
 * The audit log: every event in the order in which it happened. Each entry has a keyed hash
 * (HMAC-SHA-256) over all its fields and the hash of the entry before. So a change, removal or
 * insertion in the database is detected, unless it was made with the key, which is the file
 * audit.key beside the database. ID numbers stand in the log only as keyed hashes.
 * catalog_add_event() adds entries. Entries that an earlier version wrote have no hash and lie
 * before the beginning of the chain.
 */

typedef enum AuditFault {
        AUDIT_WHOLE,
        AUDIT_CHANGED, /* the entry is not what was written, or stands in another's place */
        AUDIT_MISSING, /* the entry was removed */
        AUDIT_FOREIGN, /* the entry was not written by this program */
        AUDIT_CUT,     /* the entry and what came after it were removed at the end */
        AUDIT_HEAD,    /* the record of the chain's length is gone or forged */
        AUDIT_NO_KEY,  /* nothing can be proved: audit.key is gone */
        _AUDIT_FAULT_MAX,
} AuditFault;

typedef struct AuditReport {
        AuditFault fault;
        int64_t entry;    /* the first bad one; 0: the fault belongs to no single entry */
        uint64_t entries; /* good ones in the chain, up to there */
        uint64_t before;  /* older than the chain */
} AuditReport;

/* Reads the whole log from one snapshot, in constant memory. Returns 0 with *ret filled even when
 * the chain is broken, and a negative errno only when the log could not be read. */
int catalog_audit_verify(Catalog *catalog, AuditReport *ret);

/* A fixed word that cannot be made up without the store's key. It marks files outside the store as
 * the store's own. */
enum { AUDIT_MARK_SIZE = 17 };
int audit_mark(Catalog *catalog, const char *purpose, char ret[static AUDIT_MARK_SIZE]);
/* How the entries about the person with that number are marked: the beginning of the keyed hash. */
int audit_person_mark(Catalog *catalog, const char *id_number, char ret[static AUDIT_MARK_SIZE]);

/* An entry as people read it. Strings live until the callback returns. */
typedef struct AuditRow {
        int64_t id;
        int64_t wall;
        EventKind kind; /* _EVENT_INVALID: of a newer version; kind_name tells */
        const char *kind_name;
        int64_t point;          /* 0: none */
        const char *point_name; /* NULL: none */
        int64_t submission;
        int64_t student;
        uid_t uid;
        const char *actor;  /* the user's name then, "" when there was none */
        const char *detail; /* "" for none */
        bool outside;       /* by a command beside the daemon */
        bool has_person;
        Sha256 person;          /* keyed hash of the ID number */
        const char *dropped_as; /* name of the submission's file, as long as the store knows it; may
                                   hold an ID number */
} AuditRow;

typedef int (*AuditCallback)(const AuditRow *row, void *userdata);

/* Calls back oldest first. since: wall time, 0: from the start. limit: only the newest so many, 0:
 * all. */
int catalog_audit_list(Catalog *catalog, int64_t since, uint64_t limit, AuditCallback callback,
                       void *userdata);

/* What happened to the person with that ID number, oldest first. batch 0: in every batch, and also
 * after the student was purged. */
int catalog_audit_history(Catalog *catalog, int64_t batch, const char *id_number,
                          AuditCallback callback, void *userdata);

/* The ID number that `number` means: `number` itself, or the ID number of the student with this
 * student number. Returns 1; 0: nobody is known by it; -ENOTUNIQ: more than one student is. batch
 * 0: of any batch. */
int catalog_find_person(Catalog *catalog, int64_t batch, const char *number, char **ret);
