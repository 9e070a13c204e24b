/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * `icl data` on a folder with everything wrong, and `icl pack` in the place of a folder. */
#include <icl/icl.h>
#include <jansson.h>
#include <string.h>

#include "fixture.h"

enum { SIDE = 40, LARGE = 400, SMALL = 40 };

/* Stripes whose colours, width and place are the number's own. */
static void write_picture(const Fixture *fixture, const char *name, int class, int number)
{
    g_autofree char *path = fixture_path(fixture, name);
    g_autofree guint8 *pixels = g_new(guint8, 3 * SIDE * SIDE);
    guint32 random = (guint32)number * 2654435761u + 12345;
    guint8 colours[4][4][3];
    IclFrame frame = {.format = ICL_PIXEL_RGB,
                      .range = ICL_RANGE_FULL,
                      .width = SIDE,
                      .height = SIDE,
                      .plane = {pixels},
                      .stride = {3 * SIDE}};
    for (int i = 0; i < 4 * 4 * 3; i++) {
        random = random * 1664525 + 1013904223;
        colours[i / 12][i / 3 % 4][i % 3] = (guint8)(random >> 25);
    }
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            for (int c = 0; c < 3; c++) {
                int stripe = class == 0 ? x / 4 % 2 : class == 1 ? y / 4 % 2 : (x + y) / 4 % 2;
                pixels[3 * (y * SIDE + x) + c] =
                    (guint8)(colours[y / 10][x / 10][c] + 100 * stripe);
            }
    g_assert_true(icl_picture_save_jpeg(&frame, 95, path, NULL));
}

static void copy(const Fixture *fixture, const char *from, const char *to)
{
    g_autofree char *bytes = NULL, *path = fixture_path(fixture, to);
    gsize size;
    read_file(fixture, from, &bytes, &size);
    g_assert_true(g_file_set_contents(path, bytes, (gssize)size, NULL));
}

/* Three classes, one of them ten times the others, of 40 pictures each; one file cut off, and two
 * pictures for training that are in the test part too. */
static void make_photos(const Fixture *fixture)
{
    static const char *const classes[] = {"ant", "bee", "cat"};
    int number = 0;
    for (int c = 0; c < 3; c++)
        for (int part = 0; part < 2; part++) {
            g_autofree char *folder =
                g_strdup_printf("photos/%s/%s", part ? "test" : "train", classes[c]);
            g_autofree char *path = fixture_path(fixture, folder);
            g_assert_cmpint(g_mkdir_with_parents(path, 0777), ==, 0);
            for (int i = 0; i < (part ? 10 : c ? SMALL : LARGE); i++) {
                g_autofree char *name = g_strdup_printf("%s/%03d.jpg", folder, i);
                write_picture(fixture, name, c, number++);
            }
        }
    copy(fixture, "photos/train/bee/003.jpg", "photos/test/bee/new.jpg");
    copy(fixture, "photos/train/ant/200.jpg", "photos/test/ant/new.jpg");
    g_autofree char *cut = fixture_path(fixture, "photos/train/cat/020.jpg"), *bytes = NULL;
    gsize size;
    read_file(fixture, "photos/train/cat/020.jpg", &bytes, &size);
    g_assert_true(g_file_set_contents(cut, bytes, (gssize)size / 2, NULL));
}

/* All of it is found, and the exit status says so. */
static void finds_all(gconstpointer data)
{
    Result result = run_icl(data, "data photos --quiet");
    g_assert_cmpint(result.status, ==, 1);
    g_assert_cmpstr(result.err, ==, "");
    expect_part(result.out, "class       train        test\nant           400          11\n");
    expect_part(result.out, "cat            39          10\n");
    expect_part(result.out, "unreadable: 1\n  photos/train/cat/020.jpg: is a damaged JPEG file");
    expect_part(result.out, "exact duplicates: 2 sets\n");
    expect_part(result.out,
                "photos/train/ant/200.jpg = photos/test/ant/new.jpg  (in several parts");
    expect_part(result.out,
                "photos/train/bee/003.jpg = photos/test/bee/new.jpg  (in several parts");
    expect_part(result.out, "broken: 1 picture cannot be read");
    expect_part(result.out, "broken: 2 pictures are in more than one part");
    expect_part(result.out, "\"ant\" has 10.3 times as many pictures as \"cat\"");
    expect_part(result.out, "--class-weight balanced");
    result_clear(&result);
}

static void as_json(gconstpointer data)
{
    Result result = run_icl(data, "data photos --json --near -1");
    g_assert_cmpint(result.status, ==, 1);
    json_t *json = json_loads(result.out, 0, NULL);
    g_assert_nonnull(json);
    g_assert_cmpuint(json_array_size(json_object_get(json, "unreadable")), ==, 1);
    g_assert_cmpuint(json_array_size(json_object_get(json, "exact_duplicates")), ==, 2);
    json_decref(json);
    result_clear(&result);
}

/* The fixture's test pictures are the first of the training's. */
static void sheet(gconstpointer data)
{
    Result result = run_icl(data, "data idx --near -1 --sheet s.png --augment hflip");
    g_autofree char *png = NULL;
    gsize size;
    g_assert_cmpint(result.status, ==, 1);
    expect_part(result.out, "0              60          20\n");
    expect_part(result.out, "channels  0 in colour, 240 grey\n");
    expect_part(result.out, "broken: 60 pictures are in more than one part");
    result_clear(&result);
    read_file(data, "s.png", &png, &size);
    g_assert_cmpmem(png, 4, "\x89PNG", 4);
}

/* What is packed trains to the same model, and pixels are taken too. */
static void packed(gconstpointer data)
{
    g_free(icl_output(data, "pack idx -o idx.icl-records --quiet"));
    g_free(icl_output(data, TRAIN "-o a.bin --epochs 1"));
    g_free(icl_output(data, "train idx.icl-records --model net.icl --batch 16 --optimizer "
                            "'adamw lr=0.02' --quiet -o b.bin --epochs 1"));
    g_autofree char *a = icl_output(data, "evaluate a.bin idx --json");
    g_autofree char *b = icl_output(data, "evaluate b.bin idx.icl-records --json");
    g_assert_cmpstr(a, ==, b);
    g_autofree char *out = icl_output(data, "pack photos -o p.icl-records --resize 32 --quiet");
    expect_part(out, "packed: p.icl-records\nleft out: 1 unreadable picture");
}

static void packing_fails(gconstpointer data)
{
    expect_failure(data, "pack photos -o q.icl-records --strict", "photos/train/cat/020.jpg");
    expect_failure(data, "pack nothing -o q.icl-records", "nothing: is not a folder");
    expect_failure(data, "pack idx -o nothing/q", "nothing/q: cannot be written");
    g_autofree char *path = fixture_path(data, "q.icl-records");
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

int main(int argc, char **argv)
{
    Fixture fixture;
    g_test_init(&argc, &argv, NULL);
    fixture_init(&fixture);
    make_photos(&fixture);
    g_test_add_data_func("/data/finds all", &fixture, finds_all);
    g_test_add_data_func("/data/as json", &fixture, as_json);
    g_test_add_data_func("/data/sheet", &fixture, sheet);
    g_test_add_data_func("/pack/in place of a folder", &fixture, packed);
    g_test_add_data_func("/pack/fails", &fixture, packing_fails);
    int status = g_test_run();
    fixture_clear(&fixture);
    return status;
}
