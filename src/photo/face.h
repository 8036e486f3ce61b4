/* SPDX-License-Identifier: MIT */
#pragma once

#include "cascade.h"
#include "raster.h"
#include <idphoto/photo.h>

struct PhotoModels {
        Cascade *face;
        Cascade *eye; /* may be NULL */
};

enum { FACES_MAX = 8 };

/* What is found in a 480 x 640 picture, in its pixels. */
typedef struct Face {
        size_t n_boxes;
        CascadeBox boxes[FACES_MAX]; /* the largest first */
        /* Of the first box. left is the picture's left. */
        bool has_eye[2];
        double eye_x[2];
        double eye_y[2];
        double eye_line; /* by the eyes, else from the box */
        double width;    /* between the cheeks */
        double centre;   /* column of the middle */
        double tilt;     /* degrees, positive when the right eye is lower; NAN unless both are
                            found */
} Face;

/* luma: grey of the 480 x 640 picture. 0, -ENOMEM. */
int face_find(const PhotoModels *models, const uint8_t *luma, Face *ret);

/* The findings about number, place, size and posture. */
void face_judge(const Face *face, const PhotoModels *models, const PhotoRules *rules,
                Findings *findings);
