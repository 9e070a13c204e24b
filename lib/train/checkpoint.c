/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "checkpoint.h"

#include <string.h>

#include "callback.h"
#include "cpu.h"
#include "figure.h"
#include "json.h"

#define KEY_PLACE "state.place"
#define RECALLS   ICL_STATE_PREFIX "recalls"

void icl_checkpoint_describe_accuracy(IclTrainer *trainer, double accuracy)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd(number, sizeof number, "%.6f", accuracy);
    icl_model_set_metadata(trainer->model, "training.val_accuracy", number);
}

static char *print_history(const IclTrainer *trainer)
{
    g_autoptr(IclJson) rows = icl_json_array();

    for (guint i = 0; i < trainer->history->len; i++) {
        const IclTrainProgress *epoch = &g_array_index(trainer->history, IclTrainProgress, i);
        IclJson *row = icl_json_object();
        icl_json_set(row, "epoch", icl_json_integer(epoch->epoch + 1));
        for (IclFigure f = 0; f < ICL_FIGURE_COUNT; f++)
            if (trainer->validation_loader || !icl_figure_is_validation(f))
                icl_json_set(row, icl_figure_name(f), icl_json_real(icl_figure_value(f, epoch)));
        icl_json_append(rows, row);
    }
    return icl_json_print(rows, 0);
}

void icl_checkpoint_describe(IclTrainer *trainer)
{
    g_autofree char *options = icl_train_options_print(&trainer->options, false);
    g_autofree char *history = print_history(trainer);

    icl_model_set_metadata(trainer->model, "training.options", options);
    icl_model_set_metadata(trainer->model, "training.history", history);
    icl_model_set_metadata(trainer->model, "training.dataset", trainer->fingerprint);
    icl_model_set_metadata(trainer->model, "training.instruction_set",
                           icl_tier_name(icl_cpu_tier()));
    for (guint i = 0; i < trainer->history->len; i++) {
        const IclTrainProgress *epoch = &g_array_index(trainer->history, IclTrainProgress, i);
        if (trainer->validation_loader && epoch->best)
            icl_checkpoint_describe_accuracy(trainer, epoch->val_accuracy);
    }
}

char *icl_checkpoint_path(const IclTrainer *trainer)
{
    const IclTrainParams *p = &trainer->options.params;

    return p->checkpoint ? g_strdup(p->checkpoint) : g_strconcat(p->output, ".last", NULL);
}

/* The trainer's numbers, in the order they are written and read: one walk does both. Seventeen
 * digits bring a double back exactly. */
typedef struct Place {
    GString *out;   /* writing, or */
    const char *at; /* reading */
    bool bad;
} Place;

static void place_real(Place *place, double *number)
{
    char *end;

    if (place->out) {
        char text[G_ASCII_DTOSTR_BUF_SIZE];
        g_string_append(place->out, place->out->len ? " " : "");
        g_string_append(place->out, g_ascii_formatd(text, sizeof text, "%.17g", *number));
        return;
    }
    *number = g_ascii_strtod(place->at, &end);
    place->bad |= end == place->at;
    place->at = end;
}

static void place_int(Place *place, int *number)
{
    double real = *number;

    place_real(place, &real);
    place->bad |= !(real >= -1 && real <= G_MAXINT);
    *number = place->bad ? 0 : (int)real;
}

static void place_flag(Place *place, bool *flag)
{
    int number = *flag;

    place_int(place, &number);
    *flag = number;
}

static void place_epoch(Place *place, IclTrainProgress *epoch)
{
    double *figures[] = {&epoch->loss,         &epoch->accuracy,     &epoch->top5,
                         &epoch->val_loss,     &epoch->val_accuracy, &epoch->val_top5,
                         &epoch->learning_rate};

    place_int(place, &epoch->epoch);
    place_flag(place, &epoch->best);
    for (size_t i = 0; i < G_N_ELEMENTS(figures); i++)
        place_real(place, figures[i]);
}

static void place_walk(Place *place, IclTrainer *t)
{
    double updates = (double)t->fit->updates;
    int epochs = (int)t->history->len;

    place_int(place, &t->epoch);
    place_int(place, &t->step);
    place_int(place, &t->batch);
    place_real(place, &updates);
    place_real(place, &t->learning_rate);
    place_real(place, &t->rate_scale);
    place_flag(place, &t->stop);
    place_real(place, &t->sums.loss);
    place_real(place, &t->sums.correct);
    place_int(place, &t->sums.top5);
    place_int(place, &t->sums.seen);
    place_real(place, &t->best);
    place_int(place, &t->best_epoch);
    for (int i = 0; i < icl_callbacks_state(t->options.callbacks); i++)
        place_real(place, &t->callback_state[i]);
    place_int(place, &epochs);
    place->bad |= epochs > t->options.params.epochs;
    if (place->bad)
        return;
    g_array_set_size(t->history, (guint)epochs);
    for (int i = 0; i < epochs; i++)
        place_epoch(place, &g_array_index(t->history, IclTrainProgress, i));
    t->fit->updates = (uint64_t)updates;
}

static bool read_place(IclTrainer *trainer, const char *text)
{
    Place place = {.at = text ? text : ""};

    place_walk(&place, trainer);
    return !place.bad && !*place.at && trainer->epoch >= 0 && trainer->step >= 0 &&
           trainer->step <= trainer->batch && trainer->batch <= icl_trainer_steps(trainer);
}

static void slot_name(char *name, size_t size, int slot)
{
    g_snprintf(name, size, ICL_STATE_PREFIX "slot%d", slot);
}

bool icl_checkpoint_save(IclTrainer *trainer, GError **error)
{
    icl_checkpoint_describe(trainer);
    g_autoptr(IclStore) store = icl_model_store(trainer->model);
    g_autofree char *path = icl_checkpoint_path(trainer);
    g_autoptr(GString) place = g_string_new(NULL);

    place_walk(&(Place){.out = place}, trainer);
    icl_store_set(store, KEY_PLACE, place->str);
    for (int i = 0; i < trainer->fit->n_slots; i++) {
        IclTensor tensor = {
            ICL_F32, 1, {(int64_t)trainer->fit->n_gradients}, trainer->fit->slots[i]};
        char name[32];
        slot_name(name, sizeof name, i);
        icl_store_add(store, name, &tensor);
    }
    IclTensor recalls = {ICL_F32, 1, {trainer->recalls->len}, (float *)trainer->recalls->data};
    if (trainer->recalls->len)
        icl_store_add(store, RECALLS, &recalls);
    return icl_store_save(store, path, error);
}

/* What must be as it was: else the training would go on, but not as it would have. */
static bool check_same(const IclTrainer *trainer, const IclModel *saved, const char *path,
                       GError **error)
{
    g_autofree char *options = icl_train_options_print(&trainer->options, false);
    const struct {
        const char *what, *is, *was;
    } rows[] = {
        {"network", icl_model_description(trainer->model), icl_model_description(saved)},
        {"preprocessing", icl_model_recipe(trainer->model), icl_model_recipe(saved)},
        {"data set", trainer->fingerprint, icl_model_metadata(saved, "training.dataset")},
        {"options", options, icl_model_metadata(saved, "training.options")},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (g_strcmp0(rows[i].is, rows[i].was)) {
            g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                        "%s: was made with another %s: it has %s, this training %s; give the same "
                        "command to go "
                        "on",
                        path, rows[i].what, rows[i].was ? rows[i].was : "none", rows[i].is);
            return false;
        }
    return true;
}

/* Weights one by one, in the order both graphs share. */
static void copy_weights(const IclGraph *from, IclGraph *to)
{
    for (int i = 0; i < from->n_nodes; i++)
        for (int w = 0; w < from->nodes[i].layer->n_weights; w++) {
            const IclTensor *tensor = &from->nodes[i].layer->weights[w].tensor;
            memcpy(to->nodes[i].layer->weights[w].tensor.data, tensor->data,
                   icl_tensor_count(tensor) * sizeof(float));
        }
}

static bool load_slots(IclTrainer *trainer, const IclStore *store, const char *path, GError **error)
{
    for (int i = 0; i < trainer->fit->n_slots; i++) {
        char name[32];
        slot_name(name, sizeof name, i);
        const IclTensor *tensor = icl_store_find(store, name);
        if (!tensor || tensor->dtype != ICL_F32 ||
            icl_tensor_count(tensor) != trainer->fit->n_gradients) {
            g_set_error(
                error, ICL_ERROR, ICL_ERROR_FORMAT,
                "%s: is a model, not a checkpoint: it has no state of the optimizer; resume from "
                "the .last file beside it",
                path);
            return false;
        }
        memcpy(trainer->fit->slots[i], tensor->data, trainer->fit->n_gradients * sizeof(float));
    }
    return true;
}

/* As many as the history asks for; else the file is damaged. */
static bool load_recalls(IclTrainer *trainer, const IclStore *store)
{
    const IclTensor *tensor = icl_store_find(store, RECALLS);
    size_t n = trainer->validation_loader
                   ? trainer->history->len * (size_t)icl_dataset_classes(trainer->dataset)
                   : 0;

    if (n != (tensor ? icl_tensor_count(tensor) : 0) || (n && tensor->dtype != ICL_F32))
        return false;
    if (n)
        g_array_append_vals(trainer->recalls, tensor->data, (guint)n);
    return true;
}

bool icl_checkpoint_load(IclTrainer *trainer, const char *path, GError **error)
{
    g_autoptr(IclStore) store = icl_store_load(path, error);
    if (!store)
        return false;
    g_autoptr(IclModel) saved = icl_model_from_store(store, path, error);
    if (!saved || !check_same(trainer, saved, path, error) ||
        !load_slots(trainer, store, path, error))
        return false;
    if (!read_place(trainer, icl_store_get(store, KEY_PLACE)) || !load_recalls(trainer, store)) {
        g_set_error(
            error, ICL_ERROR, ICL_ERROR_FORMAT,
            "%s: is a model, not a checkpoint: it does not say where the training was; resume from "
            "the .last file beside it",
            path);
        return false;
    }
    copy_weights(icl_model_graph(saved), icl_model_graph(trainer->model));
    IclWhitening *whitening = icl_recipe_whitening(icl_model_parsed_recipe(saved));
    if (whitening)
        icl_model_set_whitening(trainer->model, whitening);
    return true;
}
