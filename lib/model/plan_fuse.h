/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The inference plan's rewriting: convolution, batchnorm, residual add and activation become one
 * step; views (flatten, dropout) become none. */
#pragma once

#include "plan.h"

void icl_plan_fuse(IclPlan *plan);
