/* SPDX-License-Identifier: MIT */
#include "styles.h"

#include "package.h"

#include <string.h>

enum { FORMATS_MAX = 4096 };

typedef struct Reading {
        Styles *styles;
        size_t allocated;
        bool in_cells; /* the formats of cells, and not those of named styles */
        struct {
                unsigned long id;
                bool date;
        } formats[FORMATS_MAX]; /* of the workbook's own */
        size_t n_formats;
} Reading;

void styles_done(Styles *styles)
{
        free(styles->dates);
        *styles = (Styles){};
}

bool format_is_date(const char *code)
{
        for (const char *p = code; *p && *p != ';'; p++) {
                if (*p == '"') {
                        p = strchr(p + 1, '"');
                        if (!p)
                                return false;
                } else if (*p == '\\' || *p == '_' || *p == '*') {
                        if (!*++p)
                                return false;
                } else if (*p == '[') {
                        /* "[h]" counts hours; others are colours, conditions and languages. */
                        if (strchr("hHmMsS", p[1]) && p[1] != '\0' &&
                            (p[2] == ']' || (p[2] == p[1] && p[3] == ']')))
                                return true;
                        p = strchr(p, ']');
                        if (!p)
                                return false;
                } else if (strncasecmp(p, "General", 7) == 0) {
                        p += 6;
                } else if (strchr("yYmMdDhHsS", *p)) {
                        return true;
                }
        }
        return false;
}

/* Formats that need no code (ECMA-376 part 1, §18.8.30), those of East Asia among them. */
static bool is_date_by_itself(unsigned long id)
{
        return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
               (id >= 50 && id <= 58);
}

static bool is_date(const Reading *reading, unsigned long id)
{
        for (size_t i = 0; i < reading->n_formats; i++)
                if (reading->formats[i].id == id)
                        return reading->formats[i].date;
        return is_date_by_itself(id);
}

static int add_style(Reading *reading, bool date)
{
        Styles *styles = reading->styles;

        if (styles->n == STYLES_MAX)
                return -EFBIG;
        if (styles->n == reading->allocated) {
                size_t allocated = MAX(2 * reading->allocated, (size_t)64);
                bool *dates = reallocarray(styles->dates, allocated, sizeof(*dates));

                if (!dates)
                        return -ENOMEM;
                styles->dates = dates;
                reading->allocated = allocated;
        }
        styles->dates[styles->n++] = date;
        return 0;
}

static int start(void *userdata, const char *name, const char *const *attributes)
{
        Reading *reading = userdata;
        const char *id = xml_attribute(attributes, "numFmtId");
        const char *code = xml_attribute(attributes, "formatCode");

        if (strcmp(name, "cellXfs") == 0)
                reading->in_cells = true;
        else if (strcmp(name, "numFmt") == 0 && id && code && reading->n_formats < FORMATS_MAX) {
                reading->formats[reading->n_formats].id = strtoul(id, NULL, 10);
                reading->formats[reading->n_formats++].date = format_is_date(code);
        } else if (strcmp(name, "xf") == 0 && reading->in_cells)
                return add_style(reading, id && is_date(reading, strtoul(id, NULL, 10)));
        return 0;
}

static int end(void *userdata, const char *name)
{
        Reading *reading = userdata;

        if (strcmp(name, "cellXfs") == 0)
                reading->in_cells = false;
        return 0;
}

int styles_read(const void *data, size_t size, const char *part, Styles *ret)
{
        static const XmlHandler handler = {start, end, NULL};
        _cleanup_free_ Reading *reading = calloc(1, sizeof(*reading));
        int r;

        *ret = (Styles){};
        if (!reading)
                return -ENOMEM;
        reading->styles = ret;
        r = package_read_part(data, size, part, &handler, reading);
        return r == -ENOENT ? 0 : r;
}
