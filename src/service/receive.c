/* SPDX-License-Identifier: MIT */
#include <idphoto/event.h>
#include <idphoto/point.h>
#include <idphoto/receive.h>

#include <string.h>

static int touch_directory(Catalog *catalog, Where where, int64_t now)
{
        if (where.folder > 0)
                return catalog_set_folder_listed(catalog, where.folder, true);
        return catalog_set_point_mtime(catalog, where, now);
}

int receive_create(Catalog *catalog, const SubmissionRow *row, int64_t *ret_id)
{
        int r = catalog_add_submission(catalog, row, ret_id);

        return r < 0 ? r
                     : touch_directory(catalog, (Where){row->batch, row->point, row->folder},
                                       row->created);
}

int receive_get(Catalog *catalog, int64_t id, int64_t generation, SubmissionRow *ret)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r = catalog_get_submission(catalog, id, &row);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        if (row.state >= SUBMISSION_ACCEPTED || row.generation != generation ||
            row.owner != store_gateway(catalog_store(catalog)))
                return -ESTALE;
        *ret = row;
        row = (SubmissionRow){};
        return 0;
}

int receive_rename(Catalog *catalog, const ReceiveName *name, int64_t now, SubmissionRow *ret)
{
        _cleanup_submission_ SubmissionRow row = {};
        SubmissionState state;
        int r = receive_get(catalog, name->id, name->generation, &row);

        if (r < 0)
                return r;
        state = name->received || row.state != SUBMISSION_OPEN ? SUBMISSION_RECEIVED
                                                               : SUBMISSION_OPEN;
        r = catalog_set_submission_name(catalog, row.id, name->folder, name->name, name->temporary);
        if (r >= 0)
                r = catalog_advance_submission(catalog, row.id, state);
        if (r >= 0)
                r = touch_directory(catalog, (Where){row.batch, row.point, name->folder}, now);
        if (r < 0)
                return r;
        /* As it is now. */
        free(row.name);
        row.name = strdup(name->name);
        if (!row.name)
                return -ENOMEM;
        row.folder = name->folder;
        row.temporary = name->temporary;
        row.generation++;
        row.state = state;
        submission_row_done(ret);
        *ret = row;
        row = (SubmissionRow){};
        return 0;
}

int receive_rename_folder(Catalog *catalog, int64_t folder, int64_t parent, const char *name,
                          bool temporary)
{
        int r = catalog_move_folder(catalog, folder, parent, name, temporary);

        return r < 0 ? r : catalog_advance_folder(catalog, folder);
}

static int keep_version(Catalog *catalog, const SubmissionRow *row, const ReceivedVersion *version,
                        int64_t now)
{
        EventRow event = {
                .wall = now, .kind = EVENT_RECEIVED, .point = row->point, .uid = row->actor};
        int r = catalog_add_version(catalog, row->id, &version->original, version->size, now,
                                    &event.submission);

        return r < 0 ? r : catalog_add_event(catalog, &event);
}

int receive_reopen(Catalog *catalog, int64_t id, int64_t generation, const ReceivedVersion *kept,
                   int64_t now, int64_t *ret_generation)
{
        _cleanup_submission_ SubmissionRow row = {};
        SubmissionState state;
        int r = receive_get(catalog, id, generation, &row);

        if (r >= 0 && kept)
                r = keep_version(catalog, &row, kept, now);
        if (r < 0)
                return r;
        /* Under a temporary name RECEIVED says that it was closed under a normal one. */
        state = row.temporary && row.state != SUBMISSION_OPEN ? SUBMISSION_RECEIVED
                                                              : SUBMISSION_OPEN;
        if (r >= 0)
                r = catalog_advance_submission(catalog, id, state);
        /* What was closed before is kept until the next close, by whoever goes on. */
        if (r >= 0 && !store_shares_blobs(catalog_store(catalog)))
                r = catalog_set_submission_original(catalog, id, NULL, row.size);
        if (r < 0)
                return r;
        *ret_generation = generation + 1;
        return 0;
}

int receive_keep(Catalog *catalog, int64_t id, int64_t generation, const ReceivedVersion *version,
                 int64_t mtime)
{
        int r = catalog_keep_upload(catalog, id, generation, &version->original, version->size,
                                    mtime);

        return r == 0 ? -ESTALE : MIN(r, 0);
}

int receive_take(Catalog *catalog, const SubmissionRow *seen)
{
        int r = catalog_take_upload(catalog, seen->id, seen->owner, seen->generation);

        return r == 0 ? -ESTALE : MIN(r, 0);
}

int receive_verdict(Catalog *catalog, int64_t id, const Judgement *judgement, int64_t mtime,
                    int64_t now)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r = receive_get(catalog, id, judgement->generation, &row);

        if (r < 0)
                return r;
        if (row.temporary || row.state > SUBMISSION_RECEIVED)
                return -ESTALE;
        row.mtime = mtime;
        row.received = now;
        return judge_record_row(catalog, &row, judgement, now);
}

int receive_void_verdict(Catalog *catalog, int64_t id, int64_t generation)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r = receive_get(catalog, id, generation, &row);

        return r < 0 ? r : catalog_advance_submission(catalog, id, SUBMISSION_RECEIVED);
}

int receive_attributes(Catalog *catalog, int64_t id, const ReceivedAttributes *attributes)
{
        return catalog_set_submission_attributes(catalog, id, attributes->mode, attributes->uid,
                                                 attributes->gid, attributes->mtime);
}

int receive_cancel(Catalog *catalog, int64_t id)
{
        return catalog_remove_submission(catalog, id);
}
