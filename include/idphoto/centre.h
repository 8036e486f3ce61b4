/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/worker.h>
#include <idphoto/writer.h>

/*
 * Renditions for the collection centre [P8]. They are made from the original when a photo is
 * approved.
 */

/* Makes the rendition of a photo that should have one and has none: renders it with the worker,
 * stores it and records it. pool: as for examination_run(). Returns 1 when it was made, 0 when none
 * is wanted. -ERANGE, -ENODATA: as photo_render_centre(). */
int centre_make(const Store *store, Writer *writer, Worker *worker, WorkerPool *pool,
                int64_t photo);
