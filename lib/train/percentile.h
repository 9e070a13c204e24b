/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <glib.h>

/* The least of some numbers (an array of double, which it sorts) that `share` of them do not
 * exceed: the nearest rank. 0 where there are none. */
double icl_percentile(GArray *numbers, double share);
