/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "configured.h"
#include "opened.h"
#include "progress.h"
#include "rendition.h"

#include <idphoto/audit.h>
#include <idphoto/clock.h>
#include <idphoto/export.h>
#include <idphoto/message.h>

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/*
 * `idphotoctl export`: the approved photos of a batch, into a folder or a zip file. Two steps, each
 * with its own line of progress: the renditions that are missing, then the files.
 */

typedef struct Export {
        Opened opened;
        ExportList list;
        ExportOptions options;
        ExportReport report;
        Progress progress;
        char mark[AUDIT_MARK_SIZE];
        bool begun; /* the progress line of this step */
} Export;

static void export_done(Export *export)
{
        export_report_done(&export->report);
        export_list_done(&export->list);
        opened_done(&export->opened);
}

static void show_step(size_t done, size_t total, void *userdata)
{
        Export *export = userdata;

        if (!export->begun)
                export->progress = progress_begin(total);
        export->begun = true;
        progress_set(&export->progress, done);
}

static void end_step(Export *export)
{
        if (export->begun)
                progress_clear(&export->progress);
        export->begun = false;
}

/* ---- words ---- */

static void print_problem(const ExportProblem *problem, Language language)
{
        if (problem->kind == EXPORT_STRANGE_FILE)
                (void)printf(MESSAGE(EXPORT_FOREIGN, language), problem->file);
        else
                (void)printf(MESSAGE(EXPORT_NOT_MADE, language), problem->file,
                             rendition_error_text(problem->error, language));
}

static void print_report(const Export *export, Language language)
{
        const ExportReport *report = &export->report;

        for (size_t i = 0; i < report->n_problems; i++)
                print_problem(&report->problems[i], language);
        (void)printf(MESSAGE(EXPORT_DONE, language), export->list.n, report->written, report->kept,
                     report->rendered);
}

static int failed(const Export *export, const char *where, int error)
{
        const Language language = export->opened.language;
        const char *text = error == -EUCLEAN ? MESSAGE(CAUSE_DAMAGED, language)
                           : error == -EBUSY ? MESSAGE(CAUSE_EXPORTING, language)
                                             : message_errno(-error, language);

        if (export->report.failed)
                command_error(MESSAGE(ERROR_EXPORT_FILE, language), export->report.failed, text);
        else
                command_error(MESSAGE(ERROR_EXPORT, language), where, text);
        return COMMAND_WRONG;
}

/* ---- steps ---- */

/* Names are those of the store, whoever runs the command: a folder is gone on with under the same
 * ones. */
static int read_language(Catalog *catalog, Language *ret)
{
        _cleanup_free_ char *text = NULL;
        int r = catalog_get_setting(catalog, "language", &text);

        if (r < 0)
                return r;
        *ret = r > 0 ? language_from_string(text) : LANGUAGE_EN;
        return *ret < 0 ? -EUCLEAN : 0;
}

static int render(CommandContext *context, Export *export)
{
        _cleanup_(worker_pool_freep) WorkerPool *pool = NULL;
        WorkerOptions options = {};
        Config config;
        int r;

        if (configured_read(context, NULL, &config) != COMMAND_OK)
                return -EBADMSG;
        options.rules = config.rules;
        r = worker_pool_new(&options, config.workers, &pool);
        if (r >= 0)
                r = export_render(export->opened.store, export->opened.catalog, pool, &export->list,
                                  &export->options, &export->report);
        end_step(export);
        return r;
}

static int to_folder(Export *export, const char *path)
{
        _cleanup_close_ int fd = -EBADF;
        int r;

        if (mkdir(path, 0750) < 0 && errno != EEXIST)
                return -errno;
        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        r = export_to_folder(export->opened.store, &export->list, &export->options, fd,
                             &export->report);
        end_step(export);
        return r;
}

static int to_zip(Export *export, const char *path)
{
        const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
        _cleanup_free_ char *folder = !slash          ? strdup(".")
                                      : slash == path ? strdup("/")
                                                      : strndup(path, (size_t)(slash - path));
        _cleanup_close_ int fd = -EBADF;
        int r;

        if (!folder)
                return -ENOMEM;
        if (!*name)
                return -EISDIR;
        fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        r = export_to_zip(export->opened.store, &export->list, &export->options, fd, name,
                          &export->report);
        end_step(export);
        return r;
}

int command_export(CommandContext *context, int argc, char **argv)
{
        const char *zip = command_option(context, "zip");
        const char *where = zip ? zip : argc > 0 ? argv[0] : NULL;
        _cleanup_(export_done) Export export = {
                .options = {.centre = command_option(context, "centre") != NULL,
                            .mark = export.mark,
                            .step = show_step,
                            .userdata = &export},
        };
        int r;

        if (!where || (zip && argc > 0))
                return command_usage_error(context,
                                           MESSAGE(ERROR_EXPORT_TARGET, context->language));
        r = opened_open_batch(context, command_option(context, "batch"), &export.opened);
        if (r != COMMAND_OK)
                return r;
        r = audit_mark(export.opened.catalog, "export", export.mark);
        if (r >= 0)
                r = read_language(export.opened.catalog, &export.options.language);
        if (r >= 0)
                r = export_list_read(export.opened.catalog, (Where){export.opened.batch, 0},
                                     &export.list);
        if (r >= 0 && export.options.centre) {
                r = render(context, &export);
                if (r == -EBADMSG)
                        return COMMAND_WRONG;
        }
        if (r >= 0)
                r = zip ? to_zip(&export, zip) : to_folder(&export, where);
        if (r >= 0)
                r = export_record(export.opened.catalog, export.list.n, getuid(),
                                  clock_wall_nsec(clock_system()));
        if (r < 0)
                return failed(&export, where, r);
        print_report(&export, context->language);
        return export.report.n_problems > 0 ? COMMAND_NO : COMMAND_OK;
}
