/* SPDX-License-Identifier: MIT */
#include <idphoto/photo.h>
#include <idphoto/text.h>

static const char *const names[_PHOTO_FORMAT_MAX] = {
        [PHOTO_FORMAT_UNKNOWN] = "unknown", [PHOTO_FORMAT_EMPTY] = "empty",
        [PHOTO_FORMAT_JPEG] = "jpeg",       [PHOTO_FORMAT_HEIC] = "heic",
        [PHOTO_FORMAT_AVIF] = "avif",       [PHOTO_FORMAT_PNG] = "png",
        [PHOTO_FORMAT_WEBP] = "webp",       [PHOTO_FORMAT_TIFF] = "tiff",
        [PHOTO_FORMAT_OTHER] = "other",
};

const char *photo_format_to_string(PhotoFormat format)
{
        return format >= 0 && format < _PHOTO_FORMAT_MAX ? names[format] : NULL;
}

PhotoFormat photo_format_from_string(const char *s)
{
        return (PhotoFormat)text_find(names, _PHOTO_FORMAT_MAX, s);
}

uint32_t photo_formats_built_in(void)
{
        uint32_t formats = PHOTO_FORMAT_BIT(PHOTO_FORMAT_JPEG);

        if (HAVE_HEIC)
                formats |= PHOTO_FORMAT_BIT(PHOTO_FORMAT_HEIC);
        if (HAVE_AVIF)
                formats |= PHOTO_FORMAT_BIT(PHOTO_FORMAT_AVIF);
        if (HAVE_SPNG)
                formats |= PHOTO_FORMAT_BIT(PHOTO_FORMAT_PNG);
        if (HAVE_WEBP)
                formats |= PHOTO_FORMAT_BIT(PHOTO_FORMAT_WEBP);
        if (HAVE_TIFF)
                formats |= PHOTO_FORMAT_BIT(PHOTO_FORMAT_TIFF);
        return formats;
}

void photo_formats_append(uint32_t formats, Text *text)
{
        const char *blank = "";

        for (int i = 0; i < _PHOTO_FORMAT_MAX; i++)
                if (formats & PHOTO_FORMAT_BIT(i)) {
                        text_printf(text, "%s%s", blank, names[i]);
                        blank = " ";
                }
}
