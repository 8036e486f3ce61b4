/* SPDX-License-Identifier: MIT */
#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 12)

#include <idphoto/io.h>
#include <idphoto/util.h>

#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

/*
 * block-recorder IMAGE LOG POSITION MOUNTPOINT
 *
 * Serves IMAGE as MOUNTPOINT/disk and appends everything that is done to it to LOG. A loop device
 * on that file turns a filesystem's block requests into writes and fsyncs of it; a write that must
 * reach the platter at once (FUA) arrives as a write and an fsync.
 *
 * LOG is a row of records: a RecordHeader, and after the header of a write its bytes. POSITION
 * holds one 64-bit integer, mapped so that it can be read at any time: how many records there are.
 * A request is answered only after its record counts. So whoever reads POSITION after some fsync
 * returned knows a length of the log that holds all which this fsync has written.
 *
 * One thread serves all: the order of the log is the order in which the requests were done.
 */

enum {
        DISK_INODE = 2,
        WRITE_MAX = 1 << 20,
        CACHE_SECONDS = 1000,
};

typedef enum RecordKind {
        RECORD_WRITE = 1,
        RECORD_FLUSH = 2,
} RecordKind;

typedef struct RecordHeader {
        uint64_t offset;
        uint32_t length; /* of the bytes that follow */
        uint32_t kind;
} RecordHeader;

typedef struct Recorder {
        int image;
        int log;
        off_t size;
        _Atomic uint64_t *position;
} Recorder;

static Recorder *recorder_of(fuse_req_t req)
{
        return fuse_req_userdata(req);
}

/* A log that lacks a record would accuse the store of a loss: there is nothing to go on with. */
static void record(Recorder *recorder, RecordKind kind, uint64_t offset, const char *data,
                   size_t length)
{
        RecordHeader header = {.offset = offset, .length = (uint32_t)length, .kind = kind};

        if (write_full(recorder->log, &header, sizeof(header)) < 0 ||
            write_full(recorder->log, data, length) < 0) {
                perror("block-recorder: log");
                abort();
        }
        atomic_fetch_add(recorder->position, 1);
}

static void fill_stat(const Recorder *recorder, fuse_ino_t ino, struct stat *ret)
{
        *ret = (struct stat){.st_ino = ino, .st_blksize = 4096};
        if (ino == FUSE_ROOT_ID) {
                ret->st_mode = S_IFDIR | 0700;
                ret->st_nlink = 2;
                return;
        }
        ret->st_mode = S_IFREG | 0600;
        ret->st_nlink = 1;
        ret->st_size = recorder->size;
        ret->st_blocks = recorder->size / 512;
}

static void recorder_init(void *userdata _unused_, struct fuse_conn_info *connection)
{
        connection->max_write = WRITE_MAX;
        /* The kernel must not keep back what was written. */
        connection->want &= ~(unsigned)FUSE_CAP_WRITEBACK_CACHE;
}

static void recorder_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
        struct fuse_entry_param entry = {
                .ino = DISK_INODE,
                .attr_timeout = CACHE_SECONDS,
                .entry_timeout = CACHE_SECONDS,
        };

        if (parent != FUSE_ROOT_ID || strcmp(name, "disk") != 0) {
                (void)fuse_reply_err(req, ENOENT);
                return;
        }
        fill_stat(recorder_of(req), DISK_INODE, &entry.attr);
        (void)fuse_reply_entry(req, &entry);
}

static void recorder_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi _unused_)
{
        struct stat st;

        fill_stat(recorder_of(req), ino, &st);
        (void)fuse_reply_attr(req, &st, CACHE_SECONDS);
}

static void recorder_open(fuse_req_t req, fuse_ino_t ino _unused_, struct fuse_file_info *fi)
{
        fi->direct_io = 1;
        (void)fuse_reply_open(req, fi);
}

static void recorder_read(fuse_req_t req, fuse_ino_t ino _unused_, size_t size, off_t offset,
                          struct fuse_file_info *fi _unused_)
{
        _cleanup_free_ char *data = malloc(size);
        ssize_t n = data ? pread_full(recorder_of(req)->image, data, size, offset) : -ENOMEM;

        if (n < 0)
                (void)fuse_reply_err(req, (int)-n);
        else
                (void)fuse_reply_buf(req, data, (size_t)n);
}

static void recorder_write(fuse_req_t req, fuse_ino_t ino _unused_, const char *data, size_t size,
                           off_t offset, struct fuse_file_info *fi _unused_)
{
        Recorder *recorder = recorder_of(req);
        int r = pwrite_full(recorder->image, data, size, offset);

        if (r < 0) {
                (void)fuse_reply_err(req, -r);
                return;
        }
        record(recorder, RECORD_WRITE, (uint64_t)offset, data, size);
        (void)fuse_reply_write(req, size);
}

static void recorder_fsync(fuse_req_t req, fuse_ino_t ino _unused_, int datasync _unused_,
                           struct fuse_file_info *fi _unused_)
{
        record(recorder_of(req), RECORD_FLUSH, 0, NULL, 0);
        (void)fuse_reply_err(req, 0);
}

/* Discards change what can be read back: without them the log says all. */
static void recorder_fallocate(fuse_req_t req, fuse_ino_t ino _unused_, int mode _unused_,
                               off_t offset _unused_, off_t length _unused_,
                               struct fuse_file_info *fi _unused_)
{
        (void)fuse_reply_err(req, EOPNOTSUPP);
}

static const struct fuse_lowlevel_ops operations = {
        .init = recorder_init,
        .lookup = recorder_lookup,
        .getattr = recorder_getattr,
        .open = recorder_open,
        .read = recorder_read,
        .write = recorder_write,
        .fsync = recorder_fsync,
        .fallocate = recorder_fallocate,
};

static int recorder_open_files(Recorder *recorder, char **paths)
{
        _cleanup_close_ int position = -EBADF;
        struct stat st;
        void *map;

        recorder->image = open(paths[0], O_RDWR | O_CLOEXEC);
        recorder->log = open(paths[1], O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
        position = open(paths[2], O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (recorder->image < 0 || recorder->log < 0 || position < 0 ||
            fstat(recorder->image, &st) < 0 || ftruncate(position, sizeof(uint64_t)) < 0)
                return -errno;
        recorder->size = st.st_size;
        map = mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, position, 0);
        if (map == MAP_FAILED)
                return -errno;
        recorder->position = map;
        return 0;
}

static int serve(Recorder *recorder, const char *mountpoint)
{
        struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
        struct fuse_session *session;
        int r = -1;

        if (fuse_opt_add_arg(&args, "block-recorder") < 0)
                return -1;
        session = fuse_session_new(&args, &operations, sizeof(operations), recorder);
        fuse_opt_free_args(&args);
        if (!session)
                return -1;
        if (fuse_set_signal_handlers(session) == 0) {
                if (fuse_session_mount(session, mountpoint) == 0) {
                        r = fuse_session_loop(session);
                        fuse_session_unmount(session);
                }
                fuse_remove_signal_handlers(session);
        }
        fuse_session_destroy(session);
        return r;
}

int main(int argc, char **argv)
{
        Recorder recorder = {};
        int r;

        if (argc != 5) {
                (void)fprintf(stderr, "Usage: block-recorder IMAGE LOG POSITION MOUNTPOINT\n");
                return 2;
        }
        r = recorder_open_files(&recorder, argv + 1);
        if (r < 0) {
                (void)fprintf(stderr, "block-recorder: %s\n", strerror(-r));
                return 1;
        }
        return serve(&recorder, argv[4]) == 0 ? 0 : 1;
}
