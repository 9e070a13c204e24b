/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Resizing's figures are of whole frames: what a camera's picture costs before the network sees it.
 */
#include <stdio.h>

#include "kernels_test.h"
#include "preprocess.h"

enum { WIDTH = 1920, HEIGHT = 1080 };

typedef struct Format {
    const char *name;
    IclPixelFormat format;
    int stride[3], offset[3]; /* of the planes in one block */
} Format;

static const Format formats[] = {
    {"NV12", ICL_PIXEL_NV12, {WIDTH, WIDTH}, {0, WIDTH *HEIGHT}},
    {"I420",
     ICL_PIXEL_I420,
     {WIDTH, WIDTH / 2, WIDTH / 2},
     {0, WIDTH *HEIGHT, WIDTH *HEIGHT * 5 / 4}},
    {"YUY2", ICL_PIXEL_YUY2, {2 * WIDTH}},
    {"RGB", ICL_PIXEL_RGB, {3 * WIDTH}},
    {"RGBA", ICL_PIXEL_RGBA, {4 * WIDTH}},
    {"P010", ICL_PIXEL_P010_10LE, {2 * WIDTH, 2 * WIDTH}, {0, 2 * WIDTH *HEIGHT}},
};

typedef struct Camera {
    IclPreprocessor *preprocessor;
    IclFrame frame;
    float *out;
} Camera;

static void camera_run(void *data)
{
    const Camera *camera = data;

    icl_preprocess(camera->preprocessor, &camera->frame, camera->out);
}

static void bench_frame(const Format *row, const char *text)
{
    g_autoptr(IclRecipe) recipe = icl_recipe_parse(text, 3, "bench", NULL);
    g_autoptr(IclPreprocessor) preprocessor = icl_preprocessor_new(recipe);
    g_autofree uint8_t *bytes = g_malloc(4 * WIDTH * HEIGHT);
    g_autofree float *out = g_new(float, 224 * 224 * 3);
    Camera camera = {preprocessor,
                     {.format = row->format, .orientation = 1, .width = WIDTH, .height = HEIGHT},
                     out};
    Timed timed = {camera_run, &camera};

    for (int i = 0; i < 4 * WIDTH * HEIGHT; i++)
        bytes[i] = (uint8_t)(i * 7 + i / WIDTH);
    for (int p = 0; p < 3; p++) {
        camera.frame.plane[p] = bytes + row->offset[p];
        camera.frame.stride[p] = row->stride[p];
    }
    bench_interleaved(&timed, 1, 0.3);
    printf("resize %s %dx%d \"%s\" %s: best %.3f, median %.3f ms\n", row->name, WIDTH, HEIGHT, text,
           icl_kernels()->name, timed.best * 1e3, timed.median * 1e3);
}

/* On the tier of the process: ICL_CPU chooses another. */
void resize_bench(const Bench *bench)
{
    static const char *const recipes[] = {
        "resize 256 ! crop 224 ! normalize",
        "letterbox 224 ! normalize",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(recipes); i++)
        for (size_t f = 0; f < G_N_ELEMENTS(formats); f++) {
            g_autofree char *line = g_strdup_printf("resize %s %s", formats[f].name, recipes[i]);
            if (bench_wants(bench, line))
                bench_frame(&formats[f], recipes[i]);
        }
}
