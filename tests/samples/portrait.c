/* SPDX-License-Identifier: MIT */
#include "portrait.h"

#include <math.h>
#include <string.h>

typedef struct Colour3 {
        float r, g, b;
} Colour3;

/* Numbers from a seed: splitmix64. */
typedef struct Random {
        uint64_t state;
} Random;

static uint64_t random_next(Random *random)
{
        uint64_t z = random->state += 0x9e3779b97f4a7c15;

        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
}

static double random_between(Random *random, double low, double high)
{
        return low + (high - low) * (double)(random_next(random) >> 11) / 9007199254740992.0;
}

static const Colour3 *random_pick(Random *random, const Colour3 *colours, size_t n)
{
        return &colours[random_next(random) % n];
}

/* ---- the canvas: floats, in coordinates of 480 x 640 that zoom, shift and tilt move ---- */

typedef struct Canvas {
        uint32_t width, height;
        float *pixels;
        double scale;        /* pixels for one unit */
        double zoom, dx, dy; /* about (240, 320) */
        double sine, cosine;
} Canvas;

/* From a pixel to the portrait's own coordinates. */
static void canvas_unit(const Canvas *c, uint32_t px, uint32_t py, double *ret_x, double *ret_y)
{
        double x = (px + 0.5) / c->scale - 240 - c->dx, y = (py + 0.5) / c->scale - 320 - c->dy;

        *ret_x = (x * c->cosine + y * c->sine) / c->zoom + 240;
        *ret_y = (y * c->cosine - x * c->sine) / c->zoom + 320;
}

/* Pixels that a square of half side `reach` about (x, y) can touch. */
static void canvas_bounds(const Canvas *c, double x, double y, double reach, uint32_t box[4])
{
        double ux = (x - 240) * c->zoom, uy = (y - 320) * c->zoom;
        double px = (ux * c->cosine - uy * c->sine + 240 + c->dx) * c->scale;
        double py = (ux * c->sine + uy * c->cosine + 320 + c->dy) * c->scale;
        double r = reach * 1.45 * c->zoom * c->scale + 2;

        box[0] = (uint32_t)CLAMP(px - r, 0.0, (double)c->width);
        box[1] = (uint32_t)CLAMP(py - r, 0.0, (double)c->height);
        box[2] = (uint32_t)CLAMP(px + r, 0.0, (double)c->width);
        box[3] = (uint32_t)CLAMP(py + r, 0.0, (double)c->height);
}

static void blend(float *p, const Colour3 *colour, float alpha)
{
        p[0] += (colour->r - p[0]) * alpha;
        p[1] += (colour->g - p[1]) * alpha;
        p[2] += (colour->b - p[2]) * alpha;
}

/* A (super)ellipse with a soft rim. power 2 is an ellipse, more is boxier. */
typedef struct Blob {
        double x, y, rx, ry;
        double angle;      /* degrees */
        double power;      /* 0: 2 */
        double soft;       /* width of the rim in units; 0: one unit */
        double alpha;      /* 0: opaque */
        double texture;    /* strength of vertical strands, for hair */
        double clip_above; /* only above this curve: y < clip + bend * (x - blob.x)^2; 0: none */
        double bend;
        double shade; /* darkening towards the rim */
} Blob;

static float strands(double x, double y)
{
        return (float)(0.5 * sin(x * 1.9 + 0.7 * sin(y * 0.035)) +
                       0.3 * sin(x * 0.83 + 1.3 * sin(y * 0.05 + 1)) +
                       0.2 * sin(x * 4.1 + y * 0.06));
}

static void draw_blob(Canvas *c, const Blob *blob, const Colour3 *colour)
{
        double radians = blob->angle * M_PI / 180, s = sin(radians), co = cos(radians);
        double power = blob->power > 0 ? blob->power : 2, soft = blob->soft > 0 ? blob->soft : 1;
        double rim = soft / MIN(blob->rx, blob->ry), alpha = blob->alpha > 0 ? blob->alpha : 1;
        uint32_t box[4];

        canvas_bounds(c, blob->x, blob->y, MAX(blob->rx, blob->ry) + soft, box);
        for (uint32_t py = box[1]; py < box[3]; py++) {
                for (uint32_t px = box[0]; px < box[2]; px++) {
                        double x, y, u, v, d, cover;
                        Colour3 shown = *colour;

                        canvas_unit(c, px, py, &x, &y);
                        u = ((x - blob->x) * co + (y - blob->y) * s) / blob->rx;
                        v = ((y - blob->y) * co - (x - blob->x) * s) / blob->ry;
                        if (fabs(u) > 1 + rim || fabs(v) > 1 + rim)
                                continue;
                        d = power > 2 ? pow(pow(fabs(u), power) + pow(fabs(v), power), 1 / power)
                                      : sqrt(u * u + v * v);
                        cover = CLAMP((1 + rim / 2 - d) / rim, 0.0, 1.0);
                        if (cover <= 0)
                                continue;
                        if (blob->clip_above > 0) {
                                double line = blob->clip_above +
                                              blob->bend * (x - blob->x) * (x - blob->x);

                                cover *= CLAMP((line - y) / 3 + 0.5, 0.0, 1.0);
                        }
                        if (blob->texture > 0) {
                                float t = 1 + (float)blob->texture * strands(x, y);

                                shown = (Colour3){shown.r * t, shown.g * t, shown.b * t};
                        }
                        if (blob->shade > 0) {
                                float t = (float)(1 - blob->shade * d * d * d);

                                shown = (Colour3){shown.r * t, shown.g * t, shown.b * t};
                        }
                        blend(c->pixels + ((size_t)py * c->width + px) * 3, &shown,
                              (float)(cover * cover * (3 - 2 * cover) * alpha));
                }
        }
}

/* ---- the person ---- */

typedef struct Person {
        Colour3 skin, hair, clothes, shirt, lips;
        double face_rx, face_ry, jaw_rx;
        double crown, eye_y, eye_distance, eye_size, brow_lift, brow_weight;
        double nose_length, mouth_width, mouth_y;
        double hairline, fringe, hair_volume;
        bool long_hair, collar, tie;
} Person;

static const Colour3 skins[] = {
        {220, 182, 156}, {218, 178, 150}, {218, 174, 142}, {214, 168, 132}, {196, 146, 112},
};
static const Colour3 hairs[] = {
        {28, 24, 24}, {40, 32, 28}, {22, 20, 26}, {58, 40, 30}, {74, 52, 38},
};
static const Colour3 suits[] = {
        {32, 36, 58},  {30, 30, 32}, {92, 28, 40}, {70, 74, 66},    {232, 232, 228},
        {150, 60, 70}, {60, 84, 60}, {88, 66, 48}, {210, 190, 160}, {52, 40, 74},
};

static Colour3 darker(const Colour3 *colour, double factor)
{
        float f = (float)factor;

        return (Colour3){MIN(colour->r * f, 255), MIN(colour->g * f, 255), MIN(colour->b * f, 255)};
}

static Person make_person(Random *random)
{
        Person p = {
                .skin = *random_pick(random, skins, ELEMENTSOF(skins)),
                .hair = *random_pick(random, hairs, ELEMENTSOF(hairs)),
                .clothes = *random_pick(random, suits, ELEMENTSOF(suits)),
                .shirt = {244, 244, 246},
                .face_rx = random_between(random, 100, 112),
                .crown = random_between(random, 72, 88),
                .eye_y = random_between(random, 248, 262),
                .eye_distance = random_between(random, 47, 52),
                .eye_size = random_between(random, 17, 20),
                .brow_lift = random_between(random, 25, 30),
                .brow_weight = random_between(random, 4.5, 7),
                .nose_length = random_between(random, 58, 68),
                .mouth_width = random_between(random, 30, 38),
                .fringe = random_between(random, -1, 1),
                .hair_volume = random_between(random, 4, 12),
                .long_hair = random_next(random) % 2,
                .collar = random_next(random) % 3 != 0,
                .tie = random_next(random) % 3 == 0,
        };

        p.face_ry = p.face_rx * random_between(random, 1.36, 1.46);
        p.jaw_rx = p.face_rx * random_between(random, 0.84, 0.92);
        p.mouth_y = p.eye_y + p.nose_length + random_between(random, 38, 46);
        p.hairline = p.crown + random_between(random, 62, 78);
        p.lips = (Colour3){p.skin.r * 0.86f, p.skin.g * 0.58f, p.skin.b * 0.60f};
        return p;
}

/* Light that no two people share: broad waves over skin, hair and cloth, never the wall. A wave
 * over the plane is two products of waves along the sides, which saves a cosine for every pixel. */
static int shade(Canvas *c, const uint8_t backdrop[3], Random *random)
{
        enum { WAVES = 20 };
        _cleanup_free_ float *table = malloc(sizeof(*table) * 2 * WAVES * c->width);
        double ky[WAVES], phase[WAVES], strength[WAVES];

        if (!table)
                return -ENOMEM;
        for (int i = 0; i < WAVES; i++) {
                double kx = random_between(random, -0.12, 0.12);

                ky[i] = random_between(random, -0.12, 0.12);
                phase[i] = random_between(random, 0, 2 * M_PI);
                strength[i] = random_between(random, 0.01, 0.035);
                for (uint32_t x = 0; x < c->width; x++) {
                        table[(size_t)x * 2 * WAVES + 2 * (size_t)i] =
                                (float)cos(kx * x / c->scale);
                        table[(size_t)x * 2 * WAVES + 2 * (size_t)i + 1] =
                                (float)sin(kx * x / c->scale);
                }
        }
        for (uint32_t y = 0; y < c->height; y++) {
                float factors[2 * WAVES];

                for (int i = 0; i < WAVES; i++) {
                        factors[2 * i] =
                                (float)(strength[i] * cos(ky[i] * y / c->scale + phase[i]));
                        factors[2 * i + 1] =
                                -(float)(strength[i] * sin(ky[i] * y / c->scale + phase[i]));
                }
                for (uint32_t x = 0; x < c->width; x++) {
                        float *p = c->pixels + ((size_t)y * c->width + x) * 3;
                        const float *waves = table + (size_t)x * 2 * WAVES;
                        float sum = 1;

                        if (fabsf(p[0] - (float)backdrop[0]) + fabsf(p[1] - (float)backdrop[1]) +
                                    fabsf(p[2] - (float)backdrop[2]) <
                            3)
                                continue;
                        for (int i = 0; i < 2 * WAVES; i++)
                                sum += waves[i] * factors[i];
                        for (int k = 0; k < 3; k++)
                                p[k] *= sum;
                }
        }
        return 0;
}

static void draw_body(Canvas *c, const Person *p)
{
        Colour3 neck = darker(&p->skin, 0.86), shadow = darker(&p->skin, 0.66);
        Colour3 fold = darker(&p->clothes, 0.72), light = darker(&p->clothes, 1.12);
        static const Colour3 red = {120, 24, 36};

        draw_blob(c,
                  &(Blob){.x = 240,
                          .y = 735,
                          .rx = 262,
                          .ry = 232,
                          .power = 2.6,
                          .soft = 2,
                          .shade = 0.25},
                  &p->clothes);
        draw_blob(c,
                  &(Blob){.x = 128,
                          .y = 660,
                          .rx = 6,
                          .ry = 60,
                          .angle = -8,
                          .soft = 12,
                          .alpha = 0.6},
                  &fold);
        draw_blob(c,
                  &(Blob){.x = 352,
                          .y = 660,
                          .rx = 6,
                          .ry = 60,
                          .angle = 8,
                          .soft = 12,
                          .alpha = 0.6},
                  &fold);
        draw_blob(c, &(Blob){.x = 240, .y = 440, .rx = 58, .ry = 104, .power = 3, .soft = 3},
                  &neck);
        draw_blob(c,
                  &(Blob){.x = 240,
                          .y = p->eye_y + 172,
                          .rx = 42,
                          .ry = 30,
                          .soft = 24,
                          .alpha = 0.7},
                  &shadow);
        if (!p->collar) {
                draw_blob(c, &(Blob){.x = 240, .y = 548, .rx = 92, .ry = 26, .soft = 3}, &light);
                draw_blob(c, &(Blob){.x = 240, .y = 536, .rx = 80, .ry = 22, .soft = 3}, &neck);
                return;
        }
        draw_blob(c, &(Blob){.x = 240, .y = 600, .rx = 46, .ry = 86, .power = 2.4, .soft = 2},
                  &p->shirt);
        draw_blob(c, &(Blob){.x = 197, .y = 535, .rx = 20, .ry = 46, .angle = 38, .soft = 2},
                  &p->shirt);
        draw_blob(c, &(Blob){.x = 283, .y = 535, .rx = 20, .ry = 46, .angle = -38, .soft = 2},
                  &p->shirt);
        draw_blob(c, &(Blob){.x = 168, .y = 596, .rx = 34, .ry = 84, .angle = 20, .soft = 2},
                  &fold);
        draw_blob(c, &(Blob){.x = 312, .y = 596, .rx = 34, .ry = 84, .angle = -20, .soft = 2},
                  &fold);
        if (p->tie)
                draw_blob(c, &(Blob){.x = 240, .y = 612, .rx = 13, .ry = 66, .power = 3, .soft = 2},
                          &red);
}

static void draw_head(Canvas *c, const Person *p)
{
        Colour3 ear = darker(&p->skin, 0.90), inner = darker(&p->skin, 0.72);
        Colour3 bright = darker(&p->skin, 1.06), side = darker(&p->skin, 0.82);
        double top = p->crown + p->hair_volume + 8;
        double face_y = top + p->face_ry;

        for (int k = -1; k <= 1; k += 2) {
                double x = 240 + k * (p->face_rx + 4);

                draw_blob(c,
                          &(Blob){.x = x,
                                  .y = p->eye_y + 22,
                                  .rx = 13,
                                  .ry = 34,
                                  .angle = k * 8,
                                  .soft = 2},
                          &ear);
                draw_blob(c,
                          &(Blob){.x = x,
                                  .y = p->eye_y + 22,
                                  .rx = 5,
                                  .ry = 20,
                                  .angle = k * 8,
                                  .soft = 6,
                                  .alpha = 0.6},
                          &inner);
        }
        draw_blob(c,
                  &(Blob){.x = 240,
                          .y = face_y,
                          .rx = p->face_rx,
                          .ry = p->face_ry,
                          .power = 2.2,
                          .soft = 2,
                          .shade = 0.16},
                  &p->skin);
        draw_blob(c,
                  &(Blob){.x = 240,
                          .y = p->eye_y + 62,
                          .rx = p->jaw_rx,
                          .ry = 104,
                          .power = 2.3,
                          .soft = 8,
                          .shade = 0.10},
                  &p->skin);
        for (int k = -1; k <= 1; k += 2) {
                draw_blob(c,
                          &(Blob){.x = 240 + k * 54,
                                  .y = p->eye_y + 48,
                                  .rx = 34,
                                  .ry = 28,
                                  .soft = 36,
                                  .alpha = 0.8},
                          &bright);
                draw_blob(c,
                          &(Blob){.x = 240 + k * (p->face_rx - 30),
                                  .y = p->eye_y + 30,
                                  .rx = 8,
                                  .ry = 60,
                                  .soft = 14,
                                  .alpha = 0.35},
                          &side);
        }
        draw_blob(
                c,
                &(Blob){.x = 240, .y = p->eye_y - 62, .rx = 62, .ry = 30, .soft = 40, .alpha = 0.7},
                &bright);
}

static void draw_hair(Canvas *c, const Person *p)
{
        double top = p->crown, rx = p->face_rx + p->hair_volume + 4;
        double ry = p->face_ry + 4;

        draw_blob(c,
                  &(Blob){.x = 240,
                          .y = top + ry,
                          .rx = rx,
                          .ry = ry,
                          .power = 2.3,
                          .soft = 2,
                          .texture = 0.30,
                          .clip_above = p->hairline,
                          .bend = 0.0088},
                  &p->hair);
        /* A parting to one side: the fringe hangs lower there, well above the brow. */
        draw_blob(c,
                  &(Blob){.x = 240 + 22 * p->fringe,
                          .y = p->hairline - 16,
                          .rx = 66,
                          .ry = 30,
                          .angle = 8 * p->fringe,
                          .soft = 4,
                          .texture = 0.30},
                  &p->hair);
}

static void draw_eye(Canvas *c, const Person *p, int k)
{
        static const Colour3 white = {224, 221, 217}, iris = {52, 34, 24}, black = {10, 8, 8};
        static const Colour3 glint = {250, 250, 250};
        Colour3 socket = darker(&p->skin, 0.72), lid = darker(&p->skin, 0.34);
        double x = 240 + k * p->eye_distance, y = p->eye_y, r = p->eye_size;

        draw_blob(c,
                  &(Blob){.x = x,
                          .y = y - 5,
                          .rx = r * 1.5,
                          .ry = r * 0.95,
                          .soft = r,
                          .alpha = 0.75},
                  &socket);
        draw_blob(c, &(Blob){.x = x, .y = y, .rx = r, .ry = r * 0.46, .angle = k * 3}, &white);
        draw_blob(c, &(Blob){.x = x, .y = y, .rx = r * 0.47, .ry = r * 0.47}, &iris);
        draw_blob(c, &(Blob){.x = x, .y = y, .rx = r * 0.22, .ry = r * 0.22}, &black);
        draw_blob(c, &(Blob){.x = x - 2.4, .y = y - 3, .rx = 1.8, .ry = 1.8}, &glint);
        draw_blob(c,
                  &(Blob){.x = x,
                          .y = y - r * 0.44,
                          .rx = r * 1.05,
                          .ry = 2.6,
                          .angle = k * 4,
                          .soft = 1.6},
                  &lid);
        draw_blob(c,
                  &(Blob){.x = x,
                          .y = y + r * 0.48,
                          .rx = r * 0.85,
                          .ry = 1.3,
                          .soft = 1.6,
                          .alpha = 0.55},
                  &lid);
        draw_blob(c,
                  &(Blob){.x = x + k * 3,
                          .y = y - p->brow_lift,
                          .rx = r * 1.5,
                          .ry = p->brow_weight,
                          .angle = k * 1.5,
                          .soft = 3,
                          .texture = 0.2,
                          .alpha = 0.9},
                  &p->hair);
}

static void draw_nose_and_mouth(Canvas *c, const Person *p)
{
        Colour3 side = darker(&p->skin, 0.84), hole = darker(&p->skin, 0.38);
        Colour3 bright = darker(&p->skin, 1.09), line = darker(&p->lips, 0.52);
        Colour3 lower = darker(&p->lips, 1.1);
        double tip = p->eye_y + p->nose_length;

        for (int k = -1; k <= 1; k += 2) {
                draw_blob(c,
                          &(Blob){.x = 240 + k * 14,
                                  .y = tip - 32,
                                  .rx = 5,
                                  .ry = 34,
                                  .angle = k * -8,
                                  .soft = 9,
                                  .alpha = 0.55},
                          &side);
                draw_blob(c,
                          &(Blob){.x = 240 + k * 18,
                                  .y = tip - 2,
                                  .rx = 9,
                                  .ry = 8,
                                  .soft = 6,
                                  .alpha = 0.6},
                          &side);
                draw_blob(c,
                          &(Blob){.x = 240 + k * 9,
                                  .y = tip + 4,
                                  .rx = 5,
                                  .ry = 2.6,
                                  .angle = k * -12,
                                  .soft = 2,
                                  .alpha = 0.85},
                          &hole);
        }
        draw_blob(c, &(Blob){.x = 240, .y = tip - 26, .rx = 6, .ry = 34, .soft = 9, .alpha = 0.7},
                  &bright);
        draw_blob(c,
                  &(Blob){.x = 240, .y = p->mouth_y - 4, .rx = p->mouth_width, .ry = 6, .soft = 3},
                  &p->lips);
        draw_blob(c,
                  &(Blob){.x = 240,
                          .y = p->mouth_y + 5,
                          .rx = p->mouth_width * 0.82,
                          .ry = 8,
                          .soft = 3},
                  &lower);
        draw_blob(c, &(Blob){.x = 240, .y = p->mouth_y, .rx = p->mouth_width, .ry = 1.6, .soft = 2},
                  &line);
        draw_blob(
                c,
                &(Blob){.x = 240, .y = p->mouth_y + 20, .rx = 26, .ry = 5, .soft = 9, .alpha = 0.5},
                &side);
}

/* ---- putting it together ---- */

/* Doubles a canvas in both directions, bilinearly, to width x height. */
static int expand(Canvas *c, uint32_t width, uint32_t height, float **ret)
{
        float *out = malloc((size_t)width * height * 3 * sizeof(*out));

        if (!out)
                return -ENOMEM;
        for (uint32_t y = 0; y < height; y++) {
                float v = MAX((float)y / 2 - 0.25f, 0.0f);
                uint32_t y0 = MIN((uint32_t)v, c->height - 1), y1 = MIN(y0 + 1, c->height - 1);

                v -= (float)y0;
                for (uint32_t x = 0; x < width; x++) {
                        float u = MAX((float)x / 2 - 0.25f, 0.0f);
                        uint32_t x0 = MIN((uint32_t)u, c->width - 1);
                        uint32_t x1 = MIN(x0 + 1, c->width - 1);
                        const float *a = c->pixels + ((size_t)y0 * c->width + x0) * 3;
                        const float *b = c->pixels + ((size_t)y0 * c->width + x1) * 3;
                        const float *d = c->pixels + ((size_t)y1 * c->width + x0) * 3;
                        const float *e = c->pixels + ((size_t)y1 * c->width + x1) * 3;
                        float *p = out + ((size_t)y * width + x) * 3;

                        u -= (float)x0;
                        for (int k = 0; k < 3; k++)
                                p[k] = (a[k] * (1 - u) + b[k] * u) * (1 - v) +
                                       (d[k] * (1 - u) + e[k] * u) * v;
                }
        }
        *ret = out;
        return 0;
}

static void to_bytes(const float *pixels, size_t n, double grain, Random *random, uint8_t *out)
{
        for (size_t i = 0; i < n; i++) {
                uint64_t bits = random_next(random);
                /* Sums of bytes are near enough to a bell; most of the noise is in luma. */
                float luma = (float)((int)(bits & 255) + (int)(bits >> 8 & 255) +
                                     (int)(bits >> 16 & 255) - 382) /
                             128;

                for (int k = 0; k < 3; k++) {
                        float own = (float)((int)(bits >> (24 + 8 * k) & 255) - 127) / 74;
                        float v = pixels[3 * i + (size_t)k] +
                                  (float)grain * (0.9f * luma + 0.45f * own);

                        out[3 * i + (size_t)k] = (uint8_t)CLAMP(v + 0.5f, 0.0f, 255.0f);
                }
        }
}

void portrait_wish_default(uint64_t seed, PortraitWish *ret)
{
        Random random = {.state = seed * 0x9e3779b97f4a7c15 + 7};

        *ret = (PortraitWish){
                .seed = seed,
                .backdrop = {100, 197, 255},
                .zoom = random_between(&random, 0.95, 1.05),
                .shift_x = random_between(&random, -10, 10),
                .shift_y = random_between(&random, -4, 8),
                .tilt = random_between(&random, -2, 2),
                .grain = 2,
        };
}

int portrait_draw(const PortraitWish *wish, uint32_t width, uint32_t height, Raster *ret,
                  PortraitTruth *ret_truth)
{
        Random random = {.state = wish->seed * 0x2545f4914f6cdd1d + 1};
        Person person = make_person(&random);
        double radians = wish->tilt * M_PI / 180;
        _cleanup_raster_ Raster raster = {};
        _cleanup_free_ float *pixels = NULL;
        uint32_t part = wish->quick ? 2 : 1;
        Canvas c = {
                .width = (width + part - 1) / part,
                .height = (height + part - 1) / part,
                .scale = MIN(width / 480.0, height / 640.0) / part,
                .zoom = wish->zoom,
                .dx = wish->shift_x,
                .dy = wish->shift_y,
                .sine = sin(radians),
                .cosine = cos(radians),
        };
        int r = raster_new(width, height, &raster);

        if (r < 0)
                return r;
        c.dx += (c.width / c.scale - 480) / 2;
        c.dy += (c.height / c.scale - 640) / 2;
        pixels = malloc((size_t)c.width * c.height * 3 * sizeof(*pixels));
        if (!pixels)
                return -ENOMEM;
        c.pixels = pixels;
        for (size_t i = 0; i < (size_t)c.width * c.height * 3; i++)
                pixels[i] = wish->backdrop[i % 3];

        if (person.long_hair)
                draw_blob(&c,
                          &(Blob){.x = 240,
                                  .y = 350,
                                  .rx = person.face_rx + 22,
                                  .ry = 200,
                                  .power = 3,
                                  .soft = 3,
                                  .texture = 0.3},
                          &person.hair);
        draw_body(&c, &person);
        draw_head(&c, &person);
        draw_hair(&c, &person);
        draw_eye(&c, &person, -1);
        draw_eye(&c, &person, 1);
        draw_nose_and_mouth(&c, &person);
        r = shade(&c, wish->backdrop, &random);
        if (r < 0)
                return r;
        if (wish->quick) {
                float *expanded;

                r = expand(&c, width, height, &expanded);
                if (r < 0)
                        return r;
                free(pixels);
                pixels = expanded;
        }
        to_bytes(pixels, (size_t)width * height, wish->grain, &random, raster.pixels);

        if (ret_truth)
                *ret_truth = (PortraitTruth){
                        .crown = (person.crown - 320) * c.zoom + 320 + wish->shift_y,
                        .eye_line = (person.eye_y - 320) * c.zoom + 320 + wish->shift_y,
                        .face_width = 2 * person.face_rx * c.zoom,
                        .centre = 240 + wish->shift_x,
                };
        *ret = raster;
        raster = (Raster){};
        return 0;
}
