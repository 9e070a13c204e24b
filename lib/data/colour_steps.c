/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What changes each value by itself, or with the others of its pixel. */
#include "colour_steps.h"

#include <string.h>

static inline float level(float x) { return x < 0 ? 0 : x > 255 ? 255 : x; }

static inline float grey(const float *x) { return 0.2989f * x[0] + 0.587f * x[1] + 0.114f * x[2]; }

void icl_brightness(IclAugmenter *augmenter, double factor)
{
    float *x = icl_augmenter_pixels(augmenter), f = (float)factor;
    size_t n = icl_augmenter_values(augmenter);

    for (size_t i = 0; i < n; i++)
        x[i] = level(f * x[i]);
}

enum { BLOCK = 256, LANES = 8 };

/* Of `n` grey values; in lanes, which a compiler may keep in one vector. */
static double block_sum(const float *x, int n)
{
    float lanes[LANES] = {0};
    double sum = 0;
    int i = 0;

    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++)
            lanes[k] += x[i + k];
    for (; i < n; i++)
        sum += x[i];
    for (int k = 0; k < LANES; k++)
        sum += lanes[k];
    return sum;
}

static double mean_grey(const float *x, size_t n, int c)
{
    float block[BLOCK];
    double sum = 0;

    for (size_t i = 0; i < n; i += BLOCK) {
        int count = (int)MIN(BLOCK, n - i);
        for (int k = 0; c == 3 && k < count; k++)
            block[k] = grey(x + (i + k) * 3);
        sum += block_sum(c == 3 ? block : x + i, count);
    }
    return sum / (double)n;
}

void icl_contrast(IclAugmenter *augmenter, double factor)
{
    float *x = icl_augmenter_pixels(augmenter), f = (float)factor;
    size_t n = icl_augmenter_values(augmenter);
    float rest = (float)((1 - factor) * mean_grey(x, n / augmenter->c, augmenter->c));

    for (size_t i = 0; i < n; i++)
        x[i] = level(f * x[i] + rest);
}

void icl_saturation(IclAugmenter *augmenter, double factor)
{
    float *x = icl_augmenter_pixels(augmenter), f = (float)factor;
    size_t n = icl_augmenter_values(augmenter) / 3;

    for (size_t i = 0; augmenter->c == 3 && i < n; i++, x += 3) {
        float rest = (1 - f) * grey(x);
        for (int k = 0; k < 3; k++)
            x[k] = level(f * x[k] + rest);
    }
}

void icl_grayscale(IclAugmenter *augmenter)
{
    float *x = icl_augmenter_pixels(augmenter);
    size_t n = icl_augmenter_values(augmenter) / 3;

    for (size_t i = 0; augmenter->c == 3 && i < n; i++, x += 3)
        x[0] = x[1] = x[2] = grey(x);
}

/* Colours in planes. */
typedef struct Planes {
    float r[BLOCK], g[BLOCK], b[BLOCK];
} Planes;

/* Sixths of the circle, any whole number of turns added. */
static inline float hue_of(float r, float g, float b, float most, float range)
{
    float inverse = 1 / (range > 0 ? range : 1);
    float of_red = (g - b) * inverse, of_green = 2 + (b - r) * inverse,
          of_blue = 4 + (r - g) * inverse;
    float other = g == most ? of_green : of_blue;

    return r == most ? of_red : other;
}

/* A channel's share of the range that is missing at this hue, for red `at` is 5 sixths further, for
 * green 3, for blue 1: 0 for two sixths about its own hue, 1 for two opposite. */
static inline float missing(float at)
{
    at = at < 0 ? at + 6 : at;
    at = at >= 6 ? at - 6 : at;
    at = at >= 6 ? at - 6 : at;
    float back = 4 - at, less = at < back ? at : back;
    return less < 0 ? 0 : less > 1 ? 1 : less;
}

static void planes_turn(Planes *p, int n, float sixths)
{
    for (int i = 0; i < n; i++) {
        float r = p->r[i], g = p->g[i], b = p->b[i];
        float most = r > g ? r : g, least = r < g ? r : g;
        most = most > b ? most : b;
        least = least < b ? least : b;
        float range = most - least, hue = hue_of(r, g, b, most, range) + sixths;
        p->r[i] = most - range * missing(hue + 5);
        p->g[i] = most - range * missing(hue + 3);
        p->b[i] = most - range * missing(hue + 1);
    }
}

void icl_hue(IclAugmenter *augmenter, double factor)
{
    float *x = icl_augmenter_pixels(augmenter);
    size_t n = icl_augmenter_values(augmenter) / 3;
    Planes planes;

    for (size_t i = 0; augmenter->c == 3 && i < n; i += BLOCK, x += 3 * BLOCK) {
        int count = (int)MIN(BLOCK, n - i);
        for (int k = 0; k < count; k++) {
            planes.r[k] = x[3 * k];
            planes.g[k] = x[3 * k + 1];
            planes.b[k] = x[3 * k + 2];
        }
        planes_turn(&planes, count, (float)(6 * factor));
        for (int k = 0; k < count; k++) {
            x[3 * k] = planes.r[k];
            x[3 * k + 1] = planes.g[k];
            x[3 * k + 2] = planes.b[k];
        }
    }
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

/* Smallest and largest of a channel. */
static void channel_limits(const float *x, size_t n, int step, float *least, float *most)
{
    *least = *most = x[0];
    for (size_t i = 1; i < n; i++) {
        float at = x[i * step];
        *least = at < *least ? at : *least;
        *most = at > *most ? at : *most;
    }
}

void icl_autocontrast(IclAugmenter *augmenter)
{
    float *x = icl_augmenter_pixels(augmenter), least, most;
    int c = augmenter->c;
    size_t n = icl_augmenter_values(augmenter) / c;

    for (int k = 0; k < c; k++, x++) {
        channel_limits(x, n, c, &least, &most);
        float scale = 255 / (most - least);
        for (size_t i = 0; most > least && i < n; i++)
            x[i * c] = level((x[i * c] - least) * scale);
    }
}

void icl_channel_shift(IclAugmenter *augmenter, double levels)
{
    float *x = icl_augmenter_pixels(augmenter), by = (float)levels, least, most;
    size_t n = icl_augmenter_values(augmenter);

    channel_limits(x, n, 1, &least, &most);
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
