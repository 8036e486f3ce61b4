/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * index.html [S3]: the state of the work as one page, with its style and script inside. It fetches
 * nothing but the photos beside it and forbids itself, by a content policy, to fetch or run
 * anything else; names and other texts of clients and rosters are shown as texts whatever they
 * hold. Without a script it is a plain list.
 *
 * The page depends on the catalog and the arguments only: made twice of the same catalog it is the
 * same, byte for byte. The caller frees *ret.
 */

/* Appends the address of a finished photo to put in place of its file's name; negative errno ends
 * the page. */
typedef int (*PagePicture)(const Sha256 *blob, Text *text, void *userdata);

typedef struct PageOptions {
        Language language;   /* of the texts */
        Language names;      /* of rejected/, as it is called where the page will lie */
        PagePicture picture; /* NULL: photos are linked as they stand beside the page */
        void *userdata;
} PageOptions;

/* Of a point: a card for each student, and one for each rejected file that is nobody's. -ENOENT: no
 * such point. */
int page_of_point(Catalog *catalog, int64_t batch, int64_t point, const PageOptions *options,
                  char **ret, size_t *ret_size);

/* Of the whole batch: counts of each point and a link to its page, no names and no numbers [S4]. */
int page_of_batch(Catalog *catalog, int64_t batch, const PageOptions *options, char **ret,
                  size_t *ret_size);

/* A PagePicture that puts the photo itself in, as a data: address; userdata is the Store. */
int page_embed_picture(const Sha256 *blob, Text *text, void *userdata);
