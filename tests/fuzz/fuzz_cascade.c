/* SPDX-License-Identifier: MIT */
#include <photo/cascade.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A cascade file is the operator's, but a parser is a parser; what it accepts is also run. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const CascadeWish wish = {
                .min_size = 8, .max_size = 64, .step = 1.3, .min_neighbours = 0};
        static uint8_t luma[64 * 64];
        _cleanup_(cascade_freep) Cascade *cascade = NULL;
        CascadeBox boxes[4];

        if (cascade_parse(data, size, &cascade) < 0)
                return 0;
        for (size_t i = 0; i < sizeof(luma); i++)
                luma[i] = (uint8_t)(i * 2654435761u >> 24);
        if (cascade_detect(cascade, luma, 64, 64, &wish, boxes, ELEMENTSOF(boxes)) < 0)
                __builtin_trap();
        return 0;
}
