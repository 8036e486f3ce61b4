/* SPDX-License-Identifier: MIT */
#include <idphoto/idnumber.h>

#include <errno.h>
#include <string.h>

#define PHOTO_SUFFIX ".jpg"

static bool all_digits(const char *s, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (s[i] < '0' || s[i] > '9')
                        return false;
        return true;
}

static int number_of(const char *digits, size_t n)
{
        int value = 0;

        for (size_t i = 0; i < n; i++)
                value = value * 10 + (digits[i] - '0');
        return value;
}

/* First two digits of GB/T 2260 codes, one bit for each second digit. 83 appears on residence
 * permits only. Counties are not checked: real cards carry codes that were abolished decades ago.
 */
static bool province_known(int code, bool mainland_only)
{
        static const uint16_t second_digits[10] = {
                [1] = 0x003e, /* 11-15 */
                [2] = 0x000e, /* 21-23 */
                [3] = 0x00fe, /* 31-37 */
                [4] = 0x007e, /* 41-46 */
                [5] = 0x001f, /* 50-54 */
                [6] = 0x003e, /* 61-65 */
                [7] = 0x0002, /* 71 */
                [8] = 0x000e, /* 81-83 */
        };

        if (mainland_only && code >= 70)
                return false;
        return second_digits[code / 10] >> (code % 10) & 1;
}

/* A leading 9 is the permanent residence card of foreigners: the province that issued it follows,
 * then the country. It proves nothing alone, as other temporary numbers begin with 999. */
static bool region_known(const char *number)
{
        if (number[0] == '9')
                return province_known(number_of(number + 1, 2), true);
        return province_known(number_of(number, 2), false);
}

char id_number_check_character(const char digits[static ID_NUMBER_LENGTH - 1])
{
        static const int weights[ID_NUMBER_LENGTH - 1] = {7, 9, 10, 5,  8, 4, 2, 1, 6,
                                                          3, 7, 9,  10, 5, 8, 4, 2};
        int sum = 0;

        for (size_t i = 0; i < ELEMENTSOF(weights); i++)
                sum += (digits[i] - '0') * weights[i];
        return "10X98765432"[sum % 11];
}

static bool find_problem(const char *number, Date today, ReasonCode *ret_problem)
{
        Date birth;

        if (!all_digits(number, ID_NUMBER_LENGTH - 1) ||
            id_number_check_character(number) != number[ID_NUMBER_LENGTH - 1]) {
                *ret_problem = memcmp(number + ID_NUMBER_LENGTH - 3, "000", 3) == 0
                                       ? REASON_NUMBER_SPREADSHEET_ZEROS
                                       : REASON_NUMBER_CHECK_DIGIT;
                return true;
        }
        if (!region_known(number)) {
                *ret_problem = REASON_NUMBER_REGION;
                return true;
        }
        birth = (Date){
                .year = number_of(number + 6, 4),
                .month = number_of(number + 10, 2),
                .day = number_of(number + 12, 2),
        };
        if (birth.year < 1900 || !date_valid(birth)) {
                *ret_problem = REASON_NUMBER_DATE;
                return true;
        }
        if (date_compare(birth, today) > 0) {
                *ret_problem = REASON_NUMBER_FUTURE;
                return true;
        }
        return false;
}

bool id_number_valid(const char number[static ID_NUMBER_LENGTH], Date today,
                     ReasonCode *ret_problem)
{
        ReasonCode problem;

        if (!find_problem(number, today, &problem))
                return true;
        if (ret_problem)
                *ret_problem = problem;
        return false;
}

int id_number_upgrade(const char *legacy, IdNumber *ret)
{
        IdNumber number = {};

        if (strlen(legacy) != 15 || !all_digits(legacy, 15))
                return -EINVAL;
        memcpy(number.text, legacy, 6);
        memcpy(number.text + 6, "19", 2);
        memcpy(number.text + 8, legacy + 6, 9);
        number.text[ID_NUMBER_LENGTH - 1] = id_number_check_character(number.text);
        *ret = number;
        return 0;
}

bool id_number_near(const char *typed, const char *known)
{
        size_t n = strlen(typed), m = strlen(known);

        /* What both begin with, and then both end with, leaves the slip. */
        while (*typed && *typed == *known) {
                typed++;
                known++;
                n--;
                m--;
        }
        while (n > 0 && m > 0 && typed[n - 1] == known[m - 1]) {
                n--;
                m--;
        }
        if (n == 2 && m == 2)
                return typed[0] == known[1] && typed[1] == known[0];
        return n <= 1 && m <= 1 && n + m > 0;
}

int document_number(const char *text, DocumentNumber *ret)
{
        size_t n = strnlen(text, sizeof(ret->text));

        *ret = (DocumentNumber){};
        if (n > DOCUMENT_NUMBER_MAX)
                return -ENAMETOOLONG;
        memcpy(ret->text, text, n);
        return 0;
}

int photo_name(const char *number, PhotoName *ret)
{
        DocumentNumber fits;
        int r = document_number(number, &fits);

        if (r < 0)
                return r;
        *ret = (PhotoName){};
        memcpy(ret->text, fits.text, strlen(fits.text));
        memcpy(ret->text + strlen(fits.text), PHOTO_SUFFIX, sizeof(PHOTO_SUFFIX));
        return 0;
}

int photo_name_number(const char *name, DocumentNumber *ret)
{
        const size_t suffix = sizeof(PHOTO_SUFFIX) - 1;
        size_t n = strnlen(name, sizeof(PhotoName));
        DocumentNumber number = {};

        if (n <= suffix || n == sizeof(PhotoName) || strcmp(name + n - suffix, PHOTO_SUFFIX) != 0)
                return -EINVAL;
        memcpy(number.text, name, n - suffix);
        *ret = number;
        return 0;
}

const char *id_number_mask(const char *number, char buf[static ID_NUMBER_SIZE])
{
        size_t n = strnlen(number, ID_NUMBER_LENGTH + 1);
        size_t head = 0, tail = 0;

        if (n == ID_NUMBER_LENGTH) {
                head = 6;
                tail = 4;
        } else if (n >= 8 && n < ID_NUMBER_LENGTH) {
                head = 2;
                tail = 2;
        }
        n = MIN(n, (size_t)ID_NUMBER_LENGTH);
        for (size_t i = 0; i < n; i++) {
                bool shown = i < head || i >= n - tail;

                /* Part of a character of several bytes must not be shown. */
                buf[i] = shown && number[i] > 0x20 && number[i] < 0x7f ? number[i] : '*';
        }
        buf[n] = '\0';
        return buf;
}
