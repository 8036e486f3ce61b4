/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

#include <stdio.h>

#include <jpeglib.h>

/*
 * Holds libjpeg's coefficients of a progressive photo until its last scan. Libjpeg itself needs two
 * bytes for each, which is 360 MB for 60 megapixels, or temporary files, which the sandbox forbids.
 * Nearly all coefficients are zero. This store keeps only the others, packed row by row, and
 * unpacks a row while libjpeg works on it. So such a photo takes a few tens of megabytes, at the
 * price of packing every row once in each scan.
 */
typedef struct CoefStore CoefStore;

/*
 * Replaces cinfo's virtual block arrays by a new store. Call between jpeg_read_header() and
 * jpeg_start_decompress(). Later calls `exceed`, which must not return, when the store would need
 * more than `budget` bytes, and cinfo's error_exit when memory runs out. 0, -ENOMEM.
 *
 * Libjpeg's memory manager has no user pointer. So cinfo->client_data must point to a structure
 * whose first member is a CoefStore *; this function sets that member to the store. The caller
 * frees the store after it has destroyed cinfo.
 */
int coefstore_install(j_decompress_ptr cinfo, size_t budget,
                      void (*exceed)(j_decompress_ptr cinfo));
void coefstore_free(CoefStore *store);

/* ---- packing, public for tests ---- */

/* The most bytes that n blocks can take. */
size_t coefstore_pack_bound(size_t n);
/* Packs n blocks into out, which has coefstore_pack_bound(n) bytes. Returns the bytes written. */
size_t coefstore_pack(const JBLOCK *blocks, size_t n, uint8_t *out);
/* Unpacks what coefstore_pack() made of n blocks. */
void coefstore_unpack(const uint8_t *in, JBLOCK *blocks, size_t n);
