/* SPDX-License-Identifier: MIT */
#pragma once

#include "names.h"

/*
 * Writing to something finished: an alias, a photo, a rejected file. It is never written in place;
 * a new upload of its name begins, with its bytes, and is judged as any other. What was finished
 * keeps its bytes until then.
 */

/* The finished node that an upload's number stands for when the upload is gone; of others, the node
 * itself. */
Node redrop_node(Names *names, Node node);

/* 1: *ret is a fresh upload made here, which the kernel finds when it looks the name up again upon
 * ESTALE. 0: it has asked for this node again, which means that it has no name; *ret is the upload
 * that was made before. -ENODATA: the bytes to write on were erased. */
int redrop_begin(Names *names, Node node, bool truncate, uid_t actor, int64_t *ret);
