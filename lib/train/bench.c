/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Times of passes, each by itself, because a mean hides the pass that came late: a live picture
 * waits for that one. */
#include <icl/bench.h>

#include <math.h>
#include <string.h>
#include <time.h>

#include "bench_layers.h"
#include "fit.h"
#include "model.h"
#include "percentile.h"
#include "random.h"

static const double default_seconds = 3, warm_up_seconds = 0.1, preprocess_seconds = 0.1;
enum { WARM_UP_PASSES = 2, MOST_PASSES = 10000000 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* What is measured: prepare() is not part of the time, run() is. */
typedef struct Task {
    void (*prepare)(struct Task *task); /* (nullable) */
    void (*run)(struct Task *task);
    IclStepTimes *steps; /* (nullable): to be kept after each pass */
} Task;

/* Seconds of a pass. */
static double time_pass(Task *task)
{
    if (task->prepare)
        task->prepare(task);
    double begun = now();
    task->run(task);
    return now() - begun;
}

static void warm_up(Task *task)
{
    double begun = now();
    for (int i = 0; i < WARM_UP_PASSES || now() - begun < warm_up_seconds; i++)
        time_pass(task);
}

/* Seconds of passes: at least one, until the first limit is met; 0: none. Caller unrefs. */
static GArray *time_passes(Task *task, double seconds, int runs)
{
    GArray *times = g_array_new(FALSE, FALSE, sizeof(double));
    int most = runs > 0 ? runs : MOST_PASSES;
    warm_up(task);
    double end = seconds > 0 ? now() + seconds : INFINITY;
    do {
        double time = time_pass(task);
        g_array_append_val(times, time);
        if (task->steps)
            icl_step_times_keep(task->steps);
    } while ((int)times->len < most && now() < end);
    return times;
}

static float *random_numbers(size_t count, GError **error)
{
    float *x = icl_memory_new(count * sizeof *x, "the input", error);
    IclRandom random;
    icl_random_init(&random, 1, ICL_RANDOM_TEST, 0, 0);
    for (size_t i = 0; x && i < count; i++)
        x[i] = (float)(icl_random_uniform(&random) * 2 - 1);
    return x;
}

/* A pass of inference, as icl_classifier_frames() has it after preprocessing. */
typedef struct Inference {
    Task task;
    IclExecutor *executor;
    const float *x; /* [batch,h,w,c] */
    float *scores;  /* [batch, classes] */
    int batch, classes, threads;
    size_t entries; /* of x */
} Inference;

static void inference_prepare(Task *task)
{
    Inference *inference = (Inference *)task;
    memcpy(icl_executor_input(inference->executor), inference->x,
           inference->entries * sizeof(float));
}

static void inference_run(Task *task)
{
    Inference *inference = (Inference *)task;
    IclTeam team;
    icl_team_begin(&team, inference->threads);
    const float *logits = icl_executor_forward(inference->executor, inference->batch, 0, 0, &team);
    icl_kernels()->element.softmax(logits, (size_t)inference->batch, inference->classes,
                                   inference->scores);
    icl_team_end(&team);
}

/* A training step. The learning rate is 0, so that the weights stay sensible however many steps
 * there are; the arithmetic is the same. */
typedef struct Training {
    Task task;
    IclFit *fit;
    const float *x; /* [batch,h,w,c] */
    const int *y;   /* [batch] */
} Training;

static void training_run(Task *task)
{
    Training *training = (Training *)task;
    icl_fit_update(training->fit, training->x, &(IclTargets){.y = training->y},
                   training->fit->params.batch, 0);
}

/* From the picture to the input of the network. */
typedef struct Preprocessing {
    Task task;
    IclPreprocessor *preprocessor;
    IclFrame frame;
    float *x; /* [h,w,c] */
} Preprocessing;

static void preprocessing_run(Task *task)
{
    Preprocessing *preprocessing = (Preprocessing *)task;
    icl_preprocess(preprocessing->preprocessor, &preprocessing->frame, preprocessing->x);
}

/* Of an executor whose passes the task runs. */
static void record_passes(IclBench *bench, Task *task, IclExecutor *executor,
                          const IclBenchParams *params)
{
    g_autoptr(IclStepTimes) steps = params->layers ? icl_step_times_new(executor) : NULL;
    task->steps = steps;
    bool limited = params->seconds > 0 || params->runs > 0;
    g_autoptr(GArray) times =
        time_passes(task, limited ? params->seconds : default_seconds, params->runs);
    double total = 0;
    for (guint i = 0; i < times->len; i++)
        total += g_array_index(times, double, i);
    bench->runs = (int)times->len;
    bench->p50_ms = icl_percentile(times, 0.5) * 1e3;
    bench->p90_ms = icl_percentile(times, 0.9) * 1e3;
    bench->p99_ms = icl_percentile(times, 0.99) * 1e3;
    bench->images_per_second = (double)params->batch * times->len / total;
    if (steps)
        icl_step_times_report(steps, bench);
}

static void record_memory(IclBench *bench, const IclExecutor *executor, size_t state)
{
    const IclPlan *plan = icl_executor_plan(executor);
    bench->activation_bytes = (gint64)(plan->arena * sizeof(float));
    bench->memory_bytes =
        bench->activation_bytes + (gint64)((plan->packed + state) * sizeof(float) +
                                           plan->scratch * (size_t)icl_executor_threads(executor));
}

static bool bench_inference(IclModel *model, const IclBenchParams *params, const float *x,
                            IclBench *bench, GError **error)
{
    const IclGraph *graph = icl_model_graph(model);
    int batch = params->batch, classes = icl_model_classes(model);
    g_autoptr(IclExecutor) executor = icl_executor_new(graph, batch, false, params->threads, error);
    if (!executor)
        return false;
    g_autofree float *scores = g_new(float, (gsize)batch *(gsize)classes);
    Inference inference = {
        .task = {.prepare = inference_prepare, .run = inference_run},
        .executor = executor,
        .x = x,
        .scores = scores,
        .batch = batch,
        .classes = classes,
        .threads = params->threads,
        .entries = icl_shape_count(icl_graph_input(graph)) * (size_t)batch,
    };
    record_passes(bench, &inference.task, executor, params);
    record_memory(bench, executor, 0);
    return true;
}

static bool bench_fit(IclGraph *graph, const IclBenchParams *params, const IclOptimizer *optimizer,
                      const float *x, IclBench *bench, GError **error)
{
    IclFitParams fit_params = {
        .optimizer = optimizer, .batch = params->batch, .threads = params->threads};
    g_autoptr(IclFit) fit = icl_fit_new(graph, &fit_params, error);
    if (!fit)
        return false;
    g_autofree int *y = g_new(int, params->batch);
    for (int i = 0; i < params->batch; i++)
        y[i] = i % icl_graph_output(graph).c;
    Training training = {.task = {.run = training_run}, .fit = fit, .x = x, .y = y};
    record_passes(bench, &training.task, fit->training, params);
    record_memory(bench, fit->training, fit->n_gradients * (size_t)(1 + fit->n_slots));
    return true;
}

static bool bench_training(IclModel *model, const IclBenchParams *params, const float *x,
                           IclBench *bench, GError **error)
{
    g_autoptr(IclModel) own = icl_model_from_description(
        icl_model_description(model), "the model's description", icl_model_labels(model), 1, error);
    IclOptimizer *optimizer =
        own ? icl_instance_parse(&icl_optimizer_family,
                                 params->optimizer ? params->optimizer : "adamw", "--optimizer",
                                 error)
            : NULL;
    bool done = optimizer && bench_fit(icl_model_graph(own), params, optimizer, x, bench, error);
    icl_instance_free(optimizer);
    return done;
}

static bool bench_preprocessing(IclModel *model, const IclBenchParams *params, IclBench *bench,
                                GError **error)
{
    IclShape input = icl_graph_input(icl_model_graph(model));
    int w = params->frame_width > 0 ? params->frame_width : input.w;
    int h = params->frame_height > 0 ? params->frame_height : input.h;
    g_autofree uint8_t *pixels = g_try_malloc((gsize)w * (gsize)h * 3);
    if (!pixels) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_MEMORY,
                    "no memory for a picture of %dx%d; take a smaller one", w, h);
        return false;
    }
    for (gsize i = 0; i < (gsize)w * (gsize)h * 3; i++)
        pixels[i] = (uint8_t)(i * 2654435761u >> 24);
    g_autofree float *x = g_new(float, icl_shape_count(input));
    Preprocessing preprocessing = {
        .task = {.run = preprocessing_run},
        .preprocessor = icl_preprocessor_new(icl_model_parsed_recipe(model)),
        .frame = {.format = ICL_PIXEL_RGB,
                  .range = ICL_RANGE_FULL,
                  .width = w,
                  .height = h,
                  .plane = {pixels},
                  .stride = {w * 3}},
        .x = x,
    };
    g_autoptr(GArray) times = time_passes(&preprocessing.task, preprocess_seconds, 0);
    bench->preprocess_ms = icl_percentile(times, 0.5) * 1e3;
    icl_preprocessor_free(preprocessing.preprocessor);
    return true;
}

bool icl_bench(IclModel *model, const IclBenchParams *params, IclBench *result, GError **error)
{
    const IclGraph *graph = icl_model_graph(model);
    IclBench bench = {.parameters = icl_model_parameters(model)};
    for (int i = 0; i < graph->n_nodes; i++)
        bench.multiply_adds += graph->nodes[i].layer->macs;

    float *x =
        random_numbers(icl_shape_count(icl_graph_input(graph)) * (size_t)params->batch, error);
    bool done = x && bench_preprocessing(model, params, &bench, error) &&
                (params->train ? bench_training : bench_inference)(model, params, x, &bench, error);
    icl_memory_free(x);
    if (done)
        *result = bench;
    return done;
}

void icl_bench_clear(IclBench *bench)
{
    for (int i = 0; i < bench->n_layers; i++) {
        g_free(bench->layers[i].path);
        g_free(bench->layers[i].classes);
        g_free(bench->layers[i].shape);
    }
    g_clear_pointer(&bench->layers, g_free);
    bench->n_layers = 0;
}

static bool set_variable(IclChain *chain, const char *assignment, GError **error)
{
    const char *equals = strchr(assignment, '=');
    g_autofree char *name =
        equals ? g_strndup(assignment, (gsize)(equals - assignment)) : g_strdup(assignment);
    if (equals && icl_chain_uses(chain, name))
        return icl_chain_set(chain, name, equals + 1, error);
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                "\"%s\" cannot be set: the description has no variable of that name", assignment);
    return false;
}

IclModel *icl_bench_model(const char *text, const char *name, const char *const *labels,
                          const char *const *variables, GError **error)
{
    g_autoptr(IclChain) chain = icl_chain_parse(text, -1, name, error);
    for (; chain && variables && *variables; variables++)
        if (!set_variable(chain, *variables, error))
            return NULL;
    return chain ? icl_model_new(g_steal_pointer(&chain), labels, NULL, 1, error) : NULL;
}
