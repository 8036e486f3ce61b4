/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

#include <stdint.h>
#include <sys/types.h>

/*
 * What the daemon can have open, shared out among the users: files for reading and writing and
 * directories. A large status page counts for several, see share_of_bytes().
 *
 * A user gets another one as long as they have fewer than a limit, and fewer than what is left
 * over: whoever takes as much as they can leaves as much to the others, and is refused the rest
 * alone. Root and the daemon's own user are users like others.
 */

/* limit: of each user. all: how much there is. */
typedef struct Shares Shares;

int shares_new(unsigned limit, unsigned all, Shares **ret);
void shares_free(Shares *shares);
DEFINE_CLEANUP(Shares, shares_free)

/* Any thread. 0, -EMFILE, -ENOMEM. */
int share_take(Shares *shares, uid_t uid, unsigned n);
/* The user must have taken them. */
void share_give_back(Shares *shares, uid_t uid, unsigned n);

/* How many files an open text of that size counts for besides itself. */
unsigned share_of_bytes(uint64_t bytes);
