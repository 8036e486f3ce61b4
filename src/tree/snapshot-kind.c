/* SPDX-License-Identifier: MIT */
#include "snapshot.h"

#include <idphoto/event.h>
#include <idphoto/exportlist.h>
#include <idphoto/overview.h>
#include <idphoto/page.h>
#include <idphoto/reviewpage.h>
#include <idphoto/standingcsv.h>

/* What each kind of snapshot shows. */

enum {
        /* Every ls -l asks for the page's size. Points have 5,000 students at most. */
        PAGE_CARDS_MAX = 6000,
        /* The gravest of all points; each point has a page of its own. */
        OFFICE_CARDS_MAX = 1000,
};

SnapshotKind snapshot_kind(Node node)
{
        switch (node.kind) {
        case NODE_STATUS_CSV:
                return SNAPSHOT_STATUS_CSV;
        case NODE_STATUS_XLSX:
                return SNAPSHOT_STATUS_XLSX;
        case NODE_INDEX_HTML:
                return SNAPSHOT_INDEX_HTML;
        case NODE_EXPORT_MANIFEST:
        case NODE_READY_MANIFEST:
                return SNAPSHOT_MANIFEST;
        case NODE_EXPORT_SUMS:
                return SNAPSHOT_SUMS;
        case NODE_OFFICE_STATUS:
                return SNAPSHOT_OFFICE_STATUS;
        case NODE_OFFICE_CSV:
                return SNAPSHOT_OFFICE_CSV;
        case NODE_OFFICE_XLSX:
                return SNAPSHOT_OFFICE_XLSX;
        case NODE_OFFICE_HTML:
                return SNAPSHOT_OFFICE_HTML;
        case NODE_REVIEW_HTML:
                return SNAPSHOT_REVIEW_HTML;
        default:
                return SNAPSHOT_STATUS_TXT;
        }
}

/* ---- how each kind is made ---- */

static OverviewDays days_of(const Tree *tree, Catalog *catalog)
{
        return (OverviewDays){
                .today = date_from_wall(catalog_now(catalog, clock_wall_nsec(tree->clock))),
                .deadline = tree->config->deadline,
                .calendar = tree->calendar,
                .check_days = MAX(tree->config->check_days, 1u),
                .paper_days = MAX(tree->config->paper_days, 1u)};
}

static int render_status(const Tree *tree, Catalog *catalog, Snapshot *s)
{
        const OverviewDays days = days_of(tree, catalog);

        return overview_status_text(catalog, tree->batch, s->point, &days, tree->language, &s->data,
                                    &s->size);
}

static void expect_status(const Tree *tree, Catalog *catalog, int64_t point)
{
        const OverviewDays days = days_of(tree, catalog);

        overview_expect(catalog, tree->batch, point, &days);
}

static int render_office_status(const Tree *tree, Catalog *catalog, Snapshot *s)
{
        const OverviewDays days = days_of(tree, catalog);

        return overview_office_text(catalog, tree->batch, &days, tree->language, &s->data,
                                    &s->size);
}

static int render_table(const Tree *tree, Catalog *catalog, StandingTable table, Snapshot *s)
{
        return standings_table(catalog, table, (Where){tree->batch, s->point}, tree->language,
                               &s->data, &s->size);
}

static int render_csv(const Tree *tree, Catalog *catalog, Snapshot *s)
{
        if (s->point == 0)
                return points_csv(catalog, tree->batch, tree->language, &s->data, &s->size);
        return render_table(tree, catalog, STANDING_TABLE_CSV, s);
}

static int render_xlsx(const Tree *tree, Catalog *catalog, Snapshot *s)
{
        return render_table(tree, catalog, STANDING_TABLE_XLSX, s);
}

static int render_office_csv(const Tree *tree, Catalog *catalog, Snapshot *s)
{
        return render_table(tree, catalog, STANDING_TABLE_OFFICE_CSV, s);
}

static int render_office_xlsx(const Tree *tree, Catalog *catalog, Snapshot *s)
{
        return render_table(tree, catalog, STANDING_TABLE_OFFICE_XLSX, s);
}

static PageOptions page_options(const Tree *tree, size_t max_cards)
{
        return (PageOptions){
                .language = tree->language, .names = tree->language, .max_cards = max_cards};
}

static int render_page(const Tree *tree, Catalog *catalog, Snapshot *s)
{
        const PageOptions options = page_options(tree, PAGE_CARDS_MAX);

        if (s->point == 0)
                return page_of_batch(catalog, tree->batch, &options, &s->data, &s->size);
        return page_of_point(catalog, tree->batch, s->point, &options, &s->data, &s->size);
}

static int render_office_page(const Tree *tree, Catalog *catalog, Snapshot *s)
{
        const PageOptions options = page_options(tree, OFFICE_CARDS_MAX);

        return review_page_of_batch(catalog, tree->batch, &options, &s->data, &s->size);
}

static int render_review_page(const Tree *tree, Catalog *catalog, Snapshot *s)
{
        const PageOptions options = page_options(tree, PAGE_CARDS_MAX);

        if (s->point == 0)
                return review_page_of_points(catalog, tree->batch, &options, &s->data, &s->size);
        return review_page_of_point(catalog, tree->batch, s->point, &options, &s->data, &s->size);
}

static int render_manifest(const Tree *tree, Catalog *catalog, Snapshot *s)
{
        if (s->point != 0)
                return export_ready_manifest(catalog, (Where){tree->batch, s->point},
                                             tree->language, &s->data, &s->size);
        return export_manifest(catalog, tree->batch, tree->language, true, &s->data, &s->size);
}

static int render_sums(const Tree *tree, Catalog *catalog, Snapshot *s)
{
        return export_sums(catalog, tree->batch, tree->language, true, &s->data, &s->size);
}

const SnapshotTraits snapshot_traits[_SNAPSHOT_MAX] = {
        [SNAPSHOT_STATUS_TXT] = {render_status, .expect = expect_status, .counts_days = true},
        [SNAPSHOT_STATUS_CSV] = {render_csv},
        [SNAPSHOT_STATUS_XLSX] = {render_xlsx},
        [SNAPSHOT_INDEX_HTML] = {render_page, .large = true},
        [SNAPSHOT_MANIFEST] = {render_manifest},
        [SNAPSHOT_SUMS] = {render_sums},
        [SNAPSHOT_OFFICE_STATUS] = {render_office_status, .counts_days = true},
        [SNAPSHOT_OFFICE_CSV] = {render_office_csv, .large = true, .stands = true},
        [SNAPSHOT_OFFICE_XLSX] = {render_office_xlsx, .large = true, .stands = true},
        [SNAPSHOT_OFFICE_HTML] = {render_office_page, .large = true, .stands = true},
        [SNAPSHOT_REVIEW_HTML] = {render_review_page, .large = true, .stands = true},
};
