/* SPDX-License-Identifier: MIT */
#pragma once

#include "names.h"

/*
 * Writing to something finished: an alias, a photo, a rejected file. Nothing finished is written in
 * place. A new upload of its name begins, with its bytes, and is judged like any other. What was
 * finished keeps its bytes until then.
 */

/* The finished node that the number of an upload stands for when the upload is gone. Any other node
 * is returned as it is. */
Node redrop_node(Names *names, Node node);

/* 1: *ret is a fresh upload. The caller answers ESTALE, and the kernel looks the name up again and
 * finds the upload. 0: the kernel asks for this node again, so it has no name to look up; *ret is
 * the upload that was made before. -ENODATA: the bytes to go on from were erased. */
int redrop_begin(Names *names, Node node, bool truncate, uid_t actor, int64_t *ret);
