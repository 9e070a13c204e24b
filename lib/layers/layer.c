/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "layer.h"

#include <string.h>

IclWeight *icl_layer_weight(IclLayer *layer, const char *name, IclWeightRole role, IclInit init,
                            int rank, const int64_t *dims, GError **error)
{
    IclWeight *weight = &layer->weights[layer->n_weights];
    size_t bytes = sizeof(float);

    g_assert(layer->n_weights < ICL_WEIGHTS_MAX);
    *weight = (IclWeight){
        .name = name, .role = role, .init = init, .tensor = {.dtype = ICL_F32, .rank = rank}};
    memcpy(weight->tensor.dims, dims, (size_t)rank * sizeof *dims);
    for (int i = 0; i < rank; i++)
        if (!icl_size_multiply(bytes, (size_t)dims[i], &bytes) || bytes > (size_t)1 << 33) {
            icl_layer_error(layer, error,
                            "its %s would need more than 8 GiB; use fewer filters or units", name);
            return NULL;
        }
    layer->n_weights++;
    return weight;
}

bool icl_layer_error(const IclLayer *layer, GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE, "%s: %s", layer->path, text);
    return false;
}

void icl_layer_free(IclLayer *layer)
{
    if (!layer)
        return;
    g_free(layer->path);
    g_free(layer->in);
    icl_instance_free(layer);
}
