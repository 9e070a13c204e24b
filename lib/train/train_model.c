/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The network a training begins with: its size and preprocessing read off the pictures. */
#include <math.h>
#include <string.h>

#include "options.h"

enum { LOOK_SIZE = 200, LOOK_COLOUR = 2000 }; /* pictures looked at, evenly spaced */

/* models/cnn.icl, which is small enough for any data. */
static const char default_network[] =
#include "default_network.h"
    ;

/* Shorter side and channels that the pictures share, or that suit them. */
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
    int median = look.readable ? sides[look.readable / 2] : 0;
    look.side = median <= 40 ? MAX(median, 8) : 64;
    return look;
}

static bool set_number(IclChain *chain, const char *name, int value, GError **error)
{
    g_autofree char *text = g_strdup_printf("%d", value);

    return !icl_chain_uses(chain, name) || icl_chain_set(chain, name, text, error);
}

static bool set_sizes(IclChain *chain, const IclTrainOptions *options, const IclDataset *dataset,
                      GError **error)
{
    if (!icl_chain_uses(chain, "size") && !icl_chain_uses(chain, "channels"))
        return true;
    Look look = look_at(options, dataset);
    if (!look.readable) {
        g_autofree char *name = icl_dataset_name(dataset, (int)options->training[0]);
        g_set_error(error, ICL_ERROR, ICL_ERROR_DATA,
                    "none of the pictures looked at can be read, %s among them; check the data",
                    name);
        return false;
    }
    return set_number(chain, "size", look.side, error) &&
           set_number(chain, "channels", look.colour ? 3 : 1, error);
}

/* Sums of the 0..1 pixels of some pictures, a channel. */
typedef struct Colour {
    double sum[3], squares[3], pixels;
} Colour;

static void colour_add(Colour *colour, const float *pixels, size_t count, int channels)
{
    for (size_t i = 0; i < count; i++) {
        double x = pixels[i] / 255.0;
        colour->sum[i % (size_t)channels] += x;
        colour->squares[i % (size_t)channels] += x * x;
    }
    colour->pixels += (double)count / channels;
}

static Colour measure_colour(const IclTrainOptions *options, const IclDataset *dataset,
                             const IclModel *model)
{
    g_autoptr(IclPreprocessor) preprocessor = icl_preprocessor_new(icl_model_parsed_recipe(model));
    int looked = MIN(options->n_training, LOOK_COLOUR), h, w, c;
    Colour colour = {0};

    icl_recipe_size(icl_model_parsed_recipe(model), &h, &w, &c);
    g_autofree float *pixels = g_new(float, (size_t)h *w *c);
    for (int i = 0; i < looked; i++) {
        int index = (int)options->training[(gint64)i * options->n_training / looked];
        IclPicture picture = {0};
        if (!icl_dataset_picture(dataset, index, &picture, NULL))
            continue;
        icl_preprocess_pixels(preprocessor, &picture.frame, pixels);
        colour_add(&colour, pixels, (size_t)h * w * c, c);
        icl_picture_clear(&picture);
    }
    return colour;
}

static void append_list(GString *text, const char *name, const double *values, int n)
{
    g_string_append_printf(text, " %s=[", name);
    for (int i = 0; i < n; i++) {
        char number[G_ASCII_DTOSTR_BUF_SIZE];
        g_ascii_formatd(number, sizeof number, "%.4f", values[i]);
        g_string_append_printf(text, "%s%s", i ? " " : "", number);
    }
    g_string_append_c(text, ']');
}

/* "... ! normalize" becomes "... ! normalize mean=[..] std=[..]". */
static bool set_colour(IclModel *model, const Colour *colour, GError **error)
{
    int channels = icl_graph_input(icl_model_graph(model)).c;
    g_autoptr(GString) recipe = g_string_new(icl_model_recipe(model));
    double mean[3], std[3];

    for (int c = 0; c < channels; c++) {
        mean[c] = colour->sum[c] / MAX(colour->pixels, 1);
        double variance = colour->squares[c] / MAX(colour->pixels, 1) - mean[c] * mean[c];
        std[c] = MAX(sqrt(MAX(variance, 0)), 0.02); /* pictures of one colour */
    }
    append_list(recipe, "mean", mean, channels);
    append_list(recipe, "std", std, channels);
    return icl_model_set_recipe(model, recipe->str, error);
}

IclModel *icl_train_model(const IclTrainOptions *options, const IclDataset *dataset, GError **error)
{
    const IclTrainParams *p = &options->params;
    const char *text = p->description ? p->description : default_network;
    const char *name = p->description_name ? p->description_name : "description";
    g_autoptr(IclChain) chain = icl_chain_parse(text, -1, name, error);

    if (!chain || !set_sizes(chain, options, dataset, error))
        return NULL;
    g_autoptr(IclModel) model =
        icl_model_new(g_steal_pointer(&chain), icl_dataset_labels(dataset), NULL, p->seed, error);
    if (!model)
        return NULL;
    if (p->recipe) {
        if (icl_model_set_recipe(model, p->recipe, error))
            return g_steal_pointer(&model);
        g_prefix_error(error, "--recipe: ");
        return NULL;
    }
    Colour colour = measure_colour(options, dataset, model);
    return set_colour(model, &colour, error) ? g_steal_pointer(&model) : NULL;
}
