/* SPDX-License-Identifier: MIT */
#pragma once

#include "../ctl/command.h"
#include "../mountoptions.h"

/* The tables of the programs as text for a template. Each appends one table. */

typedef struct Table {
        const char *name; /* as templates call it */
        void (*append)(Text *text);
} Table;

/* Appends a line of a manual page in Chinese, with the places where it may end. */
void man_append_breakable(Text *text, const char *line, size_t length);

/* Both end with a NULL name. */
extern const Table shell_tables[]; /* of completion scripts */
extern const Table man_tables[];   /* of manual pages */
