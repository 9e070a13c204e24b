/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A GstVideoMeta is only a claim of whoever made the buffer, and gst_video_frame_map() does not
 * hold it against the memory: that is done here, once a frame, so that libicl may trust what it
 * gets. */
#include "iclframe.h"

static const struct {
    GstVideoFormat video;
    IclPixelFormat icl;
} formats[] = {
    {GST_VIDEO_FORMAT_RGB, ICL_PIXEL_RGB},
    {GST_VIDEO_FORMAT_BGR, ICL_PIXEL_BGR},
    {GST_VIDEO_FORMAT_RGBx, ICL_PIXEL_RGBX},
    {GST_VIDEO_FORMAT_BGRx, ICL_PIXEL_BGRX},
    {GST_VIDEO_FORMAT_xRGB, ICL_PIXEL_XRGB},
    {GST_VIDEO_FORMAT_xBGR, ICL_PIXEL_XBGR},
    {GST_VIDEO_FORMAT_RGBA, ICL_PIXEL_RGBA},
    {GST_VIDEO_FORMAT_BGRA, ICL_PIXEL_BGRA},
    {GST_VIDEO_FORMAT_ARGB, ICL_PIXEL_ARGB},
    {GST_VIDEO_FORMAT_ABGR, ICL_PIXEL_ABGR},
    {GST_VIDEO_FORMAT_GRAY8, ICL_PIXEL_GRAY8},
    {GST_VIDEO_FORMAT_I420, ICL_PIXEL_I420},
    {GST_VIDEO_FORMAT_YV12, ICL_PIXEL_YV12},
    {GST_VIDEO_FORMAT_NV12, ICL_PIXEL_NV12},
    {GST_VIDEO_FORMAT_NV21, ICL_PIXEL_NV21},
    {GST_VIDEO_FORMAT_YUY2, ICL_PIXEL_YUY2},
    {GST_VIDEO_FORMAT_UYVY, ICL_PIXEL_UYVY},
    {GST_VIDEO_FORMAT_Y42B, ICL_PIXEL_Y42B},
    {GST_VIDEO_FORMAT_Y444, ICL_PIXEL_Y444},
    {GST_VIDEO_FORMAT_I420_10LE, ICL_PIXEL_I420_10LE},
    {GST_VIDEO_FORMAT_P010_10LE, ICL_PIXEL_P010_10LE},
};

/* FCC is BT.601 to the third digit; SMPTE 240M is nearer to BT.709 than to any other. */
static const struct {
    GstVideoColorMatrix video;
    IclColorMatrix icl;
} matrices[] = {
    {GST_VIDEO_COLOR_MATRIX_BT601, ICL_MATRIX_BT601},
    {GST_VIDEO_COLOR_MATRIX_FCC, ICL_MATRIX_BT601},
    {GST_VIDEO_COLOR_MATRIX_BT709, ICL_MATRIX_BT709},
    {GST_VIDEO_COLOR_MATRIX_SMPTE240M, ICL_MATRIX_BT709},
    {GST_VIDEO_COLOR_MATRIX_BT2020, ICL_MATRIX_BT2020},
};

static gboolean format_of(const GstVideoInfo *info, IclPixelFormat *format)
{
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
        if (formats[i].video == GST_VIDEO_INFO_FORMAT(info)) {
            *format = formats[i].icl;
            return TRUE;
        }
    return FALSE;
}

/* Caps that name no colorimetry have got GStreamer's default for their size by now; what is left
 * unknown was declared so, and standard definition (576 lines at most) is BT.601. */
static IclColorMatrix matrix_of(const GstVideoInfo *info)
{
    for (size_t i = 0; i < G_N_ELEMENTS(matrices); i++)
        if (matrices[i].video == info->colorimetry.matrix)
            return matrices[i].icl;
    return GST_VIDEO_INFO_HEIGHT(info) <= 576 ? ICL_MATRIX_BT601 : ICL_MATRIX_BT709;
}

static IclColorRange range_of(const GstVideoInfo *info)
{
    if (info->colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255)
        return ICL_RANGE_FULL;
    return info->colorimetry.range == GST_VIDEO_COLOR_RANGE_16_235 ? ICL_RANGE_LIMITED
                                                                   : ICL_RANGE_USUAL;
}

/* The picture in the memory: all that the caps say, or the window of a crop meta. The corner moves
 * up and left to the next whole chroma sample: there half a sample could not be pointed at. */
static GstVideoRectangle window_of(const GstVideoFrame *video, const GstVideoInfo *info)
{
    const GstVideoFormatInfo *format = info->finfo;
    const GstVideoCropMeta *crop = gst_buffer_get_video_crop_meta(video->buffer);
    int last = format->n_components - 1;

    if (!crop)
        return (GstVideoRectangle){0, 0, info->width, info->height};
    return (GstVideoRectangle){
        .x = MIN(crop->x, G_MAXINT) & ~((1 << format->w_sub[last]) - 1),
        .y = MIN(crop->y, G_MAXINT) & ~((1 << format->h_sub[last]) - 1),
        .w = MIN(crop->width, G_MAXINT),
        .h = MIN(crop->height, G_MAXINT),
    };
}

static gboolean window_is_inside(const GstVideoRectangle *window, const GstVideoInfo *info)
{
    return window->w >= 1 && window->h >= 1 && window->w <= info->width &&
           window->h <= info->height && window->x <= info->width - window->w &&
           window->y <= info->height - window->h;
}

/* Points at component @c of the window; several components of one plane begin at the first of them.
 * False where the last row would end beyond the mapped memory. */
static gboolean point_at(IclFrame *frame, const GstVideoFrame *video,
                         const GstVideoRectangle *window, int c)
{
    const GstVideoFormatInfo *format = video->info.finfo;
    int plane = format->plane[c], step = format->pixel_stride[c];
    gint64 stride = video->info.stride[plane];
    gint64 row = (gint64)GST_VIDEO_SUB_SCALE(format->w_sub[c], window->w) * step;
    gint64 rows = GST_VIDEO_SUB_SCALE(format->h_sub[c], window->h);
    gint64 corner = (gint64)(window->y >> format->h_sub[c]) * stride +
                    (gint64)(window->x >> format->w_sub[c]) * step;
    /* Without a GstVideoMeta there is one map for all planes. */
    const GstMapInfo *map = &video->map[video->meta ? plane : 0];
    const guint8 *data = video->data[plane];

    if (stride < row || data < map->data ||
        (data - map->data) + corner + (rows - 1) * stride + row > (gint64)map->size)
        return FALSE;
    if (!frame->plane[plane]) {
        frame->plane[plane] = data + corner;
        frame->stride[plane] = (int)stride;
    }
    return TRUE;
}

static gboolean frame_from_video(IclFrame *frame, const GstVideoFrame *video,
                                 const GstVideoInfo *info)
{
    GstVideoRectangle window = window_of(video, info);
    IclFrame found = {
        .matrix = matrix_of(info),
        .range = range_of(info),
        .orientation = 1,
        .width = window.w,
        .height = window.h,
    };

    if (!format_of(info, &found.format) || !window_is_inside(&window, &video->info))
        return FALSE;
    for (int c = 0; c < (int)info->finfo->n_components; c++)
        if (!point_at(&found, video, &window, c))
            return FALSE;
    *frame = found;
    return TRUE;
}

/* A smaller picture than the caps', or another format: for gst_video_frame_map() a fault of its
 * caller, here one of the stream. */
static gboolean meta_contradicts(GstBuffer *buffer, const GstVideoInfo *info)
{
    const GstVideoMeta *meta = gst_buffer_get_video_meta(buffer);

    return meta && (meta->format != GST_VIDEO_INFO_FORMAT(info) ||
                    meta->width < (guint)info->width || meta->height < (guint)info->height);
}

gboolean icl_frame_map(IclFrame *frame, GstVideoFrame *video, const GstVideoInfo *info,
                       GstBuffer *buffer)
{
    if (meta_contradicts(buffer, info) || !gst_video_frame_map(video, info, buffer, GST_MAP_READ))
        return FALSE;
    if (frame_from_video(frame, video, info))
        return TRUE;
    gst_video_frame_unmap(video);
    return FALSE;
}

/* UL_LR is the main diagonal, UR_LL the other one. */
static const int exif[] = {
    [GST_VIDEO_ORIENTATION_IDENTITY] = 1, [GST_VIDEO_ORIENTATION_HORIZ] = 2,
    [GST_VIDEO_ORIENTATION_180] = 3,      [GST_VIDEO_ORIENTATION_VERT] = 4,
    [GST_VIDEO_ORIENTATION_UL_LR] = 5,    [GST_VIDEO_ORIENTATION_90R] = 6,
    [GST_VIDEO_ORIENTATION_UR_LL] = 7,    [GST_VIDEO_ORIENTATION_90L] = 8,
};

static void take_tags(IclTurn *turn, GstEvent *event)
{
    GstVideoOrientationMethod method;
    GstTagList *tags;

    gst_event_parse_tag(event, &tags);
    gboolean whole = gst_tag_list_get_scope(tags) == GST_TAG_SCOPE_GLOBAL;
    if (gst_video_orientation_from_tag(tags, &method))
        *(whole ? &turn->global : &turn->stream) = exif[method];
}

gboolean icl_turn_event(IclTurn *turn, GstEvent *event)
{
    GstEventType type = GST_EVENT_TYPE(event);

    if (type != GST_EVENT_STREAM_START && type != GST_EVENT_TAG)
        return FALSE; /* such as a flush, on another thread: nothing is looked at */
    int before = icl_turn_get(turn);
    if (type == GST_EVENT_STREAM_START)
        *turn = (IclTurn){0};
    else
        take_tags(turn, event);
    return icl_turn_get(turn) != before;
}

int icl_turn_get(const IclTurn *turn)
{
    int tagged = turn->stream ? turn->stream : turn->global;

    return tagged ? tagged : 1;
}
