/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * GStreamer's view of a picture turned into libicl's: pointers, strides, colour matrix and range.
 * No pixel is touched or copied. */
#pragma once

#include <gst/video/video.h>
#include <icl/frame.h>

/* What iclclassify takes, as a list for caps: the formats of icl_frame_from_video(). */
#define ICL_FRAME_FORMATS "{ RGB, BGR, GRAY8, I420, NV12, YUY2 }"

/**
 * icl_frame_from_video:
 * @frame: (out): borrows the pixels of @video, which stays mapped as long as @frame is used
 * @video: mapped for reading; a GstVideoCropMeta of its buffer is honoured
 *
 * Returns: FALSE where a GstVideoMeta or GstVideoCropMeta claims more than the memory holds
 */
gboolean icl_frame_from_video(IclFrame *frame, const GstVideoFrame *video);
