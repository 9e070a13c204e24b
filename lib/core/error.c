/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include <icl/error.h>

G_DEFINE_QUARK(icl - error - quark, icl_error)
