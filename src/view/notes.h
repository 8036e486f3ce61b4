/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/* The notes of one kind in the report of an import. */
typedef struct Notes {
        const char *title;
        size_t count;  /* notes of this kind, kept or not; 0: nothing is appended */
        size_t n_kept; /* kept notes of all kinds */
        /* Appends a line with the kept note of that index. False: the note is of another kind. */
        bool (*append)(Text *text, size_t index, void *userdata);
        void *userdata;
} Notes;

/* Appends the title with the count, the first notes, and how many more there are. */
void notes_append(Text *text, const Notes *notes, Language language);
