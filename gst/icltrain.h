/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <gst/base/gstbasetransform.h>

G_DECLARE_FINAL_TYPE(IclTrain, icl_train, ICL, TRAIN, GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE(icltrain)
