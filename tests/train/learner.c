/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Learning from pictures as they come: the same calls give the same model, on any number of threads
 * and whatever is added meanwhile; classes that come later; a base model's last layer. */
#include <glib.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "executor.h"
#include "learner_round.h"
#include "model.h"
#include "stream.h"

static void it_learns(void)
{
    IclLearnerState state;
    Stream s;

    stream_open(&s);
    stream_learner(&s);
    icl_learner_state(s.learner, &state);
    g_assert_true(isnan(state.loss) && isnan(state.accuracy) && isnan(state.best));
    stream_add(&s, 4, 0, PICTURES);
    stream_train(&s, 60);
    icl_learner_state(s.learner, &state);
    g_assert_cmpint(state.classes, ==, 4);
    g_assert_cmpint(state.added, ==, PICTURES);
    g_assert_cmpint(state.kept, ==, PICTURES * 4 / 5);
    g_assert_cmpint(state.held_out, ==, PICTURES / 5);
    g_assert_cmpint(state.updates, ==, 60);
    g_assert_cmpfloat(state.loss, >, 0);
    g_assert_cmpfloat(state.accuracy, >, 0.9);
    g_assert_cmpfloat(state.best, ==, state.accuracy);
    g_assert_cmpfloat(stream_accuracy(&s), >, 0.9);
    g_autoptr(IclModel) model = stream_model(&s);
    g_assert_nonnull(strstr(icl_model_recipe(model), "normalize mean=["));
    g_assert_nonnull(strstr(icl_model_metadata(model, "training.learned"), "\"updates\":60"));
    stream_close(&s);
}

static const struct {
    const char *name;
    int threads;
    guint64 seed;
    bool same;
} rows[] = {
    {"same-calls", 1, 1, true},
    {"two-threads", 2, 1, true},
    {"another-seed", 1, 2, false},
};

static GBytes *learn_twice(int threads, guint64 seed)
{
    Stream s;

    stream_open(&s);
    s.params.threads = threads;
    s.params.seed = seed;
    s.params.memory = 60;
    stream_learner(&s);
    stream_add(&s, 3, 0, PICTURES / 2);
    stream_train(&s, 12);
    stream_add(&s, 4, PICTURES / 2, PICTURES);
    stream_train(&s, 12);
    GBytes *bytes = stream_bytes(&s);
    stream_close(&s);
    return bytes;
}

static void calls_decide_the_bytes(gconstpointer number)
{
    int i = GPOINTER_TO_INT(number);
    g_autoptr(GBytes) first = learn_twice(1, 1),
                      second = learn_twice(rows[i].threads, rows[i].seed);

    g_assert_cmpint(g_bytes_equal(first, second), ==, rows[i].same);
}

/* Adds the stream's second half, over and over, once the training runs. */
static void *adder(void *data)
{
    Stream *s = data;
    IclLearnerState state;

    do
        icl_learner_state(s->learner, &state);
    while (!state.updates);
    for (int i = 0; i < 3; i++)
        stream_add(s, 4, PICTURES / 2, PICTURES);
    return NULL;
}

static GBytes *learn_beside(bool adds)
{
    pthread_t thread;
    Stream s;

    stream_open(&s);
    s.params.memory = 40;
    s.params.threads = 2;
    stream_learner(&s);
    stream_add(&s, 3, 0, PICTURES / 2);
    if (adds)
        g_assert_cmpint(pthread_create(&thread, NULL, adder, &s), ==, 0);
    stream_train(&s, 30);
    if (adds)
        pthread_join(thread, NULL);
    GBytes *bytes = stream_bytes(&s);
    if (adds) {
        stream_train(&s, 5);
        g_autoptr(IclModel) model = stream_model(&s);
        g_assert_cmpint(icl_model_classes(model), ==, 4);
    }
    stream_close(&s);
    return bytes;
}

static void what_comes_during_a_training_waits_for_the_next(void)
{
    g_autoptr(GBytes) alone = learn_beside(false), beside = learn_beside(true);

    g_assert_true(g_bytes_equal(alone, beside));
}

static IclWeight *head_weight(IclModel *model, int weight)
{
    const IclGraph *graph = icl_model_graph(model);

    return &graph->nodes[graph->n_nodes - 1].layer->weights[weight];
}

static bool same_input(const Stream *s, int i, int j)
{
    return !memcmp(s->learner->x + 64 * i, s->learner->x + 64 * j, 64 * sizeof(float));
}

/* Of 40 pictures of class 0 and four of each other one, a batch of 16 has four of each, and no
 * picture twice. */
static void a_batch_goes_from_class_to_class(void)
{
    Stream s;

    stream_open(&s);
    s.params.augment = "";
    s.params.held_out = 0;
    stream_learner(&s);
    stream_add(&s, 4, 0, 16);
    stream_add(&s, 1, 16, PICTURES);
    stream_train(&s, 1);
    g_autoptr(IclLearnerRound) round = icl_learner_round_new(s.learner, NULL);
    for (int batch = 0; batch < 3; batch++) {
        icl_learner_round_draw(round);
        for (int i = 0; i < 16; i++) {
            g_assert_cmpint(s.learner->y[i], ==, i % 4);
            for (int j = 0; j < i; j++)
                g_assert_false(same_input(&s, i, j));
        }
    }
    g_clear_pointer(&round, icl_learner_round_free);
    stream_close(&s);
}

/* One picture a class: each time it comes it is moved by another distance. */
static void each_drawn_picture_is_augmented_by_itself(void)
{
    Stream s;

    stream_open(&s);
    s.params.augment = "shift 0.3";
    stream_learner(&s);
    stream_add(&s, 2, 0, 4);
    stream_train(&s, 1);
    g_autoptr(IclLearnerRound) round = icl_learner_round_new(s.learner, NULL);
    icl_learner_round_draw(round);
    for (int i = 0; i < 14; i++)
        g_assert_false(same_input(&s, i, i + 2));
    g_clear_pointer(&round, icl_learner_round_free);
    stream_close(&s);
}

/* At a learning rate of 0 only what growth does is seen. */
static void growth_keeps_what_is_known(void)
{
    Stream s;

    stream_open(&s);
    s.params.optimizer = "sgd lr=0";
    stream_learner(&s);
    stream_add(&s, 2, 0, PICTURES);
    stream_train(&s, 1);
    g_autoptr(IclModel) two = stream_model(&s);
    stream_add(&s, 4, 0, PICTURES);
    stream_train(&s, 1);
    g_autoptr(IclModel) four = stream_model(&s);
    g_assert_cmpint(icl_model_classes(two), ==, 2);
    g_assert_cmpint(icl_model_classes(four), ==, 4);
    for (int i = 0; i < 4; i++)
        g_assert_cmpstr(icl_model_labels(four)[i], ==, stream_labels[i]);
    g_assert_cmpstr(icl_model_recipe(two), ==, icl_model_recipe(four));
    const float *before = head_weight(two, 0)->tensor.data,
                *after = head_weight(four, 0)->tensor.data;
    for (int row = 0; row < 4 * 4 * 8; row++) {
        g_assert_cmpmem(before + 2 * row, 2 * sizeof(float), after + 4 * row, 2 * sizeof(float));
        g_assert_cmpfloat(after[4 * row + 2], !=, 0);
    }
    stream_close(&s);
}

/* One class more is better than any accuracy. */
static void more_classes_are_better(void)
{
    IclLearnerState state;
    Stream s;

    stream_open(&s);
    stream_learner(&s);
    stream_add(&s, 2, 0, PICTURES);
    stream_train(&s, 60);
    icl_learner_state(s.learner, &state);
    g_assert_cmpfloat(state.best, ==, 1);
    stream_add(&s, 4, 0, 12);
    stream_train(&s, 1);
    icl_learner_state(s.learner, &state);
    g_autoptr(IclModel) model = stream_model(&s);
    g_assert_cmpint(icl_model_classes(model), ==, 4);
    g_assert_cmpfloat(state.best, <, 1);
    stream_close(&s);
}

/* Batch normalisation right after the input, of pictures whose mean is 0 and variance 1. */
static void statistics_are_measured_anew(void)
{
    Stream s;

    stream_open(&s);
    s.params.description = "input 8 8 1 ! batchnorm ! flatten ! dense $classes";
    s.params.held_out = 0;
    stream_learner(&s);
    stream_add(&s, 4, 0, PICTURES);
    stream_train(&s, 2);
    g_autoptr(IclModel) model = stream_model(&s);
    const IclLayer *norm = icl_model_graph(model)->nodes[1].layer;
    g_assert_cmpfloat_with_epsilon(icl_layer_data(norm, 0)[0], 0, 2e-3);
    g_assert_cmpfloat_with_epsilon(icl_layer_data(norm, 1)[0], 1, 2e-3);
    stream_close(&s);
}

static void assert_same_trained(const IclGraph *a, const IclGraph *b, bool same)
{
    bool equal = true;

    for (int i = 0; i < a->n_nodes; i++)
        for (int w = 0; w < a->nodes[i].layer->n_weights; w++) {
            const IclWeight *weight = &a->nodes[i].layer->weights[w];
            if (weight->role != ICL_WEIGHT_MOVING)
                equal &= !memcmp(weight->tensor.data, icl_layer_data(b->nodes[i].layer, w),
                                 icl_tensor_count(&weight->tensor) * sizeof(float));
        }
    g_assert_cmpint(equal, ==, same);
}

/* With the optimizer's ema the model is the average; the weights go on from where they are. */
static void the_average_is_the_model(void)
{
    static const char *const optimizers[] = {"sgd lr=0.1", "sgd lr=0.1 ema=0.9"};
    Stream s[2];

    for (int i = 0; i < 2; i++) {
        stream_open(&s[i]);
        s[i].params.optimizer = optimizers[i];
        stream_learner(&s[i]);
        stream_add(&s[i], 4, 0, PICTURES);
        stream_train(&s[i], 6);
        stream_train(&s[i], 6);
    }
    IclLearner *plain = s[0].learner, *averaged = s[1].learner;
    g_autoptr(IclModel) model = stream_model(&s[1]);
    assert_same_trained(plain->graph, averaged->graph, true);
    assert_same_trained(icl_model_graph(model), averaged->graph, false);
    icl_fit_swap_average(averaged->fit);
    assert_same_trained(icl_model_graph(model), averaged->graph, true);
    stream_close(&s[0]);
    stream_close(&s[1]);
}

/* Four classes, trained; the file it is saved to is the stream's output. */
static IclModel *base_model(Stream *s)
{
    stream_learner(s);
    stream_add(s, 4, 0, PICTURES);
    stream_train(s, 60);
    IclModel *model = stream_model(s);
    g_clear_pointer(&s->learner, icl_learner_free);
    s->params.description = s->params.augment = NULL;
    return model;
}

/* Its logits are the last layer's of what icl_executor_last_input() says entered it. */
static void the_last_input_is_known(void)
{
    Stream s;
    IclTeam team;
    IclPicture picture;

    stream_open(&s);
    g_autoptr(IclModel) model = base_model(&s);
    g_autoptr(IclExecutor) executor = icl_executor_new(icl_model_graph(model), 1, false, 1, NULL);
    g_autoptr(IclPreprocessor) preprocessor = icl_preprocessor_new(icl_model_parsed_recipe(model));
    g_assert_true(icl_dataset_picture(s.test, 0, &picture, NULL));
    icl_preprocess(preprocessor, &picture.frame, icl_executor_input(executor));
    icl_team_begin(&team, 1);
    const float *logits = icl_executor_forward(executor, 1, 0, 0, &team);
    icl_team_end(&team);
    const float *x = icl_executor_last_input(executor);
    const float *kernel = head_weight(model, 0)->tensor.data,
                *bias = head_weight(model, 1)->tensor.data;
    for (int class = 0; class < 4; class ++) {
        double sum = bias[class];
        for (int i = 0; i < 4 * 4 * 8; i++)
            sum += x[i] * kernel[4 * i + class];
        g_assert_cmpfloat_with_epsilon(logits[class], sum, 1e-4);
    }
    icl_picture_clear(&picture);
    stream_close(&s);
}

/* A base of four classes learns two of them again: on its features a few updates do. */
static void a_base_keeps_all_but_its_last_layer(void)
{
    Stream s;

    stream_open(&s);
    g_autoptr(IclModel) base = base_model(&s);
    s.params.base = base;
    stream_learner(&s);
    stream_add(&s, 2, 0, PICTURES);
    stream_train(&s, 20);
    g_assert_cmpfloat(stream_accuracy(&s), >, 0.95);
    stream_add(&s, 3, 0, PICTURES);
    stream_train(&s, 20);
    g_autoptr(IclModel) model = stream_model(&s);
    g_assert_cmpint(icl_model_classes(model), ==, 3);
    g_assert_cmpstr(icl_model_labels(model)[0], ==, "one");
    g_assert_cmpstr(icl_model_recipe(model), ==, icl_model_recipe(base));
    const IclGraph *was = icl_model_graph(base), *is = icl_model_graph(model);
    g_assert_cmpint(was->n_nodes, ==, is->n_nodes);
    for (int i = 0; i < was->n_nodes - 1; i++)
        for (int w = 0; w < was->nodes[i].layer->n_weights; w++) {
            const IclTensor *a = &was->nodes[i].layer->weights[w].tensor;
            size_t bytes = icl_tensor_count(a) * sizeof(float);
            g_assert_cmpmem(a->data, bytes, is->nodes[i].layer->weights[w].tensor.data, bytes);
        }
    stream_close(&s);
}

static void *canceller(void *data)
{
    Stream *s = data;
    IclLearnerState state;

    do
        icl_learner_state(s->learner, &state);
    while (state.updates < 3);
    g_atomic_int_set(&s->cancel, 1);
    return NULL;
}

/* What a cancelled training did is not judged, so that the best stays what it was. */
static void a_training_can_be_cancelled(void)
{
    IclLearnerState state;
    GError *error = NULL;
    pthread_t thread;
    Stream s;

    stream_open(&s);
    stream_learner(&s);
    stream_add(&s, 4, 0, PICTURES);
    g_assert_cmpint(pthread_create(&thread, NULL, canceller, &s), ==, 0);
    g_assert_true(icl_learner_train(s.learner, 1000000, &s.cancel, &error));
    pthread_join(thread, NULL);
    g_assert_no_error(error);
    icl_learner_state(s.learner, &state);
    g_assert_cmpint(state.updates, <, 100000);
    g_assert_true(isnan(state.accuracy));
    g_assert_null(icl_learner_model(s.learner, NULL));
    stream_train(&s, 1);
    g_autoptr(IclModel) model = stream_model(&s);
    g_assert_true(icl_learner_train(s.learner, 1000000, &s.cancel, &error));
    g_autoptr(IclModel) same = stream_model(&s);
    g_assert_true(model == same);
    stream_close(&s);
}

/* After a learning rate that no weights survive, the next training begins at the best model. */
static void a_lost_training_goes_back_to_the_best(void)
{
    GError *error = NULL;
    Stream s;

    stream_open(&s);
    s.params.optimizer = "sgd lr=1e3";
    s.params.description = "input 8 8 1 ! flatten ! dense 30 ! dense 30 ! dense $classes";
    stream_learner(&s);
    stream_add(&s, 4, 0, PICTURES);
    stream_train(&s, 1);
    g_autoptr(IclModel) best = stream_model(&s);
    g_assert_false(icl_learner_train(s.learner, 50, NULL, &error));
    g_assert_error(error, ICL_ERROR, ICL_ERROR_VALUE);
    g_assert_nonnull(strstr(error->message, "not a number any more after"));
    g_clear_error(&error);
    g_autoptr(IclModel) same = stream_model(&s);
    g_assert_true(best == same);
    stream_train(&s, 1);
    stream_close(&s);
}

static const struct {
    const char *name;
    void (*test)(void);
} tests[] = {
    {"learns", it_learns},
    {"adding-during-a-training", what_comes_during_a_training_waits_for_the_next},
    {"batch/from-class-to-class", a_batch_goes_from_class_to_class},
    {"batch/augmented", each_drawn_picture_is_augmented_by_itself},
    {"growth/keeps-what-is-known", growth_keeps_what_is_known},
    {"growth/more-classes-are-better", more_classes_are_better},
    {"statistics", statistics_are_measured_anew},
    {"average", the_average_is_the_model},
    {"base/last-input", the_last_input_is_known},
    {"base/keeps-all-but-its-last-layer", a_base_keeps_all_but_its_last_layer},
    {"cancel", a_training_can_be_cancelled},
    {"not-a-number", a_lost_training_goes_back_to_the_best},
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *name = g_strconcat("/learner/", tests[i].name, NULL);
        g_test_add_func(name, tests[i].test);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strconcat("/learner/bytes/", rows[i].name, NULL);
        g_test_add_data_func(name, GINT_TO_POINTER((int)i), calls_decide_the_bytes);
    }
    return g_test_run();
}
