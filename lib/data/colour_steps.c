/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What changes each value by itself, or with the others of its pixel. */
#include "colour_steps.h"

#include <string.h>

static inline float level(float x) { return x < 0 ? 0 : x > 255 ? 255 : x; }

static inline float grey(const float *x) { return 0.2989f * x[0] + 0.587f * x[1] + 0.114f * x[2]; }

void icl_grayscale(IclAugmenter *augmenter)
{
    float *x = icl_augmenter_pixels(augmenter);
    size_t n = icl_augmenter_values(augmenter) / 3;

    for (size_t i = 0; augmenter->c == 3 && i < n; i++, x += 3)
        x[0] = x[1] = x[2] = grey(x);
}

void icl_invert(IclAugmenter *augmenter)
{
    float *x = icl_augmenter_pixels(augmenter);
    size_t n = icl_augmenter_values(augmenter);

    for (size_t i = 0; i < n; i++)
        x[i] = 255 - x[i];
}

void icl_solarize(IclAugmenter *augmenter, double threshold)
{
    float *x = icl_augmenter_pixels(augmenter), from = (float)threshold;
    size_t n = icl_augmenter_values(augmenter);

    for (size_t i = 0; i < n; i++)
        x[i] = x[i] >= from ? 255 - x[i] : x[i];
}

static inline int whole_level(float x) { return (int)(level(x) + 0.5f); }

void icl_posterize(IclAugmenter *augmenter, int bits)
{
    float *x = icl_augmenter_pixels(augmenter);
    size_t n = icl_augmenter_values(augmenter);
    int mask = 0xff & ~(0xff >> bits);

    for (size_t i = 0; i < n; i++)
        x[i] = (float)(whole_level(x[i]) & mask);
}

typedef struct Limits {
    float least, most;
} Limits;

/* Of every `step`th value: in lanes, which a compiler may keep in vectors. */
static Limits limits_of(const float *x, size_t n, int step)
{
    enum { LANES = 8 };
    Limits limits = {x[0], x[0]};
    float least[LANES], most[LANES];
    size_t i = 0;

    for (int k = 0; k < LANES; k++)
        least[k] = most[k] = x[0];
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++) {
            float at = x[(i + k) * step];
            least[k] = at < least[k] ? at : least[k];
            most[k] = at > most[k] ? at : most[k];
        }
    for (; i < n; i++) {
        limits.least = MIN(limits.least, x[i * step]);
        limits.most = MAX(limits.most, x[i * step]);
    }
    for (int k = 0; k < LANES; k++) {
        limits.least = MIN(limits.least, least[k]);
        limits.most = MAX(limits.most, most[k]);
    }
    return limits;
}

void icl_autocontrast(IclAugmenter *augmenter)
{
    float *x = icl_augmenter_pixels(augmenter);
    int c = augmenter->c;
    size_t n = icl_augmenter_values(augmenter) / c;

    for (int k = 0; k < c; k++, x++) {
        Limits limits = limits_of(x, n, c);
        float scale = 255 / (limits.most - limits.least);
        for (size_t i = 0; limits.most > limits.least && i < n; i++)
            x[i * c] = level((x[i * c] - limits.least) * scale);
    }
}

void icl_channel_shift(IclAugmenter *augmenter, double levels)
{
    float *x = icl_augmenter_pixels(augmenter), by = (float)levels;
    size_t n = icl_augmenter_values(augmenter);
    Limits limits = limits_of(x, n, 1);
    const float least = limits.least, most = limits.most;

    for (size_t i = 0; i < n; i++) {
        float at = x[i] + by;
        x[i] = at < least ? least : at > most ? most : at;
    }
}

/* Pillow's table for a channel; false where it has too few pixels for one. */
static bool equalize_table(const int histogram[256], int n, float table[256])
{
    int last = 255, sum;

    while (last > 0 && !histogram[last])
        last--;
    int step = (n - histogram[last]) / 255;
    if (!step)
        return false;
    sum = step / 2;
    for (int i = 0; i < 256; i++) {
        table[i] = (float)MIN(sum / step, 255);
        sum += histogram[i];
    }
    return true;
}

void icl_equalize(IclAugmenter *augmenter)
{
    float *x = icl_augmenter_pixels(augmenter), table[256];
    int c = augmenter->c;
    size_t n = icl_augmenter_values(augmenter) / c;

    for (int k = 0; k < c; k++, x++) {
        int histogram[256] = {0};
        for (size_t i = 0; i < n; i++)
            histogram[whole_level(x[i * c])]++;
        if (!equalize_table(histogram, (int)n, table))
            continue;
        for (size_t i = 0; i < n; i++)
            x[i * c] = table[whole_level(x[i * c])];
    }
}

/* Inner values of one row; those above, on it and below of the picture as it was. */
static void sharpness_row(const float *in, ptrdiff_t row, int from, int to, int c, float f,
                          float *out)
{
    for (int i = from; i < to; i++) {
        const float *up = in + i - row, *at = in + i, *down = in + i + row;
        float ring = up[-c] + up[0] + up[c] + at[-c] + at[c] + down[-c] + down[0] + down[c];
        float blurred = (ring + 5 * at[0]) * (1 / 13.0f);
        out[i] = level(at[0] + (1 - f) * (blurred - at[0]));
    }
}

void icl_sharpness(IclAugmenter *augmenter, double factor)
{
    const float *in = icl_augmenter_pixels(augmenter);
    int h = augmenter->h, w = augmenter->w, c = augmenter->c;
    ptrdiff_t row = (ptrdiff_t)w * c;

    if (h < 3 || w < 3)
        return;
    memcpy(augmenter->spare, in, icl_augmenter_values(augmenter) * sizeof *in);
    for (int y = 1; y + 1 < h; y++)
        sharpness_row(in + y * row, row, c, (int)row - c, c, (float)factor,
                      augmenter->spare + y * row);
    icl_augmenter_swap(augmenter);
}
