/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * start DESCRIPTION [THREADS]: how long iclclassify takes from NULL to PLAYING, the first frame
 * classified, with a model of random weights. No test: a figure. In the build folder:
 *
 *   GST_PLUGIN_PATH=gst tests/gst/start ../models/resnet50.icl */
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <icl/model.h>
#include <stdio.h>
#include <stdlib.h>

enum { RUNS = 7 };

static char *save_model(const char *description, GError **error)
{
    g_autofree char *text = NULL, *path = g_build_filename(g_get_tmp_dir(), "icl-start.bin", NULL);

    if (!g_file_get_contents(description, &text, NULL, error))
        return NULL;
    IclModel *model = icl_model_from_description(text, description, NULL, 1, error);
    bool saved = model && icl_model_save(model, path, error);
    icl_model_unref(model);
    return saved ? g_steal_pointer(&path) : NULL;
}

static double start_milliseconds(const char *model, int threads, GError **error)
{
    g_autofree char *text = g_strdup_printf(
        "videotestsrc num-buffers=2 ! video/x-raw,format=I420,width=640,height=480 ! "
        "iclclassify model=%s threads=%d ! fakesink",
        model, threads);
    g_autoptr(GstElement) pipeline = gst_parse_launch(text, error);

    if (!pipeline)
        return 0;
    gint64 start = g_get_monotonic_time();
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    gst_element_get_state(pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
    double elapsed = (double)(g_get_monotonic_time() - start) / 1e3;
    gst_element_set_state(pipeline, GST_STATE_NULL);
    return elapsed;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    gst_init(&argc, &argv);
    if (argc < 2)
        g_error("usage: start DESCRIPTION [THREADS]");
    g_autofree char *model = save_model(argv[1], &error);
    for (int run = 0; model && run < RUNS && !error; run++)
        printf("%.1f ms\n", start_milliseconds(model, argc > 2 ? atoi(argv[2]) : 0, &error));
    if (model)
        g_unlink(model);
    if (error)
        g_error("%s", error->message);
    return 0;
}
