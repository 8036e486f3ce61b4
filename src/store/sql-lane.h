/* SPDX-License-Identifier: MIT */
#pragma once

#include "sql.h"

/*
 * Who writes to a database on a server, so that nobody does who was shut out, and so that a
 * transaction whose COMMIT was not answered does not happen twice.
 *
 * Every transaction that writes counts in a row, its lane. A lane of a gateway has a term, a number
 * that its connection has drawn, and each transaction begins with a fence that the server refuses
 * under another term. When a connection ends, the next one changes the term, and thereby
 *
 *   - waits until the server is through with the transaction of the old one, if it knows of it;
 *   - shuts out what of that transaction the server has not read yet;
 *   - commits, so that what it has read is as durable as any commit;
 *   - reads the count: with the new number the transaction was committed, with the old one not.
 *
 * Whoever takes over from a gateway changes the terms of its lanes (gateway.h), and so shuts it out in
 * the same way. A gateway that has registered anew takes other lanes with its next transactions.
 *
 * Whoever else writes now and then shares a lane, in which each transaction has a term of its own.
 * While nobody else has written there, it tells whether the transaction was committed.
 */

#define LANE_FENCED "IP001" /* SQLSTATE of a fence that was refused */

enum { LANE_TEXT = 160 };

/* What a connection knows. */
typedef struct Lane {
        bool there;       /* the database has lanes */
        bool own;         /* this one is a gateway's own */
        bool fenced;      /* by now it is somebody else's */
        int64_t gateway;  /* that it was taken for */
        int64_t id;       /* the row */
        int64_t term;     /* 0: it has not written yet */
        int64_t new_term; /* that the next connection gives it; 0: none yet */
        int64_t tx;       /* known to be committed in this lane */
        int64_t written;  /* transactions of this connection that wrote, in whatever lane */
        bool unanswered;  /* a commit. lane_resume() sets `committed` to what became of it. */
        bool committed;
} Lane;

int lane_look(Lane *lane, Sql *sql);
/* Takes one for the gateway that this process is registered as. -EIO: it was given up meanwhile. */
int lane_take(Lane *lane, Sql *sql);
/* Takes another one when this one was lost with a gateway of before. Outside of a transaction. */
int lane_take_again(Lane *lane, Sql *sql);
/* The first statement of a transaction. */
int lane_fence(Lane *lane, char ret[static LANE_TEXT]);
/* A transaction was committed. */
void lane_count(Lane *lane, Sql *sql);
/* It is somebody else's. */
void lane_shut_out(Lane *lane);
/* On a new connection, before anything else. -ESTALE: the server lacks what was committed. */
int lane_resume(Lane *lane, Sql *sql);
