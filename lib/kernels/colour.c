/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Changes of colours on vectors; see kernels.h. VL pixels are taken apart to a vector of each
 * channel, changed, and put together. */
#include "vector.h"

typedef struct Pixels {
    vf r, g, b;
} Pixels;

#define INLINE static inline __attribute__((always_inline))

#if VL == 4
#define EACH(f, k)                         \
    {                                      \
        f(0, k), f(1, k), f(2, k), f(3, k) \
    }
#elif VL == 8
#define EACH(f, k)                                                             \
    {                                                                          \
        f(0, k), f(1, k), f(2, k), f(3, k), f(4, k), f(5, k), f(6, k), f(7, k) \
    }
#else
#define EACH(f, k)                                                                                \
    {                                                                                             \
        f(0, k), f(1, k), f(2, k), f(3, k), f(4, k), f(5, k), f(6, k), f(7, k), f(8, k), f(9, k), \
            f(10, k), f(11, k), f(12, k), f(13, k), f(14, k), f(15, k)                            \
    }
#endif

/* Channel k of pixel i lies at 3 i + k of three vectors: taken out of the first two, then out of
 * these and the third. And back: value i of vector v is channel (v VL + i) % 3 of a pixel. */
#define TWO(i, k)      (3 * (i) + (k) < 2 * VL ? 3 * (i) + (k) : 0)
#define THREE(i, k)    (3 * (i) + (k) < 2 * VL ? (i) : 3 * (i) + (k)-VL)
#define TO_TWO(i, v)   (((v)*VL + (i)) / 3 + (((v)*VL + (i)) % 3 == 1 ? VL : 0))
#define TO_THREE(i, v) (((v)*VL + (i)) % 3 == 2 ? ((v)*VL + (i)) / 3 + VL : (i))

/* Each `const` by itself: as entries of an array compilers load them. */
static const vi two_r = EACH(TWO, 0), two_g = EACH(TWO, 1), two_b = EACH(TWO, 2);
static const vi three_r = EACH(THREE, 0), three_g = EACH(THREE, 1), three_b = EACH(THREE, 2);
static const vi to_two_0 = EACH(TO_TWO, 0), to_three_0 = EACH(TO_THREE, 0);
static const vi to_two_1 = EACH(TO_TWO, 1), to_three_1 = EACH(TO_THREE, 1);
static const vi to_two_2 = EACH(TO_TWO, 2), to_three_2 = EACH(TO_THREE, 2);

INLINE vf mixed(vf a, vf b, vf c, vi two, vi three)
{
    return __builtin_shuffle(__builtin_shuffle(a, b, two), c, three);
}

INLINE Pixels pixels_load(const float *x)
{
    const vf a = vload(x), b = vload(x + VL), c = vload(x + 2 * VL);

    return (Pixels){mixed(a, b, c, two_r, three_r), mixed(a, b, c, two_g, three_g),
                    mixed(a, b, c, two_b, three_b)};
}

INLINE void pixels_store(float *x, Pixels p)
{
    vstore(x, mixed(p.r, p.g, p.b, to_two_0, to_three_0));
    vstore(x + VL, mixed(p.r, p.g, p.b, to_two_1, to_three_1));
    vstore(x + 2 * VL, mixed(p.r, p.g, p.b, to_two_2, to_three_2));
}

INLINE vf grey(Pixels p) { return 0.2989f * p.r + 0.587f * p.g + 0.114f * p.b; }

INLINE vf level(vf x) { return vmin(vmax(x, vset(0)), vset(255)); }

INLINE Pixels linear(Pixels p, float factor, vf offset)
{
    return (Pixels){level(factor * p.r + offset), level(factor * p.g + offset),
                    level(factor * p.b + offset)};
}

/* How much of the range a channel lacks, whose own hue is `away` sixths of the circle off: 0 up to
 * one sixth, 1 from two on. */
INLINE vf lack(vf away)
{
    away = vselect(away < 0.0f, away + 6.0f, away);
    away = vselect(away >= 6.0f, away - 6.0f, away);
    return vmin(vmax(vmin(away, 6.0f - away) - 1.0f, vset(0)), vset(1));
}

/* `sixths` in -3..3, the hue itself in -1..5: no channel is more than a circle further off than
 * one. */
INLINE Pixels turn(Pixels p, float sixths)
{
    const vf most = vmax(p.r, vmax(p.g, p.b)), range = most - vmin(p.r, vmin(p.g, p.b));
    const vf inverse = 1.0f / vselect(range > 0.0f, range, vset(1));
    vf hue = vselect(p.g == most, 2.0f + (p.b - p.r) * inverse, 4.0f + (p.r - p.g) * inverse);

    hue = vselect(p.r == most, (p.g - p.b) * inverse, hue) + sixths;
    return (Pixels){most - range * lack(hue), most - range * lack(hue - 2.0f),
                    most - range * lack(hue + 2.0f)};
}

INLINE Pixels pixels_change(const IclColourChange *changes, int n, Pixels p)
{
    for (const IclColourChange *c = changes; c < changes + n; c++) {
        if (c->kind == ICL_COLOUR_HUE)
            p = turn(p, 6 * c->factor);
        else if (c->kind == ICL_COLOUR_LINEAR)
            p = linear(p, c->factor, vset(c->offset));
        else
            p = linear(p, c->factor, (1 - c->factor) * grey(p));
    }
    return p;
}

static double sum_of(vf x)
{
    double sum = 0;

    for (int i = 0; i < VL; i++)
        sum += x[i];
    return sum;
}

enum { ADDED = 64 /* vectors whose sum may be kept in floats */ };

static double change(const IclColourChange *changes, int n_changes, size_t n, float *x)
{
    float part[3 * VL] = {0};
    vf added = {0};
    double sum = 0;
    size_t i = 0, rest = n % VL;

    for (; i + VL <= n; i += VL) {
        Pixels p = pixels_change(changes, n_changes, pixels_load(x + 3 * i));
        pixels_store(x + 3 * i, p);
        added += grey(p);
        if (i / VL % ADDED == ADDED - 1) {
            sum += sum_of(added);
            added = (vf){0};
        }
    }
    sum += sum_of(added);
    if (!rest)
        return sum;
    memcpy(part, x + 3 * i, 3 * rest * sizeof *x);
    Pixels p = pixels_change(changes, n_changes, pixels_load(part));
    pixels_store(part, p);
    memcpy(x + 3 * i, part, 3 * rest * sizeof *x);
    vf last = grey(p);
    for (size_t k = 0; k < rest; k++)
        sum += last[k];
    return sum;
}

void ICL_TIER(colour)(IclColourKernels *table) { table->change = change; }
