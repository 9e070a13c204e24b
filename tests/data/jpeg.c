/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * JPEG: each kind of file to its planes, or to RGB; the same bytes as GStreamer's decoder where it
 * keeps the planes; and damage to an error. */
#include <stdlib.h>

#include "helpers.h"
#include "jpeg_made.h"
#include "picture.h"

static const TestJpeg jpegs[] = {
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

static void test_jpeg(const void *data)
{
    const TestJpeg *row = data;
    unsigned long size = 0;
    unsigned char *bytes = test_jpeg_make(row, NULL, 0, &size);
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
    g_assert_cmpint(picture.frame.range, ==, ICL_RANGE_FULL);
    for (int y = 0; y < row->height; y++)
        for (int x = 0; x < row->width; x++) {
            int rgb[3];
            uint8_t wanted[3];
            test_jpeg_ramp(x, y, wanted);
            test_frame_pixel(&picture.frame, x, y, rgb);
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
    unsigned char *bytes = test_jpeg_make(data, NULL, 0, &size);
    IclPicture picture;

    for (unsigned long n = 0; n + 2 < size; n++) { /* the end marker's loss is a warning as well */
        g_autofree unsigned char *cut = g_memdup2(bytes, n);
        GError *error = NULL;
        g_assert_false(icl_picture_decode(cut, n, "cut.jpg", &picture, &error));
        test_error(error, ICL_ERROR_FORMAT, n < 3 ? "is not a JPEG or PNG" : "damaged JPEG file");
    }
    free(bytes);
}

/* What is asked for: a box of the frame made smaller; all of it where it is empty. */
typedef struct {
    IclBox box;
    int shrink;
} Asked;

static IclBox asked_choose(void *user, const IclFrame *frame, int *shrink)
{
    const Asked *asked = user;
    int n = *shrink = asked->shrink;

    if (asked->box.w)
        return asked->box;
    return (IclBox){0, 0, (frame->width + n - 1) / n, (frame->height + n - 1) / n};
}

static IclPicture decode_part(const void *bytes, size_t size, Asked asked)
{
    const IclPicturePart part = {asked_choose, &asked};
    IclPicture picture = {0};
    GError *error = NULL;

    icl_picture_decode_part(bytes, size, "a.jpg", &part, &picture, &error);
    g_assert_no_error(error);
    return picture;
}

static void assert_part(const void *bytes, size_t size, Asked asked, const IclFrame *whole)
{
    g_auto(IclPicture) picture = decode_part(bytes, size, asked);
    const IclBox *box = &asked.box;

    g_assert_cmpint(picture.frame.format, ==, whole->format);
    g_assert_cmpint(picture.frame.width, ==, whole->width);
    g_assert_cmpint(picture.frame.height, ==, whole->height);
    for (int y = box->y; y < box->y + box->h; y++)
        for (int x = box->x; x < box->x + box->w; x++) {
            int rgb[3], wanted[3];
            test_frame_pixel(&picture.frame, x, y, rgb);
            test_frame_pixel(whole, x, y, wanted);
            g_assert_cmpmem(rgb, sizeof rgb, wanted, sizeof wanted);
        }
}

/* All spans of rows, and some of the columns. */
static void assert_parts(const void *bytes, size_t size, int shrink, const IclFrame *whole)
{
    int w = whole->width, columns[][2] = {{0, w}, {0, 1}, {w - 1, 1}, {w / 3, (w + 1) / 2}};

    for (int y = 0; y < whole->height; y++)
        for (int h = 1; y + h <= whole->height; h++)
            for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
                IclBox box = {columns[i][0], y, columns[i][1], h};
                assert_part(bytes, size, (Asked){box, shrink}, whole);
            }
}

/* Whatever is left out, the rest is as it was, also in a picture made smaller. */
static void test_jpeg_part(const void *data)
{
    unsigned long size = 0;
    unsigned char *bytes = test_jpeg_make(data, NULL, 0, &size);
    g_auto(IclPicture) all = {0};

    g_assert_true(icl_picture_decode(bytes, size, "a.jpg", &all, NULL));
    assert_parts(bytes, size, 1, &all.frame);
    for (int shrink = 2; shrink <= 8; shrink *= 2) {
        g_auto(IclPicture) small = decode_part(bytes, size, (Asked){.shrink = shrink});
        assert_parts(bytes, size, shrink, &small.frame);
    }
    free(bytes);
}

/* A pixel of a picture made smaller is the mean of its source's, chroma that of its neighbour's
 * too.
 */
static void assert_shrunk(const IclFrame *frame, int shrink, const TestJpeg *row)
{
    int channels = row->format == ICL_PIXEL_GRAY8 ? 1 : 3;

    for (int y = 0; y < row->height / shrink; y++)
        for (int x = 0; x < row->width / shrink; x++) {
            int rgb[3];
            uint8_t first[3], last[3];
            test_jpeg_ramp(x * shrink, y * shrink, first);
            test_jpeg_ramp((x + 1) * shrink - 1, (y + 1) * shrink - 1, last);
            test_frame_pixel(frame, x, y, rgb);
            for (int c = 0; c < channels; c++)
                g_assert_cmpint(abs(2 * rgb[c] - first[c] - last[c]), <=, 2 * (10 + 2 * shrink));
        }
}

static void test_jpeg_shrink(const void *data)
{
    const TestJpeg *row = data;
    unsigned long size = 0;
    unsigned char *bytes = test_jpeg_make(row, NULL, 0, &size);

    for (int shrink = 2; shrink <= 8; shrink *= 2) {
        g_auto(IclPicture) picture = decode_part(bytes, size, (Asked){.shrink = shrink});
        const IclFrame *frame = &picture.frame;
        g_assert_cmpint(frame->width, ==, (row->width + shrink - 1) / shrink);
        g_assert_cmpint(frame->height, ==, (row->height + shrink - 1) / shrink);
        assert_shrunk(frame, shrink, row);
    }
    free(bytes);
}

/* JPEG has no checksum: a changed byte may go unseen, but never crashes or leaks. */
static void test_jpeg_damage(const void *data)
{
    unsigned long size = 0;
    unsigned char *bytes = test_jpeg_make(data, NULL, 0, &size);
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

/* The planes of a frame without gaps between rows, appended. */
static void append_planes(GByteArray *bytes, const IclFrame *frame)
{
    for (int p = 0; p < (frame->format == ICL_PIXEL_GRAY8 ? 1 : 3); p++) {
        int width = p ? (frame->width + 1) / 2 : frame->width;
        int height = p ? (frame->height + 1) / 2 : frame->height;
        for (int y = 0; y < height; y++)
            g_byte_array_append(bytes, frame->plane[p] + (ptrdiff_t)y * frame->stride[p],
                                (guint)width);
    }
}

/* A raw frame as GStreamer lays it out: rows are rounded up to 4 bytes, and an odd last row of luma
 * has room for another. */
static IclFrame gst_frame(const IclFrame *like, const uint8_t *bytes)
{
    IclFrame frame = *like;
    int chroma = ((like->width + 1) / 2 + 3) & ~3, rows = (like->height + 1) / 2;

    frame.stride[0] = (like->width + 3) & ~3;
    frame.stride[1] = frame.stride[2] = chroma;
    frame.plane[0] = bytes;
    frame.plane[1] = bytes + 2 * rows * frame.stride[0];
    frame.plane[2] = frame.plane[1] + rows * chroma;
    return frame;
}

/* What gst-launch-1.0 makes of the file by jpegdec; NULL where there is no such decoder. */
static char *jpegdec(const char *root, const unsigned char *bytes, size_t size)
{
    g_autofree char *in = g_build_filename(root, "a.jpg", NULL);
    g_autofree char *out = g_build_filename(root, "a.raw", NULL);
    g_autofree char *line = g_strdup_printf(
        "gst-launch-1.0 -q filesrc location=%s ! jpegdec ! filesink location=%s", in, out);
    char *raw = NULL;

    test_write(root, "a.jpg", bytes, size);
    if (g_spawn_command_line_sync(line, NULL, NULL, NULL, NULL))
        g_file_get_contents(out, &raw, NULL, NULL);
    return raw;
}

/* Of 4:2:0 and grey files a stream has the very bytes. */
static void test_jpegdec(const void *data)
{
    const TestJpeg *row = data;
    unsigned long size = 0;
    unsigned char *bytes = test_jpeg_make(row, NULL, 0, &size);
    char *root = test_folder_new();
    g_autofree char *raw = jpegdec(root, bytes, size);
    g_autoptr(GByteArray) here = g_byte_array_new(), there = g_byte_array_new();
    IclPicture picture;

    if (!raw) {
        g_test_skip("no gst-launch-1.0 with jpegdec");
    } else {
        g_assert_true(icl_picture_decode(bytes, size, "a.jpg", &picture, NULL));
        IclFrame frame = gst_frame(&picture.frame, (const uint8_t *)raw);
        append_planes(here, &picture.frame);
        append_planes(there, &frame);
        g_assert_cmpmem(here->data, here->len, there->data, there->len);
        icl_picture_clear(&picture);
    }
    test_folder_remove(root);
    free(bytes);
}

#define ADD_ROWS(prefix, rows, function)                                 \
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {                    \
        g_autofree char *path = g_strconcat(prefix, rows[i].name, NULL); \
        g_test_add_data_func(path, &rows[i], function);                  \
    }

static void add_jpegdec_rows(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(jpegs); i++) {
        g_autofree char *path = g_strconcat("/jpeg/jpegdec/", jpegs[i].name, NULL);
        if (jpegs[i].format == ICL_PIXEL_I420 || jpegs[i].format == ICL_PIXEL_GRAY8)
            g_test_add_data_func(path, &jpegs[i], test_jpegdec);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/jpeg/read/", jpegs, test_jpeg)
    ADD_ROWS("/jpeg/part/", jpegs, test_jpeg_part)
    ADD_ROWS("/jpeg/shrink/", jpegs, test_jpeg_shrink)
    ADD_ROWS("/jpeg/cut/", jpegs, test_jpeg_cut)
    ADD_ROWS("/jpeg/damage/", jpegs, test_jpeg_damage)
    add_jpegdec_rows();
    return g_test_run();
}
