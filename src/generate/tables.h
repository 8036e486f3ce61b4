/* SPDX-License-Identifier: MIT */
#pragma once

#include "../ctl/command.h"
#include "../mountoptions.h"

/* The tables of the programs as text for a template. Each appends one table. */

typedef struct Table {
        const char *name; /* as templates call it */
        void (*append)(Text *text);
} Table;

/* Both end with a NULL name. */
extern const Table shell_tables[]; /* of completion scripts */
extern const Table man_tables[];   /* of manual pages */
