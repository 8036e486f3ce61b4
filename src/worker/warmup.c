/* SPDX-License-Identifier: MIT */
#include "warmup.h"

#include <idphoto/util.h>

#include <iconv.h>
#include <time.h>

/* Later readers find the name of the zone unchanged and do not look at its file again. */
static void warm_time_zone(void)
{
        if (!getenv("TZ"))
                (void)setenv("TZ", ":/etc/localtime", 1);
        tzset();
}

/* The descriptors stay open: a converter that nobody uses is unloaded. */
static void warm_charset(const char *name)
{
        (void)iconv_open("UTF-8", name);
}

void worker_warm_up(WorkerDuty duty)
{
        static const char *const charsets[] = {"UTF-8", "ISO8859-1", "SJIS", "BIG-5", "CP437"};
        char part[sizeof("ISO8859-16")];

        /* Archives date their parts in local time. */
        warm_time_zone();
        if (duty !=
            WORKER_PHOTOS) /* whose readers know best: roster_prepare(), archive_prepare() */
                return;
        for (size_t i = 0; i < ELEMENTSOF(charsets); i++)
                warm_charset(charsets[i]);
        /* A code may name one of these itself. */
        for (int i = 2; i <= 16; i++) {
                (void)snprintf(part, sizeof(part), "ISO8859-%d", i);
                warm_charset(part);
        }
}
