/* SPDX-License-Identifier: MIT */
#pragma once

#include "cell.h"

/*
 * Rows of a text table as RFC 4180 has them: cells apart by `delimiter`, a cell may stand in double
 * quotes and then hold delimiters, line ends and doubled quotes. LF, CRLF and CR end rows. Rows are
 * counted as spreadsheet programs do, from 1.
 *
 * text is changed. 0 when all rows were given; what the callback returned when it was not 0;
 * -EBADMSG with *ret_row when a quote is never closed; -ENOMEM.
 */
int delimited_read(char *text, char delimiter, CellRowCallback callback, void *userdata,
                   size_t *ret_row);
