/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * index.html [S3]: the state of the work as one page, with its style and script inside. It fetches
 * only the photos beside it, and its content policy forbids it to fetch or run anything else. Names
 * and other texts of clients and rosters are shown as text, whatever they hold. Without a script it
 * is a plain list.
 *
 * The page depends only on the catalog and the arguments: two pages of the same catalog are the
 * same, byte for byte. The caller frees *ret.
 */

/* Appends the address of a finished photo, which takes the place of its file name. A negative errno
 * ends the page. */
typedef int (*PagePicture)(const Sha256 *blob, Text *text, void *userdata);

typedef struct PageOptions {
        Language language;   /* of the texts */
        Language names;      /* of the fixed names where the page will lie */
        size_t max_cards;    /* students shown at most; the rest are only counted; 0: all */
        PagePicture picture; /* NULL: links to the photos beside the page */
        void *userdata;
} PageOptions;

/* Makes the page of a point: a card for each student, and one for each rejected file that belongs
 * to no student. -ENOENT: there is no such point. */
int page_of_point(Catalog *catalog, int64_t batch, int64_t point, const PageOptions *options,
                  char **ret, size_t *ret_size);

/* Makes the page of the whole batch: counts of each point and a link to its page, without names and
 * numbers [S4]. */
int page_of_batch(Catalog *catalog, int64_t batch, const PageOptions *options, char **ret,
                  size_t *ret_size);

/* A PagePicture that embeds the photo as a data: address. userdata is the Store. */
int page_embed_picture(const Sha256 *blob, Text *text, void *userdata);
