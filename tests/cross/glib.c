/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "glib.h"

#include <stdarg.h>

typedef struct Test {
    char *path;
    void *data;
    GTestDataFunc run;
    GDestroyNotify destroy;
} Test;

static Test *tests;
static int n_tests;
static int first, every = 1;

void *g_malloc(gsize bytes)
{
    void *memory = malloc(bytes ? bytes : 1);

    g_assert_nonnull(memory);
    return memory;
}

char *g_strdup_printf(const char *format, ...)
{
    char *text;
    va_list arguments;

    va_start(arguments, format);
    g_assert_true(vasprintf(&text, format, arguments) >= 0);
    va_end(arguments);
    return text;
}

/* PROGRAM [FIRST EVERY]: a part of the tests, so that several processes share them. */
void g_test_init(int *argc, char ***argv, void *end)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (*argc == 3) {
        first = atoi((*argv)[1]);
        every = atoi((*argv)[2]);
    }
}

void g_test_add_data_func_full(const char *path, void *data, GTestDataFunc test,
                               GDestroyNotify destroy)
{
    tests = realloc(tests, (size_t)(n_tests + 1) * sizeof *tests);
    g_assert_nonnull(tests);
    tests[n_tests++] = (Test){g_strdup_printf("%s", path), data, test, destroy};
}

int g_test_run(void)
{
    int done = 0;

    printf("TAP version 13\n");
    for (int i = first; i < n_tests; i += every) {
        tests[i].run(tests[i].data);
        printf("ok %d %s\n", ++done, tests[i].path);
    }
    printf("1..%d\n", done);
    for (int i = 0; i < n_tests; i++) {
        tests[i].destroy(tests[i].data);
        free(tests[i].path);
    }
    free(tests);
    return 0;
}
