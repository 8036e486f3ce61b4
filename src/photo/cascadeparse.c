/* SPDX-License-Identifier: MIT */
#include "cascadedata.h"

#include <expat.h>
#include <locale.h>
#include <math.h>
#include <string.h>

enum {
        XML_SIZE_MAX = 4 * 1024 * 1024,
        DEPTH_MAX = 16,
        TEXT_MAX = 4096,
        STAGES_MAX = 64,
        TREES_MAX = 20000,
        NODES_MAX = 40000,
        FEATURES_MAX = 20000,
};

typedef enum Tag {
        TAG_OTHER,
        TAG_CASCADE,
        TAG_ITEM, /* "_" */
        TAG_STAGE_TYPE,
        TAG_FEATURE_TYPE,
        TAG_WIDTH,
        TAG_HEIGHT,
        TAG_STAGE_THRESHOLD,
        TAG_INTERNAL_NODES,
        TAG_LEAF_VALUES,
        TAG_RECTS,
        TAG_TILTED,
} Tag;

static const struct {
        const char *name;
        Tag tag;
} tags[] = {
        {"cascade", TAG_CASCADE},
        {"_", TAG_ITEM},
        {"stageType", TAG_STAGE_TYPE},
        {"featureType", TAG_FEATURE_TYPE},
        {"width", TAG_WIDTH},
        {"height", TAG_HEIGHT},
        {"stageThreshold", TAG_STAGE_THRESHOLD},
        {"internalNodes", TAG_INTERNAL_NODES},
        {"leafValues", TAG_LEAF_VALUES},
        {"rects", TAG_RECTS},
        {"tilted", TAG_TILTED},
};

typedef struct Parse {
        XML_Parser parser;
        locale_t locale; /* numbers have a point, whatever the locale of the program */
        Cascade *cascade;
        Tag stack[DEPTH_MAX];
        size_t depth;
        char text[TEXT_MAX + 1];
        size_t text_size;
        bool haar;
        int error;
} Parse;

static void give_up(Parse *parse, int error)
{
        if (parse->error == 0)
                parse->error = error;
        (void)XML_StopParser(parse->parser, XML_FALSE);
}

/* Makes room for one more in an array that doubles. */
static void *grow(Parse *parse, void **array, size_t *n, size_t item_size, size_t max)
{
        if (*n >= max) {
                give_up(parse, -EBADMSG);
                return NULL;
        }
        if ((*n & (*n - 1)) == 0) {
                void *bigger = realloc(*array, MAX(*n * 2, (size_t)1) * item_size);

                if (!bigger) {
                        give_up(parse, -ENOMEM);
                        return NULL;
                }
                *array = bigger;
        }
        return memset((uint8_t *)*array + (*n)++ * item_size, 0, item_size);
}

#define GROW(parse, field, max) \
        grow(parse, (void **)&(parse)->cascade->field, &(parse)->cascade->n_##field, \
             sizeof(*(parse)->cascade->field), max)

/* Reads the numbers in the collected text. Returns their count, or -EBADMSG. */
static int read_numbers(const Parse *parse, double *numbers, int max)
{
        const char *p = parse->text;
        int n = 0;

        for (;;) {
                char *end;

                p += strspn(p, " \t\r\n");
                if (*p == '\0')
                        return n;
                if (n >= max)
                        return -EBADMSG;
                numbers[n] = strtod_l(p, &end, parse->locale);
                if (end == p || !isfinite(numbers[n]))
                        return -EBADMSG;
                n++;
                p = end;
        }
}

static bool is_index(double v, double max)
{
        return v >= 0 && v <= max && v == floor(v);
}

static void end_threshold(Parse *parse)
{
        double threshold;
        CascadeStage *stage;

        if (read_numbers(parse, &threshold, 1) != 1) {
                give_up(parse, -EBADMSG);
                return;
        }
        stage = GROW(parse, stages, STAGES_MAX);
        if (!stage)
                return;
        stage->threshold = (float)threshold;
        stage->first_tree = (uint32_t)parse->cascade->n_trees;
}

static void end_nodes(Parse *parse)
{
        double v[4 * CASCADE_TREE_NODES_MAX];
        int n = read_numbers(parse, v, (int)ELEMENTSOF(v));
        Cascade *c = parse->cascade;
        CascadeTree *tree;

        if (n < 4 || n % 4 != 0 || c->n_stages == 0) {
                give_up(parse, -EBADMSG);
                return;
        }
        tree = GROW(parse, trees, TREES_MAX);
        if (!tree)
                return;
        tree->first_node = (uint32_t)c->n_nodes;
        tree->n_nodes = (uint32_t)n / 4;
        tree->first_leaf = (uint32_t)c->n_leaves;
        c->stages[c->n_stages - 1].n_trees++;
        for (int i = 0; i < n / 4; i++) {
                const double *p = v + 4 * i;
                CascadeNode *node = GROW(parse, nodes, NODES_MAX);

                if (!node)
                        return;
                for (int k = 0; k < 2; k++) {
                        /* Children stand behind their parent; leaves are one more than nodes. */
                        bool child = p[k] > i && p[k] < n / 4, leaf = p[k] <= 0 && p[k] >= -n / 4;

                        if (p[k] != floor(p[k]) || (!child && !leaf)) {
                                give_up(parse, -EBADMSG);
                                return;
                        }
                }
                if (!is_index(p[2], FEATURES_MAX)) {
                        give_up(parse, -EBADMSG);
                        return;
                }
                *node = (CascadeNode){.left = (int)p[0],
                                      .right = (int)p[1],
                                      .feature = (uint32_t)p[2],
                                      .threshold = (float)p[3]};
        }
}

static void end_leaves(Parse *parse)
{
        double v[CASCADE_TREE_NODES_MAX + 1];
        int n = read_numbers(parse, v, (int)ELEMENTSOF(v));
        Cascade *c = parse->cascade;
        CascadeTree *tree = c->n_trees > 0 ? &c->trees[c->n_trees - 1] : NULL;

        if (!tree || tree->first_leaf != c->n_leaves || n != (int)tree->n_nodes + 1) {
                give_up(parse, -EBADMSG);
                return;
        }
        for (int i = 0; i < n; i++) {
                float *leaf = GROW(parse, leaves, NODES_MAX + TREES_MAX);

                if (!leaf)
                        return;
                *leaf = (float)v[i];
        }
}

static void end_rect(Parse *parse)
{
        double v[5];
        Cascade *c = parse->cascade;
        CascadeFeature *feature = c->n_features > 0 ? &c->features[c->n_features - 1] : NULL;

        if (!feature || feature->n_rects >= CASCADE_RECTS_MAX || read_numbers(parse, v, 5) != 5 ||
            !is_index(v[0], c->width) || !is_index(v[1], c->height) || !is_index(v[2], c->width) ||
            !is_index(v[3], c->height) || v[0] + v[2] > c->width || v[1] + v[3] > c->height) {
                give_up(parse, -EBADMSG);
                return;
        }
        feature->rects[feature->n_rects++] = (CascadeRect){
                .x = (uint8_t)v[0],
                .y = (uint8_t)v[1],
                .width = (uint8_t)v[2],
                .height = (uint8_t)v[3],
                .weight = (float)v[4],
        };
}

static void end_side(Parse *parse, unsigned *side)
{
        double v;

        if (read_numbers(parse, &v, 1) != 1 || !is_index(v, CASCADE_SIDE_MAX) ||
            v < CASCADE_SIDE_MIN) {
                give_up(parse, -EBADMSG);
                return;
        }
        *side = (unsigned)v;
}

static void on_start(void *userdata, const XML_Char *name, const XML_Char **attributes)
{
        Parse *parse = userdata;
        Tag tag = TAG_OTHER;

        (void)attributes;
        for (size_t i = 0; i < ELEMENTSOF(tags); i++)
                if (strcmp(name, tags[i].name) == 0)
                        tag = tags[i].tag;
        if (parse->depth >= DEPTH_MAX) {
                give_up(parse, -EBADMSG);
                return;
        }
        parse->stack[parse->depth++] = tag;
        parse->text_size = 0;
        if (tag == TAG_RECTS)
                (void)GROW(parse, features, FEATURES_MAX);
}

static void on_text(void *userdata, const XML_Char *s, int size)
{
        Parse *parse = userdata;

        if (parse->text_size + (size_t)size > TEXT_MAX) {
                give_up(parse, -EBADMSG);
                return;
        }
        memcpy(parse->text + parse->text_size, s, (size_t)size);
        parse->text_size += (size_t)size;
}

static void on_end(void *userdata, const XML_Char *name)
{
        Parse *parse = userdata;
        Tag tag = parse->stack[--parse->depth];
        Tag parent = parse->depth > 0 ? parse->stack[parse->depth - 1] : TAG_OTHER;

        (void)name;
        parse->text[parse->text_size] = '\0';
        switch (tag) {
        case TAG_STAGE_TYPE:
                if (strcmp(parse->text, "BOOST") != 0)
                        give_up(parse, -EBADMSG);
                break;
        case TAG_FEATURE_TYPE:
                parse->haar = strcmp(parse->text, "HAAR") == 0;
                break;
        case TAG_WIDTH:
                if (parent == TAG_CASCADE)
                        end_side(parse, &parse->cascade->width);
                break;
        case TAG_HEIGHT:
                if (parent == TAG_CASCADE)
                        end_side(parse, &parse->cascade->height);
                break;
        case TAG_STAGE_THRESHOLD:
                end_threshold(parse);
                break;
        case TAG_INTERNAL_NODES:
                end_nodes(parse);
                break;
        case TAG_LEAF_VALUES:
                end_leaves(parse);
                break;
        case TAG_ITEM:
                if (parent == TAG_RECTS)
                        end_rect(parse);
                break;
        case TAG_TILTED:
                if (strspn(parse->text, " 0\r\n\t") != parse->text_size)
                        give_up(parse, -EBADMSG);
                break;
        default:
                break;
        }
        parse->text_size = 0;
}

/* A cascade needs no declarations, and entities make small files large. */
static void on_doctype(void *userdata, const XML_Char *name, const XML_Char *system_id,
                       const XML_Char *public_id, int has_subset)
{
        (void)name;
        (void)system_id;
        (void)public_id;
        (void)has_subset;
        give_up(userdata, -EBADMSG);
}

static bool is_complete(const Parse *parse)
{
        const Cascade *c = parse->cascade;

        if (!parse->haar || c->width == 0 || c->width != c->height || c->n_stages == 0 ||
            c->n_leaves != c->n_nodes + c->n_trees)
                return false;
        for (size_t i = 0; i < c->n_nodes; i++)
                if (c->nodes[i].feature >= c->n_features)
                        return false;
        for (size_t i = 0; i < c->n_features; i++)
                if (c->features[i].n_rects == 0)
                        return false;
        return true;
}

static int run(Parse *parse, const void *xml, size_t size)
{
        XML_SetUserData(parse->parser, parse);
        XML_SetElementHandler(parse->parser, on_start, on_end);
        XML_SetCharacterDataHandler(parse->parser, on_text);
        XML_SetStartDoctypeDeclHandler(parse->parser, on_doctype);
        if (XML_Parse(parse->parser, xml, (int)size, XML_TRUE) != XML_STATUS_OK)
                return parse->error < 0                                         ? parse->error
                       : XML_GetErrorCode(parse->parser) == XML_ERROR_NO_MEMORY ? -ENOMEM
                                                                                : -EBADMSG;
        return is_complete(parse) ? 0 : -EBADMSG;
}

int cascade_parse(const void *xml, size_t size, Cascade **ret)
{
        _cleanup_(cascade_freep) Cascade *cascade = NULL;
        _cleanup_free_ Parse *parse = NULL;
        int r = -ENOMEM;

        if (size == 0 || size > XML_SIZE_MAX)
                return -EBADMSG;
        cascade = calloc(1, sizeof(*cascade));
        parse = calloc(1, sizeof(*parse));
        if (!cascade || !parse)
                return -ENOMEM;
        parse->cascade = cascade;
        parse->locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
        parse->parser = XML_ParserCreate(NULL);
        if (parse->locale && parse->parser)
                r = run(parse, xml, size);
        if (parse->parser)
                XML_ParserFree(parse->parser);
        if (parse->locale)
                freelocale(parse->locale);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(cascade);
        return 0;
}

void cascade_free(Cascade *cascade)
{
        if (!cascade)
                return;
        free(cascade->stages);
        free(cascade->trees);
        free(cascade->nodes);
        free(cascade->leaves);
        free(cascade->features);
        free(cascade);
}
