/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/worker.h>
#include <idphoto/writer.h>

/*
 * The renditions for the collection centre [P8], which are made from the original when a photo is
 * approved.
 */

/* Makes the rendition of a photo that should have one and has none: renders it with the worker,
 * stores it and records it. Returns 1 when it was made, 0 when none is wanted. pool: as for
 * examination_run(). -ERANGE, -ENODATA: the photo has too little detail for the smallest size that
 * the centre takes. */
int centre_make(const Store *store, Writer *writer, Worker *worker, WorkerPool *pool,
                int64_t photo);
