/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <icl/error.h>

G_BEGIN_DECLS

/**
 * icl_list: what `icl list [FAMILY [NAME]]` prints.
 * @family: (nullable): NULL for the families ("layers", "optimizers", ...)
 * @name: (nullable): a class of it, for its page of parameters
 *
 * Returns: (transfer full): text; NULL with ICL_ERROR_VALUE naming the nearest family or class
 */
ICL_API char *icl_list(const char *family, const char *name, GError **error);

/**
 * icl_nearest: the name of @names (NULL-terminated) that a misspelt @name may have meant: few edits
 * away for its length. Borrowed from @names; NULL where none is near.
 */
ICL_API const char *icl_nearest(const char *name, const char *const *names);

G_END_DECLS
