/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "options.h"

#include <string.h>

#include "augment.h"
#include "threads.h"

enum { LARGE_SET = 20000 /* pictures */, SHORT_TRAINING = 5 /* epochs */ };

/* About 600,000 pictures seen, which a small network needs, but at least 10 epochs, and at most 60:
 * more gain nothing on a few hundred photographs, and these train in two minutes on two cores. */
static int default_epochs(int pictures) { return CLAMP(600000 / MAX(pictures, 1), 10, 60); }

/* Grey pictures are often signs, whose mirror image is another sign. A short training is better
 * without: it does not come to know its pictures by heart. */
static const char *default_augment(const IclDataset *dataset, int epochs)
{
    IclPicture picture = {0};
    bool colour =
        icl_dataset_picture(dataset, 0, &picture, NULL) && picture.frame.format != ICL_PIXEL_GRAY8;

    icl_picture_clear(&picture);
    if (epochs <= SHORT_TRAINING)
        return colour ? "hflip" : "";
    return colour ? "hflip ! shift 0.08" : "shift 0.05";
}

static char *default_schedule(int epochs)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd(number, sizeof number, "%.3g", MIN(epochs * 0.1, 1));
    return g_strdup_printf("cosine warmup=%s", number);
}

static bool check_range(const char *name, double value, double min, double max, GError **error)
{
    if (value >= min && value <= max)
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE, "--%s is %g, outside %g..%g", name, value, min,
                max);
    return false;
}

static bool check_params(const IclTrainParams *p, GError **error)
{
    return check_range("epochs", p->epochs, 1, 1e6, error) &&
           check_range("batch", p->batch, 1, 65536, error) &&
           check_range("label-smoothing", p->label_smoothing, 0, 0.99, error) &&
           check_range("validation", p->validation, 0, 0.999, error) &&
           check_range("early-stopping", p->early_stopping, 0, 1e6, error) &&
           check_range("threads", p->threads, 0, ICL_THREADS_MAX, error) &&
           check_range("workers", p->workers, 0, ICL_THREADS_MAX, error);
}

static void options_split(IclTrainOptions *options, const IclDataset *dataset)
{
    int n = icl_dataset_size(dataset);

    if (options->params.validation > 0) {
        icl_dataset_split(dataset, options->params.validation, options->params.seed,
                          &options->training, &options->n_training, &options->validation,
                          &options->n_validation);
        return;
    }
    options->training = g_new(uint32_t, n);
    options->n_training = n;
    for (int i = 0; i < n; i++)
        options->training[i] = (uint32_t)i;
}

static bool options_parse(IclTrainOptions *options, GError **error)
{
    return (options->augmentations =
                icl_augment_parse(options->augment, "--augment", error)) &&
           (options->optimizer_instance = icl_instance_parse(
                &icl_optimizer_family, options->optimizer, "--optimizer", error)) &&
           (options->schedule_instance =
                icl_instance_parse(&icl_schedule_family, options->schedule, "--schedule", error));
}

bool icl_train_options(IclTrainOptions *options, const IclDataset *dataset,
                       const IclTrainParams *params, GError **error)
{
    *options = (IclTrainOptions){.params = *params};
    IclTrainParams *p = &options->params;
    int pictures = icl_dataset_size(dataset);

    p->epochs = p->epochs ? p->epochs : default_epochs(pictures);
    p->batch = p->batch ? p->batch : pictures >= LARGE_SET ? 128 : 32;
    p->workers = p->workers >= 0 ? p->workers : CLAMP(icl_threads_available() / 2, 1, 8);
    options->augment = g_strdup(p->augment ? p->augment : default_augment(dataset, p->epochs));
    options->optimizer = g_strdup(p->optimizer ? p->optimizer : "adamw lr=4e-3 decay=0.02");
    options->schedule = p->schedule ? g_strdup(p->schedule) : default_schedule(p->epochs);
    if (check_params(p, error) && options_parse(options, error)) {
        options_split(options, dataset);
        return true;
    }
    icl_train_options_clear(options);
    return false;
}

void icl_train_options_clear(IclTrainOptions *options)
{
    g_free(options->augment);
    g_free(options->optimizer);
    g_free(options->schedule);
    g_clear_pointer(&options->augmentations, g_ptr_array_unref);
    icl_instance_free(options->optimizer_instance);
    icl_instance_free(options->schedule_instance);
    g_free(options->training);
    g_free(options->validation);
    memset(options, 0, sizeof *options);
}
