/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Averages of the weights, which lie in slots: the optimizer's ema, that each update adds to, and
 * swa's, that is added to when somebody asks for it. Moving statistics are in neither. */
#include "fit_parts.h"

static void swap(IclFit *fit, int slot)
{
    for (guint i = 0; i < fit->tensors->len; i++) {
        const IclFitTensor *tensor = &g_array_index(fit->tensors, IclFitTensor, i);
        float *average = fit->slots[slot] + tensor->offset;
        for (size_t k = 0; k < tensor->count; k++) {
            float w = tensor->w[k];
            tensor->w[k] = average[k];
            average[k] = w;
        }
    }
}

void icl_fit_swap_average(IclFit *fit)
{
    int slot = icl_fit_average_slot(fit);

    if (slot >= 0 && icl_fit_steps(fit) > 0)
        swap(fit, slot);
}

void icl_fit_swa_swap(IclFit *fit) { swap(fit, icl_fit_swa_slot(fit)); }

void icl_fit_swa_add(IclFit *fit, int n)
{
    float *average = fit->slots[icl_fit_swa_slot(fit)];

    for (guint i = 0; i < fit->tensors->len; i++) {
        const IclFitTensor *tensor = &g_array_index(fit->tensors, IclFitTensor, i);
        icl_kernels()->optimizer.average(average + tensor->offset, tensor->w, tensor->count,
                                         (float)(n / (n + 1.0)));
    }
}
