/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "described.h"

#include <icl/bench.h>

#include "models.h"

bool described_check(const Described *d, const Operands *operands, char **problem)
{
    /* Options that say nothing without another: refused rather than ignored. */
    const char *alone = d->classes ? "classes" : d->size ? "size" : d->channels ? "channels" : NULL;

    if (!d->model == !operands->n)
        *problem = g_strdup(d->model ? "MODEL and --model exclude each other"
                                     : "MODEL is missing; or give --model NAME");
    else if (!d->model && alone)
        *problem =
            g_strdup_printf("--%s goes with --model only: a trained model has it fixed", alone);
    return !*problem;
}

static void add_variable(GPtrArray *variables, const char *name, int value)
{
    if (value > 0)
        g_ptr_array_add(variables, g_strdup_printf("%s=%d", name, value));
}

static char **numbered_labels(int n)
{
    char **labels = g_new0(char *, (gsize)n + 1);
    for (int i = 0; i < n; i++)
        labels[i] = g_strdup_printf("%d", i);
    return labels;
}

IclModel *described_model(const Described *d, const Operands *operands, GError **error)
{
    if (!d->model)
        return icl_model_load(operands->at[0], error);
    g_autofree char *path = NULL, *text = models_read(d->model, &path, error);
    if (!text)
        return NULL;
    g_autoptr(GPtrArray) variables = g_ptr_array_new_with_free_func(g_free);
    add_variable(variables, "size", d->size);
    add_variable(variables, "channels", d->channels);
    g_ptr_array_add(variables, NULL);
    g_auto(GStrv) labels = d->classes ? numbered_labels(d->classes) : NULL;
    return icl_bench_model(text, path, (const char *const *)labels,
                           (const char *const *)variables->pdata, error);
}
