/* SPDX-License-Identifier: MIT */
#include "binding.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef struct Binding {
        uint64_t node;
        int64_t upload;
        struct Binding *next;
} Binding;

struct Bindings {
        pthread_mutex_t lock;
        Binding *first; /* protected by lock */
        atomic_uint n;  /* read without the lock: there is seldom one, and every stat asks */
};

int bindings_new(Bindings **ret)
{
        Bindings *bindings = calloc(1, sizeof(*bindings));

        if (!bindings)
                return -ENOMEM;
        (void)pthread_mutex_init(&bindings->lock, NULL);
        *ret = bindings;
        return 0;
}

void bindings_free(Bindings *bindings)
{
        if (!bindings)
                return;
        for (Binding *b = bindings->first, *next; b; b = next) {
                next = b->next;
                free(b);
        }
        (void)pthread_mutex_destroy(&bindings->lock);
        free(bindings);
}

int binding_add(Bindings *bindings, Node finished, int64_t upload)
{
        Binding *b = malloc(sizeof(*b));

        if (!b)
                return -ENOMEM;
        *b = (Binding){.node = node_to_ino(finished), .upload = upload};
        (void)pthread_mutex_lock(&bindings->lock);
        b->next = bindings->first;
        bindings->first = b;
        bindings->n++;
        (void)pthread_mutex_unlock(&bindings->lock);
        return 0;
}

void binding_remove(Bindings *bindings, Node finished, int64_t upload)
{
        uint64_t node = node_to_ino(finished);
        Binding *found = NULL;

        (void)pthread_mutex_lock(&bindings->lock);
        for (Binding **p = &bindings->first; *p && !found;)
                if ((*p)->node == node && (*p)->upload == upload) {
                        found = *p;
                        *p = found->next;
                        bindings->n--;
                } else
                        p = &(*p)->next;
        (void)pthread_mutex_unlock(&bindings->lock);
        free(found);
}

bool binding_find(Bindings *bindings, Node finished, int64_t *ret_upload)
{
        uint64_t node = node_to_ino(finished);
        const Binding *b;

        if (bindings->n == 0)
                return false;
        (void)pthread_mutex_lock(&bindings->lock);
        for (b = bindings->first; b && b->node != node;)
                b = b->next;
        if (b)
                *ret_upload = b->upload;
        (void)pthread_mutex_unlock(&bindings->lock);
        return b;
}
