/* SPDX-License-Identifier: MIT */
#pragma once

#include "view.h"

/* Which part of the source is judged and becomes the photo [P10]. */
typedef struct Reframed {
        View view;
        bool framed;      /* it is another part than the middle */
        bool upright;     /* it shows an upright face with both eyes */
        bool several;     /* more than one person is in the source */
        unsigned n_faces; /* in the source, where there are several */
        bool few_pixels;  /* the face is too small because the part has no more pixels */
} Reframed;

void reframed_done(Reframed *reframed);

/*
 * Finds the part. `middle` is the largest part from the middle, not measured yet; the function takes
 * what it holds. `right_shape`: the whole source is 3:4, so that the middle is all of it. It is
 * taken where the head in it conforms, where nothing can be done, and, of a source of the right
 * shape, where the rules want pictures only checked. 0, -ENOMEM.
 */
int reframe(Cut *cut, View *middle, bool right_shape, const FaceSearch *search, Reframed *ret);

/* Looks for a face with both eyes in a source that shows none upright [P11]. *ret_quarters: the clockwise quarter
 * turns that put one upright, 0: none was found. 0, -ENOMEM. */
int reframe_find_turned(Cut *cut, const PhotoModels *models, unsigned *ret_quarters);
