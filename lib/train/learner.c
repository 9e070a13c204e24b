/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What a learner is given, and what it tells. */
#include <math.h>

#include "learner_parts.h"

enum { CLASSES_MAX = 1000 };

static bool check_range(const char *name, int value, int min, int max, GError **error)
{
    if (value >= min && value <= max)
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE, "%s is %d, outside %d..%d", name, value, min,
                max);
    return false;
}

static bool check_params(const IclLearnerParams *p, GError **error)
{
    if (!check_range("memory", p->memory, 2, 1000000, error) ||
        !check_range("held-out", p->held_out, 0, 1000000, error) ||
        !check_range("batch", p->batch, 1, 65536, error) ||
        !check_range("threads", p->threads, 0, ICL_THREADS_MAX, error))
        return false;
    if (p->held_out == 1) {
        g_set_error_literal(error, ICL_ERROR, ICL_ERROR_VALUE,
                            "held-out is 1: every picture would be for judging and none to learn "
                            "from; give 0 (none), or 2 and more (every 2nd, ...)");
        return false;
    }
    if (p->base && (p->description || p->recipe || p->augment)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "a base model brings its own network and preprocessing; leave out %s",
                    p->description ? "the description"
                    : p->recipe    ? "the recipe"
                                   : "the augmentation, which comes before the features");
        return false;
    }
    return true;
}

static bool learner_parse(IclLearner *learner, GError **error)
{
    return (learner->optimizer = icl_instance_parse(
                &icl_optimizer_family, learner->params.optimizer, "optimizer", error)) &&
           (learner->schedule =
                icl_instance_parse(&icl_schedule_family, "cosine alpha=0.1", "schedule", error)) &&
           learner->kind->check(learner, error);
}

IclLearner *icl_learner_new(const IclLearnerParams *params, GError **error)
{
    if (!check_params(params, error))
        return NULL;
    g_autoptr(IclLearner) learner = g_new0(IclLearner, 1);
    IclLearnerParams *p = &learner->params;

    *p = *params;
    p->base = params->base ? icl_model_ref(params->base) : NULL;
    p->description = g_strdup(params->description);
    p->description_name = g_strdup(params->description_name);
    p->recipe = g_strdup(params->recipe);
    p->augment = g_strdup(params->augment);
    learner->kind = params->base ? &icl_learner_head : &icl_learner_whole;
    p->optimizer = g_strdup(params->optimizer ? params->optimizer : learner->kind->optimizer);
    learner->memory = icl_learner_memory_new(p->memory, p->held_out, p->seed);
    learner->labels = g_ptr_array_new_with_free_func(g_free);
    learner->classes = g_hash_table_new(g_str_hash, g_str_equal);
    learner->state.loss = learner->state.accuracy = learner->state.best = NAN;
    pthread_mutex_init(&learner->lock, NULL);
    return learner_parse(learner, error) ? g_steal_pointer(&learner) : NULL;
}

static void learner_free_training(IclLearner *learner)
{
    icl_fit_free(learner->fit);
    icl_graph_free(learner->graph);
    icl_executor_free(learner->best.inference);
    icl_graph_free(learner->best.graph);
    icl_recipe_free(learner->normalize);
    g_free(learner->final_recipe);
    icl_memory_free(learner->x);
    icl_memory_free(learner->picture);
    icl_augmenter_free(learner->augmenter);
    g_free(learner->y);
}

static void learner_free_strings(const IclLearnerParams *p)
{
    g_free((char *)p->description);
    g_free((char *)p->description_name);
    g_free((char *)p->recipe);
    g_free((char *)p->augment);
    g_free((char *)p->optimizer);
}

void icl_learner_free(IclLearner *learner)
{
    if (!learner)
        return;
    learner_free_training(learner);
    icl_model_unref(learner->model);
    g_hash_table_unref(learner->classes);
    g_ptr_array_unref(learner->labels);
    icl_learner_memory_free(learner->memory);
    pthread_mutex_destroy(&learner->lock);
    icl_executor_free(learner->features);
    icl_memory_free(learner->pixels);
    icl_preprocessor_free(learner->preprocessor);
    g_free(learner->network);
    icl_model_unref(learner->start);
    g_clear_pointer(&learner->augmentations, g_ptr_array_unref);
    icl_instance_free(learner->schedule);
    icl_instance_free(learner->optimizer);
    icl_model_unref(learner->params.base);
    learner_free_strings(&learner->params);
    g_free(learner);
}

static bool check_label(const char *label, GError **error)
{
    if (*label && g_utf8_validate(label, -1, NULL))
        return true;
    g_autofree char *shown = g_strescape(label, NULL);
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE, "the label \"%s\" is %s; give a name in UTF-8",
                shown, *label ? "not valid UTF-8" : "empty");
    return false;
}

/* With the first picture: what it decides, and the memory to preprocess it. */
static bool learner_begin(IclLearner *learner, const IclFrame *frame, GError **error)
{
    if (learner->begun)
        return true;
    if (!learner->network && !learner->kind->begin(learner, frame, error))
        return false;
    size_t input = icl_shape_count(icl_graph_input(icl_model_graph(learner->start)));
    if (!learner->pixels &&
        !(learner->pixels = icl_memory_new(input * sizeof(float), "a picture", error)))
        return false;
    learner->preprocessor = icl_preprocessor_new(icl_model_parsed_recipe(learner->start));
    return learner->begun = true;
}

/* The class of a label, or -1 with an error; a new one is added. Under the lock. */
static int learner_class(IclLearner *learner, const char *label, GError **error)
{
    int classes = (int)learner->labels->len,
        most = learner->outputs ? learner->outputs : CLASSES_MAX;
    gpointer found;

    if (g_hash_table_lookup_extended(learner->classes, label, NULL, &found))
        return GPOINTER_TO_INT(found);
    if (classes == most) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_DATA,
                    "\"%s\" would be class number %d, and %s %d%s", label, classes + 1,
                    learner->outputs ? "the network has" : "there may be", most,
                    learner->outputs ? " outputs; end its description in `dense $classes`" : "");
        return -1;
    }
    char *copy = g_strdup(label);
    g_ptr_array_add(learner->labels, copy);
    g_hash_table_insert(learner->classes, copy, GINT_TO_POINTER(classes));
    return classes;
}

/* Takes the example. */
static bool learner_remember(IclLearner *learner, IclExample *example, const char *label,
                             GError **error)
{
    int class = learner_class(learner, label, error);

    if (class < 0) {
        icl_example_unref(example);
        return false;
    }
    icl_learner_memory_add(learner->memory, example, class);
    learner->state.classes = (int)learner->labels->len;
    learner->state.added++;
    learner->state.kept = icl_learner_memory_count(learner->memory, false);
    learner->state.held_out = icl_learner_memory_count(learner->memory, true);
    return true;
}

bool icl_learner_add(IclLearner *learner, const IclFrame *frame, const char *label, GError **error)
{
    if (!check_label(label, error) || !icl_frame_check(frame, error) ||
        !learner_begin(learner, frame, error))
        return false;
    IclExample *example = icl_example_new(learner->example_bytes, error);
    if (!example)
        return false;
    learner->kind->keep(learner, frame, example->data);
    pthread_mutex_lock(&learner->lock);
    bool added = learner_remember(learner, example, label, error);
    pthread_mutex_unlock(&learner->lock);
    return added;
}

void icl_learner_state(IclLearner *learner, IclLearnerState *state)
{
    pthread_mutex_lock(&learner->lock);
    *state = learner->state;
    pthread_mutex_unlock(&learner->lock);
}

IclModel *icl_learner_model(IclLearner *learner, GError **error)
{
    pthread_mutex_lock(&learner->lock);
    IclModel *model = learner->model ? icl_model_ref(learner->model) : NULL;
    int classes = learner->state.classes;
    pthread_mutex_unlock(&learner->lock);
    if (!model)
        g_set_error(error, ICL_ERROR, ICL_ERROR_DATA,
                    "nothing was learned yet: %d class%s seen; it takes pictures of two, and a "
                    "training",
                    classes, classes == 1 ? "" : "es");
    return model;
}
