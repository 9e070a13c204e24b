/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The network a training begins with: its size and preprocessing read off the pictures. */
#include "loader.h"
#include "network.h"
#include "options.h"

enum {
    LOOK_SIZE = 200,
    LOOK_COLOUR = 2000,
    LOOK_WHITENING = 100000
}; /* pictures looked at, evenly spaced */

/* Shorter side (the median) and channels of the pictures. */
typedef struct Look {
    int side;
    bool colour;
    int readable;
} Look;

static int by_int(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static Look look_at(const IclTrainOptions *options, const IclDataset *dataset)
{
    int looked = MIN(options->n_training, LOOK_SIZE), sides[LOOK_SIZE];
    Look look = {0};

    for (int i = 0; i < looked; i++) {
        int index = (int)options->training[(gint64)i * options->n_training / looked];
        IclPicture picture = {0};
        if (!icl_dataset_picture(dataset, index, &picture, NULL))
            continue;
        sides[look.readable++] = MIN(picture.frame.width, picture.frame.height);
        look.colour |= picture.frame.format != ICL_PIXEL_GRAY8;
        icl_picture_clear(&picture);
    }
    qsort(sides, (size_t)look.readable, sizeof *sides, by_int);
    look.side = look.readable ? sides[look.readable / 2] : 0;
    return look;
}

static bool set_sizes(IclChain *chain, const IclTrainOptions *options, const IclDataset *dataset,
                      GError **error)
{
    if (!icl_network_is_open(chain))
        return true;
    Look look = look_at(options, dataset);
    if (!look.readable) {
        g_autofree char *name = icl_dataset_name(dataset, (int)options->training[0]);
        g_set_error(error, ICL_ERROR, ICL_ERROR_DATA,
                    "none of the pictures looked at can be read, %s among them; check the data",
                    name);
        return false;
    }
    return icl_network_set_size(chain, icl_network_size(look.side), look.colour ? 3 : 1, error);
}

static IclPixelSums measure_pixels(const IclTrainOptions *options, const IclDataset *dataset,
                                   const IclModel *model)
{
    g_autoptr(IclPreprocessor) preprocessor = icl_preprocessor_new(icl_model_parsed_recipe(model));
    int looked = MIN(options->n_training, LOOK_COLOUR), h, w, c;
    IclPixelSums sums = {0};

    icl_recipe_size(icl_model_parsed_recipe(model), &h, &w, &c);
    g_autofree float *pixels = g_new(float, (size_t)h *w *c);
    for (int i = 0; i < looked; i++) {
        int index = (int)options->training[(gint64)i * options->n_training / looked];
        IclPicture picture = {0};
        if (!icl_dataset_picture(dataset, index, &picture, NULL))
            continue;
        icl_preprocess_pixels(preprocessor, &picture.frame, pixels);
        icl_pixel_sums_add(&sums, pixels, (size_t)h * w * c, c);
        icl_picture_clear(&picture);
    }
    return sums;
}

static bool set_colour(IclModel *model, const IclPixelSums *sums, GError **error)
{
    int channels = icl_graph_input(icl_model_graph(model)).c;
    g_autofree char *recipe = icl_network_recipe(icl_model_recipe(model), sums, channels);

    return icl_model_set_recipe(model, recipe, error);
}

static void tell_of_whitening(const IclTrainOptions *options, int pictures, int values)
{
    const IclTrainParams *p = &options->params;
    g_autofree char *message = g_strdup_printf(
        "zca: fitting %d values to %d pictures%s", values, pictures,
        pictures < values ? "; fewer than the values, which makes noise strong: a larger epsilon, "
                            "such as 0.1, helps"
                          : "");

    if (p->progress)
        p->progress(p->user, &(IclTrainProgress){.epochs = p->epochs, .message = message});
}

static bool fit_pictures(const IclTrainOptions *options, IclLoader *loader, IclWhiteningFit *fit,
                         GError **error)
{
    const volatile int *cancel = options->params.cancel;
    IclBatch *batch;

    icl_loader_start(loader, 0);
    while (icl_loader_next(loader, &batch, error)) {
        if (!batch)
            return true;
        icl_whitening_fit_add(fit, batch->n, batch->x);
        if (cancel && *cancel) {
            g_set_error_literal(error, ICL_ERROR, ICL_ERROR_CANCELLED,
                                "stopped while zca was fitted: nothing was trained yet");
            return false;
        }
    }
    return false;
}

/* Pictures as the network gets them, but for augmentation. Those that cannot be read are left out:
 * the training will tell of them. */
static IclWhitening *fit_whitening(const IclTrainOptions *options, const IclDataset *dataset,
                                   const IclRecipe *recipe, GError **error)
{
    int pictures = MIN(options->n_training, LOOK_WHITENING), h, w, c;
    g_autofree uint32_t *indices = g_new(uint32_t, pictures);

    for (int i = 0; i < pictures; i++)
        indices[i] = options->training[(gint64)i * options->n_training / pictures];
    icl_recipe_size(recipe, &h, &w, &c);
    tell_of_whitening(options, pictures, h * w * c);
    g_autoptr(IclLoader) loader =
        icl_loader_new(&(IclLoaderParams){.dataset = dataset,
                                          .indices = indices,
                                          .n_indices = pictures,
                                          .recipe = recipe,
                                          .batch = 64,
                                          .workers = options->params.workers});
    g_autoptr(IclWhiteningFit) fit = icl_whitening_fit_new(h * w * c, c, error);
    return fit && fit_pictures(options, loader, fit, error)
               ? icl_whitening_fit_end(fit, icl_recipe_zca(recipe), error)
               : NULL;
}

/* A training that is resumed goes on with the checkpoint's. */
static bool set_whitening(IclModel *model, const IclTrainOptions *options,
                          const IclDataset *dataset, GError **error)
{
    const IclRecipe *recipe = icl_model_parsed_recipe(model);

    if (icl_recipe_zca(recipe) == 0 || options->params.resume)
        return true;
    g_autoptr(IclWhitening) whitening = fit_whitening(options, dataset, recipe, error);
    if (whitening)
        icl_model_set_whitening(model, whitening);
    return whitening;
}

IclModel *icl_train_model(const IclTrainOptions *options, const IclDataset *dataset, GError **error)
{
    const IclTrainParams *p = &options->params;
    g_autoptr(IclChain) chain = icl_network_parse(p->description, p->description_name, error);

    if (!chain || !set_sizes(chain, options, dataset, error))
        return NULL;
    g_autoptr(IclModel) model =
        icl_model_new(g_steal_pointer(&chain), icl_dataset_labels(dataset), NULL, p->seed, error);
    if (!model)
        return NULL;
    icl_model_set_multi_label(model, options->multi_label);
    if (p->recipe) {
        if (!icl_model_set_recipe(model, p->recipe, error)) {
            g_prefix_error(error, "--recipe: ");
            return NULL;
        }
    }
    if (!p->recipe || icl_recipe_is_open(icl_model_parsed_recipe(model))) {
        IclPixelSums sums = measure_pixels(options, dataset, model);
        if (!set_colour(model, &sums, error))
            return NULL;
    }
    return set_whitening(model, options, dataset, error) ? g_steal_pointer(&model) : NULL;
}
