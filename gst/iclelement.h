/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What the elements of the plugin have alike: they look at raw video and let it pass. */
#pragma once

#include <gst/base/gstbasetransform.h>

/** One sink and one source pad, of the formats of icl_frame_map(). */
void icl_element_add_pads(GstElementClass *class);

/** No frame is left out for being late, and gaps come through. */
void icl_element_init(GstBaseTransform *base);

/** The warning of a property that cannot change while the element runs. */
void icl_element_refuse(GstElement *element, const GParamSpec *spec);
