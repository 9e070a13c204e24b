/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "jpeg_made.h"

#include <string.h>

void test_jpeg_ramp(int x, int y, uint8_t rgb[3])
{
    rgb[0] = (uint8_t)(60 + 3 * x);
    rgb[1] = (uint8_t)(200 - 4 * y);
    rgb[2] = (uint8_t)(100 + x + y);
}

/* What libjpeg is given for the pixel: grey, RGB, or CMYK with a black of 10 % (230 of 255 left
 * over, as Adobe writes it). */
static void jpeg_pixel(const TestJpeg *row, int x, int y, int components, uint8_t *out)
{
    uint8_t rgb[3], ink = row->way == PLAIN ? 255 : 0;

    test_jpeg_ramp(x, y, rgb);
    memcpy(out, rgb, MIN(components, 3));
    if (components < 4)
        return;
    for (int c = 0; c < 3; c++)
        out[c] = (uint8_t)(MIN(255, rgb[c] * 255 / 230) ^ ink);
    out[3] = 230 ^ ink;
}

static void jpeg_way(struct jpeg_compress_struct *info, const TestJpeg *row)
{
    static const jpeg_scan_info scans[] = {
        {1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}};

    if (row->way == PROGRESSIVE)
        jpeg_simple_progression(info);
    if (row->way == SCANS) {
        info->scan_info = scans;
        info->num_scans = G_N_ELEMENTS(scans);
    }
    if (row->way == RESTARTS)
        info->restart_interval = 2;
}

unsigned char *test_jpeg_make(const TestJpeg *row, const void *exif, size_t exif_size,
                              unsigned long *size)
{
    struct jpeg_compress_struct info = {0};
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    uint8_t line[4 * 64];
    JSAMPROW rows = line;
    bool cmyk = row->space == JCS_CMYK || row->space == JCS_YCCK;
    bool grey = row->space == JCS_GRAYSCALE;

    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &bytes, size);
    info.image_width = row->width;
    info.image_height = row->height;
    info.input_components = grey ? 1 : cmyk ? 4 : 3;
    info.in_color_space = grey ? JCS_GRAYSCALE : cmyk ? JCS_CMYK : JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_set_colorspace(&info, row->space);
    info.comp_info[0].h_samp_factor = row->h;
    info.comp_info[0].v_samp_factor = row->v;
    info.write_Adobe_marker = cmyk && row->way != PLAIN;
    jpeg_set_quality(&info, 100, TRUE);
    jpeg_way(&info, row);
    jpeg_start_compress(&info, TRUE);
    if (exif)
        jpeg_write_marker(&info, JPEG_APP0 + 1, exif, (unsigned)exif_size);
    for (int y = 0; y < row->height; y++) {
        for (int x = 0; x < row->width; x++)
            jpeg_pixel(row, x, y, info.input_components, line + x * info.input_components);
        jpeg_write_scanlines(&info, &rows, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    return bytes;
}

void test_frame_pixel(const IclFrame *frame, int x, int y, int rgb[3])
{
    int sx = frame->format == ICL_PIXEL_I420 || frame->format == ICL_PIXEL_Y42B;
    int sy = frame->format == ICL_PIXEL_I420;
    int step = frame->format == ICL_PIXEL_RGB ? 3 : 1;
    const uint8_t *first = frame->plane[0] + y * frame->stride[0] + x * step;

    for (int c = 0; c < 3; c++)
        rgb[c] = first[step == 1 ? 0 : c];
    if (step == 3 || frame->format == ICL_PIXEL_GRAY8)
        return;
    int u = frame->plane[1][(y >> sy) * frame->stride[1] + (x >> sx)] - 128;
    int v = frame->plane[2][(y >> sy) * frame->stride[2] + (x >> sx)] - 128;
    rgb[0] += (int)(1.402 * v);
    rgb[1] -= (int)(0.344136 * u + 0.714136 * v);
    rgb[2] += (int)(1.772 * u);
}
