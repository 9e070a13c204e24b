/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "layers.h"

#define ROW(name) &icl_##name##_class.base,

static const IclClass *const classes[] = {ICL_LAYERS(ROW) NULL};

const IclFamily icl_layer_family = {"layers", "layer", classes};
