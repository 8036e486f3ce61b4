/* SPDX-License-Identifier: MIT */
/*
 * One upload and two gateways on one catalog as a model for spin: who may change the upload's row,
 * and what becomes of what a client was told, whichever gateway dies, sleeps or is cut off.
 *
 * The protocol is told in src/store/gateway.c. Here each part of it can be taken away by a -D (see
 * gateways.py), and then something breaks. What one gateway does within itself is in upload.pml.
 *
 * The catalog is the server's: a transaction is one step. Between a gateway and the server there is
 * a wire for each lane. What is sent is executed at any later moment, also when its sender is dead,
 * frozen (it takes no step) or was given up. A connection may break, and then the transaction may
 * be executed or not, and late.
 *
 * A lease needs no clock here: it may run out at any moment. A term is only compared with the
 * present one, so each who knows a term has a bit: whether it is that one. A lane's count of
 * transactions is only asked for the last of them, so it is a bit too: whether the last one that
 * was sent was committed.
 *
 * Contents are numbered in the order in which they may be committed: the first client closes with 1
 * and then with 2, and the second one, which opens the upload later, with 3.
 *
 * Properties, each a bit of CHECK:
 *
 *   LOST    What a close() returned 0 for gets its verdict, if any gateway lives and nobody deleted
 *           it; and if none lives, the catalog has the bytes.
 *   TWICE   One verdict is shown, once.
 *   ZOMBIE  Nothing is committed by a gateway that was given up.
 *   TAKEN   The close() of a writer whose upload was taken before does not return 0.
 *   STUCK   Nothing stays unfinished while a gateway lives, acknowledged or not.
 *
 * That each call gets its answer is seen by pan itself: no client waits in an end state.
 */

#ifndef CHECK
#define CHECK 31
#endif
#define CHECK_LOST   (CHECK & 1)
#define CHECK_TWICE  (CHECK & 2)
#define CHECK_ZOMBIE (CHECK & 4)
#define CHECK_TAKEN  (CHECK & 8)
#define CHECK_STUCK  (CHECK & 16)

/* How often each may happen. */
#ifndef CRASHES_A
#define CRASHES_A 0
#endif
#ifndef CRASHES_B
#define CRASHES_B 0
#endif
#ifndef LAPSES
#define LAPSES 0 /* leases of the living that run out */
#endif
#ifndef BREAKS
#define BREAKS 0 /* connections that break while a COMMIT is waited for */
#endif
#ifndef GIVES
#define GIVES 0 /* uploads given away to whoever has time */
#endif
#ifndef CLOSES
#define CLOSES 2 /* of the first client */
#endif

/* Gateways, clients and lanes. The second client is at either gateway. */
#define A        0
#define B        1
#define FIRST    0
#define SECOND   1
#define LANE_A   2 /* lanes 0 and 1 are the clients' */
#define LANES    4
#define LATE     4 /* on the wire: of a connection that broke */
#define NOBODY   0
#define IDS      8

/* States of the row. */
#define ABSENT 0
#define OPEN   1
#define JUDGED 2
#define SHOWN  3
#define GONE   4

/* Transactions. */
#define NOTHING  0
#define CREATE   1
#define CLOSE    2
#define TAKE     3
#define DELETE   4
#define REMOVE   5
#define RECORD   6
#define SHOW     7
#define GIVE     8
#define CLAIM    9
#define TAKEOVER 10
#define ADOPT    11

/* Their answers. */
#define DONE    1
#define STALE   2 /* no row was changed: the upload is another's, or final */
#define REFUSED 3 /* the lane has another term: this gateway was given up */

/* ---- the catalog ---- */

typedef Row {
        byte state;
        byte owner; /* id of a gateway */
        byte generation;
        byte original;
        byte verdict
};
Row row;
bool there[IDS];         /* by id: the gateway's row */
byte lane_gateway[LANES]; /* id */
bool committed[LANES];   /* the token: the last transaction that was sent */
byte next_id = 1;

/* ---- the wires ---- */

typedef Transaction {
        byte what;
        byte lane;
        byte id;         /* of the sender: what it believes to be */
        byte generation; /* of a takeover: whose */
        byte content;
        bool present /* its term is the lane's */
};
Transaction sent[LANES + 1];
byte answer[LANES];
byte answer_generation[LANES];

/* ---- memory of the gateways ---- */

bool up[2];
byte me[2];
bool term_known[LANES]; /* what is held for the lane's term is its term */
/* The upload, as far as the gateway is its owner. */
bool has[2];
bool open[2]; /* a client has it open for writing */
byte generation[2];
/* The clients' handles. */
bool dropped[2];
byte at[2] = A;

/* ---- what happens, and what only the properties need ---- */

byte lapses = LAPSES, breaks = BREAKS, gives = GIVES;
bool killed[4];     /* tells each process that it is killed: clients, then judges */
byte acknowledged;  /* content */
bool deleted;       /* somebody may have deleted it */
bool taken[2];      /* the client's upload was taken */
bool over[2];       /* the client has done what it does, or is killed with its gateway */
byte shown;

#define is_unfinished (row.state == OPEN || row.state == JUDGED)
#define lives(i)      ((up[A] && me[A] == (i)) || (up[B] && me[B] == (i)))
#define is_dead(i)    (there[i] && !lives(i))
#define any_dead \
        (is_dead(1) || is_dead(2) || is_dead(3) || is_dead(4) || is_dead(5) || is_dead(6) || is_dead(7))
#define is_heard(l)   ((l) < LANE_A -> !over[l] : up[l - LANE_A])

#ifdef NO_FENCE
#define is_fenced(t) false
#elif defined(TAKEOVER_UNFENCED)
#define is_fenced(t) (!t.present && t.what != TAKEOVER)
#else
#define is_fenced(t) (!t.present)
#endif

/* Whose the upload is. */
#ifdef NO_OWNER
#define is_owner(t) true
#else
#define is_owner(t) (row.owner == t.id)
#endif
#ifdef NO_GENERATION
#define is_generation(t) true
#elif defined(CLOSE_WITHOUT_GENERATION)
#define is_generation(t) (row.generation == t.generation || t.what == CLOSE)
#elif defined(RECORD_WITHOUT_GENERATION)
#define is_generation(t) (row.generation == t.generation || t.what == RECORD)
#elif defined(SHOW_WITHOUT_GENERATION)
#define is_generation(t) (row.generation == t.generation || t.what == SHOW)
#else
#define is_generation(t) (row.generation == t.generation)
#endif
#ifdef TAKE_FINAL
#define TAKES_FINAL true
#else
#define TAKES_FINAL false
#endif
#define is_there (is_unfinished || TAKES_FINAL && row.state == SHOWN)
#define is_own(t) (is_unfinished && is_owner(t) && is_generation(t))

/* ---- the server: all within one step ---- */

byte k; /* loops within one step; 0 outside */

inline raise_term(l)
{
        term_known[l] = false;
        sent[l].present = false;
        if
        :: sent[LATE].lane == l -> sent[LATE].present = false
        :: else
        fi
}

inline raise_terms(id)
{
        k = 0;
        do
        :: k < LANES && lane_gateway[k] == id -> raise_term(k); k++
        :: k < LANES && lane_gateway[k] != id -> k++
        :: else -> break
        od;
        k = 0
}

inline change_owner(t)
{
        row.owner = t.id;
#ifdef TAKE_KEEPS_GENERATION
        row.generation = (t.what == TAKE -> row.generation : row.generation + 1);
#elif defined(TAKEOVER_KEEPS_GENERATION)
        row.generation = (t.what == TAKEOVER -> row.generation : row.generation + 1);
#elif defined(CLAIM_KEEPS_GENERATION)
        row.generation = (t.what == CLAIM -> row.generation : row.generation + 1);
#else
        row.generation++;
#endif
        taken[FIRST] = !over[FIRST];
        taken[SECOND] = !over[SECOND] && t.lane != SECOND
}

/* What was never closed goes with its gateway. */
inline adopt_row(t, dead, ret_generation)
{
        if
        :: is_unfinished && row.owner == dead && row.original == 0 -> row.state = GONE
        :: is_unfinished && row.owner == dead && row.original != 0 ->
                change_owner(t);
                ret_generation = row.generation
        :: else
        fi
}

inline execute(t, ret, ret_generation)
{
        ret = DONE;
        ret_generation = 0;
        if
        :: is_fenced(t) -> ret = REFUSED
        :: !is_fenced(t) && t.what == CREATE && row.state == ABSENT ->
                row.state = OPEN;
                row.owner = t.id;
                row.generation = 1;
                ret_generation = 1
        :: !is_fenced(t) && t.what == CLOSE && is_own(t) && row.state == OPEN ->
                row.original = t.content
        :: !is_fenced(t) && t.what == TAKE && is_there && row.original != 0 ->
                change_owner(t);
                row.state = OPEN;
                row.verdict = 0;
                ret_generation = row.generation
        :: !is_fenced(t) && t.what == DELETE && is_unfinished && row.original != 0 ->
                change_owner(t);
                row.state = GONE
        :: !is_fenced(t) && t.what == REMOVE && is_own(t) && row.original == 0 ->
                row.state = GONE
        :: !is_fenced(t) && t.what == RECORD && is_own(t) && row.state == OPEN ->
                row.state = JUDGED;
                row.verdict = t.content
        :: !is_fenced(t) && t.what == SHOW && is_own(t) && row.state == JUDGED ->
                row.state = SHOWN;
                shown++
        :: !is_fenced(t) && t.what == GIVE && is_own(t) ->
                row.owner = NOBODY
        :: !is_fenced(t) && t.what == CLAIM && is_unfinished && row.owner == NOBODY ->
                change_owner(t);
                ret_generation = row.generation
        :: !is_fenced(t) && t.what == TAKEOVER && there[t.generation] ->
                there[t.generation] = false;
#ifndef TERMS_KEPT
                raise_terms(t.generation);
#endif
#ifndef TAKEOVER_APART
                adopt_row(t, t.generation, ret_generation);
#endif
        :: !is_fenced(t) && t.what == ADOPT ->
                adopt_row(t, t.generation, ret_generation)
        :: else -> ret = STALE
        fi;
        if
        :: ret == DONE ->
                assert(!CHECK_ZOMBIE || there[t.id]);
                assert(!CHECK_TWICE || shown <= 1)
        :: else
        fi;
        t.what = NOTHING;
        t.id = 0;
        t.generation = 0;
        t.content = 0;
        t.present = false;
        if
        :: !TAKES_FINAL && (row.state == SHOWN || row.state == GONE) ->
                row.owner = NOBODY;
                row.generation = 0;
                row.original = 0
        :: else
        fi
}

inline hear(l)
{
        committed[l] = answer[l] == DONE;
        if
        :: !is_heard(l) -> answer[l] = 0; answer_generation[l] = 0; committed[l] = false
        :: else
        fi
}

active proctype Server()
{
        byte ignored, ignored_too;
end:
        do
        :: d_step {
                sent[0].what != NOTHING ->
                execute(sent[0], answer[0], answer_generation[0]);
                hear(0)
           }
        :: d_step {
                sent[1].what != NOTHING ->
                execute(sent[1], answer[1], answer_generation[1]);
                hear(1)
           }
        :: d_step {
                sent[2].what != NOTHING ->
                execute(sent[2], answer[2], answer_generation[2]);
                hear(2)
           }
        :: d_step {
                sent[3].what != NOTHING ->
                execute(sent[3], answer[3], answer_generation[3]);
                hear(3)
           }
        :: d_step {
                sent[LATE].what != NOTHING ->
                execute(sent[LATE], ignored, ignored_too);
                ignored = 0;
                ignored_too = 0
           }
        od
}

/* ---- a lane ---- */

/* A connection ends. What can only be refused is forgotten. */
inline leave_wire(l)
{
        if
        :: sent[l].what != NOTHING && !is_fenced(sent[l]) && sent[LATE].what == NOTHING ->
                sent[LATE].what = sent[l].what;
                sent[LATE].lane = l;
                sent[LATE].id = sent[l].id;
                sent[LATE].generation = sent[l].generation;
                sent[LATE].content = sent[l].content;
                sent[LATE].present = sent[l].present
        :: else
        fi;
        sent[l].what = NOTHING;
        sent[l].id = 0;
        sent[l].generation = 0;
        sent[l].content = 0;
        sent[l].present = false;
        answer[l] = 0
}

inline send(l, what_, id_, generation_, content_)
{
        committed[l] = false;
        sent[l].what = what_;
        sent[l].lane = l;
        sent[l].id = id_;
        sent[l].generation = generation_;
        sent[l].content = content_;
        sent[l].present = term_known[l]
}

/* The new connection raises the term, and so shuts out what the server has not read yet; then it
 * asks whether the last transaction was committed, and answers in its stead or sends it again. */
inline ask(l, what_, id_, generation_, content_)
{
#ifndef TOKEN_WITHOUT_TERM
        if
        :: term_known[l] -> raise_term(l); term_known[l] = true
        :: else
        fi;
#endif
        leave_wire(l);
        if
#if defined(LOST_IS_DONE)
        :: true -> answer[l] = DONE
#elif defined(LOST_IS_UNDONE)
        :: true -> send(l, what_, id_, generation_, content_)
#else
        :: !term_known[l] -> answer[l] = REFUSED
        :: term_known[l] && committed[l] -> answer[l] = DONE
        :: term_known[l] && !committed[l] -> send(l, what_, id_, generation_, content_)
#endif
        fi
}

/* A transaction, until it is known what became of it. The owner's id goes with the term. */
inline transact(l, what_, id_, generation_, content_, ret)
{
        atomic { send(l, what_, id_, generation_, content_) };
        do
        :: atomic {
                answer[l] != 0 ->
                ret = answer[l];
                given = answer_generation[l];
                answer[l] = 0;
                answer_generation[l] = 0;
                committed[l] = false;
                break
           }
        :: atomic {
                breaks > 0 && sent[LATE].what == NOTHING ->
                breaks--;
                ask(l, what_, id_, generation_, content_)
           }
        od
}

#ifdef ID_APART
#define look_who(g) id = me[g]
#define who(g)      id
#else
#define look_who(g) skip
#define who(g)      me[g]
#endif

/* ---- a gateway ---- */

/* Answers of two lanes come in any order; the row's order is that of generations. */
inline keep_upload(g, is_open, new)
{
        if
#ifdef LAST_COUNTS
        :: true ->
#else
        :: !has[g] || new > generation[g] ->
#endif
                has[g] = true;
                open[g] = is_open;
                generation[g] = new
        :: else
        fi
}

inline forget_upload(g, old)
{
        if
        :: has[g] && generation[g] == old -> has[g] = false; open[g] = false; generation[g] = 0
        :: else
        fi
}

inline enter(g, l)
{
        raise_term(l);
        term_known[l] = true;
        lane_gateway[l] = me[g]
}

inline register(g)
{
        assert(next_id < IDS);
        me[g] = next_id;
        next_id++;
        there[me[g]] = true;
        enter(g, LANE_A + g);
        if
        :: at[FIRST] == g -> enter(g, FIRST)
        :: else
        fi;
        if
        :: at[SECOND] == g -> enter(g, SECOND)
        :: else
        fi
}

inline drop_uploads(g)
{
        has[g] = false;
        open[g] = false;
        generation[g] = 0;
#ifndef HANDLES_KEPT
        dropped[FIRST] = !over[FIRST] && (dropped[FIRST] || at[FIRST] == g);
        dropped[SECOND] = !over[SECOND] && (dropped[SECOND] || at[SECOND] == g)
#endif
}

/* A close() of what was written, until its client has the answer. */
inline close_file(c, g, content_)
{
        atomic { after = taken[c]; look_who(g) };
        if
        :: dropped[c] -> skip /* EIO */
        :: !dropped[c] ->
#ifdef EARLY
                acknowledged = content_;
#endif
                transact(c, CLOSE, who(g), mine, content_, r);
                if
                :: atomic {
                        r == DONE ->
                        assert(!CHECK_TAKEN || !after);
                        acknowledged = (acknowledged > content_ -> acknowledged : content_)
                   }
                /* EIO, also when patience was over before it was known. */
                :: r != DONE || BREAKS > 0 -> skip
                fi
        fi;
        atomic { after = false; r = 0; given = 0 }
}

inline release(g)
{
        atomic {
                if
                :: has[g] && generation[g] == mine -> open[g] = false
                :: else
                fi
        }
}

inline finish(c)
{
        over[c] = true;
        taken[c] = false;
        killed[c] = false;
        dropped[c] = false;
        answer[c] = 0;
        answer_generation[c] = 0;
        committed[c] = false;
        r = 0;
        mine = 0;
        id = 0;
        given = 0;
        after = false
}

inline rest()
{
        r = 0;
        mine = 0;
        id = 0;
        given = 0;
        what = NOTHING;
        content = 0
}

proctype First()
{
        byte r, mine, id, given, content;
        bool after;

        {
                look_who(A);
                transact(FIRST, CREATE, who(A), 0, 0, r);
                if
                :: r == DONE ->
                        atomic { mine = given; keep_upload(A, true, mine); dropped[FIRST] = false };
                        do
                        :: content < CLOSES -> content++; close_file(FIRST, A, content)
                        :: content > 0 -> break
                        od;
                        release(A)
                :: r != DONE
                fi
        } unless { killed[FIRST] };
        content = 0;
        atomic { finish(FIRST) }
}

/* It opens the upload for writing, renames it, deletes it or does nothing. */
proctype Second(byte g)
{
        byte r, mine, id, given;
        bool after;

        {
                if
                :: (is_unfinished || TAKES_FINAL) && row.original != 0 && !open[g] ->
                        look_who(g);
                        transact(SECOND, TAKE, who(g), 0, 0, r);
                        if
                        :: atomic {
                                r == DONE ->
                                mine = given;
                                keep_upload(g, true, mine);
                                dropped[SECOND] = false
                           };
                                close_file(SECOND, g, 3);
                                release(g)
                        :: atomic { r == DONE -> keep_upload(g, false, given) }
                        :: r != DONE
                        fi
#ifdef UNLINK
                :: is_unfinished && row.original != 0 ->
                        deleted = true;
                        transact(SECOND, DELETE, who(g), 0, 0, r)
#endif
                :: true
                fi
        } unless { killed[SECOND] };
        atomic { finish(SECOND) }
}

/* What carries uploads on, keeps the lease and takes over: one transaction after the other. */
proctype Judge(byte g)
{
        byte r, mine, id, given, what, content;

end_down:
        do
        :: up[g] -> {
end_idle:
                do
                /* The heartbeat finds no row: given up. */
                :: atomic { !there[me[g]] -> drop_uploads(g) };
                        atomic { register(g) }
                :: atomic {
                        if
                        /* The upload goes on from where it is. */
                        :: has[g] && !open[g] ->
                                mine = generation[g];
                                content = row.original;
                                if
                                :: content == 0 -> what = REMOVE
                                :: content != 0 && row.state == OPEN -> what = RECORD
                                :: content != 0 && row.state != OPEN -> what = SHOW
                                :: content != 0 && gives > 0 -> gives--; what = GIVE
                                fi
                        :: is_unfinished && row.owner == NOBODY && there[me[g]] -> what = CLAIM
                        /* The lease of a dead gateway has run out, or that of a living one. */
                        :: any_dead ->
                                what = TAKEOVER;
                                mine = 1;
                                do
                                :: !is_dead(mine) -> mine++
                                :: else -> break
                                od
                        :: lapses > 0 && up[1 - g] && there[me[1 - g]] ->
                                lapses--;
                                what = TAKEOVER;
                                mine = me[1 - g]
                        fi;
                        look_who(g)
                   };
again:
                        transact(LANE_A + g, what, who(g), mine, content, r);
                        atomic {
                                if
#ifdef TAKEOVER_APART
                                :: what == TAKEOVER && r == DONE -> what = ADOPT; goto again
#endif
                                :: what >= CLAIM && r == DONE && given != 0 ->
                                        keep_upload(g, false, given)
                                :: what < CLAIM && !(what == RECORD && r == DONE) ->
                                        forget_upload(g, mine)
                                :: else
                                fi;
                                rest()
                        }
                od
           } unless { atomic { killed[2 + g] -> killed[2 + g] = false; rest() } }
        od
}

/* ---- what goes wrong ---- */

inline crash(g)
{
        up[g] = false;
        drop_uploads(g);
        killed[2 + g] = true;
        killed[FIRST] = !over[FIRST] && at[FIRST] == g;
        killed[SECOND] = !over[SECOND] && at[SECOND] == g;
        answer[LANE_A + g] = 0;
        answer_generation[LANE_A + g] = 0;
        committed[LANE_A + g] = false
}

/* The lock of its directory tells it that its predecessor is dead, whose lease need not run out. */
inline restart(g)
{
        up[g] = true;
        register(g);
        leave_wire(LANE_A + g)
}

inline choose(ret)
{
        if
        :: ret = true
        :: ret = false
        fi
}

/* Each crash happens, be it when all is done. Whether the gateway comes back is chosen then. */
proctype Faults()
{
        byte crashes[2];
        bool back[2];

        crashes[A] = CRASHES_A;
        crashes[B] = CRASHES_B;
end:
        do
        :: atomic {
                crashes[A] > 0 && up[A] && !killed[2 + A] ->
                crashes[A]--;
                crash(A);
                choose(back[A])
           }
        :: atomic {
                crashes[B] > 0 && up[B] && !killed[2 + B] ->
                crashes[B]--;
                crash(B);
                choose(back[B])
           }
        :: atomic { back[A] && !killed[2 + A] -> back[A] = false; restart(A) }
        :: atomic { back[B] && !killed[2 + B] -> back[B] = false; restart(B) }
        od
}

proctype End()
{
        timeout;
        assert(!CHECK_STUCK || !(up[A] || up[B]) || !is_unfinished);
        assert(!CHECK_LOST || acknowledged == 0 || deleted ||
               row.state == SHOWN && row.verdict >= acknowledged ||
               !(up[A] || up[B]) && is_unfinished && row.original >= acknowledged)
}

init {
        atomic {
#ifdef SECOND_AT
                at[SECOND] = SECOND_AT;
#else
                if
                :: at[SECOND] = B
                :: at[SECOND] = A
                fi;
#endif
                up[A] = true;
                up[B] = true;
                register(A);
                register(B);
                run First();
                run Second(at[SECOND]);
                run Judge(A);
                run Judge(B);
                run Faults();
                run End()
        }
}
