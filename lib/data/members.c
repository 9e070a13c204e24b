/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "members.h"

#include <glib.h>

void icl_members_init(IclMembers *members, const int *key_of, int keys, const uint32_t *indices,
                      int n)
{
    g_autofree int *next = g_new(int, keys);

    *members = (IclMembers){keys, g_new0(int, keys + 1), g_new(uint32_t, n)};
    for (int i = 0; i < n; i++)
        members->first[key_of[indices ? indices[i] : (uint32_t)i] + 1]++;
    for (int k = 0; k < keys; k++) {
        next[k] = members->first[k];
        members->first[k + 1] += members->first[k];
    }
    for (int i = 0; i < n; i++) {
        uint32_t index = indices ? indices[i] : (uint32_t)i;
        members->index[next[key_of[index]]++] = index;
    }
}

void icl_members_clear(IclMembers *members)
{
    g_free(members->first);
    g_free(members->index);
}
