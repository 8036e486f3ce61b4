/* SPDX-License-Identifier: MIT */
#include "pulse.h"

#include "intake/intake.h"
#include "intake/rendition.h"
#include "live/elsewhere.h"

#include <idphoto/audit.h>
#include <idphoto/gateway.h>
#include <idphoto/log.h>
#include <idphoto/message.h>
#include <idphoto/mutex.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/*
 * Two threads, each with a connection. One only renews the lease, and waits for nothing but the server:
 * whatever else takes its time, a gateway that lives is not taken for dead. The other does all the rest.
 */

enum {
        TICK_MSEC = 100,
        ENTER_MSEC = 250,          /* between two tries to register */
        CLOCKS_DIFFER_SECONDS = 2, /* so much is worth a warning */
        CHORES_SECONDS = 3600,     /* as often it is looked for what was left undone */
};

/* A thread that is waited for until it ends. */
typedef struct Beating {
        pthread_t thread;
        bool runs;
} Beating;

struct Pulse {
        Fs *fs;
        Language speaks;
        Catalog *catalog; /* of the thread that does the rest, once it runs */
        Catalog *heart;   /* of the thread that renews the lease */
        char *name;
        char *rules;
        Beating renewing;
        Beating working;
        Clock clock;
        _Atomic int64_t ahead; /* of this machine: the server's clock, in nanoseconds */
        bool clock_told;       /* that they differ much */
        bool held_back;        /* the server holds changes back, and the log says so */
        atomic_bool given_up;  /* the lease was lost; no more is done until there is another */
        bool told;             /* that it was given up, and why it cannot come back */
        bool strays;           /* there may be uploads that are this gateway's and in no table */
        pthread_mutex_t lock;
        pthread_cond_t wake; /* monotonic */
        bool stopping;       /* protected by lock */
};

/* ---- being registered ---- */

static int compare_rules(const GatewayRow *row, void *userdata)
{
        const Pulse *pulse = userdata;
        _cleanup_text_ Text keys = {};
        const bool beside = !row->here && row->left >= 0 && store_shares_blobs(pulse->fs->store);
        int r = beside ? config_rules_compare(pulse->rules, row->rules, &keys) : 0;

        if (r > 0 && !pulse->told)
                log_error_in(pulse->speaks, MESSAGE(MOUNT_OTHER_RULES, pulse->speaks), row->name,
                             keys.data);
        return r > 0 ? -EBADE : r;
}

static int enter_any(Pulse *pulse)
{
        const Fs *fs = pulse->fs;

        return gateway_enter(pulse->catalog,
                             &(GatewayRow){.name = pulse->name,
                                           .batch = fs->tree.batch,
                                           .version = PACKAGE_VERSION,
                                           .rules = pulse->rules,
                                           .judges = fs->mountpoint == NULL},
                             !store_shares_blobs(fs->store));
}

/* Of two that come at the same moment with different rules at least one sees the other. */
static int enter(Pulse *pulse)
{
        int r = gateway_list(pulse->catalog, compare_rules, pulse);

        if (r >= 0)
                r = enter_any(pulse);
        if (r < 0)
                return r;
        r = gateway_list(pulse->catalog, compare_rules, pulse);
        if (r < 0)
                (void)gateway_leave(pulse->catalog);
        return r;
}

static bool is_taken(int r)
{
        return r == -EALREADY || r == -EADDRINUSE;
}

/* Another one may be about to end, or have died without a word. */
static int enter_patiently(Pulse *pulse)
{
        const struct timespec pause = {.tv_nsec = ENTER_MSEC * NSEC_PER_MSEC};
        const Clock *clock = pulse->fs->clock;
        int64_t until =
                clock_monotonic_nsec(clock) + pulse->fs->config.patience_msec * NSEC_PER_MSEC;
        int r = enter(pulse);

        if (r == -EALREADY)
                log_info("another gateway has the store; waiting for its end");
        else if (r == -EADDRINUSE)
                log_info("another gateway is called %s; waiting for its end", pulse->name);
        while (is_taken(r) && clock_monotonic_nsec(clock) < until &&
               !store_is_ending(pulse->fs->store)) {
                (void)nanosleep(&pause, NULL);
                r = enter(pulse);
        }
        return r;
}

static int register_gateway(Pulse *pulse)
{
        int64_t n;
        int r;

        pulse->name = strdup(store_gateway_name(pulse->fs->store));
        if (!pulse->name)
                return -ENOMEM;
        r = config_rules(&pulse->fs->config, &pulse->rules);
        if (r >= 0)
                r = catalog_open(pulse->fs->store, &pulse->catalog);
        if (r >= 0)
                r = catalog_open(pulse->fs->store, &pulse->heart);
        if (r >= 0)
                r = enter_patiently(pulse);
        if (r < 0)
                return r;
        /* Before the rows are listed that this one goes on with. What cannot be taken now is later. */
        (void)gateway_take_over(pulse->catalog, &n);
        return 0;
}

/* ---- the lease ---- */

/* Whether it goes on, after so long. */
static bool wait_for(Pulse *pulse, int64_t msec)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&pulse->lock);
        struct timespec until;

        (void)clock_gettime(CLOCK_MONOTONIC, &until);
        until = timespec_from_nsec(timespec_to_nsec(until) + msec * NSEC_PER_MSEC);
        while (!pulse->stopping)
                if (pthread_cond_timedwait(&pulse->wake, locked, &until) == ETIMEDOUT)
                        break;
        return !pulse->stopping;
}

/* before, after: of this machine, around the server's answer. One that took long tells little. */
static void compare_clocks(Pulse *pulse, int64_t before, int64_t now, int64_t after)
{
        int64_t ahead = now - before - (after - before) / 2;

        if (after - before > NSEC_PER_SEC || after < before)
                return;
        atomic_store(&pulse->ahead, ahead);
        if (pulse->clock_told || llabs(ahead) < CLOCKS_DIFFER_SECONDS * NSEC_PER_SEC)
                return;
        pulse->clock_told = true;
        log_warning("this machine's clock is %lld s %s the server's; going by the server's",
                    (long long)(llabs(ahead) / NSEC_PER_SEC), ahead > 0 ? "behind" : "ahead of");
}

static void renew(Pulse *pulse)
{
        int64_t before = clock_wall_nsec(clock_system()), now = 0;
        int r = gateway_beat(pulse->heart, &now);

        if (r > 0)
                compare_clocks(pulse, before, now, clock_wall_nsec(clock_system()));
        if (r == 0)
                atomic_store(&pulse->given_up, true);
}

static void *renewing_thread(void *userdata)
{
        Pulse *pulse = userdata;

        do
                if (!atomic_load(&pulse->given_up))
                        renew(pulse);
        while (wait_for(pulse, GATEWAY_BEAT_SECONDS * 1000));
        return NULL;
}

static int64_t server_wall(void *userdata)
{
        const Pulse *pulse = userdata;

        return clock_wall_nsec(clock_system()) + atomic_load(&pulse->ahead);
}

static int64_t own_monotonic(void *userdata _unused_)
{
        return clock_monotonic_nsec(clock_system());
}

const Clock *pulse_clock(const Pulse *pulse)
{
        return &pulse->clock;
}

static int start(Pulse *pulse, Beating *beating, void *(*run)(void *userdata))
{
        int r = -pthread_create(&beating->thread, NULL, run, pulse);

        beating->runs = r >= 0;
        return r;
}

int pulse_new(Fs *fs, Language speaks, Pulse **ret)
{
        _cleanup_(pulse_freep) Pulse *pulse = NULL;
        pthread_condattr_t attributes;
        int r;

        if (!store_is_attached(fs->store))
                return 0;
        pulse = calloc(1, sizeof(*pulse));
        if (!pulse)
                return -ENOMEM;
        pulse->fs = fs;
        pulse->speaks = speaks;
        (void)pthread_mutex_init(&pulse->lock, NULL);
        (void)pthread_condattr_init(&attributes);
        (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        (void)pthread_cond_init(&pulse->wake, &attributes);
        (void)pthread_condattr_destroy(&attributes);
        pulse->clock = (Clock){
                .wall_nsec = server_wall, .monotonic_nsec = own_monotonic, .userdata = pulse};
        r = register_gateway(pulse);
        if (r >= 0)
                renew(pulse);
        if (r >= 0)
                r = start(pulse, &pulse->renewing, renewing_thread);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(pulse);
        return 0;
}

/* ---- the rest ---- */

static int note_other(const GatewayRow *row, void *userdata)
{
        Pulse *pulse = userdata;

        if (row->id == store_gateway(pulse->fs->store) || row->left < 0 ||
            row->batch != pulse->fs->tree.batch)
                return 0;
        return 1;
}

/* Somebody has what this gateway had, and it goes on as a new one. */
static void begin_anew(Pulse *pulse)
{
        int r;

        if (!pulse->told)
                log_error("this gateway was given up: nothing was heard of it for longer than %d s",
                          GATEWAY_LEASE_SECONDS);
        r = enter(pulse);
        if (r < 0 && !pulse->told)
                log_error("cannot register again: %s; trying again", strerror(-r));
        pulse->told = r < 0;
        if (r < 0)
                return;
        atomic_store(&pulse->given_up, false);
        upload_lose_all(&pulse->fs->intake);
        log_info("registered again");
}

/* Until that is done nobody can say that nothing is pending elsewhere. */
static void look_for_strays(Pulse *pulse)
{
        if (!pulse->strays)
                elsewhere_begin_change(pulse->fs->elsewhere);
        pulse->strays = true;
}

static void adopt_strays(Pulse *pulse)
{
        if (!pulse->strays || upload_adopt_strays(&pulse->fs->intake, pulse->catalog))
                return;
        elsewhere_end_change(pulse->fs->elsewhere);
        pulse->strays = false;
}

static void hurry(int64_t point, int64_t max_id, void *userdata)
{
        const Pulse *pulse = userdata;

        upload_hurry(&pulse->fs->intake, point, max_id, true);
}

static void look_for_standby(Pulse *pulse)
{
        int r = gateway_waits_for_standby(pulse->catalog);

        if (r > 0 && !pulse->held_back)
                log_error_in(pulse->speaks, MESSAGE(MOUNT_NO_STANDBY, pulse->speaks));
        if (r >= 0)
                pulse->held_back = r > 0;
}

static void look_for_others(Pulse *pulse)
{
        Intake *intake = &pulse->fs->intake;
        int64_t n = 0;
        bool others;

        look_for_standby(pulse);
        look_for_strays(pulse);
        (void)gateway_take_over(pulse->catalog, &n);
        others = gateway_list(pulse->catalog, note_other, pulse) > 0;
        atomic_store(&intake->has_others, others);
        elsewhere_set_others(pulse->fs->elsewhere, others);
}

static void *working_thread(void *userdata)
{
        Pulse *pulse = userdata;
        int64_t next = 0, chores = clock_monotonic_nsec(pulse->fs->clock);

        do {
                int64_t now = clock_monotonic_nsec(pulse->fs->clock);

                if (atomic_load(&pulse->given_up))
                        begin_anew(pulse);
                if (atomic_load(&pulse->given_up))
                        continue;
                if (now >= next) {
                        look_for_others(pulse);
                        next = now + GATEWAY_BEAT_SECONDS * NSEC_PER_SEC;
                }
                /* The first time when the mount began. */
                if (now - chores >= CHORES_SECONDS * NSEC_PER_SEC) {
                        (void)rendition_recover(&pulse->fs->intake);
                        chores = now;
                }
                adopt_strays(pulse);
                upload_claim(&pulse->fs->intake, pulse->catalog);
                elsewhere_poll(pulse->fs->elsewhere, pulse->catalog, hurry, pulse);
                (void)catalog_seal(pulse->catalog);
        } while (wait_for(pulse, TICK_MSEC));
        return NULL;
}

int pulse_start(Pulse *pulse)
{
        return pulse ? start(pulse, &pulse->working, working_thread) : 0;
}

static void stop(Pulse *pulse)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&pulse->lock);

        pulse->stopping = true;
        (void)pthread_cond_broadcast(&pulse->wake);
}

static void join(Beating *beating)
{
        if (beating->runs)
                (void)pthread_join(beating->thread, NULL);
        beating->runs = false;
}

void pulse_stop(Pulse *pulse)
{
        if (!pulse)
                return;
        stop(pulse);
        join(&pulse->working);
        join(&pulse->renewing);
}

void pulse_free(Pulse *pulse)
{
        if (!pulse)
                return;
        pulse_stop(pulse);
        if (pulse->catalog && store_gateway(pulse->fs->store) != 0)
                (void)gateway_leave(pulse->catalog);
        catalog_free(pulse->catalog);
        catalog_free(pulse->heart);
        (void)pthread_cond_destroy(&pulse->wake);
        (void)pthread_mutex_destroy(&pulse->lock);
        free(pulse->rules);
        free(pulse->name);
        free(pulse);
}
