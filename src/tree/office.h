/* SPDX-License-Identifier: MIT */
#pragma once

#include "tree.h"

#include <idphoto/catalog.h>
#include <idphoto/correctrow.h>
#include <idphoto/event.h>
#include <idphoto/photorow.h>

/*
 * OFFICE/, the head office's half of the tree [R1]-[R3]:
 *
 *     STATUS.txt   status.csv   status.xlsx   index.html   pending/index.html
 *     pending/POINT/index.html
 *     pending/POINT/ID.jpg   approved/POINT/ID.jpg   rejected/REASON/ID.jpg and ID.jpg.txt
 *     export/platform/ID.jpg   export/centre/ID.jpg   import/ (inbox.h)
 *
 * Moving a photo between pending/, approved/ and rejected/ is deciding about it. Everything belongs to the office's
 * group, and only it may enter. Where a photo is to be found follows from the catalog alone, so a
 * decision made by a command shows here at once.
 */

/* ---- which photos stand where ---- */

/* A directory of photos: what a photo must be to stand in it. */
typedef struct Shelf {
        OfficeDir kind; /* PENDING, APPROVED, REJECTED, PLATFORM or CENTRE */
        int64_t point;  /* PENDING, APPROVED; 0: photos of all points meet here */
        ReasonCode reason;
} Shelf;

/* Whether the directory is one of photos. */
bool office_shelf(Node directory, Shelf *ret);
/* The photo that has this name there: 1 found, 0 not found. */
int office_find_photo(const Tree *tree, Catalog *catalog, const Shelf *shelf, const char *name,
                      PhotoRow *ret);

/* ---- look-up and listing ---- */

/* The snapshot that has this name there; NODE_ROOT: none. */
Node office_fixed_node(Node directory, FixedName name);
/* 1 found, 0 not found. */
int office_lookup(const Tree *tree, Catalog *catalog, Node parent, const char *name, Entry *ret);
/* -ENOENT when the node is gone. */
int office_attributes(const Tree *tree, Catalog *catalog, Node node, struct stat *ret);

/* Lists what stands behind `after` (0: all); the callback gets keys to go on from. */
int office_list(const Tree *tree, Catalog *catalog, Node directory, uint64_t after,
                TreeCallback callback, void *userdata);

/*
 * The step of a decision that was not made here, as paths from the root, for watchers;
 * parent is the directory that the photo left.
 */
typedef struct OfficeStep {
        Node parent;
        char *from; /* the caller's, as the next */
        char *to;
} OfficeStep;
int office_step(const Tree *tree, Catalog *catalog, const PhotoRow *photo, EventKind kind,
                bool brought_back, OfficeStep *ret);
/* The same of a photo whose student had that number at that point before. -ENOENT: it stands on no
 * shelf. */
int office_correction(const Tree *tree, Catalog *catalog, const PhotoRow *photo,
                      const FormerRow *before, OfficeStep *ret);

/* ---- the reviewer's own words: rejected/REASON/ID.jpg.txt ---- */

/* In each language, the line below which the words stand. */
extern const char *const office_note_lines[_LANGUAGE_MAX];

/* What the file shows: the reason, and below that line the words. */
int office_note_text(const Tree *tree, Catalog *catalog, int64_t photo, char **ret,
                     size_t *ret_size);
