/* SPDX-License-Identifier: MIT */
#pragma once

/* The schema on PostgreSQL, as one script. */
extern const char schema_postgres[];
