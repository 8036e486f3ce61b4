/* SPDX-License-Identifier: MIT */
#include "waiting.h"

#include <idphoto/gravity.h>
#include <idphoto/point.h>
#include <idphoto/standing.h>

#include <stdlib.h>
#include <string.h>

/* The points come first, and then their warned photos, in the same order: of each point the gravest
 * are kept. */

typedef struct Collecting {
        Catalog *catalog;
        int64_t batch;
        Waiting *waiting;
        Language language;
        size_t at;                                /* the point whose photos come */
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

static int add_point(const PointRow *row, void *userdata)
{
        Collecting *c = userdata;
        Waiting *waiting = c->waiting;
        StatusWaiting *points;
        PointCounts counts;
        char *name;
        int r = catalog_counts(c->catalog, (Where){c->batch, row->id}, &counts);

        if (r < 0 || counts.students[REVIEW_PENDING] == 0)
                return MIN(r, 0);
        points = realloc(waiting->points, (waiting->n + 1) * sizeof(*points));
        if (!points)
                return -ENOMEM;
        waiting->points = points;
        name = strdup(row->name);
        if (!name)
                return -ENOMEM;
        points[waiting->n++] = (StatusWaiting){
                .id = row->id, .point = name, .photos = counts.students[REVIEW_PENDING]};
        return 0;
}

/* Hands the gravest over to their point. */
static int end_point(Collecting *c)
{
        StatusWaiting *point;

        if (c->n == 0)
                return 0;
        point = &c->waiting->points[c->at];
        point->gravest = malloc(c->n * sizeof(*c->gravest));
        if (!point->gravest)
                return -ENOMEM;
        memcpy((StatusWarned *)point->gravest, c->gravest, c->n * sizeof(*c->gravest));
        point->n_gravest = c->n;
        c->n = 0;
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

/* Goes on to the point of the row. 1: it is not among them, having come since they were read. */
static int turn_to(Collecting *c, int64_t point)
{
        const Waiting *waiting = c->waiting;
        int r;

        if (c->at < waiting->n && waiting->points[c->at].id == point)
                return 0;
        r = end_point(c);
        while (c->at < waiting->n && waiting->points[c->at].id != point)
                c->at++;
        return r < 0 ? r : c->at == waiting->n;
}

static int add_warned(const StandingRow *row, void *userdata)
{
        Collecting *c = userdata;
        Gravity gravity = gravity_of(row);
        int r = turn_to(c, row->point_id);

        if (r != 0)
                return r;
        c->waiting->points[c->at].warned++;
        return keep_gravest(c, row, &gravity);
}

int waiting_collect(Catalog *catalog, int64_t batch, Language language, Waiting *ret)
{
        Collecting c = {.catalog = catalog, .batch = batch, .waiting = ret, .language = language};
        int r = catalog_list_points(catalog, 0, add_point, &c);

        if (r >= 0)
                r = catalog_list_waiting(catalog, (Where){batch, 0}, true, add_warned, &c);
        if (r >= 0)
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
