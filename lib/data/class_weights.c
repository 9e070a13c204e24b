/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Weights of classes in the loss. */
#include <math.h>
#include <string.h>

#include <icl/list.h>

#include "dataset_kind.h"
#include "sampler.h"

/* n / (classes that have pictures * pictures of the class); 1 where there is none. */
static void weights_balance(const IclSamples *samples, float *weights)
{
    const IclDataset *dataset = samples->dataset;
    g_autofree int64_t *count = g_new0(int64_t, dataset->classes);
    int64_t present = 0;

    for (int i = 0; i < samples->n; i++)
        count[dataset->class_of[samples->indices ? samples->indices[i] : (uint32_t)i]]++;
    for (int c = 0; c < dataset->classes; c++)
        present += count[c] > 0;
    for (int c = 0; c < dataset->classes; c++)
        weights[c] =
            count[c] ? (float)((double)samples->n / ((double)present * (double)count[c])) : 1;
}

/* The same of each label alone, with two classes: it is off, or on. */
static void labels_balance(const IclSamples *samples, float *weights)
{
    const IclDataset *dataset = samples->dataset;
    g_autofree int64_t *on = g_new0(int64_t, dataset->classes);

    for (int i = 0; i < samples->n; i++) {
        int n, index = samples->indices ? (int)samples->indices[i] : i;
        const int *class = icl_dataset_classes_of(dataset, index, &n);
        for (int c = 0; c < n; c++)
            on[class[c]]++;
    }
    for (int c = 0; c < dataset->classes; c++) {
        int64_t off = samples->n - on[c];
        if (!on[c] || !off)
            continue;
        weights[c] = (float)((double)samples->n / (2 * (double)off));
        weights[dataset->classes + c] = (float)((double)samples->n / (2 * (double)on[c]));
    }
}

static int label_find(const IclDataset *dataset, const char *label)
{
    for (int c = 0; c < dataset->classes; c++)
        if (g_str_equal(dataset->labels[c], label))
            return c;
    return -1;
}

static bool weights_set_unknown(const IclDataset *dataset, const char *label, const char *what,
                                GError **error)
{
    const char *nearest = icl_nearest(label, (const char *const *)dataset->labels);

    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                "%s: there is no class \"%s\"%s%s%s; give \"balanced\", or pairs such as "
                "\"%s=2\"",
                what, label, nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                nearest ? "\"?" : "", dataset->labels[0]);
    return false;
}

/* "cat=2": the last "=", as a name may hold others. */
static bool weights_set(const IclDataset *dataset, char *pair, const char *what, float *weights,
                        GError **error)
{
    char *equals = strrchr(pair, '='), *end = NULL;
    double weight = equals ? g_ascii_strtod(equals + 1, &end) : 0;

    if (!equals || end == equals + 1 || *end || !(weight >= 0 && weight <= 1e6)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "%s: \"%s\" is no weight of a class; give \"balanced\", or pairs of a class "
                    "and a number of 0 to 1e6, such as \"%s=2\"",
                    what, pair, dataset->labels[0]);
        return false;
    }
    *equals = '\0';
    int class = label_find(dataset, pair);
    if (class < 0)
        return weights_set_unknown(dataset, pair, what, error);
    weights[class] = (float)weight;
    if (icl_dataset_is_multi_label(dataset))
        weights[dataset->classes + class] = (float)weight;
    return true;
}

float *icl_class_weights_parse(const char *text, const IclSamples *samples, const char *what,
                               GError **error)
{
    const IclDataset *dataset = samples->dataset;
    int n = dataset->classes * (icl_dataset_is_multi_label(dataset) ? 2 : 1);
    g_autofree float *weights = g_new(float, n);
    g_auto(GStrv) pairs = NULL;
    GError *failure = NULL;

    for (int i = 0; i < n; i++)
        weights[i] = 1;
    if (g_str_equal(text, "balanced")) {
        (icl_dataset_is_multi_label(dataset) ? labels_balance : weights_balance)(samples, weights);
        return g_steal_pointer(&weights);
    }
    if (!text[strspn(text, " ")])
        return g_steal_pointer(&weights);
    if (!g_shell_parse_argv(text, NULL, &pairs, &failure)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_SYNTAX, "%s: \"%s\": %s", what, text,
                    failure->message);
        g_error_free(failure);
        return NULL;
    }
    for (int i = 0; pairs[i]; i++)
        if (!weights_set(dataset, pairs[i], what, weights, error))
            return NULL;
    return g_steal_pointer(&weights);
}
