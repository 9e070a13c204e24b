/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * mixup and cutmix, as torchvision's: one share for a whole batch, each picture mixed with the one
 * before it, the first with the last; the order of the batch is random already. They come after
 * normalize, which changes nothing: it is linear, and the shares sum to 1. */
#include <math.h>
#include <string.h>

#include "augmenter.h"

typedef struct Mix {
    const IclClass *class;
    double alpha, p;
} Mix;

static const IclParam mix_params[] = {
    ICL_REAL(Mix, alpha, "1", 0.01, 100, "of the Beta distribution of shares; 0.2 mixes little"),
    ICL_REAL(Mix, p, "1", 0, 1, "share of the batches that are mixed"),
    {0},
};

/* a = share a + (1 - share) b */
static void mix_values(float *a, const float *b, size_t n, float share)
{
    for (size_t i = 0; i < n; i++)
        a[i] = share * a[i] + (1 - share) * b[i];
}

/* A number of each picture, `stride` apart. */
static void mix_column(float *x, int n, size_t stride, double share)
{
    float last = x[(n - 1) * stride];

    for (int i = n - 1; i >= 0; i--)
        mix_values(&x[i * stride], i ? &x[(i - 1) * stride] : &last, 1, (float)share);
}

/* Classes and weights of picture i, of which `share` is left. */
static void mix_labels(IclMixed *mixed, double share)
{
    int n = mixed->n;

    for (int i = 0; mixed->y && i < n; i++) {
        float *targets = mixed->targets + (size_t)i * mixed->classes;
        targets[mixed->y[i]] = (float)share;
        targets[mixed->y[(i + n - 1) % n]] += (float)(1 - share);
    }
    for (int c = 0; !mixed->y && c < mixed->classes; c++)
        mix_column(mixed->targets + c, n, (size_t)mixed->classes, share);
    if (mixed->weight)
        mix_column(mixed->weight, n, 1, share);
}

/* Puts `part` of each picture's predecessor into it: from the last on, so that each is still what
 * it was when it is needed. */
static void mix_pictures(IclMixed *mixed, const IclBox *part, float share)
{
    size_t values = (size_t)mixed->h * mixed->w * mixed->c;
    size_t row = (size_t)mixed->w * mixed->c, from = part->y * row + (size_t)part->x * mixed->c;

    memcpy(mixed->room, mixed->x + (mixed->n - 1) * values, values * sizeof *mixed->x);
    for (int i = mixed->n - 1; i >= 0; i--) {
        float *x = mixed->x + i * values + from;
        const float *other = (i ? mixed->x + (i - 1) * values : mixed->room) + from;
        for (int y = 0; y < part->h; y++)
            mix_values(x + y * row, other + y * row, (size_t)part->w * mixed->c, share);
    }
}

static void mixup_mix(const void *instance, IclRandom *random, IclMixed *mixed)
{
    const Mix *mix = instance;
    bool is = icl_random_uniform(random) < mix->p;
    double share = icl_random_beta(random, mix->alpha, mix->alpha);

    share = is ? share : 1;
    if (is)
        mix_pictures(mixed, &(IclBox){0, 0, mixed->w, mixed->h}, (float)share);
    mix_labels(mixed, share);
}

const IclAugmentClass icl_augment_mixup_class = {
    {"mixup", "mix pictures and labels of a batch; last step: torchvision's MixUp", sizeof(Mix),
     mix_params},
    .mix = mixup_mix,
};

/* Centred anywhere in the picture, and cut off at its sides. */
static IclBox cutmix_box(IclRandom *random, double share, int h, int w)
{
    double half = 0.5 * sqrt(1 - share);
    int x = (int)icl_random_below(random, (uint32_t)w), half_w = (int)(half * w);
    int y = (int)icl_random_below(random, (uint32_t)h), half_h = (int)(half * h);
    int left = MAX(x - half_w, 0), right = MIN(x + half_w, w);
    int top = MAX(y - half_h, 0), bottom = MIN(y + half_h, h);

    return (IclBox){left, top, right - left, bottom - top};
}

static void cutmix_mix(const void *instance, IclRandom *random, IclMixed *mixed)
{
    const Mix *mix = instance;
    bool is = icl_random_uniform(random) < mix->p;
    double share = icl_random_beta(random, mix->alpha, mix->alpha);
    IclBox box = cutmix_box(random, share, mixed->h, mixed->w);

    if (is)
        mix_pictures(mixed, &box, 0);
    mix_labels(mixed, is ? 1 - (double)box.w * box.h / ((double)mixed->w * mixed->h) : 1);
}

const IclAugmentClass icl_augment_cutmix_class = {
    {"cutmix", "put in a part of another picture; last step: torchvision's CutMix", sizeof(Mix),
     mix_params},
    .mix = cutmix_mix,
};
