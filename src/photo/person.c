/* SPDX-License-Identifier: MIT */
#include "person.h"

#include "patch.h"

#include <math.h>
#include <string.h>

/* Of the face's width, from its middle: hair goes so far. What stands further away is an object,
 * even if it touches the hair. */
static const double HAIR_REACH = 1.3;
/* A head begins among these cells. */
static const double SEED_REACH = 0.35, SEED_ABOVE = 0.8;

void person_done(Person *person)
{
        free(person->labs);
        free(person->head);
        *person = (Person){};
}

static Lab mean_of_cell(const Raster *photo, uint32_t cx, uint32_t cy)
{
        const Patch cell = {cx * PERSON_CELL, (cx + 1) * PERSON_CELL, cy * PERSON_CELL,
                            (cy + 1) * PERSON_CELL};

        return patch_mean(photo, &cell);
}

int person_new(const Raster *photo, uint32_t below, Person *ret)
{
        uint32_t across = photo->width / PERSON_CELL;
        uint32_t down = MIN(below, photo->height) / PERSON_CELL;
        size_t n = (size_t)across * down;
        Person person = {.across = across, .down = down, .top = NAN};

        person.labs = malloc(MAX(n, 1u) * sizeof(*person.labs));
        person.head = calloc(MAX(n, 1u), sizeof(*person.head));
        if (!person.labs || !person.head) {
                person_done(&person);
                return -ENOMEM;
        }
        for (uint32_t y = 0; y < down; y++)
                for (uint32_t x = 0; x < across; x++)
                        person.labs[(size_t)y * across + x] = mean_of_cell(photo, x, y);
        *ret = person;
        return 0;
}

/* Rows and columns of cells, the last ones included. */
typedef struct Field {
        uint32_t x0, x1, y0, y1;
} Field;

static Field field_around(const Person *person, const Face *face, double reach, double above)
{
        double right = (person->across - 1.0), bottom = (person->down - 1.0);

        return (Field){
                .x0 = (uint32_t)CLAMP((face->centre - reach) / PERSON_CELL, 0.0, right),
                .x1 = (uint32_t)CLAMP((face->centre + reach) / PERSON_CELL, 0.0, right),
                .y0 = (uint32_t)CLAMP((face->eye_line - above) / PERSON_CELL, 0.0, bottom),
                .y1 = (uint32_t)bottom,
        };
}

/* Takes in what is left of the field, row by row, until nothing hangs together with it any more. */
static void grow(Person *person, const Field *field, const Lab *wall, float foreign)
{
        bool *head = person->head;
        bool grown = true;

        while (grown) {
                grown = false;
                for (uint32_t j = field->y0; j <= field->y1; j++)
                        for (uint32_t i = field->x0; i <= field->x1; i++) {
                                uint32_t y = field->y1 - (j - field->y0);
                                size_t at = (size_t)y * person->across + i;

                                if (head[at] || lab_distance(&person->labs[at], wall) <= foreign)
                                        continue;
                                head[at] = (i > field->x0 && head[at - 1]) ||
                                           (i < field->x1 && head[at + 1]) ||
                                           (y > field->y0 && head[at - person->across]) ||
                                           (y < field->y1 && head[at + person->across]);
                                grown |= head[at];
                        }
        }
}

void person_find(Person *person, const Face *face, const Lab *wall, float foreign)
{
        Field seeds, field;

        if (person->down == 0)
                return;
        seeds = field_around(person, face, SEED_REACH * face->width, SEED_ABOVE * face->width);
        field = field_around(person, face, HAIR_REACH * face->width, INFINITY);
        memset(person->head, 0, (size_t)person->across * person->down * sizeof(*person->head));
        person->top = NAN;
        for (uint32_t y = seeds.y0; y <= seeds.y1; y++)
                for (uint32_t x = seeds.x0; x <= seeds.x1; x++) {
                        size_t at = (size_t)y * person->across + x;

                        person->head[at] = lab_distance(&person->labs[at], wall) > foreign;
                }
        grow(person, &field, wall, foreign);
        for (size_t i = 0; i < (size_t)person->across * person->down && isnan(person->top); i++)
                if (person->head[i])
                        person->top = (double)(i / person->across) * PERSON_CELL;
}

bool person_covers(const Person *person, uint32_t x, uint32_t y)
{
        uint32_t cx = x / PERSON_CELL, cy = y / PERSON_CELL;

        for (uint32_t j = MAX(cy, 1u) - 1; j <= cy + 1 && j < person->down; j++)
                for (uint32_t i = MAX(cx, 1u) - 1; i <= cx + 1 && i < person->across; i++)
                        if (person->head[(size_t)j * person->across + i])
                                return true;
        return false;
}
