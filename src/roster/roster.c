/* SPDX-License-Identifier: MIT */
#include "builder.h"
#include "table.h"
#include "textcode.h"

static bool is_heading(const Cell *cells, size_t n, unsigned *ret_known)
{
        Headings headings;
        bool found = headings_find(cells, n, &headings);

        *ret_known = headings.n_known;
        return found;
}

static int take_problem(void *userdata, RosterCode code, size_t row)
{
        return builder_problem(userdata, code, row, 0, "");
}

int roster_prepare(void)
{
        textcode_prepare();
        return 0;
}

int roster_read(const void *data, size_t size, const char *filename, Date today, Roster **ret)
{
        _cleanup_(builder_done) Builder builder;
        const TableReader reader = {
                .is_heading = is_heading,
                .row = builder_row,
                .problem = take_problem,
                .userdata = &builder,
                .found = &builder.have_headings,
                .date1904 = &builder.date1904,
        };
        int r;

        r = builder_init(&builder, today);
        if (r < 0)
                return r;
        r = table_read(data, size, filename, &reader);
        if (r == 0)
                r = builder_finish(&builder);
        if (r == -EFBIG)
                r = builder_problem(&builder, ROSTER_TOO_LARGE, 0, 0, "");
        if (r < 0)
                return r;
        *ret = TAKE_PTR(builder.roster);
        return 0;
}
