/* SPDX-License-Identifier: MIT */
#include "tree.h"

#include "ghost.h"
#include "snapshot.h"
#include "upload.h"

#include <string.h>

enum {
        FOLDER_DEPTH_MAX = 32,
        BLOCK_SIZE = 4096,
};

/* ---- attributes ---- */

static struct timespec to_timespec(int64_t nsec)
{
        struct timespec ts = {.tv_sec = nsec / NSEC_PER_SEC, .tv_nsec = nsec % NSEC_PER_SEC};

        if (ts.tv_nsec < 0) {
                ts.tv_sec--;
                ts.tv_nsec += NSEC_PER_SEC;
        }
        return ts;
}

static void fill(struct stat *st, Node node, mode_t mode, uid_t uid, gid_t gid, uint64_t size,
                 int64_t mtime)
{
        *st = (struct stat){
                .st_ino = node_to_ino(node),
                .st_mode = mode,
                .st_nlink = S_ISDIR(mode) ? 2 : 1,
                .st_uid = uid,
                .st_gid = gid,
                .st_size = (off_t)size,
                .st_blksize = BLOCK_SIZE,
                .st_blocks = (blkcnt_t)((size + 511) / 512),
        };
        st->st_mtim = st->st_ctim = st->st_atim = to_timespec(mtime);
}

static void fill_root(const Fs *fs, struct stat *st)
{
        fill(st, (Node){.kind = NODE_ROOT}, S_IFDIR | 0755, fs->uid, fs->gid, BLOCK_SIZE,
             fs_now(fs));
}

static void fill_point(const PointRow *row, struct stat *st)
{
        fill(st, (Node){.kind = NODE_POINT, .id = row->id}, S_IFDIR | row->mode, row->uid, row->gid,
             BLOCK_SIZE, row->mtime);
}

static void fill_rejected_dir(const PointRow *row, struct stat *st)
{
        fill(st, (Node){.kind = NODE_REJECTED_DIR, .id = row->id}, S_IFDIR | row->mode, row->uid,
             row->gid, BLOCK_SIZE, row->mtime);
}

static void fill_folder(const FolderRow *row, const PointRow *point, struct stat *st)
{
        fill(st, (Node){.kind = NODE_FOLDER, .id = row->id}, S_IFDIR | row->mode, point->uid,
             point->gid, BLOCK_SIZE, row->mtime);
}

static void fill_submission(Node node, const SubmissionRow *row, struct stat *st)
{
        fill(st, node, S_IFREG | row->mode, row->uid, row->gid, row->size, row->mtime);
}

static void fill_upload(Fs *fs, const SubmissionRow *row, struct stat *st)
{
        _cleanup_upload_ UploadRef ref = {fs, upload_get(fs, row->id)};
        Node node = {.kind = NODE_UPLOAD, .id = row->id};

        if (ref.upload) {
                UploadAttributes a;

                upload_attributes(ref.upload, &a);
                fill(st, node, S_IFREG | a.mode, a.uid, a.gid, a.size, a.mtime);
        } else
                fill_submission(node, row, st);
}

static void fill_photo(const PhotoRow *row, const PointRow *point, struct stat *st)
{
        bool settled = row->state == STUDENT_APPROVED || row->state == STUDENT_LOCKED;

        fill(st, (Node){.kind = NODE_PHOTO, .id = row->id}, S_IFREG | (settled ? 0440 : 0640),
             point->uid, point->gid, row->size, row->mtime);
}

/* In rejected/ the original shows its own size and time, but belongs to the point: whoever may
 * enter may mend it. */
static void fill_rejected(const SubmissionRow *row, const PointRow *point, struct stat *st)
{
        fill(st, (Node){.kind = NODE_REJECTED, .id = row->id}, S_IFREG | 0660, point->uid,
             point->gid, row->size, row->mtime);
}

static int fill_reason(Fs *fs, Catalog *catalog, const SubmissionRow *row, const PointRow *point,
                       struct stat *st)
{
        _cleanup_free_ char *text = NULL;
        size_t size;
        int r = tree_reason_text(fs, catalog, row->id, &text, &size);

        if (r < 0)
                return r;
        fill(st, (Node){.kind = NODE_REASON, .id = row->id}, S_IFREG | 0440, point->uid, point->gid,
             size, row->applied);
        return 0;
}

static int fill_status(Fs *fs, Catalog *catalog, Node node, bool current, struct stat *st)
{
        _cleanup_point_ PointRow point = {};
        Snapshot *snapshot;
        int r;

        if (node.id != 0) {
                r = catalog_get_point(catalog, node.id, &point);
                if (r <= 0)
                        return r < 0 ? r : -ENOENT;
        }
        r = current ? snapshot_current(fs, catalog, node.id, &snapshot)
                    : snapshot_of(fs, catalog, node.id, node.version, &snapshot);
        if (r < 0)
                return r;
        node.version = snapshot->version;
        fill(st, node, S_IFREG | (node.id != 0 ? 0440 : 0444), node.id != 0 ? point.uid : fs->uid,
             node.id != 0 ? point.gid : fs->gid, snapshot->size, snapshot->mtime);
        snapshot_unref(fs, snapshot);
        return 0;
}

int tree_reason_text(Fs *fs, Catalog *catalog, int64_t submission, char **ret, size_t *ret_size)
{
        _cleanup_submission_ SubmissionRow row = {};
        Findings findings;
        ReasonFileModel model;
        int r;

        r = catalog_get_submission(catalog, submission, &row);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        r = catalog_get_findings(catalog, submission, &findings);
        if (r < 0)
                return r;
        model = (ReasonFileModel){
                .name = row.shown_name ? row.shown_name : row.name,
                .size_bytes = row.size,
                .received_nsec = row.received,
                .findings = &findings,
                .suggestion = row.suggestion && *row.suggestion ? row.suggestion : NULL,
        };
        return view_reason_file(&model, fs->language, ret, ret_size);
}

int tree_attributes(Fs *fs, Catalog *catalog, Node node, struct stat *ret)
{
        _cleanup_submission_ SubmissionRow submission = {};
        _cleanup_folder_ FolderRow folder = {};
        _cleanup_photo_ PhotoRow photo = {};
        _cleanup_point_ PointRow point = {};
        int64_t point_id = 0;
        int r = 1;

        switch (node.kind) {
        case NODE_ROOT:
                fill_root(fs, ret);
                return 0;
        case NODE_STATUS:
                return fill_status(fs, catalog, node, false, ret);
        case NODE_LITTER:
                return ghost_litter_attributes(fs, node, ret);
        case NODE_POINT:
        case NODE_REJECTED_DIR:
                point_id = node.id;
                break;
        case NODE_FOLDER:
                r = catalog_get_folder(catalog, node.id, &folder);
                point_id = folder.point;
                break;
        case NODE_PHOTO:
                r = catalog_get_photo(catalog, node.id, &photo);
                point_id = photo.point;
                break;
        default:
                r = catalog_get_submission(catalog, node.id, &submission);
                point_id = submission.point;
        }
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        r = catalog_get_point(catalog, point_id, &point);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        switch (node.kind) {
        case NODE_POINT:
                fill_point(&point, ret);
                break;
        case NODE_REJECTED_DIR:
                fill_rejected_dir(&point, ret);
                break;
        case NODE_FOLDER:
                fill_folder(&folder, &point, ret);
                break;
        case NODE_PHOTO:
                fill_photo(&photo, &point, ret);
                break;
        case NODE_UPLOAD:
                fill_upload(fs, &submission, ret);
                break;
        case NODE_ALIAS:
                fill_submission(node, &submission, ret);
                break;
        case NODE_REJECTED:
                fill_rejected(&submission, &point, ret);
                break;
        case NODE_REASON:
                return fill_reason(fs, catalog, &submission, &point, ret);
        default:
                return -ENOENT;
        }
        return 0;
}

double tree_attributes_timeout(Node node)
{
        /* A photo and an alias never change under their number but by a client's own call or a
         * decision, which is seen a second later; everything else may change any time by what other
         * threads do. */
        return node.kind == NODE_PHOTO || node.kind == NODE_ALIAS ? 1.0 : 0.0;
}

/* ---- names ---- */

int tree_place(Fs *fs _unused_, Catalog *catalog, Node directory, Place *ret)
{
        _cleanup_folder_ FolderRow folder = {};
        int r;

        switch (directory.kind) {
        case NODE_POINT:
                *ret = (Place){.point = directory.id, .folder = FOLDER_POINT};
                return 0;
        case NODE_REJECTED_DIR:
                *ret = (Place){.point = directory.id, .folder = FOLDER_REJECTED};
                return 0;
        case NODE_FOLDER:
                r = catalog_get_folder(catalog, directory.id, &folder);
                if (r <= 0)
                        return r < 0 ? r : -ENOENT;
                *ret = (Place){
                        .point = folder.point, .folder = folder.id, .temporary = folder.temporary};
                return 0;
        case NODE_ROOT:
                return -EACCES;
        default:
                return -ENOTDIR;
        }
}

static const FixedName root_entries[] = {FIXED_STATUS_TXT};
static const FixedName point_entries[] = {FIXED_STATUS_TXT, FIXED_REJECTED};

static size_t fixed_entries(Node directory, const FixedName **ret)
{
        if (directory.kind == NODE_ROOT) {
                *ret = root_entries;
                return ELEMENTSOF(root_entries);
        }
        if (directory.kind == NODE_POINT) {
                *ret = point_entries;
                return ELEMENTSOF(point_entries);
        }
        return 0;
}

FixedName tree_fixed(const Fs *fs, Node parent, const char *name)
{
        const FixedName *entries;
        size_t n = fixed_entries(parent, &entries);

        for (size_t i = 0; i < n; i++)
                if (strcmp(fixed_name(entries[i], fs->language), name) == 0)
                        return entries[i];
        return _FIXED_INVALID;
}

static int fixed_entry(Fs *fs, Catalog *catalog, Node parent, FixedName name, Entry *ret)
{
        Entry entry = {};
        int r;

        if (name == FIXED_STATUS_TXT) {
                entry.node =
                        (Node){.kind = NODE_STATUS, .id = parent.kind == NODE_ROOT ? 0 : parent.id};
                r = fill_status(fs, catalog, entry.node, true, &entry.attributes);
                if (r >= 0)
                        (void)node_from_ino(entry.attributes.st_ino, &entry.node);
        } else {
                entry.node = (Node){.kind = NODE_REJECTED_DIR, .id = parent.id};
                r = tree_attributes(fs, catalog, entry.node, &entry.attributes);
        }
        if (r < 0)
                return r;
        *ret = entry;
        return 1;
}

/* "2199…16.jpg" to its number; false for any other name. A roster's number may be shorter: a
 * passport's. */
static bool photo_name_to_number(const char *name, char ret[static ID_NUMBER_SIZE])
{
        size_t n = strlen(name);

        if (n < 5 || n > ID_NUMBER_LENGTH + 4 || strcmp(name + n - 4, ".jpg") != 0)
                return false;
        memcpy(ret, name, n - 4);
        ret[n - 4] = '\0';
        return true;
}

static int find_photo(Fs *fs, Catalog *catalog, int64_t point, const char *name, PhotoRow *ret)
{
        char number[ID_NUMBER_SIZE];
        _cleanup_free_ char *folded = NULL;
        int r = text_fold(name, &folded);

        if (r < 0)
                return r == -EILSEQ ? 0 : r;
        if (!photo_name_to_number(folded, number))
                return 0;
        return catalog_find_photo(catalog, fs->batch, point, number, ret);
}

static int lookup_in_rejected(Fs *fs, Catalog *catalog, const PointRow *point, const char *name,
                              Entry *ret)
{
        _cleanup_submission_ SubmissionRow row = {}, owner = {};
        _cleanup_free_ char *stem = NULL;
        int r;

        r = catalog_find_rejected(catalog, fs->batch, point->id, name, &row);
        if (r < 0)
                return r;
        if (r > 0) {
                ret->node = (Node){.kind = NODE_REJECTED, .id = row.id};
                fill_rejected(&row, point, &ret->attributes);
                return 1;
        }
        if (!text_ends_with(name, ".txt"))
                return 0;
        stem = strndup(name, strlen(name) - 4);
        if (!stem)
                return -ENOMEM;
        r = catalog_find_rejected(catalog, fs->batch, point->id, stem, &owner);
        if (r <= 0)
                return r;
        ret->node = (Node){.kind = NODE_REASON, .id = owner.id};
        r = fill_reason(fs, catalog, &owner, point, &ret->attributes);
        return r < 0 ? r : 1;
}

static int lookup_in_place(Fs *fs, Catalog *catalog, Node parent, const char *name, Entry *ret)
{
        _cleanup_submission_ SubmissionRow upload = {}, alias = {};
        _cleanup_folder_ FolderRow folder = {};
        _cleanup_photo_ PhotoRow photo = {};
        _cleanup_point_ PointRow point = {};
        Place place;
        int r;

        r = tree_place(fs, catalog, parent, &place);
        if (r < 0)
                return r;
        r = catalog_get_point(catalog, place.point, &point);
        if (r <= 0)
                return r;
        /* What is on its way comes first: it is what the client that wrote the name means by it. */
        r = catalog_find_upload(catalog, fs->batch, place.point, place.folder, name, &upload);
        if (r < 0)
                return r;
        if (r > 0) {
                ret->node = (Node){.kind = NODE_UPLOAD, .id = upload.id};
                fill_upload(fs, &upload, &ret->attributes);
                return 1;
        }
        if (place.folder == FOLDER_REJECTED) {
                r = lookup_in_rejected(fs, catalog, &point, name, ret);
                if (r != 0)
                        return r;
        }
        if (place.folder == FOLDER_POINT) {
                r = find_photo(fs, catalog, place.point, name, &photo);
                if (r < 0)
                        return r;
                if (r > 0) {
                        ret->node = (Node){.kind = NODE_PHOTO, .id = photo.id};
                        fill_photo(&photo, &point, &ret->attributes);
                        return 1;
                }
        }
        r = catalog_find_folder(catalog, fs->batch, place.point, place.folder, name, &folder);
        if (r < 0)
                return r;
        if (r > 0) {
                ret->node = (Node){.kind = NODE_FOLDER, .id = folder.id};
                fill_folder(&folder, &point, &ret->attributes);
                return 1;
        }
        r = catalog_find_alias(catalog, fs->batch, place.point, place.folder, name, &alias);
        if (r < 0)
                return r;
        if (r > 0) {
                ret->node = (Node){.kind = NODE_ALIAS, .id = alias.id};
                fill_submission(ret->node, &alias, &ret->attributes);
                return 1;
        }
        return 0;
}

int tree_lookup(Fs *fs, Catalog *catalog, Node parent, const char *name, Entry *ret)
{
        FixedName fixed = tree_fixed(fs, parent, name);
        _cleanup_point_ PointRow point = {};
        Node ghost;
        int r;

        ret->ghost = false;
        if (fixed >= 0)
                return fixed_entry(fs, catalog, parent, fixed, ret);
        if (parent.kind == NODE_ROOT) {
                r = catalog_find_point(catalog, name, &point);
                if (r <= 0)
                        return r;
                ret->node = (Node){.kind = NODE_POINT, .id = point.id};
                fill_point(&point, &ret->attributes);
                return 1;
        }
        r = lookup_in_place(fs, catalog, parent, name, ret);
        if (r != 0)
                return r;
        if (!ghost_find(fs, parent, name, &ghost))
                return 0;
        r = tree_attributes(fs, catalog, ghost, &ret->attributes);
        if (r < 0)
                return r == -ENOENT ? 0 : r;
        ret->node = ghost;
        ret->ghost = true;
        return 1;
}

/* ---- paths ---- */

int tree_path(Fs *fs, Catalog *catalog, const Place *place, const char *name, char **ret)
{
        _cleanup_point_ PointRow point = {};
        _cleanup_free_ char *path = strdup(name);
        int64_t folder = place->folder;
        char *longer;
        int r;

        if (!path)
                return -ENOMEM;
        for (int depth = 0; folder > 0; depth++) {
                _cleanup_folder_ FolderRow row = {};

                r = catalog_get_folder(catalog, folder, &row);
                if (r <= 0 || depth == FOLDER_DEPTH_MAX)
                        return r < 0 ? r : -ENOENT;
                if (asprintf(&longer, "%s/%s", row.name, path) < 0)
                        return -ENOMEM;
                free(path);
                path = longer;
                folder = row.parent;
        }
        if (folder == FOLDER_REJECTED) {
                if (asprintf(&longer, "%s/%s", fixed_name(FIXED_REJECTED, fs->language), path) < 0)
                        return -ENOMEM;
                free(path);
                path = longer;
        }
        r = catalog_get_point(catalog, place->point, &point);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        if (asprintf(ret, "%s/%s", point.name, path) < 0)
                return -ENOMEM;
        return 0;
}

int tree_target_path(Fs *fs, Catalog *catalog, int64_t point, const JudgeTarget *target, char **ret)
{
        Place place = {.point = point, .folder = target->rejected ? FOLDER_REJECTED : FOLDER_POINT};

        return tree_path(fs, catalog, &place, target->name, ret);
}

/* ---- listing ---- */

/* Offsets: phase in the top byte, below it what the phase counts by. */
typedef enum Phase {
        PHASE_DOTS,
        PHASE_FIXED,
        PHASE_MAIN,
        PHASE_UPLOADS,
        PHASE_FOLDERS,
        _PHASE_MAX
} Phase;

#define PHASE_SHIFT 56
#define KEY_MASK    ((UINT64_C(1) << PHASE_SHIFT) - 1)

typedef struct Listing {
        Fs *fs;
        Catalog *catalog;
        Node directory;
        PointRow point;
        TreeCallback callback;
        void *userdata;
        uint64_t key; /* of the last entry given, in the current phase */
} Listing;

static int emit(Listing *l, Phase phase, uint64_t key, const char *name, const Entry *entry)
{
        return l->callback(name, entry, (uint64_t)phase << PHASE_SHIFT | key, l->userdata);
}

static int list_dots(Listing *l)
{
        static const char *const names[] = {".", ".."};

        for (uint64_t i = l->key; i < ELEMENTSOF(names); i++) {
                Entry entry = {.node = l->directory};
                int r;

                entry.attributes.st_ino = node_to_ino(l->directory);
                entry.attributes.st_mode = S_IFDIR;
                r = emit(l, PHASE_DOTS, i + 1, names[i], &entry);
                if (r != 0)
                        return r;
        }
        return 0;
}

static int list_fixed(Listing *l)
{
        const FixedName *entries;
        size_t n = fixed_entries(l->directory, &entries);

        for (size_t i = (size_t)l->key; i < n; i++) {
                Entry entry;
                int r = fixed_entry(l->fs, l->catalog, l->directory, entries[i], &entry);

                if (r < 0)
                        return r;
                r = emit(l, PHASE_FIXED, i + 1, fixed_name(entries[i], l->fs->language), &entry);
                if (r != 0)
                        return r;
        }
        return 0;
}

static int list_point(const PointRow *row, void *userdata)
{
        Entry entry = {.node = {.kind = NODE_POINT, .id = row->id}};

        fill_point(row, &entry.attributes);
        return emit(userdata, PHASE_MAIN, (uint64_t)row->id, row->name, &entry);
}

static int list_photo(const PhotoRow *row, void *userdata)
{
        Listing *l = userdata;
        Entry entry = {.node = {.kind = NODE_PHOTO, .id = row->id}};
        char name[ID_NUMBER_SIZE + 8];

        (void)snprintf(name, sizeof(name), "%.18s.jpg", row->id_number);
        fill_photo(row, &l->point, &entry.attributes);
        return emit(l, PHASE_MAIN, (uint64_t)row->id, name, &entry);
}

/* Two entries a row: the file at 2 x id, its reason at 2 x id + 1. */
static int list_rejected(const SubmissionRow *row, void *userdata)
{
        Listing *l = userdata;
        uint64_t key = (uint64_t)row->id * 2;
        Entry entry = {.node = {.kind = NODE_REJECTED, .id = row->id}};
        _cleanup_free_ char *name = NULL;
        int r;

        if (!row->shown_name)
                return 0;
        if (l->key < key) {
                fill_rejected(row, &l->point, &entry.attributes);
                r = emit(l, PHASE_MAIN, key, row->shown_name, &entry);
                if (r != 0)
                        return r;
        }
        if (asprintf(&name, "%s.txt", row->shown_name) < 0)
                return -ENOMEM;
        entry.node.kind = NODE_REASON;
        r = fill_reason(l->fs, l->catalog, row, &l->point, &entry.attributes);
        if (r < 0)
                return r;
        return emit(l, PHASE_MAIN, key + 1, name, &entry);
}

static int list_upload(const SubmissionRow *row, void *userdata)
{
        Listing *l = userdata;
        Entry entry = {.node = {.kind = NODE_UPLOAD, .id = row->id}};
        _cleanup_photo_ PhotoRow photo = {};
        _cleanup_submission_ SubmissionRow rejected = {};
        int r = 0;

        /* A name that something finished has already is in the list already. */
        if (l->directory.kind == NODE_POINT)
                r = find_photo(l->fs, l->catalog, row->point, row->name, &photo);
        else if (l->directory.kind == NODE_REJECTED_DIR)
                r = catalog_find_rejected(l->catalog, row->batch, row->point, row->name, &rejected);
        if (r != 0)
                return r < 0 ? r : 0;
        fill_upload(l->fs, row, &entry.attributes);
        return emit(l, PHASE_UPLOADS, (uint64_t)row->id, row->name, &entry);
}

static int list_folder(const FolderRow *row, void *userdata)
{
        Listing *l = userdata;
        Entry entry = {.node = {.kind = NODE_FOLDER, .id = row->id}};

        fill_folder(row, &l->point, &entry.attributes);
        return emit(l, PHASE_FOLDERS, (uint64_t)row->id, row->name, &entry);
}

static int list_phase(Listing *l, Phase phase, const Place *place)
{
        int64_t batch = l->fs->batch, key = (int64_t)l->key;

        switch (phase) {
        case PHASE_DOTS:
                return list_dots(l);
        case PHASE_FIXED:
                return list_fixed(l);
        case PHASE_MAIN:
                if (l->directory.kind == NODE_ROOT)
                        return catalog_list_points(l->catalog, key, list_point, l);
                if (l->directory.kind == NODE_POINT)
                        return catalog_list_photos(l->catalog, batch, place->point, key, list_photo,
                                                   l);
                if (l->directory.kind == NODE_REJECTED_DIR)
                        /* An odd key has given the file but its reason too, an even one only the
                         * file. */
                        return catalog_list_rejected(l->catalog, batch, place->point,
                                                     key % 2 ? key / 2 : key / 2 - (key > 0),
                                                     list_rejected, l);
                return 0;
        case PHASE_UPLOADS:
                if (l->directory.kind == NODE_ROOT)
                        return 0;
                return catalog_list_uploads(l->catalog, batch, place->point, place->folder, key,
                                            list_upload, l);
        case PHASE_FOLDERS:
                if (l->directory.kind == NODE_ROOT || l->directory.kind == NODE_REJECTED_DIR)
                        return 0;
                return catalog_list_folders(l->catalog, batch, place->point, place->folder, key,
                                            list_folder, l);
        default:
                return 0;
        }
}

int tree_list(Fs *fs, Catalog *catalog, Node directory, uint64_t offset, TreeCallback callback,
              void *userdata)
{
        Listing l = {
                .fs = fs,
                .catalog = catalog,
                .directory = directory,
                .callback = callback,
                .userdata = userdata,
        };
        Place place = {};
        int r = 0;

        if (directory.kind != NODE_ROOT) {
                r = tree_place(fs, catalog, directory, &place);
                if (r < 0)
                        return r;
                r = catalog_get_point(catalog, place.point, &l.point);
                if (r <= 0)
                        return r < 0 ? r : -ENOENT;
                r = 0;
        }
        l.key = offset & KEY_MASK;
        for (uint64_t phase = offset >> PHASE_SHIFT; phase < _PHASE_MAX && r == 0; phase++) {
                r = list_phase(&l, (Phase)phase, &place);
                l.key = 0;
        }
        point_row_done(&l.point);
        return r < 0 ? r : 0;
}
