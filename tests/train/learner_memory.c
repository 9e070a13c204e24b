/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What a learner keeps: no more than its capacity, as much of one class as of another, and of each
 * class a fair sample; and the statistics it measures anew. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "learner_memory.h"
#include "model.h"
#include "random.h"
#include "statistics.h"

/* An example whose data is its number. */
static void remember(IclLearnerMemory *memory, int class, int number)
{
    IclExample *example = icl_example_new(sizeof number, NULL);

    memcpy(example->data, &number, sizeof number);
    icl_learner_memory_add(memory, example, class);
}

static int number_of(const GPtrArray *examples, guint i)
{
    const IclExample *example = examples->pdata[i];
    int number;

    memcpy(&number, example->data, sizeof number);
    return number;
}

static int count_class(const GPtrArray *examples, int class)
{
    int count = 0;

    for (guint i = 0; i < examples->len; i++)
        count += ((const IclExample *)examples->pdata[i])->class == class;
    return count;
}

typedef struct Balance {
    const char *name;
    int capacity, held_out;
    int added[4];           /* of class 0, then of class 1, ... */
    int learn[4], judge[4]; /* wanted */
} Balance;

static const Balance balances[] = {
    {"all-fit", 100, 0, {10, 20, 30}, {10, 20, 30}, {0}},
    {"every-fifth-is-held-out", 100, 5, {10, 4, 30}, {8, 4, 24}, {2, 0, 6}},
    {"large-classes-give-way", 60, 0, {500, 10, 200}, {25, 10, 25}, {0}},
    {"order-does-not-matter", 60, 0, {10, 200, 500}, {10, 25, 25}, {0}},
    {"both-parts-shrink-alike", 40, 4, {400, 400}, {15, 15}, {5, 5}},
    {"more-classes-than-room", 2, 0, {9, 9, 9}, {0, 1, 1}, {0}},
};

static void keeps_a_balance(gconstpointer row)
{
    const Balance *b = &balances[GPOINTER_TO_INT(row)];
    IclLearnerMemory *memory = icl_learner_memory_new(b->capacity, b->held_out, 1);

    for (int class = 0; class < 4; class ++)
        for (int i = 0; i < b->added[class]; i++)
            remember(memory, class, i);
    g_autoptr(GPtrArray) learn = icl_learner_memory_list(memory, false);
    g_autoptr(GPtrArray) judge = icl_learner_memory_list(memory, true);
    g_assert_cmpint(icl_learner_memory_count(memory, false), ==, learn->len);
    g_assert_cmpint(icl_learner_memory_count(memory, true), ==, judge->len);
    for (int class = 0; class < 4; class ++) {
        g_assert_cmpint(ABS(count_class(learn, class) - b->learn[class]), <=, b->capacity / 40);
        g_assert_cmpint(ABS(count_class(judge, class) - b->judge[class]), <=, b->capacity / 40);
    }
    icl_learner_memory_free(memory);
}

/* A list outlives the memory, and what the memory lets go of meanwhile. */
static void lists_hold_what_they_name(void)
{
    IclLearnerMemory *memory = icl_learner_memory_new(4, 0, 1);

    for (int i = 0; i < 4; i++)
        remember(memory, i % 2, i);
    g_autoptr(GPtrArray) list = icl_learner_memory_list(memory, false);
    for (int i = 4; i < 50; i++)
        remember(memory, i % 2, i);
    icl_learner_memory_free(memory);
    for (guint i = 0; i < 4; i++)
        g_assert_cmpint(number_of(list, i), ==, i); /* class by class: 0 1, then 2 3 */
}

enum { PICTURES = 100, KEPT = 20, SEEDS = 3000 };

/* Each of 100 pictures is kept 20 times in 100, the first as the last: also where a second class
 * takes half of the room later. 3000 tries: standard deviation 22 of 600 and 300. */
static void every_picture_has_the_same_chance(void)
{
    int kept[2][PICTURES] = {0};

    for (int seed = 0; seed < SEEDS; seed++)
        for (int shrinks = 0; shrinks < 2; shrinks++) {
            IclLearnerMemory *memory = icl_learner_memory_new(KEPT, 0, (uint64_t)seed);
            for (int i = 0; i < PICTURES; i++) {
                remember(memory, 0, i);
                if (shrinks && i >= PICTURES / 2)
                    remember(memory, 1, PICTURES);
            }
            g_autoptr(GPtrArray) list = icl_learner_memory_list(memory, false);
            for (guint i = 0; i < list->len; i++)
                if (number_of(list, i) < PICTURES)
                    kept[shrinks][number_of(list, i)]++;
            icl_learner_memory_free(memory);
        }
    for (int shrinks = 0; shrinks < 2; shrinks++)
        for (int i = 0; i < PICTURES; i++)
            g_assert_cmpint(ABS(kept[shrinks][i] - SEEDS * KEPT / PICTURES / (1 + shrinks)), <,
                            100);
}

enum { SEEN = 400, CLASSES = 4 };

/* Whatever the classes' order, what is kept of a class to learn from are the smallest of its keys,
 * and so is what is kept to judge by. */
static void the_smallest_keys_stay(void)
{
    for (int seed = 0; seed < 200; seed++) {
        IclLearnerMemory *memory = icl_learner_memory_new(5 + seed % 50, seed % 5 + 2, 1);
        IclExample *seen[SEEN];
        bool kept[SEEN];
        int added[CLASSES] = {0}, part[SEEN];
        IclRandom random;
        icl_random_init(&random, (uint64_t)seed, ICL_RANDOM_TEST, 0, 0);
        for (int i = 0; i < SEEN; i++) {
            int class = (int)(icl_random_below(&random, CLASSES) * icl_random_uniform(&random));
            class = (class + i / 100) % CLASSES; /* another one is frequent every 100 */
            part[i] = 2 * class + (++added[class] % (seed % 5 + 2) == 0);
            seen[i] = icl_example_new(1, NULL);
            seen[i]->refs++;
            icl_learner_memory_add(memory, seen[i], class);
        }
        for (int i = 0; i < SEEN; i++)
            kept[i] = seen[i]->refs > 1;
        for (int i = 0; i < SEEN; i++)
            for (int j = 0; j < SEEN; j++)
                if (part[i] == part[j] && kept[i] && !kept[j])
                    g_assert_cmpfloat(seen[i]->key, <, seen[j]->key);
        icl_learner_memory_free(memory);
        for (int i = 0; i < SEEN; i++)
            icl_example_unref(seen[i]);
    }
}

enum { SIDE = 4, BATCH = 8, SAMPLES = 21 };

/* Over batches of 8, 8 and 5, of which the first's pixels are all larger. */
static void statistics_are_those_of_all_pictures(void)
{
    static const char *const labels[] = {"a", "b", NULL};
    g_autofree float *x = g_new(float, SAMPLES *SIDE *SIDE);
    double sum = 0, squares = 0, count = SAMPLES * SIDE * SIDE;
    IclRandom random;
    g_autoptr(IclModel) model = icl_model_from_description(
        "input 4 4 1 ! batchnorm ! flatten ! dense $classes", "row", labels, 1, NULL);
    IclGraph *graph = icl_model_graph(model);
    IclOptimizer *optimizer = icl_instance_parse(&icl_optimizer_family, "sgd", "row", NULL);
    IclFitParams params = {.optimizer = optimizer, .batch = BATCH, .threads = 1};
    g_autoptr(IclFit) fit = icl_fit_new(graph, &params, NULL);
    g_autoptr(IclStatistics) statistics = icl_statistics_new(fit);

    icl_random_init(&random, 1, ICL_RANDOM_TEST, 0, 0);
    for (int i = 0; i < (int)count; i++) {
        x[i] = (float)icl_random_normal(&random) + (i < BATCH * SIDE * SIDE ? 5 : 0);
        sum += x[i];
        squares += (double)x[i] * x[i];
    }
    for (int first = 0; first < SAMPLES; first += BATCH)
        icl_statistics_add(statistics, x + first * SIDE * SIDE, MIN(BATCH, SAMPLES - first));
    const IclLayer *norm = graph->nodes[1].layer;
    g_assert_true(icl_statistics_wanted(statistics));
    g_assert_cmpfloat(icl_layer_data(norm, 0)[0], ==, 0); /* not before they are set */
    icl_statistics_set(statistics);
    double mean = sum / count;
    g_assert_cmpfloat_with_epsilon(icl_layer_data(norm, 0)[0], mean, 1e-5);
    g_assert_cmpfloat_with_epsilon(icl_layer_data(norm, 1)[0], squares / count - mean * mean, 1e-4);
    icl_instance_free(optimizer);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(balances); i++) {
        g_autofree char *name = g_strconcat("/learner-memory/balance/", balances[i].name, NULL);
        g_test_add_data_func(name, GINT_TO_POINTER((int)i), keeps_a_balance);
    }
    g_test_add_func("/learner-memory/lists-hold", lists_hold_what_they_name);
    g_test_add_func("/learner-memory/same-chance", every_picture_has_the_same_chance);
    g_test_add_func("/learner-memory/smallest-keys", the_smallest_keys_stay);
    g_test_add_func("/statistics/those-of-all-pictures", statistics_are_those_of_all_pictures);
    return g_test_run();
}
