/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * From pixels to tensor: against Pillow, against closed forms, and every pixel format against the
 * others. Frames lie in memory of their exact size, so that the address sanitizer sees a byte too
 * far. */
#include "preprocess.h"

#include <math.h>
#include <string.h>

#include "golden_resize.h"
#include "helpers.h"

static IclRecipe *recipe_new(const char *text, int channels)
{
    GError *error = NULL;
    IclRecipe *recipe = icl_recipe_parse(text, channels, "recipe", &error);

    g_assert_no_error(error);
    return recipe;
}

/* Runs the recipe; caller frees. */
static float *run_recipe(const char *text, int channels, const IclFrame *frame, int *n)
{
    g_autoptr(IclRecipe) recipe = recipe_new(text, channels);
    g_autoptr(IclPreprocessor) preprocessor = icl_preprocessor_new(recipe);
    int h, w, c;

    icl_recipe_size(recipe, &h, &w, &c);
    *n = h * w * c;
    float *out = g_new(float, *n);
    for (int i = 0; i < *n; i++)
        out[i] = NAN; /* nothing may be left unwritten */
    icl_preprocess(preprocessor, frame, out);
    return out;
}

/* Rows of bytes and of picture, planes, and bytes a pixel group of each format. */
static const struct {
    const char *name;
    int planes, shift[3], bytes[3]; /* of a column of the plane; YUY2: of two pixels */
} formats[ICL_PIXEL_FORMATS] = {
    [ICL_PIXEL_RGB] = {"rgb", 1, {0}, {3}},
    [ICL_PIXEL_BGR] = {"bgr", 1, {0}, {3}},
    [ICL_PIXEL_GRAY8] = {"gray8", 1, {0}, {1}},
    [ICL_PIXEL_I420] = {"i420", 3, {0, 1, 1}, {1, 1, 1}},
    [ICL_PIXEL_NV12] = {"nv12", 2, {0, 1}, {1, 2}},
    [ICL_PIXEL_YUY2] = {"yuy2", 1, {0}, {4}},
};

typedef struct {
    IclFrame frame;
    uint8_t *memory[3];
} TestFrame;

static void frame_clear(TestFrame *frame)
{
    for (int p = 0; p < 3; p++)
        g_free(frame->memory[p]);
}

/* A frame whose rows are `padding` bytes apart; the last row ends where the memory does. */
static TestFrame frame_new(IclPixelFormat format, int width, int height, int padding)
{
    TestFrame f = {.frame = {format, ICL_MATRIX_BT601, false, 1, width, height}};

    for (int p = 0; p < formats[format].planes; p++) {
        int shift = format == ICL_PIXEL_YUY2 ? 1 : formats[format].shift[p];
        int row = ((width + (1 << shift) - 1) >> shift) * formats[format].bytes[p];
        int rows = (height + (1 << formats[format].shift[p]) - 1) >> formats[format].shift[p];
        int size = (rows - 1) * (row + padding) + row;
        f.memory[p] = g_new(uint8_t, size);
        memset(f.memory[p], 0xee, size);
        f.frame.plane[p] = f.memory[p];
        f.frame.stride[p] = row + padding;
        for (int y = 0; y < rows; y++)
            for (int x = 0; x < row; x++)
                f.memory[p][y * f.frame.stride[p] + x] = test_pattern(x + 5 * p, y);
    }
    return f;
}

static void test_golden(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(golden_resize); i++) {
        int rows = golden_resize[i].rows, columns = golden_resize[i].columns, n;
        TestFrame f = frame_new(ICL_PIXEL_GRAY8, golden_resize[i].w, golden_resize[i].h, 0);
        g_autofree char *text = g_strdup_printf("resize [%d %d]", rows, columns);
        f.frame.full_range = true;
        g_autofree float *out = run_recipe(text, 1, &f.frame, &n);
        for (int j = 0; j < n; j++)
            g_assert_cmpfloat_with_epsilon(out[j], golden_resize[i].values[j], 1e-3);
        frame_clear(&f);
    }
}

/* One row of pixels in, one row out. */
typedef struct {
    const char *name, *recipe;
    int n_in;
    uint8_t in[12];
    int n_out;
    float out[12];
} Line;

static const Line lines[] = {
    {"identity", "resize [1 4]", 4, {9, 250, 0, 255}, 4, {9, 250, 0, 255}},
    {"constant-down", "resize [1 3]", 7, {77, 77, 77, 77, 77, 77, 77}, 3, {77, 77, 77}},
    {"constant-up", "resize [1 5]", 2, {77, 77}, 5, {77, 77, 77, 77, 77}},
    {"double", "resize [1 4]", 2, {0, 100}, 4, {0, 25, 75, 100}},
    {"half", "resize [1 2]", 4, {70, 0, 0, 0}, 2, {30, 0}}, /* weights 3 3 1 of 7 */
    {"half-inner", "resize [1 2]", 4, {0, 0, 70, 0}, 2, {10, 30}},
    {"crop-even", "crop [1 2]", 4, {1, 2, 3, 4}, 2, {2, 3}},
    {"crop-half-to-even-0", "crop [1 4]", 5, {1, 2, 3, 4, 5}, 4, {1, 2, 3, 4}},
    {"crop-half-to-even-2", "crop [1 4]", 7, {1, 2, 3, 4, 5, 6, 7}, 4, {3, 4, 5, 6}},
    {"crop-half-to-even-2.5", "crop [1 4]", 9, {1, 2, 3, 4, 5, 6, 7, 8, 9}, 4, {3, 4, 5, 6}},
    {"pad-even", "crop [1 4]", 2, {1, 2}, 4, {0, 1, 2, 0}},
    {"pad-odd", "crop [1 5]", 2, {1, 2}, 5, {0, 1, 2, 0, 0}},
    {"pad-rows", "crop 3", 1, {5}, 9, {0, 0, 0, 0, 5, 0, 0, 0, 0}},
    {"resize-crop", "resize [1 4] ! crop [1 2]", 2, {0, 100}, 2, {25, 75}},
    {"keep-aspect", "resize 2 ! crop [1 4]", 2, {0, 100}, 4, {0, 25, 75, 100}},
    {"normalize", "resize [1 2] ! normalize mean=0.5 std=0.25", 2, {0, 255}, 2, {-2, 2}},
    {"normalize-default", "crop [1 2] ! normalize", 2, {51, 255}, 2, {0.2f, 1}},
    {"normalize-padding", "crop [1 3] ! normalize mean=1", 1, {255}, 3, {-1, 0, -1}},
};

static void test_line(const void *data)
{
    const Line *row = data;
    g_autofree uint8_t *in = g_memdup2(row->in, row->n_in);
    IclFrame frame = {ICL_PIXEL_GRAY8, ICL_MATRIX_BT601, true, 1, row->n_in, 1, {in}, {row->n_in}};
    int n;
    g_autofree float *out = run_recipe(row->recipe, 1, &frame, &n);

    g_assert_cmpint(n, ==, row->n_out);
    for (int i = 0; i < n; i++)
        g_assert_cmpfloat_with_epsilon(out[i], row->out[i], 1e-4);
    if (g_str_equal(row->name, "identity")) /* to the bit */
        g_assert_cmpmem(out, n * sizeof *out, row->out, n * sizeof *out);
}

/* Sizes after "resize S": the shorter side S, the longer int(S * long / short). */
typedef struct {
    const char *name;
    int w, h, s;
    const char *same; /* as this resize */
} Aspect;

static const Aspect aspects[] = {
    {"landscape", 7, 5, 4, "resize [4 5]"},        {"portrait", 5, 7, 4, "resize [5 4]"},
    {"square", 6, 6, 4, "resize [4 4]"},           {"up", 3, 2, 5, "resize [5 7]"},
    {"rounded-down", 299, 200, 2, "resize [2 2]"}, {"sliver", 1, 600, 4, "resize [2400 4]"},
};

static void test_aspect(const void *data)
{
    const Aspect *row = data;
    TestFrame f = frame_new(ICL_PIXEL_RGB, row->w, row->h, 0);
    g_autofree char *kept = g_strdup_printf("resize %d ! crop [2 2]", row->s);
    g_autofree char *stretched = g_strconcat(row->same, " ! crop [2 2]", NULL);
    int n, m;
    g_autofree float *a = run_recipe(kept, 3, &f.frame, &n);
    g_autofree float *b = run_recipe(stretched, 3, &f.frame, &m);

    g_assert_cmpmem(a, n * sizeof *a, b, m * sizeof *b);
    frame_clear(&f);
}

/* YUV of one colour to RGB; the numbers are those of the standards, rounded to 8 bits. */
typedef struct {
    const char *name;
    IclColorMatrix matrix;
    bool full_range;
    uint8_t yuv[3], rgb[3];
} Colour;

static const Colour colours[] = {
    {"601-white", ICL_MATRIX_BT601, false, {235, 128, 128}, {255, 255, 255}},
    {"601-black", ICL_MATRIX_BT601, false, {16, 128, 128}, {0, 0, 0}},
    {"601-below-black", ICL_MATRIX_BT601, false, {1, 128, 128}, {0, 0, 0}},
    {"601-red", ICL_MATRIX_BT601, false, {81, 90, 240}, {255, 0, 0}},
    {"601-green", ICL_MATRIX_BT601, false, {145, 54, 34}, {0, 255, 0}},
    {"601-blue", ICL_MATRIX_BT601, false, {41, 240, 110}, {0, 0, 255}},
    {"601-reddish", ICL_MATRIX_BT601, false, {100, 128, 196}, {206, 43, 98}},
    {"601-bluish", ICL_MATRIX_BT601, false, {100, 196, 128}, {98, 71, 235}},
    {"709-white", ICL_MATRIX_BT709, false, {235, 128, 128}, {255, 255, 255}},
    {"709-red", ICL_MATRIX_BT709, false, {63, 102, 240}, {255, 0, 0}},
    {"709-green", ICL_MATRIX_BT709, false, {173, 42, 26}, {0, 255, 0}},
    {"709-blue", ICL_MATRIX_BT709, false, {32, 240, 118}, {0, 0, 255}},
    {"2020-white", ICL_MATRIX_BT2020, false, {235, 128, 128}, {255, 255, 255}},
    {"2020-red", ICL_MATRIX_BT2020, false, {74, 97, 240}, {255, 0, 0}},
    {"2020-green", ICL_MATRIX_BT2020, false, {164, 47, 25}, {0, 255, 0}},
    {"2020-blue", ICL_MATRIX_BT2020, false, {29, 240, 119}, {0, 0, 255}},
    {"jpeg-white", ICL_MATRIX_BT601, true, {255, 128, 128}, {255, 255, 255}},
    {"jpeg-grey", ICL_MATRIX_BT601, true, {16, 128, 128}, {16, 16, 16}},
    {"jpeg-red", ICL_MATRIX_BT601, true, {76, 85, 255}, {254, 0, 0}},
    {"jpeg-green", ICL_MATRIX_BT601, true, {150, 44, 21}, {0, 255, 1}},
    {"jpeg-blue", ICL_MATRIX_BT601, true, {29, 255, 107}, {0, 0, 254}},
    {"709-full-grey", ICL_MATRIX_BT709, true, {99, 128, 128}, {99, 99, 99}},
};

static void test_colour(const void *data)
{
    const Colour *row = data;
    uint8_t y[4];
    IclFrame frame = {
        ICL_PIXEL_I420, row->matrix, row->full_range, 1, 2, 2, {y, &row->yuv[1], &row->yuv[2]},
        {2, 1, 1}};
    int n;

    memset(y, row->yuv[0], sizeof y);
    g_autofree float *rgb = run_recipe("resize [3 3]", 3, &frame, &n);
    for (int i = 0; i < n; i++)
        g_assert_cmpfloat_with_epsilon(rgb[i], row->rgb[i % 3], 1.3);
    g_autofree float *grey = run_recipe("resize [3 3]", 1, &frame, &n);
    float luma = row->full_range ? row->yuv[0] : (row->yuv[0] - 16) * 255 / 219.0f;
    for (int i = 0; i < n; i++)
        g_assert_cmpfloat_with_epsilon(grey[i], CLAMP(luma, 0, 255), 1e-3);
}

static void test_grey_range(void)
{
    static const uint8_t in[4] = {16, 235, 0, 255};
    IclFrame frame = {ICL_PIXEL_GRAY8, ICL_MATRIX_BT601, false, 1, 4, 1, {in}, {4}};
    int n;
    g_autofree float *narrow = run_recipe("crop [1 4]", 1, &frame, &n);

    g_assert_cmpfloat_with_epsilon(narrow[0], 0, 1e-4);
    g_assert_cmpfloat_with_epsilon(narrow[1], 255, 1e-4);
    g_assert_cmpfloat(narrow[2], ==, 0); /* clamped */
    g_assert_cmpfloat(narrow[3], ==, 255);
}

static void test_channels(void)
{
    static const uint8_t rgb[3] = {200, 100, 50}, bgr[3] = {50, 100, 200};
    IclFrame frame = {ICL_PIXEL_RGB, ICL_MATRIX_BT709, false, 1, 1, 1, {rgb}, {3}};
    int n;
    g_autofree float *a = run_recipe("crop 1", 3, &frame, &n);
    g_autofree float *grey = run_recipe("crop 1", 1, &frame, &n);
    frame.format = ICL_PIXEL_BGR;
    frame.plane[0] = bgr;
    g_autofree float *b = run_recipe("crop 1", 3, &frame, &n);
    frame.format = ICL_PIXEL_GRAY8;
    frame.full_range = true;
    g_autofree float *copied = run_recipe("crop 1", 3, &frame, &n);

    g_assert_cmpmem(a, 12, ((float[]){200, 100, 50}), 12);
    g_assert_cmpmem(b, 12, a, 12);
    g_assert_cmpfloat_with_epsilon(grey[0], 0.299 * 200 + 0.587 * 100 + 0.114 * 50, 1e-4);
    g_assert_cmpmem(copied, 12, ((float[]){50, 50, 50}), 12);
}

static const char *const recipes[] = {
    "resize [5 7]",
    "resize [31 29]",
    "crop [9 13]",
    "crop [4 5]",
    "crop 40 ! normalize mean=0.5 std=0.5",
    "resize 6 ! crop 5",
    "resize 24 ! crop [23 11] ! normalize",
};

static const struct {
    int w, h;
} sizes[] = {{1, 1}, {2, 2}, {3, 1}, {1, 4}, {13, 9}, {16, 16}, {33, 17}, {64, 3}};

/* The same pixels, rows close together or far apart: the same bits. */
static void test_strides(const void *data)
{
    IclPixelFormat format = GPOINTER_TO_INT(data);

    for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++)
        for (size_t r = 0; r < G_N_ELEMENTS(recipes); r++)
            for (int channels = 1; channels <= 3; channels += 2) {
                TestFrame tight = frame_new(format, sizes[s].w, sizes[s].h, 0);
                TestFrame wide = frame_new(format, sizes[s].w, sizes[s].h, 19);
                int n, m;
                g_autofree float *a = run_recipe(recipes[r], channels, &tight.frame, &n);
                g_autofree float *b = run_recipe(recipes[r], channels, &wide.frame, &m);
                g_assert_cmpmem(a, n * sizeof *a, b, m * sizeof *b);
                for (int i = 0; i < n; i++)
                    g_assert_true(isfinite(a[i]));
                frame_clear(&tight);
                frame_clear(&wide);
            }
}

/* The frame in another format: the same luma; chroma of the 4:2:0 frame, its rows doubled for YUY2.
 */
static TestFrame frame_convert(const TestFrame *i420, IclPixelFormat format)
{
    const IclFrame *in = &i420->frame;
    TestFrame out = frame_new(format, in->width, in->height, 3);
    int group = format == ICL_PIXEL_YUY2 ? 2 : 1;

    for (int y = 0; y < in->height; y++)
        for (int x = 0; x < in->width; x++)
            out.memory[0][y * out.frame.stride[0] + group * x] =
                in->plane[0][y * in->stride[0] + x];
    for (int y = 0; y < in->height; y++)
        for (int x = 0; x < in->width; x += 2)
            for (int c = 0; c < 2; c++) {
                uint8_t value = in->plane[1 + c][y / 2 * in->stride[1] + x / 2];
                if (format == ICL_PIXEL_YUY2)
                    out.memory[0][y * out.frame.stride[0] + 2 * x + 1 + 2 * c] = value;
                else
                    out.memory[1][y / 2 * out.frame.stride[1] + x + c] = value;
            }
    return out;
}

static void test_nv12_is_i420(void)
{
    for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++)
        for (size_t r = 0; r < G_N_ELEMENTS(recipes); r++) {
            TestFrame i420 = frame_new(ICL_PIXEL_I420, sizes[s].w, sizes[s].h, 0);
            TestFrame nv12 = frame_convert(&i420, ICL_PIXEL_NV12);
            int n, m;
            g_autofree float *a = run_recipe(recipes[r], 3, &i420.frame, &n);
            g_autofree float *b = run_recipe(recipes[r], 3, &nv12.frame, &m);
            g_assert_cmpmem(a, n * sizeof *a, b, m * sizeof *b);
            frame_clear(&i420);
            frame_clear(&nv12);
        }
}

/* With chroma that is the same in every row, 4:2:2 and 4:2:0 hold the same picture. */
static void test_yuy2_is_i420(void)
{
    for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++)
        for (size_t r = 0; r < G_N_ELEMENTS(recipes); r++) {
            bool resized = strstr(recipes[r], "resize");
            TestFrame i420 = frame_new(ICL_PIXEL_I420, sizes[s].w, sizes[s].h, 0);
            for (int p = 1; p < 3; p++)
                for (int y = 1; y < (sizes[s].h + 1) / 2; y++)
                    memcpy(i420.memory[p] + y * i420.frame.stride[p], i420.memory[p],
                           (sizes[s].w + 1) / 2);
            TestFrame yuy2 = frame_convert(&i420, ICL_PIXEL_YUY2);
            int n, m;
            g_autofree float *a = run_recipe(recipes[r], 3, &i420.frame, &n);
            g_autofree float *b = run_recipe(recipes[r], 3, &yuy2.frame, &m);
            for (int i = 0; i < n; i++) /* the taps of rows round differently */
                g_assert_cmpfloat_with_epsilon(a[i], b[i], resized ? 1e-3 : 1e-9);
            frame_clear(&i420);
            frame_clear(&yuy2);
        }
}

/* Chroma samples lie in the middle of the pixels they stand for: 3:1 between neighbours. */
static void test_siting(void)
{
    static const uint8_t y[8] = {128, 128, 128, 128, 128, 128, 128, 128}, u[2] = {128, 128},
                         v[2] = {128, 160};
    IclFrame frame = {ICL_PIXEL_I420, ICL_MATRIX_BT601, true, 1, 4, 2, {y, u, v}, {4, 2, 2}};
    static const float share[4] = {0, 0.25f, 0.75f, 1};
    int n;
    g_autofree float *out = run_recipe("crop [2 4]", 3, &frame, &n);

    for (int x = 0; x < 4; x++)
        g_assert_cmpfloat_with_epsilon(out[3 * x], 128 + 1.402 * 32 * share[x], 1e-3);
}

/* One preprocessor for frames of changing geometry gives what a fresh one gives: each frame differs
 * from the one before in the format, the width or the height alone. */
static void test_reuse(void)
{
    g_autoptr(IclRecipe) recipe = recipe_new("resize 12 ! crop [10 11]", 3);
    g_autoptr(IclPreprocessor) kept = icl_preprocessor_new(recipe);
    float a[10 * 11 * 3], b[10 * 11 * 3];

    for (int i = 0; i < 60; i++) {
        int format = (i + 2) / 3 % (ICL_PIXEL_YUY2 + 1), width = 9 + (i + 1) / 3 * 7 % 20;
        TestFrame f = frame_new((IclPixelFormat)format, width, 8 + i / 3 * 5 % 30, i % 5);
        g_autoptr(IclPreprocessor) fresh = icl_preprocessor_new(recipe);
        icl_preprocess(kept, &f.frame, a);
        icl_preprocess(fresh, &f.frame, b);
        g_assert_cmpmem(a, sizeof a, b, sizeof b);
        frame_clear(&f);
    }
}

typedef struct {
    const char *name, *text;
    int channels;
    IclError code;
    const char *says;
} Wrong;

static const Wrong wrongs[] = {
    {"empty", "", 3, ICL_ERROR_VALUE, "does not give every picture the same size"},
    {"no-fixed-size", "resize 224", 3, ICL_ERROR_VALUE, "end it in \"crop 224\""},
    {"only-normalize", "normalize", 3, ICL_ERROR_VALUE,
     "does not give every picture the same size"},
    {"crop-first", "crop 9 ! resize 4", 3, ICL_ERROR_VALUE, "\"resize\" cannot stand here"},
    {"twice", "crop 9 ! crop 4", 3, ICL_ERROR_VALUE, "\"crop\" cannot stand here"},
    {"normalize-first", "normalize ! crop 4", 3, ICL_ERROR_VALUE, "\"crop\" cannot stand here"},
    {"three-means-for-one", "crop 4 ! normalize mean=[0 0 0]", 1, ICL_ERROR_VALUE,
     "mean has 3 numbers for 1 channel;"},
    {"two-stds-for-three", "crop 4 ! normalize std=[1 1]", 3, ICL_ERROR_VALUE,
     "std has 2 numbers for 3 channels;"},
    {"three-sizes", "resize [3 4 5]", 3, ICL_ERROR_VALUE, "resize has a list"},
    {"no-sizes", "resize []", 3, ICL_ERROR_VALUE, "resize"},
    {"broken-size", "resize [3.5 4]", 3, ICL_ERROR_VALUE, "not a whole number"},
    {"zero", "crop 0", 3, ICL_ERROR_VALUE, "crop"},
    {"zero-std", "crop 4 ! normalize std=0", 3, ICL_ERROR_VALUE, "std"},
    {"huge", "crop 1000000", 3, ICL_ERROR_VALUE, "crop"},
    {"unknown", "resise 4 ! crop 4", 3, ICL_ERROR_SYNTAX, "resize"},
};

static void test_wrong(const void *data)
{
    const Wrong *row = data;
    GError *error = NULL;

    g_assert_null(icl_recipe_parse(row->text, row->channels, "--preprocess", &error));
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, "--preprocess"));
    test_error(error, (IclError)error->code, row->says);
}

#define ADD_ROWS(prefix, rows, function)                                 \
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {                    \
        g_autofree char *path = g_strconcat(prefix, rows[i].name, NULL); \
        g_test_add_data_func(path, &rows[i], function);                  \
    }

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/preprocess/golden-pillow", test_golden);
    ADD_ROWS("/preprocess/line/", lines, test_line)
    ADD_ROWS("/preprocess/aspect/", aspects, test_aspect)
    ADD_ROWS("/preprocess/colour/", colours, test_colour)
    g_test_add_func("/preprocess/grey-range", test_grey_range);
    g_test_add_func("/preprocess/channels", test_channels);
    for (int format = 0; format <= ICL_PIXEL_YUY2; format++) {
        g_autofree char *path = g_strconcat("/preprocess/strides/", formats[format].name, NULL);
        g_test_add_data_func(path, GINT_TO_POINTER(format), test_strides);
    }
    g_test_add_func("/preprocess/nv12-is-i420", test_nv12_is_i420);
    g_test_add_func("/preprocess/yuy2-is-i420", test_yuy2_is_i420);
    g_test_add_func("/preprocess/siting", test_siting);
    g_test_add_func("/preprocess/reuse", test_reuse);
    ADD_ROWS("/preprocess/wrong/", wrongs, test_wrong)
    return g_test_run();
}
