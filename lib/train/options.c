/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "options.h"

#include <string.h>

#include "augment.h"
#include "callback.h"
#include "chain.h"
#include "options_defaults.h"
#include "sampler.h"
#include "threads.h"

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
           check_range("limit", p->limit, 0, G_MAXINT, error) &&
           check_range("label-smoothing", p->label_smoothing, 0, 0.99, error) &&
           check_range("validation", p->validation, 0, 0.999, error) &&
           check_range("early-stopping", p->early_stopping, 0, 1e6, error) &&
           check_range("checkpoint-steps", p->checkpoint_steps, 0, G_MAXINT, error) &&
           check_range("threads", p->threads, 0, ICL_THREADS_MAX, error) &&
           check_range("workers", p->workers, 0, ICL_THREADS_MAX, error);
}

/* Before one is made of the other. */
static bool check_loss_once(const IclTrainParams *p, GError **error)
{
    if (!p->loss || !p->label_smoothing)
        return true;
    g_set_error_literal(error, ICL_ERROR, ICL_ERROR_VALUE,
                        "--label-smoothing and --loss exclude each other; a loss has its own: "
                        "--loss 'cross_entropy smoothing=0.1'");
    return false;
}

static void keep(IclTrainOptions *options, const char **text)
{
    if (*text)
        *text = g_string_chunk_insert(options->strings, *text);
}

static void keep_strings(IclTrainOptions *options)
{
    IclTrainParams *p = &options->params;
    const char **texts[] = {
        &p->loss,    &p->sampler, &p->class_weight, &p->description, &p->description_name,
        &p->recipe,  &p->augment, &p->optimizer,    &p->schedule,    &p->callbacks,
        &p->monitor, &p->output,  &p->checkpoint,   &p->resume,      &p->run};

    options->strings = g_string_chunk_new(256);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        keep(options, texts[i]);
}

/* Pictures held out of the training ones, or a set of their own. */
static void options_split(IclTrainOptions *options, const IclDataset *dataset)
{
    const IclDataset *own = options->params.validation_data;
    int n = icl_dataset_size(dataset);

    if (!own && options->params.validation > 0) {
        icl_dataset_split(dataset, options->params.validation, options->params.seed,
                          &options->training, &options->n_training, &options->validation,
                          &options->n_validation);
        return;
    }
    options->n_validation = own ? icl_dataset_size(own) : 0;
    options->training = g_new(uint32_t, n);
    options->n_training = n;
    for (int i = 0; i < n; i++)
        options->training[i] = (uint32_t)i;
}

/* Evenly spaced: of each class its share, where the data lie class by class. */
static void options_limit(IclTrainOptions *options)
{
    int limit = MIN(options->params.limit, options->n_training);

    if (!limit)
        return;
    for (int i = 0; i < limit; i++)
        options->training[i] = options->training[(gint64)i * options->n_training / limit];
    options->n_training = limit;
}

IclWatched icl_train_options_watched(const IclTrainOptions *options)
{
    return (IclWatched){.held_out = options->n_validation, .ranked = !options->multi_label};
}

/* The figure that says which epoch is the best. */
static bool parse_monitor(IclTrainOptions *options, GError **error)
{
    const char *wanted = options->params.monitor ? options->params.monitor : "val_accuracy";
    IclFigure figure = 0;

    while (figure < ICL_FIGURE_COUNT && !g_str_equal(wanted, icl_figure_name(figure)))
        figure++;
    if (figure == ICL_FIGURE_COUNT) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "--monitor is \"%s\"; it must be one of " ICL_FIGURES, wanted);
        return false;
    }
    options->monitor = (IclMonitor){.figure = (int)figure};
    return !options->params.monitor || icl_monitor_check(&options->monitor, "--monitor",
                                                         icl_train_options_watched(options), error);
}

/* What keeps a run's files in its folder: steps after those that were asked for. */
static void add_run(GPtrArray *callbacks, const char *run)
{
    static const char *const steps[][2] = {{"csv", "history.csv"},
                                           {"tensorboard", "events"},
                                           {"curves", "curves.svg"},
                                           {"curves", "curves.png"}};

    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autofree char *path = g_build_filename(run, steps[i][1], NULL);
        g_autoptr(GString) text = g_string_new(steps[i][0]);
        g_string_append_c(text, ' ');
        icl_string_print(text, path);
        g_ptr_array_add(callbacks, icl_instance_parse(&icl_callback_family, text->str, "", NULL));
    }
}

static bool parse_callbacks(IclTrainOptions *options, GError **error)
{
    const IclTrainParams *p = &options->params;
    g_autoptr(GString) chain = g_string_new(NULL);

    if (p->early_stopping)
        g_string_append_printf(chain, "early_stopping val_accuracy patience=%d", p->early_stopping);
    if (*p->callbacks)
        g_string_append_printf(chain, "%s%s", chain->len ? " ! " : "", p->callbacks);
    options->callbacks =
        icl_instances_parse(&icl_callback_family, chain->str, "--callbacks", error);
    if (!options->callbacks)
        return false;
    options->n_asked = options->callbacks->len;
    if (p->run)
        add_run(options->callbacks, p->run);
    return icl_callbacks_check(options->callbacks, options, error);
}

static bool options_parse(IclTrainOptions *options, GError **error)
{
    const IclTrainParams *p = &options->params;

    return (options->augmentations = icl_augment_parse(p->augment, "--augment", error)) &&
           (options->loss_instance =
                icl_instance_parse(&icl_loss_family, p->loss, "--loss", error)) &&
           (options->sampler_instance =
                icl_instance_parse(&icl_sampler_family, p->sampler, "--sampler", error)) &&
           (options->optimizer_instance =
                icl_instance_parse(&icl_optimizer_family, p->optimizer, "--optimizer", error)) &&
           (options->schedule_instance =
                icl_instance_parse(&icl_schedule_family, p->schedule, "--schedule", error));
}

/* Whether loss and validation suit what pictures are labelled with. */
static bool check_labels(const IclTrainOptions *options, GError **error)
{
    const IclDataset *own = options->params.validation_data;

    if (options->multi_label && !options->loss_instance->class->labels) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "--loss %s: is for one class a picture, and the data set is multi-label; take "
                    "binary or binary_focal",
                    options->loss_instance->class->base.name);
        return false;
    }
    if (own && icl_dataset_is_multi_label(own) != options->multi_label) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "the validation data are %smulti-label, and those to train with are %s",
                    options->multi_label ? "not " : "", options->multi_label ? "" : "not");
        return false;
    }
    return true;
}

/* What of the options needs the pictures to train with. */
static bool options_weights(IclTrainOptions *options, const IclDataset *dataset, GError **error)
{
    const char *text = options->params.class_weight;
    IclSamples samples = {dataset, options->training, options->n_training};

    if (!icl_sampler_check(options->sampler_instance, &samples, error))
        return false;
    options->epoch_size = icl_sampler_size(options->sampler_instance, &samples);
    if (!text)
        return true;
    float **weights = options->multi_label ? &options->label_weight : &options->class_weight;
    *weights = icl_class_weights_parse(text, &samples, "--class-weight", error);
    options->loss_instance->label_weight = options->label_weight;
    return *weights != NULL;
}

bool icl_train_options(IclTrainOptions *options, const IclDataset *dataset,
                       const IclTrainParams *params, GError **error)
{
    *options = (IclTrainOptions){.params = *params};
    keep_strings(options);
    if (!check_loss_once(params, error)) {
        icl_train_options_clear(options);
        return false;
    }
    options->multi_label = icl_dataset_is_multi_label(dataset);
    icl_train_options_default(options, dataset);
    if (check_params(&options->params, error) && options_parse(options, error) &&
        check_labels(options, error)) {
        options_split(options, dataset);
        options_limit(options);
        if (options_weights(options, dataset, error) && parse_monitor(options, error) &&
            parse_callbacks(options, error))
            return true;
    }
    icl_train_options_clear(options);
    return false;
}

void icl_train_options_clear(IclTrainOptions *options)
{
    g_clear_pointer(&options->strings, g_string_chunk_free);
    g_clear_pointer(&options->augmentations, g_ptr_array_unref);
    g_clear_pointer(&options->callbacks, g_ptr_array_unref);
    icl_instance_free(options->loss_instance);
    icl_instance_free(options->sampler_instance);
    g_free(options->class_weight);
    g_free(options->label_weight);
    icl_instance_free(options->optimizer_instance);
    icl_instance_free(options->schedule_instance);
    g_free(options->training);
    g_free(options->validation);
    memset(options, 0, sizeof *options);
}

void icl_train_option_print(GString *out, const char *name, const char *value)
{
    g_string_append_printf(out, "%s = ", name);
    for (; *value; value++)
        if (*value == '\n' || *value == '\\')
            g_string_append(out, *value == '\n' ? "\\n" : "\\\\");
        else
            g_string_append_c(out, *value);
    g_string_append_c(out, '\n');
}

static void append_real(GString *out, const char *name, double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    icl_train_option_print(out, name, g_ascii_formatd(number, sizeof number, "%.15g", value));
}

char *icl_train_options_print(const IclTrainOptions *options, bool observers)
{
    const IclTrainParams *p = &options->params;
    g_autofree char *callbacks =
        icl_callbacks_print(options->callbacks, options->n_asked, observers);
    g_autofree char *seed = g_strdup_printf("%" G_GUINT64_FORMAT, p->seed);
    GString *out = g_string_new(NULL);

    icl_train_option_print(out, "augment", p->augment);
    append_real(out, "batch", p->batch);
    icl_train_option_print(out, "callbacks", callbacks);
    if (p->class_weight)
        icl_train_option_print(out, "class-weight", p->class_weight);
    append_real(out, "epochs", p->epochs);
    append_real(out, "limit", p->limit);
    icl_train_option_print(out, "loss", p->loss);
    if (p->monitor || options->n_validation)
        icl_train_option_print(out, "monitor", icl_figure_name((IclFigure)options->monitor.figure));
    icl_train_option_print(out, "optimizer", p->optimizer);
    icl_train_option_print(out, "sampler", p->sampler);
    icl_train_option_print(out, "schedule", p->schedule);
    icl_train_option_print(out, "seed", seed);
    append_real(out, "validation", p->validation);
    return g_string_free(out, FALSE);
}
