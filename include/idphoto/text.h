/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* ---- Unicode ---- */

/* Whether the NUL-terminated string is well-formed UTF-8. */
bool utf8_valid(const char *text);

/* The character with which text begins, and the number of its bytes; 0 at the end. Of bytes that are
 * no UTF-8 each is U+FFFD. */
int32_t text_next(const char *text, size_t *ret_bytes);

/* The ASCII character that c is a full-width form of; else c. */
int32_t text_usual_width(int32_t c);

/* Whether text holds a C0 or C1 control character, DEL, a bidirectional override or a line
 * separator, none of which a file manager or a terminal can show truthfully. text must be valid
 * UTF-8. */
bool text_has_control(const char *text);

/* Whether c shows nothing itself and is no part of a word: marks, overrides and isolates of writing
 * direction, blanks and joiners without width, the soft hyphen, a byte order mark. Dialogs and web
 * pages leave them in what is copied from them. The joiners of some scripts (U+200C, U+200D) change
 * what is seen and are none of these. */
bool text_is_invisible(int32_t c);

/* Takes these out, in place. Bytes that are no UTF-8 stay. */
void text_drop_invisible(char *text);

/* Whether all of text is shown as it is: no control character and nothing invisible. text must be
 * valid UTF-8. */
bool text_is_plain(const char *text);

/*
 * Makes the form in which names are compared [T7]: NFKC, so that NFC and NFD, and full and half
 * width, are alike. Case is kept. 0 and a new string in *ret; -EILSEQ: invalid UTF-8; -ENOMEM.
 */
int text_fold(const char *text, char **ret);

/* Number of terminal columns that the text takes: an East Asian wide character takes two, a
 * combining mark none. */
size_t text_columns(const char *text);

/* Number of bytes of the longest prefix of text of at most max_bytes that cuts no character. */
size_t text_prefix(const char *text, size_t max_bytes);

bool text_starts_with(const char *text, const char *prefix);
bool text_ends_with(const char *text, const char *suffix);
/* Ignores ASCII case. */
bool text_ends_with_nocase(const char *text, const char *suffix);

/* Index of text among the n texts, none of which is NULL; -EINVAL: it is not among them. */
int text_find(const char *const *texts, size_t n, const char *text);

/* ---- growing text ---- */

/* A NUL-terminated text under construction. Initialise with {}. A failed allocation sets `error`,
 * and later calls do nothing, so only text_take() needs a check. */
typedef struct Text {
        char *data;
        size_t size;
        size_t allocated;
        int error; /* 0 or -ENOMEM */
} Text;

void text_done(Text *text);
#define _cleanup_text_ _cleanup_(text_done)
void text_append(Text *text, const char *s);
void text_append_data(Text *text, const void *data, size_t size);
void text_printf(Text *text, const char *fmt, ...) _printf_(2, 3);
/* Appends s and then spaces up to `columns` terminal columns. */
void text_append_padded(Text *text, const char *s, size_t columns);
/* Hands the string over to the caller, who frees it. On success it is never NULL: "" when nothing
 * was appended. *ret_size (may be NULL) does not count the NUL. 0 or text->error. */
int text_take(Text *text, char **ret, size_t *ret_size);

/* ---- language ---- */

typedef enum Language {
        LANGUAGE_EN,
        LANGUAGE_ZH,
        _LANGUAGE_MAX,
        _LANGUAGE_INVALID = -EINVAL
} Language;

const char *language_to_string(Language language); /* "en", "zh" */
Language language_from_string(const char *s);
/* The language of the first of LC_ALL, LC_MESSAGES and LANG that is not empty. */
Language language_from_environment(void);
