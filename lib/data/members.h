/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Pictures sorted by a number that each has: the members of its classes, or of its groups. */
#pragma once

#include <stdint.h>

typedef struct IclMembers {
    int keys;        /* numbers are below it */
    int *first;      /* [keys + 1]: where each number's pictures begin in `index` */
    uint32_t *index; /* [n]: pictures, number by number, in the order they were given */
} IclMembers;

/* Of the pictures `indices`, or of 0 .. n - 1 (NULL). */
void icl_members_init(IclMembers *members, const int *key_of, int keys, const uint32_t *indices,
                      int n);
void icl_members_clear(IclMembers *members);

static inline int icl_members_count(const IclMembers *members, int key)
{
    return members->first[key + 1] - members->first[key];
}
