/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Fortran's columns are C's rows: LAPACK's upper triangle is the lower one here, and the
 * eigenvectors that it leaves in columns stand in rows. */
#include <cblas.h>

#include "symmetric.h"

/* In LAPACK, not in OpenBLAS' headers: eigenvalues w of a, by divide and conquer. */
extern void dsyevd_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda,
                    double *w, double *work, const int *lwork, int *iwork, const int *liwork,
                    int *info, size_t jobz_length, size_t uplo_length);

void icl_symmetric_add_products(int n, int rows, const double *x, double *a)
{
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, n, rows, 1, x, n, 1, a, n);
}

static int work_doubles(int n) { return 1 + 6 * n + 2 * n * n; }

static int work_ints(int n) { return 3 + 5 * n; }

size_t icl_symmetric_eigen_scratch(int n)
{
    return (size_t)work_doubles(n) * sizeof(double) + (size_t)work_ints(n) * sizeof(int);
}

bool icl_symmetric_eigen(int n, double *a, double *values, void *scratch)
{
    int doubles = work_doubles(n), ints = work_ints(n), info;
    double *work = scratch;

    dsyevd_("V", "U", &n, a, &n, values, work, &doubles, (int *)(work + doubles), &ints, &info, 1,
            1);
    return info == 0;
}
