/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/rosterimport.h>

/*
 * Every row of every file stands in one array, in the order of the files, and in two arrays of
 * pointers that are sorted: by number, to find who is listed twice and who is listed at all, and by
 * point. So an import costs a sort and a few statements a row, whatever the store holds.
 */

typedef struct Line {
        const RosterRow *row;
        size_t file;
        const char *point_name; /* as the file writes it, or as the command does */
        size_t place;           /* index in places */
        bool repeated;          /* stands in an earlier line already */
        bool stays;             /* has a photo at another point, and stays there */
        bool moved;             /* was at another point before, or stays there */
} Line;

/* A teaching point of the files. */
typedef struct Place {
        int64_t id;
        char *name;      /* as the catalog writes it */
        int64_t version; /* of the point, before */
} Place;

typedef struct Import {
        Catalog *catalog;
        const RosterImportOptions *options;
        RosterImport *report;
        Line *lines;
        Line **by_number;
        Line **by_student_no; /* made when first needed */
        size_t n_lines;
        Place *places;
        size_t n_places;
        int64_t last_before; /* students of a greater id were added */
} Import;

void import_done(Import *import);

/* Adds to the report. */
int import_note(Import *import, RosterImportNote note);
/* A note about a line, whose strings it borrows. */
RosterImportNote import_note_about(const Import *import, RosterImportNoteKind kind,
                                   const Line *line);

/* The steps before anything is known of students, in this order; each may refuse the import. */
int import_check_files(Import *import, const Roster *const *files, size_t n);
int import_collect_lines(Import *import, const Roster *const *files, size_t n);
/* Creates the points that are missing. */
int import_find_places(Import *import);
int import_find_repeated(Import *import);

/* The line that lists that number at that point; NULL: none. */
Line *import_find_line(const Import *import, const char *number, int64_t point);
/* Whether there is one. */
bool import_listed_at(const Import *import, const char *number, int64_t point);
/* Whether that number stays where it was, against what the files say. */
bool import_stays(const Import *import, const char *number);
/* Before the first search by student number. */
int import_sort_student_nos(Import *import);
/* The line that has that student number at the place; NULL: none, or none given. */
const Line *import_find_student_no(const Import *import, const Place *place,
                                   const char *student_no);
