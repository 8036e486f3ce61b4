/* SPDX-License-Identifier: MIT */
#pragma once

#include "office.h"

#include <idphoto/photorow.h>

/* What the files of OFFICE/ share. */

/* ---- office-shelf.c ---- */

bool office_stands_on(const Shelf *shelf, const PhotoRow *photo);
NodeKind office_photo_kind(const Shelf *shelf);
/* The node of a point's directory in pending/ or approved/. */
NodeKind office_shelf_kind(OfficeDir dir);
/* The name that the photo has there, for the caller to free. */
int office_photo_name(Catalog *catalog, const Shelf *shelf, int64_t student, const char *id_number,
                      char **ret);

/* ---- office.c ---- */

/* The directories with a fixed name. */
typedef struct OfficeEntry {
        OfficeDir parent;
        OfficeDir dir;
        FixedName name;
} OfficeEntry;

enum { OFFICE_DIRECTORIES = 7 };
extern const OfficeEntry office_directories[OFFICE_DIRECTORIES];

/* 1, as a look-up that found it. */
int office_directory_entry(const Tree *tree, Catalog *catalog, Node node, Entry *ret);
void office_fill_photo(const Tree *tree, Node node, const PhotoRow *photo, struct stat *st);
int office_fill_note(const Tree *tree, Catalog *catalog, int64_t photo, struct stat *st);
