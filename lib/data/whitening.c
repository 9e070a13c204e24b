/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The product is that of a dense layer, by the convolution's kernels: a picture's sums run in one
 * order whatever the batch. */
#include "whitening.h"

#include <string.h>

#include "kernels.h"
#include "memory.h"

enum { ROWS = 64 }; /* pictures at once */

struct IclWhitening {
    gatomicrefcount refs;
    int n, channels;
    float *matrix, *mean;
    float *packed; /* the matrix as the kernels read it */
};

static IclConvShape whitening_shape(const IclWhitening *whitening, int pictures)
{
    return icl_conv_pointwise(pictures, 1, 1, whitening->n, whitening->n);
}

IclWhitening *icl_whitening_new(int n, int channels, const float *matrix, const float *mean,
                                GError **error)
{
    g_autoptr(IclWhitening) whitening = g_new0(IclWhitening, 1);
    const IclConvKernels *kernels = &icl_kernels()->conv;
    size_t bytes = (size_t)n * n * sizeof *matrix;

    g_atomic_ref_count_init(&whitening->refs);
    whitening->n = n;
    whitening->channels = channels;
    const IclConvShape shape = whitening_shape(whitening, 1);
    whitening->mean = g_memdup2(mean, (size_t)channels * sizeof *mean);
    whitening->matrix = icl_memory_new(bytes, "the matrix of zca", error);
    if (!whitening->matrix ||
        !(whitening->packed = icl_memory_new(kernels->packed_size(&shape) * sizeof(float),
                                             "the matrix of zca", error)))
        return NULL;
    memcpy(whitening->matrix, matrix, bytes);
    for (int chunk = 0; chunk < kernels->pack_chunks(&shape); chunk++)
        kernels->pack(&shape, matrix, NULL, whitening->packed, chunk);
    return g_steal_pointer(&whitening);
}

IclWhitening *icl_whitening_ref(IclWhitening *whitening)
{
    g_atomic_ref_count_inc(&whitening->refs);
    return whitening;
}

void icl_whitening_unref(IclWhitening *whitening)
{
    if (!whitening || !g_atomic_ref_count_dec(&whitening->refs))
        return;
    g_free(whitening->mean);
    icl_memory_free(whitening->matrix);
    icl_memory_free(whitening->packed);
    g_free(whitening);
}

int icl_whitening_values(const IclWhitening *whitening) { return whitening->n; }
int icl_whitening_channels(const IclWhitening *whitening) { return whitening->channels; }
const float *icl_whitening_matrix(const IclWhitening *whitening) { return whitening->matrix; }
const float *icl_whitening_mean(const IclWhitening *whitening) { return whitening->mean; }

static void apply_rows(const IclWhitening *whitening, const IclConvShape *shape, float *x,
                       float *centred, void *scratch)
{
    const IclConvKernels *kernels = &icl_kernels()->conv;
    size_t count = (size_t)shape->n * whitening->n;

    for (size_t i = 0; i < count; i++)
        centred[i] = x[i] - whitening->mean[i % (size_t)whitening->channels];
    for (int chunk = 0; chunk < kernels->chunks(shape); chunk++)
        kernels->forward(shape, centred, whitening->packed, &(IclEpilogue){0}, x, chunk, scratch);
}

void icl_whitening_apply(const IclWhitening *whitening, int pictures, float *x)
{
    const IclConvShape most = whitening_shape(whitening, MIN(pictures, ROWS));
    size_t n = (size_t)whitening->n, centred = icl_round_up(most.n * n * sizeof *x, ICL_ALIGN);
    char *memory = g_aligned_alloc(1, centred + icl_kernels()->conv.scratch_size(&most), ICL_ALIGN);

    for (int i = 0; i < pictures; i += ROWS) {
        const IclConvShape shape = whitening_shape(whitening, MIN(pictures - i, ROWS));
        apply_rows(whitening, &shape, x + i * n, (float *)memory, memory + centred);
    }
    g_aligned_free(memory);
}
