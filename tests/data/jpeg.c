/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * JPEG: each kind of file to its planes, or to RGB; damage to an error; orientation; and writing.
 * The files are made here by libjpeg. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "helpers.h"
#include "picture_exif.h"

typedef struct {
    const char *name;
    int width, height;
    J_COLOR_SPACE space; /* of the file */
    int h, v;            /* sampling factors of the first component */
    enum { BASELINE, PROGRESSIVE, SCANS, RESTARTS, PLAIN } way;
    IclPixelFormat format; /* expected */
} Jpeg;

static const Jpeg jpegs[] = {
    {"4:2:0", 37, 23, JCS_YCbCr, 2, 2, BASELINE, ICL_PIXEL_I420},
    {"4:2:2", 37, 23, JCS_YCbCr, 2, 1, BASELINE, ICL_PIXEL_Y42B},
    {"4:4:4", 37, 23, JCS_YCbCr, 1, 1, BASELINE, ICL_PIXEL_Y444},
    {"4:4:0", 37, 23, JCS_YCbCr, 1, 2, BASELINE, ICL_PIXEL_RGB},
    {"4:1:1", 37, 23, JCS_YCbCr, 4, 1, BASELINE, ICL_PIXEL_RGB},
    {"4:2:0-whole-blocks", 32, 16, JCS_YCbCr, 2, 2, BASELINE, ICL_PIXEL_I420},
    {"4:2:0-progressive", 40, 30, JCS_YCbCr, 2, 2, PROGRESSIVE, ICL_PIXEL_I420},
    {"4:4:4-progressive", 40, 31, JCS_YCbCr, 1, 1, PROGRESSIVE, ICL_PIXEL_Y444},
    {"4:2:0-scan-a-component", 33, 17, JCS_YCbCr, 2, 2, SCANS, ICL_PIXEL_I420},
    {"4:2:2-restarts", 40, 30, JCS_YCbCr, 2, 1, RESTARTS, ICL_PIXEL_Y42B},
    {"one-pixel", 1, 1, JCS_YCbCr, 2, 2, BASELINE, ICL_PIXEL_I420},
    {"one-row", 35, 1, JCS_YCbCr, 2, 2, BASELINE, ICL_PIXEL_I420},
    {"one-column", 1, 35, JCS_YCbCr, 2, 1, BASELINE, ICL_PIXEL_Y42B},
    {"grey", 16, 9, JCS_GRAYSCALE, 1, 1, BASELINE, ICL_PIXEL_GRAY8},
    {"grey-progressive", 17, 9, JCS_GRAYSCALE, 1, 1, PROGRESSIVE, ICL_PIXEL_GRAY8},
    {"grey-one-pixel", 1, 1, JCS_GRAYSCALE, 1, 1, BASELINE, ICL_PIXEL_GRAY8},
    {"rgb", 8, 8, JCS_RGB, 1, 1, BASELINE, ICL_PIXEL_RGB},
    {"cmyk-of-adobe", 20, 10, JCS_CMYK, 1, 1, BASELINE, ICL_PIXEL_RGB},
    {"cmyk-plain", 20, 10, JCS_CMYK, 1, 1, PLAIN, ICL_PIXEL_RGB},
    {"ycck", 20, 10, JCS_YCCK, 2, 2, BASELINE, ICL_PIXEL_RGB},
};

static void ramp(int x, int y, uint8_t rgb[3])
{
    rgb[0] = (uint8_t)(60 + 3 * x);
    rgb[1] = (uint8_t)(200 - 4 * y);
    rgb[2] = (uint8_t)(100 + x + y);
}

/* What libjpeg is given for the pixel: grey, RGB, or CMYK with a black of 10 % (230 of 255 left
 * over, as Adobe writes it). */
static void jpeg_pixel(const Jpeg *row, int x, int y, int components, uint8_t *out)
{
    uint8_t rgb[3], ink = row->way == PLAIN ? 255 : 0;

    ramp(x, y, rgb);
    memcpy(out, rgb, MIN(components, 3));
    if (components < 4)
        return;
    for (int c = 0; c < 3; c++)
        out[c] = (uint8_t)(MIN(255, rgb[c] * 255 / 230) ^ ink);
    out[3] = 230 ^ ink;
}

static void jpeg_way(struct jpeg_compress_struct *info, const Jpeg *row)
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

/* `exif`: what an APP1 marker holds, `exif_size` bytes; NULL: none. */
static unsigned char *make_jpeg(const Jpeg *row, const void *exif, size_t exif_size,
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

/* A pixel by the formulas of JFIF, chroma not smoothed. */
static void frame_pixel(const IclFrame *frame, int x, int y, int rgb[3])
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

static void test_jpeg(const void *data)
{
    const Jpeg *row = data;
    unsigned long size = 0;
    unsigned char *bytes = make_jpeg(row, NULL, 0, &size);
    GError *error = NULL;
    IclPicture picture;
    int channels = row->format == ICL_PIXEL_GRAY8 ? 1 : 3;

    icl_picture_decode(bytes, size, "a.jpg", &picture, &error);
    g_assert_no_error(error);
    g_assert_cmpint(picture.frame.format, ==, row->format);
    g_assert_cmpint(picture.frame.width, ==, row->width);
    g_assert_cmpint(picture.frame.height, ==, row->height);
    g_assert_cmpint(picture.frame.orientation, ==, 1);
    g_assert_cmpint(picture.frame.matrix, ==, ICL_MATRIX_BT601);
    g_assert_true(picture.frame.full_range);
    for (int y = 0; y < row->height; y++)
        for (int x = 0; x < row->width; x++) {
            int rgb[3];
            uint8_t wanted[3];
            ramp(x, y, wanted);
            frame_pixel(&picture.frame, x, y, rgb);
            for (int c = 0; c < channels; c++)
                g_assert_cmpint(abs(rgb[c] - wanted[c]), <=, 10);
        }
    icl_picture_clear(&picture);
    free(bytes);
}

/* Cut anywhere, a file is an error, never a picture with a grey rest. */
static void test_jpeg_cut(const void *data)
{
    unsigned long size = 0;
    unsigned char *bytes = make_jpeg(data, NULL, 0, &size);
    IclPicture picture;

    for (unsigned long n = 0; n + 2 < size; n++) { /* the end marker's loss is a warning as well */
        g_autofree unsigned char *cut = g_memdup2(bytes, n);
        GError *error = NULL;
        g_assert_false(icl_picture_decode(cut, n, "cut.jpg", &picture, &error));
        test_error(error, ICL_ERROR_FORMAT, n < 3 ? "is not a JPEG or PNG" : "damaged JPEG file");
    }
    free(bytes);
}

/* JPEG has no checksum: a changed byte may go unseen, but never crashes or leaks. */
static void test_jpeg_damage(const void *data)
{
    unsigned long size = 0;
    unsigned char *bytes = make_jpeg(data, NULL, 0, &size);
    int refused = 0;

    for (unsigned long at = 0; at < size; at++) {
        g_autofree unsigned char *damaged = g_memdup2(bytes, size);
        g_autoptr(GError) error = NULL;
        IclPicture picture;
        damaged[at] ^= 0xff;
        if (icl_picture_decode(damaged, size, "damaged.jpg", &picture, &error))
            icl_picture_clear(&picture);
        else
            g_assert_nonnull(error);
        refused += error != NULL;
    }
    g_assert_cmpint(refused, >, (int)size / 10);
    free(bytes);
}

#define LITTLE "Exif\0\0II*\0\x08\0\0\0"
#define BIG    "Exif\0\0MM\0*\0\0\0\x08"

typedef struct {
    const char *name;
    int orientation;
    size_t size;
    const char *bytes;
} Exif;

#define EXIF(name, orientation, bytes)             \
    {                                              \
        name, orientation, sizeof bytes - 1, bytes \
    }

static const Exif exifs[] = {
    EXIF("little-endian", 6, LITTLE "\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"),
    EXIF("big-endian", 8, BIG "\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0"),
    EXIF("second-entry", 3,
         BIG "\0\x02\x01\x0f\0\x02\0\0\0\x04ICL\0"
             "\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0"),
    EXIF("directory-elsewhere", 5,
         "Exif\0\0II*\0\x0b\0\0\0gap\x01\0\x12\x01\x03\0\x01\0\0\0\x05\0\0\0\0\0\0\0"),
    EXIF("no-orientation", 1, BIG "\0\x01\x01\x0f\0\x02\0\0\0\x04ICL\0\0\0\0\0"),
    EXIF("orientation-0", 1, BIG "\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0"),
    EXIF("orientation-9", 1, BIG "\0\x01\x01\x12\0\x03\0\0\0\x01\0\x09\0\0\0\0\0\0"),
    EXIF("orientation-as-text", 1, BIG "\0\x01\x01\x12\0\x02\0\0\0\x01\0\x06\0\0\0\0\0\0"),
    EXIF("two-orientations-in-one", 1, BIG "\0\x01\x01\x12\0\x03\0\0\0\x02\0\x06\0\x06\0\0\0\0"),
    EXIF("count-past-the-end", 7, LITTLE "\xff\xff\x12\x01\x03\0\x01\0\0\0\x07\0"),
    EXIF("offset-past-the-end", 1, "Exif\0\0II*\0\xff\xff\xff\xff\x01\0\x12\x01\x03\0"),
    EXIF("offset-at-the-end", 1, "Exif\0\0II*\0\x08\0\0\0"),
    EXIF("neither-byte-order", 1,
         "Exif\0\0MI*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"),
    EXIF("not-42", 1, "Exif\0\0II+\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"),
    EXIF("xmp", 1, "http://ns.adobe.com/xap/1.0/\0<x>"),
    EXIF("head-only", 1, "Exif\0\0"),
    EXIF("empty", 1, ""),
};

/* A picture is as large as before, and turned by nothing but its orientation. */
static void test_jpeg_exif(const void *data)
{
    const Exif *exif = data;
    unsigned long size = 0;
    unsigned char *bytes = make_jpeg(&jpegs[0], exif->bytes, exif->size, &size);
    GError *error = NULL;
    IclPicture picture;

    icl_picture_decode(bytes, size, "a.jpg", &picture, &error);
    g_assert_no_error(error);
    g_assert_cmpint(picture.frame.orientation, ==, exif->orientation);
    g_assert_cmpint(picture.frame.width, ==, jpegs[0].width);
    icl_picture_clear(&picture);
    free(bytes);
}

/* Cut or damaged anywhere, EXIF is some orientation or none, and no byte outside it is read. */
static void test_exif_damage(const void *data)
{
    const Exif *exif = data;
    size_t head = MIN(exif->size, 6), size = exif->size - head;

    for (size_t i = 0; i <= 9 * size; i++) {
        bool cut = i <= size;
        g_autofree uint8_t *damaged = g_memdup2(exif->bytes + head, cut ? i : size);
        if (!cut)
            damaged[(i - size - 1) / 8] ^= 1 << (i - size - 1) % 8;
        int orientation = icl_exif_orientation(damaged, cut ? i : size);
        g_assert_cmpint(orientation, >=, 1);
        g_assert_cmpint(orientation, <=, 8);
        if (cut && i < 18)
            g_assert_cmpint(orientation, ==, 1);
    }
}

typedef struct {
    const char *name;
    IclFrame frame;
    int width, height;
    uint8_t wanted[18]; /* RGB of the upright picture, or grey */
} Save;

static const uint8_t red_blue[] = {200, 10, 30, 20, 40, 220}; /* one beside the other */
static const uint8_t greys[] = {90, 120, 90, 120, 90, 120};

#define FRAME(format, orientation, w, h, pixels, stride)                        \
    {                                                                           \
        format, ICL_MATRIX_BT601, true, orientation, w, h, {pixels}, { stride } \
    }

/* Sizes at which JPEG's 4:2:0 mixes no colours: one pixel wide or of one colour. */
static const Save saves[] = {
    {"rgb", FRAME(ICL_PIXEL_RGB, 1, 1, 1, red_blue, 3), 1, 1, {200, 10, 30}},
    {"grey", FRAME(ICL_PIXEL_GRAY8, 1, 2, 3, greys, 2), 2, 3, {90, 120, 90, 120, 90, 120}},
    {"bgr", FRAME(ICL_PIXEL_BGR, 1, 1, 1, red_blue, 3), 1, 1, {30, 10, 200}},
};

static void test_jpeg_save(const void *data)
{
    const Save *row = data;
    char *root = test_folder_new();
    g_autofree char *path = g_build_filename(root, "a.jpg", NULL);
    bool grey = row->frame.format == ICL_PIXEL_GRAY8;
    GError *error = NULL;
    IclPicture picture;

    icl_picture_save_jpeg(&row->frame, 100, path, &error);
    g_assert_no_error(error);
    icl_picture_load(path, &picture, &error);
    g_assert_no_error(error);
    g_assert_cmpint(picture.frame.format, ==, grey ? ICL_PIXEL_GRAY8 : ICL_PIXEL_I420);
    g_assert_cmpint(picture.frame.orientation, ==, 1);
    g_assert_cmpint(picture.frame.width, ==, row->width);
    g_assert_cmpint(picture.frame.height, ==, row->height);
    for (int i = 0; i < row->width * row->height; i++) {
        int rgb[3];
        frame_pixel(&picture.frame, i % row->width, i / row->width, rgb);
        for (int c = 0; c < (grey ? 1 : 3); c++)
            g_assert_cmpint(abs(rgb[c] - row->wanted[grey ? i : 3 * i + c]), <=, 3);
    }
    icl_picture_clear(&picture);
    test_folder_remove(root);
}

static void test_jpeg_save_nowhere(void)
{
    GError *error = NULL;

    g_assert_false(icl_picture_save_jpeg(&saves[0].frame, 90, "no/such/folder/a.jpg", &error));
    test_error(error, ICL_ERROR_FILE, "no/such/folder");
}

#define ADD_ROWS(prefix, rows, function)                                 \
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {                    \
        g_autofree char *path = g_strconcat(prefix, rows[i].name, NULL); \
        g_test_add_data_func(path, &rows[i], function);                  \
    }

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/jpeg/read/", jpegs, test_jpeg)
    ADD_ROWS("/jpeg/cut/", jpegs, test_jpeg_cut)
    ADD_ROWS("/jpeg/damage/", jpegs, test_jpeg_damage)
    ADD_ROWS("/jpeg/exif/", exifs, test_jpeg_exif)
    ADD_ROWS("/jpeg/exif-damage/", exifs, test_exif_damage)
    ADD_ROWS("/jpeg/save/", saves, test_jpeg_save)
    g_test_add_func("/jpeg/save-nowhere", test_jpeg_save_nowhere);
    return g_test_run();
}
