/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/finding.h>

/*
 * The texts behind reason_title() and its kind. Only src/domain/reason.c and findingtext.c read the table; a new
 * code gets its row here in both languages, and a test counts them.
 *
 * Tone: a colleague who helps. The title says what is, the advice what to do next; no blame, no
 * jargon, nobody else's data. The Chinese words are those of the field: 正面免冠照, 采集码, 名册.
 */

typedef enum Quantity {
        QUANTITY_NONE, /* no value, or a plain number */
        QUANTITY_BYTES,
        QUANTITY_MEGABYTES, /* given in bytes */
        QUANTITY_PIXELS,
        QUANTITY_SIZE,       /* width and height; bounds are of the width, the height's 4/3 of it */
        QUANTITY_MEGAPIXELS, /* given in pixels */
        QUANTITY_PERCENT,
        QUANTITY_DEGREES,
        QUANTITY_DAYS,
        QUANTITY_SECONDS,
        QUANTITY_SCANS,
        QUANTITY_FACES,
        QUANTITY_QUALITY, /* of a JPEG, 1 to 100 */
        _QUANTITY_MAX,
} Quantity;

typedef struct ReasonRow {
        Quantity quantity;
        const char *folder_zh; /* of decisions; in English it is the code's name */
        struct {
                const char *title;
                const char *advice;
        } text[_LANGUAGE_MAX];
} ReasonRow;

extern const ReasonRow reason_table[_REASON_MAX];
