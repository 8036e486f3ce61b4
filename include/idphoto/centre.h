/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/worker.h>
#include <idphoto/writer.h>

/*
 * The renditions for the collection centre [P8]: made of the original when a photo is approved.
 */

/* Makes the rendition of a photo if it should be there and is not: renders it with the worker,
 * stores it and records it. 1: made. 0: none is wanted. pool as in examination_run(). -ERANGE,
 * -ENODATA: the photo has too little detail for the centre's least size. */
int centre_make(const Store *store, Writer *writer, Worker *worker, WorkerPool *pool,
                int64_t photo);
