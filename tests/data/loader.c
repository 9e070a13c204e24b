/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The loader gives the same batches for any number of workers, after a restart, and from its cache;
 * it stops at any moment without hanging; and it says once which pictures it could not read. */
#include "loader.h"

#include <glib/gstdio.h>
#include <string.h>

#include "augmenter.h"
#include "helpers.h"
#include "sampler.h"

enum { PICTURES = 23, CLASSES = 3, BATCH = 4, VALUES = 5 * 6 * 3 };

typedef struct {
    char *root;
    IclDataset *dataset;
    IclRecipe *recipe;
    GPtrArray *augment;
    int reported;
    GString *reports;
} Fixture;

static char *picture_name(int i) { return g_strdup_printf("%c/%02d.jpg", 'a' + i % CLASSES, i); }

/* Pictures in `broken` (numbers as given to picture_name, ending with -1) are text. */
static Fixture fixture_new(const int *broken)
{
    Fixture f = {.root = test_folder_new(), .reports = g_string_new(NULL)};
    GError *error = NULL;

    for (int i = 0; i < PICTURES; i++) {
        g_autofree char *name = picture_name(i);
        test_write_jpeg(f.root, name, 8 + i % 5, 9, (uint8_t)(10 * i), (uint8_t)(255 - 9 * i), 77);
    }
    for (; broken && *broken >= 0; broken++) {
        g_autofree char *name = picture_name(*broken);
        test_write(f.root, name, "no picture", 10);
    }
    f.dataset = icl_dataset_open(f.root, ICL_PART_TRAIN, &error);
    g_assert_no_error(error);
    f.recipe = icl_recipe_parse("resize [5 6] ! normalize mean=0.4 std=0.3", 3, "recipe", &error);
    g_assert_no_error(error);
    f.augment = icl_augment_parse("hflip ! shift 0.2", "augment", &error);
    g_assert_no_error(error);
    return f;
}

static void fixture_clear(Fixture *f)
{
    g_ptr_array_unref(f->augment);
    icl_recipe_free(f->recipe);
    icl_dataset_free(f->dataset);
    g_string_free(f->reports, TRUE);
    test_folder_remove(f->root);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear) /* after the loaders declared below it */

static void report(void *user, const GError *error)
{
    Fixture *f = user;

    f->reported++;
    g_string_append_printf(f->reports, "%s\n", error->message);
}

static IclLoader *loader_new(Fixture *f, int workers, bool strict)
{
    return icl_loader_new(&(IclLoaderParams){
        .dataset = f->dataset,
        .recipe = f->recipe,
        .augment = f->augment,
        .batch = BATCH,
        .shuffle = true,
        .seed = 5,
        .workers = workers,
        .strict = strict,
        .report = report,
        .user = f,
    });
}

/* What an epoch gives from a place on, one batch after another. */
static GByteArray *rest_bytes(IclLoader *loader, int epoch, int place, size_t values)
{
    GByteArray *bytes = g_byte_array_new();
    IclBatch *batch;
    GError *error = NULL;

    icl_loader_start_at(loader, epoch, place);
    while (icl_loader_next(loader, &batch, &error) && batch) {
        g_byte_array_append(bytes, (const guint8 *)&batch->n, sizeof batch->n);
        g_byte_array_append(bytes, (const guint8 *)batch->index, batch->n * sizeof *batch->index);
        g_byte_array_append(bytes, (const guint8 *)batch->y, batch->n * sizeof *batch->y);
        g_byte_array_append(bytes, (const guint8 *)batch->x,
                            (guint)(batch->n * values * sizeof *batch->x));
    }
    g_assert_no_error(error);
    g_assert_true(icl_loader_next(loader, &batch, NULL)); /* the end is still the end */
    g_assert_null(batch);
    return bytes;
}

static GByteArray *epoch_bytes(IclLoader *loader, int epoch, size_t values)
{
    return rest_bytes(loader, epoch, 0, values);
}

static void assert_same(GByteArray *a, GByteArray *b)
{
    g_assert_cmpmem(a->data, a->len, b->data, b->len);
    g_byte_array_unref(b);
}

static void test_workers(void)
{
    static const int broken[] = {4, 5, -1};
    g_auto(Fixture) f = fixture_new(broken);
    g_autoptr(IclLoader) inline_loader = loader_new(&f, 0, false);

    for (int epoch = 0; epoch < 3; epoch++) {
        g_autoptr(GByteArray) expected = epoch_bytes(inline_loader, epoch, VALUES);
        for (int workers = 1; workers <= 3; workers++) {
            g_autoptr(IclLoader) loader = loader_new(&f, workers, false);
            assert_same(expected, epoch_bytes(loader, epoch, VALUES));
        }
    }
}

/* From each of its places on an epoch is what it is; what is before is not read, not even where a
 * batch is empty. */
static void test_places(void)
{
    static const int broken[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -1};
    g_auto(Fixture) f = fixture_new(broken);

    for (int workers = 0; workers <= 2; workers += 2) {
        g_autoptr(IclLoader) whole = loader_new(&f, workers, false);
        IclBatch *batch;
        icl_loader_start(whole, 1);
        g_assert_cmpint(icl_loader_place(whole), ==, 0);
        while (icl_loader_next(whole, &batch, NULL) && batch) {
            int place = icl_loader_place(whole);
            g_autoptr(IclLoader) expected = loader_new(&f, 0, false);
            g_autoptr(IclLoader) rest = loader_new(&f, workers, false);
            g_autoptr(GByteArray) all = epoch_bytes(expected, 1, VALUES);
            g_autoptr(GByteArray) bytes = rest_bytes(rest, 1, place, VALUES);
            g_assert_cmpmem(all->data + all->len - bytes->len, bytes->len, bytes->data, bytes->len);
            g_assert_cmpuint(bytes->len, <, all->len);
            g_assert_cmpint(icl_loader_skipped(rest), ==, 12 - icl_loader_skipped(whole));
        }
        g_assert_cmpint(icl_loader_place(whole), >, 2);
    }
}

/* Each picture once, with its class; without shuffle in order; the last batch short. */
static void test_order(void)
{
    g_auto(Fixture) f = fixture_new(NULL);
    IclBatch *batch;

    for (int shuffle = 0; shuffle < 2; shuffle++) {
        g_autoptr(IclLoader) loader = icl_loader_new(&(IclLoaderParams){.dataset = f.dataset,
                                                                        .recipe = f.recipe,
                                                                        .batch = BATCH,
                                                                        .shuffle = shuffle,
                                                                        .workers = 2});
        int seen[PICTURES] = {0}, n = 0, moved = 0;
        icl_loader_start(loader, 0);
        while (icl_loader_next(loader, &batch, NULL) && batch) {
            g_assert_cmpint(batch->n, ==, MIN(BATCH, PICTURES - n));
            for (int i = 0; i < batch->n; i++, n++) {
                seen[batch->index[i]]++;
                moved += (int)batch->index[i] != n;
                g_assert_cmpint(batch->y[i], ==,
                                icl_dataset_class(f.dataset, (int)batch->index[i]));
            }
        }
        g_assert_cmpint(n, ==, PICTURES);
        for (int i = 0; i < PICTURES; i++)
            g_assert_cmpint(seen[i], ==, 1);
        g_assert_true(shuffle ? moved > PICTURES / 2 : moved == 0);
    }
}

static void test_epochs_differ(void)
{
    g_auto(Fixture) f = fixture_new(NULL);
    g_autoptr(IclLoader) loader = loader_new(&f, 1, false);
    g_autoptr(GByteArray) first = epoch_bytes(loader, 0, VALUES);
    g_autoptr(GByteArray) second = epoch_bytes(loader, 1, VALUES);

    g_assert_cmpint(memcmp(first->data, second->data, first->len), !=, 0);
    assert_same(first, epoch_bytes(loader, 0, VALUES));
}

/* A restart in the middle of an epoch, at each place, begins the new epoch from its beginning. */
static void test_restart(const void *data)
{
    int workers = GPOINTER_TO_INT(data);
    g_auto(Fixture) f = fixture_new(NULL);
    g_autoptr(IclLoader) loader = loader_new(&f, workers, false);
    g_autoptr(GByteArray) expected = epoch_bytes(loader, 1, VALUES);
    IclBatch *batch;

    for (int taken = 0; taken <= 6; taken++) {
        icl_loader_start(loader, 0);
        for (int i = 0; i < taken; i++)
            g_assert_true(icl_loader_next(loader, &batch, NULL) && batch);
        assert_same(expected, epoch_bytes(loader, 1, VALUES));
    }
}

static void test_early_free(const void *data)
{
    int workers = GPOINTER_TO_INT(data);
    g_auto(Fixture) f = fixture_new(NULL);
    IclBatch *batch;

    icl_loader_free(loader_new(&f, workers, false)); /* never started */
    for (int taken = 0; taken <= 6; taken++) {
        IclLoader *loader = loader_new(&f, workers, false);
        icl_loader_start(loader, 0);
        for (int i = 0; i < taken; i++)
            g_assert_true(icl_loader_next(loader, &batch, NULL) && batch);
        icl_loader_free(loader);
    }
    icl_loader_free(NULL);
}

/* Two broken pictures: reported once each over three epochs, left out of every one. */
static void test_skip(const void *data)
{
    static const int broken[] = {0, 7, -1};
    g_auto(Fixture) f = fixture_new(broken);
    g_autoptr(IclLoader) loader = loader_new(&f, GPOINTER_TO_INT(data), false);
    IclBatch *batch;

    for (int epoch = 0; epoch < 3; epoch++) {
        int n = 0;
        icl_loader_start(loader, epoch);
        while (icl_loader_next(loader, &batch, NULL) && batch) {
            g_assert_cmpint(batch->n, >=, 1);
            n += batch->n;
        }
        g_assert_cmpint(n, ==, PICTURES - 2);
        g_assert_cmpint(icl_loader_skipped(loader), ==, 2);
    }
    g_assert_cmpint(f.reported, ==, 2);
    g_assert_nonnull(strstr(f.reports->str, "a/00.jpg: is not a JPEG or PNG picture"));
    g_assert_nonnull(strstr(f.reports->str, "b/07.jpg: is not a JPEG or PNG picture"));
}

/* A batch of which nothing is left is passed over; an epoch may be empty. */
static void test_all_broken(const void *data)
{
    static const int broken[] = {0, 3, 6, 9, -1}; /* numbers 0 to 3 of the data set */
    static const uint32_t first[] = {0, 1, 2, 3, 8, 9};
    g_auto(Fixture) f = fixture_new(broken);
    IclBatch *batch;

    for (int n = 4; n <= 6; n += 2) {
        g_autoptr(IclLoader) loader =
            icl_loader_new(&(IclLoaderParams){.dataset = f.dataset,
                                              .indices = first,
                                              .n_indices = n,
                                              .recipe = f.recipe,
                                              .batch = BATCH,
                                              .workers = GPOINTER_TO_INT(data)});
        icl_loader_start(loader, 0);
        g_assert_true(icl_loader_next(loader, &batch, NULL));
        if (n == 6) {
            g_assert_cmpint(batch->n, ==, 2);
            g_assert_cmpuint(batch->index[0], ==, 8);
            g_assert_true(icl_loader_next(loader, &batch, NULL));
        }
        g_assert_null(batch);
        g_assert_cmpint(icl_loader_skipped(loader), ==, 4);
    }
}

static void test_strict(const void *data)
{
    static const int broken[] = {7, -1};
    g_auto(Fixture) f = fixture_new(broken);
    g_autoptr(IclLoader) loader = loader_new(&f, GPOINTER_TO_INT(data), true);
    IclBatch *batch;

    for (int epoch = 0; epoch < 2; epoch++) { /* also after a restart */
        GError *error = NULL;
        icl_loader_start(loader, epoch);
        while (icl_loader_next(loader, &batch, &error))
            g_assert_nonnull(batch);
        test_error(error, ICL_ERROR_FORMAT, "b/07.jpg: is not a JPEG or PNG picture");
        error = NULL;
        g_assert_false(icl_loader_next(loader, &batch, &error)); /* and it stays so */
        test_error(error, ICL_ERROR_FORMAT, "b/07.jpg");
    }
    g_assert_cmpint(f.reported, ==, 0);
}

/* The second epoch decodes nothing: it comes out the same when the files are gone. */
static void test_cache(const void *data)
{
    g_auto(Fixture) f = fixture_new(NULL);
    g_autoptr(IclLoader) fresh = loader_new(&f, 0, true);
    g_autoptr(IclLoader) loader = loader_new(&f, GPOINTER_TO_INT(data), true);
    g_autoptr(GByteArray) expected = epoch_bytes(fresh, 1, VALUES);

    g_byte_array_unref(epoch_bytes(loader, 0, VALUES));
    for (int i = 0; i < PICTURES; i++) {
        g_autofree char *name = picture_name(i), *path = g_build_filename(f.root, name, NULL);
        g_assert_cmpint(g_remove(path), ==, 0);
    }
    assert_same(expected, epoch_bytes(loader, 1, VALUES));
}

/* Chosen pictures, one of them twice (over-sampling), on several threads. */
static void test_indices(void)
{
    static const uint32_t chosen[] = {3, 20, 3, 3, 11, 3, 20, 3};
    g_auto(Fixture) f = fixture_new(NULL);
    g_autoptr(IclLoader) loader = icl_loader_new(&(IclLoaderParams){.dataset = f.dataset,
                                                                    .indices = chosen,
                                                                    .n_indices = 8,
                                                                    .recipe = f.recipe,
                                                                    .batch = 1,
                                                                    .workers = 3});
    IclBatch *batch;
    float three[VALUES];

    for (int epoch = 0; epoch < 2; epoch++) {
        icl_loader_start(loader, epoch);
        for (int i = 0; i < 8; i++) {
            g_assert_true(icl_loader_next(loader, &batch, NULL));
            g_assert_cmpuint(batch->index[0], ==, chosen[i]);
            if (i == 0)
                memcpy(three, batch->x, sizeof three);
            else
                g_assert_true((chosen[i] == 3) == !memcmp(three, batch->x, sizeof three));
        }
        g_assert_true(icl_loader_next(loader, &batch, NULL));
        g_assert_null(batch);
    }
}

/* What picture i must be in an epoch: decoded, resized, augmented by its own numbers, normalized.
 */
static void expected_picture(const Fixture *f, const GPtrArray *augment, int epoch, int i, float *x)
{
    g_autoptr(IclPreprocessor) preprocessor = icl_preprocessor_new(f->recipe);
    g_autoptr(IclAugmenter) augmenter = icl_augmenter_new(augment, 5, 6, 3, NULL);
    IclRandom random;
    IclPicture picture;

    g_assert_true(icl_dataset_picture(f->dataset, i, &picture, NULL));
    icl_preprocess_pixels(preprocessor, &picture.frame, x);
    icl_picture_clear(&picture);
    icl_random_init(&random, 5, ICL_RANDOM_AUGMENT, (uint64_t)epoch, (uint64_t)i);
    icl_augmenter_picture(augmenter, &random, x);
    icl_preprocess_normalize(f->recipe, x);
}

/* To the bit, with and without augmentation, in several epochs. */
static void test_pixels(const void *data)
{
    g_auto(Fixture) f = fixture_new(NULL);
    const GPtrArray *augment[] = {NULL, f.augment};
    IclBatch *batch;
    float expected[VALUES];

    for (int k = 0; k < 2; k++) {
        g_autoptr(IclLoader) loader = icl_loader_new(
            &(IclLoaderParams){.dataset = f.dataset,
                               .recipe = f.recipe,
                               .augment = augment[k],
                               .batch = 1 << 30, /* takes memory for all pictures, not more */
                               .seed = 5,
                               .workers = GPOINTER_TO_INT(data)});
        for (int epoch = 0; epoch < 3; epoch++) {
            icl_loader_start(loader, epoch);
            g_assert_true(icl_loader_next(loader, &batch, NULL));
            g_assert_cmpint(batch->n, ==, PICTURES);
            for (int i = 0; i < PICTURES; i++) {
                expected_picture(&f, augment[k], epoch, i, expected);
                g_assert_cmpmem(batch->x + i * VALUES, sizeof expected, expected, sizeof expected);
            }
        }
    }
}

/* Oversampled, on any number of workers: the classes alike, and no two showings of a picture with
 * the same augmentation. */
static void test_sampler(const void *data)
{
    static const uint32_t chosen[] = {0, 1, 2, 3, 4, 5, 8, 9, 16}; /* classes of 6, 2 and 1 */
    g_auto(Fixture) f = fixture_new(NULL);
    void *sampler = icl_instance_parse(&icl_sampler_family, "oversample", "", NULL);
    GPtrArray *augment = icl_augment_parse("brightness 0.5", "", NULL); /* they are of one colour */
    IclLoaderParams params = {.dataset = f.dataset,
                              .indices = chosen,
                              .n_indices = G_N_ELEMENTS(chosen),
                              .recipe = f.recipe,
                              .augment = augment,
                              .sampler = sampler,
                              .batch = BATCH,
                              .seed = 5};
    g_autoptr(IclLoader) alone = icl_loader_new(&params);
    params.workers = GPOINTER_TO_INT(data);
    g_autoptr(IclLoader) loader = icl_loader_new(&params);
    g_autoptr(GByteArray) expected = epoch_bytes(alone, 2, VALUES);
    IclBatch *batch;
    int of_class[CLASSES] = {0}, n = 0;
    float shown[18][VALUES];
    uint32_t index[18];

    assert_same(expected, epoch_bytes(loader, 2, VALUES));
    g_assert_cmpint(icl_loader_size(loader), ==, 18);
    icl_loader_start(loader, 0);
    while (icl_loader_next(loader, &batch, NULL) && batch)
        for (int i = 0; i < batch->n; i++, n++) {
            of_class[batch->y[i]]++;
            index[n] = batch->index[i];
            memcpy(shown[n], batch->x + i * VALUES, sizeof shown[n]);
            for (int before = 0; before < n; before++)
                g_assert_false(index[before] == index[n] &&
                               !memcmp(shown[before], shown[n], sizeof shown[n]));
        }
    g_assert_cmpint(n, ==, 18);
    for (int c = 0; c < CLASSES; c++)
        g_assert_cmpint(of_class[c], ==, 6);
    icl_instance_free(sampler);
    g_ptr_array_unref(augment);
}

/* What a picture counts: by its class, by its row in a list, or by both; and where the weights
 * decide what is drawn, not in the loss too. */
static void test_weights(void)
{
    static const float of_class[] = {2, 0.5F};
    static const char list[] = "path,label,weight\na/00.jpg,x,3\nb/01.jpg,y,4\na/03.jpg,x,0\n";
    static const struct {
        const char *sampler;
        const float *of_class;
        float weights[3]; /* of the list's pictures; of the first -1: none at all */
    } rows[] = {
        {"sequential", of_class, {6, 2, 0}},
        {"sequential", NULL, {3, 4, 0}},
        {"weighted by=weights", of_class, {2, 0.5F, 2}},
        {"weighted by=weights", NULL, {-1}},
    };
    g_auto(Fixture) f = fixture_new(NULL);
    g_autofree char *path = g_build_filename(f.root, "l.csv", NULL);

    test_write(f.root, "l.csv", list, sizeof list - 1);
    g_autoptr(IclDataset) dataset = icl_dataset_open(path, ICL_PART_TRAIN, NULL);
    for (size_t r = 0; r < G_N_ELEMENTS(rows); r++) {
        void *sampler = icl_instance_parse(&icl_sampler_family, rows[r].sampler, "", NULL);
        g_autoptr(IclLoader) loader =
            icl_loader_new(&(IclLoaderParams){.dataset = dataset,
                                              .recipe = f.recipe,
                                              .sampler = sampler,
                                              .class_weight = rows[r].of_class,
                                              .batch = BATCH});
        IclBatch *batch;
        icl_loader_start(loader, 0);
        g_assert_true(icl_loader_next(loader, &batch, NULL));
        g_assert_true((batch->weight == NULL) == (rows[r].weights[0] < 0));
        for (int i = 0; batch->weight && i < batch->n; i++)
            g_assert_cmpfloat(batch->weight[i], ==, rows[r].weights[batch->index[i]]);
        icl_instance_free(sampler);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        GTestDataFunc function;
    } each[] = {
        {"restart", test_restart},       {"early-free", test_early_free}, {"skip", test_skip},
        {"all-broken", test_all_broken}, {"strict", test_strict},         {"cache", test_cache},
        {"pixels", test_pixels},         {"sampler", test_sampler},
    };
    static const int workers[] = {0, 1, 3};

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/loader/workers", test_workers);
    g_test_add_func("/loader/places", test_places);
    g_test_add_func("/loader/order", test_order);
    g_test_add_func("/loader/epochs-differ", test_epochs_differ);
    g_test_add_func("/loader/indices", test_indices);
    g_test_add_func("/loader/weights", test_weights);
    for (size_t i = 0; i < G_N_ELEMENTS(each); i++)
        for (size_t w = 0; w < G_N_ELEMENTS(workers); w++) {
            g_autofree char *path = g_strdup_printf("/loader/%s/%d", each[i].name, workers[w]);
            g_test_add_data_func(path, GINT_TO_POINTER(workers[w]), each[i].function);
        }
    return g_test_run();
}
