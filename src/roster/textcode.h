/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * The characters of a text file whose encoding nobody wrote down. A byte order mark tells; without
 * one UTF-16 is known by its zeros, UTF-8 by being well-formed, and what is neither is GB18030,
 * which is what spreadsheet programs save as "CSV" in China.
 */

/* Loads the converters of all encodings, which are files of the C library. */
void textcode_prepare(void);

/*
 * *ret is NUL-terminated UTF-8 without a byte order mark and without other NULs, at most three
 * times as long as data. 0; -EILSEQ with *ret_line (from 1) where the text is in none of the
 * encodings; -EBADMSG when it is no text; -ENOMEM.
 */
int textcode_decode(const void *data, size_t size, char **ret, size_t *ret_size, size_t *ret_line);
