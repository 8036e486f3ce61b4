/* SPDX-License-Identifier: MIT */
#include "html.h"
#include "pageassets.h"
#include "pageparts.h"

#include <idphoto/batch.h>

/*
 * What stands around the content, and the guide lines.
 *
 * The policy names the style and the script by their hashes, so that even a text which got through
 * as markup could neither run nor restyle anything. 'self' is no address for every browser when a
 * page comes from a disk, hence file: beside it.
 */

enum {
        CROWN_MIN = 50,
        CROWN_MAX = 110,
        EYES_MIN = 200,
        EYES_MAX = 300,
        WIDTH_MIN = 180,
        WIDTH_MAX = 300,
        WIDTH_BLUR = 10, /* the measurement of the width is that coarse */
        CENTRE = 240,
        CENTRE_OFF_MAX = 40,
        TILT_MAX = 6,
};

void page_append_head(Text *text, const char *title, const char *batch, const PageWords *words,
                      PageKind kind)
{
        text_printf(text,
                    "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                    "img-src 'self' file: data:; style-src '%s'; script-src '%s'%s%s%s; "
                    "base-uri 'none'; form-action 'none'\">\n",
                    words->html_lang, page_css_hash, kind == PAGE_PLAIN ? "none" : page_js_hash,
                    kind == PAGE_REVIEW ? " '" : "", kind == PAGE_REVIEW ? review_js_hash : "",
                    kind == PAGE_REVIEW ? "'" : "");
        text_append(text,
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta name=\"referrer\" content=\"no-referrer\">\n"
                    "<meta name=\"robots\" content=\"noindex\">\n<title>");
        html_append(text, title);
        if (batch) {
                text_append(text, " · ");
                html_append(text, batch);
        }
        text_append(text, "</title>\n<style>");
        text_append(text, page_css);
        text_append(text, "</style>\n</head>\n<body>\n<header>\n<h1>");
        html_append(text, title);
        text_append(text, "</h1>\n");
}

static void append_script(Text *text, const char *script)
{
        text_append(text, "<script>");
        text_append(text, script);
        text_append(text, "</script>\n");
}

void page_append_tail(Text *text, PageKind kind)
{
        if (kind != PAGE_PLAIN)
                append_script(text, page_js);
        if (kind == PAGE_REVIEW)
                append_script(text, review_js);
        text_append(text, "</body>\n</html>\n");
}

int page_read_batch(Catalog *catalog, int64_t batch, PageBatch *ret)
{
        int r = catalog_batch_name(catalog, batch, &ret->name);

        if (r >= 0)
                r = catalog_batch_closed(catalog, batch);
        ret->closed = r > 0;
        return MIN(r, 0);
}

void page_batch_done(PageBatch *batch)
{
        free(batch->name);
}

void page_append_batch(Text *text, const PageBatch *batch, const PageWords *words)
{
        if (!batch->name)
                return;
        text_printf(text, "%s ", words->batch);
        html_append(text, batch->name);
        if (batch->closed)
                text_printf(text, " (%s)", words->closed);
        text_append(text, " · ");
}

/* The bands' edges, and the columns between whose inner and outer one a cheek belongs. */
static void append_line(Text *text, const char *class_name)
{
        text_printf(text, "<path class=\"%s\" d=\"M0 %dh480M0 %dh480M0 %dh480M0 %dh480", class_name,
                    CROWN_MIN, CROWN_MAX, EYES_MIN, EYES_MAX);
        text_printf(text, "M%d %dv200M%d %dv200M%d %dv200M%d %dv200\"/>", CENTRE - WIDTH_MAX / 2,
                    EYES_MIN, CENTRE - WIDTH_MIN / 2, EYES_MIN, CENTRE + WIDTH_MIN / 2, EYES_MIN,
                    CENTRE + WIDTH_MAX / 2, EYES_MIN);
}

void page_append_symbols(Text *text)
{
        text_append(text,
                    "<svg class=\"symbols\" width=\"0\" height=\"0\" aria-hidden=\"true\">\n");
        text_append(text, "<symbol id=\"guide\" viewBox=\"0 0 480 640\">");
        text_printf(text, "<path class=\"band\" d=\"M0 %dh480v%dh-480zM0 %dh480v%dh-480z\"/>",
                    CROWN_MIN, CROWN_MAX - CROWN_MIN, EYES_MIN, EYES_MAX - EYES_MIN);
        append_line(text, "under");
        append_line(text, "line");
        text_printf(text, "<path class=\"under\" d=\"M%d 0v640\"/>", CENTRE);
        text_printf(text, "<path class=\"middle\" d=\"M%d 0v640\"/></symbol>\n", CENTRE);
        text_append(
                text,
                "<symbol id=\"nobody\" viewBox=\"0 0 480 640\"><path class=\"nobody\" d=\"M240 "
                "150c-66 0-100 50-100 118s40 132 100 132 100-64 100-132-34-118-100-118zM60 640c0"
                "-120 70-190 130-205 20 18 80 18 100 0 60 15 130 85 130 205z\"/></symbol>\n"
                "</svg>\n");
}

void page_append_geometry_rows(Text *text, const PageWords *words)
{
        const struct {
                const char *label;
                int min;
                int max;
                int blur;
                const char *unit;
        } rows[] = {
                {words->crown, CROWN_MIN, CROWN_MAX, 0, ""},
                {words->eyes, EYES_MIN, EYES_MAX, 0, ""},
                {words->width, WIDTH_MIN, WIDTH_MAX, WIDTH_BLUR, " px"},
                {words->centre, CENTRE - CENTRE_OFF_MAX, CENTRE + CENTRE_OFF_MAX, 0, ""},
                {words->tilt, -TILT_MAX, TILT_MAX, 0, "°"},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                text_printf(text,
                            "<tr data-min=\"%d\" data-max=\"%d\" data-unit=\"%s\"><th>%s</th>"
                            "<td></td><td>",
                            rows[i].min - rows[i].blur, rows[i].max + rows[i].blur, rows[i].unit,
                            rows[i].label);
                if (rows[i].min < 0)
                        text_printf(text, "±%d%s", rows[i].max, rows[i].unit);
                else
                        text_printf(text, "%d–%d%s", rows[i].min, rows[i].max, rows[i].unit);
                text_append(text, "</td></tr>\n");
        }
}
