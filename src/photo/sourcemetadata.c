/* SPDX-License-Identifier: MIT */
#include "source.h"

#include <string.h>

void source_take_exif(Source *source, const uint8_t *exif, size_t size)
{
        static const uint8_t head[] = {'E', 'x', 'i', 'f', 0, 0};
        Exif read;

        if (size >= sizeof(head) && memcmp(exif, head, sizeof(head)) == 0) {
                exif += sizeof(head);
                size -= sizeof(head);
        }
        exif_read(exif, size, &read);
        source->orientation = read.orientation;
        source->taken = read.taken;
        source->has_metadata = true;
        /* As telephones write it into the comment of the user. */
        if (size > 0 && memmem(exif, size, "Screenshot", strlen("Screenshot")))
                source->screenshot = true;
}

int source_take_profile(Source *source, const void *profile, size_t size)
{
        /* A byte of a longer one is as good as all of it. */
        const size_t taken = size > SOURCE_METADATA_MAX ? 1 : size;

        if (size == 0 || source->profile)
                return 0;
        source->profile = malloc(taken);
        if (!source->profile)
                return -ENOMEM;
        memcpy(source->profile, profile, taken);
        source->profile_size = taken;
        source->has_metadata = true;
        return 0;
}
