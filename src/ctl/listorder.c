/* SPDX-License-Identifier: MIT */
#include "listorder.h"

#include <idphoto/gravity.h>

#include <stdlib.h>
#include <string.h>

enum { NUMBERS = 3 };

/* Compared number by number, the smaller first, then by text, then as added. */
typedef struct ListPlace {
        int64_t student;
        size_t added;
        double numbers[NUMBERS];
        char *text; /* NULL: none */
} ListPlace;

static const char *const names[_LIST_SORT_MAX] = {
        [LIST_SORT_WARNINGS] = "warnings", [LIST_SORT_NAME] = "name",       [LIST_SORT_ID] = "id",
        [LIST_SORT_STATE] = "state",       [LIST_SORT_CHANGED] = "changed",
};

const char *list_sort_to_string(ListSort sort)
{
        return sort >= 0 && sort < _LIST_SORT_MAX ? names[sort] : NULL;
}

ListSort list_sort_from_string(const char *s)
{
        return (ListSort)text_find(names, _LIST_SORT_MAX, s);
}

void list_order_done(ListOrder *order)
{
        for (size_t i = 0; i < order->n; i++)
                free(order->places[i].text);
        free(order->places);
}

static int reserve(ListOrder *order)
{
        size_t more = MAX(order->allocated * 2, (size_t)64);
        ListPlace *places;

        if (order->n < order->allocated)
                return 0;
        places = reallocarray(order->places, more, sizeof(*places));
        if (!places)
                return -ENOMEM;
        order->places = places;
        order->allocated = more;
        return 0;
}

static void rank_by_findings(ListPlace *place, const StandingRow *row)
{
        Gravity gravity = gravity_of(row);

        place->numbers[0] = -(double)findings_count(row->findings, FINDING_REJECT);
        place->numbers[1] = -(double)gravity.warnings;
        place->numbers[2] = -gravity.excess;
}

int list_order_add(ListOrder *order, const StandingRow *row)
{
        ListPlace place = {.student = row->student, .added = order->n};
        const char *text = NULL;
        int r = reserve(order);

        if (r < 0)
                return r;
        if (order->sort == LIST_SORT_WARNINGS)
                rank_by_findings(&place, row);
        else if (order->sort == LIST_SORT_STATE)
                place.numbers[0] = row->state;
        else if (order->sort == LIST_SORT_CHANGED)
                place.numbers[0] = -(double)row->applied;
        else
                text = order->sort == LIST_SORT_NAME ? row->name : row->id_number;
        if (text) {
                place.text = strdup(text);
                if (!place.text)
                        return -ENOMEM;
        }
        order->places[order->n++] = place;
        return 0;
}

static int compare(const void *left, const void *right)
{
        const ListPlace *a = left, *b = right;

        for (size_t i = 0; i < NUMBERS; i++)
                if (a->numbers[i] < b->numbers[i] || a->numbers[i] > b->numbers[i])
                        return a->numbers[i] < b->numbers[i] ? -1 : 1;
        if (a->text && b->text && strcmp(a->text, b->text) != 0)
                return strcmp(a->text, b->text);
        return a->added < b->added ? -1 : 1;
}

void list_order_sort(ListOrder *order)
{
        if (order->n > 0)
                qsort(order->places, order->n, sizeof(*order->places), compare);
}

int64_t list_order_student(const ListOrder *order, size_t n)
{
        return order->places[n].student;
}
