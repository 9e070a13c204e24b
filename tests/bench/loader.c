/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * icl's side of loader.py: loads a folder's pictures as a training would, an epoch for each line of
 * standard input, and answers its seconds. Nothing is kept from one epoch to the next: with an
 * augmentation that crops, no picture comes twice.
 *
 *   bench-loader DATA WORKERS AUGMENT [RECIPE] */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

#include "augment.h"
#include "loader.h"

enum { BATCH = 64 };

static void check(const GError *error)
{
    if (!error)
        return;
    fprintf(stderr, "bench-loader: %s\n", error->message);
    exit(1);
}

/* Pictures of the epoch. */
static int run_epoch(IclLoader *loader, int epoch)
{
    GError *error = NULL;
    IclBatch *batch;
    int n = 0;

    icl_loader_start(loader, epoch);
    while (icl_loader_next(loader, &batch, &error) && batch)
        n += batch->n;
    check(error);
    return n;
}

int main(int argc, char **argv)
{
    GError *error = NULL;
    char line[64];

    if (argc < 4) {
        fputs("usage: bench-loader DATA WORKERS AUGMENT [RECIPE]\n", stderr);
        return 2;
    }
    const char *recipe_text = argc > 4 ? argv[4]
                                       : "resize 256 ! crop 224 ! normalize mean=[0.485 0.456 "
                                         "0.406] std=[0.229 0.224 0.225]";
    g_autoptr(IclDataset) dataset = icl_dataset_open(argv[1], ICL_PART_TRAIN, &error);
    check(error);
    g_autoptr(IclRecipe) recipe = icl_recipe_parse(recipe_text, 3, "recipe", &error);
    check(error);
    g_autoptr(GPtrArray) augment = icl_augment_parse(argv[3], "augment", &error);
    check(error);
    g_autoptr(IclLoader) loader = icl_loader_new(&(IclLoaderParams){.dataset = dataset,
                                                                    .recipe = recipe,
                                                                    .augment = augment,
                                                                    .batch = BATCH,
                                                                    .shuffle = true,
                                                                    .seed = 1,
                                                                    .workers = atoi(argv[2])});
    for (int epoch = 0; fgets(line, sizeof line, stdin); epoch++) {
        gint64 from = g_get_monotonic_time();
        int n = run_epoch(loader, epoch);
        printf("%d %.6f\n", n, (double)(g_get_monotonic_time() - from) / 1e6);
        fflush(stdout);
    }
    return 0;
}
