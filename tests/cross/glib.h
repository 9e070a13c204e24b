/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What tests/kernels uses of GLib, for the processors whose GLib is not there to build against: the
 * kernels need none, so their tests can do without too. Same names, same TAP. */
#pragma once

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef int gboolean;
typedef size_t gsize;
typedef const void *gconstpointer;
typedef void (*GTestDataFunc)(gconstpointer data);
typedef void (*GDestroyNotify)(void *data);

#define G_N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))
#define GINT_TO_POINTER(i)  ((void *)(long)(i))
#define GPOINTER_TO_INT(p)  ((int)(long)(p))
#define MIN(a, b)           ((a) < (b) ? (a) : (b))
#define MAX(a, b)           ((a) > (b) ? (a) : (b))
#define g_autofree          __attribute__((cleanup(glib_autofree)))
#define g_new(type, count)  ((type *)g_malloc((count) * sizeof(type)))
#define g_free              free

static inline void glib_autofree(void *pointer) { free(*(void **)pointer); }

/* The harness reads the line as the end of a run that did not reach its plan. */
#define g_error(...) (printf("Bail out! " __VA_ARGS__), puts(""), exit(1))

#define g_assert_true(condition) \
    ((condition) ? (void)0 : g_error("%s:%d: not (%s)", __FILE__, __LINE__, #condition))
#define g_assert_nonnull(pointer)                  g_assert_true((pointer) != NULL)
#define g_assert_cmpint(a, relation, b)            g_assert_true((a)relation(b))
#define g_assert_cmpfloat(a, relation, b)          g_assert_true((a)relation(b))
#define g_assert_cmpfloat_with_epsilon(a, b, near) g_assert_true(fabs((double)(a) - (b)) < (near))

void *g_malloc(gsize bytes);
char *g_strdup_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

void g_test_init(int *argc, char ***argv, void *end);
void g_test_add_data_func_full(const char *path, void *data, GTestDataFunc test,
                               GDestroyNotify destroy);
int g_test_run(void);
