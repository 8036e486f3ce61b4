/* SPDX-License-Identifier: MIT */
#include <idphoto/photo.h>

#include <photo/colour.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes of an embedded colour profile, in one chunk or two; what it makes of a few pixels must
 * stay a picture. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        JpegHeader header = {.icc_total = 1, .icc_seen = 1};
        _cleanup_(colour_freep) Colour *colour = NULL;
        Findings findings = {};
        Raster raster;

        if (size == 0 || size > UINT16_MAX)
                return 0;
        header.icc[0].data = data;
        header.icc[0].size = (uint32_t)size;
        if (data[0] & 1 && size > 1) {
                header.icc_total = header.icc_seen = 2;
                header.icc[0].size = (uint32_t)(size / 2);
                header.icc[1].data = data + size / 2;
                header.icc[1].size = (uint32_t)(size - size / 2);
        }
        if (colour_new(&header, &colour, &findings) < 0)
                return 0;
        if (raster_new(16, 16, &raster) < 0)
                return 0;
        for (size_t i = 0; i < 16 * 16 * 3; i++)
                raster.pixels[i] = (uint8_t)(i * 7);
        colour_convert(colour, &raster);
        raster_done(&raster);
        return 0;
}
