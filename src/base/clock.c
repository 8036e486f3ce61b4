/* SPDX-License-Identifier: MIT */
#include <idphoto/clock.h>
#include <idphoto/util.h>

#include <time.h>

static int64_t read_clock(clockid_t id)
{
        struct timespec ts;

        (void)clock_gettime(id, &ts);
        return timespec_to_nsec(ts);
}

static int64_t system_wall(void *userdata _unused_)
{
        return read_clock(CLOCK_REALTIME);
}

static int64_t system_monotonic(void *userdata _unused_)
{
        return read_clock(CLOCK_MONOTONIC);
}

const Clock *clock_system(void)
{
        static const Clock system_clock = {
                .wall_nsec = system_wall,
                .monotonic_nsec = system_monotonic,
        };

        return &system_clock;
}

struct timespec timespec_from_nsec(int64_t nsec)
{
        struct timespec ts = {.tv_sec = nsec / NSEC_PER_SEC, .tv_nsec = nsec % NSEC_PER_SEC};

        if (ts.tv_nsec < 0) {
                ts.tv_sec--;
                ts.tv_nsec += NSEC_PER_SEC;
        }
        return ts;
}

int64_t timespec_to_nsec(struct timespec ts)
{
        int64_t nsec;

        if (__builtin_mul_overflow((int64_t)ts.tv_sec, NSEC_PER_SEC, &nsec) ||
            __builtin_add_overflow(nsec, (int64_t)ts.tv_nsec, &nsec))
                return ts.tv_sec < 0 ? INT64_MIN : INT64_MAX;
        return nsec;
}

int64_t clock_wall_nsec(const Clock *clock)
{
        return clock->wall_nsec(clock->userdata);
}

int64_t clock_monotonic_nsec(const Clock *clock)
{
        return clock->monotonic_nsec(clock->userdata);
}

Date date_from_wall(int64_t wall_nsec)
{
        time_t seconds = (time_t)(wall_nsec / NSEC_PER_SEC);
        struct tm tm;

        (void)localtime_r(&seconds, &tm);
        return (Date){.year = tm.tm_year + 1900, .month = tm.tm_mon + 1, .day = tm.tm_mday};
}

int64_t date_to_wall(Date date)
{
        struct tm tm = {.tm_year = date.year - 1900,
                        .tm_mon = date.month - 1,
                        .tm_mday = date.day,
                        .tm_isdst = -1};

        return timespec_to_nsec((struct timespec){.tv_sec = mktime(&tm)});
}

static bool is_leap(int year)
{
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool date_valid(Date date)
{
        static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

        if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12 || date.day < 1)
                return false;
        return date.day <= days[date.month - 1] + (date.month == 2 && is_leap(date.year));
}

int date_compare(Date a, Date b)
{
        if (a.year != b.year)
                return a.year < b.year ? -1 : 1;
        if (a.month != b.month)
                return a.month < b.month ? -1 : 1;
        return (a.day > b.day) - (a.day < b.day);
}

/* Days from 0000-03-01, which puts the leap day at the end of the counted year, less the days up to
 * the epoch. */
int64_t date_to_days(Date date)
{
        int64_t year = date.year - (date.month <= 2);
        int64_t month = (date.month + 9) % 12;

        return year * 365 + year / 4 - year / 100 + year / 400 + (month * 306 + 5) / 10 + date.day -
               1 - 719468;
}

Date date_from_days(int64_t days)
{
        int64_t n = days + 719468;
        int64_t year = (10000 * n + 14780) / 3652425;
        int64_t rest = n - (365 * year + year / 4 - year / 100 + year / 400);

        if (rest < 0) {
                year--;
                rest = n - (365 * year + year / 4 - year / 100 + year / 400);
        }
        int64_t month = (100 * rest + 52) / 3060;

        return (Date){
                .year = (int)(year + (month + 2) / 12),
                .month = (int)((month + 2) % 12 + 1),
                .day = (int)(rest - (month * 306 + 5) / 10 + 1),
        };
}

const char *wall_to_text(int64_t wall_nsec, char buf[static WALL_TEXT_MAX])
{
        time_t seconds = (time_t)(wall_nsec / NSEC_PER_SEC);
        struct tm tm;

        (void)localtime_r(&seconds, &tm);
        if (strftime(buf, WALL_TEXT_MAX, "%Y-%m-%d %H:%M", &tm) == 0)
                buf[0] = '\0';
        return buf;
}
