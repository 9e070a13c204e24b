/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Resizing in plain C, one row at a time; see kernels.h. */
#include "tiers.h"

/* Sample j of a row, as it counts. */
static float sample(IclSample kind, const IclRowSum *s, const uint8_t *row, size_t j)
{
    size_t alpha = (j & ~(size_t)3) + (kind == ICL_SAMPLE_ALPHA_LAST ? 3 : 0);

    if (kind == ICL_SAMPLE_BYTE)
        return row[j];
    if (kind == ICL_SAMPLE_WORD)
        return (row[2 * j] | row[2 * j + 1] << 8) & s->mask;
    float share = row[alpha] * (1.0f / 255), background = s->background[j & 3];
    return row[j] * share + (background - background * share);
}

static void sum_rows(IclSample kind, const IclRowSum *s)
{
    for (size_t j = 0; j < s->n; j++) {
        float sum = s->begun ? s->sum[j] : 0, next = 0;
        for (int k = 0; k < s->count; k++) {
            float x = sample(kind, s, s->rows + k * s->stride, j);
            sum += s->w[2 * k] * x;
            next += s->w[2 * k + 1] * x;
        }
        s->sum[j] = sum;
        if (s->next)
            s->next[j] = next;
    }
}

static void sum_bytes(const IclRowSum *s) { sum_rows(ICL_SAMPLE_BYTE, s); }
static void sum_words(const IclRowSum *s) { sum_rows(ICL_SAMPLE_WORD, s); }
static void sum_alpha_first(const IclRowSum *s) { sum_rows(ICL_SAMPLE_ALPHA_FIRST, s); }
static void sum_alpha_last(const IclRowSum *s) { sum_rows(ICL_SAMPLE_ALPHA_LAST, s); }

static void turn(const float *rows, size_t stride, int count, size_t n, float *columns)
{
    for (size_t j = 0; j < n; j++)
        columns[j] = rows[j];
}

static void sum_columns(const IclTaps *taps, const float *columns, ptrdiff_t step, int count,
                        float *out, size_t stride)
{
    for (int i = 0; i < taps->n; i++) {
        out[i] = 0;
        for (int k = 0; k < taps->count; k++)
            out[i] += taps->w[(size_t)i * taps->count + k] *
                      columns[(taps->start[i] - taps->lo + k) * step];
    }
}

static void colours(const IclColourMatrix *matrix, int n, const float *const in[3], float *out)
{
    for (int i = 0; i < n; i++)
        for (int c = 0; c < matrix->outputs; c++) {
            float sum = 0;
            for (int k = 0; k < matrix->inputs; k++)
                sum += matrix->m[c][k] * (in[k][i] - matrix->zero[k]);
            *out++ = sum < 0 ? 0 : sum > 255 ? 255 : sum;
        }
}

void icl_resize_reference(IclResizeKernels *table)
{
    *table = (IclResizeKernels){
        1, {sum_bytes, sum_words, sum_alpha_first, sum_alpha_last}, turn, sum_columns, colours};
}
