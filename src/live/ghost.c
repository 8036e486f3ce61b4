/* SPDX-License-Identifier: MIT */
#include "ghost.h"

#include <idphoto/mutex.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
        GHOSTS_MAX = 512, /* the oldest gives way */
        GHOST_SECONDS = 5,
        LITTER_SECONDS = 600,
};

typedef struct Ghost {
        uint64_t parent;
        char *name;
        Node node;
        int64_t expires;        /* monotonic */
        struct stat attributes; /* of litter */
        struct Ghost *next;
} Ghost;

struct Ghosts {
        const Clock *clock;
        pthread_mutex_t lock;
        Ghost *first;    /* newest first; protected by lock */
        int64_t last_id; /* of litter; protected by lock */
};

int ghosts_new(const Clock *clock, Ghosts **ret)
{
        Ghosts *ghosts = calloc(1, sizeof(*ghosts));

        if (!ghosts)
                return -ENOMEM;
        ghosts->clock = clock;
        (void)pthread_mutex_init(&ghosts->lock, NULL);
        *ret = ghosts;
        return 0;
}

static void ghost_free(Ghost *ghost)
{
        free(ghost->name);
        free(ghost);
}

void ghosts_free(Ghosts *ghosts)
{
        if (!ghosts)
                return;
        for (Ghost *g = ghosts->first, *next; g; g = next) {
                next = g->next;
                ghost_free(g);
        }
        (void)pthread_mutex_destroy(&ghosts->lock);
        free(ghosts);
}

/* Caller holds the lock. */
static void expire(Ghosts *ghosts, int64_t now)
{
        unsigned n = 0;

        for (Ghost **p = &ghosts->first; *p;) {
                Ghost *g = *p;

                if (g->expires <= now || ++n > GHOSTS_MAX) {
                        *p = g->next;
                        ghost_free(g);
                } else
                        p = &g->next;
        }
}

/* Caller holds the lock. */
static Ghost **find_name(Ghosts *ghosts, Node parent, const char *name)
{
        uint64_t ino = node_to_ino(parent);
        Ghost **p = &ghosts->first;

        while (*p && !((*p)->parent == ino && strcmp((*p)->name, name) == 0))
                p = &(*p)->next;
        return p;
}

/* Caller holds the lock. */
static Ghost *find_node(Ghosts *ghosts, Node node)
{
        Ghost *g = ghosts->first;

        while (g && !(g->node.kind == node.kind && g->node.id == node.id))
                g = g->next;
        return g;
}

static Ghost *ghost_new(Node parent, const char *name, int64_t expires)
{
        Ghost *g = calloc(1, sizeof(*g));

        if (!g)
                return NULL;
        g->name = strdup(name);
        if (!g->name) {
                free(g);
                return NULL;
        }
        g->parent = node_to_ino(parent);
        g->expires = expires;
        return g;
}

static void insert(Ghosts *ghosts, Ghost *g, Node parent)
{
        Ghost **old = find_name(ghosts, parent, g->name);

        if (*old) {
                Ghost *gone = *old;

                *old = gone->next;
                ghost_free(gone);
        }
        g->next = ghosts->first;
        ghosts->first = g;
        expire(ghosts, clock_monotonic_nsec(ghosts->clock));
}

void ghost_add(Ghosts *ghosts, Node parent, const char *name, Node node)
{
        Ghost *g = ghost_new(parent, name,
                             clock_monotonic_nsec(ghosts->clock) + GHOST_SECONDS * NSEC_PER_SEC);

        if (!g)
                return;
        g->node = node;
        (void)pthread_mutex_lock(&ghosts->lock);
        insert(ghosts, g, parent);
        (void)pthread_mutex_unlock(&ghosts->lock);
}

bool ghost_find(Ghosts *ghosts, Node parent, const char *name, Node *ret)
{
        Ghost *g;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&ghosts->lock);

        expire(ghosts, clock_monotonic_nsec(ghosts->clock));
        g = *find_name(ghosts, parent, name);
        if (g)
                *ret = g->node;
        return g;
}

bool ghost_remove(Ghosts *ghosts, Node parent, const char *name)
{
        Ghost **p, *g;

        (void)pthread_mutex_lock(&ghosts->lock);
        p = find_name(ghosts, parent, name);
        g = *p;
        if (g)
                *p = g->next;
        (void)pthread_mutex_unlock(&ghosts->lock);
        if (!g)
                return false;
        ghost_free(g);
        return true;
}

int ghost_litter_create(Ghosts *ghosts, Node parent, const char *name, const Litter *litter,
                        Node *ret)
{
        Ghost *g = ghost_new(parent, name,
                             clock_monotonic_nsec(ghosts->clock) + LITTER_SECONDS * NSEC_PER_SEC);

        if (!g)
                return -ENOMEM;
        (void)pthread_mutex_lock(&ghosts->lock);
        g->node = (Node){.kind = NODE_LITTER, .id = ++ghosts->last_id};
        g->attributes = (struct stat){
                .st_ino = node_to_ino(g->node),
                .st_mode = S_IFREG | (litter->mode & 07777),
                .st_nlink = 1,
                .st_uid = litter->uid,
                .st_gid = litter->gid,
                .st_size = (off_t)litter->size,
                .st_blksize = 4096,
                .st_mtim = timespec_from_nsec(litter->mtime),
        };
        *ret = g->node;
        insert(ghosts, g, parent);
        (void)pthread_mutex_unlock(&ghosts->lock);
        return 0;
}

int ghost_litter_attributes(Ghosts *ghosts, Node node, struct stat *ret)
{
        Ghost *g;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&ghosts->lock);

        g = find_node(ghosts, node);
        if (g)
                *ret = g->attributes;
        return g ? 0 : -ENOENT;
}

void ghost_litter_set(Ghosts *ghosts, Node node, const uint64_t *size, const mode_t *mode,
                      const int64_t *mtime)
{
        Ghost *g;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&ghosts->lock);

        g = find_node(ghosts, node);
        if (g && size)
                g->attributes.st_size = (off_t)*size;
        if (g && mode)
                g->attributes.st_mode = S_IFREG | (*mode & 07777);
        if (g && mtime)
                g->attributes.st_mtim = timespec_from_nsec(*mtime);
}

void ghost_litter_set_owner(Ghosts *ghosts, Node node, const uid_t *uid, const gid_t *gid)
{
        Ghost *g;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&ghosts->lock);

        g = find_node(ghosts, node);
        if (g && uid)
                g->attributes.st_uid = *uid;
        if (g && gid)
                g->attributes.st_gid = *gid;
}
