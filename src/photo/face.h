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

/* The faces of a 480 x 640 picture, in its pixels. */
typedef struct Face {
        size_t n_boxes;
        CascadeBox boxes[FACES_MAX]; /* the largest first */
        /* The rest describes the first box. Index 0 is the eye at the picture's left. */
        bool has_eye[2];
        double eye_x[2];
        double eye_y[2];
        double eye_line; /* row of the eyes; estimated from the box when none is found */
        double width;    /* between the cheeks */
        double centre;   /* column of the middle */
        double tilt;     /* degrees, positive when the right eye is lower; NAN unless both are
                            found */
} Face;

/* Finds the faces in the luma of a 480 x 640 picture. 0, -ENOMEM. */
int face_find(const PhotoModels *models, const uint8_t *luma, Face *ret);

/* Adds the findings about the number of faces, and the place, size and posture of the first one. */
void face_judge(const Face *face, const PhotoModels *models, const PhotoRules *rules,
                Findings *findings);
