/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * The form in which what a file's name says is compared with what a roster says [W1]. Both sides go
 * through the same functions, so that whatever they change, they change alike.
 */

/*
 * Decodes what programs make of characters that they cannot write: %E5%BC%A0 (browsers, mail),
 * #U5f20 (unzip), \u5f20 (JSON). Stays as it is where the result would not be well-formed UTF-8 or
 * would hold control characters. 0 and a new string in *ret; -EILSEQ: invalid UTF-8; -ENOMEM.
 */
int name_decode(const char *name, char **ret);

/*
 * Decoded, NFKC, case folded, without invisible characters. One character stands for each kind of
 * zero that is written for the hanzi, and for each look-alike of X. Circled, raised and
 * bracketed numbers, which count copies, become "#" and the number. Signs and blanks stay. Errors
 * as name_decode().
 */
int match_fold(const char *text, char **ret);

/*
 * match_fold() without blanks and signs: letters, marks and digits are left, and "?", "*", "#" and
 * U+FFFD, which stand in rosters for characters that a system did not have. "" when nothing is
 * left. Errors as name_decode().
 */
int match_key(const char *text, char **ret);

/* The key of a document number or student number as the catalog stores it: "" where the text is its
 * own key in upper case, as nearly all are, so that they need no second index. */
int match_key_stored(const char *text, char **ret);
/* The text that is stored with the key "": the key in upper case, in place. */
void match_key_upper(char *key);
