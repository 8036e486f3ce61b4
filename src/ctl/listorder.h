/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/standing.h>

/* An order of students, by what was known of them when they were added. */

typedef enum ListSort {
        LIST_SORT_WARNINGS, /* the gravest and most findings first, then what is furthest outside */
        LIST_SORT_NAME,
        LIST_SORT_ID,
        LIST_SORT_STATE,
        LIST_SORT_CHANGED, /* the latest first */
        _LIST_SORT_MAX,
        _LIST_SORT_INVALID = -EINVAL,
} ListSort;

const char *list_sort_to_string(ListSort sort); /* "warnings", … */
ListSort list_sort_from_string(const char *s);

/* Initialise with {.sort = …}. */
typedef struct ListOrder {
        ListSort sort;
        struct ListPlace *places;
        size_t n;
        size_t allocated;
} ListOrder;

void list_order_done(ListOrder *order);
/* 0, -ENOMEM. */
int list_order_add(ListOrder *order, const StandingRow *row);
/* Sorts those that were added. Whom nothing tells apart stay as they were. */
void list_order_sort(ListOrder *order);
/* The n-th student. */
int64_t list_order_student(const ListOrder *order, size_t n);
