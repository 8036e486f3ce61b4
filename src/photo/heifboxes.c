/* SPDX-License-Identifier: MIT */
#include "heifboxes.h"

#include <string.h>

#define HEADER_SIZE 8u

typedef struct Box {
        const uint8_t *data; /* what is in it */
        size_t size;
} Box;

static uint32_t be32(const uint8_t *p)
{
        return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Takes the box at the beginning of *rest. Boxes whose size has 64 bits hold pixels only. */
static bool next_box(Box *rest, const uint8_t **ret_type, Box *ret)
{
        size_t size;

        if (rest->size < HEADER_SIZE)
                return false;
        size = be32(rest->data);
        if (size == 0)
                size = rest->size;
        if (size < HEADER_SIZE || size > rest->size)
                return false;
        *ret_type = rest->data + 4;
        *ret = (Box){rest->data + HEADER_SIZE, size - HEADER_SIZE};
        rest->data += size;
        rest->size -= size;
        return true;
}

/* The first of that type in the outer box, behind `skip` bytes. */
static bool find_box(Box outer, const char *type, size_t skip, Box *ret)
{
        const uint8_t *found;
        Box box;

        while (next_box(&outer, &found, &box))
                if (memcmp(found, type, 4) == 0 && box.size >= skip) {
                        *ret = (Box){box.data + skip, box.size - skip};
                        return true;
                }
        return false;
}

static void read_properties(Box properties, HeifBoxes *boxes)
{
        const uint8_t *type;
        bool turned = false;
        Box box;

        while (next_box(&properties, &type, &box)) {
                boxes->mirrored |= memcmp(type, "imir", 4) == 0;
                boxes->cropped |= memcmp(type, "clap", 4) == 0;
                if (memcmp(type, "irot", 4) != 0 || box.size < 1)
                        continue;
                boxes->turn = !turned || boxes->turn == (box.data[0] & 3u) ? box.data[0] & 3u : 0;
                turned = true;
        }
}

void heif_boxes_read(const uint8_t *data, size_t size, HeifBoxes *ret)
{
        static const char *const moving[] = {"msf1", "hevc", "hevx", "avis"};
        enum { VERSION = 4 }; /* bytes of a version and flags */
        const Box file = {data, size};
        Box meta, box;

        *ret = (HeifBoxes){};
        for (size_t i = 0; i < ELEMENTSOF(moving); i++)
                ret->sequence |= size >= 12 && memcmp(data + 8, moving[i], 4) == 0;
        if (!find_box(file, "meta", VERSION, &meta))
                return;
        if (find_box(meta, "iinf", 0, &box) && memmem(box.data, box.size, "grid", 4))
                ret->grid = true;
        if (find_box(meta, "iprp", 0, &box) && find_box(box, "ipco", 0, &box))
                read_properties(box, ret);
}
