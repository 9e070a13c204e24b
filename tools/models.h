/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <icl/error.h>

/* The text of a network's description: `name` is a file, or the name of one of the models that come
 * with icl ("resnet18"). *path is where it was found. Caller frees both. NULL with ICL_ERROR_FILE
 * or, for a name that is not there, ICL_ERROR_VALUE with the nearest and the list. */
char *models_read(const char *name, char **path, GError **error);

/* Their names and files, a line each, sorted; caller frees. */
char *models_page(void);
