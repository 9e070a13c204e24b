/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "threshold.h"

bool threshold_check(double threshold, const IclModel *model, const char *path, GError **error)
{
    if (threshold == g_ascii_strtod(THRESHOLD_DEFAULT, NULL) || icl_model_is_multi_label(model))
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                "--threshold is for multi-label models, and %s gives one class a picture", path);
    return false;
}
