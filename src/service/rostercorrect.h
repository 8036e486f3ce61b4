/* SPDX-License-Identifier: MIT */
#pragma once

#include "rosterlines.h"

/*
 * Gives students of the rosters the numbers that the files say are theirs now (rosterimport.h).
 * Before any line is put into the catalog, so that none of these makes a student of its own. May
 * refuse the import.
 */
int import_correct(Import *import);
