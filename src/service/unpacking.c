/* SPDX-License-Identifier: MIT */
#include <idphoto/unpacking.h>

#include <idphoto/archivekind.h>
#include <idphoto/clientname.h>
#include <idphoto/event.h>
#include <idphoto/fixedname.h>
#include <idphoto/folders.h>
#include <idphoto/numberedname.h>
#include <idphoto/point.h>
#include <idphoto/receive.h>

#include <inttypes.h>
#include <string.h>

/* ---- before the transaction ---- */

void unpacked_done(Unpacked *unpacked)
{
        for (size_t i = 0; i < unpacked->n; i++)
                free(unpacked->files[i].path);
        free(unpacked->files);
        if (unpacked->n > 0)
                (void)safe_close(unpacked->output);
        *unpacked = (Unpacked){.output = -EBADF};
}

/* Takes over the paths. */
static int take_over(ArchiveContent *content, Unpacked *ret)
{
        UnpackedFile *files = calloc(content->n, sizeof(*files));

        if (!files)
                return -ENOMEM;
        for (size_t i = 0; i < content->n; i++)
                files[i] = (UnpackedFile){
                        .path = TAKE_PTR(content->files[i].path),
                        .mtime = content->files[i].mtime,
                        .offset = content->files[i].offset,
                        .size = content->files[i].size,
                };
        *ret = (Unpacked){.n = content->n, .files = files, .output = -EBADF};
        return 0;
}

int unpacking_run(const Store *store, const ArchiveOptions *options, int fd, ReasonCode *ret_reason,
                  Unpacked *ret)
{
        _cleanup_(archive_content_done) ArchiveContent content = {};
        _cleanup_close_ int output = staging_scratch(store);
        ReasonCode reason;
        int r;

        if (output < 0)
                return output;
        r = worker_unpack(options, fd, output, &reason, &content);
        if (r >= 0 && reason < 0)
                r = take_over(&content, ret);
        if (r < 0)
                return r;
        if (reason < 0)
                ret->output = TAKE_FD(output);
        *ret_reason = reason;
        return 0;
}

int unpacking_store(const Store *store, const ArchiveOptions *options, Unpacked *unpacked)
{
        for (size_t i = 0; i < unpacked->n; i++) {
                UnpackedFile *file = &unpacked->files[i];
                int r = options->go_on ? options->go_on(options->userdata) : 0;

                if (r >= 0)
                        r = blob_copy_part(store, unpacked->output, file->offset, file->size,
                                           &file->original);
                if (r < 0)
                        return r;
        }
        unpacked->output = safe_close(unpacked->output);
        return 0;
}

/* ---- the folder ---- */

typedef struct Applying {
        Catalog *catalog;
        const SubmissionRow *archive;
        const PointRow *point;
        int64_t now;
        size_t skip;    /* bytes of each path that are left out */
        int64_t folder; /* the archive's */
        /* The folder of the file before, which most likely is the next one's as well. */
        const char *path;
        size_t path_bytes;
        int64_t path_folder;
} Applying;

static Where where_of(const Applying *a, int64_t folder)
{
        return (Where){a->archive->batch, a->archive->point, folder};
}

/* Makes the folder, or lists the one of that name again. */
static int make_folder(const Applying *a, int64_t parent, char *name, int64_t *ret)
{
        _cleanup_folder_ FolderRow found = {};
        FolderRow row = {
                .batch = a->archive->batch,
                .point = a->archive->point,
                .parent = parent,
                .name = name,
                .mode = 0700 | (a->point->mode & 02070) | (0055 & a->point->mode & 0007),
                .uid = a->archive->uid,
                .gid = a->point->gid,
                .mtime = a->now,
        };
        int r = catalog_find_folder(a->catalog, where_of(a, parent), name, &found);

        if (r < 0)
                return r;
        row.id = found.id;
        if (!found.listed)
                r = folders_make(a->catalog, &row, found.id);
        *ret = row.id;
        return MIN(r, 0);
}

static bool is_fixed(const char *name)
{
        _cleanup_free_ char *key = NULL;

        if (text_fold(name, &key) < 0)
                return true;
        for (int i = 0; i < _FIXED_MAX; i++)
                for (int language = 0; language < _LANGUAGE_MAX; language++) {
                        _cleanup_free_ char *fixed = NULL;

                        if (text_fold(fixed_name((FixedName)i, (Language)language), &fixed) < 0 ||
                            strcmp(fixed, key) == 0)
                                return true;
                }
        return false;
}

/* Whether files may go into a folder of that name: there is none, or nothing is in it. 1, 0. */
static int is_folder_free(const Applying *a, int64_t parent, const char *name)
{
        _cleanup_submission_ SubmissionRow upload = {};
        _cleanup_folder_ FolderRow folder = {};
        int r;

        if (is_fixed(name) || name_class_of_folder(name) != NAME_NORMAL)
                return 0;
        /* The archive itself, when its name has no suffix. */
        r = catalog_find_upload(a->catalog, where_of(a, parent), name, &upload);
        if (r != 0)
                return MIN(r, 0);
        r = catalog_find_folder(a->catalog, where_of(a, parent), name, &folder);
        if (r <= 0)
                return r < 0 ? r : 1;
        if (folder.temporary)
                return 0;
        r = catalog_folder_occupied(a->catalog, folder.id);
        return r < 0 ? r : r == 0;
}

static int find_folder_name(const Applying *a, int64_t parent, char **ret)
{
        _cleanup_free_ char *stem = strndup(a->archive->name, archive_stem(a->archive->name));

        if (!stem)
                return -ENOMEM;
        for (int i = 1; i <= NUMBERED_NAME_MAX; i++) {
                _cleanup_free_ char *name = NULL;
                int r = numbered_name(stem, i, &name);

                if (r >= 0)
                        r = is_folder_free(a, parent, name);
                if (r < 0)
                        return r;
                if (r > 0) {
                        *ret = TAKE_PTR(name);
                        return 0;
                }
        }
        return -ENFILE;
}

static int depth_of(const Unpacked *unpacked)
{
        int deepest = 0;

        for (size_t i = 0; i < unpacked->n; i++) {
                int depth = 1;

                for (const char *p = unpacked->files[i].path; (p = strchr(p, '/')); p++)
                        depth++;
                deepest = MAX(deepest, depth);
        }
        return deepest;
}

/* Beside the archive, unless folders cannot be made there. */
static int find_parent(const Applying *a, const Unpacked *unpacked, int64_t *ret)
{
        int64_t parent =
                a->archive->folder == FOLDER_REJECTED ? (int64_t)FOLDER_POINT : a->archive->folder;
        int r = folders_depth(a->catalog, parent);

        if (r < 0)
                return r;
        *ret = r + depth_of(unpacked) > FOLDER_DEPTH_MAX ? (int64_t)FOLDER_POINT : parent;
        return 0;
}

/* Of an archive with a single folder that is called like itself, the folder is not made twice.
 * Bytes of a path that are it. */
static size_t same_folder(const Applying *a, const Unpacked *unpacked)
{
        size_t n = archive_stem(a->archive->name);

        for (size_t i = 0; i < unpacked->n; i++)
                if (strncmp(unpacked->files[i].path, a->archive->name, n) != 0 ||
                    unpacked->files[i].path[n] != '/')
                        return 0;
        return n + 1;
}

/* ---- the files ---- */

/* The folder of the path, made where it is missing. */
static int find_folder(Applying *a, const char *path, int64_t *ret)
{
        const char *name = strrchr(path, '/'), *part = path;
        int64_t folder = a->folder;

        if (!name) {
                *ret = folder;
                return 0;
        }
        if (a->path && a->path_bytes == (size_t)(name - path) &&
            memcmp(a->path, path, a->path_bytes) == 0) {
                *ret = a->path_folder;
                return 0;
        }
        while (part < name) {
                size_t n = strcspn(part, "/");
                _cleanup_free_ char *text = strndup(part, n);
                int r = text ? make_folder(a, folder, text, &folder) : -ENOMEM;

                if (r < 0)
                        return r;
                part += n + 1;
        }
        a->path = path;
        a->path_bytes = (size_t)(name - path);
        a->path_folder = *ret = folder;
        return 0;
}

/* A name that no other file of the folder waits for its verdict under. */
static int find_file_name(const Applying *a, int64_t folder, const char *name, char **ret)
{
        for (int i = 1; i <= NUMBERED_NAME_MAX; i++) {
                _cleanup_submission_ SubmissionRow other = {};
                _cleanup_free_ char *numbered = NULL;
                int r = numbered_name(name, i, &numbered);

                if (r >= 0)
                        r = catalog_find_upload(a->catalog, where_of(a, folder), numbered, &other);
                if (r < 0)
                        return r;
                if (r == 0) {
                        *ret = TAKE_PTR(numbered);
                        return 0;
                }
        }
        return -ENFILE;
}

static int add_file(Applying *a, const UnpackedFile *file, int64_t mtime, int64_t *ret_id)
{
        const char *path = file->path + a->skip, *slash = strrchr(path, '/');
        _cleanup_free_ char *name = NULL;
        SubmissionRow row = {
                .batch = a->archive->batch,
                .point = a->archive->point,
                .size = file->size,
                /* A clock that was never set, or is ahead. */
                .mtime = file->mtime > 0 && file->mtime <= a->now ? file->mtime : mtime,
                .mode = a->archive->mode,
                .uid = a->archive->uid,
                .gid = a->archive->gid,
                .actor = a->archive->actor,
                .created = a->now,
                .original = file->original,
                .archive = a->archive->id,
        };
        int r = find_folder(a, path, &row.folder);

        if (r >= 0)
                r = find_file_name(a, row.folder, slash ? slash + 1 : path, &name);
        if (r < 0)
                return r;
        row.name = name;
        return catalog_add_received(a->catalog, &row, ret_id);
}

static int add_files(Applying *a, const Unpacked *unpacked, int64_t mtime, UnpackedRows *ret)
{
        a->skip = same_folder(a, unpacked);
        for (size_t i = 0; i < unpacked->n; i++) {
                int r = add_file(a, &unpacked->files[i], mtime, &ret->last);

                if (r < 0)
                        return r;
                if (i == 0)
                        ret->first = ret->last;
        }
        return 0;
}

/* ---- the archive ---- */

static int end_archive(const Applying *a, const Unpacked *unpacked, const Judgement *judgement,
                       int64_t mtime)
{
        const SubmissionRow *row = a->archive;
        EventRow event = {.wall = a->now,
                          .kind = EVENT_RECEIVED,
                          .point = row->point,
                          .submission = row->id,
                          .uid = row->actor};
        char detail[24];
        int r = catalog_set_submission_received(a->catalog, row->id, judgement->size, mtime,
                                                a->now);

        if (r >= 0)
                r = catalog_set_submission_original(a->catalog, row->id, &judgement->original,
                                                    judgement->size);
        if (r >= 0)
                r = catalog_supersede_rejected(a->catalog, where_of(a, row->folder), row->name, 0,
                                               row->id);
        if (r >= 0)
                r = catalog_set_submission_applied(a->catalog, row->id, SUBMISSION_UNPACKED, NULL,
                                                   a->now);
        if (r >= 0)
                r = catalog_add_event(a->catalog, &event);
        (void)snprintf(detail, sizeof(detail), "%zu", unpacked->n);
        event.kind = EVENT_UNPACKED;
        event.detail = detail;
        return r < 0 ? r : catalog_add_event(a->catalog, &event);
}

void unpacked_rows_done(UnpackedRows *rows)
{
        free(rows->folder);
        *rows = (UnpackedRows){};
}

int unpacking_apply(Catalog *catalog, int64_t submission, const Judgement *judgement,
                    const Unpacked *unpacked, int64_t mtime, int64_t now, UnpackedRows *ret)
{
        _cleanup_(unpacked_rows_done) UnpackedRows rows = {};
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_point_ PointRow point = {};
        Applying applying = {.catalog = catalog, .archive = &row, .point = &point, .now = now};
        int r = receive_get(catalog, submission, judgement->generation, &row);

        if (r < 0)
                return r;
        if (row.temporary || row.state > SUBMISSION_RECEIVED)
                return -ESTALE;
        r = catalog_get_point(catalog, row.point, &point);
        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        r = find_parent(&applying, unpacked, &rows.parent);
        if (r >= 0)
                r = find_folder_name(&applying, rows.parent, &rows.folder);
        if (r >= 0)
                r = make_folder(&applying, rows.parent, rows.folder, &applying.folder);
        if (r >= 0)
                r = add_files(&applying, unpacked, mtime, &rows);
        if (r >= 0)
                r = end_archive(&applying, unpacked, judgement, mtime);
        if (r < 0)
                return r;
        *ret = rows;
        rows = (UnpackedRows){};
        return 0;
}
