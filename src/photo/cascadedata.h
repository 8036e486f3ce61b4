/* SPDX-License-Identifier: MIT */
#pragma once

#include "cascade.h"

/* The data that the parser makes for the evaluator. The parser guarantees that every index and
 * rectangle is in range, and that the children of a node follow it, so that a walk ends. */

enum {
        CASCADE_RECTS_MAX = 3,
        CASCADE_TREE_NODES_MAX = 64,
        CASCADE_SIDE_MIN = 8,
        CASCADE_SIDE_MAX = 64,
};

typedef struct CascadeRect {
        uint8_t x, y, width, height;
        float weight;
} CascadeRect;

typedef struct CascadeFeature {
        CascadeRect rects[CASCADE_RECTS_MAX];
        unsigned n_rects;
} CascadeFeature;

/* A positive child is the index of a node in the same tree. Any other is the negated index of a
 * leaf. */
typedef struct CascadeNode {
        int left;
        int right;
        uint32_t feature;
        float threshold;
} CascadeNode;

typedef struct CascadeTree {
        uint32_t first_node;
        uint32_t n_nodes;
        uint32_t first_leaf;
} CascadeTree;

typedef struct CascadeStage {
        float threshold;
        uint32_t first_tree;
        uint32_t n_trees;
} CascadeStage;

struct Cascade {
        unsigned width;
        unsigned height;
        CascadeStage *stages;
        size_t n_stages;
        CascadeTree *trees;
        size_t n_trees;
        CascadeNode *nodes;
        size_t n_nodes;
        float *leaves;
        size_t n_leaves;
        CascadeFeature *features;
        size_t n_features;
};
