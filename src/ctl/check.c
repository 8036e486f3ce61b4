/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "configured.h"
#include "json.h"
#include "photojson.h"
#include "progress.h"
#include "rendition.h"
#include "subjects.h"

#include <idphoto/filename.h>
#include <idphoto/io.h>
#include <idphoto/message.h>
#include <idphoto/view.h>
#include <idphoto/worker.h>

#include <fcntl.h>
#include <pthread.h>
#include <string.h>

/*
 * `idphotoctl check`: photos judged without a store (but by a store's configuration, if one is
 * named). The pool examines a window of files ahead; the main thread takes the results in the order
 * of the subjects, so that memory stays small and output the same from run to run.
 */

#define JOBS_MAX 256

/* Files ahead of the one whose report comes next, for each thread. */
#define WINDOW_PER_THREAD 8u

typedef enum Failure {
        FAILURE_NONE,
        FAILURE_READ,    /* the file could not be opened or is no file */
        FAILURE_EXAMINE, /* no worker could be had */
        FAILURE_WRITE,   /* the finished photo or its rendition could not be written */
} Failure;

typedef struct Check Check;

/* One file, from its opening to its report. */
typedef struct Item {
        Check *check;
        const char *path;
        bool done; /* protected by check->lock; the rest belongs to the pool's thread before, to the
                      main thread after */
        Failure failure;
        int error; /* negative errno of the failure */
        PhotoResult result;
        char *written;    /* path of the finished photo, NULL: none */
        int centre_error; /* why there is no rendition for the centre: worker_render_centre() */
        uint8_t *centre;  /* the rendition, NULL: not asked for, or none */
        size_t centre_size;
        char *centre_written;
} Item;

/* A folder that is written into. */
typedef struct Folder {
        int fd; /* -EBADF: nothing is written there */
        const char *path;
} Folder;

struct Check {
        Language language;
        bool json;
        bool colour;
        bool with_name;
        Folder finished;
        Folder centre; /* for the renditions */
        Date today;
        pthread_mutex_t lock;
        pthread_cond_t item_done;
        Item *items; /* a ring */
        size_t n_items;
        int status; /* worst exit status so far */
        struct {
                size_t accepted;
                size_t warned; /* of the accepted ones */
                size_t rejected;
                size_t failed; /* could not be read or examined */
        } counts;
};

/* ---- on a thread of the pool ---- */

static void examine_item(Item *item, Worker *worker)
{
        uint64_t size = 0;
        _cleanup_close_ int fd = open_regular_at(AT_FDCWD, item->path, &size);

        if (fd < 0) {
                item->error = fd;
                item->failure = FAILURE_READ;
                return;
        }
        item->error = worker_examine_patiently(worker, fd, size, &item->result);
        if (item->error < 0)
                item->failure = FAILURE_EXAMINE;
        else if (item->check->centre.fd >= 0 && !findings_reject(&item->result.findings))
                item->centre_error = worker_render_centre_patiently(worker, fd, size, &item->centre,
                                                                    &item->centre_size);
}

static void run_item(Worker *worker, void *userdata)
{
        Item *item = userdata;

        examine_item(item, worker);
        pthread_mutex_lock(&item->check->lock);
        item->done = true;
        pthread_cond_signal(&item->check->item_done);
        pthread_mutex_unlock(&item->check->lock);
}

/* ---- on the main thread ---- */

/* PHOTO.png becomes PHOTO.jpg; a name that is all suffix stays whole. */
static int finished_name(const char *path, char **ret)
{
        const char *name = path_name(path), *dot = strrchr(name, '.');
        int stem = dot && dot != name ? (int)(dot - name) : (int)strlen(name);

        return asprintf(ret, "%.*s.jpg", stem, name) < 0 ? -ENOMEM : 0;
}

static int write_file(const Folder *folder, const char *original, const uint8_t *data, size_t size,
                      char **ret_path)
{
        _cleanup_free_ char *name = NULL, *path = NULL;
        _cleanup_close_ int fd = -EBADF;
        int r;

        r = finished_name(original, &name);
        if (r < 0)
                return r;
        if (asprintf(&path, "%s/%s", folder->path, name) < 0) {
                path = NULL;
                return -ENOMEM;
        }
        fd = openat(folder->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (fd < 0)
                return -errno;
        r = write_full(fd, data, size);
        /* Some filesystems tell of a full disk only here. */
        if (close(TAKE_FD(fd)) < 0 && r == 0)
                r = -errno;
        if (r < 0) {
                (void)unlinkat(folder->fd, name, 0);
                return r;
        }
        *ret_path = TAKE_PTR(path);
        return 0;
}

static int write_finished(const Check *check, Item *item)
{
        int r = 0;

        if (check->finished.fd >= 0)
                r = write_file(&check->finished, item->path, item->result.jpeg,
                               item->result.jpeg_size, &item->written);
        if (r >= 0 && item->centre)
                r = write_file(&check->centre, item->path, item->centre, item->centre_size,
                               &item->centre_written);
        return r;
}

static const char *failure_text(const Item *item)
{
        const Language language = item->check->language;

        if (item->failure == FAILURE_READ && item->error == -EINVAL)
                return MESSAGE(CAUSE_NOT_REGULAR, language);
        if (item->failure == FAILURE_EXAMINE && item->error == -ENOEXEC)
                return MESSAGE(CAUSE_WORKER, language);
        return message_errno(-item->error, language);
}

static void report_failure(const Item *item)
{
        switch (item->failure) {
        case FAILURE_NONE:
                break;
        case FAILURE_READ:
                command_error(MESSAGE(ERROR_READ, item->check->language), item->path,
                              failure_text(item));
                break;
        case FAILURE_EXAMINE:
                command_error(MESSAGE(ERROR_EXAMINE, item->check->language), item->path,
                              worker_program_path(), failure_text(item));
                break;
        case FAILURE_WRITE:
                command_error(MESSAGE(ERROR_WRITE_PHOTO, item->check->language), item->path,
                              failure_text(item));
                break;
        }
}

/* What the file name says, for information: no part of the verdict. False when nobody asked. */
static bool item_identity(const Check *check, const Item *item, FilenameIdentity *ret)
{
        return check->with_name && filename_identity(path_name(item->path), check->today, ret) >= 0;
}

static void print_name(const Check *check, const Item *item)
{
        FilenameIdentity identity;
        char masked[ID_NUMBER_SIZE];

        if (!item_identity(check, item, &identity))
                return;
        if (identity.kind != FILENAME_NONE && identity.valid && !identity.ambiguous)
                (void)printf(MESSAGE(CHECK_NAME_NUMBER, check->language),
                             id_number_mask(identity.number.text, masked));
        else
                (void)printf(MESSAGE(CHECK_NAME_PROBLEM, check->language),
                             reason_title(identity.problem, check->language));
}

static int print_report(const Check *check, const Item *item)
{
        _cleanup_free_ char *text = NULL;
        size_t size;
        int r;

        if (item->failure == FAILURE_READ || item->failure == FAILURE_EXAMINE)
                return 0;
        r = view_report(item->path, &item->result.findings, check->language, check->colour, &text,
                        &size);
        if (r < 0)
                return r;
        (void)fwrite(text, 1, size, stdout);
        print_name(check, item);
        return 0;
}

/* ---- JSON ---- */

/* One object a file, always with the same keys; what is unknown is null. */
static int print_json(const Check *check, const Item *item, bool first)
{
        const bool judged = item->failure == FAILURE_NONE || item->failure == FAILURE_WRITE;
        _cleanup_json_ JsonWriter json = {};
        FilenameIdentity identity;

        json_open(&json, '{');
        json_key(&json, "file");
        json_string(&json, item->path);
        json_key(&json, "accepted");
        if (judged)
                json_bool(&json, !findings_reject(&item->result.findings));
        else
                json_null(&json);
        json_key(&json, "error");
        json_string(&json, item->failure != FAILURE_NONE ? failure_text(item) : NULL);
        photo_json_name(&json, item_identity(check, item, &identity) ? &identity : NULL);
        photo_json_source(&json, &item->result.info);
        photo_json_geometry(&json, &item->result.info);
        photo_json_measured(&json, &item->result.info.measured);
        photo_json_finished(&json, &item->result, item->written);
        photo_json_centre(&json, item->centre, item->centre_size, item->centre_written);
        photo_json_findings(&json, &item->result.findings, check->language);
        json_close(&json, '}');
        if (json.text.error < 0)
                return json.text.error;
        (void)fputs(first ? "\n" : ",\n", stdout);
        (void)fwrite(json.text.data, 1, json.text.size, stdout);
        return 0;
}

/* ---- all together ---- */

static void count(Check *check, const Item *item)
{
        if (item->failure == FAILURE_READ || item->failure == FAILURE_EXAMINE)
                check->counts.failed++;
        else if (findings_reject(&item->result.findings))
                check->counts.rejected++;
        else {
                check->counts.accepted++;
                check->counts.warned += findings_count(&item->result.findings, FINDING_WARN) > 0;
        }
}

static int json_summary(const Check *check, size_t n)
{
        const struct {
                const char *key;
                size_t value;
        } numbers[] = {{"photos", n},
                       {"accepted", check->counts.accepted},
                       {"warned", check->counts.warned},
                       {"rejected", check->counts.rejected},
                       {"failed", check->counts.failed}};
        _cleanup_json_ JsonWriter json = {};

        json_open(&json, '{');
        for (size_t i = 0; i < ELEMENTSOF(numbers); i++) {
                json_key(&json, numbers[i].key);
                json_integer(&json, (int64_t)numbers[i].value);
        }
        json_close(&json, '}');
        if (json.text.error < 0)
                return json.text.error;
        (void)printf("\n],\n\"summary\":%s}\n", json.text.data);
        return 0;
}

static int text_summary(const Check *check, size_t n)
{
        const Language language = check->language;
        _cleanup_text_ Text text = {};

        if (n == 1)
                text_append(&text, MESSAGE(CHECK_ONE, language));
        else
                text_printf(&text, MESSAGE(CHECK_PHOTOS, language), n);
        text_printf(&text, MESSAGE(CHECK_ACCEPTED, language), check->counts.accepted);
        if (check->counts.warned > 0)
                text_printf(&text, MESSAGE(CHECK_WARNED, language), check->counts.warned);
        text_printf(&text, MESSAGE(CHECK_REJECTED, language), check->counts.rejected);
        if (check->counts.failed > 0)
                text_printf(&text, MESSAGE(CHECK_FAILED, language), check->counts.failed);
        text_append(&text, MESSAGE(CHECK_END, language));
        if (text.error < 0)
                return text.error;
        (void)fwrite(text.data, 1, text.size, stdout);
        return 0;
}

/* ---- all files ---- */

static void worsen(Check *check, int status)
{
        check->status = MAX(check->status, status);
}

static void finish_item(Check *check, Item *item, bool first)
{
        int r;

        if (item->failure == FAILURE_NONE) {
                if (findings_reject(&item->result.findings))
                        worsen(check, COMMAND_NO);
                else {
                        item->error = write_finished(check, item);
                        if (item->error < 0)
                                item->failure = FAILURE_WRITE;
                }
        }
        count(check, item);
        r = check->json ? print_json(check, item, first) : print_report(check, item);
        if (r < 0) {
                command_error(MESSAGE(ERROR_REPORT, check->language), item->path,
                              message_errno(-r, check->language));
                worsen(check, COMMAND_WRONG);
        }
        if (item->failure != FAILURE_NONE) {
                (void)fflush(stdout);
                report_failure(item);
                worsen(check, COMMAND_WRONG);
        }
        if (item->centre_error < 0) {
                (void)fflush(stdout);
                command_error(MESSAGE(ERROR_RENDITION, check->language), item->path,
                              rendition_error_text(item->centre_error, check->language));
                worsen(check, COMMAND_NO);
        }
        photo_result_done(&item->result);
        free(item->written);
        free(item->centre);
        free(item->centre_written);
        *item = (Item){};
}

static void submit_item(Check *check, WorkerPool *pool, Item *item, const Subject *subject)
{
        int r;

        *item = (Item){.check = check, .path = subject->path};
        if (subject->error < 0) {
                item->done = true;
                item->failure = FAILURE_READ;
                item->error = subject->error;
                return;
        }
        r = worker_pool_submit(pool, NULL, run_item, NULL, item);
        if (r < 0) {
                item->done = true;
                item->failure = FAILURE_EXAMINE;
                item->error = r;
        }
}

static void wait_for_item(Check *check, const Item *item)
{
        pthread_mutex_lock(&check->lock);
        while (!item->done)
                pthread_cond_wait(&check->item_done, &check->lock);
        pthread_mutex_unlock(&check->lock);
}

static void check_files(Check *check, WorkerPool *pool, const Subjects *subjects)
{
        const size_t n = subjects->n;
        Progress progress = progress_begin(n);
        size_t submitted = 0;

        if (check->json)
                (void)fputs("{\"files\":[", stdout);
        progress_set(&progress, 0);
        for (size_t i = 0; i < n; i++) {
                Item *item = &check->items[i % check->n_items];

                while (submitted < n && submitted < i + check->n_items) {
                        submit_item(check, pool, &check->items[submitted % check->n_items],
                                    &subjects->items[submitted]);
                        submitted++;
                }
                wait_for_item(check, item);
                progress_clear(&progress);
                finish_item(check, item, i == 0);
                /* A report on a terminal must stand before the next progress line. */
                if (progress.shown)
                        (void)fflush(stdout);
                progress_set(&progress, i + 1);
        }
        progress_clear(&progress);
}

/* One photo is its own summary. */
static int print_summary(const Check *check, const Subjects *subjects)
{
        if (check->json)
                return json_summary(check, subjects->n);
        return subjects->n > 1 || subjects->folders ? text_summary(check, subjects->n) : 0;
}

static int run_check(Check *check, const PhotoRules *rules, unsigned jobs, const Subjects *subjects)
{
        _cleanup_(worker_pool_freep) WorkerPool *pool = NULL;
        WorkerOptions options = {.rules = *rules};
        int r;

        r = worker_pool_new(&options, subjects->n < 2 ? 1 : jobs, &pool);
        if (r < 0) {
                command_error(MESSAGE(ERROR_START, check->language),
                              message_errno(-r, check->language));
                return COMMAND_WRONG;
        }
        check->n_items = (size_t)worker_pool_workers(pool) * WINDOW_PER_THREAD;
        check->items = calloc(check->n_items, sizeof(*check->items));
        if (!check->items) {
                command_error(MESSAGE(ERROR_MEMORY, check->language));
                return COMMAND_WRONG;
        }
        check_files(check, pool, subjects);
        r = print_summary(check, subjects);
        if (r < 0) {
                command_error(MESSAGE(ERROR_MEMORY, check->language));
                worsen(check, COMMAND_WRONG);
        }
        return check->status;
}

static int parse_jobs(const char *text, unsigned *ret)
{
        char *end;
        unsigned long value;

        errno = 0;
        value = strtoul(text, &end, 10);
        if (errno != 0 || *end || text[0] < '0' || text[0] > '9' || value < 1 || value > JOBS_MAX)
                return -EINVAL;
        *ret = (unsigned)value;
        return 0;
}

/* Colours are for terminals, and for people who want them (no-color.org). */
static bool colour_wanted(void)
{
        const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");

        return isatty(STDOUT_FILENO) == 1 && !(no_color && *no_color) && term &&
               strcmp(term, "dumb") != 0;
}

static int open_folder(Folder *folder, Language language)
{
        if (!folder->path)
                return 0;
        folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder->fd >= 0)
                return 0;
        command_error(MESSAGE(ERROR_OPEN, language), folder->path, message_errno(errno, language));
        return -EIO;
}

int command_check(CommandContext *context, int argc, char **argv)
{
        const char *jobs_text = command_option(context, "jobs");
        unsigned jobs = 0;
        Check check = {
                .language = context->language,
                .json = command_option(context, "json") != NULL,
                .with_name = command_option(context, "name") != NULL,
                .finished = {-EBADF, command_option(context, "write")},
                .centre = {-EBADF, command_option(context, "centre")},
                .colour = colour_wanted(),
                .today = date_from_wall(clock_wall_nsec(clock_system())),
        };
        _cleanup_(subjects_done) Subjects subjects = {};
        Config config;
        int status, r;

        if (jobs_text && parse_jobs(jobs_text, &jobs) < 0)
                return command_usage_error(context, MESSAGE(ERROR_JOBS, context->language),
                                           jobs_text, JOBS_MAX);
        status = configured_read(context, command_option(context, "config"), &config);
        if (status != COMMAND_OK)
                return status;
        r = subjects_list((size_t)argc, argv, &subjects);
        if (r < 0) {
                command_error(MESSAGE(ERROR_START, context->language),
                              message_errno(-r, context->language));
                return COMMAND_WRONG;
        }
        if (open_folder(&check.finished, check.language) < 0 ||
            open_folder(&check.centre, check.language) < 0) {
                (void)safe_close(check.finished.fd);
                return COMMAND_WRONG;
        }
        pthread_mutex_init(&check.lock, NULL);
        pthread_cond_init(&check.item_done, NULL);
        status = run_check(&check, &config.rules, jobs, &subjects);
        free(check.items);
        (void)safe_close(check.finished.fd);
        (void)safe_close(check.centre.fd);
        pthread_cond_destroy(&check.item_done);
        pthread_mutex_destroy(&check.lock);
        return status;
}
