/* SPDX-License-Identifier: MIT */
#pragma once

#include "face.h"
#include "lab.h"
#include "raster.h"

/*
 * Which part of a photo is the person and not the wall, down to the eyes: everything that differs
 * from the wall and hangs together with the head, hair included. Cells are squares of PERSON_CELL
 * pixels, so that grain is averaged out.
 */
enum { PERSON_CELL = 4 };

typedef struct Person {
        uint32_t across; /* cells */
        uint32_t down;
        Lab *labs;  /* mean colour of each cell, by row */
        bool *head; /* whether the cell is the person's */
        double top; /* first row of pixels with cells of the head; NAN: none was found */
} Person;

void person_done(Person *person);

/* Means of the cells in the rows above `below`. 0, -ENOMEM. */
int person_new(const Raster *photo, uint32_t below, Person *ret);
/* Finds the head of a face among what is further than `foreign` from the wall. */
void person_find(Person *person, const Face *face, const Lab *wall, float foreign);

/* Whether the pixel belongs to the head or touches it. Rows from `below` on do not. */
bool person_covers(const Person *person, uint32_t x, uint32_t y);
