/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * GStreamer's view of a picture turned into libicl's: pointers, strides, colour matrix and range,
 * and which way up it is. No pixel is touched or copied.
 *
 * Interlaced frames (interleaved, mixed, fields) are pictures as they stand: at the size of a
 * network's input two fields weave into what one of them shows, and the comb of a movement is gone.
 * `alternate` (caps feature format:Interlaced) is not taken: a buffer has half the height that its
 * caps say, and nothing in IclFrame could tell that its pixels are twice as high as wide. */
#pragma once

#include <gst/video/video.h>
#include <icl/frame.h>

/* What the elements take, as a list for caps: the formats of icl_frame_map(). */
#define ICL_FRAME_FORMATS                                                      \
    "{ I420, YV12, NV12, NV21, YUY2, UYVY, Y42B, Y444, I420_10LE, P010_10LE, " \
    "RGB, BGR, RGBx, BGRx, xRGB, xBGR, RGBA, BGRA, ARGB, ABGR, GRAY8 }"

/**
 * icl_frame_map:
 * @frame: (out): borrows the pixels; orientation is 1
 * @video: (out): to be unmapped when @frame is not used any more
 * @info: of the caps
 * @buffer: its GstVideoMeta and GstVideoCropMeta are honoured; a crop's corner moves up and left to
 *   a whole chroma sample
 *
 * Returns: FALSE, with nothing mapped, where a meta claims more than the memory holds or another
 * picture than the caps
 */
gboolean icl_frame_map(IclFrame *frame, GstVideoFrame *video, const GstVideoInfo *info,
                       GstBuffer *buffer);

/* What the tags "image-orientation" have said, as EXIF's numbers; 0: nothing yet. */
typedef struct IclTurn {
    int stream, global;
} IclTurn;

/** Takes note of @event (a tag, or the start of a stream, which is upright until a tag says
 * otherwise); all events of a sink pad may be shown to it. Returns: whether the orientation changed
 */
gboolean icl_turn_event(IclTurn *turn, GstEvent *event);

/** For IclFrame: a tag of the stream outweighs one of the whole medium. */
int icl_turn_get(const IclTurn *turn);
