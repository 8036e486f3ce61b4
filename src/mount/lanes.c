/* SPDX-License-Identifier: MIT */
#include "lanes.h"

#include "live/hand.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum {
        HANDS_MAX = 16,
        OVERDUE_MSEC = 1000, /* an errand takes a millisecond or two */
        WAITING_MAX = 8192,  /* errands that only tell, in one lane */
        STOP_MSEC = 2000,
};

typedef struct Lane {
        Errand *first, **last;
        unsigned n;
        struct Slot *slot; /* of the hand that runs one of its errands, or NULL */
        int64_t since;     /* monotonic: at which its turn came, or the running errand began */
        struct Lane *next;
        size_t length;
        char name[];
} Lane;

/* A hand and what it does. */
typedef struct Slot {
        Lanes *lanes;
        Hand *hand;
        Lane *lane; /* NULL: idle */
        bool told;  /* that it hangs */
        Errand *errand;
        struct Slot *next_done; /* protected by the lanes' lock */
        atomic_int tid;
        atomic_int kind;
        _Atomic int64_t upload;
} Slot;

struct Lanes {
        char *mountpoint;
        dev_t device;
        void (*wake)(void *userdata);
        void *userdata;
        Lane *first;
        Errand *given_up;
        Slot slots[HANDS_MAX];
        atomic_uint n_slots;
        bool left;            /* a hand hangs, and uses this */
        pthread_mutex_t lock; /* innermost */
        Slot *done;           /* protected by lock */
};

int lanes_new(const char *mountpoint, dev_t device, void (*wake)(void *userdata), void *userdata,
              Lanes **ret)
{
        Lanes *lanes = calloc(1, sizeof(*lanes));

        if (!lanes)
                return -ENOMEM;
        if (mountpoint && !(lanes->mountpoint = strdup(mountpoint))) {
                free(lanes);
                return -ENOMEM;
        }
        lanes->device = device;
        lanes->wake = wake;
        lanes->userdata = userdata;
        (void)pthread_mutex_init(&lanes->lock, NULL);
        *ret = lanes;
        return 0;
}

bool lanes_stop(Lanes *lanes)
{
        for (unsigned i = 0; i < lanes->n_slots; i++)
                if (!hand_stop(lanes->slots[i].hand, lanes->left ? 0 : STOP_MSEC))
                        lanes->left = true;
        return !lanes->left;
}

static void free_errands(Errand *errand)
{
        while (errand) {
                Errand *next = errand->next;

                errand_free(errand);
                errand = next;
        }
}

void lanes_free(Lanes *lanes)
{
        if (!lanes)
                return;
        for (Lane *l = lanes->first, *next; l; l = next) {
                next = l->next;
                free_errands(l->first);
                free(l);
        }
        free_errands(lanes->given_up);
        lanes->first = NULL;
        lanes->given_up = NULL;
        if (lanes->left)
                return;
        for (unsigned i = 0; i < lanes->n_slots; i++) {
                errand_free(lanes->slots[i].errand);
                hand_free(lanes->slots[i].hand);
        }
        (void)pthread_mutex_destroy(&lanes->lock);
        free(lanes->mountpoint);
        free(lanes);
}

/* ---- lanes ---- */

static bool is_overdue(const Lane *l, int64_t now)
{
        return now - l->since >= OVERDUE_MSEC * NSEC_PER_MSEC;
}

static bool is_blocked(const Lane *l, int64_t now)
{
        return l->slot && is_overdue(l, now);
}

static Lane *find_lane(Lanes *lanes, const char *name, size_t length)
{
        Lane *l = lanes->first;

        while (l && (l->length != length || memcmp(l->name, name, length) != 0))
                l = l->next;
        if (l)
                return l;
        l = calloc(1, sizeof(*l) + length);
        if (!l)
                return NULL;
        l->last = &l->first;
        l->length = length;
        memcpy(l->name, name, length);
        l->next = lanes->first;
        return lanes->first = l;
}

static Errand *take_first(Lane *l)
{
        Errand *errand = l->first;

        l->first = errand->next;
        if (!l->first)
                l->last = &l->first;
        l->n--;
        errand->next = NULL;
        return errand;
}

bool lanes_add(Lanes *lanes, const char *lane, size_t length, Errand *errand, int64_t now)
{
        Lane *l = find_lane(lanes, lane, length);

        if (!l || is_blocked(l, now) || (errand->kind != ERRAND_SHOW && l->n >= WAITING_MAX))
                return false;
        errand->waited = l->first || l->slot;
        if (!errand->waited)
                l->since = now;
        errand->next = NULL;
        *l->last = errand;
        l->last = &errand->next;
        l->n++;
        return true;
}

static void give_up_one(Lanes *lanes, Lane *l)
{
        Errand *errand = take_first(l);

        errand->next = lanes->given_up;
        lanes->given_up = errand;
}

/* Lanes that have nothing to do. */
static void forget(Lanes *lanes)
{
        for (Lane **link = &lanes->first, *l; (l = *link);)
                if (!l->first && !l->slot) {
                        *link = l->next;
                        free(l);
                } else
                        link = &l->next;
}

/* ---- hands ---- */

static void run(void *userdata)
{
        errand_run(((Slot *)userdata)->errand);
}

static void finished(void *userdata)
{
        Slot *slot = userdata;
        Lanes *lanes = slot->lanes;

        slot->upload = 0;
        (void)pthread_mutex_lock(&lanes->lock);
        slot->next_done = lanes->done;
        lanes->done = slot;
        (void)pthread_mutex_unlock(&lanes->lock);
        lanes->wake(lanes->userdata);
}

/* An idle hand, made if need be; NULL: none. */
static Slot *find_hand(Lanes *lanes)
{
        unsigned n = lanes->n_slots;
        Slot *slot;

        for (unsigned i = 0; i < n; i++)
                if (!lanes->slots[i].lane)
                        return &lanes->slots[i];
        if (n == HANDS_MAX)
                return NULL;
        slot = &lanes->slots[n];
        slot->lanes = lanes;
        if (hand_new(&slot->hand) < 0)
                return NULL;
        slot->tid = hand_tid(slot->hand);
        lanes->n_slots = n + 1;
        return slot;
}

static bool all_hands_hang(const Lanes *lanes, int64_t now)
{
        for (unsigned i = 0; i < lanes->n_slots; i++)
                if (!lanes->slots[i].lane || !is_overdue(lanes->slots[i].lane, now))
                        return false;
        return true;
}

static void send(Lanes *lanes, Lane *l, Slot *slot, Errand *errand, int64_t now)
{
        errand->mountpoint = lanes->mountpoint;
        errand->device = lanes->device;
        slot->errand = errand;
        slot->lane = l;
        slot->told = false;
        slot->kind = (int)errand->kind;
        slot->upload = errand->upload;
        l->slot = slot;
        l->since = now;
        (void)hand_post(slot->hand, run, finished, slot);
}

void lanes_begin(Lanes *lanes, int64_t now, bool (*prepare)(Errand *errand, void *userdata))
{
        for (Lane *l = lanes->first; l; l = l->next) {
                Slot *slot = NULL;

                while (l->first && is_blocked(l, now))
                        give_up_one(lanes, l);
                while (l->first && !l->slot && lanes->mountpoint && (slot = find_hand(lanes)) &&
                       !prepare(l->first, lanes->userdata))
                        give_up_one(lanes, l);
                if (!l->first || l->slot)
                        continue;
                if (slot)
                        send(lanes, l, slot, take_first(l), now);
                else if (!lanes->mountpoint || (is_overdue(l, now) && all_hands_hang(lanes, now)))
                        while (l->first)
                                give_up_one(lanes, l);
        }
        forget(lanes);
}

Errand *lanes_finished(Lanes *lanes, int64_t now)
{
        Errand *errand = lanes->given_up;
        Slot *slot;

        if (errand) {
                lanes->given_up = errand->next;
                return errand;
        }
        (void)pthread_mutex_lock(&lanes->lock);
        slot = lanes->done;
        if (slot)
                lanes->done = slot->next_done;
        (void)pthread_mutex_unlock(&lanes->lock);
        if (!slot)
                return NULL;
        slot->lane->slot = NULL;
        slot->lane->since = now;
        slot->lane = NULL;
        return TAKE_PTR(slot->errand);
}

bool lanes_given_up(const Lanes *lanes)
{
        return lanes->given_up != NULL;
}

int64_t lanes_overdue(Lanes *lanes, int64_t now)
{
        for (unsigned i = 0; i < lanes->n_slots; i++) {
                Slot *slot = &lanes->slots[i];

                if (!slot->lane || slot->told || !is_overdue(slot->lane, now))
                        continue;
                slot->told = true;
                if (slot->errand->kind == ERRAND_SHOW)
                        return slot->errand->upload;
        }
        return 0;
}

int64_t lanes_next_look(const Lanes *lanes)
{
        int64_t next = INT64_MAX;

        for (const Lane *l = lanes->first; l; l = l->next)
                if (l->first || (l->slot && !l->slot->told))
                        next = MIN(next, l->since + OVERDUE_MSEC * NSEC_PER_MSEC);
        return next;
}

bool lanes_has(const Lanes *lanes, pid_t pid, ErrandKind *ret_kind, int64_t *ret_upload)
{
        for (unsigned i = 0; pid != 0 && i < lanes->n_slots; i++)
                if (lanes->slots[i].tid == pid) {
                        *ret_kind = (ErrandKind)lanes->slots[i].kind;
                        *ret_upload = lanes->slots[i].upload;
                        return true;
                }
        return false;
}
