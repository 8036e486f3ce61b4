/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/page.h>

/*
 * The pages by which the head office reviews [R8], made like those of page.h. They show the photos
 * that wait, with names, numbers and findings: those with most warnings first, and among these the
 * ones furthest from what is allowed. Photos can be marked on them. The page itself changes
 * nothing; it gives the marked ones as a list of names or as commands.
 *
 * options->max_cards: the gravest are shown, and the page says how many more wait. With
 * options->picture unset the photos lie where the mount has them.
 */

/* OFFICE/pending/POINT/index.html. -ENOENT: there is no such point. */
int review_page_of_point(Catalog *catalog, int64_t batch, int64_t point, const PageOptions *options,
                         char **ret, size_t *ret_size);

/* OFFICE/pending/index.html: how many photos wait at each point, with links to their pages. */
int review_page_of_points(Catalog *catalog, int64_t batch, const PageOptions *options, char **ret,
                          size_t *ret_size);

/* OFFICE/index.html: the counts of each point, and the gravest photos of all. */
int review_page_of_batch(Catalog *catalog, int64_t batch, const PageOptions *options, char **ret,
                         size_t *ret_size);
