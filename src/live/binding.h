/* SPDX-License-Identifier: MIT */
#pragma once

#include "node.h"

#include <idphoto/util.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * Handles that write to an upload through the node of something finished.
 *
 * A finished name that is opened for writing answers ESTALE, and the kernel looks the name up again
 * and finds the upload made meanwhile. A program that holds the finished node by an O_PATH
 * descriptor and opens it as /proc/self/fd/N, as smbd does, has no name to look up: its second open
 * arrives at the same node. It gets a handle of the upload, and as long as it has that, the node
 * looks as the upload does.
 */

typedef struct Bindings Bindings;

int bindings_new(Bindings **ret);
void bindings_free(Bindings *bindings);
DEFINE_CLEANUP(Bindings, bindings_free)

/* Adds one for each such handle. The same pair may be added again. */
int binding_add(Bindings *bindings, Node finished, int64_t upload);
/* The pair must have been added. */
void binding_remove(Bindings *bindings, Node finished, int64_t upload);
/* The upload that the node looks like: the newest when there are several. */
bool binding_find(Bindings *bindings, Node finished, int64_t *ret_upload);
