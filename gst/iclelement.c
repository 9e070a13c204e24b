/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "iclelement.h"

#include <gst/video/video.h>

#include "iclframe.h"

void icl_element_add_pads(GstElementClass *class)
{
    g_autoptr(GstCaps) caps = gst_caps_from_string(GST_VIDEO_CAPS_MAKE(ICL_FRAME_FORMATS));

    gst_element_class_add_pad_template(
        class, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps));
    gst_element_class_add_pad_template(
        class, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, caps));
}

void icl_element_init(GstBaseTransform *base)
{
    gst_base_transform_set_qos_enabled(base, FALSE);
    gst_base_transform_set_gap_aware(base, TRUE);
}

void icl_element_refuse(GstElement *element, const GParamSpec *spec)
{
    GST_ELEMENT_WARNING(element, RESOURCE, SETTINGS,
                        ("The property `%s` stays as it is while the element runs; set it in "
                         "state NULL or READY.",
                         spec->name),
                        (NULL));
}
