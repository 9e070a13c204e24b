/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Augmentations in a loader: the same batches for any number of workers, others in each epoch, and
 * labels that follow what is mixed. */
#include <math.h>
#include <string.h>

#include "augmenter.h"
#include "helpers.h"
#include "loader.h"

enum { PICTURES = 14, CLASSES = 3, H = 12, W = 10, VALUES = H * W * 3, BATCH = 4, EPOCHS = 2 };

typedef struct {
    char *folder;
    IclDataset *dataset;
    IclRecipe *recipe;
    GPtrArray *steps;
} Fixture;

static Fixture fixture_new(const char *text)
{
    Fixture f = {.folder = test_folder_new()};
    GError *error = NULL;

    for (int i = 0; i < PICTURES; i++) {
        g_autofree char *name = g_strdup_printf("class%d/%02d.jpg", i % CLASSES, i);
        test_write_jpeg(f.folder, name, 20 + i, 30 - i, (uint8_t)(9 * i), (uint8_t)(250 - 9 * i),
                        (uint8_t)(100 + i));
    }
    f.dataset = icl_dataset_open(f.folder, ICL_PART_TRAIN, &error);
    g_assert_no_error(error);
    f.recipe = icl_recipe_parse("stretch [12 10] ! normalize mean=0.5 std=0.25", 3, "recipe", NULL);
    f.steps = icl_augment_parse(text, "augment", &error);
    g_assert_no_error(error);
    return f;
}

static void fixture_clear(Fixture *f)
{
    icl_dataset_free(f->dataset);
    icl_recipe_free(f->recipe);
    g_ptr_array_unref(f->steps);
    test_folder_remove(f->folder);
}

static IclLoader *fixture_loader(const Fixture *f, int workers)
{
    return icl_loader_new(&(IclLoaderParams){.dataset = f->dataset,
                                             .recipe = f->recipe,
                                             .augment = f->steps,
                                             .batch = BATCH,
                                             .shuffle = true,
                                             .seed = 3,
                                             .workers = workers,
                                             .strict = true});
}

/* All batches of some epochs, one after another. */
static GByteArray *fixture_run(const Fixture *f, int workers)
{
    g_autoptr(IclLoader) loader = fixture_loader(f, workers);
    GByteArray *all = g_byte_array_new();
    IclBatch *batch;

    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        icl_loader_start(loader, epoch);
        while (icl_loader_next(loader, &batch, NULL) && batch) {
            size_t n = (size_t)batch->n;
            g_byte_array_append(all, (void *)batch->x, (guint)(n * VALUES * sizeof(float)));
            if (batch->targets)
                g_byte_array_append(all, (void *)batch->targets,
                                    (guint)(n * CLASSES * sizeof(float)));
        }
    }
    return all;
}

static void test_workers(const void *text)
{
    Fixture f = fixture_new(text);
    static const int workers[] = {1, 3};
    g_autoptr(GByteArray) alone = fixture_run(&f, 0);

    g_assert_cmpuint(alone->len, >=, EPOCHS * PICTURES * VALUES * sizeof(float));
    g_assert_true(memcmp(alone->data, alone->data + alone->len / EPOCHS, alone->len / EPOCHS));
    for (size_t i = 0; i < G_N_ELEMENTS(workers); i++) {
        g_autoptr(GByteArray) other = fixture_run(&f, workers[i]);
        g_assert_cmpmem(alone->data, alone->len, other->data, other->len);
    }
    fixture_clear(&f);
}

/* What is being augmented counts: a picture a worker, and for augmix three. */
static void test_bytes(void)
{
    static const struct {
        const char *text;
        size_t pictures;
    } rows[] = {{"hflip", 1}, {"augmix ! hflip", 3}, {"elastic", 4}};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Fixture f = fixture_new(rows[i].text);
        g_autoptr(GPtrArray) none = icl_augment_parse("", "augment", NULL);
        g_autoptr(IclLoader) loader = fixture_loader(&f, 2);
        size_t bytes = icl_loader_bytes(loader), picture = VALUES * sizeof(float);
        g_ptr_array_unref(f.steps);
        f.steps = g_steal_pointer(&none);
        g_autoptr(IclLoader) plain = fixture_loader(&f, 2);
        g_assert_cmpuint(bytes - icl_loader_bytes(plain), >=, 2 * rows[i].pictures * picture);
        g_assert_cmpuint(bytes - icl_loader_bytes(plain), <, 2 * rows[i].pictures * (picture + 64));
        fixture_clear(&f);
    }
}

/* Pictures of one colour: what is left of a picture, and what its labels say. */
static void test_shares(const void *text)
{
    Fixture f = fixture_new(text);
    g_autoptr(IclLoader) loader = fixture_loader(&f, 0);
    IclBatch *batch;
    int mixed = 0;

    for (int epoch = 0; epoch < 20; epoch++) {
        icl_loader_start(loader, epoch);
        while (icl_loader_next(loader, &batch, NULL) && batch)
            for (int i = 0; i < batch->n; i++) {
                const float *targets = batch->targets + i * CLASSES;
                float sum = 0;
                for (int k = 0; k < CLASSES; k++) {
                    g_assert_true(targets[k] >= 0 && targets[k] <= 1.00001f);
                    sum += targets[k];
                }
                g_assert_cmpfloat_with_epsilon(sum, 1, 1e-5);
                g_assert_true(batch->n > 1 || targets[batch->y[i]] == 1);
                mixed += targets[batch->y[i]] < 0.999f;
            }
    }
    g_assert_cmpint(mixed, >, strstr(text, "p=0") ? -1 : 20);
    g_assert_cmpint(mixed, <=, strstr(text, "p=0") ? 0 : 20 * PICTURES);
    fixture_clear(&f);
}

/* Batches of constant pictures, whose levels tell where each value comes from. */
static void test_mix(const void *text)
{
    enum { N = 5, SIZE = 6 };
    g_autoptr(GPtrArray) steps = icl_augment_parse(text, "augment", NULL);
    g_autoptr(IclAugmenter) augmenter = icl_augmenter_new(steps, SIZE, SIZE, 1, NULL);

    for (int draw = 0; draw < 200; draw++) {
        float x[N][SIZE * SIZE], targets[N][N], weight[N] = {1, 2, 3, 4, 5};
        int y[N] = {0, 1, 2, 3, 4};
        IclMixed mixed = {N, SIZE, SIZE, 1, N, *x, y, *targets, weight};
        IclRandom random;
        for (int i = 0; i < N; i++)
            for (int j = 0; j < SIZE * SIZE; j++)
                x[i][j] = (float)i;
        icl_random_init(&random, 1, ICL_RANDOM_MIX, 0, (uint64_t)draw);
        icl_augmenter_mix(augmenter, &random, &mixed);
        for (int i = 0; i < N; i++) {
            int before = (i + N - 1) % N;
            double mean = 0, share = targets[i][i];
            for (int j = 0; j < SIZE * SIZE; j++)
                mean += x[i][j] / (SIZE * SIZE);
            g_assert_cmpfloat_with_epsilon(share + targets[i][before], 1, 1e-6);
            g_assert_cmpfloat_with_epsilon(mean, share * i + (1 - share) * before, 1e-5);
            g_assert_cmpfloat_with_epsilon(weight[i], 1 + mean, 1e-5);
        }
    }
}

/* Any number of labels: mixed as the pictures are, and with the same numbers drawn as where each
 * picture has one class. */
static void test_mix_labels(const void *text)
{
    enum { N = 5, LABELS = 3, SIZE = 6 };
    static const float on[N][LABELS] = {{1, 1, 0}, {0, 0, 0}, {0, 1, 1}, {1, 1, 1}, {0, 1, 0}};
    g_autoptr(GPtrArray) steps = icl_augment_parse(text, "augment", NULL);
    g_autoptr(IclAugmenter) augmenter = icl_augmenter_new(steps, SIZE, SIZE, 1, NULL);

    for (int draw = 0; draw < 200; draw++) {
        float x[2][N][SIZE * SIZE], targets[N][LABELS], shares[N][N];
        const int y[N] = {0, 1, 2, 3, 4};
        IclMixed mixed[] = {{N, SIZE, SIZE, 1, LABELS, *x[0], NULL, *targets},
                            {N, SIZE, SIZE, 1, N, *x[1], y, *shares}};
        memcpy(targets, on, sizeof on);
        for (int i = 0; i < N * SIZE * SIZE; i++)
            x[0][i / (SIZE * SIZE)][i % (SIZE * SIZE)] = (float)i;
        memcpy(x[1], x[0], sizeof x[0]);
        for (int m = 0; m < 2; m++) {
            IclRandom random;
            icl_random_init(&random, 1, ICL_RANDOM_MIX, 0, (uint64_t)draw);
            icl_augmenter_mix(augmenter, &random, &mixed[m]);
        }
        g_assert_cmpmem(x[0], sizeof x[0], x[1], sizeof x[1]);
        for (int i = 0; i < N; i++)
            for (int k = 0; k < LABELS; k++) {
                int before = (i + N - 1) % N;
                g_assert_cmpfloat_with_epsilon(
                    targets[i][k], shares[i][i] * on[i][k] + shares[i][before] * on[before][k],
                    1e-6);
            }
    }
}

int main(int argc, char **argv)
{
    static const char *const chains[] = {
        "random_resized_crop ! hflip ! color_jitter 0.4 0.4 0.4 0.1",
        "random_resized_crop [0.8 1] dct=yes",
        "rotate 20 ! shear 10 ! zoom 0.2 ! shift 0.1 ! vflip ! random_crop 2 ! perspective",
        "elastic 20 3 ! gaussian_blur 5 ! gaussian_noise ! erasing random=yes",
        "randaugment ! trivialaugment ! augmix ! grayscale ! keras 10 0.1 0.1 horizontal_flip=yes",
        "hflip ! mixup 0.4 ! cutmix",
    };
    static const char *const mixes[] = {"mixup", "mixup 0.2", "cutmix", "mixup p=0",
                                        "cutmix p=0 alpha=2"};

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(chains); i++) {
        g_autofree char *path = g_strconcat("/augment/workers/", chains[i], NULL);
        g_test_add_data_func(path, chains[i], test_workers);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(mixes); i++) {
        g_autofree char *shares = g_strconcat("/augment/shares/", mixes[i], NULL);
        g_autofree char *mix = g_strconcat("/augment/mix/", mixes[i], NULL);
        g_test_add_data_func(shares, mixes[i], test_shares);
        g_autofree char *labels = g_strconcat("/augment/mix-labels/", mixes[i], NULL);
        g_test_add_data_func(mix, mixes[i], test_mix);
        g_test_add_data_func(labels, mixes[i], test_mix_labels);
    }
    g_test_add_func("/augment/bytes", test_bytes);
    return g_test_run();
}
