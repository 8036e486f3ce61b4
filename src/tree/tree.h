/* SPDX-License-Identifier: MIT */
#pragma once

#include "live/ghost.h"
#include "live/node.h"
#include "live/place.h"
#include "live/upload.h"

#include <idphoto/catalog.h>
#include <idphoto/config.h>
#include <idphoto/fixedname.h>
#include <idphoto/judge.h>
#include <idphoto/student.h>
#include <idphoto/view.h>
#include <idphoto/workdays.h>

/* The tree: what a name means and what stat shows of a node. Reads only. */

typedef struct Snapshots Snapshots;
typedef struct Inbox Inbox;

/* What the tree is made of. Nothing here is changed by reading. */
typedef struct Tree {
        const Store *store;
        const Clock *clock;
        const Config *config;
        const Calendar *calendar; /* of the configuration, NULL: none */
        Language language;
        int64_t batch;
        int64_t mounted_at; /* wall time; the root's mtime */
        uid_t uid;          /* owner of the root and of the fixed entries */
        gid_t gid;
        gid_t office_gid; /* who may enter OFFICE/ */
        UploadTable *uploads;
        Ghosts *ghosts;
        Snapshots *snapshots;
        Inbox *inbox;
} Tree;

/* An entry found by name, with what stat shows. */
typedef struct Entry {
        Node node;
        struct stat attributes;
        bool ghost;          /* the name stands nowhere, see ghost.h */
        bool unlisted;       /* a folder that went away by itself, see folder.h */
        uint64_t generation; /* of a folder: a directory that the kernel has seen removed is dead to
                                it; when its name resolves again that is another one */
        bool bare; /* of a listing: only number and type are known, the rest costs a look-up */
} Entry;

/* What a directory node means to the catalog: -ENOTDIR for what is none, -ENOENT for what is gone.
 * The root is no place for submissions: -EACCES. */
int tree_place(const Tree *tree, Catalog *catalog, Node directory, Place *ret);

/* 1 found, 0 not found. */
int tree_lookup(const Tree *tree, Catalog *catalog, Node parent, const char *name, Entry *ret);

/* -ENOENT when the node is gone. */
int tree_attributes(const Tree *tree, Catalog *catalog, Node node, struct stat *ret);

/* How long the kernel may keep a name, and the attributes of what it means, in seconds. lent: for
 * how long the entries of the listing are lent that they come from (lease.h), 0: they are not. */
double tree_name_timeout(const Entry *entry, double lent);
double tree_attributes_timeout(Node node, double lent);

/* The fixed entry of a directory that has this name, or _FIXED_INVALID. */
FixedName tree_fixed(const Tree *tree, Node parent, const char *name);

/* Paths from the root, "POINT/FOLDER/NAME". */
int tree_path(const Tree *tree, Catalog *catalog, const Place *place, const char *name, char **ret);

/* What a verdict does to a name, as paths from the root: from where the file was dropped to where
 * its target puts it. Both are the caller's. */
typedef struct TreeStep {
        char *from;
        char *to;
} TreeStep;
int tree_verdict_step(const Tree *tree, Catalog *catalog, const Place *from, const char *name,
                      const JudgeTarget *target, TreeStep *ret);

/*
 * Lists a directory from the entry after `offset` on (0: from the start). callback gets the offset
 * to go on from and returns nonzero to stop. Offsets are stable while names come and go: kind of
 * entry and row id.
 */
typedef int (*TreeCallback)(const char *name, const Entry *entry, uint64_t next_offset,
                            void *userdata);
/* page: about so many entries will be taken; 0: all. More than fit are read for nothing where each
 * answer takes a way over a network, and fewer take more ways. */
int tree_list(const Tree *tree, Catalog *catalog, Node directory, uint64_t offset, unsigned page,
              TreeCallback callback, void *userdata);
/* The same of names that resolve in a place for photos without being listed: the dropped names of
 * what is finished [D4]. None as long as something is on its way there. */
int tree_list_aliases(const Tree *tree, Catalog *catalog, Node directory, uint64_t offset,
                      TreeCallback callback, void *userdata);
/* The path of a directory from the root. */
int tree_directory_path(const Tree *tree, Catalog *catalog, Node directory, char **ret);

/* The text beside a rejected file. */
int tree_reason_text(const Tree *tree, Catalog *catalog, int64_t submission, char **ret,
                     size_t *ret_size);
/* The text of a file in missing/. */
int tree_missing_text(const Tree *tree, Catalog *catalog, int64_t student, char **ret,
                      size_t *ret_size);
/* The name of the note beside a rejected file (notename.h). 0 and a new string. */
int tree_note_name(const Tree *tree, Catalog *catalog, const SubmissionRow *row, char **ret);
/* Its name: "ID NAME.txt". */
int tree_missing_name(const StudentRow *row, char **ret);
/* Whether the place is submitted/ or lies in a folder there: 1, 0. */
int tree_in_submitted(Catalog *catalog, const Place *place);
/* In submitted/ stands also what was dropped into the point itself, under the same path. Finds the
 * point's directory for that of submitted/; there is none: the folder of the place itself. */
int tree_beside(const Tree *tree, Catalog *catalog, Node directory, const Place *place,
                int64_t *ret);
