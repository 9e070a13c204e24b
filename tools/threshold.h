/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The option --threshold: which labels of a multi-label model count as found. */
#pragma once

#include <icl/model.h>

#define THRESHOLD_DEFAULT "0.5"

/* An error where another than the default was asked for and @model, of file @path, is not
 * multi-label. */
bool threshold_check(double threshold, const IclModel *model, const char *path, GError **error);
