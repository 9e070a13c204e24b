/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Ripples, as torchvision's ElasticTransform with bilinear interpolation: every pixel is read at a
 * place drawn uniformly about it, and these places are made smooth by a Gaussian blur. */
#include "augment_elastic.h"
#include "blur.h"

typedef struct Elastic {
    const IclClass *class;
    double alpha, sigma, p;
    int fill_mode;
    double cval;
} Elastic;

static const IclParam elastic_params[] = {
    ICL_REAL(Elastic, alpha, "50", 0, 1000, "strength: twice the pixels before they are smoothed"),
    ICL_REAL(Elastic, sigma, "5", 0, 31, "width of the smoothing in pixels"),
    ICL_REAL(Elastic, p, "1", 0, 1, "share of the pictures that are changed"),
    ICL_FILL_PARAMS(Elastic, "constant"),
    {0},
};

enum { ROW = 256 /* pixels at once */ };

void icl_elastic(IclAugmenter *augmenter, const float *dx, const float *dy, const IclFill *fill)
{
    const IclSampling sampling = {.h = augmenter->h,
                                  .w = augmenter->w,
                                  .c = augmenter->c,
                                  .fill = *fill,
                                  .in = icl_augmenter_pixels(augmenter)};
    double x[ROW], y[ROW];
    size_t at = 0;

    for (int row = 0; row < sampling.h; row++)
        for (int from = 0; from < sampling.w; from += ROW) {
            int n = MIN(ROW, sampling.w - from);
            for (int i = 0; i < n; i++) {
                x[i] = from + i + (double)dx[at + i];
                y[i] = row + (double)dy[at + i];
            }
            icl_sample_points(&sampling, n, x, y, augmenter->spare + at * sampling.c);
            at += n;
        }
    icl_augmenter_swap(augmenter);
}

/* Uniform in +-1, blurred, times alpha / 2: torchvision's alpha is of a picture 2 wide. */
static void displacement_draw(const Elastic *elastic, IclRandom *random, int h, int w, float *out,
                              float *room)
{
    size_t n = (size_t)h * w;
    int size = (int)(8 * elastic->sigma + 1) | 1;

    for (size_t i = 0; i < n; i++)
        out[i] = (float)(icl_random_u32(random) >> 8) * 0x1p-23f - 1;
    if (elastic->sigma > 0)
        icl_blur(out, h, w, 1, size, elastic->sigma, room);
    for (size_t i = 0; i < n; i++)
        out[i] *= (float)(elastic->alpha / 2);
}

static void elastic_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const Elastic *elastic = instance;
    float *dx = augmenter->extra[0], *dy = augmenter->extra[1], *room = augmenter->extra[2];
    IclFill fill = {elastic->fill_mode, (float)elastic->cval};

    if (icl_random_uniform(random) >= elastic->p)
        return;
    displacement_draw(elastic, random, augmenter->h, augmenter->w, dx, room);
    displacement_draw(elastic, random, augmenter->h, augmenter->w, dy, room);
    icl_elastic(augmenter, dx, dy, &fill);
}

const IclAugmentClass icl_augment_elastic_class = {
    {"elastic", "ripples: torchvision's ElasticTransform", sizeof(Elastic), elastic_params},
    elastic_apply,
    .extra = 3,
};
