/* SPDX-License-Identifier: MIT */
#pragma once

#include "cascade.h"
#include "judging.h"
#include "raster.h"
#include <idphoto/photo.h>

struct PhotoModels {
        Cascade *face;
        Cascade *eye; /* may be NULL */
};

enum { FACES_MAX = 8 };

/* The faces of a picture, in its pixels. */
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

#define FACE_NONE ((Face){.tilt = NAN, .eye_line = NAN, .width = NAN, .centre = NAN})

/* How faces are looked for. */
typedef struct FaceSearch {
        const PhotoModels *models; /* NULL: not at all */
        bool hard; /* where none is found, also tilted ones, far ones and those that are hard to make
                      out; this takes several times as long */
} FaceSearch;

/* Finds the faces in the luma of a picture that is 480 wide or 640 high, or about that: faces much
 * smaller than the standard's are not looked for. 0, -ENOMEM. */
int face_find(const FaceSearch *search, const uint8_t *luma, uint32_t width, uint32_t height,
              Face *ret);

/* Looks for a far face, of 24 to 80 pixels, without its eyes. 0, -ENOMEM. */
int face_find_far(const PhotoModels *models, const uint8_t *luma, uint32_t width, uint32_t height,
                  Face *ret);

/* Whether there are two faces of similar size, so that neither is certainly the student's. */
bool face_is_one_of_several(const Face *face);

/* Adds the findings about the number of faces, and the place, size and posture of the first one. */
void face_judge(const Face *face, const PhotoModels *models, const Judging *judging);
