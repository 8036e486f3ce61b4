/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

#include <stdio.h>

#include <jpeglib.h>

/*
 * Holds libjpeg's coefficients of a progressive photo until its last scan. Libjpeg itself takes two
 * bytes for each of them, which is 360 MB for 60 megapixels, or files, which a sandbox does not
 * have. Nearly all coefficients are zero. This store keeps only the others, row by row, and unpacks
 * a row while it is worked on. So it holds such a photo in a few tens of megabytes, at the price of
 * packing every row once in each scan.
 */
typedef struct CoefStore CoefStore;

/*
 * Replaces cinfo's virtual block arrays by the store. Call between jpeg_read_header() and
 * jpeg_start_decompress(). When more than `budget` bytes would be needed, `exceed` is called and
 * must not return; when memory runs out, cinfo's error_exit is.
 *
 * The caller frees the store after cinfo was destroyed. Libjpeg's memory manager gives its users no
 * pointer of their own, so cinfo->client_data must point to a structure whose first member is a
 * CoefStore *, which is set to the store. 0, -ENOMEM.
 */
int coefstore_install(j_decompress_ptr cinfo, size_t budget,
                      void (*exceed)(j_decompress_ptr cinfo));
void coefstore_free(CoefStore *store);

/* ---- the packing; tests use it alone ---- */

/* Most bytes that n blocks can take. */
size_t coefstore_pack_bound(size_t n);
/* Packs n blocks into out, which has room for the bound; returns the bytes written. */
size_t coefstore_pack(const JBLOCK *blocks, size_t n, uint8_t *out);
/* The inverse; in must come from coefstore_pack() of n blocks. */
void coefstore_unpack(const uint8_t *in, JBLOCK *blocks, size_t n);
