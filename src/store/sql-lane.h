/* SPDX-License-Identifier: MIT */
#pragma once

#include "sql.h"

/*
 * Who writes to a database on a server, so that nobody does who was shut out, and so that a
 * transaction whose COMMIT was not answered does not happen twice.
 *
 * Every transaction that writes counts in a row, its lane. The daemon's lane has a term, a number
 * that its connection has drawn, and each transaction begins with a fence that the server refuses
 * under another term. When a connection ends, the next one changes the term, and thereby
 *
 *   - waits until the server is through with the transaction of the old one, if it knows of it;
 *   - shuts out what of that transaction the server has not read yet;
 *   - commits, so that what it has read is as durable as any commit;
 *   - reads the count: with the new number the transaction was committed, with the old one not.
 *
 * Whoever else writes now and then shares a lane, in which each transaction has a term of its own.
 * While nobody else has written there, it tells whether the transaction was committed.
 */

#define LANE_FENCED "IP001" /* SQLSTATE of a fence that was refused */

enum { LANE_TEXT = 160 };

/* What a connection knows. */
typedef struct Lane {
        bool there;       /* the database has lanes */
        bool daemon;      /* this one's is the daemon's */
        bool fenced;      /* by now it is another daemon's */
        int64_t term;     /* 0: it has not written yet */
        int64_t new_term; /* that the next connection gives it; 0: none yet */
        int64_t tx;       /* known to be committed in the daemon's lane */
        int64_t own;      /* transactions of this connection that wrote, in whatever lane */
        bool unanswered;  /* a commit. lane_resume() sets `committed` to what became of it. */
        bool committed;
} Lane;

int lane_look(Lane *lane, Sql *sql);
/* Makes it the daemon's. -EALREADY: another daemon has it, and keeps it. */
int lane_take(Lane *lane, Sql *sql);
/* The first statement of a transaction. */
int lane_fence(Lane *lane, char ret[static LANE_TEXT]);
/* A transaction was committed. */
void lane_count(Lane *lane, Sql *sql);
/* Another daemon has taken it. */
void lane_shut_out(Lane *lane);
/* On a new connection, before anything else. -ESTALE: the server lacks what was committed. */
int lane_resume(Lane *lane, Sql *sql);
