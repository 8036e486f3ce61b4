/* SPDX-License-Identifier: MIT */
#include "fs.h"

#include "announcer.h"
#include "intake/collector.h"
#include "intake/upload-turn.h"
#include "live/elsewhere.h"
#include "mount.h"
#include "names/watch.h"
#include "prefetch.h"
#include "pulse.h"
#include "tree/inbox.h"
#include "tree/snapshot.h"

#include <idphoto/batch.h>
#include <idphoto/log.h>
#include <idphoto/message.h>

#include <dirent.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

enum { OWN_FILES = 384 /* that the daemon opens for itself, at least */ };

/* ---- what it goes by ---- */

static unsigned option_or(unsigned option, unsigned configured)
{
        return option == MOUNT_OPTION_UNSET ? configured : option;
}

static FsOptions settle_options(const MountOptions *given, const Config *config)
{
        return (FsOptions){
                .intake = {.settle_msec = option_or(given->settle_msec, config->settle_msec),
                           .settle_empty_msec =
                                   option_or(given->settle_empty_msec, config->settle_empty_msec),
                           .delay_msec = option_or(given->delay_msec, config->delay_msec),
                           .max_file_bytes = config->rules.max_file_bytes,
                           .max_archive_bytes = config->max_archive_bytes,
                           .archives = {.limits = {.max_files = config->max_archive_files,
                                                   .max_file_bytes = config->rules.max_file_bytes,
                                                   .max_bytes = config->max_archive_content},
                                        .memory_bytes = config->archive_memory_bytes,
                                        .timeout_msec = config->archive_time_msec},
                           .verdict_on_close = given->verdict_on_close},
                .uploads = {.max_open = config->max_open_uploads,
                            .max_temporary = config->max_temporary_files,
                            .max_staged = config->max_staged_bytes},
                .max_open_files = config->max_open_files,
                .workers = option_or(given->workers, config->workers),
        };
}

static int read_settings(Fs *fs, const MountOptions *options)
{
        _cleanup_(catalog_freep) Catalog *catalog = NULL;
        _cleanup_free_ char *language = NULL, *batch = NULL;
        int r;

        r = catalog_open_reader(fs->store, &catalog);
        if (r < 0)
                return r;
        r = catalog_get_setting(catalog, "batch", &batch);
        if (r <= 0)
                return r < 0 ? r : -EUCLEAN;
        r = catalog_find_batch(catalog, options->batch ? options->batch : batch, &fs->tree.batch);
        if (r == 0 && options->batch)
                log_error_in(options->speaks, MESSAGE(MOUNT_NO_BATCH, options->speaks),
                             options->batch);
        if (r <= 0)
                return r < 0 ? r : options->batch ? -ENOENT : -EUCLEAN;
        r = catalog_get_setting(catalog, "language", &language);
        if (r < 0)
                return r;
        fs->tree.language = options->language >= 0 ? options->language
                            : r > 0                ? language_from_string(language)
                                                   : LANGUAGE_EN;
        return fs->tree.language < 0 ? -EUCLEAN : 0;
}

/* Every photo being judged or open takes a few descriptors; the usual soft limit of 1024 is below
 * what the limits of this program allow. */
static void raise_file_limit(void)
{
        struct rlimit limit;

        if (getrlimit(RLIMIT_NOFILE, &limit) >= 0 && limit.rlim_cur < limit.rlim_max) {
                limit.rlim_cur = MIN(limit.rlim_max, (rlim_t)65536);
                (void)setrlimit(RLIMIT_NOFILE, &limit);
        }
}

/* The descriptors that clients may take. The rest is for examinations, the catalog and the threads.
 * */
static unsigned files_for_clients(void)
{
        struct rlimit limit = {.rlim_cur = 1024};
        rlim_t own;

        (void)getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = MIN(limit.rlim_cur, (rlim_t)1 << 20);
        own = MAX(limit.rlim_cur / 8, (rlim_t)OWN_FILES);
        return limit.rlim_cur > 2 * own ? (unsigned)(limit.rlim_cur - own)
                                        : (unsigned)(limit.rlim_cur / 2);
}

/* Pages and tables of large points come and go all the time. glibc would soon keep them in its
 * heap, where they leave holes: a walk over thirty points of 10,000 students took twice the memory.
 */
static void keep_large_texts_apart(void)
{
        (void)mallopt(M_MMAP_THRESHOLD, 128 * 1024);
        /* The rest is small. A heap for each thread would keep what each of them ever needed. */
        (void)mallopt(M_ARENA_MAX, 4);
}

/* ---- the rooms, from below ---- */

static int open_live(Fs *fs)
{
        int r = agenda_new(fs->clock, &fs->agenda);

        if (r >= 0)
                r = openlist_new(&fs->open);
        if (r >= 0)
                r = shares_new(fs->options.max_open_files, files_for_clients(), &fs->shares);
        if (r >= 0)
                r = bindings_new(&fs->bindings);
        if (r >= 0)
                r = leases_new(fs->clock, &fs->leases);
        if (r >= 0 && fs->pulse)
                lease_count(fs->leases);
        if (r >= 0)
                r = upload_table_new(&(UploadTableOptions){.hooks = {.adopt = upload_adopt_now,
                                                                     .world = &fs->intake},
                                                           .limits = fs->options.uploads,
                                                           .store = fs->store,
                                                           .clock = fs->clock,
                                                           .leases = fs->leases},
                                     &fs->uploads);
        if (r >= 0 && fs->pulse)
                r = elsewhere_new(fs->writer, &fs->elsewhere);
        if (r >= 0)
                r = barriers_new(&(BarriersOptions){.clock = fs->clock,
                                                    .writer = fs->writer,
                                                    .uploads = fs->uploads,
                                                    .elsewhere = fs->elsewhere,
                                                    .uid = fs->tree.uid,
                                                    .office_gid = fs->tree.office_gid},
                                 &fs->barriers);
        return r;
}

static int open_tree(Fs *fs)
{
        Tree *tree = &fs->tree;
        int r;

        tree->store = fs->store;
        tree->clock = fs->clock;
        tree->config = &fs->config;
        tree->mounted_at = fs_now(fs);
        tree->uploads = fs->uploads;
        r = ghosts_new(fs->clock, &tree->ghosts);
        if (r >= 0)
                r = snapshots_new(&tree->snapshots);
        if (r >= 0)
                r = inbox_new(fs->store, tree->office_gid, &tree->inbox);
        return r;
}

static int open_intake(Fs *fs)
{
        WorkerOptions worker = {.rules = fs->config.rules,
                                .timeout_msec = fs->config.max_time_msec};
        Intake *intake = &fs->intake;
        int r = worker_pool_new(&worker, fs->options.workers, &fs->pool);

        *intake = (Intake){.tree = &fs->tree,
                           .store = fs->store,
                           .writer = fs->writer,
                           .pool = fs->pool,
                           .judge = upload_judge,
                           .clock = fs->clock,
                           .options = fs->options.intake,
                           .uploads = fs->uploads,
                           .agenda = fs->agenda,
                           .barriers = fs->barriers,
                           .elsewhere = fs->elsewhere,
                           .leases = fs->leases};
        return r < 0 ? r : replacements_new(fs->clock, &intake->replacements);
}

static int open_names(Fs *fs)
{
        fs->names = (Names){.intake = &fs->intake,
                            .tree = &fs->tree,
                            .store = fs->store,
                            .writer = fs->writer,
                            .pool = fs->pool,
                            .clock = fs->clock,
                            .uploads = fs->uploads,
                            .agenda = fs->agenda,
                            .leases = fs->leases,
                            .replacements = fs->intake.replacements};
        return watch_new(&fs->names, &fs->names.watch);
}

int fs_open(Fs *fs, Store *store, const MountOptions *options)
{
        int r;

        fs->store = store;
        fs->clock = clock_system();
        fs->options = settle_options(options, &fs->config);
        fs->tree.uid = geteuid();
        fs->tree.gid = getegid();
        raise_file_limit();
        keep_large_texts_apart();
        r = read_settings(fs, options);
        if (r >= 0)
                r = pulse_new(fs, options->speaks, &fs->pulse);
        if (r >= 0 && fs->pulse)
                fs->clock = pulse_clock(fs->pulse);
        if (r >= 0)
                r = writer_new(store, &fs->writer);
        if (r >= 0)
                r = open_live(fs);
        if (r >= 0)
                r = open_tree(fs);
        if (r >= 0)
                r = open_intake(fs);
        if (r >= 0)
                r = open_names(fs);
        if (r >= 0)
                r = prefetch_new(&fs->prefetch);
        return r < 0 ? r : announcer_new(fs, &fs->announcer);
}

void fs_close(Fs *fs)
{
        /* First what touches the mount, then what makes work for others. */
        bool ended = !fs->announcer || announcer_stop(fs->announcer);

        pulse_stop(fs->pulse);
        if (fs->uploads)
                upload_recover_stop(&fs->intake);
        prefetch_free(fs->prefetch);
        worker_pool_free(fs->pool);
        collector_free(TAKE_PTR(fs->intake.collector));
        barriers_free(fs->barriers);
        elsewhere_free(fs->elsewhere);
        announcer_free(fs->announcer);
        if (ended)
                agenda_free(fs->agenda);
        watch_free(fs->names.watch);
        replacements_free(fs->intake.replacements);
        openlist_free(fs->open);
        shares_free(fs->shares);
        upload_table_free(fs->uploads);
        snapshots_free(fs->tree.snapshots);
        leases_free(fs->leases);
        ghosts_free(fs->tree.ghosts);
        bindings_free(fs->bindings);
        inbox_free(fs->tree.inbox);
        writer_free(fs->writer);
        pulse_free(fs->pulse);
        *fs = (Fs){};
}
