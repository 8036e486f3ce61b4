/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/clock.h>
#include <idphoto/finding.h>

/*
 * Resident identity numbers by GB 11643-1999: six digits of region (GB/T 2260), eight of the date
 * of birth, three of sequence, and a check character by ISO 7064 MOD 11-2. Only the province part
 * of the region is checked, because region codes get abolished. Permits of Hong Kong, Macau and
 * Taiwan residents (81, 82, 83) and the permanent residence card (9 + province + country) have the
 * same form.
 */

#define ID_NUMBER_LENGTH 18
#define ID_NUMBER_SIZE   19 /* with the NUL */

/* Bytes of the longest number of any document, such as a passport, that a roster may hold [W5]. */
#define DOCUMENT_NUMBER_MAX 32

/* The number of any document, normalised; "" for none. What is longer cannot be put into it, and
 * nothing is cut off to fit: a number that was cut off could be another student's. */
typedef struct DocumentNumber {
        char text[DOCUMENT_NUMBER_MAX + 1];
} DocumentNumber;

/* 0, or -ENAMETOOLONG and "". */
int document_number(const char *text, DocumentNumber *ret);

/* The name of the file that shows the photo of that number: "NUMBER.jpg". */
typedef struct PhotoName {
        char text[DOCUMENT_NUMBER_MAX + sizeof(".jpg")];
} PhotoName;

/* 0, or -ENAMETOOLONG. */
int photo_name(const char *number, PhotoName *ret);
/* The number that such a name begins with. 0, or -EINVAL: it is the name of no photo. */
int photo_name_number(const char *name, DocumentNumber *ret);

/* Normalised number: 17 digits and a digit or upper-case X. */
typedef struct IdNumber {
        char text[ID_NUMBER_SIZE];
} IdNumber;

/*
 * Checks 18 characters (digits, the last may be X) as of `today`; number needs no NUL. Returns
 * whether the number is valid. If not, *ret_problem (may be NULL) is the first that applies of
 * REASON_NUMBER_SPREADSHEET_ZEROS (wrong check digit, and the last three are 000),
 * REASON_NUMBER_CHECK_DIGIT (also for a character that cannot stand there), REASON_NUMBER_REGION,
 * REASON_NUMBER_DATE, REASON_NUMBER_FUTURE.
 */
bool id_number_valid(const char number[static ID_NUMBER_LENGTH], Date today,
                     ReasonCode *ret_problem);

/* Check character of the first 17 digits: '0'..'9' or 'X'. */
char id_number_check_character(const char digits[static ID_NUMBER_LENGTH - 1]);

/* Makes 18 digits of a 15-digit number from before 1999: "19" goes after the sixth digit, the check
 * character to the end. -EINVAL unless legacy is 15 digits. */
int id_number_upgrade(const char *legacy, IdNumber *ret);

/*
 * Whether one typing mistake turns one number into the other: a wrong character, two neighbours
 * swapped, one character missing or one too many. False for equal numbers. Use it to suggest a
 * number, never to decide [W2].
 */
bool id_number_near(const char *typed, const char *known);

/* Masks a number, such as 210102********0015, for every text that leaves the teaching point.
 * Numbers of other documents keep two characters at each end, short ones none. Writes to buf;
 * returns buf. */
const char *id_number_mask(const char *number, char buf[static ID_NUMBER_SIZE]);
