/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Every description in models/ builds, and has as many weights as its comment says: "N trained
 * weights at K classes". One that lets its caller choose size and channels builds for other
 * pictures too. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "graph.h"

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

static void weights_are_as_said(gconstpointer file)
{
    g_autofree char *text = description_read(file);
    g_autoptr(GRegex) regex = g_regex_new("^# ([0-9,]+) trained weights at ([0-9]+) classes\\.$",
                                          G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    g_assert_true(g_regex_match(regex, text, 0, &match));
    g_autofree char *said = g_match_info_fetch(match, 1);
    g_auto(GStrv) digits = g_strsplit(said, ",", -1);
    g_autofree char *weights = g_strjoinv("", digits);
    g_autofree char *classes = g_match_info_fetch(match, 2);
    g_autoptr(IclGraph) graph =
        description_build(text, file, (const char *[]){"classes", classes, NULL});
    gint64 count = 0;

    icl_graph_each_weight(graph, weight_count, &count);
    g_assert_cmpint(count, ==, g_ascii_strtoll(weights, NULL, 10));
    g_assert_cmpint(icl_graph_output(graph).c, ==, atoi(classes));
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
        g_autofree char *weights = g_strdup_printf("/models/%s/weights-are-as-said", file);
        g_test_add_data_func(weights, kept, weights_are_as_said);
        g_autofree char *text = description_read(file);
        g_autofree char *fits = g_strdup_printf("/models/%s/fits-other-pictures", file);
        if (strstr(text, "\nvar size ="))
            g_test_add_data_func(fits, kept, fits_other_pictures);
    }
    return g_test_run();
}
