/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * index.html [S3] shows the state of the work on one page, with its style and script inside. The
 * page loads only the photos beside it; its content security policy forbids it to load or run
 * anything else. Names and other texts of clients and rosters appear as text, whatever they hold.
 * Without scripts the page is a plain list.
 *
 * The page depends only on the catalog and the arguments: the same catalog gives the same bytes.
 * The caller frees *ret.
 */

/* Appends the address of a finished photo, which the page uses instead of the photo's file name. A
 * negative errno ends the page and is returned. */
typedef int (*PagePicture)(const Sha256 *blob, Text *text, void *userdata);

typedef struct PageOptions {
        Language language;   /* of the texts */
        Language names;      /* of the fixed names in the page's directory */
        size_t max_cards;    /* most students shown; the rest are only counted; 0: all */
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
