/* SPDX-License-Identifier: MIT */
#include "agenda.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

typedef struct Due {
        int64_t when;
        int64_t upload;
} Due;

typedef struct Telling {
        AgendaKind kind;
        char *from, *to;
        struct Telling *next;
} Telling;

struct Agenda {
        const Clock *clock;
        pthread_mutex_t lock;
        pthread_cond_t wake; /* monotonic */
        Due *heap;           /* a binary heap by time; protected by lock, as all below */
        size_t n, room;
        Telling *first, **last;
        bool woken;
};

int agenda_new(const Clock *clock, Agenda **ret)
{
        Agenda *agenda = calloc(1, sizeof(*agenda));
        pthread_condattr_t attributes;

        if (!agenda)
                return -ENOMEM;
        agenda->clock = clock;
        agenda->last = &agenda->first;
        (void)pthread_mutex_init(&agenda->lock, NULL);
        (void)pthread_condattr_init(&attributes);
        (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        (void)pthread_cond_init(&agenda->wake, &attributes);
        (void)pthread_condattr_destroy(&attributes);
        *ret = agenda;
        return 0;
}

void agenda_free(Agenda *agenda)
{
        if (!agenda)
                return;
        for (Telling *t = agenda->first, *next; t; t = next) {
                next = t->next;
                free(t->from);
                free(t->to);
                free(t);
        }
        free(agenda->heap);
        (void)pthread_cond_destroy(&agenda->wake);
        (void)pthread_mutex_destroy(&agenda->lock);
        free(agenda);
}

/* ---- the heap ---- */

static void heap_swap(Due *a, Due *b)
{
        Due t = *a;

        *a = *b;
        *b = t;
}

static void heap_push(Agenda *agenda, Due due)
{
        Due *heap = agenda->heap;
        size_t i;

        if (agenda->n == agenda->room) {
                size_t room = MAX(agenda->room * 2, (size_t)64);

                heap = realloc(heap, room * sizeof(*heap));
                /* Not announced now: a restart or the next look at the upload finds it. */
                if (!heap)
                        return;
                agenda->heap = heap;
                agenda->room = room;
        }
        i = agenda->n++;
        heap[i] = due;
        for (; i > 0 && heap[(i - 1) / 2].when > heap[i].when; i = (i - 1) / 2)
                heap_swap(&heap[i], &heap[(i - 1) / 2]);
}

static Due heap_pop(Agenda *agenda)
{
        Due *heap = agenda->heap, top = heap[0];

        heap[0] = heap[--agenda->n];
        for (size_t i = 0;;) {
                size_t child = 2 * i + 1;

                if (child + 1 < agenda->n && heap[child + 1].when < heap[child].when)
                        child++;
                if (child >= agenda->n || heap[child].when >= heap[i].when)
                        break;
                heap_swap(&heap[i], &heap[child]);
                i = child;
        }
        return top;
}

/* ---- who has news ---- */

void agenda_schedule(Agenda *agenda, int64_t upload, int64_t monotonic_nsec)
{
        (void)pthread_mutex_lock(&agenda->lock);
        heap_push(agenda, (Due){.when = monotonic_nsec, .upload = upload});
        (void)pthread_cond_signal(&agenda->wake);
        (void)pthread_mutex_unlock(&agenda->lock);
}

/* Takes over both strings; what needs both and lacks one is left out. */
static void queue_telling(Agenda *agenda, AgendaKind kind, char *from, char *to)
{
        bool pair = kind == AGENDA_TELL || kind == AGENDA_NEW || kind == AGENDA_ARRIVAL ||
                    kind == AGENDA_MOVE;
        Telling *t = from && (to || !pair) ? malloc(sizeof(*t)) : NULL;

        if (!t) {
                free(from);
                free(to);
                return;
        }
        *t = (Telling){.kind = kind, .from = from, .to = to};
        (void)pthread_mutex_lock(&agenda->lock);
        *agenda->last = t;
        agenda->last = &t->next;
        (void)pthread_cond_signal(&agenda->wake);
        (void)pthread_mutex_unlock(&agenda->lock);
}

void agenda_tell(Agenda *agenda, char *from, char *to)
{
        queue_telling(agenda, AGENDA_TELL, from, to);
}

void agenda_tell_new(Agenda *agenda, char *beside, char *path)
{
        queue_telling(agenda, AGENDA_NEW, beside, path);
}

void agenda_tell_arrival(Agenda *agenda, char *dropped, char *photo)
{
        queue_telling(agenda, AGENDA_ARRIVAL, dropped, photo);
}

void agenda_tell_directory(Agenda *agenda, char *name)
{
        queue_telling(agenda, AGENDA_MAKE, name, NULL);
}

void agenda_tell_folder(Agenda *agenda, char *path)
{
        queue_telling(agenda, AGENDA_FOLDER, path, NULL);
}

void agenda_tell_renamed_directory(Agenda *agenda, char *from, char *to)
{
        queue_telling(agenda, AGENDA_MOVE, from, to);
}

void agenda_tell_removal(Agenda *agenda, char *path)
{
        queue_telling(agenda, AGENDA_REMOVAL, path, NULL);
}

void agenda_clear(Agenda *agenda, char *path)
{
        queue_telling(agenda, AGENDA_CLEAR, path, NULL);
}

void agenda_pause(Agenda *agenda, char *name)
{
        queue_telling(agenda, AGENDA_PAUSE, name, NULL);
}

/* ---- who takes it out ---- */

bool agenda_take(Agenda *agenda, int64_t now, AgendaItem *ret)
{
        Telling *t;
        bool any = true;

        (void)pthread_mutex_lock(&agenda->lock);
        t = agenda->first;
        if (t) {
                agenda->first = t->next;
                if (!agenda->first)
                        agenda->last = &agenda->first;
                *ret = (AgendaItem){.kind = t->kind, .from = t->from, .to = t->to};
        } else if (agenda->n > 0 && agenda->heap[0].when <= now)
                *ret = (AgendaItem){.upload = heap_pop(agenda).upload};
        else
                any = false;
        (void)pthread_mutex_unlock(&agenda->lock);
        free(t);
        return any;
}

void agenda_wait(Agenda *agenda, int64_t now, int64_t until)
{
        struct timespec at;

        (void)pthread_mutex_lock(&agenda->lock);
        if (agenda->n > 0)
                until = MIN(until, agenda->heap[0].when);
        if (!agenda->woken && !agenda->first && until > now) {
                (void)clock_gettime(CLOCK_MONOTONIC, &at);
                at = timespec_from_nsec(timespec_to_nsec(at) + MIN(until - now, INT64_MAX / 2));
                (void)pthread_cond_timedwait(&agenda->wake, &agenda->lock, &at);
        }
        agenda->woken = false;
        (void)pthread_mutex_unlock(&agenda->lock);
}

void agenda_wake(Agenda *agenda)
{
        (void)pthread_mutex_lock(&agenda->lock);
        agenda->woken = true;
        (void)pthread_cond_signal(&agenda->wake);
        (void)pthread_mutex_unlock(&agenda->lock);
}
