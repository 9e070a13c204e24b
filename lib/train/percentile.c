/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "percentile.h"

#include <math.h>

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double icl_percentile(GArray *numbers, double share)
{
    int rank = (int)ceil(share * numbers->len);

    g_array_sort(numbers, compare_doubles);
    return numbers->len ? g_array_index(numbers, double, MAX(rank, 1) - 1) : 0;
}
