/* SPDX-License-Identifier: MIT */
/*
 * The life of an upload as a model for spin: who may do what to it, in which order, and what holds
 * however the steps of different threads fall between each other, and wherever the daemon is killed.
 *
 * An upload lives in three places. They agree only because of the rules in rules.pml:
 *
 *   the catalog  its row: name, state, generation, and the original, which names a blob
 *   the store    its staging file, while bytes are written and until they are a blob
 *   memory       what the daemon does with it at the moment; lost when the daemon is killed
 *
 *   in memory   in the row               bytes                      what comes next
 *   ---------   ----------------------   ------------------------   ------------------------------
 *   WRITING     OPEN                     staging, being written     close: RECEIVED, or HELD under
 *                                                                   a client's temporary name
 *   HELD        OPEN or RECEIVED         staging, sealed; or blob   a rename to a normal name
 *   RECEIVED    OPEN or RECEIVED         staging, sealed; or blob   examined, verdict recorded
 *   JUDGED      PASSED or FAILED         blob                       the verdict is carried out
 *   GONE        ACCEPTED, REJECTED, or   blob                       final: a rename or a deletion
 *               UNCHANGED                                           acts on the finished photo
 *   GONE        WITHDRAWN, SUPERSEDED    blob                       nothing, ever
 *
 * Between a transaction and the step in memory that follows it, memory is behind the row. So every
 * step decides by the row, inside its transaction, and memory only says whom to wake.
 *
 * What goes wrong                                            which rule prevents it
 * --------------------------------------------------------   ------------------------------------
 * A verdict is recorded or carried out for the name that     A verdict carries the generation of
 * the upload, or its folder, had when it was examined.       the row; it is void for another one.
 * A renamed upload keeps a verdict in its row that nobody    The rename takes the verdict back in
 * in memory will carry out.                                  its own transaction.
 * A rename returns 0 for what has just become final.         It is refused; the name is looked up
 *                                                            again and means the finished photo.
 * Somebody writes into a file that is a blob.                A closed staging file is sealed; to
 *                                                            open it is to copy it.
 * A blob is removed that has just got a row.                 Rows and blobs are compared in the
 *                                                            transaction that unlinks, and in the
 *                                                            one that gives a row its blob.
 * Opening for writing brings back what was deleted.          To reopen is refused by a final row.
 * Bytes that were acknowledged go with a deletion.           What was received once is a blob
 *                                                            before its name goes.
 *
 * Left out, as they add only waiting: settling, delays, leases, the kernel's second name for a
 * moment. A rename over an upload retires it as a deletion does. Contents stand for hashes.
 *
 * Which clients there are, what they do and which properties are looked at is given by -D; see
 * run.py. The rules that version 0.1 had are in rules-without-generation.pml.
 */

#define ROWS     4
#define INODES   8
#define CONTENTS 3
#define NONE     15 /* no inode, no row, no content */

#ifndef WORKERS
#define WORKERS 1
#endif
#ifndef NAME_OPS
#define NAME_OPS 2
#endif
#ifndef WRITE_OPS
#define WRITE_OPS 1
#endif
#ifndef CHECK
#define CHECK 255
#endif
#define CHECK_NAMES    (CHECK & 1)
#define CHECK_BLOBS    (CHECK & 2)
#define CHECK_ROWS     (CHECK & 4)
#define CHECK_BYTES    (CHECK & 8)
#define CHECK_VERDICTS (CHECK & 16)
#define CHECK_FINAL    (CHECK & 32)
#define CHECK_STAY     (CHECK & 64)
#define CHECK_REMOVED  (CHECK & 128)

/* Names: two students' and a client's temporary one. */
#define NAME_A    0
#define NAME_B    1
#define TEMPORARY 2
#define NOBODY    3

/* States of a row; from ACCEPTED on they are final. */
#define OPEN       0
#define RECEIVED   1
#define PASSED     2
#define FAILED     3
#define ACCEPTED   4
#define REJECTED   5
#define SUPERSEDED 6
#define WITHDRAWN  7
#define UNCHANGED  8
#define ABSENT     9

/* States in memory. RECEIVED is the same word for both. */
#define GONE    0
#define WRITING 10
#define HELD    11
#define JUDGED  12

/* ---- on the disk ---- */

typedef Row {
        byte state = ABSENT;
        byte name;
        byte generation;
        byte original = NONE;
        byte student = NOBODY
};
Row row[ROWS];
byte folder = NAME_A;        /* in the configurations with a folder, its name counts, not the file's */
byte content[INODES];        /* 0 is empty, 1 is a photo, 2 is none */
byte staging[ROWS] = NONE;   /* inode */
byte blob[CONTENTS] = NONE;  /* by content: inode */
bool aged[CONTENTS];         /* nobody has linked or touched the blob for an hour */

/* ---- in memory ---- */

typedef Upload {
        byte state = GONE;
        byte generation; /* grows with every step that makes a running examination worthless */
        bool temporary;
        bool received;   /* closed once under a normal name: its bytes were acknowledged */
        bool locked;
        bool queued;     /* for the examiner */
        byte queued_for; /* the generation in memory */
        bool due         /* for the announcer */
};
Upload memory[ROWS];

/* What processes hold open. An inode that nothing names or holds is free. */
byte handle = NONE;           /* the writer's, for writing */
byte copy = NONE;             /* of whoever copies bytes: the writer */
byte kept = NONE;             /* of a deletion: what it makes a blob of */
byte looked[WORKERS] = NONE;  /* an examiner's, for reading */

/* ---- what only the properties need ---- */

byte acknowledged[ROWS] = NONE; /* content whose close() returned, until its client overwrites it */
bool withdrawn[ROWS];           /* it has been WITHDRAWN */
bool removed[ROWS];             /* it was final when an unlink() of it returned 0 */
byte dying = NONE;              /* an unlink() of it began while it was open: that close counts as later */
bool killed[4];                 /* tells each process that it is killed */

#define is_final(i)  (row[i].state >= ACCEPTED)
#define is_there(i)  (row[i].state != ABSENT)
#define is_normal(n) ((n) != TEMPORARY)
#define has_original(i) (row[i].original != NONE)

#ifdef FOLDER
#define means(n) ((n) == TEMPORARY -> NOBODY : folder)
#else
#define means(n) ((n) == TEMPORARY -> NOBODY : (n))
#endif

#define row_names(i, c) (row[i].state != ABSENT && row[i].original == (c))
#define any_row_names(c) (row_names(0, c) || row_names(1, c) || row_names(2, c) || row_names(3, c))

#define inode_named(f) \
        (staging[0] == (f) || staging[1] == (f) || staging[2] == (f) || staging[3] == (f) || \
         blob[0] == (f) || blob[1] == (f) || blob[2] == (f))
#if WORKERS == 2
#define inode_looked_at(f) (looked[0] == (f) || looked[1] == (f))
#else
#define inode_looked_at(f) (looked[0] == (f))
#endif
#define inode_used(f) \
        (inode_named(f) || handle == (f) || copy == (f) || kept == (f) || inode_looked_at(f))

byte k, l; /* loops within one step; 0 outside */

/* A new file with that content; what nobody can reach any more is as good as never made. */
inline new_inode(ret, c)
{
        k = 0;
        do
        :: k < INODES && !inode_used(k) -> content[k] = 0; k++
        :: k < INODES && inode_used(k) -> k++
        :: else -> break
        od;
        k = 0;
        do
        :: k < INODES && inode_used(k) -> k++
        :: else -> break
        od;
        assert(k < INODES);
        content[k] = c;
        ret = k;
        k = 0
}

/* NONE when the model has no room for another submission. */
inline new_row(ret)
{
        ret = 0;
        do
        :: ret < ROWS && is_there(ret) -> ret++
        :: else -> break
        od;
        if
        :: ret == ROWS -> ret = NONE
        :: else
        fi
}

/* The file gets its name among the blobs; one that has it already stays, as it has the same bytes. */
inline link_blob(f, c)
{
        if
        :: blob[c] == NONE -> blob[c] = f
        :: else
        fi;
        aged[c] = false
}

inline queue(i)
{
        memory[i].queued = true;
        memory[i].queued_for = memory[i].generation
}

inline forget(i)
{
        memory[i].state = GONE;
        memory[i].generation++;
        memory[i].received = false;
        memory[i].temporary = false;
        memory[i].queued = false;
        memory[i].due = false
}

inline delete_row(i)
{
        assert(!CHECK_STAY || !has_original(i));
        row[i].state = ABSENT;
        row[i].original = NONE;
        row[i].student = NOBODY;
        row[i].generation = 0;
        row[i].name = 0
}

/* The transaction that carries out a verdict, once it has been found valid. */
inline carry_out(i)
{
#ifdef FOLDER
        assert(!CHECK_NAMES || row[i].state == FAILED || row[i].student == folder);
#endif
        if
        :: row[i].state == FAILED -> row[i].state = REJECTED
        :: else ->
                k = 0;
                do
                :: k < ROWS && row[k].state == ACCEPTED && row[k].student == row[i].student -> break
                :: k < ROWS && !(row[k].state == ACCEPTED && row[k].student == row[i].student) -> k++
                :: else -> break
                od;
                if
                :: k < ROWS && row[k].original == row[i].original -> row[i].state = UNCHANGED
                :: k < ROWS && row[k].original != row[i].original ->
                        row[k].state = SUPERSEDED;
                        row[i].state = ACCEPTED
                :: else -> row[i].state = ACCEPTED
                fi;
                k = 0
        fi
}

/* A row comes into memory: after a restart, or because a finished photo was submitted again. */
inline adopt(i)
{
        if
        :: row[i].state <= RECEIVED && row[i].name == TEMPORARY ->
                memory[i].state = HELD;
                memory[i].temporary = true
        :: row[i].state <= RECEIVED && row[i].name != TEMPORARY ->
                memory[i].state = RECEIVED;
                memory[i].temporary = false;
                queue(i)
        :: row[i].state == PASSED || row[i].state == FAILED ->
                memory[i].state = JUDGED;
                memory[i].temporary = (row[i].name == TEMPORARY);
                memory[i].due = true
        :: else
        fi;
        memory[i].received = true
}

inline record_row(i, s, c)
{
        row[i].original = c;
        row[i].student = s;
        row[i].state = (c == 1 && s != NOBODY -> PASSED : FAILED)
}

#ifdef WITHOUT_GENERATION
#include "rules-without-generation.pml"
#else
#include "rules.pml"
#endif

/* ---- who writes ---- */

/* close() has returned, or a rename has, to a normal name: the client may forget the bytes. */
inline acknowledge(i)
{
        memory[i].received = true;
        if
        :: dying != i -> acknowledged[i] = content[staging[i]]
        :: else
        fi
}

inline close_handle(i)
{
        atomic {
                !memory[i].locked ->
                handle = NONE;
                if
                :: memory[i].state == WRITING && memory[i].temporary -> memory[i].state = HELD
                :: memory[i].state == WRITING && !memory[i].temporary ->
                        memory[i].state = RECEIVED;
                        acknowledge(i);
                        queue(i)
                :: else /* deleted while it was open */
                fi
        }
}

inline write(i, c)
{
        atomic {
                content[handle] = c;
                if
                :: memory[i].state == WRITING -> memory[i].generation++; acknowledged[i] = NONE
                :: else
                fi
        }
}

inline create(ret, n, c)
{
        new_row(ret);
        row[ret].state = OPEN;
        row[ret].name = n;
        new_inode(staging[ret], c);
        handle = staging[ret];
        memory[ret].state = WRITING;
        memory[ret].temporary = (n == TEMPORARY)
}

byte write_ops;
bool begun;

/* A client that writes files: the first one, then whatever it likes. */
proctype Writer()
{
        byte i, n;
        bool truncate, r;

        do
        :: {
                do
                :: atomic {
                        !begun ->
                        begun = true;
                        if
                        :: n = NAME_A
#ifdef BEGIN_TEMPORARY
                        :: n = TEMPORARY
#endif
                        fi;
                        create(i, n, 1);
                        n = 0
                   };
                   close_handle(i)
#ifdef DROP
                :: atomic {
                        begun && write_ops < WRITE_OPS && row[ROWS - 1].state == ABSENT ->
                        write_ops++;
                        create(i, NAME_A, 1)
                   };
                   close_handle(i)
#endif
#ifdef REOPEN
                :: atomic {
                        begun && write_ops < WRITE_OPS ->
                        write_ops++;
                        select(i : 0 .. 1);
                        if
                        :: truncate = false
#ifdef TRUNCATE
                        :: truncate = true
#endif
                        fi
                   };
                   reopen(i, truncate, r);
                   if
                   :: atomic { r -> r = false };
                        if
                        :: write(i, 2)
                        :: skip
                        fi;
                        close_handle(i)
                   :: else
                   fi
#endif
                :: atomic { begun && write_ops <= WRITE_OPS -> write_ops = WRITE_OPS; break }
                od;
                i = 0; truncate = false; r = false;
                killed[0]
           } unless { atomic { killed[0] -> killed[0] = false; i = 0; n = 0; truncate = false; r = false } }
        od
}

/* ---- who names ---- */

inline acknowledge_name(i)
{
        /* Memory says that it is pending, or nobody would wait for the verdict. */
        assert(!CHECK_VERDICTS || !is_there(i) || is_final(i) || memory[i].temporary ||
               memory[i].state == WRITING || memory[i].state == RECEIVED || memory[i].state == JUDGED)
}

/* What follows a rename's transaction, in memory. */
inline renamed(i, n)
{
        atomic {
                !memory[i].locked ->
                if
                :: memory[i].state != GONE ->
                        memory[i].generation++;
                        memory[i].temporary = (n == TEMPORARY);
                        if
                        :: memory[i].state == WRITING
                        :: memory[i].state != WRITING && n == TEMPORARY ->
                                memory[i].state = HELD;
                                memory[i].queued = false;
                                memory[i].due = false
                        :: else ->
                                if
                                :: staging[i] != NONE -> acknowledge(i)
                                :: else
                                fi;
                                memory[i].state = RECEIVED;
                                memory[i].due = false;
                                queue(i)
                        fi
                :: else
                fi;
                acknowledge_name(i)
        }
}

/* What is finished is renamed: under another student's name it is submitted again. j is the new row. */
inline rename_finished(i, n, j)
{
        atomic {
                if
                :: (row[i].state == ACCEPTED && means(n) != NOBODY && means(n) != row[i].student) ||
                   (row[i].state == REJECTED && means(n) != NOBODY) ->
                        new_row(j);
                        if
                        :: j != NONE ->
                                row[j].state = RECEIVED;
                                row[j].name = n;
                                row[j].original = row[i].original;
                                acknowledged[j] = row[i].original;
                                row[i].state = SUPERSEDED
                        :: else
                        fi
                :: else -> j = NONE
                fi
        };
        if
        :: atomic { j != NONE -> adopt(j); j = 0 }
        :: atomic { else -> j = 0 }
        fi
}

/* What is finished is deleted. */
inline unlink_finished(i, r)
{
        atomic {
                if
                :: row[i].state == ACCEPTED -> row[i].state = WITHDRAWN; withdrawn[i] = true
                :: else
                fi;
                removed[i] = true;
                r = true
        }
}

byte name_ops;

/* A client that renames and deletes. The kernel lets no two of them into one directory. */
proctype Namer()
{
        byte i, n, j, g, c;
        bool r;

        do
        :: {
                do
#ifdef RENAME
                :: atomic {
                        begun && name_ops < NAME_OPS ->
                        name_ops++;
                        select(i : 0 .. 1);
                        if
                        :: n = NAME_A
                        :: n = NAME_B
#ifdef RENAME_TEMPORARY
                        :: n = TEMPORARY
#endif
                        fi
                   };
                   rename(i, n, j, r)
#endif
#ifdef FOLDER
                :: atomic { begun && name_ops < NAME_OPS -> name_ops++ };
                   rename_folder()
#endif
#ifdef UNLINK
                :: atomic {
                        begun && name_ops < NAME_OPS ->
                        name_ops++;
                        select(i : 0 .. 1)
                   };
                   unlink(i, g, c, r)
#endif
                :: atomic { begun && name_ops <= NAME_OPS -> name_ops = NAME_OPS; break }
                od;
                i = 0; n = 0; j = 0; g = 0; c = 0; r = false;
                killed[1]
           } unless { atomic { killed[1] -> killed[1] = false; i = 0; n = 0; j = 0; g = 0; c = 0; r = false } }
        od
}

/* ---- the daemon ---- */

/* Examines what is queued, makes a blob of it and records the verdict. */
proctype Examiner(byte me)
{
        byte i, m, g, s, c;
        bool r;

        do
        :: {
end:            do
                :: atomic {
                        if
                        :: memory[0].queued -> i = 0
                        :: memory[1].queued -> i = 1
                        :: memory[2].queued -> i = 2
                        :: memory[3].queued -> i = 3
                        fi
                   };
                   examine(me, i, m, g, s, c, r)
                od
           } unless { atomic { killed[2 + me] -> killed[2 + me] = false;
                               i = 0; m = 0; g = 0; s = 0; c = 0; r = false } }
        od
}

/* Carries out the verdicts. Each is one step under the upload's lock. */
active proctype Announcer()
{
        byte i;

end:    do
        :: atomic {
                if
                :: memory[0].due && !memory[0].locked -> i = 0
                :: memory[1].due && !memory[1].locked -> i = 1
                :: memory[2].due && !memory[2].locked -> i = 2
                :: memory[3].due && !memory[3].locked -> i = 3
                fi;
                memory[i].due = false;
                announce(i);
                i = 0
           }
        od
}

#ifdef COLLECT
/* A command beside the daemon removes blobs that no row names. */
active proctype Collector()
{
        byte c, rounds;

        do
        :: rounds < COLLECT -> collect(c); rounds++
        :: break
        od
}
#endif

#ifdef CRASH
/* The daemon is killed and started again. What memory had is lost, what lies on the disk stays. */
active proctype Crash()
{
        if
        :: skip
        :: d_step {
                begun ->
                killed[0] = true;
                killed[1] = true;
                killed[2] = true;
#if WORKERS == 2
                killed[3] = true;
#endif
                handle = NONE;
                copy = NONE;
                kept = NONE;
                looked[0] = NONE;
#if WORKERS == 2
                looked[1] = NONE;
#endif
                dying = NONE;
                l = 0;
                do
                :: l < ROWS ->
                        forget(l);
                        memory[l].generation = 0;
                        memory[l].locked = false;
                        if
                        :: !is_there(l) || row[l].state > RECEIVED -> staging[l] = NONE
                        :: else
                        fi;
                        if
                        :: row[l].state == OPEN && staging[l] == NONE && deletes_unwritten(l) ->
                                delete_row(l)
                        :: else
                        fi;
                        if
                        :: row[l].state < ACCEPTED -> adopt(l)
                        :: else
                        fi;
                        l++
                :: else -> break
                od;
                l = 0
           }
        fi
}
#endif

/* ---- the properties ---- */

/* At every moment: the bytes behind a blob's name are those of the name. */
#define blob_changed(c) (blob[c] != NONE && content[blob[c]] != (c))
/* At every moment: what a row names is there. */
#define row_lost(i) (is_there(i) && has_original(i) && blob[row[i].original] == NONE)
/* At every moment: acknowledged bytes are behind their row, or wait in staging to be judged. */
#define bytes_lost(i) \
        (acknowledged[i] != NONE && !(row_names(i, acknowledged[i]) && blob[acknowledged[i]] != NONE) && \
         !(row[i].state < ACCEPTED && staging[i] != NONE && content[staging[i]] == acknowledged[i]))
/* At every moment: what was deleted stays deleted. */
#define came_back(i) (withdrawn[i] && row[i].state != WITHDRAWN)
/* At every moment: an unlink() that returned 0 left no photo accepted. */
#define still_accepted(i) (removed[i] && row[i].state == ACCEPTED)
/* At every moment: nothing is judged under a client's temporary name. */
#define judged_early(i) (row[i].name == TEMPORARY && (row[i].state == REJECTED || row[i].state == ACCEPTED))

#define any(what) (what(0) || what(1) || what(2) || what(3))

active proctype Always()
{
end:    if
        :: atomic { CHECK_BLOBS && (blob_changed(0) || blob_changed(1) || blob_changed(2)) -> assert(false) }
        :: atomic { CHECK_ROWS && any(row_lost) -> assert(false) }
        :: atomic { CHECK_BYTES && any(bytes_lost) -> assert(false) }
        :: atomic { CHECK_FINAL && any(came_back) -> assert(false) }
        :: atomic { CHECK_REMOVED && any(still_accepted) -> assert(false) }
        :: atomic { CHECK_VERDICTS && any(judged_early) -> assert(false) }
        fi
}

/* When nothing moves any more: a photo is accepted for the student that its name means. */
#define wrong_student(i) \
        (row[i].state == ACCEPTED && is_normal(row[i].name) && row[i].student != row[i].name)
/* When nothing moves any more: nothing waits for a verdict, neither in the row nor in memory. */
#define stuck(i) (row[i].state < ACCEPTED && is_normal(row[i].name) || memory[i].locked)
#define pending(i) (memory[i].state == RECEIVED || memory[i].state == JUDGED)

active proctype Finally()
{
end:    timeout ->
#ifndef FOLDER
        assert(!CHECK_NAMES || !any(wrong_student));
#endif
        assert(!CHECK_VERDICTS || (!any(stuck) && !any(pending)))
}

init {
        atomic {
#ifdef COLLECT
                /* What nobody needs any more since the last purge: the same bytes may come again. */
                new_inode(blob[1], 1);
                aged[1] = true;
#endif
                run Writer();
                run Namer();
                run Examiner(0);
#if WORKERS == 2
                run Examiner(1)
#endif
        }
}
