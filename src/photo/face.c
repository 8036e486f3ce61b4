/* SPDX-License-Identifier: MIT */
#include "face.h"

#include <math.h>
#include <string.h>

/*
 * Measured on the portraits that src/domain/photorules.c names: where the eyes are in a box of the
 * alt2 cascade, and the width between the cheeks, from the box and from the distance of the eyes.
 * The errors of the two widths are so independent that their mean is better than either.
 */
static const double EYE_LINE_IN_BOX = 0.396;
static const double EYE_COLUMN_IN_BOX[2] = {0.31, 0.69};
static const double WIDTH_PER_BOX = 0.852;
static const double WIDTH_PER_EYES = 2.2;
/* At half size. The first is below the smallest face that could pass. Smaller faces cost as much to
 * find as all others, so they are searched only when there is none, or one that leaves room for a
 * second of its own kind. */
enum { FACE_USUALLY = 76, FACE_HARD = 52, FACE_MIN = 40 };
static const double SURELY_WHOLE = 1.4;
/* At full size. The cascade knows nothing much smaller. */
enum { FACE_FAR = 24 };
/* A second box that is this much smaller than the first is more likely a fold of cloth than a
 * person. */
static const double SECOND_FACE_SHARE = 0.6;
/* The body below a face, in sizes of its box: collars and prints there are taken for faces. */
static const double BODY_REACH = 0.9, BODY_FROM = 0.6;
/* How far a head is tilted that the cascade does not know upright any more. */
#define TILT_TRIED 12.0

/* ---- models ---- */

int photo_models_new(const void *face_xml, size_t face_size, const void *eye_xml, size_t eye_size,
                     PhotoModels **ret)
{
        _cleanup_(photo_models_freep) PhotoModels *models = calloc(1, sizeof(*models));
        int r;

        if (!models)
                return -ENOMEM;
        r = cascade_parse(face_xml, face_size, &models->face);
        if (r < 0)
                return r;
        if (eye_xml) {
                r = cascade_parse(eye_xml, eye_size, &models->eye);
                if (r < 0)
                        return r;
        }
        *ret = TAKE_PTR(models);
        return 0;
}

void photo_models_free(PhotoModels *models)
{
        if (!models)
                return;
        cascade_free(models->face);
        cascade_free(models->eye);
        free(models);
}

/* ---- finding ---- */

/* Halves the size by means of four pixels: a face in the legal band is then 100 to 180 pixels,
 * which is enough. */
static int halve(const uint8_t *luma, uint32_t width, uint32_t height, uint8_t **ret)
{
        uint32_t w = width / 2, h = height / 2;
        uint8_t *half = malloc((size_t)w * h);

        if (!half)
                return -ENOMEM;
        for (uint32_t y = 0; y < h; y++) {
                const uint8_t *p = luma + (size_t)2 * y * width;

                for (uint32_t x = 0; x < w; x++)
                        half[(size_t)y * w + x] =
                                (uint8_t)((p[2 * x] + p[2 * x + 1] + p[2 * x + width] +
                                           p[2 * x + width + 1] + 2) /
                                          4);
        }
        *ret = half;
        return 0;
}

static int by_size(const void *a, const void *b)
{
        const CascadeBox *x = a, *y = b;

        return x->size < y->size ? 1 : x->size > y->size ? -1 : 0;
}

/* A picture in which faces are looked for. */
typedef struct Grey {
        const uint8_t *luma;
        uint32_t width;
        uint32_t height;
} Grey;

/* Looks for one eye on its side of the box. */
static int find_eye(const PhotoModels *models, const Grey *grey, int side, Face *face)
{
        const CascadeBox *box = &face->boxes[0];
        double left = box->x + (side == 0 ? 0.07 : 0.48) * box->size;
        double top = box->y + 0.14 * box->size;
        uint32_t x0 = (uint32_t)CLAMP(left, 0.0, grey->width - 1.0);
        uint32_t y0 = (uint32_t)CLAMP(top, 0.0, grey->height - 1.0);
        uint32_t x1 = (uint32_t)CLAMP(left + 0.45 * box->size, x0 + 1.0, (double)grey->width);
        uint32_t y1 = (uint32_t)CLAMP(top + 0.50 * box->size, y0 + 1.0, (double)grey->height);
        double want_x = box->x + EYE_COLUMN_IN_BOX[side] * box->size;
        double want_y = box->y + EYE_LINE_IN_BOX * box->size, best = INFINITY;
        CascadeWish wish = {
                .min_size = 0.14 * box->size,
                .max_size = 0.42 * box->size,
                /* Measured: as exact as 1.1, a fifth faster. */
                .step = 1.15,
                .min_neighbours = 2,
        };
        _cleanup_free_ uint8_t *part = malloc((size_t)(x1 - x0) * (y1 - y0));
        CascadeBox eyes[8];
        int n;

        if (!part)
                return -ENOMEM;
        for (uint32_t y = y0; y < y1; y++)
                memcpy(part + (size_t)(y - y0) * (x1 - x0),
                       grey->luma + (size_t)y * grey->width + x0, x1 - x0);
        n = cascade_detect(models->eye, part, x1 - x0, y1 - y0, &wish, eyes, ELEMENTSOF(eyes));
        if (n == 0) {
                /* Fewer windows agree on an eye behind glasses. */
                wish.min_neighbours = 0;
                n = cascade_detect(models->eye, part, x1 - x0, y1 - y0, &wish, eyes,
                                   ELEMENTSOF(eyes));
        }
        if (n < 0)
                return n;
        for (int i = 0; i < n; i++) {
                double x = x0 + eyes[i].x + eyes[i].size / 2;
                double y = y0 + eyes[i].y + eyes[i].size / 2;
                /* Brows and nostrils are not where eyes are. Many windows speak for a box. */
                double distance = hypot(x - want_x, 1.5 * (y - want_y)) / box->size -
                                  0.002 * MIN(eyes[i].neighbours, 30u);

                if (fabs(y - want_y) > 0.16 * box->size || distance >= best)
                        continue;
                best = distance;
                face->has_eye[side] = true;
                face->eye_x[side] = x;
                face->eye_y[side] = y;
        }
        return 0;
}

static void measure(Face *face)
{
        const CascadeBox *box = &face->boxes[0];
        double distance;

        face->centre = box->x + box->size / 2;
        face->width = WIDTH_PER_BOX * box->size;
        face->eye_line = box->y + EYE_LINE_IN_BOX * box->size;
        face->tilt = NAN;
        if (!face->has_eye[0] && !face->has_eye[1])
                return;
        if (!face->has_eye[0] || !face->has_eye[1]) {
                face->eye_line = face->has_eye[0] ? face->eye_y[0] : face->eye_y[1];
                return;
        }
        distance = hypot(face->eye_x[1] - face->eye_x[0], face->eye_y[1] - face->eye_y[0]);
        face->eye_line = (face->eye_y[0] + face->eye_y[1]) / 2;
        face->width = (face->width + WIDTH_PER_EYES * distance) / 2;
        face->tilt = atan2(face->eye_y[1] - face->eye_y[0], face->eye_x[1] - face->eye_x[0]) * 180 /
                     M_PI;
}

/* Whether a box beside the largest is another person: it has both eyes, and is neither on the face
 * nor on the body of the first. */
static int is_another(const PhotoModels *models, const Grey *grey, const CascadeBox *first,
                      const CascadeBox *box)
{
        double away = fabs(box->x + box->size / 2 - first->x - first->size / 2);
        double below = box->y + box->size / 2 - first->y - first->size / 2;
        Face other = {.n_boxes = 1, .boxes = {*box}};
        int r = 0;

        if (hypot(away, below) < first->size / 2 ||
            (away < BODY_REACH * first->size && box->y > first->y + BODY_FROM * first->size))
                return 0;
        if (!models->eye)
                return 1;
        for (int side = 0; side < 2 && r >= 0; side++)
                r = find_eye(models, grey, side, &other);
        return r < 0 ? r : other.has_eye[0] && other.has_eye[1];
}

static int drop_what_is_none(const PhotoModels *models, const Grey *grey, Face *face)
{
        size_t kept = 1;

        for (size_t i = 1; i < face->n_boxes; i++) {
                int r = is_another(models, grey, &face->boxes[0], &face->boxes[i]);

                if (r < 0)
                        return r;
                if (r > 0)
                        face->boxes[kept++] = face->boxes[i];
        }
        face->n_boxes = kept;
        return 0;
}

/* Sorts what a search found at 1/shrink of the size, and measures the largest. */
static int describe(const PhotoModels *models, const Grey *grey, double shrink, bool with_eyes,
                    Face *face)
{
        int r = 0;

        qsort(face->boxes, face->n_boxes, sizeof(face->boxes[0]), by_size);
        for (size_t i = 0; i < face->n_boxes; i++) {
                face->boxes[i].x *= shrink;
                face->boxes[i].y *= shrink;
                face->boxes[i].size *= shrink;
        }
        if (face->n_boxes == 0)
                return 0;
        for (int side = 0; side < 2 && models->eye && with_eyes && r >= 0; side++)
                r = find_eye(models, grey, side, face);
        if (r >= 0 && with_eyes)
                r = drop_what_is_none(models, grey, face);
        measure(face);
        return MIN(r, 0);
}

/* ---- harder ---- */

/* Turns a picture about its middle, clockwise, with what is nearest beyond its edges. */
static void turn(const Grey *grey, double degrees, uint8_t *out)
{
        double c = cos(degrees * M_PI / 180), s = sin(degrees * M_PI / 180);
        double mx = (grey->width - 1) / 2.0, my = (grey->height - 1) / 2.0;

        for (uint32_t y = 0; y < grey->height; y++)
                for (uint32_t x = 0; x < grey->width; x++) {
                        double u = mx + c * (x - mx) + s * (y - my);
                        double v = my - s * (x - mx) + c * (y - my);
                        uint32_t i = (uint32_t)CLAMP(u + 0.5, 0.0, grey->width - 1.0);
                        uint32_t j = (uint32_t)CLAMP(v + 0.5, 0.0, grey->height - 1.0);

                        *out++ = grey->luma[(size_t)j * grey->width + i];
                }
}

/* Where the box of a turned picture was before. */
static void turn_back(const Grey *grey, double degrees, CascadeBox *box)
{
        double c = cos(degrees * M_PI / 180), s = sin(degrees * M_PI / 180);
        double mx = (grey->width - 1) / 2.0, my = (grey->height - 1) / 2.0;
        double x = box->x + box->size / 2 - mx, y = box->y + box->size / 2 - my;

        box->x = mx + c * x + s * y - box->size / 2;
        box->y = my - s * x + c * y - box->size / 2;
}

/* Of boxes that are not quite believed, those with so many eyes. Returns how many are left. */
static int keep_with_eyes(const PhotoModels *models, const Grey *grey, unsigned eyes,
                          CascadeBox *boxes, int n)
{
        int kept = 0;

        for (int i = 0; i < n && models->eye; i++) {
                Face face = {.n_boxes = 1, .boxes = {boxes[i]}};
                int r = 0;

                face.boxes[0].x *= 2;
                face.boxes[0].y *= 2;
                face.boxes[0].size *= 2;
                for (int side = 0; side < 2 && r >= 0; side++)
                        r = find_eye(models, grey, side, &face);
                if (r < 0)
                        return r;
                if ((unsigned)face.has_eye[0] + face.has_eye[1] >= eyes)
                        boxes[kept++] = boxes[i];
        }
        return models->eye ? kept : n;
}

/* What a search of the usual kind misses: faces on which few windows agree, and tilted ones. half:
 * grey at half its size, where the boxes are found. */
static int find_harder(const PhotoModels *models, const Grey *grey, const Grey *half,
                       CascadeBox *boxes)
{
        static const struct {
                unsigned neighbours;
                double tilt;
                unsigned eyes;
        } tries[] = {
                {3, 0, 2}, {3, -TILT_TRIED, 2}, {3, TILT_TRIED, 2}, {2, 0, 2},
                {3, 0, 1}, {3, -TILT_TRIED, 1}, {3, TILT_TRIED, 1},
        };
        _cleanup_free_ uint8_t *turned = malloc((size_t)half->width * half->height);
        int r = 0;

        if (!turned)
                return -ENOMEM;
        for (size_t i = 0; i < ELEMENTSOF(tries) && r == 0; i++) {
                const CascadeWish wish = {
                        .min_size = FACE_HARD,
                        .max_size = MIN(half->width, half->height),
                        .step = 1.05,
                        .min_neighbours = tries[i].neighbours,
                };

                turn(half, tries[i].tilt, turned);
                r = cascade_detect(models->face, turned, half->width, half->height, &wish, boxes,
                                   FACES_MAX);
                for (int k = 0; k < r; k++)
                        turn_back(half, tries[i].tilt, &boxes[k]);
                if (r > 0)
                        r = keep_with_eyes(models, grey, tries[i].eyes, boxes, r);
        }
        return r;
}

static int look_harder(const PhotoModels *models, const Grey *grey, const Grey *half, Face *face)
{
        Face better = FACE_NONE;
        int r = find_harder(models, grey, half, better.boxes);

        if (r <= 0)
                return r;
        better.n_boxes = (size_t)r;
        r = describe(models, grey, 2, true, &better);
        if (r >= 0)
                *face = better;
        return r;
}

/* Sets the sizes that are searched next. A face near the lower end of the first search was seen by
 * the largest of its windows only: it is forgotten and looked for anew. */
static void look_for_smaller(Face *face, CascadeWish *wish)
{
        double largest = 0;

        for (size_t i = 0; i < face->n_boxes; i++)
                largest = fmax(largest, face->boxes[i].size);
        wish->min_size = FACE_MIN;
        if (largest < SURELY_WHOLE * FACE_USUALLY) {
                face->n_boxes = 0;
                return;
        }
        wish->min_size = SECOND_FACE_SHARE * largest;
        wish->max_size = FACE_USUALLY;
}

int face_find(const FaceSearch *search, const uint8_t *luma, uint32_t width, uint32_t height,
              Face *ret)
{
        const PhotoModels *models = search->models;
        const Grey grey = {luma, width, height};
        CascadeWish wish = {
                .min_size = FACE_USUALLY,
                .max_size = MIN(width, height),
                .step = 1.1,
                .min_neighbours = 4,
        };
        _cleanup_free_ uint8_t *half = NULL;
        Face face = FACE_NONE;
        int r = halve(luma, width, height, &half);

        if (r < 0)
                return r;
        r = cascade_detect(models->face, half, width / 2, height / 2, &wish, face.boxes, FACES_MAX);
        if (r < 0)
                return r;
        face.n_boxes = (size_t)r;
        look_for_smaller(&face, &wish);
        if (wish.min_size < wish.max_size) {
                r = cascade_detect(models->face, half, width / 2, height / 2, &wish,
                                   face.boxes + face.n_boxes, FACES_MAX - face.n_boxes);
                if (r < 0)
                        return r;
                face.n_boxes += (size_t)r;
        }
        r = describe(models, &grey, 2, true, &face);
        /* Ties and hair are taken for faces too, but have no eyes. */
        if (r >= 0 && search->hard && !(face.has_eye[0] && face.has_eye[1]))
                r = look_harder(models, &grey, &(Grey){half, width / 2, height / 2}, &face);
        if (r < 0)
                return r;
        *ret = face;
        return 0;
}

int face_find_far(const PhotoModels *models, const uint8_t *luma, uint32_t width, uint32_t height,
                  Face *ret)
{
        const Grey grey = {luma, width, height};
        const CascadeWish wish = {
                .min_size = FACE_FAR,
                .max_size = 2 * FACE_MIN,
                .step = 1.1,
                .min_neighbours = 4,
        };
        Face face = FACE_NONE;
        int r = cascade_detect(models->face, luma, width, height, &wish, face.boxes, FACES_MAX);

        if (r < 0)
                return r;
        face.n_boxes = (size_t)r;
        r = describe(models, &grey, 1, false, &face);
        if (r < 0)
                return r;
        *ret = face;
        return 0;
}

/* ---- judging ---- */

bool face_is_one_of_several(const Face *face)
{
        return face->n_boxes > 1 && face->boxes[1].size > SECOND_FACE_SHARE * face->boxes[0].size;
}

void face_judge(const Face *face, const PhotoModels *models, const Judging *judging)
{
        Findings *findings = judging->findings;

        if (face->n_boxes == 0) {
                (void)findings_add_value(findings, REASON_NO_FACE, FINDING_REJECT, 0, 1, 1);
                return;
        }
        if (face->n_boxes > 1) {
                bool large = face_is_one_of_several(face);

                (void)findings_add_value(findings, REASON_SEVERAL_FACES,
                                         large ? FINDING_REJECT : FINDING_WARN,
                                         (double)face->n_boxes, 1, 1);
                /* With two people in the picture, neither is certainly the student. */
                if (large)
                        return;
        }
        (void)judge_measure(judging, PHOTO_MEASURE_EYES, face->eye_line);
        (void)judge_measure(judging, PHOTO_MEASURE_WIDTH, face->width);
        (void)judge_measure(judging, PHOTO_MEASURE_CENTRE, fabs(face->centre - PHOTO_WIDTH / 2));
        (void)judge_measure(judging, PHOTO_MEASURE_TILT, fabs(face->tilt));
        if (models->eye && !face->has_eye[0] && !face->has_eye[1])
                (void)findings_add(findings, REASON_EYES_NOT_FOUND, FINDING_WARN);
}
