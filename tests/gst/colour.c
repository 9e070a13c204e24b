/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Photographs that GStreamer itself has turned into YUV, of every format, matrix and range, reach
 * the network as the RGB originals do: by less than 2 levels of 255 on average over each picture,
 * and by 12 at most.
 *
 * What remains is GStreamer's: its matrices round down, hence a mean of about 1. Halved chroma
 * costs more where the network sees as many pixels as there are chroma samples: a colour that
 * changes between the two pixels of a sample is lost, and with it up to 50 levels at an edge. A
 * network's pixel that covers two samples and more averages that away, so the 12 hold to the last
 * value for 64 pixels from 240 rows; for 224 from 337 they hold for 999 of 1000 values. */
#include <math.h>

#include "album.h"
#include "iclframe.h"
#include "preprocess.h"
#include "top1.h"

enum { MEAN = 2, MOST = 12 }; /* levels */

static const struct ColourRow {
    const char *name, *colorimetry;
} colours[] = {
    {"bt601", "bt601"},        {"bt601-full", "1:4:0:0"}, {"bt709", "bt709"},
    {"bt709-full", "1:3:0:0"}, {"bt2020", "bt2020"},      {"bt2020-full", "1:6:0:0"},
};

static const struct SizeRow {
    int width, height, side; /* of the network's square input */
    double over;             /* share of values that halved chroma may put beyond MOST */
    int formats;             /* the first of the album's */
} sizes[] = {{321, 241, 64, 0, ALBUM_FORMATS},
             {243, 257, 64, 0, ALBUM_FORMATS},
             {449, 337, 224, 1e-3, ALBUM_PLANAR}};

typedef void (*Lie)(IclFrame *frame);

typedef struct Difference {
    double mean, most; /* levels: mean of the worst picture; of the worst value */
    double over;       /* share of all values beyond MOST */
} Difference;

/* A network's view of the photographs. */
typedef struct View {
    IclRecipe *recipe;
    IclPreprocessor *preprocessor;
    int values;                       /* of a tensor */
    float *wanted[ALBUM_PHOTOGRAPHS]; /* tensors of the RGB pictures */
    Top1 *top1;                       /* (nullable) */
    const Lie *lies;                  /* what is done to the frames in turn; NULL: nothing */
    int n_lies;
    Difference differences[4][ALBUM_FORMATS]; /* by lie and format */
} View;

/* The tensor [values]; caller frees. */
static float *preprocess(View *view, GstBuffer *buffer, const GstVideoInfo *info, Lie lie)
{
    float *tensor = g_new(float, view->values);
    GstVideoFrame video;
    IclFrame frame;

    g_assert_true(icl_frame_map(&frame, &video, info, buffer));
    if (lie)
        lie(&frame);
    icl_preprocess(view->preprocessor, &frame, tensor);
    gst_video_frame_unmap(&video);
    return tensor;
}

static void view_open(View *view, const Album *album, int side, int channels)
{
    g_autofree char *text = g_strdup_printf("resize %d ! crop %d", side, side);
    static const Lie truth = NULL;
    g_autoptr(GError) error = NULL;

    *view = (View){.values = side * side * channels, .lies = &truth, .n_lies = 1};
    view->recipe = icl_recipe_parse(text, channels, "test", &error);
    g_assert_no_error(error);
    view->preprocessor = icl_preprocessor_new(view->recipe);
    for (int i = 0; i < ALBUM_PHOTOGRAPHS; i++)
        view->wanted[i] = preprocess(view, album->photograph[i], &album->info, NULL);
}

static void view_close(View *view)
{
    for (int i = 0; i < ALBUM_PHOTOGRAPHS; i++)
        g_free(view->wanted[i]);
    icl_preprocessor_free(view->preprocessor);
    icl_recipe_free(view->recipe);
    top1_free(view->top1);
}

static void difference_add(Difference *difference, const float *a, const float *b, int n)
{
    double sum = 0, over = 0;

    for (int i = 0; i < n; i++) {
        double d = fabs(a[i] - b[i]);
        sum += d;
        over += d > MOST;
        difference->most = MAX(difference->most, d);
    }
    difference->mean = MAX(difference->mean, sum / n);
    difference->over += over / n / ALBUM_PHOTOGRAPHS;
}

static bool difference_is_small(const Difference *difference, double over)
{
    return difference->mean < MEAN && difference->over <= over;
}

static void look(View *view, int photograph, const Conversion *conversions, int n, int lie)
{
    size_t bytes = view->values * sizeof(float);
    float *tensors[ALBUM_FORMATS];

    for (int f = 0; f < n; f++) {
        const Conversion *c = &conversions[f];
        int base = n > 1 ? album_formats[f].base : -1;
        tensors[f] = preprocess(view, c->buffer, &c->info, view->lies[lie]);
        difference_add(&view->differences[lie][f], tensors[f], view->wanted[photograph],
                       view->values);
        if (base >= 0)
            g_assert_cmpmem(tensors[f], bytes, tensors[base], bytes);
        else if (view->top1)
            top1_check(view->top1, photograph, c->buffer, &c->info);
    }
    for (int f = 0; f < n; f++)
        g_free(tensors[f]);
}

static void look_at_photograph(int photograph, const Conversion *conversions, int n, void *view)
{
    for (int lie = 0; lie < ((View *)view)->n_lies; lie++)
        look(view, photograph, conversions, n, lie);
}

static void tell(const Difference *d, GstVideoFormat format, const char *colour)
{
    g_test_message("%s %s: %.2f levels, %.1f at most, %.3f%% beyond %d",
                   gst_video_format_to_string(format), colour, d->mean, d->most, 100 * d->over,
                   MOST);
}

static void yuv_is_seen_as_rgb(const void *data)
{
    const struct SizeRow *size = data;
    Album album;
    View view;

    album_open(&album, size->width, size->height);
    view_open(&view, &album, size->side, 3);
    view.top1 = top1_new(&album);
    for (size_t k = 0; k < G_N_ELEMENTS(colours); k++) {
        memset(view.differences, 0, sizeof view.differences);
        album_visit(&album, colours[k].colorimetry, size->formats, look_at_photograph, &view);
        for (int f = 0; f < size->formats; f++) {
            const Difference *d = &view.differences[0][f];
            tell(d, album_formats[f].format, colours[k].name);
            g_assert_true(difference_is_small(d, album_formats[f].halved ? size->over : 0));
        }
    }
    view_close(&view);
    album_close(&album);
}

/* U for V, where each has a plane. */
static void swap_chroma(IclFrame *frame)
{
    const uint8_t *u = frame->plane[1];

    frame->plane[1] = frame->plane[2];
    frame->plane[2] = u;
}

static void take_next_matrix(IclFrame *frame)
{
    frame->matrix = (frame->matrix + 1) % (ICL_MATRIX_BT2020 + 1);
}

static void take_other_matrix(IclFrame *frame)
{
    frame->matrix = (frame->matrix + 2) % (ICL_MATRIX_BT2020 + 1);
}

static void take_other_range(IclFrame *frame)
{
    frame->range = frame->range == ICL_RANGE_FULL ? ICL_RANGE_LIMITED : ICL_RANGE_FULL;
}

/* What yuv_is_seen_as_rgb() demands, no frame that lies about its colours fulfils. */
static void lies_are_found_out(void)
{
    const Lie lies[] = {take_next_matrix, take_other_matrix, take_other_range, swap_chroma};
    Album album;
    View view;

    album_open(&album, sizes[0].width, sizes[0].height);
    view_open(&view, &album, sizes[0].side, 3);
    view.lies = lies;
    view.n_lies = G_N_ELEMENTS(lies);
    for (size_t k = 0; k < G_N_ELEMENTS(colours); k++) {
        memset(view.differences, 0, sizeof view.differences);
        album_visit(&album, colours[k].colorimetry, ALBUM_PLANAR, look_at_photograph, &view);
        for (int l = 0; l < view.n_lies; l++)
            for (int f = 0; f < ALBUM_PLANAR; f++)
                g_assert_false(difference_is_small(&view.differences[l][f], sizes[0].over));
    }
    view_close(&view);
    album_close(&album);
}

/* A grey network: GRAY8 and the luma of YUV against RGB, which it sees by BT.601's luma. */
static void grey_is_seen_as_grey(void)
{
    static const GstVideoFormat formats[] = {GST_VIDEO_FORMAT_GRAY8, GST_VIDEO_FORMAT_NV12};
    static const char *const ranges[] = {"2:4:0:0", "1:4:0:0"};
    Album album;
    View view;

    album_open(&album, sizes[0].width, sizes[0].height);
    view_open(&view, &album, sizes[0].side, 1);
    for (size_t f = 0; f < G_N_ELEMENTS(formats); f++)
        for (size_t r = 0; r < G_N_ELEMENTS(ranges); r++) {
            memset(view.differences, 0, sizeof view.differences);
            album_visit_one(&album, ranges[r], formats[f], look_at_photograph, &view);
            tell(&view.differences[0][0], formats[f], ranges[r]);
            g_assert_true(difference_is_small(&view.differences[0][0], 0));
        }
    view_close(&view);
    album_close(&album);
}

int main(int argc, char **argv)
{
    gst_init(&argc, &argv);
    g_test_init(&argc, &argv, NULL);
    if (!album_installed()) {
        g_print("1..0 # SKIP the packages tuxpaint-stamps-default and opencv-doc are missing\n");
        return 0;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *name =
            g_strdup_printf("/colour/%dx%d-to-%d", sizes[i].width, sizes[i].height, sizes[i].side);
        g_test_add_data_func(name, &sizes[i], yuv_is_seen_as_rgb);
    }
    g_test_add_func("/colour/lies", lies_are_found_out);
    g_test_add_func("/colour/grey", grey_is_seen_as_grey);
    return g_test_run();
}
