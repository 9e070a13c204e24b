/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include "warp.h"

/* The warp that moves four points (x, y) of a picture; false where they span no surface. */
bool icl_perspective(const double from[4][2], const double to[4][2], IclWarp *warp);
