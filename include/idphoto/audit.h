/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/event.h>

/*
 * The audit log holds every event in the order in which it happened. Each entry has a keyed hash
 * (HMAC-SHA-256) over all its fields and the hash of the previous entry. This chain detects every
 * change, removal or insertion in the database that was made without the key. The key is the file
 * audit.key beside the database. The log holds ID numbers only as keyed hashes.
 *
 * catalog_add_event() adds entries. Entries of an earlier version have no hash and precede the
 * chain.
 *
 * Where the catalog is on a server, many write at once. There an entry has a keyed hash of its own when
 * it is written, and catalog_seal() gives it its number and its place in the chain a moment later. A
 * change of it is found from the beginning, its removal once it is sealed. The numbers have no gap,
 * and each is given after what was done is committed: whoever has read up to one misses nothing that
 * comes later. Entries that are links from the beginning come first.
 */

/* Seals the entries that wait for it, at most 1000. Takes no lock and no lane; of two that seal at the
 * same time one does nothing. Returns how many; 0: nothing was to be done here, as on an embedded store
 * always. May be called at any time, also in vain: that is one cheap question. */
int catalog_seal(Catalog *catalog);
/* Seals until nothing waits. 0 or a negative errno. */
int catalog_seal_all(Catalog *catalog);
/* The same, if this process has added entries since it last did so. For the end of a command: nobody
 * else may be there to do it. */
int catalog_seal_own(Catalog *catalog);

typedef enum AuditFault {
        AUDIT_WHOLE,
        AUDIT_CHANGED,  /* the entry was changed or moved */
        AUDIT_MISSING,  /* the entry was removed */
        AUDIT_FOREIGN,  /* this program did not write the entry */
        AUDIT_CUT,      /* the entry and all later ones were removed */
        AUDIT_HEAD,     /* the record of the chain's length is missing or forged */
        AUDIT_NO_KEY,   /* audit.key is missing, so nothing can be proved */
        AUDIT_UNSEALED, /* the entry has waited for its seal for a minute, or does not even wait */
        _AUDIT_FAULT_MAX,
} AuditFault;

typedef struct AuditReport {
        AuditFault fault;
        int64_t entry;    /* number of the first bad one; 0: it has none, or there is no such */
        uint64_t entries; /* good entries of the chain before the fault */
        uint64_t before;  /* entries older than the chain */
} AuditReport;

/* Checks the whole log in one snapshot, with constant memory. Returns 0 with *ret filled even when
 * the chain is broken, and a negative errno only when the log could not be read. */
int catalog_audit_verify(Catalog *catalog, AuditReport *ret);

/* Makes a token for `purpose`, always the same one, that nobody can forge without the store's key.
 * The token marks files outside the store as the store's own. 0 or a negative errno. */
enum { AUDIT_MARK_SIZE = 17 };
int audit_mark(Catalog *catalog, const char *purpose, char ret[static AUDIT_MARK_SIZE]);
/* How the entries about the person with that number are marked: the beginning of the keyed hash. */
int audit_person_mark(Catalog *catalog, const char *id_number, char ret[static AUDIT_MARK_SIZE]);

/* An entry for display. Strings live until the callback returns. */
typedef struct AuditRow {
        int64_t number; /* in the chain; 0: it is not sealed yet */
        int64_t wall;
        EventKind kind; /* _EVENT_INVALID: a newer version wrote it; see kind_name */
        const char *kind_name;
        int64_t point;          /* 0: none */
        const char *point_name; /* NULL: none */
        int64_t submission;
        int64_t student;
        uid_t uid;
        const char *actor;  /* the user's name at that time, "" when there was none */
        const char *detail; /* "" for none */
        bool outside;       /* a command made it, not the daemon */
        bool has_person;
        Sha256 person;          /* keyed hash of the ID number */
        const char *dropped_as; /* dropped name of the submission while the store has it, with that
                                   of the archive that it was in; may hold an ID number */
} AuditRow;

typedef int (*AuditCallback)(const AuditRow *row, void *userdata);

/* Lists the entries since the wall time `since` (0: from the start), oldest first; those that are not
 * sealed last. limit: lists only that many of the newest; 0: all. */
int catalog_audit_list(Catalog *catalog, int64_t since, uint64_t limit, AuditCallback callback,
                       void *userdata);

/* Lists the entries about the person with that ID number, oldest first. batch 0: of every batch,
 * even when the student was purged. */
int catalog_audit_history(Catalog *catalog, int64_t batch, const char *id_number,
                          AuditCallback callback, void *userdata);

/* Finds the ID number that `number` means: `number` itself, or the ID number of the student with
 * this student number. batch 0: searches every batch. Returns 1 with a new string; 0: nobody has
 * that number; -ENOTUNIQ: several people have it. */
int catalog_find_person(Catalog *catalog, int64_t batch, const char *number, char **ret);
