/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * How a network runs for a batch size: which steps in which order, what is fused into what, and
 * where each buffer lies in one arena. Inference folds batchnorm into the convolution before it,
 * fuses activation and residual add, has the branches of a concat written into its value, and takes
 * a large batch in parts whose activations stay in the caches, and of a large picture a few rows at
 * a time through a few steps; training fuses what follows a batchnorm into it, does the same from
 * one batchnorm to the next, keeps what backward reads, and computes again what is cheap.
 * Everything that can fail, fails here. */
#pragma once

#include "graph.h"

enum { ICL_NOWHERE = -1 };

typedef struct IclPlanStep {
    int node; /* whose layer runs */
    int out;  /* node whose value the step gives: `node`, or the last fused into it */
    const IclLayer *layer;
    const IclLayer *batchnorm; /* folded into the weights, or NULL */
    int add;                   /* node whose value is added before the activation, or ICL_NOWHERE */
    int scale; /* node that scales the input by sample and channel, or ICL_NOWHERE */
    IclActivation activation;
    float alpha;
    IclNeeds needs; /* the most that 1..batch samples need */
    size_t packed;  /* offsets in floats: in the packed weights (inference) or the arena */
    size_t saved, shared, shared_backward, shared_again; /* in the arena */
    size_t sums, sums_backward, packed_backward;         /* the same, training */
    size_t gradients; /* in the arena: of the weights, the lanes' own; their sums are so too */
    size_t lane_gradients, lane_sums; /* floats of each */
    int segment;                      /* training: whose step it is */
    bool backward;                    /* training: it has a backward part */
    bool again; /* training: its value is not kept, but made again where backward needs it */
    int end; /* the step behind the group that begins with this one: the next, where it is alone */
    int band_rows; /* of such a group: rows of its last step's output in a band; else 0 */
    size_t buffer; /* within a group: offset of its value in a thread's buffers, in floats */
} IclPlanStep;

/* Steps begin..end-1, through which training takes the batch in lanes, and each of them `part`
 * samples at a time; then come the sums of step `end`, which begins the next segment. */
typedef struct IclPlanSegment {
    int begin, end;
    int part;        /* a power of two, or the batch */
    int lanes, lane; /* those side by side, and samples of each: a whole number of parts */
} IclPlanSegment;

enum { ICL_GROUP_MOST = 8 }; /* steps of a group */

/* What a band is to one step of the group. */
typedef struct IclPlanPart {
    IclBand rows;   /* what it makes; may be no rows */
    int kept, from; /* rows before them that are in its buffer already, from row `from` on */
} IclPlanPart;

/* Which rows of a step's input are in a thread's buffer: base..done-1. */
typedef struct IclPlanWindow {
    int base, done;
} IclPlanWindow;

typedef struct IclPlan {
    const IclGraph *graph;
    int batch;
    /* inference: samples that go together through steps 0..split-1, and through the others; fine
     * divides part */
    int split, fine, part;
    bool training;
    int n_steps;
    IclPlanStep *steps;
    int n_segments; /* training */
    IclPlanSegment *segments;
    int *root;     /* [n_nodes]: what a view is a view of; other nodes themselves */
    int *maker;    /* [n_nodes]: the step that gives the node's value, or ICL_NOWHERE */
    size_t *value; /* [n_nodes]: offset of its output in the arena, in floats */
    int *room;     /* [n_nodes]: samples that the value holds: a part's or the batch's */
    int *slice;    /* [n_nodes]: in whose value's pixels the node's lies, or ICL_NOWHERE: its own */
    int *channel;  /* [n_nodes]: its first channel there */
    int *pixel;    /* [n_nodes]: floats from a pixel of the value to the next */
    bool *within;  /* [n_nodes]: it is between steps of a group, in buffers of the threads */
    int *again_room, *gradient_room; /* the same of a value that is made again, of a gradient */
    size_t *again;    /* [n_nodes]: where backward finds the value: there, or made again */
    size_t *gradient; /* [n_nodes]: offset of its output's gradient; training */
    bool *wanted;     /* [n_nodes]: whether its output's gradient is wanted */
    size_t arena;     /* floats; offsets from there on are in memory of each thread's own */
    size_t bound;     /* floats alive at once at most: what no arena can go below */
    size_t packed;    /* floats of prepared weights that stay (inference) */
    size_t scratch;   /* bytes a thread: of kernels, from `buffers` on of groups, from `own` on the
                       * parts of its lanes */
    size_t buffers, own;
} IclPlan;

/* Borrows the graph. NULL with ICL_ERROR_MEMORY where sizes overflow. */
IclPlan *icl_plan_new(const IclGraph *graph, int batch, bool training, GError **error);
void icl_plan_free(IclPlan *plan); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclPlan, icl_plan_free)

/* Whether the step's backward part reads its first inputs, and its output. */
bool icl_plan_reads_input(const IclPlanStep *step);
bool icl_plan_reads_output(const IclPlanStep *step);

/* Whether it needs sums over the batch before its first sample. */
bool icl_plan_normalises(const IclPlanStep *step);

/* Bands of one sample in the group that begins with step `head`. */
int icl_plan_band_count(const IclPlan *plan, int head);

/* Cuts a band for the group's steps: windows and parts [steps of the group]. The windows are those
 * of the thread's last band where this one follows on it, else zeros. */
void icl_plan_cut(const IclPlan *plan, int head, int band, IclPlanWindow *windows,
                  IclPlanPart *parts);

/* Whether `value` lies in the value of node `concat`, or both in the same. */
static inline bool icl_plan_is_slice(const IclPlan *plan, int value, int concat)
{
    int whole = plan->slice[concat] == ICL_NOWHERE ? concat : plan->slice[concat];
    return plan->slice[value] == whole;
}

/* Input k of the step, through views. */
static inline int icl_plan_input(const IclPlan *plan, const IclPlanStep *step, int k)
{
    return plan->root[plan->graph->nodes[step->node].inputs[k]];
}
