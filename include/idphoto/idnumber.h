/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/clock.h>
#include <idphoto/finding.h>

/*
 * Resident identity numbers, GB 11643-1999: six digits of region (GB/T 2260), eight of birth, three
 * of sequence, one check character by ISO 7064 MOD 11-2. Only the province part of the region is
 * checked, as codes get abolished; permits of Hong Kong, Macau and Taiwan residents
 * (81, 82, 83) and the permanent residence card (9 + province + country) have the same form.
 */

#define ID_NUMBER_LENGTH 18
#define ID_NUMBER_SIZE   19 /* with the NUL */

/* The longest number of any document that a roster may hold, such as a passport's. Everything that
 * holds a student's number has room for it. */
#define DOCUMENT_NUMBER_MAX  32
#define DOCUMENT_NUMBER_SIZE 33 /* with the NUL */

/* Copies it; false, and dst is empty, when it is longer: a number is never cut off, for that would
 * be another student's. */
bool document_number_copy(char dst[static DOCUMENT_NUMBER_SIZE], const char *number);

/* Normalised number: 17 digits and a digit or upper-case X. */
typedef struct IdNumber {
        char text[ID_NUMBER_SIZE];
} IdNumber;

/*
 * Checks 18 characters (digits, the last may be X) at `today`; number needs no NUL. Returns whether
 * the number is valid; if not, *ret_problem (may be NULL) receives the first of:
 * REASON_NUMBER_SPREADSHEET_ZEROS (wrong check digit and the last three are 000),
 * REASON_NUMBER_CHECK_DIGIT (also for characters that cannot stand there), REASON_NUMBER_REGION,
 * REASON_NUMBER_DATE, REASON_NUMBER_FUTURE.
 */
bool id_number_valid(const char number[static ID_NUMBER_LENGTH], Date today,
                     ReasonCode *ret_problem);

/* Check character of the first 17 digits: '0'..'9' or 'X'. */
char id_number_check_character(const char digits[static ID_NUMBER_LENGTH - 1]);

/* 15-digit number of before 1999 to 18 digits: "19" after the sixth digit, check character
 * appended. -EINVAL unless legacy is 15 digits. */
int id_number_upgrade(const char *legacy, IdNumber *ret);

/*
 * Whether one slip of a typist turns one number into the other: a wrong character, two neighbours
 * swapped, one left out or one too many. Equal numbers are not near. For suggesting, never for
 * deciding [W2].
 */
bool id_number_near(const char *typed, const char *known);

/* 210102********0015: for every text that leaves the teaching point. Other documents show two
 * characters at each end, short ones none. buf receives the masked number; returns buf. */
const char *id_number_mask(const char *number, char buf[static ID_NUMBER_SIZE]);
