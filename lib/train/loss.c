/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A batch's loss from its samples', and what a batch got right. */
#include "loss.h"

#include "loss_classes.h"

static const IclClass *const classes[] = {&icl_cross_entropy_class.base,
                                          &icl_binary_class.base,
                                          &icl_focal_class.base,
                                          &icl_binary_focal_class.base,
                                          &icl_mean_squares_class.base,
                                          &icl_divergence_class.base,
                                          NULL};

const IclFamily icl_loss_family = {"losses", "loss", classes};

IclCriterion icl_cross_entropy(double smoothing)
{
    return (IclCriterion){.class = &icl_cross_entropy_class, .smoothing = smoothing};
}

static int largest(const float *x, int n)
{
    int best = 0;

    for (int i = 1; i < n; i++)
        if (x[i] > x[best])
            best = i;
    return best;
}

/* How many logits come before that of class y: 0 is right. What is not a number comes first. */
static int rank_of(const float *z, int n, int y)
{
    int before = 0;

    for (int c = 0; c < n; c++)
        before += c < y ? !(z[c] < z[y]) : c > y && !(z[c] <= z[y]);
    return before;
}

static IclTarget target_of(const IclCriterion *criterion, const IclLossBatch *batch, int sample)
{
    const IclTargets *targets = batch->targets;
    double smoothing = batch->plain ? 0 : criterion->smoothing;
    IclTarget target = {.keep = 1 - smoothing,
                        .even = smoothing / (criterion->class->labels ? 2 : batch->classes)};

    if (!batch->plain)
        target.label_weight = criterion->label_weight;
    if (targets->soft)
        target.soft = targets->soft + (size_t)sample * batch->classes;
    target.y = targets->y ? targets->y[sample] : largest(target.soft, batch->classes);
    return target;
}

static void count_sample(const IclLossBatch *batch, const float *z, int y, IclLoss *loss)
{
    int rank = rank_of(z, batch->classes, y);

    loss->correct += rank == 0;
    loss->top5 += rank < 5;
    if (batch->classed) {
        batch->classed[y].seen++;
        batch->classed[y].correct += rank == 0;
    }
}

/* q > 0.5 is z > 0; what is not a number is never right. */
static void count_labels(const IclLossBatch *batch, const float *z, const float *on, IclLoss *loss)
{
    int correct = 0;

    for (int c = 0; c < batch->classes; c++) {
        bool right = on[c] > 0.5f ? z[c] > 0 : z[c] <= 0;
        correct += right;
        if (batch->classed && on[c] > 0.5f) {
            batch->classed[c].seen++;
            batch->classed[c].correct += right;
        }
    }
    loss->correct += (double)correct / batch->classes;
}

IclLoss icl_loss(const IclCriterion *criterion, const IclLossBatch *batch)
{
    const IclCriterion plain = icl_cross_entropy(0), *used = criterion ? criterion : &plain;
    const float *weight = batch->targets->weight;
    IclLoss loss = {0};

    for (int s = 0; s < batch->n; s++) {
        size_t offset = (size_t)s * batch->classes;
        const float *z = batch->logits + offset;
        IclTarget target = target_of(used, batch, s);
        double w = weight ? weight[s] : 1;
        loss.sum += w * used->class->sample(used, z, &target, batch->classes, w / batch->n,
                                            batch->dlogits ? batch->dlogits + offset : NULL);
        if (used->class->labels && !batch->targets->y)
            count_labels(batch, z, target.soft, &loss);
        else
            count_sample(batch, z, target.y, &loss);
    }
    return loss;
}
