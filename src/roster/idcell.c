/* SPDX-License-Identifier: MIT */
#include "idcell.h"

#include "cell.h"

#include <idphoto/clientname.h>
#include <string.h>

enum { DOCUMENT_LENGTH_MIN = 5, DOCUMENT_DIGITS_MIN = 4 };

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static size_t count_digits(const char *s)
{
        size_t n = 0;

        while (is_digit(s[n]))
                n++;
        return n;
}

bool cell_is_exponent(const char *text)
{
        size_t whole = count_digits(text), exponent;
        const char *p = text + whole;
        bool point = *p == '.', plus;

        if (whole == 0)
                return false;
        if (point) {
                p++;
                p += count_digits(p);
        }
        if (*p != 'E' && *p != 'e')
                return false;
        plus = p[1] == '+';
        p += 1 + plus;
        exponent = count_digits(p);
        return (point || plus) && exponent >= 1 && exponent <= 3 && p[exponent] == '\0';
}

static RosterCode check_18(const char *text, Date today)
{
        ReasonCode problem;

        if (id_number_valid(text, today, &problem))
                return _ROSTER_CODE_INVALID;
        switch (problem) {
        case REASON_NUMBER_SPREADSHEET_ZEROS:
                return ROSTER_ID_ZEROS;
        case REASON_NUMBER_DATE:
                return ROSTER_ID_DATE;
        case REASON_NUMBER_FUTURE:
                return ROSTER_ID_FUTURE;
        case REASON_NUMBER_REGION:
                return ROSTER_ID_REGION;
        default:
                return ROSTER_ID_CHECK_DIGIT;
        }
}

static RosterCode upgrade(char *text, size_t size, Date today)
{
        IdNumber upgraded;
        ReasonCode problem;

        if (size < sizeof(upgraded.text) || id_number_upgrade(text, &upgraded) < 0 ||
            !id_number_valid(upgraded.text, today, &problem))
                return ROSTER_ID_LENGTH;
        memcpy(text, upgraded.text, sizeof(upgraded.text));
        return ROSTER_ID_LEGACY;
}

/* Passports and permits: the roster decides, if only the number can be part of a file name. */
static RosterCode check_document(const char *text)
{
        PhotoName name;
        size_t n_digits = 0;

        for (const char *p = text; *p; p++)
                n_digits += is_digit(*p);
        /* A name, or what is to be filled in: "21XXXXXXXXXXXXXXXX". */
        if (n_digits < DOCUMENT_DIGITS_MIN || strstr(text, "XXXX"))
                return ROSTER_ID_UNUSABLE;
        if (strlen(text) < DOCUMENT_LENGTH_MIN || strpbrk(text, "\\:*?\"<>|.") ||
            photo_name(text, &name) < 0 || name_class_of_file(name.text) != NAME_NORMAL)
                return ROSTER_ID_UNUSABLE;
        return ROSTER_ID_OTHER_DOCUMENT;
}

/* Length of the run of digits at p that is an ID number, with its X; 0 when it is none. */
static size_t id_run(const char *p)
{
        size_t n = count_digits(p);
        IdNumber upgraded;
        ReasonCode problem;
        char legacy[16];

        if (n == ID_NUMBER_LENGTH || (n == ID_NUMBER_LENGTH - 1 && (p[n] == 'X' || p[n] == 'x')))
                return ID_NUMBER_LENGTH;
        if (n != 15)
                return 0;
        memcpy(legacy, p, 15);
        legacy[15] = '\0';
        /* Other documents may have as many digits. */
        return id_number_upgrade(legacy, &upgraded) == 0 &&
                               id_number_valid(upgraded.text, (Date){9999, 12, 31}, &problem)
                       ? 15
                       : 0;
}

static bool has_number(const char *text)
{
        while (*text && id_run(text) == 0)
                text += MAX(count_digits(text), (size_t)1);
        return *text;
}

int id_cell_show(const char *cell, Text *ret)
{
        char text[CELL_BYTES_KEPT + 1];

        (void)snprintf(text, sizeof(text), "%s", cell);
        cell_fold_letters(text);
        /* Blanks and hyphens may stand within the number, or between it and another. */
        if (!has_number(text))
                cell_fold_number(text);
        for (const char *p = text; *p;) {
                size_t n = id_run(p);

                if (n > 0) {
                        char number[ID_NUMBER_SIZE], masked[ID_NUMBER_SIZE];

                        memcpy(number, p, n);
                        number[n] = '\0';
                        text_append(ret, id_number_mask(number, masked));
                } else {
                        n = MAX(count_digits(p), (size_t)1);
                        text_append_data(ret, p, n);
                }
                p += n;
        }
        return ret->error;
}

bool cell_is_fraction(const char *text)
{
        size_t n = count_digits(text);

        return n > 0 && text[n] == '.' && text[n + 1] == '0' &&
               text[n + 1 + strspn(text + n + 1, "0")] == '\0';
}

RosterCode id_cell_normalise(char *text, size_t size, bool number, Date today)
{
        char whole[CELL_BYTES_KEPT + 1];
        size_t n, n_digits;

        (void)snprintf(whole, sizeof(whole), "%s", text);
        cell_fold_letters(whole);
        cell_fold_number(text);
        n = strlen(text);
        n_digits = count_digits(text);
        if (n == 0)
                return ROSTER_ID_MISSING;
        if (number && (n_digits != n || n > 15))
                return ROSTER_ID_NUMBER_CELL;
        if (cell_is_fraction(text)) {
                if (n_digits > 15)
                        return ROSTER_ID_NUMBER_CELL;
                text[n_digits] = '\0';
                n = n_digits;
        }
        if (cell_is_exponent(text))
                return ROSTER_ID_EXPONENT;
        if (n == ID_NUMBER_LENGTH && n_digits >= n - 1 && (n_digits == n || text[n - 1] == 'X'))
                return check_18(text, today);
        if (n == 15 && n_digits == 15)
                return upgrade(text, size, today);
        if (has_number(whole) || has_number(text))
                return ROSTER_ID_WITH_MORE;
        /* An ID number that lost or won some: all digits but perhaps an X at the end, or more of
         * them than another document has. */
        if (n_digits > 15 || (n_digits + (text[n_digits] == 'X') == n && (n >= 15 || n < 8)))
                return ROSTER_ID_LENGTH;
        return check_document(text);
}

static bool take_number(const char **p, size_t n_max, int *ret)
{
        size_t n = count_digits(*p);
        int value = 0;

        if (n == 0 || n > n_max)
                return false;
        for (size_t i = 0; i < n; i++)
                value = value * 10 + ((*p)[i] - '0');
        *p += n;
        *ret = value;
        return true;
}

static bool skip_separator(const char **p)
{
        static const char *const separators[] = {"-", "/", ".", "年", "月"};

        for (size_t i = 0; i < ELEMENTSOF(separators); i++)
                if (text_starts_with(*p, separators[i])) {
                        *p += strlen(separators[i]);
                        return true;
                }
        return false;
}

bool cell_parse_date(const char *text, bool number, bool date1904, Date *ret)
{
        size_t n = count_digits(text);
        Date date = {0};
        int value;

        if (n == 8 && text[8] == '\0') {
                const char *p = text;

                if (!take_number(&p, 8, &value))
                        return false;
                date = (Date){value / 10000, value / 100 % 100, value % 100};
        } else if (number && n >= 1 && n <= 5 && text[n] == '\0') {
                const char *p = text;

                if (!take_number(&p, 5, &value))
                        return false;
                /* Day 25569 of the usual count is 1970-01-01. */
                date = date_from_days((int64_t)value - 25569 + (date1904 ? 1462 : 0));
        } else {
                const char *p = text;

                if (n != 4 || !take_number(&p, 4, &date.year) || !skip_separator(&p) ||
                    !take_number(&p, 2, &date.month) || !skip_separator(&p) ||
                    !take_number(&p, 2, &date.day))
                        return false;
                if (text_starts_with(p, "日"))
                        p += strlen("日");
                /* A time of day may follow. */
                if (*p != '\0' && *p != ' ' && *p != 'T')
                        return false;
        }
        if (!date_valid(date))
                return false;
        *ret = date;
        return true;
}
