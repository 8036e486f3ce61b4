/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/event.h>

/*
 * The audit log: every event, in the order of its happening, each with a keyed hash (HMAC-SHA-256)
 * over all its fields and the hash of the one before. Whoever changes, removes or inserts an entry
 * in the database without the key, the file audit.key beside it, is found out. ID numbers stand in
 * it as keyed hashes only. Entries are added by catalog_add_event(); entries that an earlier
 * version wrote have no hash and lie before the chain's beginning.
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
        int64_t entry;    /* the first bad one; 0 when the fault is of no single entry */
        uint64_t entries; /* in the chain and good, up to there */
        uint64_t before;  /* older than the chain */
} AuditReport;

/* Reads the whole log, in constant memory and from one snapshot. Returns 0 with *ret filled also
 * when the chain is broken; negative only when it could not be read. */
int catalog_audit_verify(Catalog *catalog, AuditReport *ret);

/* A word, always the same, that nobody makes up who does not know the store's key: it marks files
 * outside the store as the store's own. */
enum { AUDIT_MARK_SIZE = 17 };
int audit_mark(Catalog *catalog, const char *purpose, char ret[static AUDIT_MARK_SIZE]);

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
        const char *dropped_as; /* name of the submission's file, while the store knows it; may tell
                                   an ID number */
} AuditRow;

typedef int (*AuditCallback)(const AuditRow *row, void *userdata);

/* Oldest first. since: wall time, 0: from the start; limit: the newest so many, 0: all. */
int catalog_audit_list(Catalog *catalog, int64_t since, uint64_t limit, AuditCallback callback,
                       void *userdata);

/* What happened to the person with that ID number, oldest first, in every batch (0) or in one; in
 * every batch also after the student was purged. */
int catalog_audit_history(Catalog *catalog, int64_t batch, const char *id_number,
                          AuditCallback callback, void *userdata);

/* The ID number that `number` means: itself, or that of the student with this student number. 1, 0:
 * nobody known, -ENOTUNIQ: more than one. batch 0: of any batch. */
int catalog_find_person(Catalog *catalog, int64_t batch, const char *number, char **ret);
