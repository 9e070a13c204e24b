/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Symmetric matrices in double, by OpenBLAS and the LAPACK in it: for what a training computes
 * once. Of a matrix [n,n] the lower triangle is read and written; results depend on the number of
 * OpenBLAS' own threads, which the program `icl` sets to one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* a += x^T x, x: [rows,n] */
void icl_symmetric_add_products(int n, int rows, const double *x, double *a);

size_t icl_symmetric_eigen_scratch(int n); /* bytes */

/* Eigenvalues, ascending, and in the rows of a [n,n] their eigenvectors, of length 1. False where
 * LAPACK finds none (a has a NaN). */
bool icl_symmetric_eigen(int n, double *a, double *values, void *scratch);
