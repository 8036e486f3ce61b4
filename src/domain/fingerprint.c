/* SPDX-License-Identifier: MIT */
#include <idphoto/fingerprint.h>

#include <idphoto/photo.h>

#include <assert.h>
#include <math.h>
#include <string.h>

/*
 * The picture as a sum of cosine waves (a DCT of its cells). Long waves survive whatever a program
 * does to a JPEG; there are enough of them to tell any two photos apart.
 *
 * What is left is that a photo cropped by a percent is shifted and stretched by a few pixels, which
 * at the outline of hair and shoulders is worth more than the difference of two similar people. So
 * the difference is compared with what shifting and stretching would do to the picture: to the
 * first order that is its own slope, and what of the difference lies along the slopes (the tangent
 * of the movement) is taken out before the rest is measured.
 */

enum {
        CELL = 10,
        COLUMNS = PHOTO_WIDTH / CELL,
        ROWS = PHOTO_HEIGHT / CELL,
        /* Waves no shorter than 91 pixels: across at most 10 halves, down 14. */
        ACROSS = 11,
        DOWN = 15,
        REACH = 42,
        /* The hash takes a square of them: not the very longest, in which all portraits agree. */
        HASH_SIDE = 8,
        HASH_FIRST = 2,
        /* The grid on which slopes are taken; the longest waves need no finer one. */
        SLOPE_COLUMNS = 24,
        SLOPE_ROWS = 32,
};

/* Steps of a wave's amplitude for one level of the picture's mean square. */
static const double SCALE = 8;
/* Pictures further apart than this before any alignment are not worth one. */
static const double HOPELESS = 80;
/* How far a crop of a percent can move a pixel. */
static const double SHIFT_MAX = 6;
/* Keeps a picture without slopes from dividing by nothing. */
static const double STIFFNESS = 0.1;

/* Shifts and stretches, across and down. */
typedef enum Movement {
        SHIFT_ACROSS,
        SHIFT_DOWN,
        STRETCH_ACROSS,
        STRETCH_DOWN,
        _MOVEMENTS
} Movement;

static bool is_kept(int across, int down)
{
        int reach = 16 * across * across + 9 * down * down;

        return reach > 0 && reach <= REACH * REACH;
}

/* Orthonormal cosines. */
static double wave(int k, int at, int n)
{
        return (k > 0 ? sqrt(2.0 / n) : sqrt(1.0 / n)) * cos(M_PI * (at + 0.5) * k / n);
}

/* Its slope by the pixel, in a picture of `pixels`. */
static double wave_slope(int k, int at, int n, int pixels)
{
        return -sqrt(2.0 / n) * sin(M_PI * (at + 0.5) * k / n) * M_PI * k / pixels;
}

/* ---- making ---- */

static void average_cells(const uint8_t *luma, float cells[ROWS][COLUMNS])
{
        for (int y = 0; y < ROWS; y++) {
                uint32_t sums[COLUMNS] = {};

                for (int j = 0; j < CELL; j++) {
                        const uint8_t *p = luma + (size_t)(y * CELL + j) * PHOTO_WIDTH;

                        for (int x = 0; x < COLUMNS; x++)
                                for (int i = 0; i < CELL; i++)
                                        sums[x] += *p++;
                }
                for (int x = 0; x < COLUMNS; x++)
                        cells[y][x] = (float)sums[x] / (CELL * CELL);
        }
}

/* In root mean square levels of the picture. */
static void measure_waves(const uint8_t *luma, double waves[DOWN][ACROSS])
{
        float cells[ROWS][COLUMNS];
        double rows[ROWS][ACROSS], cosines[ACROSS][COLUMNS];
        double unit = sqrt(ROWS * COLUMNS);

        average_cells(luma, cells);
        for (int k = 0; k < ACROSS; k++)
                for (int x = 0; x < COLUMNS; x++)
                        cosines[k][x] = wave(k, x, COLUMNS);
        for (int y = 0; y < ROWS; y++)
                for (int k = 0; k < ACROSS; k++) {
                        double sum = 0;

                        for (int x = 0; x < COLUMNS; x++)
                                sum += cells[y][x] * cosines[k][x];
                        rows[y][k] = sum;
                }
        memset(waves, 0, sizeof(double) * DOWN * ACROSS);
        for (int j = 0; j < DOWN; j++)
                for (int y = 0; y < ROWS; y++) {
                        double cosine = wave(j, y, ROWS) / unit;

                        for (int k = 0; k < ACROSS; k++)
                                waves[j][k] += rows[y][k] * cosine;
                }
}

static int compare_doubles(const void *a, const void *b)
{
        double x = *(const double *)a, y = *(const double *)b;

        return x < y ? -1 : x > y ? 1 : 0;
}

/* Which waves lie above their median. */
static uint64_t hash_waves(double waves[DOWN][ACROSS])
{
        double taken[HASH_SIDE * HASH_SIDE], sorted[HASH_SIDE * HASH_SIDE], middle;
        uint64_t hash = 0;

        for (int i = 0; i < HASH_SIDE * HASH_SIDE; i++)
                taken[i] = waves[HASH_FIRST + i / HASH_SIDE][HASH_FIRST + i % HASH_SIDE];
        memcpy(sorted, taken, sizeof(sorted));
        qsort(sorted, ELEMENTSOF(sorted), sizeof(sorted[0]), compare_doubles);
        middle = (sorted[HASH_SIDE * HASH_SIDE / 2 - 1] + sorted[HASH_SIDE * HASH_SIDE / 2]) / 2;
        for (int i = 0; i < HASH_SIDE * HASH_SIDE; i++)
                if (taken[i] > middle)
                        hash |= UINT64_C(1) << i;
        return hash ? hash : 1;
}

void photo_fingerprint_make(const uint8_t *luma, uint64_t *ret_phash, PhotoFingerprint *ret)
{
        double waves[DOWN][ACROSS];
        size_t n = 0;

        measure_waves(luma, waves);
        for (int j = 0; j < DOWN; j++)
                for (int k = 0; k < ACROSS; k++)
                        if (is_kept(k, j))
                                ret->waves[n++] =
                                        (int8_t)lrint(CLAMP(SCALE * waves[j][k], -127.0, 127.0));
        assert(n == PHOTO_FINGERPRINT_SIZE);
        *ret_phash = hash_waves(waves);
}

/* ---- comparing ---- */

unsigned photo_phash_distance(uint64_t a, uint64_t b)
{
        return (unsigned)__builtin_popcountll(a ^ b);
}

typedef struct Slopes {
        double across[SLOPE_ROWS][SLOPE_COLUMNS];
        double down[SLOPE_ROWS][SLOPE_COLUMNS];
} Slopes;

/* Sets up the waves' values along both sides, once for a comparison. */
typedef struct Basis {
        double across[ACROSS][SLOPE_COLUMNS];
        double down[DOWN][SLOPE_ROWS];
        double across_slope[ACROSS][SLOPE_COLUMNS];
        double down_slope[DOWN][SLOPE_ROWS];
} Basis;

static void basis_make(Basis *ret)
{
        for (int k = 0; k < ACROSS; k++)
                for (int x = 0; x < SLOPE_COLUMNS; x++) {
                        ret->across[k][x] = wave(k, x, SLOPE_COLUMNS);
                        ret->across_slope[k][x] = wave_slope(k, x, SLOPE_COLUMNS, PHOTO_WIDTH);
                }
        for (int k = 0; k < DOWN; k++)
                for (int y = 0; y < SLOPE_ROWS; y++) {
                        ret->down[k][y] = wave(k, y, SLOPE_ROWS);
                        ret->down_slope[k][y] = wave_slope(k, y, SLOPE_ROWS, PHOTO_HEIGHT);
                }
}

/* The slopes of the picture that the waves add up to. */
static void find_slopes(const Basis *basis, const double *waves, Slopes *ret)
{
        size_t n = 0;

        memset(ret, 0, sizeof(*ret));
        for (int j = 0; j < DOWN; j++) {
                double row[SLOPE_COLUMNS] = {}, row_slope[SLOPE_COLUMNS] = {};

                for (int k = 0; k < ACROSS; k++) {
                        if (!is_kept(k, j))
                                continue;
                        for (int x = 0; x < SLOPE_COLUMNS; x++) {
                                row[x] += waves[n] * basis->across[k][x];
                                row_slope[x] += waves[n] * basis->across_slope[k][x];
                        }
                        n++;
                }
                for (int y = 0; y < SLOPE_ROWS; y++)
                        for (int x = 0; x < SLOPE_COLUMNS; x++) {
                                ret->across[y][x] += row_slope[x] * basis->down[j][y];
                                ret->down[y][x] += row[x] * basis->down_slope[j][y];
                        }
        }
}

/* How the waves change with one pixel of a movement; stretches are measured at the rims. */
static void find_tangent(const Basis *basis, const Slopes *slopes, Movement movement, double *ret)
{
        double rows[SLOPE_ROWS][ACROSS] = {};
        size_t n = 0;

        for (int y = 0; y < SLOPE_ROWS; y++)
                for (int x = 0; x < SLOPE_COLUMNS; x++) {
                        double from_middle =
                                movement == STRETCH_ACROSS ? 2 * (x + 0.5) / SLOPE_COLUMNS - 1
                                : movement == STRETCH_DOWN ? 2 * (y + 0.5) / SLOPE_ROWS - 1
                                                           : 1;
                        bool is_across = movement == SHIFT_ACROSS || movement == STRETCH_ACROSS;
                        double change = from_middle *
                                        (is_across ? slopes->across[y][x] : slopes->down[y][x]);

                        for (int k = 0; k < ACROSS; k++)
                                rows[y][k] += change * basis->across[k][x];
                }
        for (int j = 0; j < DOWN; j++)
                for (int k = 0; k < ACROSS; k++) {
                        double sum = 0;

                        if (!is_kept(k, j))
                                continue;
                        for (int y = 0; y < SLOPE_ROWS; y++)
                                sum += rows[y][k] * basis->down[j][y];
                        ret[n++] = sum;
                }
}

static double dot(const double *a, const double *b)
{
        double sum = 0;

        for (size_t i = 0; i < PHOTO_FINGERPRINT_SIZE; i++)
                sum += a[i] * b[i];
        return sum;
}

/* The pixels of each movement that explain most of the difference: least squares, by elimination.
 * The stiffness on the diagonal keeps the pivots positive. */
static void solve_movements(double tangents[_MOVEMENTS][PHOTO_FINGERPRINT_SIZE],
                            const double *difference, double ret[_MOVEMENTS])
{
        double m[_MOVEMENTS][_MOVEMENTS + 1];

        for (int i = 0; i < _MOVEMENTS; i++) {
                for (int k = 0; k < _MOVEMENTS; k++)
                        m[i][k] = dot(tangents[i], tangents[k]) + (i == k ? STIFFNESS : 0);
                m[i][_MOVEMENTS] = dot(tangents[i], difference);
        }
        for (int i = 0; i < _MOVEMENTS; i++)
                for (int row = 0; row < _MOVEMENTS; row++) {
                        double factor = m[row][i] / m[i][i];

                        for (int k = i; k <= _MOVEMENTS && row != i; k++)
                                m[row][k] -= factor * m[i][k];
                }
        for (int i = 0; i < _MOVEMENTS; i++)
                ret[i] = CLAMP(m[i][_MOVEMENTS] / m[i][i], -SHIFT_MAX, SHIFT_MAX);
}

unsigned photo_fingerprint_distance(const PhotoFingerprint *a, const PhotoFingerprint *b)
{
        double middle[PHOTO_FINGERPRINT_SIZE], rest[PHOTO_FINGERPRINT_SIZE];
        double tangents[_MOVEMENTS][PHOTO_FINGERPRINT_SIZE], pixels[_MOVEMENTS], apart;
        Basis basis;
        Slopes slopes;

        for (size_t i = 0; i < PHOTO_FINGERPRINT_SIZE; i++) {
                middle[i] = (a->waves[i] + b->waves[i]) / 2.0;
                rest[i] = a->waves[i] - b->waves[i];
        }
        apart = sqrt(dot(rest, rest));
        if (apart <= PHOTO_FINGERPRINT_SAME || apart > HOPELESS)
                return (unsigned)lrint(apart);
        basis_make(&basis);
        find_slopes(&basis, middle, &slopes);
        for (int i = 0; i < _MOVEMENTS; i++)
                find_tangent(&basis, &slopes, (Movement)i, tangents[i]);
        solve_movements(tangents, rest, pixels);
        for (int i = 0; i < _MOVEMENTS; i++)
                for (size_t k = 0; k < PHOTO_FINGERPRINT_SIZE; k++)
                        rest[k] -= pixels[i] * tangents[i][k];
        return (unsigned)lrint(sqrt(dot(rest, rest)));
}
