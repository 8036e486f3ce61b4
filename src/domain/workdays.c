/* SPDX-License-Identifier: MIT */
#include <idphoto/workdays.h>

#include <string.h>

enum {
        DAYS_MAX = 20000,
        SPAN_MAX = 366,
};

typedef struct Day {
        int32_t number; /* days since the epoch */
        bool workday;
} Day;

/* Days in order of their number, each once. */
struct Calendar {
        Day *days;
        size_t n;
        size_t allocated;
};

typedef struct Cursor {
        const char *p;
        const char *end;
} Cursor;

static void skip_blanks(Cursor *c)
{
        while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\r'))
                c->p++;
}

static bool take_literal(Cursor *c, const char *s)
{
        size_t n = strlen(s);

        if ((size_t)(c->end - c->p) < n || memcmp(c->p, s, n) != 0)
                return false;
        c->p += n;
        return true;
}

static bool take_digits(Cursor *c, size_t n, int *ret)
{
        int value = 0;

        if ((size_t)(c->end - c->p) < n)
                return false;
        for (size_t i = 0; i < n; i++) {
                if (c->p[i] < '0' || c->p[i] > '9')
                        return false;
                value = value * 10 + (c->p[i] - '0');
        }
        c->p += n;
        *ret = value;
        return true;
}

static bool take_date(Cursor *c, Date *ret)
{
        Date date;

        if (!take_digits(c, 4, &date.year) || !take_literal(c, "-") ||
            !take_digits(c, 2, &date.month) || !take_literal(c, "-") ||
            !take_digits(c, 2, &date.day) || !date_valid(date))
                return false;
        *ret = date;
        return true;
}

static int compare_days(const void *a, const void *b)
{
        const Day *x = a, *y = b;

        return (x->number > y->number) - (x->number < y->number);
}

static const Day *find_day(const Calendar *calendar, int64_t number)
{
        Day key = {.number = (int32_t)number};

        if (!calendar || calendar->n == 0)
                return NULL;
        return bsearch(&key, calendar->days, calendar->n, sizeof(key), compare_days);
}

/* Files are in order mostly, so a day belongs at the end mostly. */
static int add_day(Calendar *calendar, int64_t number, bool workday)
{
        const Day *known = find_day(calendar, number);
        size_t at;

        if (known)
                return known->workday == workday ? 0 : -EINVAL;
        if (calendar->n >= DAYS_MAX)
                return -E2BIG;
        if (calendar->n == calendar->allocated) {
                size_t allocated = MAX(calendar->allocated * 2, (size_t)64);
                Day *days = reallocarray(calendar->days, allocated, sizeof(*days));

                if (!days)
                        return -ENOMEM;
                calendar->days = days;
                calendar->allocated = allocated;
        }
        for (at = calendar->n; at > 0 && calendar->days[at - 1].number > number; at--)
                calendar->days[at] = calendar->days[at - 1];
        calendar->days[at] = (Day){.number = (int32_t)number, .workday = workday};
        calendar->n++;
        return 0;
}

/* One line without its end: nothing, or a day or span and what it is. */
static int parse_line(Calendar *calendar, Cursor line)
{
        const char *comment = memchr(line.p, '#', (size_t)(line.end - line.p));
        int64_t first, last;
        Date from, to;
        bool workday;

        if (comment)
                line.end = comment;
        skip_blanks(&line);
        if (line.p == line.end)
                return 0;
        if (!take_date(&line, &from))
                return -EINVAL;
        to = from;
        skip_blanks(&line);
        if (take_literal(&line, "..")) {
                skip_blanks(&line);
                if (!take_date(&line, &to))
                        return -EINVAL;
                skip_blanks(&line);
        }
        if (take_literal(&line, "holiday"))
                workday = false;
        else if (take_literal(&line, "workday"))
                workday = true;
        else
                return -EINVAL;
        skip_blanks(&line);
        first = date_to_days(from);
        last = date_to_days(to);
        if (line.p != line.end || last < first || last - first >= SPAN_MAX)
                return -EINVAL;
        for (int64_t day = first; day <= last; day++) {
                int r = add_day(calendar, day, workday);

                if (r < 0)
                        return r;
        }
        return 0;
}

int calendar_parse(const char *text, size_t size, Calendar **ret, size_t *ret_line)
{
        _cleanup_(calendar_freep) Calendar *calendar = calloc(1, sizeof(*calendar));
        Cursor rest = {text, text + size};
        size_t number = 1;

        if (!calendar)
                return -ENOMEM;
        (void)take_literal(&rest, "\xef\xbb\xbf");
        for (; rest.p < rest.end; number++) {
                const char *lf = memchr(rest.p, '\n', (size_t)(rest.end - rest.p));
                Cursor line = {rest.p, lf ? lf : rest.end};
                int r = parse_line(calendar, line);

                if (r < 0) {
                        if (ret_line)
                                *ret_line = number;
                        return r;
                }
                rest.p = lf ? lf + 1 : rest.end;
        }
        *ret = TAKE_PTR(calendar);
        return 0;
}

void calendar_free(Calendar *calendar)
{
        if (!calendar)
                return;
        free(calendar->days);
        free(calendar);
}

static bool covers(const Calendar *calendar, int year)
{
        if (!calendar)
                return false;
        for (size_t i = 0; i < calendar->n; i++)
                if (date_from_days(calendar->days[i].number).year == year)
                        return true;
        return false;
}

int calendar_first_gap(const Calendar *calendar, Date from, Date to)
{
        for (int year = from.year; year <= to.year; year++)
                if (!covers(calendar, year))
                        return year;
        return 0;
}

static bool is_workday(int64_t number, const Calendar *calendar)
{
        const Day *day = find_day(calendar, number);

        if (day)
                return day->workday;
        /* 1970-01-01 was a Thursday: with it as 3, Monday is 0. */
        return ((number + 3) % 7 + 7) % 7 < 5;
}

int workdays_add(Date date, int n, const Calendar *calendar, Date *ret)
{
        const int64_t first = date_to_days((Date){1, 1, 1});
        const int64_t last = date_to_days((Date){9999, 12, 31});
        const int step = n < 0 ? -1 : 1;
        int64_t day = date_to_days(date);

        while (n != 0) {
                day += step;
                if (day < first || day > last)
                        return -ERANGE;
                if (is_workday(day, calendar))
                        n -= step;
        }
        *ret = date_from_days(day);
        return 0;
}

int workdays_between(Date from, Date to, const Calendar *calendar)
{
        int64_t a = date_to_days(from), b = date_to_days(to);
        int n = 0;

        for (int64_t day = MIN(a, b) + 1; day <= MAX(a, b); day++)
                n += is_workday(day, calendar);
        return a <= b ? n : -n;
}

int workdays_latest_start(Date end, int n, const Calendar *calendar, Date *ret)
{
        int64_t day;
        Date start;
        int r;

        /* The n-th working day backwards, `end` itself counted, is the first of the n; whoever
         * began on the day before it has all of them. */
        r = workdays_add(date_from_days(date_to_days(end) + 1), -n, calendar, &start);
        if (r < 0)
                return r;
        day = date_to_days(start) - 1;
        if (day < date_to_days((Date){1, 1, 1}))
                return -ERANGE;
        *ret = date_from_days(day);
        return 0;
}
