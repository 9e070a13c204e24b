/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "album.h"

#include "preprocess.h"

#define STAMPS "/usr/share/tuxpaint/stamps/"
#define SCENES "/usr/share/doc/opencv-doc/examples/data/"

static const struct {
    const char *kind, *path;
} photographs[] = {
    {"animal", STAMPS "animals/amphibians/frog-1.png"},
    {"animal", STAMPS "animals/birds/albino_peahen.png"},
    {"animal", STAMPS "animals/birds/crowned_crane.png"},
    {"animal", STAMPS "animals/birds/helmeted_guineafowl.png"},
    {"animal", STAMPS "animals/birds/peacock.png"},
    {"animal", STAMPS "animals/birds/pelican.png"},
    {"animal", STAMPS "animals/birds/turkey.png"},
    {"animal", STAMPS "animals/fish/lobster.png"},
    {"animal", STAMPS "animals/insects/mantis.png"},
    {"animal", STAMPS "animals/mammals/aquatic/otter.png"},
    {"animal", STAMPS "animals/mammals/bears/european-bear.png"},
    {"animal", STAMPS "animals/mammals/bovines/gnu-stand.png"},
    {"animal", STAMPS "animals/mammals/cats/tiger_sumatran.png"},
    {"animal", STAMPS "animals/mammals/rodents/capybara.png"},
    {"plant", STAMPS "food/fruit/Apricot_whole.png"},
    {"plant", STAMPS "food/fruit/Cherry_Stella.png"},
    {"plant", STAMPS "food/fruit/Strawberry2.png"},
    {"plant", STAMPS "food/fruit/avocado.png"},
    {"plant", STAMPS "food/fruit/cherimoya.png"},
    {"plant", STAMPS "food/fruit/kiwi.png"},
    {"plant", STAMPS "food/fruit/orange_seville.png"},
    {"plant", STAMPS "plants/flowers/anemone_red.png"},
    {"plant", STAMPS "plants/flowers/daffodil.png"},
    {"plant", STAMPS "plants/lavender.png"},
    {"plant", STAMPS "plants/mushrooms/cep.png"},
    {"plant", STAMPS "plants/trees/holm_oak.png"},
    {"plant", STAMPS "plants/trees/liberia-palm.png"},
    {"vehicle", STAMPS "military/vehicles/f22_raptor.png"},
    {"vehicle", STAMPS "vehicles/construction/dumper.png"},
    {"vehicle", STAMPS "vehicles/emergency/firetruck.png"},
    {"vehicle", STAMPS "vehicles/flight/balloon360.png"},
    {"vehicle", STAMPS "vehicles/flight/planes/747.png"},
    {"vehicle", STAMPS "vehicles/garbagetruck.png"},
    {"vehicle", STAMPS "vehicles/masstransit/green_korean_bus.png"},
    {"vehicle", STAMPS "vehicles/race/indycar.png"},
    {"scene", SCENES "aero1.jpg"},
    {"scene", SCENES "aloeL.jpg"},
    {"scene", SCENES "apple.jpg"},
    {"scene", SCENES "baboon.jpg"},
    {"scene", SCENES "board.jpg"},
    {"scene", SCENES "building.jpg"},
    {"scene", SCENES "butterfly.jpg"},
    {"scene", SCENES "fruits.jpg"},
    {"scene", SCENES "home.jpg"},
    {"scene", SCENES "leuvenA.jpg"},
    {"scene", SCENES "messi5.jpg"},
    {"scene", SCENES "orange.jpg"},
    {"scene", SCENES "squirrel_cls.jpg"},
    {"scene", SCENES "starry_night.jpg"},
    {"scene", SCENES "stuff.jpg"},
};

const AlbumFormat album_formats[ALBUM_FORMATS] = {
    {GST_VIDEO_FORMAT_Y444, -1, false},     {GST_VIDEO_FORMAT_Y42B, -1, true},
    {GST_VIDEO_FORMAT_I420, -1, true},      {GST_VIDEO_FORMAT_I420_10LE, -1, true},
    {GST_VIDEO_FORMAT_P010_10LE, -1, true}, {GST_VIDEO_FORMAT_YUY2, 1, true},
    {GST_VIDEO_FORMAT_UYVY, 1, true},       {GST_VIDEO_FORMAT_YV12, 2, true},
    {GST_VIDEO_FORMAT_NV12, 2, true},       {GST_VIDEO_FORMAT_NV21, 2, true},
};
G_STATIC_ASSERT(G_N_ELEMENTS(photographs) == ALBUM_PHOTOGRAPHS * ALBUM_STRIDE);

bool album_installed(void)
{
    return g_file_test(STAMPS, G_FILE_TEST_IS_DIR) && g_file_test(SCENES, G_FILE_TEST_IS_DIR);
}

const char *album_kind(int photograph) { return photographs[photograph * ALBUM_STRIDE].kind; }

/* [height, width, 3] in 0..255, stretched; transparent parts are the recipe's background. */
static float *photograph_pixels(int i, int width, int height)
{
    g_autofree char *text = g_strdup_printf("resize [%d %d]", height, width);
    g_autoptr(GError) error = NULL;
    IclPicture picture;

    icl_picture_load(photographs[i * ALBUM_STRIDE].path, &picture, &error);
    g_assert_no_error(error);
    g_autoptr(IclRecipe) recipe = icl_recipe_parse(text, 3, "test", &error);
    g_assert_no_error(error);
    g_autoptr(IclPreprocessor) preprocessor = icl_preprocessor_new(recipe);
    float *pixels = g_new(float, (size_t)height *width * 3);
    icl_preprocess(preprocessor, &picture.frame, pixels);
    icl_picture_clear(&picture);
    return pixels;
}

static GstBuffer *photograph_buffer(int i, const GstVideoInfo *info)
{
    g_autofree float *pixels = photograph_pixels(i, info->width, info->height);
    GstBuffer *buffer = gst_buffer_new_allocate(NULL, info->size, NULL);
    GstVideoFrame frame;

    g_assert_true(gst_video_frame_map(&frame, info, buffer, GST_MAP_WRITE));
    for (int y = 0; y < info->height; y++) {
        guint8 *row = (guint8 *)GST_VIDEO_FRAME_PLANE_DATA(&frame, 0) +
                      (size_t)y * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
        const float *from = pixels + (size_t)y * info->width * 3;
        for (int x = 0; x < info->width; x++)
            for (int c = 0; c < 3; c++)
                row[4 * x + c] = (guint8)(from[3 * x + c] + 0.5f);
    }
    gst_video_frame_unmap(&frame);
    return buffer;
}

void album_open(Album *album, int width, int height)
{
    gst_video_info_set_format(&album->info, GST_VIDEO_FORMAT_RGBx, width, height);
    for (int i = 0; i < ALBUM_PHOTOGRAPHS; i++)
        album->photograph[i] = photograph_buffer(i, &album->info);
}

void album_close(Album *album)
{
    for (int i = 0; i < ALBUM_PHOTOGRAPHS; i++)
        gst_buffer_unref(album->photograph[i]);
}

static void conversion_open(Conversion *c, const GstVideoInfo *from, GstVideoFormat format,
                            const char *colorimetry)
{
    gst_video_info_set_format(&c->info, format, from->width, from->height);
    g_assert_true(gst_video_colorimetry_from_string(&c->info.colorimetry, colorimetry));
    c->converter = gst_video_converter_new((GstVideoInfo *)from, &c->info, NULL);
    g_assert_nonnull(c->converter);
    c->buffer = gst_buffer_new_allocate(NULL, c->info.size, NULL);
}

static void conversion_close(Conversion *c)
{
    gst_video_converter_free(c->converter);
    gst_buffer_unref(c->buffer);
}

static void conversion_run(Conversion *to, const GstVideoInfo *info, GstBuffer *from)
{
    GstVideoFrame source, target;

    g_assert_true(gst_video_frame_map(&source, info, from, GST_MAP_READ));
    g_assert_true(gst_video_frame_map(&target, &to->info, to->buffer, GST_MAP_WRITE));
    gst_video_converter_frame(to->converter, &source, &target);
    gst_video_frame_unmap(&target);
    gst_video_frame_unmap(&source);
}

void album_visit(const Album *album, const char *colorimetry, int n, AlbumVisit visit, void *user)
{
    Conversion conversions[ALBUM_FORMATS];

    for (int f = 0; f < n; f++) {
        int base = album_formats[f].base;
        conversion_open(&conversions[f], base < 0 ? &album->info : &conversions[base].info,
                        album_formats[f].format, colorimetry);
    }
    for (int i = 0; i < ALBUM_PHOTOGRAPHS; i++) {
        for (int f = 0; f < n; f++) {
            const Conversion *base = &conversions[MAX(album_formats[f].base, 0)];
            if (album_formats[f].base < 0)
                conversion_run(&conversions[f], &album->info, album->photograph[i]);
            else
                conversion_run(&conversions[f], &base->info, base->buffer);
        }
        visit(i, conversions, n, user);
    }
    for (int f = 0; f < n; f++)
        conversion_close(&conversions[f]);
}

void album_visit_one(const Album *album, const char *colorimetry, GstVideoFormat format,
                     AlbumVisit visit, void *user)
{
    Conversion conversion;

    conversion_open(&conversion, &album->info, format, colorimetry);
    for (int i = 0; i < ALBUM_PHOTOGRAPHS; i++) {
        conversion_run(&conversion, &album->info, album->photograph[i]);
        visit(i, &conversion, 1, user);
    }
    conversion_close(&conversion);
}
