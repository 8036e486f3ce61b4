/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* ---- Unicode ---- */

/* Whether the NUL-terminated string is well-formed UTF-8. */
bool utf8_valid(const char *text);

/* Whether text holds a C0 or C1 control character, DEL, a bidirectional override or a line
 * separator: nothing that a file manager or terminal could show truthfully. text must be valid
 * UTF-8. */
bool text_has_control(const char *text);

/*
 * The form under which names are compared [T7]: NFKC, so that NFC and NFD, full and half width are
 * alike; case kept. 0 and a new string in *ret; -EILSEQ for invalid UTF-8; -ENOMEM.
 */
int text_fold(const char *text, char **ret);

/* Number of terminal columns the text takes: East Asian wide characters count two, combining marks
 * none. */
size_t text_columns(const char *text);

/* Longest prefix of text, in bytes, that fits max_bytes without cutting a character. */
size_t text_prefix(const char *text, size_t max_bytes);

bool text_starts_with(const char *text, const char *prefix);
bool text_ends_with(const char *text, const char *suffix);
/* ASCII case is ignored. */
bool text_ends_with_nocase(const char *text, const char *suffix);

/* Index of the text among n that are not NULL; -EINVAL. */
int text_find(const char *const *texts, size_t n, const char *text);

/* ---- growing text ---- */

/* A NUL-terminated text being built. Start from `{}`; a failed allocation sticks in `error` and
 * later calls do nothing, so that only the end needs a check. */
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
/* Hands the built string to the caller (never NULL on success; "" when nothing was appended). 0 or
 * text->error. */
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
/* Language of LC_ALL, else LC_MESSAGES, else LANG: the first of them that is not empty decides. */
Language language_from_environment(void);
