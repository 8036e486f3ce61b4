/* SPDX-License-Identifier: MIT */
#include "waiting.h"

#include "gravity.h"

#include <stdlib.h>
#include <string.h>

/* The photos come point by point: of each point the gravest are kept in order. */

typedef struct Collecting {
        Waiting *waiting;
        Language language;
        int64_t point;                            /* the last of waiting->points; 0: none yet */
        StatusWarned gravest[STATUS_NAMES_SHOWN]; /* of that point, as the next two */
        Gravity gravities[STATUS_NAMES_SHOWN];
        size_t n;
} Collecting;

static void warned_done(StatusWarned *warned)
{
        free((char *)warned->id_number);
        free((char *)warned->name);
        free((char *)warned->warnings);
}

/* Hands the gravest over to their point. */
static int end_point(Collecting *c)
{
        StatusWaiting *point = &c->waiting->points[c->waiting->n - 1];

        if (c->n == 0)
                return 0;
        point->gravest = malloc(c->n * sizeof(*c->gravest));
        if (!point->gravest)
                return -ENOMEM;
        memcpy((StatusWarned *)point->gravest, c->gravest, c->n * sizeof(*c->gravest));
        point->n_gravest = c->n;
        c->n = 0;
        return 0;
}

static int begin_point(Collecting *c, const StandingRow *row)
{
        Waiting *waiting = c->waiting;
        StatusWaiting *points;
        char *name;
        int r = c->point != 0 ? end_point(c) : 0;

        if (r < 0)
                return r;
        points = realloc(waiting->points, (waiting->n + 1) * sizeof(*points));
        if (!points)
                return -ENOMEM;
        waiting->points = points;
        name = strdup(row->point);
        if (!name)
                return -ENOMEM;
        points[waiting->n++] = (StatusWaiting){.point = name};
        c->point = row->point_id;
        return 0;
}

static int read_warned(const StandingRow *row, Language language, StatusWarned *ret)
{
        _cleanup_text_ Text titles = {};
        char *warnings = NULL;
        int r;

        for (size_t i = 0; i < row->findings->n; i++) {
                if (row->findings->items[i].level != FINDING_WARN)
                        continue;
                if (titles.size > 0 && language == LANGUAGE_EN)
                        text_append(&titles, " ");
                text_append(&titles, finding_title(&row->findings->items[i], language));
        }
        r = text_take(&titles, &warnings, NULL);
        if (r < 0)
                return r;
        *ret = (StatusWarned){.id_number = strdup(row->id_number),
                              .name = strdup(row->name ? row->name : ""),
                              .warnings = warnings};
        if (ret->id_number && ret->name)
                return 0;
        warned_done(ret);
        return -ENOMEM;
}

static int keep_gravest(Collecting *c, const StandingRow *row, const Gravity *gravity)
{
        size_t at = c->n;
        StatusWarned warned;
        int r;

        while (at > 0 && gravity_compare(gravity, &c->gravities[at - 1]) < 0)
                at--;
        if (at == STATUS_NAMES_SHOWN)
                return 0;
        r = read_warned(row, c->language, &warned);
        if (r < 0)
                return r;
        if (c->n == STATUS_NAMES_SHOWN)
                warned_done(&c->gravest[--c->n]);
        memmove(&c->gravest[at + 1], &c->gravest[at], (c->n - at) * sizeof(*c->gravest));
        memmove(&c->gravities[at + 1], &c->gravities[at], (c->n - at) * sizeof(*c->gravities));
        c->gravest[at] = warned;
        c->gravities[at] = *gravity;
        c->n++;
        return 0;
}

static int add_waiting(const StandingRow *row, void *userdata)
{
        Collecting *c = userdata;
        Gravity gravity = gravity_of(row);
        StatusWaiting *point;
        int r = row->point_id != c->point ? begin_point(c, row) : 0;

        if (r < 0)
                return r;
        point = &c->waiting->points[c->waiting->n - 1];
        point->photos++;
        point->warned += gravity.warnings > 0;
        return gravity.warnings > 0 ? keep_gravest(c, row, &gravity) : 0;
}

int waiting_collect(Catalog *catalog, int64_t batch, Language language, Waiting *ret)
{
        Collecting c = {.waiting = ret, .language = language};
        int r = catalog_list_waiting(catalog, (Where){batch, 0}, add_waiting, &c);

        if (r >= 0 && c.point != 0)
                r = end_point(&c);
        for (size_t i = 0; i < c.n; i++)
                warned_done(&c.gravest[i]);
        return r;
}

void waiting_done(Waiting *waiting)
{
        for (size_t i = 0; i < waiting->n; i++) {
                StatusWaiting *point = &waiting->points[i];

                for (size_t j = 0; j < point->n_gravest; j++)
                        warned_done((StatusWarned *)&point->gravest[j]);
                free((StatusWarned *)point->gravest);
                free((char *)point->point);
        }
        free(waiting->points);
        *waiting = (Waiting){};
}
