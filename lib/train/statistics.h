/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The batch normalisations' means and variances, measured over any number of batches with the
 * weights as they are: moving averages lag behind weights that change fast, and remember few
 * batches. Wu and Johnson, "Rethinking 'Batch' in BatchNorm", 2021, section 3. */
#pragma once

#include "fit.h"

typedef struct IclStatistics IclStatistics;

/* Borrows the fit. */
IclStatistics *icl_statistics_new(IclFit *fit);
void icl_statistics_free(IclStatistics *statistics); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclStatistics, icl_statistics_free)

/* Whether the network has any. */
bool icl_statistics_wanted(const IclStatistics *statistics);

/* Runs x [n,h,w,c] forward as in training, and counts its statistics; n <= the fit's batch. */
void icl_statistics_add(IclStatistics *statistics, const float *x, int n);

/* Puts what was measured in place of the moving statistics. */
void icl_statistics_set(const IclStatistics *statistics);
