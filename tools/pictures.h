/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Pictures that a command line names, loaded a group at a time. */
#pragma once

#include <icl/frame.h>

/* Adds to `names` what `operand` stands for: itself, or the pictures below the folder that it is
 * (.jpg .jpeg .png in any case of letters), in code-point order. Names that begin with a dot are
 * passed over, and below the folder links are followed to files only, as in a data set. What cannot
 * be read, and a folder without a picture, adds a GError to `problems`. */
void pictures_find(const char *operand, GPtrArray *names, GPtrArray *problems);

/* The group of pictures at hand: first .. first + n - 1 of the names. */
typedef struct PictureGroup {
    const GPtrArray *names; /* borrowed */
    int batch, workers;     /* pictures at most; threads that decode */
    int first, n;
    IclPicture *pictures; /* [batch]; pixels NULL where unreadable */
    GError **errors;      /* [batch]; NULL where readable */
    size_t largest;       /* bytes of a picture so far */
} PictureGroup;

/* workers 0: all cores. */
void picture_group_init(PictureGroup *group, const GPtrArray *names, int batch, int workers);
void picture_group_clear(PictureGroup *group);

/* Lets go of the group and loads the next; false after the last. */
bool picture_group_next(PictureGroup *group);
