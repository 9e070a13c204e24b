/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * torchvision's GaussianBlur and GaussianNoise. */
#include "augmenter.h"
#include "blur.h"
#include "noise.h"

typedef struct GaussianBlur {
    const IclClass *class;
    int kernel_size;
    IclReals sigma;
    double p;
} GaussianBlur;

static const IclParam gaussian_blur_params[] = {
    ICL_INT(GaussianBlur, kernel_size, "23", 1, ICL_BLUR_MAX, "pixels of the kernel; odd"),
    ICL_REALS(GaussianBlur, sigma, "[0.1 2]", 0.01, 100, "in pixels: one number, or [from to]"),
    ICL_REAL(GaussianBlur, p, "1", 0, 1, "share of the pictures that are changed"),
    {0},
};

/* One number is the sigma itself. */
static IclRange sigma_range(const IclReals *sigma)
{
    return (IclRange){sigma->v[0], sigma->v[sigma->n - 1]};
}

static void gaussian_blur_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const GaussianBlur *blur = instance;
    bool is = icl_random_uniform(random) < blur->p;
    double sigma = icl_range_draw(sigma_range(&blur->sigma), random);

    if (!is)
        return;
    float *x = icl_augmenter_pixels(augmenter);
    icl_blur(x, augmenter->h, augmenter->w, augmenter->c, blur->kernel_size, sigma,
             augmenter->spare);
}

static char *gaussian_blur_check(const void *instance)
{
    const GaussianBlur *blur = instance;

    if (blur->kernel_size % 2 == 0)
        return g_strdup_printf("kernel_size is %d; an odd number would do", blur->kernel_size);
    return blur->sigma.n == 1 ? NULL : icl_pair_check("sigma", &blur->sigma);
}

const IclAugmentClass icl_augment_gaussian_blur_class = {
    {"gaussian_blur", "blur by a random width: torchvision's GaussianBlur", sizeof(GaussianBlur),
     gaussian_blur_params},
    gaussian_blur_apply,
    gaussian_blur_check,
};

typedef struct GaussianNoise {
    const IclClass *class;
    double mean, sigma;
    bool clip;
    double p;
} GaussianNoise;

static const IclParam gaussian_noise_params[] = {
    ICL_REAL(GaussianNoise, mean, "0", -1, 1, "of what is added, 1 being white"),
    ICL_REAL(GaussianNoise, sigma, "0.1", 0, 1, "its standard deviation"),
    ICL_BOOL(GaussianNoise, clip, "yes", "keep the result in black..white"),
    ICL_REAL(GaussianNoise, p, "1", 0, 1, "share of the pictures that are changed"),
    {0},
};

static void gaussian_noise_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const GaussianNoise *noise = instance;
    float mean = (float)(255 * noise->mean), sigma = (float)(255 * noise->sigma);
    float least = noise->clip ? 0 : -G_MAXFLOAT, most = noise->clip ? 255 : G_MAXFLOAT;
    size_t n = icl_augmenter_values(augmenter);

    if (icl_random_uniform(random) >= noise->p)
        return;
    float *x = icl_augmenter_pixels(augmenter);
    icl_noise(random, n, augmenter->spare);
    for (size_t i = 0; i < n; i++) {
        float at = x[i] + (mean + sigma * augmenter->spare[i]);
        x[i] = at < least ? least : at > most ? most : at;
    }
}

const IclAugmentClass icl_augment_gaussian_noise_class = {
    {"gaussian_noise", "add normal noise: torchvision's GaussianNoise", sizeof(GaussianNoise),
     gaussian_noise_params},
    gaussian_noise_apply,
};
