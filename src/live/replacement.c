/* SPDX-License-Identifier: MIT */
#include "replacement.h"

#include <idphoto/text.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOTED_MAX = 1024, BELIEVED_MSEC = 2000 };

typedef struct Replacement {
        int64_t point, folder;
        char *name; /* folded */
        uid_t uid;
        pid_t process;
        int64_t submission;
        int64_t until; /* monotonic */
        struct Replacement *next;
} Replacement;

struct Replacements {
        const Clock *clock;
        pthread_mutex_t lock; /* innermost */
        Replacement *first;   /* newest first; protected by lock */
        atomic_uint n;
};

int replacements_new(const Clock *clock, Replacements **ret)
{
        Replacements *replacements = calloc(1, sizeof(*replacements));

        if (!replacements)
                return -ENOMEM;
        replacements->clock = clock;
        (void)pthread_mutex_init(&replacements->lock, NULL);
        *ret = replacements;
        return 0;
}

static void replacement_free(Replacement *r)
{
        free(r->name);
        free(r);
}

void replacements_free(Replacements *replacements)
{
        if (!replacements)
                return;
        for (Replacement *r = replacements->first, *next; r; r = next) {
                next = r->next;
                replacement_free(r);
        }
        (void)pthread_mutex_destroy(&replacements->lock);
        free(replacements);
}

/* The process of a thread: a program may delete on one thread and write on another. 0: unknown. */
static pid_t process_of(pid_t task)
{
        char path[64], line[128];
        _cleanup_fclose_ FILE *f = NULL;
        int process = 0;

        if (task <= 0)
                return 0;
        (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)task);
        f = fopen(path, "re");
        while (f && process == 0 && fgets(line, sizeof(line), f))
                (void)sscanf(line, "Tgid: %d", &process);
        return process;
}

/* Forgets what is too old, or too many. Caller holds the lock. */
static void trim(Replacements *replacements, int64_t now)
{
        unsigned n = 0;

        for (Replacement **p = &replacements->first; *p;) {
                Replacement *r = *p;

                if (now < r->until && ++n <= NOTED_MAX) {
                        p = &r->next;
                        continue;
                }
                *p = r->next;
                replacement_free(r);
        }
        replacements->n = n;
}

void replacement_note(Replacements *replacements, const Place *place, const char *name,
                      const Actor *actor, int64_t submission)
{
        int64_t now = clock_monotonic_nsec(replacements->clock);
        Replacement *r = calloc(1, sizeof(*r));

        if (!r || text_fold(name, &r->name) < 0) {
                free(r);
                return;
        }
        r->point = place->point;
        r->folder = place->folder;
        r->uid = actor->uid;
        r->process = process_of(actor->task);
        r->submission = submission;
        r->until = now + BELIEVED_MSEC * NSEC_PER_MSEC;
        (void)pthread_mutex_lock(&replacements->lock);
        r->next = replacements->first;
        replacements->first = r;
        trim(replacements, now);
        (void)pthread_mutex_unlock(&replacements->lock);
}

int64_t replacement_of(Replacements *replacements, const Place *place, const char *name,
                       const Actor *actor)
{
        _cleanup_free_ char *folded = NULL;
        int64_t submission = 0;
        pid_t process;

        if (replacements->n == 0 || text_fold(name, &folded) < 0)
                return 0;
        process = process_of(actor->task);
        (void)pthread_mutex_lock(&replacements->lock);
        trim(replacements, clock_monotonic_nsec(replacements->clock));
        for (Replacement **p = &replacements->first; *p && submission == 0; p = &(*p)->next) {
                Replacement *r = *p;

                if (r->point != place->point || r->folder != place->folder ||
                    r->uid != actor->uid || r->process != process || process == 0 ||
                    strcmp(r->name, folded) != 0)
                        continue;
                submission = r->submission;
                *p = r->next;
                replacement_free(r);
                replacements->n--;
                break;
        }
        (void)pthread_mutex_unlock(&replacements->lock);
        return submission;
}
