/* SPDX-License-Identifier: MIT */
#include "html.h"
#include "pageparts.h"

#include <idphoto/fixedname.h>
#include <idphoto/message.h>
#include <idphoto/standing.h>
#include <idphoto/statuscsv.h>
#include <idphoto/view.h>

#include <math.h>
#include <string.h>

/* One student's card: the picture with the guide lines over it, and beside it in words all that is
 * known. What the script searches and filters by stands in data attributes, made of our own names
 * only. */

static void append_rejected_address(Text *text, const char *file, Language names)
{
        html_append_segment(text, fixed_name(FIXED_REJECTED, names));
        text_append(text, "/");
        html_append_segment(text, file);
}

/* ---- the picture ---- */

static bool measured(const PhotoGeometry *g)
{
        return isfinite(g->eye_line) || isfinite(g->head_top) || isfinite(g->face_centre);
}

/* Where crown, eyes and cheeks were found, as far as they were. */
static void append_found(Text *text, const PhotoGeometry *g)
{
        double centre = isfinite(g->face_centre) ? g->face_centre : 240;
        double half = isfinite(g->face_width) ? g->face_width / 2 : 60;

        if (!measured(g))
                return;
        text_append(text, "<path class=\"found\" d=\"");
        if (isfinite(g->head_top))
                text_printf(text, "M%.0f %.0fh100", centre - 50, g->head_top);
        if (isfinite(g->eye_line)) {
                double slope = isfinite(g->head_tilt) ? tan(g->head_tilt * M_PI / 180) : 0;

                text_printf(text, "M%.0f %.0fL%.0f %.0f", centre - half, g->eye_line - half * slope,
                            centre + half, g->eye_line + half * slope);
        }
        if (isfinite(g->face_width) && isfinite(g->eye_line))
                text_printf(text, "M%.0f %.0fv90M%.0f %.0fv90", centre - half, g->eye_line - 20,
                            centre + half, g->eye_line - 20);
        text_append(text, "\"/>");
}

static void append_number(Text *text, double value)
{
        if (isfinite(value))
                text_printf(text, "%.1f", value);
        else
                text_append(text, "-");
}

/* For the large view's table, in the order of its rows. */
static void append_geometry_attribute(Text *text, const PhotoGeometry *g)
{
        const double values[] = {g->head_top, g->eye_line, g->face_width, g->face_centre,
                                 g->head_tilt};

        text_append(text, " data-found=\"");
        for (size_t i = 0; i < ELEMENTSOF(values); i++) {
                text_append(text, i > 0 ? " " : "");
                append_number(text, values[i]);
        }
        text_append(text, "\"");
}

static void append_photo_address(Text *text, const PageCard *card, Language names)
{
        const StandingRow *row = card->row;

        if (card->place == PAGE_AT_OFFICE) {
                html_append_segment(text, fixed_name(FIXED_PENDING, names));
                text_append(text, "/");
                html_append_segment(text, row->point);
                text_append(text, "/");
        }
        html_append_segment(text, row->id_number);
        text_append(text, ".jpg");
}

static int append_photo(Text *text, const PageCard *card, const PageOptions *options)
{
        const PageWords *words = page_words(options->language);
        const StandingRow *row = card->row;
        int r = 0;

        if (options->picture)
                text_append(text, "<span class=\"frame\">");
        else {
                text_append(text, "<a class=\"frame\" href=\"");
                append_photo_address(text, card, options->names);
                text_append(text, "\">");
        }
        text_append(text, "<img loading=\"lazy\" decoding=\"async\" width=\"480\" height=\"640\" "
                          "alt=\"");
        text_printf(text, "%s ", words->photo_of);
        html_append(text, row->name && *row->name ? row->name : row->id_number);
        text_append(text, "\" src=\"");
        if (options->picture)
                r = options->picture(&row->blob, text, options->userdata);
        else
                append_photo_address(text, card, options->names);
        text_append(text, "\"><svg viewBox=\"0 0 480 640\" aria-hidden=\"true\">"
                          "<use href=\"#guide\"/>");
        append_found(text, &row->geometry);
        text_append(text, options->picture ? "</svg></span>\n" : "</svg></a>\n");
        return r;
}

static bool is_picture(const PageCard *card)
{
        for (size_t i = 0; i < card->findings->n; i++)
                if (reason_is_no_picture(card->findings->items[i].code))
                        return false;
        return true;
}

/* What was sent lies over the empty figure, which is seen when it turns out to be no picture. */
static void append_no_photo(Text *text, const PageCard *card, const PageOptions *options)
{
        /* A page that is carried away alone has no files beside it. */
        bool linked = card->file && !options->picture;

        if (linked) {
                text_append(text, "<a class=\"frame\" href=\"");
                append_rejected_address(text, card->file, options->names);
                text_append(text, "\" tabindex=\"-1\" aria-hidden=\"true\">");
        } else
                text_append(text, "<span class=\"frame\">");
        text_append(text, "<svg viewBox=\"0 0 480 640\" aria-hidden=\"true\">"
                          "<use href=\"#nobody\"/></svg>");
        if (linked && is_picture(card)) {
                text_append(text, "<img class=\"original\" loading=\"lazy\" decoding=\"async\" "
                                  "alt=\"\" src=\"");
                append_rejected_address(text, card->file, options->names);
                text_append(text, "\">");
        }
        text_append(text, linked ? "</a>\n" : "</span>\n");
}

/* ---- the words ---- */

/* The page tells of each reason once what to do; here only what the values add to that. */
static void append_advice_attribute(Text *text, const Finding *finding, Language language)
{
        const char *advice = finding_advice(finding, language);

        if (strcmp(advice, reason_advice(finding->code, language)) == 0)
                return;
        text_append(text, " data-advice=\"");
        html_append(text, advice);
        text_append(text, "\"");
}

static void append_reason(Text *text, ReasonCode code, const Finding *finding, bool rejects,
                          Language language)
{
        _cleanup_text_ Text values = {};

        text_printf(text, "<li class=\"%s\"", rejects ? "no" : "note");
        if (finding)
                append_advice_attribute(text, finding, language);
        text_printf(text, "><a href=\"#why-%s\">", reason_to_string(code));
        html_append(text,
                    finding ? finding_title(finding, language) : reason_title(code, language));
        text_append(text, "</a>");
        if (finding)
                finding_append_values(&values, finding, language);
        if (values.error < 0)
                text->error = values.error;
        if (values.size > 0) {
                text_append(text, " <span>");
                html_append(text, values.data);
                text_append(text, "</span>");
        }
        text_append(text, "</li>\n");
}

/* A decision comes first: who wrote it looked at the photo. It may stand among the findings too. */
static void append_reasons(Text *text, const PageCard *card, Language language)
{
        ReasonCode decision = card->row ? card->row->reason : _REASON_INVALID;

        if (decision < 0 && card->findings->n == 0)
                return;
        text_append(text, "<ul class=\"why\">\n");
        if (decision >= 0)
                append_reason(text, decision, NULL, true, language);
        for (int level = FINDING_REJECT; level >= FINDING_WARN; level--)
                for (size_t i = 0; i < card->findings->n; i++) {
                        const Finding *finding = &card->findings->items[i];

                        if (finding->level == (FindingLevel)level && finding->code != decision)
                                append_reason(text, finding->code, finding, level == FINDING_REJECT,
                                              language);
                }
        text_append(text, "</ul>\n");
}

/* Which part of the file the photo is [P10]. */
static void append_framed(Text *text, const Finding *framed, Language language)
{
        _cleanup_text_ Text values = {};

        finding_append_values(&values, framed, language);
        if (values.error < 0)
                text->error = values.error;
        text_append(text, "<p class=\"framed\">");
        html_append(text, finding_title(framed, language));
        if (values.size > 0) {
                text_append(text, " <span>");
                html_append(text, values.data);
                text_append(text, "</span>");
        }
        text_append(text, "</p>\n");
}

static void append_file_link(Text *text, const PageCard *card, const PageOptions *options)
{
        if (!options->picture) {
                text_append(text, "<a href=\"");
                append_rejected_address(text, card->file, options->names);
                text_append(text, "\">");
        }
        html_append(text, card->file);
        text_append(text, options->picture ? "" : "</a>");
}

static void append_student(Text *text, const StandingRow *row, Language language)
{
        const PageWords *words = page_words(language);
        bool named = row->name && *row->name;

        text_printf(text, "<h2%s>", named ? "" : " class=\"unknown\"");
        html_append(text, named ? row->name : words->no_name);
        text_append(text, "</h2>\n<p class=\"number\">");
        html_append(text, row->id_number);
        text_append(text, "</p>\n");
        const char *const more[] = {row->student_no, row->class_name, row->major};
        bool open = false;

        for (size_t i = 0; i < ELEMENTSOF(more); i++) {
                if (!more[i] || *more[i] == '\0')
                        continue;
                text_append(text, open ? " · " : "<p class=\"more\">");
                html_append(text, more[i]);
                open = true;
        }
        if (open)
                text_append(text, "</p>\n");
}

/* On a page to review by, where all are in one state: what speaks against the photo. */
static void append_warnings(Text *text, const PageCard *card, Language language)
{
        const ReviewWords *words = review_words(language);
        size_t n = findings_count(card->findings, FINDING_WARN);

        if (n == 0)
                text_printf(text, "<p class=\"state\"><b>%s</b></p>\n", words->clear);
        else
                text_printf(text, "<p class=\"state\"><b>%zu %s</b></p>\n", n,
                            words->warnings[n != 1]);
        if (card->place == PAGE_AT_OFFICE) {
                text_append(text, "<p class=\"point\">");
                html_append(text, card->row->point);
                text_append(text, "</p>\n");
        }
}

static void append_state(Text *text, const PageCard *card, Language language)
{
        const PageWords *words = page_words(language);
        const StandingRow *row = card->row;

        text_printf(text, "<p class=\"state\"><b>%s</b>",
                    row ? review_state_word(row->state, language) : words->stray);
        if (row && row->stage != STAGE_NONE) {
                text_append(text, " <i>");
                html_append(text, stage_title(row->stage, language));
                text_append(text, "</i>");
        }
        text_append(text, "</p>\n");
}

static void append_codes(Text *text, const PageCard *card)
{
        text_append(text, " data-why=\"");
        if (card->row && card->row->reason >= 0)
                text_printf(text, "%s ", reason_to_string(card->row->reason));
        for (size_t i = 0; i < card->findings->n; i++)
                text_printf(text, "%s%s", i > 0 ? " " : "",
                            reason_to_string(card->findings->items[i].code));
        text_append(text, "\"");
}

static const char *card_state(const PageCard *card)
{
        if (card->place != PAGE_AT_POINT)
                return findings_count(card->findings, FINDING_WARN) > 0 ? "warned" : "clear";
        return card->row ? review_state_to_string(card->row->state) : "stray";
}

/* By what a mark is remembered: another photo of the student is not the one that was marked. */
static void append_photo_attribute(Text *text, const StandingRow *row)
{
        char hex[SHA256_HEX_SIZE];

        sha256_to_hex(&row->blob, hex);
        text_printf(text, " data-photo=\"%.12s\"", hex);
}

int page_append_card(Text *text, const PageCard *card, const PageOptions *options)
{
        const StandingRow *row = card->row;
        const char *state = card_state(card);
        /* Carried away with the page, a photo that was rejected later can be seen too. */
        bool pictured = row && row->has_blob && (row->has_photo || options->picture);
        int r = 0;

        text_printf(text, "<li class=\"card %s\" data-state=\"%s\"", state, state);
        append_codes(text, card);
        if (pictured && measured(&row->geometry))
                append_geometry_attribute(text, &row->geometry);
        if (pictured && card->place != PAGE_AT_POINT)
                append_photo_attribute(text, row);
        text_append(text, ">\n");
        if (pictured)
                r = append_photo(text, card, options);
        else
                append_no_photo(text, card, options);
        text_append(text, "<div class=\"text\">\n");
        if (card->place == PAGE_AT_POINT)
                append_state(text, card, options->language);
        else
                append_warnings(text, card, options->language);
        if (row) {
                const PageWords *words = page_words(options->language);

                append_student(text, row, options->language);
                if (row->rejections > 0)
                        text_printf(text, "<p class=\"times\">%u %s</p>\n", row->rejections,
                                    words->rejections[row->rejections > 1]);
        } else {
                text_append(text, "<h2>");
                append_file_link(text, card, options);
                text_append(text, "</h2>\n");
        }
        append_reasons(text, card, options->language);
        if (row && row->framed)
                append_framed(text, row->framed, options->language);
        if (row && row->reason >= 0 && row->note && *row->note) {
                text_append(text, "<blockquote>");
                html_append(text, row->note);
                text_append(text, "</blockquote>\n");
        }
        if (row && card->file) {
                const PageWords *words = page_words(options->language);

                text_printf(text, "<p class=\"file\">%s%s", words->file_in, words->colon);
                append_file_link(text, card, options);
                text_append(text, "</p>\n");
        }
        text_append(text, "</div>\n</li>\n");
        return r < 0 ? r : text->error;
}
