/* SPDX-License-Identifier: MIT */
#include "view.h"

#include <math.h>

void view_done(View *view)
{
        raster_done(&view->photo);
        free(view->luma);
        *view = (View){};
}

int view_make(Cut *cut, const RasterWindow *window, View *ret)
{
        _cleanup_view_ View view = {
                .window = *window,
                .face = FACE_NONE,
                .geometry = PHOTO_GEOMETRY_UNKNOWN,
        };
        int r = cut_photo(cut, window, &view.photo);

        if (r >= 0)
                r = raster_luma(&view.photo, &view.luma);
        if (r < 0)
                return r;
        *ret = view;
        view = (View){};
        return 0;
}

/* Seldom changes anything: a face that the frame cuts is measured as if it went on. */
static double within(double value, double min, double max)
{
        return value >= min && value <= max ? value : (double)NAN;
}

static void note_geometry(View *view, const PhotoRules *rules)
{
        PhotoGeometry *geometry = &view->geometry;
        const Face *face = &view->face;

        if (backdrop_shows_crown(&view->backdrop, rules))
                geometry->head_top = within(view->backdrop.crown, 0, PHOTO_HEIGHT);
        if (face->n_boxes == 0)
                return;
        geometry->eye_line = within(face->eye_line, 0, PHOTO_HEIGHT);
        geometry->face_width = within(face->width, 0, PHOTO_WIDTH);
        geometry->face_centre = within(face->centre, 0, PHOTO_WIDTH);
        geometry->head_tilt = within(face->tilt, -180, 180);
}

int view_measure(View *view, const FaceSearch *search, const PhotoRules *rules)
{
        int r = 0;

        if (search->models)
                r = face_find(search, view->luma, PHOTO_WIDTH, PHOTO_HEIGHT, &view->face);
        if (r >= 0)
                r = backdrop_measure(&view->photo, view->luma, &view->face, rules, &view->backdrop);
        if (r < 0)
                return r;
        note_geometry(view, rules);
        return 0;
}

ViewGrade view_grade(const View *view, const PhotoRules *rules)
{
        const PhotoGeometry *g = &view->geometry;
        Findings findings = {};

        if (view->face.n_boxes == 0)
                return VIEW_HAS_NO_FACE;
        (void)photo_measure_judge(rules, PHOTO_MEASURE_CROWN, g->head_top, &findings);
        (void)photo_measure_judge(rules, PHOTO_MEASURE_EYES, g->eye_line, &findings);
        (void)photo_measure_judge(rules, PHOTO_MEASURE_WIDTH, g->face_width, &findings);
        (void)photo_measure_judge(rules, PHOTO_MEASURE_CENTRE,
                                  fabs(g->face_centre - PHOTO_WIDTH / 2), &findings);
        return findings_reject(&findings) ? VIEW_REJECTS
               : findings.n > 0           ? VIEW_WARNS
                                          : VIEW_CONFORMS;
}

FramingHead view_head_of_face(const Face *face, double zoom)
{
        return (FramingHead){
                .crown = NAN,
                .eye_line = face->eye_line * zoom,
                .width = face->width * zoom,
                .centre = face->centre * zoom,
        };
}

FramingHead view_head(const View *view)
{
        double zoom = view->window.width / PHOTO_WIDTH;
        FramingHead head = view_head_of_face(&view->face, zoom);

        head.crown = view->window.y + view->geometry.head_top * zoom;
        head.eye_line += view->window.y;
        head.centre += view->window.x;
        return head;
}
