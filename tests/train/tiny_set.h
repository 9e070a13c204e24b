/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A data set to train on in a test: IDX files of 8x8 grey pictures in a folder of their own, class
 * k brighter in its own quarter. */
#pragma once

#include <glib.h>

/* `pictures` of `classes` (1..4) in train files, and as many in test files; caller frees the path.
 */
char *tiny_set_new(int classes, int pictures);
void tiny_set_free(char *folder); /* removes the folder */
