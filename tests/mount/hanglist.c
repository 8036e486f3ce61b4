/* SPDX-License-Identifier: MIT */
#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 12)

#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * hanglist SCRATCH UID GID DIRECTORY: that user lists the directory into memory that never comes,
 * and so keeps its lock in the kernel. The memory is a file, mapped, of a file system of this
 * program's own at SCRATCH that never answers a read. Says "locked" when the kernel waits for it;
 * SIGTERM ends it.
 */

enum { FILE_INO = 2, FILE_BYTES = 1 << 20 };

static void fill(fuse_ino_t ino, struct stat *st)
{
        *st = (struct stat){.st_ino = ino, .st_nlink = 1};
        if (ino == FUSE_ROOT_ID)
                st->st_mode = S_IFDIR | 0755;
        else {
                st->st_mode = S_IFREG | 0666;
                st->st_size = FILE_BYTES;
        }
}

static void on_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
        struct stat st;

        (void)fi;
        fill(ino, &st);
        fuse_reply_attr(req, &st, 60);
}

static void on_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
        struct fuse_entry_param entry = {.ino = FILE_INO, .attr_timeout = 60, .entry_timeout = 60};

        (void)parent;
        fill(FILE_INO, &entry.attr);
        if (strcmp(name, "file") != 0)
                fuse_reply_err(req, ENOENT);
        else
                fuse_reply_entry(req, &entry);
}

static void on_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
        (void)ino;
        fuse_reply_open(req, fi);
}

/* The request is kept, for ever. */
static void on_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                    struct fuse_file_info *fi)
{
        (void)req, (void)ino, (void)size, (void)offset, (void)fi;
        printf("locked\n");
        fflush(stdout);
}

static void list(const char *scratch, uid_t uid, gid_t gid, const char *directory)
{
        char path[4096];
        void *memory;
        int file, dir;

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        snprintf(path, sizeof(path), "%s/file", scratch);
        if (setgroups(0, NULL) < 0 || setgid(gid) < 0 || setuid(uid) < 0)
                _exit(1);
        file = open(path, O_RDWR);
        memory = file < 0 ? MAP_FAILED
                          : mmap(NULL, FILE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        dir = open(directory, O_RDONLY | O_DIRECTORY);
        if (memory == MAP_FAILED || dir < 0) {
                perror("hanglist");
                _exit(1);
        }
        _exit(syscall(SYS_getdents64, dir, memory, 32768) < 0);
}

int main(int argc, char **argv)
{
        static const struct fuse_lowlevel_ops ops = {
                .getattr = on_getattr, .lookup = on_lookup, .open = on_open, .read = on_read};
        char *names[] = {argv[0], (char *)"-oallow_other"};
        struct fuse_args args = FUSE_ARGS_INIT(2, names);
        struct fuse_session *session;
        pid_t child;

        if (argc != 5)
                return 2;
        session = fuse_session_new(&args, &ops, sizeof(ops), NULL);
        if (!session || fuse_set_signal_handlers(session) < 0 ||
            fuse_session_mount(session, argv[1]) < 0)
                return 1;
        child = fork();
        /* As long as this descriptor is open somewhere, the kernel waits for answers. */
        if (child == 0)
                (void)close(fuse_session_fd(session));
        if (child == 0)
                list(argv[1], (uid_t)atol(argv[2]), (gid_t)atol(argv[3]), argv[4]);
        if (child > 0)
                (void)fuse_session_loop(session);
        fuse_session_unmount(session);
        fuse_remove_signal_handlers(session);
        fuse_session_destroy(session);
        return child < 0;
}
