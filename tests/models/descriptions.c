/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Every description in models/ builds, and has as many weights and multiply-adds as its comment
 * says: "N trained weights and M multiply-adds at K classes", the multiply-adds where there is a
 * reference to hold them to. It runs and takes a training step. One that lets its caller choose
 * size and channels builds for other pictures too. */
#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fit.h"
#include "random.h"

static char *description_read(const char *file)
{
    g_autofree char *path = g_build_filename(g_getenv("ICL_MODELS"), file, NULL);
    g_autoptr(GError) error = NULL;
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

/* The network of `text`, with variables set by `settings`: name, value, ..., NULL. */
static IclGraph *description_build(const char *text, const char *file, const char *const *settings)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(IclChain) chain = icl_chain_parse(text, -1, file, &error);

    g_assert_no_error(error);
    for (; *settings; settings += 2) {
        icl_chain_set(chain, settings[0], settings[1], &error);
        g_assert_no_error(error);
    }
    IclGraph *graph = icl_graph_new(chain, G_MAXSIZE, &error);
    g_assert_no_error(error);
    return graph;
}

static void weight_count(void *count, const IclLayer *layer, IclWeight *weight)
{
    if (weight->role != ICL_WEIGHT_MOVING)
        *(gint64 *)count += (gint64)icl_tensor_count(&weight->tensor);
}

/* "1,234" of a match as a number; 0 where it is not there. */
static gint64 said_number(const GMatchInfo *match, const char *name)
{
    g_autofree char *said = g_match_info_fetch_named(match, name);
    g_auto(GStrv) digits = g_strsplit(said ? said : "", ",", -1);
    g_autofree char *number = g_strjoinv("", digits);

    return g_ascii_strtoll(number, NULL, 10);
}

static gint64 multiply_adds(const IclGraph *graph)
{
    gint64 count = 0;

    for (int i = 0; i < graph->n_nodes; i++)
        count += graph->nodes[i].layer->macs;
    return count;
}

static void counts_are_as_said(gconstpointer file)
{
    g_autofree char *text = description_read(file);
    g_autoptr(GRegex) regex =
        g_regex_new("^# (?<weights>[0-9,]+) trained weights( and (?<macs>[0-9,]+) multiply-adds)? "
                    "at (?<classes>[0-9]+) classes\\.$",
                    G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    g_assert_true(g_regex_match(regex, text, 0, &match));
    g_autofree char *classes = g_match_info_fetch_named(match, "classes");
    g_autoptr(IclGraph) graph =
        description_build(text, file, (const char *[]){"classes", classes, NULL});
    gint64 count = 0;

    icl_graph_each_weight(graph, weight_count, &count);
    g_assert_cmpint(count, ==, said_number(match, "weights"));
    if (said_number(match, "macs"))
        g_assert_cmpint(multiply_adds(graph), ==, said_number(match, "macs"));
    g_assert_cmpint(icl_graph_output(graph).c, ==, atoi(classes));
}

/* As it stands, but for pictures of 64 pixels, which are soon through. */
static char *smaller_pictures(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "input 224 224 3", 2);
    return g_strjoinv("input 64 64 3", parts);
}

/* The loss of two samples falls by a step, a small one: batch normalisation of two is steep. */
static void takes_a_step(gconstpointer file)
{
    g_autofree char *whole = description_read(file), *text = smaller_pictures(whole);
    g_autoptr(IclGraph) graph =
        description_build(text, file, (const char *[]){"classes", "5", NULL});
    IclOptimizer *sgd = icl_instance_parse(&icl_optimizer_family, "sgd", "sgd", NULL);
    IclFitParams params = {.optimizer = sgd, .seed = 1, .batch = 2, .threads = 2};
    size_t entries = icl_shape_count(icl_graph_input(graph));
    g_autofree float *x = g_new(float, 2 * entries);
    const IclTargets targets = {.y = (const int[]){1, 4}};
    IclRandom random;

    icl_random_init(&random, 1, ICL_RANDOM_TEST, 0, 0);
    for (size_t i = 0; i < 2 * entries; i++)
        x[i] = (float)icl_random_normal(&random);
    icl_graph_initialize(graph, 1);
    g_autoptr(IclFit) fit = icl_fit_new(graph, &params, NULL);
    double before = icl_fit_update(fit, x, &targets, 2, 1e-5).sum;
    fit->updates = 0; /* the same is dropped */
    double after = icl_fit_update(fit, x, &targets, 2, 0).sum;
    g_assert_true(isfinite(before));
    g_assert_cmpfloat(after, <, before);
    icl_executor_prepare(fit->inference);
    g_assert_true(isfinite(icl_judge(fit->inference, NULL, x, &targets, 2, NULL).sum));
    icl_instance_free(sgd);
}

static void fits_other_pictures(gconstpointer file)
{
    g_autofree char *text = description_read(file);
    g_autoptr(IclGraph) graph = description_build(
        text, file, (const char *[]){"classes", "7", "size", "32", "channels", "3", NULL});
    IclShape in = icl_graph_input(graph), out = icl_graph_output(graph);

    g_assert_true(icl_shape_equal(in, (IclShape){32, 32, 3}));
    g_assert_true(icl_shape_equal(out, (IclShape){1, 1, 7}));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autoptr(GDir) dir = g_dir_open(g_getenv("ICL_MODELS"), 0, NULL);
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);

    g_assert_nonnull(dir);
    for (const char *file; (file = g_dir_read_name(dir));) {
        if (!g_str_has_suffix(file, ".icl"))
            continue;
        char *kept = g_strdup(file);
        g_ptr_array_add(files, kept);
        g_autofree char *counts = g_strdup_printf("/models/%s/counts-are-as-said", file);
        g_test_add_data_func(counts, kept, counts_are_as_said);
        g_autofree char *step = g_strdup_printf("/models/%s/takes-a-step", file);
        g_test_add_data_func(step, kept, takes_a_step);
        g_autofree char *text = description_read(file);
        g_autofree char *fits = g_strdup_printf("/models/%s/fits-other-pictures", file);
        if (strstr(text, "\nvar size ="))
            g_test_add_data_func(fits, kept, fits_other_pictures);
    }
    return g_test_run();
}
