/* SPDX-License-Identifier: MIT */
#pragma once

#include "../ctl/command.h"
#include "../mountoptions.h"

/* What stands in the help, as lines of shell. Each appends one table. */

typedef void (*CompletionTable)(Text *text);

/* The table that a template calls @name@, NULL: there is none. */
CompletionTable completion_table(const char *name, size_t length);
