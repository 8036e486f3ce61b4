/* SPDX-License-Identifier: MIT */
#pragma once

/* The schema on PostgreSQL, as scripts: the whole, and what a later migration replaced. */
extern const char schema_postgres[];
extern const char schema_postgres_plans[];
