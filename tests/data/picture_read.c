/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Crops of files, decoded in part: to the bit those of the whole picture, however it is turned;
 * what dct=yes makes of them; and which damage is seen. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "helpers.h"
#include "jpeg_made.h"
#include "picture_read.h"

enum { H = 6, W = 5, VALUES = H * W * 3, DRAWS = 60, ORIENTATIONS = 8 };

/* Picture 0 is the file, turned in some way. */
typedef struct {
    char *folder;
    IclDataset *dataset;
    IclRecipe *recipe;
    GPtrArray *steps;
    IclPictureReader reader;
} Fixture;

static void write_turned(const char *folder, const TestJpeg *row, int orientation, size_t cut)
{
    char exif[] = "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x01\0\0\0\0\0\0";
    unsigned long size = 0;

    exif[25] = (char)orientation;
    unsigned char *bytes = test_jpeg_make(row, exif, sizeof exif - 1, &size);
    test_write(folder, "a/0.jpg", bytes, size - cut);
    free(bytes);
}

static Fixture fixture_new(const TestJpeg *row, int orientation, size_t cut, const char *steps)
{
    Fixture f = {.folder = test_folder_new()};

    write_turned(f.folder, row, orientation, cut);
    test_write_jpeg(f.folder, "b/1.jpg", 9, 9, 1, 2, 3);
    f.dataset = icl_dataset_open(f.folder, ICL_PART_TRAIN, NULL);
    f.recipe = icl_recipe_parse("stretch [6 5]", 3, "recipe", NULL);
    f.steps = icl_augment_parse(steps, "augment", NULL);
    f.reader = (IclPictureReader){f.dataset, icl_preprocessor_new(f.recipe),
                                  icl_augmenter_new(f.steps, H, W, 3, NULL)};
    return f;
}

static void fixture_clear(Fixture *f)
{
    icl_preprocessor_free(f->reader.preprocessor);
    icl_augmenter_free(f->reader.augmenter);
    g_ptr_array_unref(f->steps);
    icl_recipe_free(f->recipe);
    icl_dataset_free(f->dataset);
    test_folder_remove(f->folder);
}

static IclRandom draw_random(int draw)
{
    IclRandom random;

    icl_random_init(&random, 5, ICL_RANDOM_AUGMENT, 0, (uint64_t)draw);
    return random;
}

/* The same from all of the picture. */
static void read_whole(const Fixture *f, int draw, float *x)
{
    IclRandom random = draw_random(draw);
    g_auto(IclPicture) picture = {0};

    g_assert_true(icl_dataset_picture(f->dataset, 0, &picture, NULL));
    IclBox box = icl_augmenter_box(f->reader.augmenter, &random, &picture.frame);
    icl_preprocess_region(f->reader.preprocessor, &picture.frame, &box, x);
}

static const TestJpeg jpegs[] = {
    {"4:2:0", 47, 35, JCS_YCbCr, 2, 2, BASELINE, ICL_PIXEL_I420},
    {"4:2:2", 47, 35, JCS_YCbCr, 2, 1, BASELINE, ICL_PIXEL_Y42B},
    {"4:4:4-progressive", 40, 33, JCS_YCbCr, 1, 1, PROGRESSIVE, ICL_PIXEL_Y444},
    {"4:2:0-progressive", 33, 40, JCS_YCbCr, 2, 2, PROGRESSIVE, ICL_PIXEL_I420},
    {"4:1:1", 47, 35, JCS_YCbCr, 4, 1, BASELINE, ICL_PIXEL_RGB},
    {"grey", 35, 47, JCS_GRAYSCALE, 1, 1, BASELINE, ICL_PIXEL_GRAY8},
    {"cmyk", 35, 47, JCS_CMYK, 1, 1, BASELINE, ICL_PIXEL_RGB},
};

/* `most`: levels between a pixel and that of the whole picture. */
static void assert_crops(const TestJpeg *row, const char *steps, double most)
{
    for (int orientation = 1; orientation <= ORIENTATIONS; orientation++) {
        Fixture f = fixture_new(row, orientation, 0, steps);
        for (int draw = 0; draw < DRAWS; draw++) {
            IclRandom random = draw_random(draw);
            float part[VALUES], whole[VALUES];
            g_assert_true(icl_picture_read(&f.reader, 0, &random, part, NULL));
            read_whole(&f, draw, whole);
            if (most == 0)
                g_assert_cmpmem(part, sizeof part, whole, sizeof whole);
            for (int i = 0; most > 0 && i < VALUES; i++)
                g_assert_cmpfloat_with_epsilon(part[i], whole[i], most);
        }
        fixture_clear(&f);
    }
}

static void test_crop(const void *row) { assert_crops(row, "random_resized_crop", 0); }

/* On a ramp of at most 4 levels a pixel, a part moved by up to 4 pixels. */
static void test_dct(const void *row)
{
    assert_crops(row, "random_resized_crop [0.5 1] dct=yes", 4 * (3 + 4) + 6);
}

/* Where the end of a file is missing, crops that lie above it are read, and others are an error. */
static void test_cut(void)
{
    Fixture f = fixture_new(&jpegs[0], 1, 200, "random_resized_crop [0.05 0.3]");
    int read = 0, refused = 0;

    for (int draw = 0; draw < DRAWS; draw++) {
        IclRandom random = draw_random(draw);
        GError *error = NULL;
        float x[VALUES];
        if (icl_picture_read(&f.reader, 0, &random, x, &error)) {
            read++;
        } else {
            refused++;
            test_error(error, ICL_ERROR_FORMAT, "damaged JPEG file");
        }
    }
    g_assert_cmpint(read, >, DRAWS / 20);
    g_assert_cmpint(refused, >, DRAWS / 20);
    fixture_clear(&f);
}

/* Without a crop all of a file is read. */
static void test_cut_whole(void)
{
    Fixture f = fixture_new(&jpegs[0], 1, 3, "hflip");
    IclRandom random = draw_random(0);
    GError *error = NULL;
    float x[VALUES];

    g_assert_false(icl_picture_read(&f.reader, 0, &random, x, &error));
    test_error(error, ICL_ERROR_FORMAT, "damaged JPEG file");
    fixture_clear(&f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(jpegs); i++) {
        g_autofree char *crop = g_strconcat("/picture-read/crop/", jpegs[i].name, NULL);
        g_autofree char *dct = g_strconcat("/picture-read/dct/", jpegs[i].name, NULL);
        g_test_add_data_func(crop, &jpegs[i], test_crop);
        g_test_add_data_func(dct, &jpegs[i], test_dct);
    }
    g_test_add_func("/picture-read/cut", test_cut);
    g_test_add_func("/picture-read/cut-whole", test_cut_whole);
    return g_test_run();
}
