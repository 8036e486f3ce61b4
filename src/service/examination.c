/* SPDX-License-Identifier: MIT */
#include <idphoto/event.h>
#include <idphoto/examination.h>
#include <idphoto/point.h>

#include <errno.h>
#include <sys/stat.h>

void examination_done(Examination *examination)
{
        unpacked_done(&examination->unpacked);
        submission_row_done(&examination->row);
        (void)safe_close(examination->fd);
}

int examination_begin(const Store *store, Catalog *catalog, int64_t submission, int64_t generation,
                      Examination *ret)
{
        SubmissionRow *row = &ret->row;
        struct stat st;
        int r = catalog_get_submission(catalog, submission, row);

        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        if ((generation != 0 && row->generation != generation) || row->state > SUBMISSION_RECEIVED)
                return -ESTALE;
        ret->fd = submission_open_bytes(store, row, NULL);
        if (ret->fd < 0)
                return ret->fd;
        if (fstat(ret->fd, &st) < 0)
                return -errno;
        row->size = (uint64_t)st.st_size;
        return 0;
}

void examination_expect(Catalog *catalog, int64_t submission, const IdentityQuery *query)
{
        _cleanup_submission_ SubmissionRow row = {};
        Findings findings = {};
        Identity identity;

        if (!catalog_look_ahead(catalog))
                return;
        (void)catalog_get_submission(catalog, submission, &row);
        (void)catalog_now(catalog, 0);
        (void)identity_resolve(catalog, query, &findings, &identity);
        catalog_look(catalog);
}

int examination_identify(Catalog *catalog, int64_t now, Examination *examination)
{
        const SubmissionRow *row = &examination->row;
        _cleanup_folder_ FolderRow folder = {};
        int r;

        if (examination->given_up)
                return 0;
        r = row->folder > 0 ? catalog_get_folder(catalog, row->folder, &folder) : 0;
        if (r < 0)
                return r;
        return identity_resolve(
                catalog,
                &(IdentityQuery){.batch = row->batch,
                                 .point = row->point,
                                 .name = row->name,
                                 .folder_name = folder.name,
                                 .today = date_from_wall(catalog_now(catalog, now))},
                &examination->name_findings, &examination->identity);
}

static bool looks_incomplete(const Findings *findings)
{
        return findings_find(findings, REASON_TRUNCATED) ||
               findings_find(findings, REASON_EMPTY_FILE) ||
               findings_find(findings, REASON_ARCHIVE_DAMAGED);
}

static bool is_no_picture(const Findings *findings)
{
        for (size_t i = 0; i < findings->n; i++)
                if (reason_is_no_picture(findings->items[i].code))
                        return true;
        return false;
}

/* ---- archives ---- */

/* What is packed in an archive is no archive, whatever it begins as. */
static bool is_archive(const Examination *examination, const Findings *findings)
{
        return examination->archives && examination->row.archive == 0 &&
               findings_find(findings, REASON_FORMAT_ARCHIVE);
}

static void add_archive_finding(const ArchiveLimits *limits, ReasonCode reason, Findings *findings)
{
        Finding *finding = findings_add(findings, reason, FINDING_REJECT);

        if (reason == REASON_ARCHIVE_TOO_MANY)
                finding->max = (double)limits->max_files;
        if (reason == REASON_ARCHIVE_TOO_LARGE)
                finding->max = (double)limits->max_bytes;
}

/* Puts what unpacking it came to in the place of the one finding that it is an archive. */
static void set_archive_findings(const Examination *examination, ReasonCode reason,
                                 Findings *findings)
{
        *findings = (Findings){};
        if (reason >= 0)
                add_archive_finding(&examination->archives->limits, reason, findings);
}

/* It may need much more room than a photo: nobody is to wait for it until there is. */
static bool is_no_room(int error)
{
        return error == -ENOSPC || error == -EDQUOT;
}

/* Whether it was unpacked: 1, 0. */
static int unpack(const Store *store, const Examination *examination, Findings *findings,
                  Unpacked *ret)
{
        ReasonCode reason;
        int r = unpacking_run(store, examination->archives, examination->fd, &reason, ret);

        if (is_no_room(r))
                reason = REASON_ARCHIVE_NO_ROOM;
        else if (r < 0)
                return r;
        set_archive_findings(examination, reason, findings);
        return reason < 0;
}

static int store_unpacked(const Store *store, Examination *examination, Judgement *judgement)
{
        int r = unpacking_store(store, examination->archives, &examination->unpacked);

        if (!is_no_room(r))
                return r;
        judgement->unpacked = false;
        set_archive_findings(examination, REASON_ARCHIVE_NO_ROOM, &judgement->findings);
        return 0;
}

/* ---- any file ---- */

/* What the file is found to be, with the worker in hand. */
static int look_at_bytes(const Store *store, Worker *worker, Examination *examination,
                         PhotoResult *photo, Judgement *judgement)
{
        int r;

        worker_serve_for(worker, examination->row.point);
        r = worker_examine(worker, examination->fd, examination->row.size, photo);
        if (r < 0 || !is_archive(examination, &photo->findings))
                return r;
        judgement->early = examination->early && !examination->final;
        if (judgement->early)
                return 0;
        r = unpack(store, examination, &photo->findings, &examination->unpacked);
        judgement->unpacked = r > 0;
        return MIN(r, 0);
}

static int examine_bytes(const Store *store, Worker *worker, WorkerPool *pool,
                         Examination *examination, Judgement *ret)
{
        _cleanup_(photo_result_done) PhotoResult photo = {};
        const Findings *names = &examination->name_findings;
        Judgement judgement = {};
        int r;

        r = look_at_bytes(store, worker, examination, &photo, &judgement);
        if (pool)
                worker_pool_give_back(pool);
        if (r < 0)
                return r;
        judgement.findings = photo.findings;
        judgement.info = photo.info;
        judgement.generation = examination->row.generation;
        if (judgement.early || (!examination->final && looks_incomplete(&photo.findings))) {
                judgement.incomplete = true;
                *ret = judgement;
                return 0;
        }
        judgement.identity = examination->identity;
        for (size_t i = 0; i < names->n && !is_no_picture(&photo.findings); i++)
                (void)findings_add(&judgement.findings, names->items[i].code,
                                   names->items[i].level);
        r = blob_from_fd(store, examination->fd, &judgement.original, &judgement.size);
        if (r >= 0 && judgement.unpacked)
                r = store_unpacked(store, examination, &judgement);
        if (r < 0)
                return r;
        if (photo.jpeg && !findings_reject(&judgement.findings)) {
                r = blob_put(store, photo.jpeg, photo.jpeg_size, &judgement.photo);
                if (r < 0)
                        return r;
                judgement.has_photo = true;
                judgement.photo_size = photo.jpeg_size;
        }
        *ret = judgement;
        return 0;
}

/* No decoder looks at it. */
static int judge_unseen(const Store *store, const Examination *e, ReasonCode reason, Judgement *ret)
{
        Judgement judgement = {.generation = e->row.generation, .identity = e->identity};
        int r;

        (void)findings_add(&judgement.findings, reason, FINDING_REJECT);
        r = blob_from_fd(store, e->fd, &judgement.original, &judgement.size);
        if (r < 0)
                return r;
        *ret = judgement;
        return 0;
}

int examination_run(const Store *store, Worker *worker, WorkerPool *pool, Examination *examination,
                    Judgement *ret)
{
        if (examination->given_up)
                return judge_unseen(store, examination, REASON_UNDECIDED, ret);
        /* A refused write left less than the client sent. */
        if (examination->poison < 0)
                return judge_unseen(store, examination,
                                    examination->poison == -EFBIG ? REASON_FILE_TOO_LARGE
                                                                  : REASON_UPLOAD_INCOMPLETE,
                                    ret);
        return examine_bytes(store, worker, pool, examination, ret);
}

int examination_preview(const Store *store, Worker *worker, const Examination *examination)
{
        _cleanup_(photo_result_done) PhotoResult photo = {};
        _cleanup_(unpacked_done) Unpacked unpacked = {.output = -EBADF};
        int r;

        worker_serve_for(worker, examination->row.point);
        r = worker_examine(worker, examination->fd, examination->row.size, &photo);
        if (r >= 0 && is_archive(examination, &photo.findings))
                r = unpack(store, examination, &photo.findings, &unpacked);
        if (r != 0 || looks_incomplete(&photo.findings))
                return MIN(r, 0);
        return findings_reject(&photo.findings) || findings_reject(&examination->name_findings);
}
