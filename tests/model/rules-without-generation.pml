/* SPDX-License-Identifier: MIT */
/* The rules of version 0.1, by which the faults that upload.pml tells of happen. They stand here so
 * that the model is known to be able to find them. */

/* ---- rename ---- */

inline rename(i, n, j, r)
{
        if
        :: atomic { !is_there(i) || row[i].state == WITHDRAWN || row[i].state == SUPERSEDED -> skip }
        :: atomic { is_there(i) && is_final(i) && row[i].state != WITHDRAWN && row[i].state != SUPERSEDED -> skip };
                rename_finished(i, n, j)
        :: atomic { is_there(i) && !is_final(i) -> skip };
                /* The transaction asks nothing of the row and leaves its verdict. */
                atomic {
                        if
                        :: is_there(i) -> row[i].name = n
                        :: else
                        fi
                };
                renamed(i, n)
        fi
}

inline rename_folder()
{
        atomic { folder = (folder == NAME_A -> NAME_B : NAME_A) }
}

/* ---- open for writing ---- */

/* Under the upload's lock. What waits under a temporary name is opened itself; a row becomes OPEN
 * whatever it was. */
inline reopen(i, truncate, r)
{
        if
        :: atomic {
                !memory[i].locked && memory[i].state == HELD && staging[i] != NONE ->
                handle = staging[i];
                if
                :: truncate -> content[handle] = 0; acknowledged[i] = NONE
                :: else
                fi;
                memory[i].state = WRITING;
                memory[i].generation++;
                r = true
           }
        :: atomic {
                !memory[i].locked && (memory[i].state == RECEIVED || memory[i].state == JUDGED) ->
                if
                :: truncate -> new_inode(copy, 0)
                :: !truncate && staging[i] != NONE -> new_inode(copy, content[staging[i]])
                :: !truncate && staging[i] == NONE && has_original(i) && blob[row[i].original] != NONE ->
                        new_inode(copy, content[blob[row[i].original]])
                :: else
                fi;
                r = (copy != NONE);
                memory[i].locked = r
           };
           if
           :: atomic { r -> staging[i] = copy; handle = copy; copy = NONE };
              atomic {
                if
                :: is_there(i) -> row[i].state = OPEN
                :: else
                fi
              };
              atomic {
                memory[i].state = WRITING;
                memory[i].generation++;
                memory[i].queued = false;
                memory[i].due = false;
                memory[i].locked = false
              }
           :: atomic { else -> skip }
           fi
        :: atomic {
                !memory[i].locked && (memory[i].state == GONE || memory[i].state == WRITING ||
                                      (memory[i].state == HELD && staging[i] == NONE)) -> skip
           }
        fi
}

/* ---- delete ---- */

/* r: what is being written was cancelled by its writer. */
inline unlink(i, g, c, r)
{
        if
        :: atomic { !is_there(i) -> skip }
        :: atomic { is_there(i) && is_final(i) -> skip };
                unlink_finished(i, r)
        :: atomic {
                is_there(i) && !is_final(i) ->
                if
                :: memory[i].state == WRITING -> dying = i
                :: else
                fi;
                r = (!has_original(i) && (row[i].name == TEMPORARY || memory[i].state == WRITING));
                c = row[i].original;
                if
                :: !r && !has_original(i) -> kept = staging[i]
                :: else
                fi
           };
           if
           :: atomic { kept != NONE -> c = content[kept] };
              atomic { link_blob(kept, c); kept = NONE }
           :: atomic { else -> skip }
           fi;
           /* The transaction. What is final by now stays what it is. */
           atomic {
                if
                :: !is_there(i) || is_final(i) -> removed[i] = true
                :: is_there(i) && !is_final(i) && r -> delete_row(i)
                :: is_there(i) && !is_final(i) && !r ->
                        row[i].original = c;
                        row[i].state = WITHDRAWN;
                        withdrawn[i] = true
                fi
           };
           atomic { !memory[i].locked -> forget(i); staging[i] = NONE }
        fi;
        atomic { dying = NONE; c = 0; r = false }
}

/* ---- examine, record ---- */

inline examine(me, i, m, g, s, c, r)
{
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
                atomic {
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
                record(i, m, s, c, r)
        :: atomic { else -> i = 0; m = 0; s = 0; c = 0; r = false }
        fi
}

/* Under the lock. A row that is no longer OPEN or RECEIVED is taken for one that was deleted. */
inline record(i, m, s, c, r)
{
        atomic {
                !memory[i].locked ->
                if
                :: memory[i].state != RECEIVED || memory[i].generation != m
                :: else ->
                        if
                        :: !is_there(i) || row[i].state > RECEIVED -> forget(i)
                        :: is_there(i) && row[i].state <= RECEIVED && c == NONE -> queue(i)
                        :: is_there(i) && row[i].state <= RECEIVED && c != NONE ->
                                record_row(i, s, c);
                                memory[i].locked = true;
                                r = true
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
                s = 0;
                c = 0;
                r = false
           }
        :: atomic { else -> i = 0; m = 0; s = 0; c = 0; r = false }
        fi
}

/* ---- show ---- */

inline announce(i)
{
        if
        :: memory[i].state == JUDGED && (row[i].state == PASSED || row[i].state == FAILED) ->
                carry_out(i);
                forget(i)
        :: else
        fi
}

/* ---- collect ---- */

/* The list is made first; nobody looks again before the unlink. */
inline collect(c)
{
        if
        :: atomic { blob[0] != NONE && aged[0] && !any_row_names(0) -> c = 0 }; atomic { blob[c] = NONE; c = 0 }
        :: atomic { blob[1] != NONE && aged[1] && !any_row_names(1) -> c = 1 }; atomic { blob[c] = NONE; c = 0 }
        :: atomic { blob[2] != NONE && aged[2] && !any_row_names(2) -> c = 2 }; atomic { blob[c] = NONE; c = 0 }
        :: skip
        fi
}

/* ---- start ---- */

#define deletes_unwritten(i) true
