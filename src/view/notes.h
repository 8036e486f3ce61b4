/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/* The notes of one kind in the report of an import. */
typedef struct Notes {
        const char *title;
        size_t count;  /* of this kind, also those not kept; 0: nothing is appended */
        size_t n_kept; /* of all kinds */
        /* Appends a line with the note of that index. False: it is of another kind. */
        bool (*append)(Text *text, size_t index, void *userdata);
        void *userdata;
} Notes;

/* The title with the number, the first of them, and how many more there are. */
void notes_append(Text *text, const Notes *notes, Language language);
