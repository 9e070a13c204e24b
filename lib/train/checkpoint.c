/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "checkpoint.h"

#include <glib/gstdio.h>
#include <string.h>

#include "cpu.h"

#define KEY_PLACE "state.place"

static void set_real(IclModel *model, const char *key, double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    icl_model_set_metadata(model, key, g_ascii_formatd(number, sizeof number, "%.6f", value));
}

/* Every option that changes the result; threads and workers do not. */
static char *print_options(const IclTrainer *trainer)
{
    const IclTrainOptions *o = &trainer->options;
    g_autoptr(IclJson) json = icl_json_object();

    icl_json_set(json, "augment", icl_json_string(o->augment));
    icl_json_set(json, "batch", icl_json_integer(o->params.batch));
    icl_json_set(json, "early_stopping", icl_json_integer(o->params.early_stopping));
    icl_json_set(json, "epochs", icl_json_integer(o->params.epochs));
    icl_json_set(json, "label_smoothing", icl_json_real(o->params.label_smoothing));
    icl_json_set(json, "optimizer", icl_json_string(o->optimizer));
    icl_json_set(json, "schedule", icl_json_string(o->schedule));
    icl_json_set(json, "seed", icl_json_integer((gint64)o->params.seed));
    icl_json_set(json, "validation", icl_json_real(o->params.validation));
    return icl_json_print(json, 0);
}

void icl_checkpoint_describe(IclTrainer *trainer)
{
    g_autofree char *options = print_options(trainer);
    g_autofree char *history = icl_json_print(trainer->history, 0);

    icl_model_set_metadata(trainer->model, "training.options", options);
    icl_model_set_metadata(trainer->model, "training.history", history);
    icl_model_set_metadata(trainer->model, "training.dataset", trainer->fingerprint);
    icl_model_set_metadata(trainer->model, "training.instruction_set",
                           icl_tier_name(icl_cpu_tier()));
    if (trainer->validation_loader && trainer->monitor.best_epoch >= 0)
        set_real(trainer->model, "training.val_accuracy", trainer->monitor.best);
}

char *icl_checkpoint_path(const IclTrainer *trainer)
{
    return g_strconcat(trainer->options.params.output, ".last", NULL);
}

/* The trainer's numbers, in the order they are written and read; doubles as exact hexadecimal. */
static char *print_place(const IclTrainer *t)
{
    return g_strdup_printf("%d %d %" G_GUINT64_FORMAT " %a %a %d %d %a %d %d %d", t->epoch, t->step,
                           (guint64)t->fit->updates, t->learning_rate, t->sums.loss,
                           t->sums.correct, t->sums.seen, t->monitor.best, t->monitor.best_epoch,
                           t->monitor.wait, t->monitor.stop);
}

static bool read_place(IclTrainer *t, const char *text)
{
    guint64 updates;
    int stop;

    if (!text ||
        sscanf(text, "%d %d %" G_GUINT64_FORMAT " %la %la %d %d %la %d %d %d", &t->epoch, &t->step,
               &updates, &t->learning_rate, &t->sums.loss, &t->sums.correct, &t->sums.seen,
               &t->monitor.best, &t->monitor.best_epoch, &t->monitor.wait, &stop) != 11)
        return false;
    t->fit->updates = updates;
    t->monitor.stop = stop;
    return t->epoch >= 0 && t->step >= 0 && t->step <= icl_trainer_steps(t);
}

static void slot_name(char *name, size_t size, int slot)
{
    g_snprintf(name, size, ICL_STATE_PREFIX "slot%d", slot);
}

bool icl_checkpoint_save(IclTrainer *trainer, GError **error)
{
    icl_checkpoint_describe(trainer);
    g_autoptr(IclStore) store = icl_model_store(trainer->model);
    g_autofree char *place = print_place(trainer), *path = icl_checkpoint_path(trainer);

    icl_store_set(store, KEY_PLACE, place);
    for (int i = 0; i < trainer->fit->n_slots; i++) {
        IclTensor tensor = {
            ICL_F32, 1, {(int64_t)trainer->fit->n_gradients}, trainer->fit->slots[i]};
        char name[32];
        slot_name(name, sizeof name, i);
        icl_store_add(store, name, &tensor);
    }
    return icl_store_save(store, path, error);
}

/* What must be as it was: else the training would go on, but not as it would have. */
static bool check_same(const IclTrainer *trainer, const IclModel *saved, const char *path,
                       GError **error)
{
    g_autofree char *options = print_options(trainer);
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

static bool load_history(IclTrainer *trainer, const IclModel *saved)
{
    const char *text = icl_model_metadata(saved, "training.history");
    g_autofree char *problem = NULL;
    IclJson *history = text ? icl_json_parse(text, strlen(text), &problem) : NULL;

    if (!history)
        return false;
    icl_json_free(trainer->history);
    trainer->history = history;
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
    if (!read_place(trainer, icl_store_get(store, KEY_PLACE)) || !load_history(trainer, saved)) {
        g_set_error(
            error, ICL_ERROR, ICL_ERROR_FORMAT,
            "%s: is a model, not a checkpoint: it does not say where the training was; resume from "
            "the .last file beside it",
            path);
        return false;
    }
    copy_weights(icl_model_graph(saved), icl_model_graph(trainer->model));
    return true;
}
