/* SPDX-License-Identifier: MIT */
#include "relations.h"

#include "package.h"

#include <string.h>

typedef struct Reading {
        Relations found;
        size_t allocated;
        const char *part;
        Arena *arena;
} Reading;

void relations_done(Relations *relations)
{
        free(relations->items);
        *relations = (Relations){};
}

static int hex_digit(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Takes %XX for the byte that it stands for, and a backslash for the slash that was meant, in
 * place. */
static void unescape(char *target)
{
        char *out = target;

        for (const char *p = target; *p; p++) {
                int high = *p == '%' ? hex_digit(p[1]) : -1;
                int low = high >= 0 ? hex_digit(p[2]) : -1;

                if (low >= 0 && high * 16 + low > 0) {
                        *out++ = (char)(high * 16 + low);
                        p += 2;
                } else
                        *out++ = *p == '\\' ? '/' : *p;
        }
        *out = '\0';
}

/* Takes "", "." and ".." out of a path, in place. What would lead above the root stays in it. */
static void normalise(char *path)
{
        size_t out = 0;

        for (const char *p = path; *p;) {
                size_t n = strcspn(p, "/");

                if (n == 2 && p[0] == '.' && p[1] == '.') {
                        while (out > 0 && path[out - 1] != '/')
                                out--;
                        out -= out > 0;
                } else if (n > 0 && !(n == 1 && p[0] == '.')) {
                        if (out > 0)
                                path[out++] = '/';
                        memmove(path + out, p, n);
                        out += n;
                }
                p += n + (p[n] == '/');
        }
        path[out] = '\0';
}

char *relations_resolve(const char *part, const char *target, Arena *arena)
{
        const char *slash = strrchr(part, '/');
        size_t n_folder = slash ? (size_t)(slash - part) + 1 : 0;
        _cleanup_text_ Text path = {};

        if (target[0] != '/' && target[0] != '\\')
                text_append_data(&path, part, n_folder);
        text_append_data(&path, target, strcspn(target, "#"));
        if (path.error < 0)
                return NULL;
        if (!path.data)
                return arena_copy(arena, "", 0);
        unescape(path.data);
        normalise(path.data);
        return arena_copy(arena, path.data, strlen(path.data));
}

static int take_relation(Reading *reading, const char *id, const char *type, const char *target)
{
        const char *word = strrchr(type, '/');
        Relation relation;

        if (reading->found.n == RELATIONS_MAX)
                return -EFBIG;
        if (reading->found.n == reading->allocated) {
                size_t allocated = MAX(2 * reading->allocated, (size_t)16);
                Relation *items = reallocarray(reading->found.items, allocated, sizeof(*items));

                if (!items)
                        return -ENOMEM;
                reading->found.items = items;
                reading->allocated = allocated;
        }
        word = word ? word + 1 : type;
        relation = (Relation){.id = arena_copy(reading->arena, id, strlen(id)),
                              .type = arena_copy(reading->arena, word, strlen(word)),
                              .part = relations_resolve(reading->part, target, reading->arena)};
        if (!relation.id || !relation.type || !relation.part)
                return -ENOMEM;
        reading->found.items[reading->found.n++] = relation;
        return 0;
}

static int start(void *userdata, const char *name, const char *const *attributes)
{
        const char *id = xml_attribute(attributes, "Id");
        const char *type = xml_attribute(attributes, "Type");
        const char *target = xml_attribute(attributes, "Target");
        const char *mode = xml_attribute(attributes, "TargetMode");

        if (strcmp(name, "Relationship") != 0 || !id || !target ||
            (mode && strcasecmp(mode, "External") == 0))
                return 0;
        return take_relation(userdata, id, type ? type : "", target);
}

static int end(void *userdata _unused_, const char *name _unused_)
{
        return 0;
}

int relations_read(const void *data, size_t size, const char *part, Arena *arena, Relations *ret)
{
        static const XmlHandler handler = {start, end, NULL};
        const char *slash = strrchr(part, '/');
        const char *name = slash ? slash + 1 : part;
        _cleanup_text_ Text path = {};
        Reading reading = {.part = part, .arena = arena};
        int r;

        text_append_data(&path, part, (size_t)(name - part));
        text_append(&path, "_rels/");
        text_append(&path, name);
        text_append(&path, ".rels");
        if (path.error < 0)
                return path.error;
        r = package_read_part(data, size, path.data, &handler, &reading);
        if (r < 0) {
                relations_done(&reading.found);
                return r;
        }
        *ret = reading.found;
        return 0;
}

const char *relations_by_id(const Relations *relations, const char *id, const char *type)
{
        for (size_t i = 0; i < relations->n; i++) {
                const Relation *relation = &relations->items[i];

                if (strcmp(relation->id, id) == 0 &&
                    (relation->type[0] == '\0' || strcasecmp(relation->type, type) == 0))
                        return relation->part;
        }
        return NULL;
}

const char *relations_by_type(const Relations *relations, const char *type)
{
        for (size_t i = 0; i < relations->n; i++)
                if (strcasecmp(relations->items[i].type, type) == 0)
                        return relations->items[i].part;
        return NULL;
}
