/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

enum { SIDE = 8, PIXELS = SIDE * SIDE };

static const char network[] = "input 8 8 1\nconv2d 8 3 ! relu ! globalpool ! dense $classes\n";

/* Stripes along x, along y, a checkerboard, or a ramp: told apart by a 3x3 kernel. */
static guint8 pixel(int class, int y, int x, int noise)
{
    const int values[] = {x % 2 * 200, y % 2 * 200, (x + y) % 2 * 200, x * 25};
    return (guint8)(values[class] + noise);
}

static void append_big_endian(GByteArray *bytes, guint32 value)
{
    value = GUINT32_TO_BE(value);
    g_byte_array_append(bytes, (const guint8 *)&value, 4);
}

static void save_bytes(const Fixture *fixture, const char *name, const GByteArray *bytes)
{
    g_autofree char *path = fixture_path(fixture, name);
    g_assert_true(g_file_set_contents(path, (const char *)bytes->data, bytes->len, NULL));
}

/* `n` pictures of each class, one class after another in turn. */
static void write_idx(const Fixture *fixture, const char *folder, const char *part, int classes,
                      int n)
{
    g_autoptr(GByteArray) images = g_byte_array_new(), labels = g_byte_array_new();
    guint32 header[] = {0x803, (guint32)(classes * n), SIDE, SIDE}, random = 1;
    for (gsize i = 0; i < G_N_ELEMENTS(header); i++)
        append_big_endian(images, header[i]);
    append_big_endian(labels, 0x801);
    append_big_endian(labels, header[1]);
    for (int i = 0; i < classes * n; i++) {
        guint8 class = (guint8)(i % classes);
        g_byte_array_append(labels, &class, 1);
        for (int p = 0; p < PIXELS; p++) {
            random = random * 1664525 + 1013904223;
            guint8 value = pixel(class, p / SIDE, p % SIDE, random >> 27);
            g_byte_array_append(images, &value, 1);
        }
    }
    g_autofree char *image_name = g_strdup_printf("%s/%s-images-idx3-ubyte", folder, part);
    g_autofree char *label_name = g_strdup_printf("%s/%s-labels-idx1-ubyte", folder, part);
    save_bytes(fixture, image_name, images);
    save_bytes(fixture, label_name, labels);
}

static void make_folder(const Fixture *fixture, const char *name)
{
    g_autofree char *path = fixture_path(fixture, name);
    g_assert_cmpint(g_mkdir_with_parents(path, 0777), ==, 0);
}

static void save_text(const Fixture *fixture, const char *name, const char *text)
{
    g_autofree char *path = fixture_path(fixture, name);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void move(const Fixture *fixture, const char *from, const char *to)
{
    g_autofree char *old = fixture_path(fixture, from), *new = fixture_path(fixture, to);
    g_assert_cmpint(g_rename(old, new), ==, 0);
}

/* Class folders named as two classes of "idx", not the first two: pictures that the program writes.
 */
static void make_picture_folder(const Fixture *fixture)
{
    make_folder(fixture, "folder/1");
    make_folder(fixture, "folder/2");
    g_free(icl_output(fixture, "frames idx frames --limit 5"));
    move(fixture, "frames/00001.jpg", "folder/1/a.jpg");
    move(fixture, "frames/00004.jpg", "folder/1/b.jpg");
    move(fixture, "frames/00002.jpg", "folder/2/a.jpg");
    save_text(fixture, "folder/2/broken.jpg", "not a picture");
}

void fixture_init(Fixture *fixture)
{
    const char *program = g_getenv("ICL_PROGRAM");
    g_assert_nonnull(program);
    fixture->program = g_canonicalize_filename(program, NULL);
    fixture->folder = g_dir_make_tmp("icl-tools-XXXXXX", NULL);
    g_assert_nonnull(fixture->folder);
    make_folder(fixture, "idx");
    make_folder(fixture, "idx4");
    write_idx(fixture, "idx", "train", 3, 60);
    write_idx(fixture, "idx", "t10k", 3, 20);
    write_idx(fixture, "idx4", "train", 4, 10);
    write_idx(fixture, "idx4", "t10k", 4, 10);
    save_text(fixture, "net.icl", network);
    save_text(fixture, "text", "this is no model");
    make_picture_folder(fixture);
}

static void remove_all(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *below = g_build_filename(path, name, NULL);
        remove_all(below);
    }
    g_remove(path);
}

void fixture_clear(Fixture *fixture)
{
    remove_all(fixture->folder);
    g_free(fixture->folder);
    g_free(fixture->program);
}

Result run_icl(const Fixture *fixture, const char *line)
{
    g_autofree char *quoted = g_shell_quote(fixture->program);
    g_autofree char *whole = g_strconcat(quoted, " ", line, NULL);
    g_auto(GStrv) argv = NULL;
    GError *error = NULL;
    Result result;
    int status;
    g_assert_true(g_shell_parse_argv(whole, NULL, &argv, &error));
    g_spawn_sync(fixture->folder, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &result.out, &result.err,
                 &status, &error);
    g_assert_no_error(error);
    if (!WIFEXITED(status))
        g_error("icl %s was ended by signal %d: %s", line, WTERMSIG(status), result.err);
    result.status = WEXITSTATUS(status);
    return result;
}

void result_clear(Result *result)
{
    g_free(result->out);
    g_free(result->err);
}

char *icl_output(const Fixture *fixture, const char *line)
{
    Result result = run_icl(fixture, line);
    if (result.status != 0)
        g_error("icl %s: exit status %d: %s", line, result.status, result.err);
    g_free(result.err);
    return result.out;
}

void need_model(const Fixture *fixture)
{
    g_autofree char *path = fixture_path(fixture, "m.bin");
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        g_free(icl_output(fixture, TRAIN "-o m.bin --epochs 6"));
}

char *fixture_path(const Fixture *fixture, const char *name)
{
    return g_build_filename(fixture->folder, name, NULL);
}

void read_file(const Fixture *fixture, const char *name, char **bytes, gsize *size)
{
    g_autofree char *path = fixture_path(fixture, name);
    GError *error = NULL;
    g_file_get_contents(path, bytes, size, &error);
    g_assert_no_error(error);
}

bool same_file(const Fixture *fixture, const char *a, const char *b)
{
    g_autofree char *x = NULL, *y = NULL;
    gsize size_x, size_y;
    read_file(fixture, a, &x, &size_x);
    read_file(fixture, b, &y, &size_y);
    return size_x == size_y && memcmp(x, y, size_x) == 0;
}

void expect_failure(const Fixture *fixture, const char *line, const char *part)
{
    Result result = run_icl(fixture, line);
    g_assert_cmpint(result.status, ==, 1);
    expect_part(result.err, part);
    result_clear(&result);
}

void expect_part(const char *text, const char *part)
{
    if (!strstr(text, part))
        g_error("\"%s\" is not in \"%s\"", part, text);
}
