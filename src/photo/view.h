/* SPDX-License-Identifier: MIT */
#pragma once

#include "backdrop.h"
#include "cut.h"
#include "face.h"
#include "framing.h"

/* A part of the source as the finished photo would show it, and where the head is in it. */
typedef struct View {
        RasterWindow window; /* in the upright source */
        Raster photo;        /* 480 x 640, upright, sRGB; no pixels: there is none */
        uint8_t *luma;       /* of photo */
        Face face;
        Backdrop backdrop;
        PhotoGeometry geometry;
} View;

void view_done(View *view);
#define _cleanup_view_ _cleanup_(view_done)

/* Cuts the picture out; measures nothing. 0, -ENOMEM. */
int view_make(Cut *cut, const RasterWindow *window, View *ret);

/* Finds face, backdrop and head. 0, -ENOMEM. */
int view_measure(View *view, const FaceSearch *search, const PhotoRules *rules);

typedef enum ViewGrade {
        VIEW_CONFORMS,
        VIEW_WARNS,
        VIEW_REJECTS,
        VIEW_HAS_NO_FACE,
} ViewGrade;

/* What the rules say of the place and the size of the head. */
ViewGrade view_grade(const View *view, const PhotoRules *rules);

/* The head of a measured view that has a face, in pixels of the upright source. */
FramingHead view_head(const View *view);

/* The same of a face alone, in a picture whose pixels are `zoom` pixels of the source. */
FramingHead view_head_of_face(const Face *face, double zoom);
