/* SPDX-License-Identifier: MIT */
#include "coefstore.h"

#include <jerror.h>
#include <string.h>

/*
 * A packed block is a tag, a mask of its eight rows, a mask for each row that is not zero, and the
 * values: one byte each when all of them fit, else two. A run of zero blocks is a tag and its
 * length.
 */
enum {
        TAG_ZEROS,
        TAG_BYTES,
        TAG_WORDS,
        RUN_MAX = 255,
        ROW = 8,
        BLOCK_BOUND = 2 + ROW + 2 * DCTSIZE2,

        ARRAYS_MAX = MAX_COMPONENTS,
};

/* ---- packing ---- */

size_t coefstore_pack_bound(size_t n)
{
        return n * BLOCK_BOUND;
}

static bool row_is_zero(const JCOEF *row)
{
        uint64_t halves[2];

        memcpy(halves, row, sizeof(halves));
        return (halves[0] | halves[1]) == 0;
}

static uint8_t *pack_block(const JCOEF *block, uint8_t rows, uint8_t *out)
{
        uint8_t *head = out;
        bool wide = false;

        *out++ = TAG_BYTES;
        *out++ = rows;
        for (int y = 0; y < ROW; y++) {
                uint8_t columns = 0;

                if (!(rows >> y & 1))
                        continue;
                for (int x = 0; x < ROW; x++) {
                        JCOEF v = block[y * ROW + x];

                        columns |= (uint8_t)((v != 0) << x);
                        wide |= v < INT8_MIN || v > INT8_MAX;
                }
                *out++ = columns;
        }
        *head = wide ? TAG_WORDS : TAG_BYTES;
        for (int i = 0; i < DCTSIZE2; i++) {
                uint16_t v = (uint16_t)block[i];

                if (v == 0)
                        continue;
                *out++ = (uint8_t)v;
                if (wide)
                        *out++ = (uint8_t)(v >> 8);
        }
        return out;
}

size_t coefstore_pack(const JBLOCK *blocks, size_t n, uint8_t *out)
{
        uint8_t *start = out, *run = NULL;

        for (size_t i = 0; i < n; i++) {
                uint8_t rows = 0;

                for (int y = 0; y < ROW; y++)
                        rows |= (uint8_t)(!row_is_zero(blocks[i] + y * ROW) << y);
                if (rows != 0) {
                        out = pack_block(blocks[i], rows, out);
                        run = NULL;
                } else if (run && *run < RUN_MAX) {
                        (*run)++;
                } else {
                        *out++ = TAG_ZEROS;
                        run = out++;
                        *run = 1;
                }
        }
        return (size_t)(out - start);
}

static const uint8_t *unpack_block(const uint8_t *in, JCOEF *block)
{
        bool wide = *in++ == TAG_WORDS;
        uint8_t rows = *in++, columns[ROW] = {};

        memset(block, 0, sizeof(JBLOCK));
        for (int y = 0; y < ROW; y++)
                if (rows >> y & 1)
                        columns[y] = *in++;
        for (int y = 0; y < ROW; y++) {
                for (unsigned left = columns[y]; left != 0; left &= left - 1) {
                        JCOEF *value = &block[y * ROW + __builtin_ctz(left)];

                        if (wide) {
                                *value = (JCOEF)(in[0] | in[1] << 8);
                                in += 2;
                        } else {
                                *value = (int8_t)*in++;
                        }
                }
        }
        return in;
}

void coefstore_unpack(const uint8_t *in, JBLOCK *blocks, size_t n)
{
        for (size_t i = 0; i < n;) {
                if (*in == TAG_ZEROS) {
                        memset(blocks[i], 0, in[1] * sizeof(JBLOCK));
                        i += in[1];
                        in += 2;
                } else {
                        in = unpack_block(in, blocks[i++]);
                }
        }
}

/* ---- arrays ---- */

/* One row of blocks, put away. */
typedef struct Row {
        uint8_t *packed; /* NULL: all zero */
        size_t allocated;
} Row;

/* What libjpeg uses as a jvirt_barray_ptr. It never looks inside. */
typedef struct Array {
        size_t width; /* blocks in a row */
        size_t height;
        Row *rows;
        /* The rows that are being worked on: `open` of at most `window`, beginning at `first`. */
        size_t window;
        size_t first;
        size_t open;
        bool dirty;
        JBLOCK *blocks;
        JBLOCKROW *pointers;
} Array;

struct CoefStore {
        j_decompress_ptr cinfo;
        void (*exceed)(j_decompress_ptr cinfo);
        size_t budget;
        size_t held;
        uint8_t *scratch; /* room for any packed row */
        size_t scratch_size;
        Array arrays[ARRAYS_MAX];
        size_t n_arrays;
};

static CoefStore *store_of(j_common_ptr cinfo)
{
        return *(CoefStore **)cinfo->client_data;
}

static void reserve(CoefStore *store, size_t size)
{
        if (size > store->budget - store->held)
                store->exceed(store->cinfo);
        store->held += size;
}

static void *checked(CoefStore *store, void *memory)
{
        if (!memory)
                ERREXIT1(store->cinfo, JERR_OUT_OF_MEMORY, 0);
        return memory;
}

static jvirt_barray_ptr request(j_common_ptr cinfo, int pool, boolean pre_zero, JDIMENSION width,
                                JDIMENSION height, JDIMENSION window)
{
        CoefStore *store = store_of(cinfo);
        size_t scratch = coefstore_pack_bound(width);
        Array *array;

        (void)pool;
        (void)pre_zero;
        if (store->n_arrays >= ARRAYS_MAX || width == 0 || height == 0 || window == 0)
                ERREXIT(cinfo, JERR_BAD_VIRTUAL_ACCESS);
        array = &store->arrays[store->n_arrays++];
        array->width = width;
        array->height = height;
        array->window = window;
        reserve(store,
                height * sizeof(Row) + window * (width * sizeof(JBLOCK) + sizeof(JBLOCKROW)));
        array->rows = checked(store, calloc(height, sizeof(Row)));
        array->blocks = checked(store, calloc((size_t)width * window, sizeof(JBLOCK)));
        array->pointers = checked(store, calloc(window, sizeof(JBLOCKROW)));
        for (size_t i = 0; i < window; i++)
                array->pointers[i] = array->blocks + i * width;
        if (scratch > store->scratch_size) {
                reserve(store, scratch - store->scratch_size);
                free(store->scratch);
                store->scratch_size = 0;
                store->scratch = checked(store, malloc(scratch));
                store->scratch_size = scratch;
        }
        return (jvirt_barray_ptr)(void *)array;
}

static void put_away(CoefStore *store, const Array *array, size_t i)
{
        Row *row = &array->rows[array->first + i];
        size_t size = coefstore_pack(array->pointers[i], array->width, store->scratch);

        if (size > row->allocated) {
                /* Each scan adds a little. Some spare room saves most of the moves. */
                size_t allocated = size + size / 8;

                reserve(store, allocated - row->allocated);
                free(row->packed);
                row->packed = NULL;
                row->allocated = allocated;
                row->packed = checked(store, malloc(allocated));
        }
        memcpy(row->packed, store->scratch, size);
}

static JBLOCKARRAY access_rows(j_common_ptr cinfo, jvirt_barray_ptr handle, JDIMENSION start,
                               JDIMENSION n, boolean writable)
{
        CoefStore *store = store_of(cinfo);
        Array *array = (Array *)(void *)handle;

        if (n > array->window || start > array->height || n > array->height - start)
                ERREXIT(cinfo, JERR_BAD_VIRTUAL_ACCESS);
        if (start != array->first || n > array->open) {
                for (size_t i = 0; array->dirty && i < array->open; i++)
                        put_away(store, array, i);
                array->dirty = false;
                array->first = start;
                array->open = n;
                for (size_t i = 0; i < n; i++) {
                        const uint8_t *packed = array->rows[start + i].packed;

                        if (packed)
                                coefstore_unpack(packed, array->pointers[i], array->width);
                        else
                                memset(array->pointers[i], 0, array->width * sizeof(JBLOCK));
                }
        }
        array->dirty |= writable;
        return array->pointers;
}

int coefstore_install(j_decompress_ptr cinfo, size_t budget, void (*exceed)(j_decompress_ptr cinfo))
{
        CoefStore *store = calloc(1, sizeof(*store));

        if (!store)
                return -ENOMEM;
        store->cinfo = cinfo;
        store->budget = budget;
        store->exceed = exceed;
        cinfo->mem->request_virt_barray = request;
        cinfo->mem->access_virt_barray = access_rows;
        *(CoefStore **)cinfo->client_data = store;
        return 0;
}

void coefstore_free(CoefStore *store)
{
        if (!store)
                return;
        for (size_t i = 0; i < store->n_arrays; i++) {
                Array *array = &store->arrays[i];

                for (size_t k = 0; array->rows && k < array->height; k++)
                        free(array->rows[k].packed);
                free(array->rows);
                free(array->blocks);
                free(array->pointers);
        }
        free(store->scratch);
        free(store);
}
