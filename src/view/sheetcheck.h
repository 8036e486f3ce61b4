/* SPDX-License-Identifier: MIT */
#pragma once

#include "sheet.h"

/*
 * Reads a workbook back, whose writer does not notice a full disk: every part must be there to its
 * end, and the sheet must hold exactly `content`. 0; -ENOSPC: something is missing; -ENOMEM.
 */
int sheet_check(const char *data, size_t size, const SheetContent *content);
