/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Resizing on vectors; see kernels.h. Rows are summed with vectors along the row: a sample only
 * meets those above and below it, whatever the pixel format. Turned to columns, VL rows are one
 * vector, so that the column pass too has whole vectors whatever the format and the scale. */
#include "vector_samples.h"

enum { GROUP = 4 }; /* vectors at a time: one cache line of bytes with the longest */

/* VL samples from p on, as they count. */
INLINE vf sample(IclSample kind, const IclRowSum *s, const uint8_t *p)
{
    if (kind == ICL_SAMPLE_WORD)
        return vload_words(p, s->mask);
    vf x = vload_bytes(p);
    if (kind == ICL_SAMPLE_BYTE)
        return x;
    vi of_pixel, of_four;
    UNROLLED(i, VL) {
        of_pixel[i] = (i & ~3) + (kind == ICL_SAMPLE_ALPHA_LAST ? 3 : 0);
        of_four[i] = i & 3;
    }
    const vf background = __builtin_shuffle(vload_n(s->background, 4), of_four);
    const vf share = __builtin_shuffle(x, of_pixel) * (1.0f / 255);
    return x * share + (background - background * share);
}

/* The last n samples of a row, without reading further. */
INLINE vf sample_part(IclSample kind, const IclRowSum *s, const uint8_t *p, int n)
{
    uint8_t part[2 * VL] = {0};

    for (int i = 0; i < (kind == ICL_SAMPLE_WORD ? 2 * n : n); i++)
        part[i] = p[i];
    return sample(kind, s, part);
}

/* Sums of `vectors` vectors from sample j on; the last has n. */
INLINE void sum_block(IclSample kind, bool two, const IclRowSum *s, size_t j, int vectors, int n)
{
    const uint8_t *row = s->rows + (kind == ICL_SAMPLE_WORD ? 2 * j : j);
    const int bytes = kind == ICL_SAMPLE_WORD ? 2 * VL : VL;
    vf sum[GROUP] = {{0}}, next[GROUP] = {{0}};

    for (int v = 0; s->begun && v < vectors; v++)
        sum[v] = vload_n(s->sum + j + v * VL, n);
    for (int k = 0; k < s->count; k++, row += s->stride) {
        __builtin_prefetch(row + s->count * s->stride);
        UNROLLED(v, vectors) {
            vf x = n == VL ? sample(kind, s, row + v * bytes) : sample_part(kind, s, row, n);
            sum[v] += x * s->w[2 * k];
            if (two)
                next[v] += x * s->w[2 * k + 1];
        }
    }
    for (int v = 0; v < vectors; v++) {
        vstore_n(s->sum + j + v * VL, sum[v], n);
        if (two)
            vstore_n(s->next + j + v * VL, next[v], n);
    }
}

INLINE void sum_rows(IclSample kind, bool two, const IclRowSum *s)
{
    size_t j = 0;

    for (; j + GROUP * VL <= s->n; j += GROUP * VL)
        sum_block(kind, two, s, j, GROUP, VL);
    for (; j + VL <= s->n; j += VL)
        sum_block(kind, two, s, j, 1, VL);
    if (j < s->n)
        sum_block(kind, two, s, j, 1, (int)(s->n - j));
}

#define SUM_ROWS_OF(id, name)                  \
    static void sum_##name(const IclRowSum *s) \
    {                                          \
        if (s->next)                           \
            sum_rows(id, true, s);             \
        else                                   \
            sum_rows(id, false, s);            \
    }
SUM_ROWS_OF(ICL_SAMPLE_BYTE, bytes)
SUM_ROWS_OF(ICL_SAMPLE_WORD, words)
SUM_ROWS_OF(ICL_SAMPLE_ALPHA_FIRST, alpha_first)
SUM_ROWS_OF(ICL_SAMPLE_ALPHA_LAST, alpha_last)

/* Columns j .. j + n - 1. */
INLINE void turn_block(const float *rows, size_t stride, int count, int n, float *columns)
{
    vf block[VL];

    UNROLLED(r, VL)
        block[r] = r < count ? vload_n(rows + r * stride, n) : (vf){0};
    vturn(block);
    UNROLLED(i, VL)
        if (i < n)
            vstore(columns + i * VL, block[i]);
}

static void turn(const float *rows, size_t stride, int count, size_t n, float *columns)
{
    size_t j = 0;

    for (; count == VL && j + VL <= n; j += VL)
        turn_block(rows + j, stride, VL, VL, columns + j * VL);
    for (; j < n; j += VL)
        turn_block(rows + j, stride, count, n - j < VL ? (int)(n - j) : VL, columns + j * VL);
}

INLINE vf sum_output(const float *w, int count, const float *columns, ptrdiff_t step)
{
    vf sum = vload(columns) * w[0];

    for (int k = 1; k < count; k++)
        sum += vload(columns + k * step) * w[k];
    return sum;
}

static void sum_columns(const IclTaps *taps, const float *columns, ptrdiff_t step, int count,
                        float *out, size_t stride)
{
    for (int i = 0; i < taps->n; i += VL) {
        const int n = taps->n - i < VL ? taps->n - i : VL;
        vf block[VL];
        for (int o = n; o < VL; o++)
            block[o] = (vf){0};
        for (int o = 0; o < n; o++)
            block[o] = sum_output(taps->w + (size_t)(i + o) * taps->count, taps->count,
                                  columns + (taps->start[i + o] - taps->lo) * step * VL, step * VL);
        vturn(block);
        for (int r = 0; r < count; r++)
            vstore_n(out + r * stride + i, block[r], n);
    }
}

INLINE vf mix(const IclColourMatrix *matrix, int inputs, int c, const vf in[3])
{
    vf sum = in[0] * matrix->m[c][0];

    for (int k = 1; k < inputs; k++)
        sum += in[k] * matrix->m[c][k];
    return vmin(vmax(sum, (vf){0}), vset(255));
}

/* n of VL pixels. */
INLINE void mix_pixels(const IclColourMatrix *matrix, int inputs, int outputs,
                       const float *const in[3], int i, int n, float *out)
{
    vf from[3], to[3], pixels[3];

    UNROLLED(k, inputs)
        from[k] = vload_n(in[k] + i, n) - matrix->zero[k];
    UNROLLED(c, outputs)
        to[c] = mix(matrix, inputs, c, from);
    if (outputs == 1) {
        vstore_n(out + i, to[0], n);
        return;
    }
    vinterleave(to[0], to[1], to[2], pixels);
    UNROLLED(q, 3)
        if (3 * n > q * VL)
            vstore_n(out + 3 * i + q * VL, pixels[q], 3 * n - q * VL < VL ? 3 * n - q * VL : VL);
}

INLINE void mix_row(const IclColourMatrix *matrix, int inputs, int outputs, int n,
                    const float *const in[3], float *out)
{
    int i = 0;

    for (; i + VL <= n; i += VL)
        mix_pixels(matrix, inputs, outputs, in, i, VL, out);
    if (i < n)
        mix_pixels(matrix, inputs, outputs, in, i, n - i, out);
}

static void colours(const IclColourMatrix *matrix, int n, const float *const in[3], float *out)
{
    if (matrix->inputs == 3 && matrix->outputs == 3)
        mix_row(matrix, 3, 3, n, in, out);
    else if (matrix->inputs == 3)
        mix_row(matrix, 3, 1, n, in, out);
    else if (matrix->outputs == 3)
        mix_row(matrix, 1, 3, n, in, out);
    else
        mix_row(matrix, 1, 1, n, in, out);
}

void ICL_TIER(resize)(IclResizeKernels *table)
{
    *table = (IclResizeKernels){
        VL, {sum_bytes, sum_words, sum_alpha_first, sum_alpha_last}, turn, sum_columns, colours};
}
