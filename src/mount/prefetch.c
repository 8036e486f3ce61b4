/* SPDX-License-Identifier: MIT */
#include "prefetch.h"

#include "live/hand.h"
#include "mountpoint.h"
#include "tree/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>

enum {
        WATCHED = 8,      /* directories in which names are being looked up */
        STOP_MSEC = 2000, /* a listing that takes longer at the end is left to itself */
        MANY = 32,        /* look-ups of dropped names that are worth a listing */
        /* Within which they come: no person clicks so fast. */
        WINDOW_MSEC = 200,
};

typedef struct Watched {
        uint64_t directory; /* inode number, 0: free */
        unsigned n;
        int64_t since; /* monotonic */
} Watched;

struct Prefetch {
        pthread_mutex_t lock;
        Watched watched[WATCHED]; /* protected by lock */
        size_t next;              /* place to be reused; protected by lock */
        atomic_bool busy;         /* the next three are the thread's */
        char *mountpoint;
        dev_t device;
        char *path; /* from the root of the mount */
        bool left;  /* the thread hangs, and uses this */
        Hand *hand;
};

int prefetch_new(Prefetch **ret)
{
        Prefetch *p = calloc(1, sizeof(*p));
        int r;

        if (!p)
                return -ENOMEM;
        r = hand_new(&p->hand);
        if (r < 0) {
                free(p);
                return r;
        }
        (void)pthread_mutex_init(&p->lock, NULL);
        *ret = p;
        return 0;
}

void prefetch_stop(Prefetch *p)
{
        /* Requests that are answered meanwhile still ask for it. */
        p->left = !hand_stop(p->hand, STOP_MSEC);
}

void prefetch_free(Prefetch *p)
{
        if (!p)
                return;
        prefetch_stop(p);
        if (p->left)
                return;
        hand_free(p->hand);
        (void)pthread_mutex_destroy(&p->lock);
        free(p->mountpoint);
        free(p->path);
        free(p);
}

bool prefetch_is(const Prefetch *p, pid_t pid)
{
        return pid != 0 && pid == hand_tid(p->hand);
}

/* Whether it is time to list the directory. */
static bool count(Prefetch *p, Node directory, int64_t now)
{
        uint64_t ino = node_to_ino(directory);
        Watched *w = NULL;

        for (size_t i = 0; i < WATCHED && !w; i++)
                if (p->watched[i].directory == ino)
                        w = &p->watched[i];
        if (!w) {
                w = &p->watched[p->next++ % WATCHED];
                *w = (Watched){.directory = ino, .since = now};
        }
        if (now - w->since > WINDOW_MSEC * NSEC_PER_MSEC)
                *w = (Watched){.directory = ino, .since = now};
        if (++w->n < MANY)
                return false;
        *w = (Watched){.directory = ino, .since = now};
        return true;
}

/* The entries are of no use here. The point is that the kernel has read them. */
static void list(void *userdata)
{
        Prefetch *p = userdata;
        int root = mountpoint_open(p->mountpoint, p->device);
        int fd = root < 0 ? root : openat(root, p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *dir = fd < 0 ? NULL : fdopendir(fd);

        if (!dir)
                (void)safe_close(fd);
        else {
                while (readdir(dir))
                        ;
                (void)closedir(dir);
        }
        mountpoint_close(root);
}

static void listed(void *userdata)
{
        Prefetch *p = userdata;

        free(TAKE_PTR(p->path));
        free(TAKE_PTR(p->mountpoint));
        p->busy = false;
}

static int find_directory(Fs *fs, Node directory, Prefetch *ret)
{
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(fs->writer, &reader);

        if (r >= 0)
                r = tree_directory_path(&fs->tree, reader.catalog, directory, &ret->path);
        if (r < 0)
                return r;
        ret->device = fs->device;
        ret->mountpoint = strdup(fs->mountpoint);
        return ret->mountpoint ? 0 : -ENOMEM;
}

void prefetch_note(Fs *fs, Node directory, Node found)
{
        Prefetch *p = fs->prefetch;
        bool now;

        if (found.kind != NODE_ALIAS || !fs->mountpoint)
                return;
        (void)pthread_mutex_lock(&p->lock);
        now = count(p, directory, clock_monotonic_nsec(fs->clock)) &&
              !atomic_exchange(&p->busy, true);
        (void)pthread_mutex_unlock(&p->lock);
        if (!now)
                return;
        if (find_directory(fs, directory, p) < 0 || !hand_post(p->hand, list, listed, p))
                listed(p);
}
