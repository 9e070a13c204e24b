/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "learner_round.h"

/* The examples of each class there are any of. */
static GPtrArray *by_class(const GPtrArray *examples, int classes)
{
    GPtrArray *all = g_ptr_array_new_full((guint)classes, (GDestroyNotify)g_ptr_array_unref);

    for (int i = 0; i < classes; i++)
        g_ptr_array_add(all, g_ptr_array_new());
    for (guint i = 0; i < examples->len; i++) {
        IclExample *example = examples->pdata[i];
        g_ptr_array_add(all->pdata[example->class], example);
    }
    for (guint i = all->len; i > 0; i--)
        if (((GPtrArray *)all->pdata[i - 1])->len == 0)
            g_ptr_array_remove_index(all, i - 1);
    return all;
}

IclLearnerRound *icl_learner_round_new(IclLearner *learner, const volatile int *cancel)
{
    IclLearnerRound *round = g_new0(IclLearnerRound, 1);

    round->learner = learner;
    round->cancel = cancel;
    pthread_mutex_lock(&learner->lock);
    round->classes = (int)learner->labels->len;
    round->labels = g_new0(char *, round->classes + 1);
    for (int i = 0; i < round->classes; i++)
        round->labels[i] = g_strdup(learner->labels->pdata[i]);
    round->learn = icl_learner_memory_list(learner->memory, false);
    round->judge = icl_learner_memory_list(learner->memory, true);
    uint64_t updates = (uint64_t)learner->state.updates;
    pthread_mutex_unlock(&learner->lock);
    if (!round->judge->len) {
        g_ptr_array_unref(round->judge);
        round->judge = g_ptr_array_ref(round->learn);
    }
    icl_random_init(&round->random, learner->params.seed, ICL_RANDOM_SHUFFLE, 0, updates);
    round->drawn = by_class(round->learn, round->classes);
    round->at = g_new0(guint, round->drawn->len);
    return round;
}

void icl_learner_round_free(IclLearnerRound *round)
{
    if (!round)
        return;
    g_ptr_array_unref(round->drawn);
    pthread_mutex_lock(&round->learner->lock);
    g_ptr_array_unref(round->judge);
    g_ptr_array_unref(round->learn);
    pthread_mutex_unlock(&round->learner->lock);
    g_strfreev(round->labels);
    g_free(round->at);
    g_free(round);
}

bool icl_learner_round_cancelled(const IclLearnerRound *round)
{
    return round->cancel && g_atomic_int_get((const volatile gint *)round->cancel);
}

static void shuffle(IclRandom *random, GPtrArray *items)
{
    for (guint i = items->len; i > 1; i--) {
        guint j = icl_random_below(random, i);
        void *swap = items->pdata[i - 1];
        items->pdata[i - 1] = items->pdata[j];
        items->pdata[j] = swap;
    }
}

static const IclExample *draw(IclLearnerRound *round)
{
    GPtrArray *class = round->drawn->pdata[round->turn];
    guint *at = &round->at[round->turn];

    if (*at == 0)
        shuffle(&round->random, class);
    const IclExample *example = class->pdata[*at];
    *at = (*at + 1) % class->len;
    round->turn = (round->turn + 1) % round->drawn->len;
    return example;
}

static float *place(const IclLearner *learner, int i)
{
    return learner->x + (size_t)i * icl_shape_count(icl_graph_input(learner->graph));
}

void icl_learner_round_draw(IclLearnerRound *round)
{
    IclLearner *learner = round->learner;
    uint64_t updates = (uint64_t)learner->state.updates, batch = (uint64_t)learner->params.batch;

    for (int i = 0; i < learner->params.batch; i++) {
        const IclExample *example = draw(round);
        IclRandom random;
        icl_random_init(&random, learner->params.seed, ICL_RANDOM_AUGMENT, 0,
                        updates * batch + (uint64_t)i);
        learner->y[i] = example->class;
        learner->kind->fill(learner, example->data, &random, place(learner, i));
    }
}

int icl_learner_round_load(IclLearnerRound *round, const GPtrArray *examples, guint first)
{
    IclLearner *learner = round->learner;
    int n = (int)MIN((guint)learner->params.batch, examples->len - first);

    for (int i = 0; i < n; i++) {
        const IclExample *example = examples->pdata[first + (guint)i];
        learner->y[i] = example->class;
        learner->kind->fill(learner, example->data, NULL, place(learner, i));
    }
    return n;
}
