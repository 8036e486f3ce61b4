/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/clock.h>
#include <idphoto/util.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * What the announcer is to do (announcer.h): uploads to look at when their time comes, and what is
 * to be told to watchers because it was committed directly. Whoever has news puts it here; one
 * thread takes it out. All functions may be called on any thread but for those that say otherwise.
 */

typedef struct Agenda Agenda;

int agenda_new(const Clock *clock, Agenda **ret);
void agenda_free(Agenda *agenda);
DEFINE_CLEANUP(Agenda, agenda_free)

/* The upload is looked at when that monotonic time has come. */
void agenda_schedule(Agenda *agenda, int64_t upload, int64_t monotonic_nsec);

/* Tells the watchers of a change from one path to another, both relative to the root. Takes over
 * both strings. NULL: there is nothing to tell. */
void agenda_tell(Agenda *agenda, char *from, char *to);

/* Tells the watchers that a file is there which no client made. `beside` is another file of the
 * point. Takes over both paths. */
void agenda_tell_new(Agenda *agenda, char *beside, char *path);
/* The same of a photo under the name that it was dropped by, at another gateway. */
void agenda_tell_arrival(Agenda *agenda, char *dropped, char *photo);

/* Tells the watchers of the root that a directory is there which no client made. Takes over the
 * name. */
void agenda_tell_directory(Agenda *agenda, char *name);

/* Tells the watchers of a point that a folder is there which no client made. Takes over the
 * path. */
void agenda_tell_folder(Agenda *agenda, char *path);

/* Tells them that a directory of the root has another name by now. Takes over both. */
void agenda_tell_renamed_directory(Agenda *agenda, char *from, char *to);

/* Tells the watchers that a file, or a directory of the root, is gone. Takes over the path. */
void agenda_tell_removal(Agenda *agenda, char *path);

/* Tells nobody, because nobody watches. Removes the folders of that path that have become empty. Takes
 * over the path. */
void agenda_clear(Agenda *agenda, char *path);

/* What is told of that directory of the root from now on waits until the kernel asks for names
 * again that it was lent (lease.h). Takes over the name. */
void agenda_pause(Agenda *agenda, char *name);

/* ---- the thread that takes it out ---- */

typedef enum AgendaKind {
        AGENDA_LOOK,    /* at an upload */
        AGENDA_TELL,    /* from one path to another */
        AGENDA_NEW,     /* a file is there: `to`, beside `from` */
        AGENDA_ARRIVAL, /* a photo is there: `to`, dropped as `from` */
        AGENDA_MAKE,    /* a directory is there */
        AGENDA_FOLDER,  /* a folder of a point is there */
        AGENDA_MOVE,    /* a directory has another name */
        AGENDA_REMOVAL, /* something is gone */
        AGENDA_PAUSE,
        AGENDA_CLEAR, /* what is empty above `from` */
} AgendaKind;

typedef struct AgendaItem {
        AgendaKind kind;
        int64_t upload; /* LOOK */
        char *from;     /* owned by the caller, as the next */
        char *to;       /* TELL, NEW and MOVE; NULL: none */
} AgendaItem;

/* What is to be done by now. False: nothing is. */
bool agenda_take(Agenda *agenda, int64_t now, AgendaItem *ret);
/* Until that monotonic time, or sooner: until there is something to do, or agenda_wake(). Returns
 * at once when agenda_wake() was called since the last wait. */
void agenda_wait(Agenda *agenda, int64_t now, int64_t until);
void agenda_wake(Agenda *agenda);
