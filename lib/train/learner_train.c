/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * One call of icl_learner_train(): updates, statistics, judgement, and whether this is the best. */
#include <math.h>

#include "cpu.h"
#include "json.h"
#include "learner_round.h"
#include "statistics.h"

static IclFitParams fit_params(const IclLearner *learner)
{
    return (IclFitParams){.optimizer = learner->optimizer,
                          .seed = learner->params.seed,
                          .batch = learner->params.batch,
                          .threads = learner->params.threads};
}

static bool learner_buffers(IclLearner *learner, GError **error)
{
    size_t input = icl_shape_count(icl_graph_input(learner->graph)), bytes;

    if (learner->x)
        return true;
    if (!icl_size_multiply(input * sizeof(float), (size_t)learner->params.batch, &bytes))
        bytes = SIZE_MAX; /* refused below */
    g_free(learner->y);
    learner->y = g_new(int, learner->params.batch);
    return (learner->x = icl_memory_new(bytes, "a batch of pictures", error));
}

static void learner_drop_fit(IclLearner *learner)
{
    g_clear_pointer(&learner->fit, icl_fit_free);
    g_clear_pointer(&learner->graph, icl_graph_free);
}

/* A network for the round's classes, which begins with what is known of fewer. */
static bool learner_grow_fit(IclLearner *learner, const IclLearnerRound *round, GError **error)
{
    const IclGraph *known = learner->graph ? learner->graph : learner->best.graph;
    IclGraph *graph = icl_learner_grow(learner, round->classes, known, error);
    IclFitParams params = fit_params(learner);

    if (!graph)
        return false;
    IclFit *fit = icl_fit_new(graph, &params, error);
    if (!fit) {
        icl_graph_free(graph);
        return false;
    }
    learner_drop_fit(learner);
    learner->graph = graph;
    learner->fit = fit;
    return true;
}

static bool learner_fit(IclLearner *learner, const IclLearnerRound *round, GError **error)
{
    int outputs = icl_learner_outputs(learner, round->classes);
    bool fits = learner->fit && icl_graph_output(learner->graph).c == outputs;

    return (fits || learner_grow_fit(learner, round, error)) && learner_buffers(learner, error);
}

static bool learner_prepare(IclLearner *learner, const IclLearnerRound *round, GError **error)
{
    size_t input = icl_shape_count(icl_graph_input(icl_model_graph(learner->start)));

    if (learner->final_recipe)
        return true;
    if (!learner->picture &&
        !(learner->picture = icl_memory_new(input * sizeof(float), "a picture", error)))
        return false;
    return learner->kind->prepare(learner, round->learn, error);
}

static bool check_loss(IclLearner *learner, double loss, double rate, GError **error)
{
    if (isfinite(loss))
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                "the loss is not a number any more after %" G_GINT64_FORMAT
                " updates, at learning rate %g; try a tenth of it (optimizer \"adamw lr=..\")",
                learner->state.updates, rate);
    learner_drop_fit(learner);
    return false;
}

/* False with an error; *done false where it was cancelled. */
static bool round_updates(IclLearnerRound *round, int updates, bool *done, GError **error)
{
    IclLearner *learner = round->learner;
    double sum = 0;

    for (int i = 0; i < updates; i++) {
        IclScheduleTime time = {i, updates, 1};
        double rate = icl_schedule_rate(learner->schedule, learner->optimizer->lr, &time);
        if (icl_learner_round_cancelled(round))
            return true;
        icl_learner_round_draw(round);
        IclLoss loss = icl_fit_update(learner->fit, learner->x, &(IclTargets){.y = learner->y},
                                      learner->params.batch, rate);
        sum += loss.sum / learner->params.batch;
        pthread_mutex_lock(&learner->lock);
        learner->state.updates++;
        learner->state.loss = sum / (i + 1);
        pthread_mutex_unlock(&learner->lock);
        if (!check_loss(learner, loss.sum, rate, error))
            return false;
    }
    return *done = true;
}

/* False where it was cancelled; then the statistics are as they were. */
static bool round_statistics(IclLearnerRound *round)
{
    IclLearner *learner = round->learner;
    g_autoptr(IclStatistics) statistics = icl_statistics_new(learner->fit);

    if (!icl_statistics_wanted(statistics))
        return true;
    for (guint first = 0; first < round->learn->len; first += (guint)learner->params.batch) {
        if (icl_learner_round_cancelled(round))
            return false;
        int n = icl_learner_round_load(round, round->learn, first);
        icl_statistics_add(statistics, learner->x, n);
    }
    icl_statistics_set(statistics);
    return true;
}

/* False where it was cancelled. */
static bool round_judge(IclLearnerRound *round, IclExecutor *inference, double *accuracy)
{
    IclLearner *learner = round->learner;
    double correct = 0;

    for (guint first = 0; first < round->judge->len; first += (guint)learner->params.batch) {
        if (icl_learner_round_cancelled(round))
            return false;
        int n = icl_learner_round_load(round, round->judge, first);
        IclTargets targets = {.y = learner->y};
        correct += icl_judge(inference, NULL, learner->x, &targets, n, NULL).correct;
    }
    *accuracy = correct / round->judge->len;
    return true;
}

/* What was learned, and how; nothing that differs between two runs of the same calls. */
static void describe(const IclLearner *learner, const IclLearnerRound *round, double accuracy,
                     IclModel *model)
{
    const IclLearnerParams *p = &learner->params;
    bool held_out = round->judge != round->learn;
    g_autoptr(IclJson) options = icl_json_object(), learned = icl_json_object();

    icl_json_set(options, "augment", icl_json_string(p->augment ? p->augment : ""));
    icl_json_set(options, "base", icl_json_string(p->base ? "yes" : "no"));
    icl_json_set(options, "batch", icl_json_integer(p->batch));
    icl_json_set(options, "held_out", icl_json_integer(p->held_out));
    icl_json_set(options, "memory", icl_json_integer(p->memory));
    icl_json_set(options, "optimizer", icl_json_string(p->optimizer));
    icl_json_set(options, "seed", icl_json_integer((gint64)p->seed));
    icl_json_set(learned, "classes", icl_json_integer(round->classes));
    icl_json_set(learned, "pictures", icl_json_integer(round->learn->len));
    icl_json_set(learned, "held_out", icl_json_integer(held_out ? round->judge->len : 0));
    icl_json_set(learned, "updates", icl_json_integer(learner->state.updates));
    icl_json_set(learned, held_out ? "val_accuracy" : "accuracy", icl_json_real(accuracy));
    g_autofree char *how = icl_json_print(options, 0), *what = icl_json_print(learned, 0);
    icl_model_set_metadata(model, "training.options", how);
    icl_model_set_metadata(model, "training.learned", what);
    icl_model_set_metadata(model, "training.instruction_set", icl_tier_name(icl_cpu_tier()));
}

static void best_clear(IclLearnerBest *best)
{
    icl_executor_free(best->inference);
    icl_graph_free(best->graph);
    *best = (IclLearnerBest){0};
}

/* A copy of the network as it is, and the model made of it. */
static IclModel *learner_copy(IclLearner *learner, const IclLearnerRound *round,
                              IclLearnerBest *copy, GError **error)
{
    const IclLearnerParams *p = &learner->params;

    copy->classes = round->classes;
    if (!(copy->graph = icl_learner_grow(learner, round->classes, learner->graph, error)) ||
        !(copy->inference = icl_executor_new(copy->graph, p->batch, false, p->threads, error)))
        return NULL;
    return icl_learner_assemble(learner, copy->graph, (const char *const *)round->labels, error);
}

static bool learner_set_best(IclLearner *learner, const IclLearnerRound *round, double accuracy,
                             GError **error)
{
    IclLearnerBest copy = {0};
    IclModel *model = learner_copy(learner, round, &copy, error);

    if (!model) {
        best_clear(&copy);
        return false;
    }
    describe(learner, round, accuracy, model);
    best_clear(&learner->best);
    learner->best = copy;
    pthread_mutex_lock(&learner->lock);
    IclModel *old = learner->model;
    learner->model = model;
    pthread_mutex_unlock(&learner->lock);
    icl_model_unref(old);
    return true;
}

/* The best so far is judged by the same pictures: those held out change. Of equals the newer one is
 * better, which saw more. */
static bool round_compare(IclLearnerRound *round, GError **error)
{
    IclLearner *learner = round->learner;
    double accuracy, best = -1;

    icl_executor_prepare(learner->fit->inference);
    if (!round_judge(round, learner->fit->inference, &accuracy))
        return true;
    if (learner->best.classes == round->classes &&
        !round_judge(round, learner->best.inference, &best))
        return true;
    if (accuracy >= best && !learner_set_best(learner, round, accuracy, error))
        return false;
    pthread_mutex_lock(&learner->lock);
    learner->state.accuracy = accuracy;
    learner->state.best = MAX(accuracy, best);
    pthread_mutex_unlock(&learner->lock);
    return true;
}

/* With the optimizer's ema, the average is what is judged and kept; the weights themselves go on.
 */
static bool round_end(IclLearnerRound *round, GError **error)
{
    IclFit *fit = round->learner->fit;

    icl_fit_swap_average(fit);
    bool compared = !round_statistics(round) || round_compare(round, error);
    icl_fit_swap_average(fit);
    return compared;
}

bool icl_learner_train(IclLearner *learner, int updates, const volatile int *cancel, GError **error)
{
    g_autoptr(IclLearnerRound) round = icl_learner_round_new(learner, cancel);
    bool done = false;

    if (round->classes < 2 || updates < 1 || icl_learner_round_cancelled(round))
        return true;
    if (!learner_prepare(learner, round, error) || !learner_fit(learner, round, error) ||
        !round_updates(round, updates, &done, error))
        return false;
    return !done || round_end(round, error);
}
