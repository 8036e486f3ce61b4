/* SPDX-License-Identifier: MIT */
#include "band.h"

#include "number.h"

#include <math.h>
#include <string.h>

static int parse_range(const ConfigKey *key, const char **p, double *ret_min, double *ret_max)
{
        double min = -INFINITY, max = INFINITY;

        number_skip_blanks(p);
        if (!text_starts_with(*p, "..") &&
            (number_parse(p, &min) < 0 || !config_key_in_range(key, min)))
                return -EINVAL;
        number_skip_blanks(p);
        if (!text_starts_with(*p, ".."))
                return -EINVAL;
        *p += strlen("..");
        number_skip_blanks(p);
        if ((char_is_digit(**p) || **p == '-') &&
            (number_parse(p, &max) < 0 || !config_key_in_range(key, max)))
                return -EINVAL;
        if (!isfinite(min) && !isfinite(max))
                return -EINVAL;
        *ret_min = min;
        *ret_max = max;
        return 0;
}

static bool take_word(const char **p, const char *word)
{
        size_t n = strlen(word);

        if (strncmp(*p, word, n) != 0 || !(char_is_blank((*p)[n]) || (*p)[n] == '.'))
                return false;
        *p += n;
        return true;
}

static int parse_band_parts(const ConfigKey *key, const char *p, PhotoBand *band)
{
        bool warn = false, reject = false;
        int r;

        for (;;) {
                number_skip_blanks(&p);
                if (!warn && take_word(&p, "warn")) {
                        warn = true;
                        r = parse_range(key, &p, &band->warn_min, &band->warn_max);
                } else if (!reject && take_word(&p, "reject")) {
                        reject = true;
                        r = parse_range(key, &p, &band->reject_min, &band->reject_max);
                } else
                        r = -EINVAL;
                if (r < 0)
                        return r;
                number_skip_blanks(&p);
                if (!*p)
                        return 0;
                if (*p++ != ',')
                        return -EINVAL;
        }
}

/* Where the default would reject, the photo is accepted with a warning. */
static PhotoBand demoted(const ConfigKey *key)
{
        PhotoBand band;
        Config config;

        config_default(&config);
        memcpy(&band, (const char *)&config + key->offset, sizeof(band));
        if (!isfinite(band.warn_min))
                band.warn_min = band.reject_min;
        if (!isfinite(band.warn_max))
                band.warn_max = band.reject_max;
        band.reject_min = -INFINITY;
        band.reject_max = INFINITY;
        return band;
}

/* Whether some value passes, and whether no bound can never speak because a graver one does first.
 */
static bool band_consistent(const PhotoBand *band)
{
        if (isfinite(band->warn_min) && band->reject_min > band->warn_min)
                return false;
        if (isfinite(band->warn_max) && band->reject_max < band->warn_max)
                return false;
        return MAX(band->warn_min, band->reject_min) <= MIN(band->warn_max, band->reject_max);
}

int band_parse(const ConfigKey *key, const char *text, Config *config)
{
        PhotoBand band = {-INFINITY, INFINITY, -INFINITY, INFINITY};
        int r;

        if (strcmp(text, "warn-only") == 0)
                band = demoted(key);
        else if (strcmp(text, "off") != 0) {
                r = parse_band_parts(key, text, &band);
                if (r < 0)
                        return r;
        }
        if (!band_consistent(&band))
                return -EDOM;
        memcpy((char *)config + key->offset, &band, sizeof(band));
        return 0;
}

static void append_range(Text *text, const char *word, double min, double max)
{
        if (!isfinite(min) && !isfinite(max))
                return;
        text_printf(text, "%s%s ", text->size > 0 ? ", " : "", word);
        if (isfinite(min))
                number_append(text, min);
        text_append(text, "..");
        if (isfinite(max))
                number_append(text, max);
}

void band_append(const ConfigKey *key, const Config *config, Text *text)
{
        _cleanup_text_ Text parts = {};
        PhotoBand band;

        memcpy(&band, (const char *)config + key->offset, sizeof(band));
        append_range(&parts, "warn", band.warn_min, band.warn_max);
        append_range(&parts, "reject", band.reject_min, band.reject_max);
        if (parts.error < 0)
                text->error = parts.error;
        else
                text_append(text, parts.size > 0 ? parts.data : "off");
}
