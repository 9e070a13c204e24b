/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "conv_winograd_product.h"

enum { FETCHED = 1 }; /* runs, during the products of a vector of channels */

/* sums[tile] (+)= sum over c of v[c][tile] * u[c] of one point, for a few tiles and a panel. */
typedef struct Product {
    const float *v, *u;
    size_t v_vector;
    int c;
    bool begun;
    float *sums;
    const char *next;
    size_t next_row;
} Product;

INLINE void product_run(const Product *p, const int mr, const int nv)
{
    vf sum[TILE_ROWS][TILE_VECTORS];
    const float *u = p->u, *vector = p->v;
    const char *next = p->next;

    UNROLLED(m, mr)
        UNROLLED(j, nv)
            sum[m][j] = p->begun ? vload(p->sums + (m * nv + j) * VL) : (vf){0};
    for (int c = 0; c < p->c; c += VL, vector += p->v_vector) {
        const float *v = vector, *end = vector + (p->c - c < VL ? p->c - c : VL);
        UNROLLED(i, FETCHED) {
            UNROLLED(j, FETCH_RUN / FETCH_LINE)
                __builtin_prefetch(next + j * FETCH_LINE, 0, 2);
            next += p->next_row;
        }
        for (; v < end; v++, u += nv * VL) {
            vf b[TILE_VECTORS];
            UNROLLED(j, nv)
                b[j] = vload(u + j * VL);
            UNROLLED(m, mr) {
                vf a = vset(v[m * VL]);
                UNROLLED(j, nv)
                    sum[m][j] += a * b[j];
            }
        }
    }
    UNROLLED(m, mr)
        UNROLLED(j, nv)
            vstore(p->sums + (m * nv + j) * VL, sum[m][j]);
}

typedef void (*ProductFn)(const Product *p);

#define PRODUCT(mr, nv) \
    static void product_##mr##x##nv(const Product *p) { product_run(p, mr, nv); }
TILE_EACH(PRODUCT)
static const ProductFn products[TILE_VECTORS + 1][TILE_ROWS + 1] = TILE_TABLE(product);

/* In tiles of rows as equal as can be. */
void ICL_TIER(winograd_multiply)(const Points *points)
{
    const int most = tile_rows[points->vectors], parts = (points->tiles + most - 1) / most;
    const int fetched = (points->channels + VL - 1) / VL * FETCHED;
    const size_t width = (size_t)points->vectors * VL;
    Product p = {.v_vector = points->v_vector, .c = points->channels, .begun = points->begun};

    for (int point = 0; point < points->count; point++) {
        p.u = points->u + point * points->u_point;
        for (int i = 0; i < parts; i++) {
            int first = points->tiles * i / parts, end = points->tiles * (i + 1) / parts;
            p.v = points->v + point * points->v_point + (size_t)first * VL;
            p.sums = points->sums + point * points->sums_point + first * width;
            Fetch fetch = fetch_take(points->fetches, fetched);
            p.next = fetch.rows ? fetch.at : (const char *)p.u;
            p.next_row = fetch.row;
            products[points->vectors][end - first](&p);
        }
    }
}
