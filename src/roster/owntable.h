/* SPDX-License-Identifier: MIT */
#pragma once

#include "cell.h"

#include <idphoto/roster.h>

/*
 * The tables that this program writes are no lists of the collection centre, though their columns
 * look like one: status.csv has a state and an ID number in each row. They are known by columns
 * that no list of the centre has.
 */

/* Which of our tables has this row as its heading, as the problem that it is for who reads a list:
 * ROSTER_OWN_STATUS, ROSTER_OWN_COUNTS, ROSTER_OWN_MANIFEST or ROSTER_OWN_AUDIT. Columns that were
 * added, moved or left out beside those do not matter. _ROSTER_CODE_INVALID: none of them. */
RosterCode own_table_of(const Cell *cells, size_t n);
