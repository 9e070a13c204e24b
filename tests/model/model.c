/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Model files: there and back, and what is wrong with one is said. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include <icl/icl.h>

#include "model.h"

#define TEXT "input 6 6 3 ! conv2d 4 3 bias=no ! batchnorm ! relu ! globalpool ! dense $classes"

static const char *const labels[] = {"cat", "dog \"x\"", "Käse", NULL};

typedef struct Folder {
    char *path, *file;
} Folder;

static Folder folder_new(void)
{
    char *path = g_dir_make_tmp("icl-model-XXXXXX", NULL);
    return (Folder){path, g_build_filename(path, "m.bin", NULL)};
}

static void folder_free(Folder *folder)
{
    g_unlink(folder->file);
    g_rmdir(folder->path);
    g_free(folder->file);
    g_free(folder->path);
}

static IclModel *model_new(guint64 seed)
{
    GError *error = NULL;
    IclModel *model = icl_model_from_description(TEXT, "row", labels, seed, &error);

    g_assert_no_error(error);
    return model;
}

static void scores_of(IclModel *model, float *scores)
{
    guint8 pixels[9 * 7 * 3];
    IclFrame frame = {.format = ICL_PIXEL_RGB,
                      .range = ICL_RANGE_FULL,
                      .width = 9,
                      .height = 7,
                      .plane = {pixels},
                      .stride = {27}};
    g_autoptr(IclClassifier) classifier = icl_classifier_new(model, 1, 1, NULL);

    for (gsize i = 0; i < sizeof pixels; i++)
        pixels[i] = (guint8)(i * 37 % 251);
    memcpy(scores, icl_classifier_frame(classifier, &frame), 3 * sizeof *scores);
}

/* What an application gets wrong is refused: nothing is looked at. */
static void a_classifier_refuses(void)
{
    g_autoptr(IclModel) model = model_new(3);
    g_autoptr(IclClassifier) classifier = icl_classifier_new(model, 2, 1, NULL);
    guint8 pixels[27] = {0};
    IclFrame good = {
        .format = ICL_PIXEL_RGB, .width = 3, .height = 3, .plane = {pixels}, .stride = {9}};
    IclFrame frames[3] = {good, good, good}, bad = good;

    bad.plane[0] = NULL;
    g_assert_nonnull(icl_classifier_frames(classifier, frames, 2));
    g_assert_null(icl_classifier_frames(classifier, frames, 3));
    g_assert_null(icl_classifier_frames(classifier, frames, 0));
    g_assert_null(icl_classifier_frame(classifier, &bad));
    frames[1] = bad;
    g_assert_null(icl_classifier_frames(classifier, frames, 2));
    for (int i = 0; i < 3; i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(icl_classifier_new(model, i ? 1 - i : -7, i == 1 ? 1 : -3, &error));
        g_assert_error(error, ICL_ERROR, ICL_ERROR_VALUE);
    }
}

static void there_and_back(void)
{
    Folder folder = folder_new();
    g_autoptr(IclModel) model = model_new(3);
    GError *error = NULL;
    float before[3], after[3];

    icl_model_set_metadata(model, "training.seed", "3");
    g_assert_true(icl_model_save(model, folder.file, &error));
    g_autoptr(IclModel) loaded = icl_model_load(folder.file, &error);
    g_assert_no_error(error);
    g_assert_true(g_strv_equal(icl_model_labels(loaded), labels));
    g_assert_cmpstr(icl_model_description(loaded), ==, icl_model_description(model));
    g_assert_cmpstr(icl_model_recipe(loaded), ==, "resize 6 ! crop [6 6] ! normalize");
    g_assert_cmpstr(icl_model_metadata(loaded, "training.seed"), ==, "3");
    g_assert_cmpint(icl_model_parameters(loaded), ==, 3 * 3 * 3 * 4 + 8 + 4 * 3 + 3);
    scores_of(model, before);
    scores_of(loaded, after);
    g_assert_cmpmem(before, sizeof before, after, sizeof after);
    g_assert_cmpfloat_with_epsilon(before[0] + before[1] + before[2], 1, 1e-6);
    folder_free(&folder);
}

static void labels_there_and_back(void)
{
    Folder folder = folder_new();
    g_autoptr(IclModel) classes = model_new(3), several = model_new(3);
    GError *error = NULL;
    float odds[3], scores[3], after[3];

    icl_model_set_multi_label(several, true);
    g_assert_false(icl_model_is_multi_label(classes));
    g_assert_true(icl_model_save(several, folder.file, &error));
    g_autoptr(IclModel) loaded = icl_model_load(folder.file, &error);
    g_assert_no_error(error);
    g_assert_true(icl_model_is_multi_label(loaded));
    scores_of(classes, odds);
    scores_of(several, scores);
    scores_of(loaded, after);
    g_assert_cmpmem(scores, sizeof scores, after, sizeof after);
    for (int c = 0; c < 3; c++) /* softmax has the ratios, sigmoid the odds: of the same logits */
        g_assert_cmpfloat_with_epsilon(scores[c] / (1 - scores[c]) * odds[0],
                                       scores[0] / (1 - scores[0]) * odds[c], 1e-5);
    folder_free(&folder);
}

#define WHITE "crop 6 ! normalize ! zca"

/* With a matrix of made numbers. */
static IclModel *white_new(void)
{
    enum { N = 6 * 6 * 3 };
    IclModel *model = model_new(3);
    static float matrix[N * N];

    for (int i = 0; i < N * N; i++)
        matrix[i] = (float)((i % 7 - 3) * 0.1 + (i % (N + 1) == 0));
    g_autoptr(IclWhitening) whitening =
        icl_whitening_new(N, 3, matrix, (float[]){0.1f, 0.2f, 0.3f}, NULL);
    g_assert_true(icl_model_set_recipe(model, WHITE, NULL));
    icl_model_set_whitening(model, whitening);
    return model;
}

/* The matrix comes along, also of a model that was loaded and is saved again. */
static void whitening_there_and_back(void)
{
    Folder folder = folder_new();
    g_autoptr(IclModel) model = white_new();
    float before[3], after[3];

    scores_of(model, before);
    for (int i = 0; i < 2; i++) {
        g_assert_true(icl_model_save(model, folder.file, NULL));
        g_autoptr(IclModel) loaded = icl_model_load(folder.file, NULL);
        g_assert_nonnull(loaded);
        g_assert_cmpstr(icl_model_recipe(loaded), ==, WHITE);
        scores_of(loaded, after);
        g_assert_cmpmem(before, sizeof before, after, sizeof after);
        icl_model_unref(model);
        model = g_steal_pointer(&loaded);
    }
    g_assert_true(icl_model_set_recipe(model, "crop 6 ! normalize", NULL));
    scores_of(model, after);
    g_assert_true(memcmp(before, after, sizeof before) != 0);
    folder_free(&folder);
}

static void same_seed_same_weights(void)
{
    g_autoptr(IclModel) a = model_new(1), b = model_new(1), c = model_new(2);
    float x[3], y[3], z[3];

    scores_of(a, x), scores_of(b, y), scores_of(c, z);
    g_assert_cmpmem(x, sizeof x, y, sizeof y);
    g_assert_true(memcmp(x, z, sizeof x) != 0);
}

/* A good model's store, changed in one way. */
static const struct {
    const char *name, *key, *value, *message;
} changes[] = {
    {"no-description", "description", NULL, "not a model"},
    {"description", "description", "input 6 6 3 ! conv2 4 3", "conv2d"},
    {"huge", "description", "input 6 6 3 ! flatten ! dense 1000000 ! dense 100000 ! dense 3",
     "more than"},
    {"missing-weight", "description", "input 6 6 3 ! conv2d 4 3 ! relu ! globalpool ! dense 3",
     "bias"},
    {"other-shape", "description",
     "input 6 6 3 ! conv2d 3 3 bias=no ! batchnorm ! relu ! globalpool ! dense 3",
     "conv2d.kernel has shape"},
    {"unknown-weight", "description",
     "input 6 6 3 ! conv2d 4 3 bias=no ! relu ! globalpool ! dense 3", "does not use"},
    {"recipe", "preprocessing", "resize 7", "preprocessing"},
    {"recipe-size", "preprocessing", "resize 7 ! crop 7", "6"},
    {"labels", "labels", "[\"a\",1,\"b\"]", "array of strings"},
    {"labels-text", "labels", "a b c", "array of strings"},
    {"labels-count", "labels", "[\"a\"]", "3 classes"},
    {"outputs", "outputs", "a distance", "does not know"},
};

static void a_changed_file_is_refused(gconstpointer row)
{
    const char *key = changes[GPOINTER_TO_INT(row)].key,
               *value = changes[GPOINTER_TO_INT(row)].value;
    g_autoptr(IclModel) model = model_new(1);
    g_autoptr(IclStore) store = icl_model_store(model), changed = icl_store_new();
    g_autofree const char **keys = icl_store_keys(store);
    GError *error = NULL;

    for (int i = 0; keys[i]; i++)
        if (!g_str_equal(keys[i], key))
            icl_store_set(changed, keys[i], icl_store_get(store, keys[i]));
    if (value)
        icl_store_set(changed, key, value);
    for (int i = 0; i < icl_store_size(store); i++)
        icl_store_add(changed, icl_store_name(store, i),
                      icl_store_find(store, icl_store_name(store, i)));
    g_assert_null(icl_model_from_store(changed, "m.bin", &error));
    g_assert_nonnull(error);
    if (!strstr(error->message, "m.bin") ||
        !strstr(error->message, changes[GPOINTER_TO_INT(row)].message))
        g_error("\"%s\" does not say m.bin and \"%s\"", error->message,
                changes[GPOINTER_TO_INT(row)].message);
    g_clear_error(&error);
}

/* A store of a model with whitening, one tensor of which is left out or another. */
static const struct {
    const char *name, *tensor;
    IclTensor other; /* rank 0: none */
    const char *message;
} whitenings[] = {
    {"matrix", "preprocessing/zca.matrix", {0}, "zca.matrix is missing"},
    {"mean", "preprocessing/zca.mean", {0}, "zca.mean is missing"},
    {"vector", "preprocessing/zca.matrix", {ICL_F32, 1, {108 * 108}}, "not an f32 matrix"},
    {"bytes", "preprocessing/zca.matrix", {ICL_I8, 2, {108, 108}}, "not an f32 matrix"},
    {"wide", "preprocessing/zca.matrix", {ICL_F32, 2, {108, 109}}, "the size of the pictures"},
    {"small", "preprocessing/zca.matrix", {ICL_F32, 2, {0, 0}}, "the size of the pictures"},
    {"one-mean", "preprocessing/zca.mean", {ICL_F32, 1, {1}}, "the size of the pictures"},
    {"nan", "preprocessing/zca.mean", {ICL_F32, 1, {3}}, "not finite"},
    {"nan-matrix", "preprocessing/zca.matrix", {ICL_F32, 2, {108, 108}}, "not finite"},
};

static void a_changed_whitening_is_refused(gconstpointer row)
{
    int changed = GPOINTER_TO_INT(row);
    g_autoptr(IclModel) model = white_new();
    g_autoptr(IclStore) store = icl_model_store(model), other = icl_store_new();
    g_autofree const char **keys = icl_store_keys(store);
    IclTensor tensor = whitenings[changed].other;
    g_autofree float *numbers = g_new(float, 108 * 109);
    GError *error = NULL;

    for (int i = 0; i < 108 * 109; i++)
        numbers[i] = i == 2 ? NAN : 1;
    tensor.data = numbers;
    for (int i = 0; keys[i]; i++)
        icl_store_set(other, keys[i], icl_store_get(store, keys[i]));
    for (int i = 0; i < icl_store_size(store); i++) {
        const char *name = icl_store_name(store, i);
        bool same = !g_str_equal(name, whitenings[changed].tensor);
        if (same || tensor.rank)
            icl_store_add(other, name, same ? icl_store_find(store, name) : &tensor);
    }
    g_assert_null(icl_model_from_store(other, "m.bin", &error));
    g_assert_error(error, ICL_ERROR, ICL_ERROR_FORMAT);
    if (!g_str_has_prefix(error->message, "m.bin: ") ||
        !strstr(error->message, whitenings[changed].message))
        g_error("\"%s\" does not say \"%s\"", error->message, whitenings[changed].message);
    g_clear_error(&error);
}

/* A matrix that the recipe does not ask for. */
static void whitening_without_zca(void)
{
    g_autoptr(IclModel) model = white_new();
    g_autoptr(IclStore) store = icl_model_store(model);
    GError *error = NULL;

    icl_store_set(store, "preprocessing", "crop 6 ! normalize");
    g_assert_null(icl_model_from_store(store, "m.bin", &error));
    g_assert_nonnull(strstr(error->message, "does not use"));
    g_clear_error(&error);
}

static const struct {
    const char *name, *text, *message;
} descriptions[] = {
    {"empty", "", "no layers"},
    {"no-input", "conv2d 3 3 ! globalpool ! dense 3", "begin the description with"},
    {"second-input", "input 4 4 3 ! conv2d 3 3 ! input 4 4 3 ! flatten ! dense 3", "second input"},
    {"branch-input", "add( | conv2d 3 3 ) ! dense 3", "begin the description with"},
    {"ends-wide", "input 4 4 3 ! conv2d 3 3", "globalpool"},
    {"softmax", "input 4 4 3 ! flatten ! dense 3 ! softmax", "leave it out"},
    {"unread", "input 4 4 3 ! conv2d 3 1 name=a ! conv2d 3 3\n a. ! flatten ! dense 3",
     "nothing reads"},
    {"shapes", "input 4 4 3 ! add( conv2d 4 1 | ) ! flatten ! dense 3", "branch 2 gives 4x4x3"},
    {"kernel", "input 4 4 3 ! conv2d 4 5 ! flatten ! dense 3", "kernel 5x5 does not fit input 4x4"},
    {"groups", "input 4 4 3 ! conv2d 4 1 groups=2 ! flatten ! dense 3", "groups 2 does not divide"},
    {"channels", "input 4 4 2 ! flatten ! dense 3", "2 channels"},
    {"labels", "input 4 4 3 ! flatten ! dense 4", "4 classes, and there are 3 labels"},
    {"large", "input 9000 9000 3 ! flatten ! dense 9000 ! dense 3", "8 GiB"},
};

static void a_bad_description_is_refused(gconstpointer row)
{
    GError *error = NULL;

    g_assert_null(icl_model_from_description(descriptions[GPOINTER_TO_INT(row)].text, "x.icl",
                                             labels, 1, &error));
    g_assert_nonnull(error);
    if (!strstr(error->message, descriptions[GPOINTER_TO_INT(row)].message))
        g_error("\"%s\" does not say \"%s\"", error->message,
                descriptions[GPOINTER_TO_INT(row)].message);
    g_clear_error(&error);
}

static void top_k_is_best_first(void)
{
    const float scores[] = {0.1f, 0.3f, 0.3f, 0.05f, 0.25f};
    int best[5];

    icl_top_k(scores, 5, 5, best);
    g_assert_cmpmem(best, sizeof best, ((int[]){1, 2, 4, 0, 3}), sizeof best);
}

static void labels_above_are_best_first(void)
{
    const float scores[] = {0.5f, 0.75f, 0.25f, 0.75f, 1};
    int above[5];

    g_assert_cmpint(icl_labels_above(scores, 5, 0.5f, above), ==, 3);
    g_assert_cmpmem(above, 3 * sizeof *above, ((int[]){4, 1, 3}), 3 * sizeof *above);
    g_assert_cmpint(icl_labels_above(scores, 5, 1, above), ==, 0);
    g_assert_cmpint(icl_labels_above(scores, 5, 0, above), ==, 5);
}

static void summary_adds_up(void)
{
    g_autoptr(IclModel) model = model_new(1);
    g_autofree char *text = icl_model_summary(model, 8, NULL);

    g_assert_nonnull(strstr(text, "4x4x4"));
    g_assert_nonnull(strstr(text, "131"));   /* trained weights */
    g_assert_nonnull(strstr(text, "1740"));  /* multiply-adds: 16 * 27 * 4 + 12 */
    g_assert_nonnull(strstr(text, "2.0\n")); /* KiB: 8 * 4 * 4 * 4 floats */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/model/there-and-back", there_and_back);
    g_test_add_func("/model/labels-there-and-back", labels_there_and_back);
    g_test_add_func("/model/same-seed", same_seed_same_weights);
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autofree char *name = g_strconcat("/model/changed/", changes[i].name, NULL);
        g_test_add_data_func(name, GINT_TO_POINTER((int)i), a_changed_file_is_refused);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(whitenings); i++) {
        g_autofree char *name = g_strconcat("/model/whitening/changed/", whitenings[i].name, NULL);
        g_test_add_data_func(name, GINT_TO_POINTER((int)i), a_changed_whitening_is_refused);
    }
    g_test_add_func("/model/whitening/there-and-back", whitening_there_and_back);
    g_test_add_func("/model/whitening/without-zca", whitening_without_zca);
    for (gsize i = 0; i < G_N_ELEMENTS(descriptions); i++) {
        g_autofree char *name = g_strconcat("/model/description/", descriptions[i].name, NULL);
        g_test_add_data_func(name, GINT_TO_POINTER((int)i), a_bad_description_is_refused);
    }
    g_test_add_func("/model/classifier-refuses", a_classifier_refuses);
    g_test_add_func("/model/top-k", top_k_is_best_first);
    g_test_add_func("/model/labels-above", labels_above_are_best_first);
    g_test_add_func("/model/summary", summary_adds_up);
    return g_test_run();
}
