/* SPDX-License-Identifier: MIT */
/* The rules by which uploads live. What each prevents is told in upload.pml. */

/* The transaction of a rename has found that the row is not final: whatever was found out about the
 * upload was found out about another one. */
inline take_verdict_back(i, s)
{
        row[i].generation++;
        row[i].student = NOBODY;
        row[i].state = (row[i].state == OPEN -> OPEN : s)
}

/* ---- rename ---- */

inline rename(i, n, j, r)
{
        do
        :: atomic { !is_there(i) || row[i].state == WITHDRAWN || row[i].state == SUPERSEDED -> break }
        :: atomic { is_there(i) && is_final(i) && row[i].state != WITHDRAWN && row[i].state != SUPERSEDED -> skip };
                rename_finished(i, n, j);
                break
        :: atomic { is_there(i) && !is_final(i) -> skip };
                /* The transaction. */
                atomic {
                        if
                        :: is_there(i) && !is_final(i) ->
                                row[i].name = n;
                                take_verdict_back(i, RECEIVED);
                                r = true
                        :: else /* refused: looked up again */
                        fi
                };
                if
                :: atomic { r -> r = false };
                        renamed(i, n);
                        break
                :: atomic { else -> skip }
                fi
        od
}

inline rename_folder()
{
        d_step {
                folder = (folder == NAME_A -> NAME_B : NAME_A);
                l = 0;
                do
                :: l < ROWS && is_there(l) && !is_final(l) -> take_verdict_back(l, RECEIVED); l++
                :: l < ROWS && !(is_there(l) && !is_final(l)) -> l++
                :: else -> break
                od;
                l = 0
        }
}

/* ---- open for writing ---- */

/* Under the upload's lock. The new file is made aside and takes the staging name last, so that
 * wherever the daemon is killed either the old bytes are there or a row names them. */
inline reopen(i, truncate, r)
{
        if
        :: atomic {
                !memory[i].locked && memory[i].state >= RECEIVED && memory[i].state != GONE &&
                memory[i].state != WRITING ->
                memory[i].locked = true;
                if
                :: truncate -> new_inode(copy, 0)
                :: !truncate && staging[i] != NONE -> new_inode(copy, content[staging[i]])
                :: !truncate && staging[i] == NONE && has_original(i) && blob[row[i].original] != NONE ->
                        new_inode(copy, content[blob[row[i].original]])
                :: else
                fi
           };
           do
           :: atomic {
                /* What was received stays, as a submission of its own. */
                if
                :: truncate && memory[i].received && staging[i] != NONE ->
                        link_blob(staging[i], content[staging[i]])
                :: else
                fi
              };
              atomic {
                if
                :: copy == NONE || !is_there(i) || is_final(i) -> break /* ESTALE */
                :: else
                fi;
                if
                :: truncate && memory[i].received ->
                        new_row(l);
                        if
                        :: l == NONE -> l = 0; break /* no room in the model */
                        :: else
                        fi;
                        row[l].original = (staging[i] != NONE -> content[staging[i]] : row[i].original);
                        if
                        :: blob[row[l].original] == NONE -> row[l].original = NONE; l = 0; goto again
                        :: else
                        fi;
                        row[l].state = SUPERSEDED;
                        row[l].name = row[i].name;
                        acknowledged[l] = acknowledged[i];
                        acknowledged[i] = NONE;
                        row[i].original = NONE;
                        l = 0
                :: else
                fi;
                take_verdict_back(i, OPEN);
                row[i].state = OPEN;
                r = true;
                break
              };
again:        skip
           od;
           atomic {
                if
                :: r ->
                        staging[i] = copy;
                        handle = copy;
                        memory[i].state = WRITING;
                        memory[i].generation++;
                        memory[i].queued = false;
                        memory[i].due = false
                :: else
                fi;
                copy = NONE;
                memory[i].locked = false
           }
        :: atomic { !memory[i].locked && (memory[i].state == GONE || memory[i].state == WRITING) -> skip }
        fi
}

/* ---- delete ---- */

/* The generation is read before the bytes: bytes of a later generation make the transaction try
 * again, bytes of an earlier one would be kept in place of newer ones. */
inline unlink(i, g, c, r)
{
        do
        :: atomic { !is_there(i) -> break }
        :: atomic { is_there(i) && is_final(i) -> skip };
                unlink_finished(i, r);
                if
                :: atomic { r -> r = false; break }
                :: atomic { else -> skip }
                fi
        :: atomic { is_there(i) && !is_final(i) -> g = row[i].generation };
                atomic {
                        !memory[i].locked ->
                        if
                        :: memory[i].state != GONE && !memory[i].received && row[i].state == OPEN && !has_original(i) ->
                                /* Its writer cancels it: it never was an upload. */
                                delete_row(i);
                                staging[i] = NONE;
                                forget(i);
                                break
                        :: else
                        fi;
                        if
                        :: memory[i].state == WRITING -> dying = i
                        :: else -> dying = NONE
                        fi;
                        if
                        :: staging[i] != NONE && memory[i].state == WRITING ->
                                new_inode(kept, content[staging[i]])
                        :: staging[i] != NONE && memory[i].state != WRITING -> kept = staging[i]
                        :: else
                        fi
                };
                if
                :: atomic { kept != NONE -> c = content[kept] };
                   atomic { link_blob(kept, c); kept = NONE }
                :: atomic { else -> c = row[i].original }
                fi;
                /* The transaction. */
                atomic {
                        if
                        :: is_there(i) && !is_final(i) && row[i].generation == g && c != NONE && blob[c] != NONE ->
                                if
                                :: row[i].state == PASSED || row[i].state == FAILED
                                :: else -> row[i].original = c
                                fi;
                                row[i].state = WITHDRAWN;
                                row[i].student = NOBODY;
                                withdrawn[i] = true;
                                r = true
                        :: else /* looked at again */
                        fi;
                        g = 0; c = 0
                };
                if
                :: atomic { r -> r = false };
                        atomic { !memory[i].locked -> forget(i); staging[i] = NONE; break }
                :: atomic { else -> skip }
                fi
        od;
        atomic { dying = NONE; g = 0; c = 0 }
}

/* ---- examine, record ---- */

inline examine(me, i, m, g, s, c, r)
{
        /* Under the lock: the bytes are those of this generation in memory. */
        atomic {
                !memory[i].locked ->
                memory[i].queued = false;
                m = memory[i].queued_for;
                r = (memory[i].state == RECEIVED && memory[i].generation == m);
                if
                :: r -> looked[me] = staging[i]
                :: else
                fi
        };
        if
        :: atomic { r -> r = false };
                /* The row: its name, and the generation for which that is its name. */
                atomic {
                        g = row[i].generation;
                        s = means(row[i].name);
                        if
                        :: looked[me] == NONE && is_there(i) && has_original(i) -> looked[me] = blob[row[i].original]
                        :: else
                        fi
                };
                if
                :: atomic { looked[me] != NONE -> c = content[looked[me]] };
                   atomic { link_blob(looked[me], c); looked[me] = NONE }
                :: atomic { else -> c = NONE }
                fi;
                record(i, m, g, s, c, r)
        :: atomic { else -> i = 0; m = 0; g = 0; s = 0; c = 0; r = false }
        fi
}

/* Under the lock. A verdict for another generation than the row's is void. So is one that finds its
 * blob collected, and one for a name that has just become temporary: memory does not know it yet. */
inline record(i, m, g, s, c, r)
{
        atomic {
                !memory[i].locked ->
                if
                :: memory[i].state != RECEIVED || memory[i].generation != m /* queued by another */
                :: else ->
                        if
                        :: !is_there(i) || is_final(i) -> forget(i)
                        :: else ->
                                if
                                :: row[i].generation != g || row[i].name == TEMPORARY || c == NONE || blob[c] == NONE ->
                                        queue(i)
                                :: else ->
                                        record_row(i, s, c);
                                        memory[i].locked = true;
                                        r = true
                                fi
                        fi
                fi
        };
        if
        :: atomic {
                r ->
                staging[i] = NONE;
                memory[i].state = JUDGED;
                memory[i].due = true;
                memory[i].locked = false;
                i = 0;
                m = 0;
                g = 0;
                s = 0;
                c = 0;
                r = false
           }
        :: atomic { else -> i = 0; m = 0; g = 0; s = 0; c = 0; r = false }
        fi
}

/* ---- show ---- */

/* One transaction. What it finds taken back is examined again under its name. */
inline announce(i)
{
        if
        :: memory[i].state != JUDGED
        :: memory[i].state == JUDGED && (!is_there(i) || is_final(i)) -> forget(i)
        :: memory[i].state == JUDGED && (row[i].state == PASSED || row[i].state == FAILED) ->
                carry_out(i);
                forget(i)
        :: else -> memory[i].state = RECEIVED; queue(i)
        fi
}

/* ---- collect ---- */

inline collect(c)
{
        atomic {
                select(c : 0 .. CONTENTS - 1);
                if
                :: blob[c] != NONE && !any_row_names(c) -> blob[c] = NONE
                :: else
                fi;
                c = 0
        }
}

/* ---- start ---- */

#define deletes_unwritten(i) (!has_original(i))
