/* SPDX-License-Identifier: MIT */
#include "inbox.h"

#include "attributes.h"

#include <idphoto/clientname.h>
#include <idphoto/hash.h>
#include <idphoto/io.h>

#include <dirent.h>
#include <fcntl.h>
#include <string.h>

struct Inbox {
        const Store *store;
        gid_t office_gid;
        int dirfd;
};

/* ---- folder ---- */

static const char *const suffixes[_LANGUAGE_MAX] = {
        [LANGUAGE_EN] = ".report.txt",
        [LANGUAGE_ZH] = ".导入报告.txt",
};

const char *inbox_report_suffix(Language language)
{
        return suffixes[language];
}

bool inbox_is_report(const char *name)
{
        for (int language = 0; language < _LANGUAGE_MAX; language++)
                if (text_ends_with(name, suffixes[language]))
                        return true;
        return false;
}

int inbox_new(const Store *store, gid_t office_gid, Inbox **ret)
{
        _cleanup_(inbox_freep) Inbox *inbox = calloc(1, sizeof(*inbox));
        int r;

        if (!inbox)
                return -ENOMEM;
        inbox->store = store;
        inbox->office_gid = office_gid;
        inbox->dirfd = -EBADF;
        r = mkdir_if_missing(store_dirfd(store), INBOX_FOLDER, 0700);
        if (r >= 0)
                r = fsync_dir(store_dirfd(store), ".");
        if (r < 0)
                return r;
        inbox->dirfd = openat(store_dirfd(store), INBOX_FOLDER,
                              O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (inbox->dirfd < 0)
                return -errno;
        *ret = TAKE_PTR(inbox);
        return 0;
}

void inbox_free(Inbox *inbox)
{
        if (!inbox)
                return;
        (void)safe_close(inbox->dirfd);
        free(inbox);
}

int inbox_for_each(const Inbox *inbox, InboxCallback callback, void *userdata)
{
        int fd = openat(inbox->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
        struct dirent *entry;
        DIR *dir;

        if (fd < 0)
                return -errno;
        dir = fdopendir(fd);
        if (!dir) {
                r = -errno;
                (void)close(fd);
                return r;
        }
        while (r == 0 && (entry = readdir(dir))) {
                struct stat st;

                if (fstatat(inbox->dirfd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) >= 0 &&
                    S_ISREG(st.st_mode))
                        r = callback(entry->d_name, &st, userdata);
        }
        (void)closedir(dir);
        return r;
}

typedef struct NodeSearch {
        ino_t inode;
        char *name;
} NodeSearch;

static int compare_inode(const char *name, const struct stat *st, void *userdata)
{
        NodeSearch *search = userdata;

        if (st->st_ino != search->inode)
                return 0;
        search->name = strdup(name);
        return search->name ? 1 : -ENOMEM;
}

int inbox_name(const Inbox *inbox, Node node, char **ret)
{
        NodeSearch search = {.inode = (ino_t)node.id};
        int r = inbox_for_each(inbox, compare_inode, &search);

        *ret = search.name;
        return r > 0 ? 0 : r == 0 ? -ESTALE : r;
}

/* Before a client could set the mode, files were made with 0600 and shown as 0660. */
static mode_t shown_mode(mode_t mode)
{
        return (mode & 07777) == 0600 ? 0660 : mode & 0777;
}

static mode_t kept_mode(mode_t mode)
{
        mode &= 0777;
        return mode == 0600 ? mode | S_ISVTX : mode;
}

/* Files are made with the daemon's own group, and it stands for the office's. */
static gid_t shown_gid(const Inbox *inbox, gid_t gid)
{
        return gid == getegid() ? inbox->office_gid : gid;
}

static gid_t kept_gid(const Inbox *inbox, gid_t gid)
{
        return gid == inbox->office_gid ? getegid() : gid;
}

static void fill(const Inbox *inbox, const struct stat *from, bool report, Node *ret_node,
                 struct stat *ret)
{
        Node node = {.kind = NODE_INBOX, .id = (int64_t)from->st_ino};

        attributes_fill(ret, node, S_IFREG | (report ? 0440 : shown_mode(from->st_mode)),
                        from->st_uid, shown_gid(inbox, from->st_gid), (uint64_t)from->st_size,
                        timespec_to_nsec(from->st_mtim));
        *ret_node = node;
}

int inbox_lookup(Inbox *inbox, const char *name, Entry *ret)
{
        struct stat st;

        if (strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
                return 0;
        if (fstatat(inbox->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                return errno == ENOENT ? 0 : -errno;
        if (!S_ISREG(st.st_mode))
                return 0;
        fill(inbox, &st, inbox_is_report(name), &ret->node, &ret->attributes);
        return 1;
}

int inbox_attributes(Inbox *inbox, Node node, struct stat *ret)
{
        _cleanup_free_ char *name = NULL;
        Entry entry;
        int r = inbox_name(inbox, node, &name);

        if (r >= 0)
                r = inbox_lookup(inbox, name, &entry);
        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        *ret = entry.attributes;
        return 0;
}

int inbox_dirfd(const Inbox *inbox)
{
        return inbox->dirfd;
}

/* ---- listing ---- */

typedef struct Listed {
        uint64_t inode;
        char *name;
        struct stat st;
} Listed;

typedef struct InboxListing {
        Listed items[INBOX_FILES_MAX];
        size_t n;
} InboxListing;

static int collect(const char *name, const struct stat *st, void *userdata)
{
        InboxListing *l = userdata;

        if (name_class_of_file(name) != NAME_NORMAL || text_ends_with(name, INBOX_PART_SUFFIX) ||
            l->n == INBOX_FILES_MAX)
                return 0;
        l->items[l->n] = (Listed){.inode = st->st_ino, .name = strdup(name), .st = *st};
        return l->items[l->n].name ? (l->n++, 0) : -ENOMEM;
}

static int by_inode(const void *a, const void *b)
{
        const Listed *x = a, *y = b;

        return (x->inode > y->inode) - (x->inode < y->inode);
}

int inbox_list(Inbox *inbox, uint64_t after, TreeCallback callback, void *userdata)
{
        InboxListing *l = calloc(1, sizeof(*l));
        int r;

        if (!l)
                return -ENOMEM;
        r = inbox_for_each(inbox, collect, l);
        qsort(l->items, l->n, sizeof(l->items[0]), by_inode);
        for (size_t i = 0; i < l->n && r == 0; i++) {
                Entry entry = {};

                if (l->items[i].inode <= after)
                        continue;
                fill(inbox, &l->items[i].st, inbox_is_report(l->items[i].name), &entry.node,
                     &entry.attributes);
                r = callback(l->items[i].name, &entry, l->items[i].inode, userdata);
        }
        for (size_t i = 0; i < l->n; i++)
                free(l->items[i].name);
        free(l);
        return r;
}

/* ---- files ---- */

static int count_file(const char *name _unused_, const struct stat *st _unused_, void *userdata)
{
        ++*(int *)userdata;
        return 0;
}

int inbox_create(Inbox *inbox, const char *name, Actor actor, Node *ret, int *ret_fd)
{
        _cleanup_close_ int fd = -EBADF;
        struct stat st;
        int n = 0;

        if (inbox_is_report(name))
                return -EACCES;
        (void)inbox_for_each(inbox, count_file, &n);
        if (n >= INBOX_FILES_MAX || store_room(inbox->store) != STORE_ROOM_ENOUGH)
                return -ENOSPC;
        fd = openat(inbox->dirfd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0 || fstat(fd, &st) < 0)
                return -errno;
        /* The import runs in the dropper's name. Without root that is always the daemon's user. */
        if (fchown(fd, actor.uid, getegid()) < 0 && errno != EPERM)
                return -errno;
        *ret = (Node){.kind = NODE_INBOX, .id = (int64_t)st.st_ino};
        *ret_fd = TAKE_FD(fd);
        return 0;
}

int inbox_open(Inbox *inbox, Node node, int flags, int *ret_fd)
{
        _cleanup_free_ char *name = NULL;
        int r = inbox_name(inbox, node, &name), fd;

        if (r < 0)
                return r;
        if ((flags & O_ACCMODE) != O_RDONLY && inbox_is_report(name))
                return -EACCES;
        fd = openat(inbox->dirfd, name,
                    ((flags & O_ACCMODE) == O_RDONLY ? O_RDONLY : O_RDWR) | (flags & O_TRUNC) |
                            O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
                return errno == ENOENT ? -ESTALE : -errno;
        *ret_fd = fd;
        return 0;
}

int inbox_write(int fd, const void *data, size_t size, off_t offset)
{
        if (offset < 0 || (uint64_t)offset + size > INBOX_FILE_BYTES_MAX)
                return -EFBIG;
        return pwrite_full(fd, data, size, offset);
}

int inbox_truncate(Inbox *inbox, Node node, int fd, uint64_t size)
{
        _cleanup_close_ int own = -EBADF;
        int r;

        if (size > INBOX_FILE_BYTES_MAX)
                return -EFBIG;
        if (fd < 0) {
                r = inbox_open(inbox, node, O_RDWR, &own);
                if (r < 0)
                        return r;
                fd = own;
        }
        return ftruncate(fd, (off_t)size) < 0 ? -errno : 0;
}

int inbox_set_attributes(Inbox *inbox, Node node, const MetadataChange *set)
{
        uid_t uid = set->uid ? *set->uid : (uid_t)-1;
        gid_t gid = set->gid ? kept_gid(inbox, *set->gid) : (gid_t)-1;
        _cleanup_free_ char *name = NULL;
        int r = inbox_name(inbox, node, &name);

        if (r < 0)
                return r;
        if (inbox_is_report(name) || (set->gid && shown_gid(inbox, gid) != *set->gid))
                return -EPERM;
        if ((set->uid || set->gid) &&
            fchownat(inbox->dirfd, name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
                return -errno;
        if (set->mode && fchmodat(inbox->dirfd, name, kept_mode(*set->mode), 0) < 0)
                return -errno;
        if (set->mtime) {
                const struct timespec times[] = {{.tv_nsec = UTIME_OMIT},
                                                 timespec_from_nsec(*set->mtime)};

                if (utimensat(inbox->dirfd, name, times, AT_SYMLINK_NOFOLLOW) < 0)
                        return -errno;
        }
        return 0;
}

int inbox_mtime(const Inbox *inbox, int64_t *ret)
{
        struct stat st;

        if (fstat(inbox->dirfd, &st) < 0)
                return -errno;
        *ret = timespec_to_nsec(st.st_mtim);
        return 0;
}

int inbox_sync(Inbox *inbox)
{
        return fsync(inbox->dirfd) < 0 ? -errno : 0;
}

int inbox_beside(const char *name, const char *suffix, char **ret)
{
        enum { DIGITS = 16 };
        size_t room = NAME_BYTES_MAX - strlen(suffix);
        _cleanup_free_ char *visible = strdup(name);
        char hex[SHA256_HEX_SIZE];
        Sha256 hash;
        int r;

        if (!visible)
                return -ENOMEM;
        text_drop_invisible(visible);
        if (strlen(name) <= room && strcmp(visible, name) == 0)
                return asprintf(ret, "%s%s", name, suffix) < 0 ? -ENOMEM : 0;
        r = sha256_data(name, strlen(name), &hash);
        if (r < 0)
                return r;
        return asprintf(ret, "%.*s~%.*s%s", (int)text_prefix(visible, room - DIGITS - 1), visible,
                        DIGITS, sha256_to_hex(&hash, hex), suffix) < 0
                       ? -ENOMEM
                       : 0;
}

int inbox_has_report(const Inbox *inbox, const char *name)
{
        for (int language = 0; language < _LANGUAGE_MAX; language++) {
                _cleanup_free_ char *report = NULL;
                int r = inbox_beside(name, suffixes[language], &report);

                if (r < 0)
                        return r;
                if (faccessat(inbox->dirfd, report, F_OK, 0) == 0)
                        return 1;
        }
        return 0;
}

void inbox_remove_report(const Inbox *inbox, const char *name)
{
        for (int language = 0; language < _LANGUAGE_MAX; language++) {
                _cleanup_free_ char *report = NULL;

                if (inbox_beside(name, suffixes[language], &report) >= 0)
                        (void)unlinkat(inbox->dirfd, report, 0);
        }
}

int inbox_unlink(Inbox *inbox, const char *name)
{
        if (unlinkat(inbox->dirfd, name, 0) < 0)
                return -errno;
        if (!inbox_is_report(name))
                inbox_remove_report(inbox, name);
        return 0;
}
