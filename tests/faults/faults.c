/* SPDX-License-Identifier: MIT */
/* The calls and their 64-bit twins are different symbols here. */
#undef _FILE_OFFSET_BITS
#include "faults.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The power loss: what is durable is kept in memory, by inode number, as it was at the last sync of
 * each file and directory. An inode that loses its last name would be given to a new file, whose
 * bytes then stood under the old one's durable name; so every name that goes is kept a moment
 * longer as a link in a grave beside the image.
 */

#define FAULTS_API __attribute__((visibility("default")))
#define REAL(name) ((__typeof__(&(name)))real(#name))

typedef struct Kept {
        ino_t ino;
        bool directory;
        char *data; /* of a file; of a directory: "d" or "f", inode, space, name, NUL, and so on */
        size_t size;
        struct Kept *next;
} Kept;

static Fault armed;
static char root[PATH_MAX], image[PATH_MAX];
static size_t root_length;
static atomic_uint counted;
static atomic_bool active;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Kept *kept;
static unsigned graves;
static _Thread_local bool inside; /* what this library does itself is not counted */

static void *real(const char *name)
{
        void *f = dlsym(RTLD_NEXT, name);

        if (!f)
                abort();
        return f;
}

static bool below_root(const char *path)
{
        return strncmp(path, root, root_length) == 0 &&
               (path[root_length] == '/' || path[root_length] == '\0' || path[root_length] == ' ');
}

static bool fd_below_root(int fd)
{
        char name[64], path[PATH_MAX];
        ssize_t n;

        if (!active || inside || armed.kind == FAULT_NO_MEMORY)
                return false;
        (void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
        n = readlink(name, path, sizeof(path) - 1);
        if (n < 0)
                return false;
        path[n] = '\0';
        return below_root(path);
}

static bool name_below_root(int dirfd, const char *path)
{
        if (!active || inside || armed.kind == FAULT_NO_MEMORY)
                return false;
        return path[0] == '/' ? below_root(path) : fd_below_root(dirfd);
}

/* Whether this call is one that fails; errno is set then. */
static bool hit(void)
{
        unsigned n = ++counted;

        if (armed.kind != FAULT_ERROR || armed.n == 0 || (armed.once ? n != armed.n : n < armed.n))
                return false;
        errno = armed.error;
        return true;
}

/* ---- what is durable ---- */

static void put_bytes(Kept *k, const void *data, size_t size)
{
        char *more = realloc(k->data, k->size + size);

        if (!more)
                abort();
        memcpy(more + k->size, data, size);
        k->data = more;
        k->size += size;
}

static Kept *find_kept(ino_t ino)
{
        Kept *k = kept;

        while (k && k->ino != ino)
                k = k->next;
        return k;
}

static void keep_file(int fd, Kept *k)
{
        static char chunk[1 << 16];
        off_t offset = 0;
        ssize_t n;

        while ((n = pread(fd, chunk, sizeof(chunk), offset)) > 0) {
                put_bytes(k, chunk, (size_t)n);
                offset += n;
        }
}

static void keep_directory(int fd, Kept *k)
{
        DIR *dir = fdopendir(dup(fd));
        struct dirent *entry;

        if (!dir)
                abort();
        rewinddir(dir);
        while ((entry = readdir(dir))) {
                char line[PATH_MAX];
                int n;

                if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                        continue;
                n = snprintf(line, sizeof(line), "%c%llu %s", entry->d_type == DT_DIR ? 'd' : 'f',
                             (unsigned long long)entry->d_ino, entry->d_name);
                put_bytes(k, line, (size_t)n + 1);
        }
        (void)closedir(dir);
}

static void keep(int fd)
{
        char name[64];
        struct stat st;
        Kept *k;
        int own;

        /* The caller's may be open for writing only. */
        (void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
        own = open(name, O_RDONLY | O_CLOEXEC);
        if (own < 0 || fstat(own, &st) < 0)
                abort();
        k = find_kept(st.st_ino);
        if (!k) {
                k = calloc(1, sizeof(*k));
                if (!k)
                        abort();
                k->ino = st.st_ino;
                k->next = kept;
                kept = k;
        }
        free(k->data);
        k->data = NULL;
        k->size = 0;
        k->directory = S_ISDIR(st.st_mode);
        if (k->directory)
                keep_directory(own, k);
        else
                keep_file(own, k);
        (void)close(own);
}

static void keep_tree(const char *path)
{
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        DIR *dir;
        struct dirent *entry;

        if (fd < 0)
                abort();
        keep(fd);
        dir = fdopendir(fd);
        while (dir && (entry = readdir(dir))) {
                char below[PATH_MAX];

                if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                        continue;
                (void)snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
                keep_tree(below);
        }
        if (dir)
                (void)closedir(dir);
        else
                (void)close(fd);
}

static void build_file(const char *path, ino_t ino)
{
        const Kept *k = find_kept(ino);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

        if (fd < 0 || (k && k->size > 0 && write(fd, k->data, k->size) != (ssize_t)k->size))
                abort();
        (void)close(fd);
}

static void build_strict(const char *path, ino_t ino)
{
        const Kept *k = find_kept(ino);

        if (mkdir(path, 0700) < 0)
                abort();
        for (size_t at = 0; k && at < k->size; at += strlen(k->data + at) + 1) {
                const char *line = k->data + at;
                char below[PATH_MAX], *name;
                ino_t entry = (ino_t)strtoull(line + 1, &name, 10);

                (void)snprintf(below, sizeof(below), "%s/%s", path, name + 1);
                if (line[0] == 'd')
                        build_strict(below, entry);
                else
                        build_file(below, entry);
        }
}

static void build_names(const char *path, const char *from)
{
        DIR *dir = opendir(from);
        struct dirent *entry;

        if (!dir || mkdir(path, 0700) < 0)
                abort();
        while ((entry = readdir(dir))) {
                char below[PATH_MAX], source[PATH_MAX];

                if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                        continue;
                (void)snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
                (void)snprintf(source, sizeof(source), "%s/%s", from, entry->d_name);
                if (entry->d_type == DT_DIR)
                        build_names(below, source);
                else
                        build_file(below, entry->d_ino);
        }
        (void)closedir(dir);
}

static void lose_power(void)
{
        struct stat st;

        if (stat(root, &st) < 0)
                abort();
        if (armed.kind == FAULT_LOSS_STRICT)
                build_strict(image, st.st_ino);
        else
                build_names(image, root);
        _exit(FAULT_POWER_LOST);
}

static bool loses(void)
{
        return armed.kind == FAULT_LOSS_STRICT || armed.kind == FAULT_LOSS_NAMES;
}

/* A sync of the file behind fd. */
static int synced(int fd, int (*call)(int))
{
        int r;

        if (!fd_below_root(fd))
                return call(fd);
        if (!loses())
                return hit() ? -1 : call(fd);
        (void)pthread_mutex_lock(&lock);
        inside = true;
        if (++counted == armed.n)
                lose_power();
        r = call(fd);
        if (r >= 0)
                keep(fd);
        inside = false;
        (void)pthread_mutex_unlock(&lock);
        return r;
}

/* Before a name goes. */
static void bury(int dirfd, const char *path)
{
        char grave[PATH_MAX + 32];

        if (!loses())
                return;
        inside = true;
        (void)snprintf(grave, sizeof(grave), "%s.grave", image);
        (void)mkdir(grave, 0700);
        (void)snprintf(grave, sizeof(grave), "%s.grave/%u", image, ++graves);
        (void)REAL(linkat)(dirfd, path, AT_FDCWD, grave, 0);
        inside = false;
}

/* Of a file that has just been made nothing is durable. */
static void forget(int fd)
{
        struct stat st;
        Kept *k;

        if (!loses() || fd < 0 || fstat(fd, &st) < 0 || st.st_size > 0)
                return;
        (void)pthread_mutex_lock(&lock);
        k = find_kept(st.st_ino);
        if (k && !k->directory)
                k->size = 0;
        (void)pthread_mutex_unlock(&lock);
}

/* ---- the calls ---- */

/* An own one that is in the way of a bound write: half of it has happened. */
#define WRITTEN(fd, size, whole, half) \
        do { \
                if (fd_below_root(fd) && !loses() && hit()) { \
                        int error = errno; \
                        if ((size) > 1) \
                                (void)(half); \
                        errno = error; \
                        return -1; \
                } \
                return whole; \
        } while (0)

FAULTS_API ssize_t write(int fd, const void *data, size_t size)
{
        WRITTEN(fd, size, REAL(write)(fd, data, size), REAL(write)(fd, data, size / 2));
}

FAULTS_API ssize_t pwrite(int fd, const void *data, size_t size, off_t offset)
{
        WRITTEN(fd, size, REAL(pwrite)(fd, data, size, offset),
                REAL(pwrite)(fd, data, size / 2, offset));
}

FAULTS_API ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset)
{
        WRITTEN(fd, size, REAL(pwrite64)(fd, data, size, offset),
                REAL(pwrite64)(fd, data, size / 2, offset));
}

FAULTS_API ssize_t copy_file_range(int from, off64_t *in, int to, off64_t *out, size_t size,
                                   unsigned flags)
{
        WRITTEN(to, size, REAL(copy_file_range)(from, in, to, out, size, flags), 0);
}

FAULTS_API int ftruncate(int fd, off_t size)
{
        WRITTEN(fd, 0, REAL(ftruncate)(fd, size), 0);
}

FAULTS_API int ftruncate64(int fd, off64_t size)
{
        WRITTEN(fd, 0, REAL(ftruncate64)(fd, size), 0);
}

FAULTS_API int fsync(int fd)
{
        return synced(fd, REAL(fsync));
}

FAULTS_API int fdatasync(int fd)
{
        return synced(fd, REAL(fdatasync));
}

/* Whether the change of that name is to happen. */
static bool may_change(int dirfd, const char *path)
{
        return !name_below_root(dirfd, path) || loses() || !hit();
}

static void going(int dirfd, const char *path)
{
        if (name_below_root(dirfd, path))
                bury(dirfd, path);
}

FAULTS_API int linkat(int dirfd, const char *path, int new_dirfd, const char *new_path, int flags)
{
        return may_change(new_dirfd, new_path)
                       ? REAL(linkat)(dirfd, path, new_dirfd, new_path, flags)
                       : -1;
}

FAULTS_API int link(const char *path, const char *new_path)
{
        return linkat(AT_FDCWD, path, AT_FDCWD, new_path, 0);
}

FAULTS_API int renameat2(int dirfd, const char *path, int new_dirfd, const char *new_path,
                         unsigned flags)
{
        if (!may_change(new_dirfd, new_path))
                return -1;
        going(new_dirfd, new_path);
        return REAL(renameat2)(dirfd, path, new_dirfd, new_path, flags);
}

FAULTS_API int renameat(int dirfd, const char *path, int new_dirfd, const char *new_path)
{
        return renameat2(dirfd, path, new_dirfd, new_path, 0);
}

FAULTS_API int rename(const char *path, const char *new_path)
{
        return renameat2(AT_FDCWD, path, AT_FDCWD, new_path, 0);
}

FAULTS_API int unlinkat(int dirfd, const char *path, int flags)
{
        if (!may_change(dirfd, path))
                return -1;
        if (!(flags & AT_REMOVEDIR))
                going(dirfd, path);
        return REAL(unlinkat)(dirfd, path, flags);
}

FAULTS_API int unlink(const char *path)
{
        return unlinkat(AT_FDCWD, path, 0);
}

FAULTS_API int mkdirat(int dirfd, const char *path, mode_t mode)
{
        return may_change(dirfd, path) ? REAL(mkdirat)(dirfd, path, mode) : -1;
}

FAULTS_API int mkdir(const char *path, mode_t mode)
{
        return mkdirat(AT_FDCWD, path, mode);
}

static int opened(const char *call, int dirfd, const char *path, int flags, mode_t mode)
{
        int (*open_real)(int, const char *, int, ...) =
                (int (*)(int, const char *, int, ...))real(call);
        bool making = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
        int fd;

        if (making && !may_change(dirfd, path))
                return -1;
        fd = open_real(dirfd, path, flags, mode);
        if (making && name_below_root(dirfd, path))
                forget(fd);
        return fd;
}

#define MODE_OF(flags) \
        ({ \
                va_list arguments; \
                mode_t mode_ = 0; \
                if (((flags)&O_CREAT) || ((flags)&O_TMPFILE) == O_TMPFILE) { \
                        va_start(arguments, flags); \
                        mode_ = va_arg(arguments, mode_t); \
                        va_end(arguments); \
                } \
                mode_; \
        })

FAULTS_API int openat(int dirfd, const char *path, int flags, ...)
{
        return opened("openat", dirfd, path, flags, MODE_OF(flags));
}

FAULTS_API int openat64(int dirfd, const char *path, int flags, ...)
{
        return opened("openat64", dirfd, path, flags, MODE_OF(flags));
}

FAULTS_API int open(const char *path, int flags, ...)
{
        return opened("openat", AT_FDCWD, path, flags, MODE_OF(flags));
}

FAULTS_API int open64(const char *path, int flags, ...)
{
        return opened("openat64", AT_FDCWD, path, flags, MODE_OF(flags));
}

/* ---- memory ---- */

#if !HAVE_SANITIZERS
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

static bool no_memory(void)
{
        unsigned n;

        if (!active || inside || armed.kind != FAULT_NO_MEMORY)
                return false;
        n = ++counted;
        if (armed.n == 0 || (armed.once ? n != armed.n : n < armed.n))
                return false;
        errno = ENOMEM;
        return true;
}

FAULTS_API void *malloc(size_t size)
{
        return no_memory() ? NULL : __libc_malloc(size);
}

FAULTS_API void *calloc(size_t n, size_t size)
{
        return no_memory() ? NULL : __libc_calloc(n, size);
}

FAULTS_API void *realloc(void *p, size_t size)
{
        return no_memory() ? NULL : __libc_realloc(p, size);
}
#endif

/* ---- control ---- */

FAULTS_API void faults_arm(const Fault *fault)
{
        armed = *fault;
        (void)snprintf(root, sizeof(root), "%s", fault->root ? fault->root : "");
        (void)snprintf(image, sizeof(image), "%s", fault->image ? fault->image : "");
        root_length = strlen(root);
        counted = 0;
        inside = true;
        if (loses())
                keep_tree(root);
        inside = false;
        active = true;
}

FAULTS_API void faults_disarm(void)
{
        active = false;
}

FAULTS_API unsigned faults_count(void)
{
        return counted;
}

__attribute__((constructor)) static void arm_by_environment(void)
{
        const char *directory = getenv("FAULT_ROOT"), *n = getenv("FAULT_N"),
                   *error = getenv("FAULT_ERRNO");

        if (directory)
                faults_arm(&(Fault){
                        .kind = FAULT_ERROR,
                        .root = directory,
                        .n = n ? (unsigned)strtoul(n, NULL, 10) : 0,
                        .error = error ? (int)strtol(error, NULL, 10) : EIO,
                        .once = getenv("FAULT_ONCE") != NULL,
                });
}
