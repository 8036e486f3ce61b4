/* SPDX-License-Identifier: MIT */
#include <idphoto/moment.h>
#include <idphoto/text.h>

#include <string.h>

enum {
        YEAR = 0x5e74,   /* 年 */
        MONTH = 0x6708,  /* 月 */
        DAY = 0x65e5,    /* 日 */
        HOUR = 0x65f6,   /* 时 */
        OCLOCK = 0x70b9, /* 点 */
        MINUTE = 0x5206, /* 分 */
        SECOND = 0x79d2, /* 秒 */
};

/* The character at the place, of usual width; 0 at the end. */
static int32_t look(const char *p, size_t *ret_n)
{
        int32_t c = text_next(p, ret_n);

        return text_usual_width(c);
}

static bool take(const char **p, const int32_t *any, size_t n_any)
{
        size_t n;
        int32_t c = look(*p, &n);

        for (size_t i = 0; i < n_any; i++)
                if (c == any[i]) {
                        *p += n;
                        return true;
                }
        return false;
}

#define TAKE(p, ...) \
        take(p, (const int32_t[]){__VA_ARGS__}, ELEMENTSOF(((const int32_t[]){__VA_ARGS__})))

static void skip_blanks(const char **p)
{
        while (TAKE(p, ' ', 0xa0, 0x3000))
                ;
}

/* Up to n_max digits; how many there were, with their value. */
static size_t take_digits(const char **p, size_t n_max, int *ret)
{
        size_t count = 0, n;

        for (*ret = 0; count < n_max; count++) {
                int32_t c = look(*p, &n);

                if (c < '0' || c > '9')
                        break;
                *ret = *ret * 10 + (c - '0');
                *p += n;
        }
        return count;
}

static bool is_digit_next(const char *p)
{
        size_t n;
        int32_t c = look(p, &n);

        return c >= '0' && c <= '9';
}

/* ---- the day ---- */

static bool take_part(const char **p, int *ret)
{
        return take_digits(p, 2, ret) > 0 && !is_digit_next(*p);
}

static bool read_date(const char **p, Date *ret)
{
        Date date = {};

        if (take_digits(p, 4, &date.year) < 4)
                return false;
        if (is_digit_next(*p)) {
                if (take_digits(p, 2, &date.month) < 2 || take_digits(p, 2, &date.day) < 2)
                        return false;
        } else {
                if (!TAKE(p, '-', '/', '.', YEAR) || !take_part(p, &date.month) ||
                    !TAKE(p, '-', '/', '.', MONTH) || !take_part(p, &date.day))
                        return false;
                (void)TAKE(p, DAY);
        }
        if (!date_valid(date))
                return false;
        *ret = date;
        return true;
}

/* ---- the time of the day ---- */

typedef enum Half { HALF_NONE, HALF_MORNING, HALF_AFTERNOON } Half;

static Half take_half(const char **p)
{
        static const struct {
                const char *word;
                Half half;
        } halves[] = {{"上午", HALF_MORNING},   {"凌晨", HALF_MORNING}, {"下午", HALF_AFTERNOON},
                      {"晚上", HALF_AFTERNOON}, {"AM", HALF_MORNING},   {"PM", HALF_AFTERNOON},
                      {"am", HALF_MORNING},     {"pm", HALF_AFTERNOON}};

        for (size_t i = 0; i < ELEMENTSOF(halves); i++)
                if (text_starts_with(*p, halves[i].word)) {
                        *p += strlen(halves[i].word);
                        return halves[i].half;
                }
        return HALF_NONE;
}

static void skip_offset(const char **p)
{
        const char *after = *p;
        int ignored;

        if (TAKE(p, 'Z'))
                return;
        if (!TAKE(&after, '+', '-') || take_digits(&after, 2, &ignored) < 2)
                return;
        (void)TAKE(&after, ':');
        (void)take_digits(&after, 2, &ignored);
        *p = after;
}

static void skip_fraction(const char **p)
{
        const char *after = *p;
        int ignored;

        if (TAKE(&after, '.') && take_digits(&after, 9, &ignored) > 0)
                *p = after;
}

/* Behind a date. Nothing is taken where no time follows. */
static void read_time(const char **p, int *ret)
{
        const char *q = *p;
        int hour, minute = 0, second = 0;
        Half half;

        skip_blanks(&q);
        (void)TAKE(&q, 'T', ',');
        skip_blanks(&q);
        half = take_half(&q);
        skip_blanks(&q);
        if (!take_part(&q, &hour) || !TAKE(&q, ':', HOUR, OCLOCK))
                return;
        if (take_part(&q, &minute) && TAKE(&q, ':', MINUTE) && take_part(&q, &second)) {
                (void)TAKE(&q, SECOND);
                skip_fraction(&q);
        }
        skip_offset(&q);
        if (half == HALF_NONE) {
                const char *after = q;

                skip_blanks(&after);
                half = take_half(&after);
                if (half != HALF_NONE)
                        q = after;
        }
        if (hour > 23 || minute > 59 || second > 60)
                return;
        if (half == HALF_AFTERNOON && hour < 12)
                hour += 12;
        else if (half == HALF_MORNING && hour == 12)
                hour = 0;
        *ret = hour * 3600 + minute * 60 + MIN(second, 59 /* of a leap second, too */);
        *p = q;
}

/* 20250910143005: what is left of it behind the date. */
static void read_time_in_digits(const char **p, int *ret)
{
        const char *q = *p;
        int hour, minute, second;

        if (take_digits(&q, 2, &hour) < 2 || take_digits(&q, 2, &minute) < 2 ||
            take_digits(&q, 2, &second) < 2 || hour > 23 || minute > 59 || second > 60)
                return;
        *ret = hour * 3600 + minute * 60 + MIN(second, 59 /* of a leap second, too */);
        *p = q;
}

size_t moment_read(const char *text, Moment *ret)
{
        const char *p = text;
        Moment moment = {};

        if (!read_date(&p, &moment.date))
                return 0;
        if (is_digit_next(p))
                read_time_in_digits(&p, &moment.second);
        else
                read_time(&p, &moment.second);
        /* The beginning of a longer number is no date. */
        if (is_digit_next(p))
                return 0;
        *ret = moment;
        return (size_t)(p - text);
}

size_t moment_find(const char *text, size_t *ret_at, Moment *ret)
{
        bool in_number = false;

        for (const char *p = text; *p;) {
                size_t n, found = in_number ? 0 : moment_read(p, ret);

                if (found > 0) {
                        *ret_at = (size_t)(p - text);
                        return found;
                }
                in_number = is_digit_next(p);
                (void)look(p, &n);
                p += n;
        }
        return 0;
}

int moment_compare(Moment a, Moment b)
{
        int days = date_compare(a.date, b.date);

        return days ? days : (a.second > b.second) - (a.second < b.second);
}
