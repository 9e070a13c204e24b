/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A model in its store: weights by path, and the texts as metadata. */
#include <string.h>

#include "json.h"
#include "model_parts.h"

#define KEY_DESCRIPTION "description"
#define KEY_RECIPE      "preprocessing"
#define KEY_LABELS      "labels"

static const char *const own_keys[] = {KEY_DESCRIPTION, KEY_RECIPE, KEY_LABELS};

static bool is_own_key(const char *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(own_keys); i++)
        if (g_str_equal(key, own_keys[i]))
            return true;
    return false;
}

static char *labels_print(char **labels)
{
    g_autoptr(IclJson) array = icl_json_array();

    for (int i = 0; labels[i]; i++)
        icl_json_append(array, icl_json_string(labels[i]));
    return icl_json_print(array, 0);
}

/* Nothing, or what this version knows. */
static bool outputs_check(const IclStore *store, const char *name, GError **error)
{
    const char *outputs = icl_store_get(store, MODEL_OUTPUTS);

    if (!outputs || g_str_equal(outputs, MODEL_MULTI_LABEL))
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT,
                "%s: its outputs are \"%s\", which this version of icl does not know", name,
                outputs);
    return false;
}

/* NULL where the text is not an array of strings. */
static char **labels_parse(const char *text)
{
    g_autofree char *problem = NULL;
    g_autoptr(IclJson) array = icl_json_parse(text, strlen(text), &problem);
    g_autoptr(GPtrArray) labels = g_ptr_array_new_with_free_func(g_free);

    if (!array || icl_json_type(array) != ICL_JSON_ARRAY)
        return NULL;
    for (size_t i = 0; i < icl_json_length(array); i++) {
        const char *label = icl_json_text(icl_json_item(array, i));
        if (!label)
            return NULL;
        g_ptr_array_add(labels, g_strdup(label));
    }
    g_ptr_array_add(labels, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&labels), FALSE);
}

static void store_weight(void *store, const IclLayer *layer, IclWeight *weight)
{
    g_autofree char *path = icl_weight_path(layer, weight);
    icl_store_add(store, path, &weight->tensor);
}

IclStore *icl_model_store(const IclModel *model)
{
    IclStore *store = icl_store_new();
    g_autofree char *labels = labels_print(model->labels);
    g_autofree const char **keys = icl_store_keys(model->metadata);

    for (int i = 0; keys[i]; i++)
        icl_store_set(store, keys[i], icl_store_get(model->metadata, keys[i]));
    icl_store_set(store, KEY_DESCRIPTION, model->description);
    icl_store_set(store, KEY_RECIPE, model->recipe);
    icl_store_set(store, KEY_LABELS, labels);
    icl_graph_each_weight(model->graph, store_weight, store);
    model_store_whitening(model, store);
    return store;
}

bool icl_model_save(const IclModel *model, const char *path, GError **error)
{
    g_autoptr(IclStore) store = icl_model_store(model);

    return icl_store_save(store, path, error);
}

typedef struct Reader {
    const IclStore *store;
    const char *name;
    bool taken; /* weights point into the store, or are copied */
    int weights;
    GError *error; /* the first */
} Reader;

static char *print_dims(const IclTensor *tensor)
{
    GString *text = g_string_new("[");

    for (int i = 0; i < tensor->rank; i++)
        g_string_append_printf(text, "%s%" G_GINT64_FORMAT, i ? "," : "", (gint64)tensor->dims[i]);
    return g_string_free(g_string_append_c(text, ']'), FALSE);
}

static void read_weight(void *user, const IclLayer *layer, IclWeight *weight)
{
    Reader *reader = user;
    g_autofree char *path = icl_weight_path(layer, weight);
    const IclTensor *found = icl_store_find(reader->store, path), *wanted = &weight->tensor;

    if (reader->error)
        return;
    if (!found) {
        g_set_error(
            &reader->error, ICL_ERROR, ICL_ERROR_FORMAT,
            "%s: the weight %s of its description is missing; the file is not whole, train again",
            reader->name, path);
        return;
    }
    if (found->dtype != wanted->dtype || found->rank != wanted->rank ||
        memcmp(found->dims, wanted->dims, (size_t)wanted->rank * sizeof *wanted->dims)) {
        g_autofree char *has = print_dims(found), *wants = print_dims(wanted);
        g_set_error(&reader->error, ICL_ERROR, ICL_ERROR_FORMAT,
                    "%s: the weight %s has shape %s where its description wants f32 of %s",
                    reader->name, path, has, wants);
        return;
    }
    if (reader->taken)
        weight->tensor.data = found->data;
    else
        memcpy(wanted->data, found->data, icl_tensor_count(wanted) * sizeof(float));
    reader->weights++;
}

static bool read_weights(IclModel *model, const IclStore *store, const char *name, bool taken,
                         GError **error)
{
    Reader reader = {store, name, taken};

    icl_graph_each_weight(model->graph, read_weight, &reader);
    if (reader.error) {
        g_propagate_error(error, reader.error);
        return false;
    }
    int whitening = model_read_whitening(model, store, name, error);
    if (whitening < 0)
        return false;
    reader.weights += whitening;
    for (int i = 0, weights = 0; i < icl_store_size(store); i++)
        if (!g_str_has_prefix(icl_store_name(store, i), ICL_STATE_PREFIX) &&
            ++weights > reader.weights) {
            g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT,
                        "%s: holds weights that its description does not use (%d of %d are known); "
                        "the file "
                        "was changed by another program",
                        name, reader.weights, icl_store_size(store));
            return false;
        }
    return true;
}

static size_t store_bytes(const IclStore *store)
{
    size_t bytes = 0;

    for (int i = 0; i < icl_store_size(store); i++) {
        const IclTensor *tensor = icl_store_find(store, icl_store_name(store, i));
        bytes += icl_tensor_count(tensor) * icl_dtype_size(tensor->dtype);
    }
    return bytes;
}

static bool lacks(const IclStore *store, const char *key, const char *name, GError **error)
{
    if (icl_store_get(store, key))
        return false;
    g_set_error(
        error, ICL_ERROR, ICL_ERROR_FORMAT,
        "%s: has no \"%s\" in its metadata, so it is not a model of icl; make one with icl train",
        name, key);
    return true;
}

static IclModel *read_model(const IclStore *store, const char *name, bool taken, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(own_keys); i++)
        if (lacks(store, own_keys[i], name, error))
            return NULL;
    g_autoptr(IclChain) chain =
        icl_chain_parse(icl_store_get(store, KEY_DESCRIPTION), -1, name, error);
    if (!chain || !outputs_check(store, name, error))
        return NULL;
    g_auto(GStrv) labels = labels_parse(icl_store_get(store, KEY_LABELS));
    if (!labels) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT,
                    "%s: its labels are not an array of strings", name);
        return NULL;
    }
    g_autoptr(IclModel) model =
        model_build(chain, (const char *const *)labels, icl_store_get(store, KEY_RECIPE),
                    store_bytes(store), error);
    if (!model) {
        if (error && *error && !g_str_has_prefix((*error)->message, name))
            g_prefix_error(error, "%s: ", name);
        return NULL;
    }
    if (!read_weights(model, store, name, taken, error))
        return NULL;
    g_autofree const char **keys = icl_store_keys(store);
    for (int i = 0; keys[i]; i++)
        if (!is_own_key(keys[i]) && !g_str_has_prefix(keys[i], ICL_STATE_KEYS))
            icl_store_set(model->metadata, keys[i], icl_store_get(store, keys[i]));
    return g_steal_pointer(&model);
}

IclModel *icl_model_from_store(const IclStore *store, const char *name, GError **error)
{
    return read_model(store, name, false, error);
}

static bool has_state(const IclStore *store)
{
    for (int i = 0; i < icl_store_size(store); i++)
        if (g_str_has_prefix(icl_store_name(store, i), ICL_STATE_PREFIX))
            return true;
    return false;
}

/* The weights stay where they were read to, but those of a checkpoint, which is mostly state. */
IclModel *icl_model_load(const char *path, GError **error)
{
    g_autoptr(IclStore) store = icl_store_load(path, error);

    if (!store)
        return NULL;
    bool taken = !has_state(store);
    IclModel *model = read_model(store, path, taken, error);
    if (model && taken)
        icl_graph_take_weights(model->graph, icl_store_steal_memory(store));
    return model;
}
