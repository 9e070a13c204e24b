/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The matrix [n,n] and the means [c] of a recipe's step `zca`, as tensors beside the weights. No
 * weight's path has a slash in it. */
#include <math.h>

#include "model_parts.h"

#define MATRIX "preprocessing/zca.matrix"
#define MEAN   "preprocessing/zca.mean"

void model_store_whitening(const IclModel *model, IclStore *store)
{
    const IclWhitening *whitening = icl_recipe_whitening(model->parsed_recipe);

    if (!whitening)
        return;
    int64_t n = icl_whitening_values(whitening), c = icl_whitening_channels(whitening);
    IclTensor matrix = {ICL_F32, 2, {n, n}, (void *)icl_whitening_matrix(whitening)};
    IclTensor mean = {ICL_F32, 1, {c}, (void *)icl_whitening_mean(whitening)};
    icl_store_add(store, MATRIX, &matrix);
    icl_store_add(store, MEAN, &mean);
}

static const char *tensor_fault(const IclTensor *tensor, int rank, int64_t side)
{
    if (!tensor)
        return "is missing";
    if (tensor->dtype != ICL_F32 || tensor->rank != rank)
        return rank == 2 ? "is not an f32 matrix" : "is not an f32 vector";
    for (int i = 0; i < rank; i++)
        if (tensor->dims[i] != side)
            return "does not have the size of the pictures";
    for (size_t i = 0; i < icl_tensor_count(tensor); i++)
        if (!isfinite(((const float *)tensor->data)[i]))
            return "has entries that are not finite";
    return NULL;
}

static const IclTensor *find_tensor(const IclStore *store, const char *tensor, int rank,
                                    int64_t side, const char *name, GError **error)
{
    const IclTensor *found = icl_store_find(store, tensor);
    const char *fault = tensor_fault(found, rank, side);

    if (!fault)
        return found;
    g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT,
                "%s: its preprocessing has a step zca, whose tensor %s %s; the file is not whole, "
                "train again",
                name, tensor, fault);
    return NULL;
}

int model_read_whitening(IclModel *model, const IclStore *store, const char *name, GError **error)
{
    IclShape input = icl_graph_input(model->graph);
    int n = (int)icl_shape_count(input);

    if (icl_recipe_zca(model->parsed_recipe) == 0)
        return 0;
    const IclTensor *matrix = find_tensor(store, MATRIX, 2, n, name, error);
    const IclTensor *mean = matrix ? find_tensor(store, MEAN, 1, input.c, name, error) : NULL;
    if (!mean)
        return -1;
    g_autoptr(IclWhitening) whitening =
        icl_whitening_new(n, input.c, matrix->data, mean->data, error);
    if (!whitening)
        return -1;
    icl_model_set_whitening(model, whitening);
    return 2;
}
