/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

#include <stdio.h>

#include <jpeglib.h>

/*
 * Where libjpeg keeps the coefficients of a progressive photo until its last scan. Its own way
 * takes two bytes for each of them, 360 MB for 60 megapixels, or files, which a sandbox has not.
 * Nearly all of them are zero; this store keeps only the others, row by row, unpacked while
 * they are worked on, and so holds such a photo in a few tens of megabytes, at the price of packing
 * every row once a scan.
 */
typedef struct CoefStore CoefStore;

/*
 * Puts the store in place of cinfo's virtual block arrays. To be called between
 * jpeg_read_header() and jpeg_start_decompress(). When more than `budget` bytes would be needed,
 * `exceed` is called and must not return; when memory runs out, cinfo's error_exit. The store is
 * freed by the caller after cinfo is destroyed. libjpeg's memory manager leaves its users no
 * pointer of their own: cinfo->client_data must point to a structure whose first member is a
 * CoefStore *, into which the store is put. 0, -ENOMEM.
 */
int coefstore_install(j_decompress_ptr cinfo, size_t budget,
                      void (*exceed)(j_decompress_ptr cinfo));
void coefstore_free(CoefStore *store);

/* ---- the packing, on its own for its tests ---- */

/* Most bytes that n blocks can take. */
size_t coefstore_pack_bound(size_t n);
/* Packs n blocks into out, which has room for the bound; returns the bytes written. */
size_t coefstore_pack(const JBLOCK *blocks, size_t n, uint8_t *out);
/* The inverse; in must come from coefstore_pack() of n blocks. */
void coefstore_unpack(const uint8_t *in, JBLOCK *blocks, size_t n);
