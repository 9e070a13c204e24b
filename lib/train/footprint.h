/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <icl/footprint.h>

#include "graph.h"
#include "optimizer.h"

/* Of a network that is not in a model yet. */
bool icl_footprint_training(const IclGraph *graph, const IclOptimizer *optimizer, int batch,
                            int threads, IclFootprint *footprint, GError **error);
