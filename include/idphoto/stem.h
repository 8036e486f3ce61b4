/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * What the name of a dropped file or folder is made of: the stem, which is the name without its
 * suffixes, marks of copies, and parts between separators. Works on the text only.
 */

/* The stem, folded (match_fold()). Takes off every suffix of a picture, also one typed with a comma
 * or a full-width stop, and those of texts, as lists of names have them. Any other stays: it may be
 * part of a name. 0 and a new string; -EILSEQ: invalid UTF-8; -ENOMEM. */
int stem_fold(const char *name, char **ret);

typedef enum CopyMark {
        COPY_MARK_NONE,
        COPY_MARK_WORD,   /* "副本", "- Copy" */
        COPY_MARK_NUMBER, /* "(1)", "_2": it could also belong to the name */
} CopyMark;

/* Takes the last mark off the end of a folded stem, in place. */
CopyMark stem_strip_copy_mark(char *stem);
/* Takes off one at the beginning: "副本", "Copy of". Whether there was one. */
bool stem_strip_leading_copy_mark(char *stem);

/* A part of a folded stem, between separators: blanks, dashes, brackets, points and the like. */
typedef struct StemPart {
        const char *start;
        size_t size;
} StemPart;

/* Splits the stem. Returns how many parts were stored, at most max; what is beyond is left out. */
size_t stem_split(const char *stem, StemPart *parts, size_t max);
