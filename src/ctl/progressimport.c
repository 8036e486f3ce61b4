/* SPDX-License-Identifier: MIT */
#include "configured.h"
#include "importing.h"
#include "json.h"
#include "tablefile.h"

#include <idphoto/clock.h>
#include <idphoto/event.h>
#include <idphoto/progressreport.h>
#include <idphoto/stage.h>

#include <string.h>

/* `idphotoctl progress import`: reads the lists, takes them over, and tells about it. */

typedef struct ProgressFiles {
        ProgressList **lists;
        size_t n;
        Date today;
        ListLimits limits;
        const ProgressOptions *options;
        ProgressImport *report;
} ProgressFiles;

static void progress_files_done(ProgressFiles *files)
{
        for (size_t i = 0; i < files->n; i++)
                progress_list_free(files->lists[i]);
        free(files->lists);
}

/* As TablefileTake. */
static int add_file(int fd, const char *name, void *userdata)
{
        ProgressFiles *files = userdata;
        ProgressList **lists = reallocarray(files->lists, files->n + 1, sizeof(*lists));
        int r;

        if (!lists)
                return -ENOMEM;
        files->lists = lists;
        r = worker_read_progress_list(&files->limits, fd, name, files->today, &lists[files->n]);
        if (r >= 0)
                files->n++;
        return r;
}

/* As ImportingTake. */
static int import_files(Catalog *catalog, void *userdata)
{
        const ProgressFiles *files = userdata;
        int r = progress_import(catalog, (const ProgressList *const *)files->lists, files->n,
                                files->options, files->report);

        return r < 0 ? r : files->report->refused || files->options->dry_run;
}

static void append_note(JsonWriter *json, const ProgressNote *note, char **paths)
{
        const struct {
                const char *key;
                const char *value;
        } texts[] = {
                {"kind", progress_note_to_string(note->kind)},
                {"file", paths[note->file]},
                {"id_number", note->id_number},
                {"student_no", note->student_no},
                {"name", note->name},
                {"status", note->status},
                {"problem", roster_code_to_string(note->problem)},
                {"kept", note->kind == PROGRESS_OLDER ? stage_to_string(note->had) : NULL},
        };

        json_open(json, '{');
        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                json_key(json, texts[i].key);
                json_string(json, texts[i].value);
        }
        json_key(json, "row");
        json_integer(json, (int64_t)note->row);
        json_close(json, '}');
}

static int print_json(const ProgressImport *import, char **paths, bool dry_run)
{
        _cleanup_json_ JsonWriter json = {};
        const struct {
                const char *key;
                size_t value;
        } numbers[] = {
                {"rows", import->rows},           {"changed", import->changed},
                {"unchanged", import->unchanged}, {"waiting", import->waiting},
                {"not_taken", import->not_taken}, {"locked", import->locked},
                {"rejected", import->rejected},   {"superseded", import->superseded},
        };

        json_open(&json, '{');
        json_key(&json, "refused");
        json_bool(&json, import->refused);
        json_key(&json, "dry_run");
        json_bool(&json, dry_run);
        for (size_t i = 0; i < ELEMENTSOF(numbers); i++) {
                json_key(&json, numbers[i].key);
                json_integer(&json, (int64_t)numbers[i].value);
        }
        json_key(&json, "stages");
        json_open(&json, '{');
        for (int stage = 0; stage < _STAGE_MAX; stage++)
                if (import->stages[stage] > 0) {
                        json_key(&json, stage_to_string((Stage)stage));
                        json_integer(&json, (int64_t)import->stages[stage]);
                }
        json_close(&json, '}');
        json_key(&json, "notes");
        json_open(&json, '[');
        for (size_t i = 0; i < import->n_notes; i++)
                append_note(&json, &import->notes[i], paths);
        json_close(&json, ']');
        json_close(&json, '}');
        if (json.text.error < 0)
                return json.text.error;
        (void)puts(json.text.data);
        return 0;
}

static int print_text(const ProgressImport *import, char **paths, bool dry_run, Language language)
{
        _cleanup_free_ char *text = NULL;
        size_t size;
        int r = progress_report_text(import, paths, dry_run, language, &text, &size);

        if (r >= 0)
                (void)fwrite(text, 1, size, stdout);
        return r;
}

int command_progress_import(CommandContext *context, int argc, char **argv)
{
        _cleanup_progress_import_ ProgressImport import = {};
        _cleanup_opened_ Opened opened = {};
        ProgressOptions options = {
                .dry_run = command_option(context, "dry-run") != NULL,
                .actor = getuid(),
                .now = clock_wall_nsec(clock_system()),
        };
        _cleanup_(progress_files_done)
                ProgressFiles files = {.options = &options, .report = &import};
        Config config;
        int r = opened_open_batch(context, command_option(context, "batch"), &opened);

        if (r == COMMAND_OK)
                r = configured_read(context, NULL, &config);
        if (r != COMMAND_OK)
                return r;
        files.today = date_from_wall(catalog_now(opened.catalog, options.now));
        files.limits = tablefile_limits(&config);
        r = tablefile_read_all(argv, (size_t)argc, add_file, &files, context->language);
        if (r != COMMAND_OK)
                return r;
        options.batch = opened.batch;
        r = importing_run(&opened, context->language, false, import_files, &files);
        if (r >= 0)
                r = command_option(context, "json")
                            ? print_json(&import, argv, options.dry_run)
                            : print_text(&import, argv, options.dry_run, context->language);
        if (r < 0)
                return importing_failed(context, r);
        if (import.refused)
                return COMMAND_WRONG;
        return import.not_taken > 0 ? COMMAND_NO : COMMAND_OK;
}
