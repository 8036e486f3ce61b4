/* SPDX-License-Identifier: MIT */
#include "exportreport.h"

#include <idphoto/event.h>
#include <idphoto/io.h>
#include <idphoto/writer.h>

#include <inttypes.h>
#include <string.h>

void export_report_done(ExportReport *report)
{
        for (size_t i = 0; i < report->n_problems; i++)
                free(report->problems[i].file);
        free(report->problems);
        free(report->failed);
        *report = (ExportReport){};
}

static int join(const char *folder, const char *file, char **ret)
{
        int n = folder ? asprintf(ret, "%s/%s", folder, file) : asprintf(ret, "%s", file);

        if (n >= 0)
                return 0;
        *ret = NULL;
        return -ENOMEM;
}

int export_fail(ExportReport *report, const char *folder, const char *file, int error)
{
        free(report->failed);
        (void)join(folder, file, &report->failed);
        return error;
}

int export_add_problem(ExportReport *report, ExportProblemKind kind, const char *folder,
                       const char *file, int error)
{
        ExportProblem problem = {.kind = kind, .error = error}, *problems;
        int r = join(folder, file, &problem.file);

        if (r < 0)
                return r;
        problems = realloc(report->problems, (report->n_problems + 1) * sizeof(*problems));
        if (!problems) {
                free(problem.file);
                return -ENOMEM;
        }
        problems[report->n_problems++] = problem;
        report->problems = problems;
        return 0;
}

void export_step(const ExportOptions *options, size_t done, size_t total)
{
        if (options->step)
                options->step(done, total, options->userdata);
}

int export_read_blob(const Store *store, const Sha256 *hash, uint64_t size, char **ret)
{
        _cleanup_close_ int fd = blob_open(store, hash);
        _cleanup_free_ char *data = NULL;
        size_t read_size;
        Sha256 found;
        int r;

        if (fd < 0)
                return fd;
        r = read_whole_fd(fd, size, &data, &read_size);
        if (r < 0)
                return r == -EFBIG ? -EUCLEAN : r;
        r = sha256_data(data, read_size, &found);
        if (r < 0)
                return r;
        if (read_size != size || !sha256_equal(&found, hash))
                return -EUCLEAN;
        *ret = TAKE_PTR(data);
        return 0;
}

int export_record(Catalog *catalog, uint64_t photos, uid_t actor, int64_t now)
{
        char count[24];
        EventRow event = {.wall = now, .kind = EVENT_EXPORTED, .uid = actor, .detail = count};
        int r = catalog_begin_at(catalog, true, WRITER_NOTHING);

        if (r < 0)
                return r;
        (void)snprintf(count, sizeof(count), "%" PRIu64, photos);
        r = catalog_add_event(catalog, &event);
        if (r >= 0)
                r = catalog_commit(catalog);
        if (r < 0)
                catalog_rollback(catalog);
        return r;
}
