/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <icl/lr_find.h>

/* Sets the suggestions from a curve, made in a sweep of so many steps. */
void icl_lr_find_suggest(IclLrFind *found, int steps);
