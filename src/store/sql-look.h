/* SPDX-License-Identifier: MIT */
#pragma once

#include "sql-driver.h"

/* The rows of a question, from the look or from the engine. */
int sql_look_ask(Sql *sql, const SqlQuestion *question, SqlRows **ret);
/* No rows at all; the question is noted. */
int sql_look_note(Sql *sql, SqlSize size, const SqlQuestion *question, SqlRows **ret);
