/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The GStreamer plugin "icl". Loading it registers names only: the thread pool and the kernels
 * start with the first model, so that scanning the plugin costs a host nothing. */
#include "iclclassify.h"
#include "iclmeta.h"
#include "icltrain.h"
#include "icltruth.h"

static gboolean plugin_init(GstPlugin *plugin)
{
    icl_prediction_register();
    icl_truth_register();
    return GST_ELEMENT_REGISTER(iclclassify, plugin) && GST_ELEMENT_REGISTER(icltrain, plugin);
}

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, icl, "Image classification of video frames",
                  plugin_init, VERSION, "LGPL", PACKAGE, "icl")
