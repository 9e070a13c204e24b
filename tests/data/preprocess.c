/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * From pixels to tensor: against Pillow, against closed forms, and what is no recipe. */
#include <string.h>

#include "frames.h"
#include "golden_resize.h"
#include "helpers.h"

static void test_golden(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(golden_resize); i++) {
        int rows = golden_resize[i].rows, columns = golden_resize[i].columns, n;
        TestFrame f = frame_new(ICL_PIXEL_GRAY8, golden_resize[i].w, golden_resize[i].h, 0);
        g_autofree char *text =
            g_strdup_printf("background %d ! %s [%d %d]", GOLDEN_BACKGROUND,
                            golden_resize[i].letterbox ? "letterbox" : "stretch", rows, columns);
        f.frame.range = ICL_RANGE_FULL;
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
    {"stretch", "stretch [1 4]", 2, {0, 100}, 4, {0, 25, 75, 100}},
    {"stretch-crop", "stretch [1 4] ! crop [1 2]", 2, {0, 100}, 2, {25, 75}},
    {"letterbox", "letterbox [3 3]", 3, {1, 2, 3}, 9, {0, 0, 0, 1, 2, 3, 0, 0, 0}},
    {"letterbox-odd", "letterbox [2 3]", 3, {1, 2, 3}, 6, {1, 2, 3, 0, 0, 0}},
    {"letterbox-up", "letterbox [2 4]", 2, {0, 100}, 8, {0, 25, 75, 100, 0, 25, 75, 100}},
    {"letterbox-down", "letterbox [2 2]", 4, {70, 0, 0, 0}, 4, {30, 0, 0, 0}},
    {"letterbox-sliver", "letterbox 2", 12, {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9}, 4, {9, 9, 0, 0}},
    {"background-crop", "background 7 ! crop [1 4]", 2, {1, 2}, 4, {7, 1, 2, 7}},
    {"background-letterbox", "background 7.5 ! letterbox [2 2]", 2, {1, 2}, 4, {1, 2, 7.5f, 7.5f}},
    {"background-luma", "background [255 0 100] ! crop [1 2]", 1, {1}, 2, {1, 87.645f}},
    {"background-normalized", "background 255 ! crop [1 2] ! normalize", 1, {0}, 2, {0, 1}},
    {"featurewise", "crop [1 2] ! featurewise", 2, {51, 255}, 2, {0.2f, 1}}, /* without numbers */
    {"rescale", "crop [1 2] ! rescale 0.5 offset=-1", 2, {2, 10}, 2, {0, 4}},
    {"rescale-default", "crop [1 2] ! rescale", 2, {51, 255}, 2, {0.2f, 1}},
    {"samplewise",
     "crop [1 4] ! samplewise",
     4,
     {1, 2, 3, 4},
     4,
     {-1.34164f, -0.447213f, 0.447213f, 1.34164f}},
    {"samplewise-center", "crop [1 2] ! samplewise std=no", 2, {1, 3}, 2, {-1, 1}},
    {"samplewise-rescale", "crop [1 2] ! rescale ! samplewise", 2, {0, 255}, 2, {-1, 1}},
    {"samplewise-even", "crop [1 2] ! samplewise", 2, {7, 7}, 2, {0, 0}},
    {"zca", "crop [1 2] ! rescale ! zca", 2, {51, 255}, 2, {0.2f, 1}}, /* without its matrix */
    {"normalize-padding", "crop [1 3] ! normalize mean=1", 1, {255}, 3, {-1, 0, -1}},
};

static void test_line(const void *data)
{
    const Line *row = data;
    g_autofree uint8_t *in = g_memdup2(row->in, row->n_in);
    IclFrame frame = {.format = ICL_PIXEL_GRAY8,
                      .range = ICL_RANGE_FULL,
                      .width = row->n_in,
                      .height = 1,
                      .plane = {in},
                      .stride = {row->n_in}};
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

/* One preprocessor for frames of changing geometry gives what a fresh one gives: each frame differs
 * from the one before in the format, the width, the height or the orientation alone. */
static void test_reuse(void)
{
    g_autoptr(IclRecipe) recipe =
        icl_recipe_parse("background [1 2 3] ! resize 12 ! crop [10 11]", 3, "recipe", NULL);
    g_autoptr(IclPreprocessor) kept = icl_preprocessor_new(recipe);
    float a[10 * 11 * 3], b[10 * 11 * 3];

    for (int i = 0; i < 4 * ICL_PIXEL_FORMATS; i++) {
        int format = (i + 3) / 4 % ICL_PIXEL_FORMATS, width = 9 + (i + 2) / 4 * 7 % 20;
        TestFrame f = frame_new((IclPixelFormat)format, width, 8 + (i + 1) / 4 * 5 % 30, i % 5);
        g_autoptr(IclPreprocessor) fresh = icl_preprocessor_new(recipe);
        f.frame.orientation = i / 4 % 8 + 1;
        icl_preprocess(kept, &f.frame, a);
        icl_preprocess(fresh, &f.frame, b);
        g_assert_cmpmem(a, sizeof a, b, sizeof b);
        frame_clear(&f);
    }
}

/* The background is the same around a picture, where it is transparent, and in grey. */
static void test_background(void)
{
    TestFrame f = frame_new(ICL_PIXEL_ARGB, 1, 1, 0);
    int n;

    frame_set(&f, 3, 0, 0, 0);
    g_autofree float *rgb = run_recipe("background [10 20.5 255] ! crop [1 3]", 3, &f.frame, &n);
    for (int i = 0; i < n; i++)
        g_assert_cmpfloat(rgb[i], ==, ((float[]){10, 20.5f, 255})[i % 3]);
    g_autofree float *grey = run_recipe("background [10 20.5 255] ! crop [1 3]", 1, &f.frame, &n);
    for (int i = 0; i < n; i++)
        g_assert_cmpfloat_with_epsilon(grey[i], 0.299 * 10 + 0.587 * 20.5 + 0.114 * 255, 1e-4);
    frame_clear(&f);
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
    {"rescale-too", "crop 9 ! normalize ! rescale", 3, ICL_ERROR_VALUE,
     "\"rescale\" cannot stand here"},
    {"samplewise-first", "crop 9 ! samplewise ! normalize", 3, ICL_ERROR_VALUE,
     "\"normalize\" cannot stand here"},
    {"zca-first", "crop 9 ! zca ! samplewise", 3, ICL_ERROR_VALUE,
     "\"samplewise\" cannot stand here"},
    {"zca-of-many", "crop 40 ! zca", 3, ICL_ERROR_VALUE, "40x40x3 are 4800; make them smaller"},
    {"zca-zero", "crop 4 ! zca 0", 3, ICL_ERROR_VALUE, "epsilon"},
    {"zca-of-any-size", "zca", 3, ICL_ERROR_VALUE, "does not give every picture the same size"},
    {"twice", "crop 9 ! crop 4", 3, ICL_ERROR_VALUE, "\"crop\" cannot stand here"},
    {"normalize-first", "normalize ! crop 4", 3, ICL_ERROR_VALUE, "\"crop\" cannot stand here"},
    {"three-means-for-one", "crop 4 ! normalize mean=[0 0 0]", 1, ICL_ERROR_VALUE,
     "mean has 3 numbers for 1 channel;"},
    {"two-stds-for-three", "crop 4 ! normalize std=[1 1]", 3, ICL_ERROR_VALUE,
     "std has 2 numbers for 3 channels;"},
    {"three-sizes", "resize [3 4 5]", 3, ICL_ERROR_VALUE, "resize has a list"},
    {"no-sizes", "resize []", 3, ICL_ERROR_VALUE, "resize"},
    {"broken-size", "resize [3.5 4]", 3, ICL_ERROR_VALUE, "not a whole number"},
    {"background-late", "crop 4 ! background 9", 3, ICL_ERROR_VALUE,
     "\"background\" cannot stand here; the order is background ! resize"},
    {"two-colours", "background [1 2] ! crop 4", 3, ICL_ERROR_VALUE, "background has 2 numbers"},
    {"too-bright", "background 256 ! crop 4", 3, ICL_ERROR_VALUE, "colour"},
    {"letterbox-after-resize", "resize 9 ! letterbox 4", 3, ICL_ERROR_VALUE,
     "with letterbox or stretch in the place of resize"},
    {"letterbox-and-stretch", "stretch 9 ! letterbox 4", 3, ICL_ERROR_VALUE,
     "\"letterbox\" cannot stand here"},
    {"zero", "crop 0", 3, ICL_ERROR_VALUE, "crop"},
    {"zero-std", "crop 4 ! normalize std=0", 3, ICL_ERROR_VALUE, "std"},
    {"huge", "crop 1000000", 3, ICL_ERROR_VALUE, "crop"},
    {"unknown", "resise 4 ! crop 4", 3, ICL_ERROR_SYNTAX, "resize"},
};

static void test_featurewise(void)
{
    static const char *const rows[][2] = {
        {"crop 9 ! featurewise", "crop 9 ! normalize mean=[0.5 0.25 0.1] std=[0.3 0.2 0.1]"},
        {"stretch [3 4] ! featurewise std=no ! samplewise",
         "stretch [3 4] ! normalize mean=[0.5 0.25 0.1] ! samplewise"},
        {"crop 4 ! featurewise std=no ! zca 0.1",
         "crop 4 ! normalize mean=[0.5 0.25 0.1] ! zca epsilon=0.1"}};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(IclRecipe) open = icl_recipe_parse(rows[i][0], 3, "recipe", NULL);
        g_autofree char *text = icl_recipe_close(rows[i][0], "[0.5 0.25 0.1]", "[0.3 0.2 0.1]");
        g_assert_cmpstr(text, ==, rows[i][1]);
        g_autoptr(IclRecipe) closed = icl_recipe_parse(text, 3, "recipe", NULL);
        g_assert_true(icl_recipe_is_open(open) && !icl_recipe_is_open(closed));
    }
}

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
    g_test_add_func("/preprocess/featurewise", test_featurewise);
    g_test_add_func("/preprocess/golden-pillow", test_golden);
    ADD_ROWS("/preprocess/line/", lines, test_line)
    ADD_ROWS("/preprocess/aspect/", aspects, test_aspect)
    g_test_add_func("/preprocess/reuse", test_reuse);
    g_test_add_func("/preprocess/background", test_background);
    ADD_ROWS("/preprocess/wrong/", wrongs, test_wrong)
    return g_test_run();
}
