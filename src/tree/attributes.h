/* SPDX-License-Identifier: MIT */
#pragma once

#include "tree.h"

#include <idphoto/catalog.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

/* Fills what stat shows of each kind of node, from its row [T3]. Look-up and listing have the rows
 * already. */

void attributes_fill(struct stat *st, Node node, mode_t mode, uid_t uid, gid_t gid, uint64_t size,
                     int64_t mtime);
/* ctime is when it changed. changed 0: when it was made. */
void attributes_set_ctime(struct stat *st, int64_t changed, int64_t made);
int attributes_root(const Tree *tree, Catalog *catalog, struct stat *st);
void attributes_point(const PointRow *row, struct stat *st);
void attributes_folder(Node node, const FolderRow *row, struct stat *st);
void attributes_submission(Node node, const SubmissionRow *row, struct stat *st);
/* Of one whose row need not be read. */
void attributes_of_upload(const Tree *tree, int64_t id, const UploadAttributes *attributes,
                          struct stat *st);
void attributes_upload(const Tree *tree, const SubmissionRow *row, struct stat *st);
/* PHOTO and READY. */
void attributes_photo(Node node, const PhotoRow *row, const PointRow *point, struct stat *st);
void attributes_rejected(const SubmissionRow *row, const PointRow *point, struct stat *st);
/* MISSING, READY, REJECTED and SUBMITTED_DIR. */
int attributes_fixed_dir(const Tree *tree, Catalog *catalog, Node node, const PointRow *row,
                         struct stat *st);
int attributes_reason(const Tree *tree, Catalog *catalog, const SubmissionRow *row,
                      const Findings *findings, const PointRow *point, struct stat *st);
int attributes_missing(const Tree *tree, const StudentRow *row, const PointRow *point,
                       struct stat *st);
/* current: the text as of now, whatever the version of the node. Else the text of its version. */
int attributes_status(const Tree *tree, Catalog *catalog, Node node, bool current, struct stat *st);
/* The entry of a listing, as of now. It is bare when the text would have to be made for it: clients
 * list a directory for every name they send, and few want to know how long a page is. */
int attributes_status_entry(const Tree *tree, Catalog *catalog, Node node, Entry *ret);

/* ---- of texts.c ---- */

int texts_reason(const Tree *tree, Catalog *catalog, const SubmissionRow *row,
                 const Findings *findings, char **ret, size_t *ret_size);

/* ---- of place.c and tree.c, for the listing ---- */

size_t tree_fixed_entries(Node directory, const FixedName **ret);
/* 1 found, 0: this version of the tree has none of that name. listing: may be bare. */
int tree_fixed_entry(const Tree *tree, Catalog *catalog, Node parent, FixedName name, bool listing,
                     Entry *ret);
int tree_find_photo(const Tree *tree, Catalog *catalog, int64_t point, const char *name,
                    PhotoRow *ret);
