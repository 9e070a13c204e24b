/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * torchvision's RandAugment, TrivialAugmentWide and AugMix, with bilinear interpolation. Geometric
 * operations in a row are one resampling, as everywhere here. */
#include "augment_policy.h"

#include <math.h>
#include <string.h>

#include "colour_steps.h"

void icl_policy_apply(IclPolicyOp op, double magnitude, const IclFill *fill,
                      IclAugmenter *augmenter)
{
    const double m = magnitude;
    IclWarp warp;

    switch (op) {
    case ICL_POLICY_SHEAR_X: /* about the corner of the first pixel, not its centre */
        warp = icl_warp_affine(1, m, 0.5 * m, 0, 1, 0);
        icl_augmenter_warp(augmenter, &warp, fill);
        break;
    case ICL_POLICY_SHEAR_Y:
        warp = icl_warp_affine(1, 0, 0, m, 1, 0.5 * m);
        icl_augmenter_warp(augmenter, &warp, fill);
        break;
    case ICL_POLICY_TRANSLATE_X:
        warp = icl_warp_move(-trunc(m), 0);
        icl_augmenter_warp(augmenter, &warp, fill);
        break;
    case ICL_POLICY_TRANSLATE_Y:
        warp = icl_warp_move(0, -trunc(m));
        icl_augmenter_warp(augmenter, &warp, fill);
        break;
    case ICL_POLICY_ROTATE:
        warp = icl_warp_rotation(m);
        icl_augmenter_warp_centred(augmenter, &warp, fill);
        break;
    case ICL_POLICY_BRIGHTNESS:
        icl_brightness(augmenter, 1 + m);
        break;
    case ICL_POLICY_COLOR:
        icl_saturation(augmenter, 1 + m);
        break;
    case ICL_POLICY_CONTRAST:
        icl_contrast(augmenter, 1 + m);
        break;
    case ICL_POLICY_SHARPNESS:
        icl_sharpness(augmenter, 1 + m);
        break;
    case ICL_POLICY_POSTERIZE:
        icl_posterize(augmenter, (int)m);
        break;
    case ICL_POLICY_SOLARIZE:
        icl_solarize(augmenter, 255 * m);
        break;
    case ICL_POLICY_AUTO_CONTRAST:
        icl_autocontrast(augmenter);
        break;
    case ICL_POLICY_EQUALIZE:
        icl_equalize(augmenter);
        break;
    default:
        break;
    }
}

/* Magnitudes from the first bin to the last; either way where `sign`. */
typedef struct Span {
    double from, to;
    bool sign;
} Span;

/* Translations are of the whole width or height, except TrivialAugment's, which are in pixels. */
static const Span spans[ICL_POLICIES][ICL_POLICY_OPS] = {
    [ICL_POLICY_RAND] = {[ICL_POLICY_SHEAR_X] = {0, 0.3, true},
                         [ICL_POLICY_SHEAR_Y] = {0, 0.3, true},
                         [ICL_POLICY_TRANSLATE_X] = {0, 150.0 / 331, true},
                         [ICL_POLICY_TRANSLATE_Y] = {0, 150.0 / 331, true},
                         [ICL_POLICY_ROTATE] = {0, 30, true},
                         [ICL_POLICY_BRIGHTNESS] = {0, 0.9, true},
                         [ICL_POLICY_COLOR] = {0, 0.9, true},
                         [ICL_POLICY_CONTRAST] = {0, 0.9, true},
                         [ICL_POLICY_SHARPNESS] = {0, 0.9, true},
                         [ICL_POLICY_POSTERIZE] = {8, 4},
                         [ICL_POLICY_SOLARIZE] = {1, 0}},
    [ICL_POLICY_TRIVIAL] = {[ICL_POLICY_SHEAR_X] = {0, 0.99, true},
                            [ICL_POLICY_SHEAR_Y] = {0, 0.99, true},
                            [ICL_POLICY_TRANSLATE_X] = {0, 32, true},
                            [ICL_POLICY_TRANSLATE_Y] = {0, 32, true},
                            [ICL_POLICY_ROTATE] = {0, 135, true},
                            [ICL_POLICY_BRIGHTNESS] = {0, 0.99, true},
                            [ICL_POLICY_COLOR] = {0, 0.99, true},
                            [ICL_POLICY_CONTRAST] = {0, 0.99, true},
                            [ICL_POLICY_SHARPNESS] = {0, 0.99, true},
                            [ICL_POLICY_POSTERIZE] = {8, 2},
                            [ICL_POLICY_SOLARIZE] = {1, 0}},
    [ICL_POLICY_AUGMIX] = {[ICL_POLICY_SHEAR_X] = {0, 0.3, true},
                           [ICL_POLICY_SHEAR_Y] = {0, 0.3, true},
                           [ICL_POLICY_TRANSLATE_X] = {0, 1 / 3.0, true},
                           [ICL_POLICY_TRANSLATE_Y] = {0, 1 / 3.0, true},
                           [ICL_POLICY_ROTATE] = {0, 30, true},
                           [ICL_POLICY_BRIGHTNESS] = {0, 0.9, true},
                           [ICL_POLICY_COLOR] = {0, 0.9, true},
                           [ICL_POLICY_CONTRAST] = {0, 0.9, true},
                           [ICL_POLICY_SHARPNESS] = {0, 0.9, true},
                           [ICL_POLICY_POSTERIZE] = {4, 0},
                           [ICL_POLICY_SOLARIZE] = {1, 0}},
};

double icl_policy_magnitude(IclPolicy policy, IclPolicyOp op, int bin, int bins, int height,
                            int width)
{
    const Span *span = &spans[policy][op];
    double magnitude = span->from + (span->to - span->from) * bin / MAX(bins - 1, 1);

    if (op == ICL_POLICY_POSTERIZE)
        return rint(magnitude);
    if (policy != ICL_POLICY_TRIVIAL && op == ICL_POLICY_TRANSLATE_X)
        return magnitude * width;
    if (policy != ICL_POLICY_TRIVIAL && op == ICL_POLICY_TRANSLATE_Y)
        return magnitude * height;
    return magnitude;
}

static void policy_step(IclPolicy policy, IclPolicyOp op, int bin, int bins, const IclFill *fill,
                        IclRandom *random, IclAugmenter *augmenter)
{
    double m = icl_policy_magnitude(policy, op, bin, bins, augmenter->h, augmenter->w);

    if (spans[policy][op].sign && icl_random_below(random, 2))
        m = -m;
    icl_policy_apply(op, m, fill, augmenter);
}

typedef struct RandAugment {
    const IclClass *class;
    int num_ops, magnitude, num_magnitude_bins;
    int fill_mode;
    double cval;
} RandAugment;

static const IclParam randaugment_params[] = {
    ICL_INT(RandAugment, num_ops, "2", 0, 14, "operations on each picture"),
    ICL_INT(RandAugment, magnitude, "9", 0, 999, "their strength, a bin's number"),
    ICL_INT(RandAugment, num_magnitude_bins, "31", 2, 1000, "the last is the strongest"),
    ICL_FILL_PARAMS(RandAugment, "constant"),
    {0},
};

static void randaugment_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const RandAugment *rand = instance;
    IclFill fill = {rand->fill_mode, (float)rand->cval};

    for (int i = 0; i < rand->num_ops; i++)
        policy_step(ICL_POLICY_RAND, icl_random_below(random, ICL_POLICY_OPS), rand->magnitude,
                    rand->num_magnitude_bins, &fill, random, augmenter);
}

static char *randaugment_check(const void *instance)
{
    const RandAugment *rand = instance;

    if (rand->magnitude < rand->num_magnitude_bins)
        return NULL;
    return g_strdup_printf("magnitude is %d; it is a bin's number, 0..%d", rand->magnitude,
                           rand->num_magnitude_bins - 1);
}

const IclAugmentClass icl_augment_randaugment_class = {
    {"randaugment", "random operations of one strength: torchvision's RandAugment",
     sizeof(RandAugment), randaugment_params},
    randaugment_apply,
    randaugment_check,
};

typedef struct TrivialAugment {
    const IclClass *class;
    int num_magnitude_bins;
    int fill_mode;
    double cval;
} TrivialAugment;

static const IclParam trivialaugment_params[] = {
    ICL_INT(TrivialAugment, num_magnitude_bins, "31", 2, 1000, "strengths to choose from"),
    ICL_FILL_PARAMS(TrivialAugment, "constant"),
    {0},
};

static void trivialaugment_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const TrivialAugment *trivial = instance;
    IclFill fill = {trivial->fill_mode, (float)trivial->cval};
    IclPolicyOp op = icl_random_below(random, ICL_POLICY_OPS);
    int bin = (int)icl_random_below(random, (uint32_t)trivial->num_magnitude_bins);

    policy_step(ICL_POLICY_TRIVIAL, op, bin, trivial->num_magnitude_bins, &fill, random, augmenter);
}

const IclAugmentClass icl_augment_trivialaugment_class = {
    {"trivialaugment", "one operation of random strength: torchvision's TrivialAugmentWide",
     sizeof(TrivialAugment), trivialaugment_params},
    trivialaugment_apply,
};

typedef struct AugMix {
    const IclClass *class;
    int severity, mixture_width, chain_depth;
    double alpha;
    bool all_ops;
    int fill_mode;
    double cval;
} AugMix;

enum { SEVERITY_BINS = 10, MIXTURE_MOST = 16, DEPTH_MOST = 3 /* where it is drawn */ };

static const IclParam augmix_params[] = {
    ICL_INT(AugMix, severity, "3", 1, SEVERITY_BINS, "of the operations, the first 3 of 10 bins"),
    ICL_INT(AugMix, mixture_width, "3", 1, MIXTURE_MOST, "chains that are mixed"),
    ICL_INT(AugMix, chain_depth, "-1", -1, 16, "operations in each; below 1: 1 to 3 at random"),
    ICL_REAL(AugMix, alpha, "1", 0.01, 100, "of the Dirichlet and Beta distributions of weights"),
    ICL_BOOL(AugMix, all_ops, "yes", "brightness, contrast, color and sharpness too"),
    ICL_FILL_PARAMS(AugMix, "constant"),
    {0},
};

static IclPolicyOp augmix_op(const AugMix *mix, IclRandom *random)
{
    int colours = ICL_POLICY_POSTERIZE - ICL_POLICY_BRIGHTNESS;
    int n = ICL_POLICY_OPS - 1 - (mix->all_ops ? 0 : colours); /* never the identity */
    int op = 1 + (int)icl_random_below(random, (uint32_t)n);

    return op >= ICL_POLICY_BRIGHTNESS && !mix->all_ops ? op + colours : op;
}

static void augmix_chain(const AugMix *mix, IclRandom *random, IclAugmenter *augmenter)
{
    IclFill fill = {mix->fill_mode, (float)mix->cval};
    int depth =
        mix->chain_depth > 0 ? mix->chain_depth : 1 + (int)icl_random_below(random, DEPTH_MOST);

    for (int i = 0; i < depth; i++) {
        IclPolicyOp op = augmix_op(mix, random);
        int bin = (int)icl_random_below(random, (uint32_t)mix->severity);
        policy_step(ICL_POLICY_AUGMIX, op, bin, SEVERITY_BINS, &fill, random, augmenter);
    }
}

/* Weights of the chains, which sum to 1. */
static void augmix_weights(const AugMix *mix, IclRandom *random, double *weight)
{
    double sum = 0;

    for (int i = 0; i < mix->mixture_width; i++)
        sum += weight[i] = icl_random_gamma(random, mix->alpha);
    for (int i = 0; i < mix->mixture_width; i++)
        weight[i] = sum > 0 ? weight[i] / sum : i == 0;
}

static void augmix_apply(const void *instance, IclRandom *random, IclAugmenter *augmenter)
{
    const AugMix *mix = instance;
    size_t n = icl_augmenter_values(augmenter);
    float *original = augmenter->extra[0], *sum = augmenter->extra[1];
    double kept = icl_random_beta(random, mix->alpha, mix->alpha), weight[MIXTURE_MOST];

    augmix_weights(mix, random, weight);
    memcpy(original, icl_augmenter_pixels(augmenter), n * sizeof *original);
    for (size_t i = 0; i < n; i++)
        sum[i] = (float)kept * original[i];
    for (int k = 0; k < mix->mixture_width; k++) {
        float share = (float)((1 - kept) * weight[k]);
        memcpy(augmenter->x, original, n * sizeof *original);
        augmix_chain(mix, random, augmenter);
        const float *x = icl_augmenter_pixels(augmenter);
        for (size_t i = 0; i < n; i++)
            sum[i] += share * x[i];
    }
    memcpy(augmenter->x, sum, n * sizeof *sum);
}

const IclAugmentClass icl_augment_augmix_class = {
    {"augmix", "a mixture of the picture and of operations on it: torchvision's AugMix",
     sizeof(AugMix), augmix_params},
    augmix_apply,
    .extra = 2,
};
