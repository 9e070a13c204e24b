/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The same decoded pixels give the same scores, to the bit, in `icl evaluate` (any batch) and in
 * the element: pictures of a folder, colour and grey, at sizes the model does not have. */
#include <glib/gstdio.h>
#include <icl/evaluate.h>

#include "fixture.h"

enum { PICTURES = 36 }; /* more than one batch of 32 */

typedef struct Scores {
    float of[PICTURES][FIXTURE_CLASSES];
    int seen;
} Scores;

/* Every third picture is grey; sizes and pixels follow the number. */
static void write_picture(const char *path, int number)
{
    gboolean grey = number % 3 == 0;
    int width = 9 + number * 5 % 40, height = 7 + number * 3 % 50, bytes = width * (grey ? 1 : 3);
    g_autofree guint8 *pixels = g_malloc(bytes * height);
    IclFrame frame = {.format = grey ? ICL_PIXEL_GRAY8 : ICL_PIXEL_RGB,
                      .range = ICL_RANGE_FULL,
                      .width = width,
                      .height = height,
                      .plane = {pixels},
                      .stride = {bytes}};
    GError *error = NULL;

    for (int i = 0; i < bytes * height; i++)
        pixels[i] = (guint8)(128 + 60 * ((i / 7 + number) % 3 - 1) + i * number % 61);
    icl_picture_save_jpeg(&frame, 90, path, &error);
    g_assert_no_error(error);
}

static char *write_folder(void)
{
    char *folder = fixture_path("parity");

    for (int i = 0; i < PICTURES; i++) {
        g_autofree char *class =
            g_build_filename(folder, fixture_labels[i % FIXTURE_CLASSES], NULL);
        g_autofree char *name = g_strdup_printf("%02d.jpg", i);
        g_autofree char *path = g_build_filename(class, name, NULL);
        g_assert_cmpint(g_mkdir_with_parents(class, 0700), ==, 0);
        write_picture(path, i);
    }
    return folder;
}

static void remove_folder(const char *folder)
{
    for (int i = 0; i < PICTURES; i++) {
        g_autofree char *name =
            g_strdup_printf("%s/%s/%02d.jpg", folder, fixture_labels[i % FIXTURE_CLASSES], i);
        g_remove(name);
    }
    for (int i = 0; i < FIXTURE_CLASSES; i++) {
        g_autofree char *class = g_build_filename(folder, fixture_labels[i], NULL);
        g_rmdir(class);
    }
    g_rmdir(folder);
}

static void keep_scores(void *user, int index, int truth, const float *scores)
{
    Scores *kept = user;

    memcpy(kept->of[index], scores, sizeof kept->of[index]);
    kept->seen++;
}

static void evaluate(IclModel *model, const IclDataset *dataset, int batch, Scores *scores)
{
    IclEvaluateParams params = {.batch = batch, .sample = keep_scores, .user = scores};
    GError *error = NULL;

    scores->seen = 0;
    g_autoptr(IclEvaluation) evaluation = icl_evaluate(model, dataset, &params, &error);
    g_assert_no_error(error);
    g_assert_cmpint(scores->seen, ==, PICTURES);
}

static GstVideoFormat picture_format(const IclFrame *picture)
{
    switch (picture->format) {
    case ICL_PIXEL_GRAY8:
        return GST_VIDEO_FORMAT_GRAY8;
    case ICL_PIXEL_I420:
        return GST_VIDEO_FORMAT_I420;
    default:
        g_error("a picture of format %d", picture->format);
    }
}

/* The picture as a video frame: rows padded to 4 bytes, as GStreamer lays them out, and JPEG's
 * colours, as jpegdec states them. */
static GstBuffer *frame_of_picture(const IclFrame *picture, GstCaps **caps)
{
    GstVideoInfo info;
    GstVideoFrame frame;

    *caps = fixture_caps(picture_format(picture), picture->width, picture->height);
    gst_caps_set_simple(*caps, "colorimetry", G_TYPE_STRING, "1:4:0:0", NULL);
    g_assert_true(gst_video_info_from_caps(&info, *caps));
    GstBuffer *buffer = gst_buffer_new_allocate(NULL, info.size, NULL);
    g_assert_true(gst_video_frame_map(&frame, &info, buffer, GST_MAP_WRITE));
    for (guint p = 0; p < GST_VIDEO_FRAME_N_PLANES(&frame); p++)
        for (int y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT(&frame, p); y++)
            memcpy((guint8 *)GST_VIDEO_FRAME_PLANE_DATA(&frame, p) +
                       (gsize)y * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, p),
                   picture->plane[p] + (gsize)y * picture->stride[p],
                   GST_VIDEO_FRAME_COMP_WIDTH(&frame, p));
    gst_video_frame_unmap(&frame);
    return buffer;
}

static void assert_element_agrees(const IclDataset *dataset, int index, const float *wanted)
{
    double scores[FIXTURE_CLASSES];
    IclPicture picture = {0};
    GstCaps *caps;
    Rig rig;

    g_assert_true(icl_dataset_picture(dataset, index, &picture, NULL));
    GstBuffer *frame = frame_of_picture(&picture.frame, &caps);
    rig_open(&rig, NULL, caps);
    GstBuffer *out = rig_push(&rig, frame);
    prediction_scores(frame_prediction(out, NULL, 0), scores);
    for (int i = 0; i < FIXTURE_CLASSES; i++)
        g_assert_cmpfloat(scores[i], ==, (double)wanted[i]);
    gst_buffer_unref(out);
    rig_close(&rig);
    icl_picture_clear(&picture);
}

static void evaluate_and_element_agree(void)
{
    g_autofree char *folder = write_folder();
    g_autoptr(IclDataset) dataset = icl_dataset_open(folder, ICL_PART_TEST, NULL);
    g_autoptr(IclModel) model = icl_model_load(fixture_model(), NULL);
    Scores one, many;

    g_assert_nonnull(dataset);
    evaluate(model, dataset, 1, &one);
    evaluate(model, dataset, 32, &many);
    g_assert_cmpmem(one.of, sizeof one.of, many.of, sizeof many.of);
    for (int i = 0; i < PICTURES; i++)
        assert_element_agrees(dataset, i, one.of[i]);
    remove_folder(folder);
}

void add_parity_tests(void)
{
    g_test_add_func("/iclclassify/parity/evaluate-and-element", evaluate_and_element_agree);
}
