/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Two rules decide when to train (next_round()). By default the thread trains whenever it is free
 * and something new has come, and goes on for `final_updates` after the last picture; then it
 * sleeps. With `round` it trains after exactly so many pictures while the stream waits, so that
 * which pictures a training has seen depends on nothing but the stream. */
#include "icltrain_worker.h"

#include <errno.h>
#include <icl/model.h>
#include <time.h>

void icl_worker_init(IclWorker *worker, GstElement *element)
{
    pthread_condattr_t monotonic;

    *worker = (IclWorker){.element = element};
    pthread_mutex_init(&worker->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&worker->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void icl_worker_clear(IclWorker *worker)
{
    pthread_cond_destroy(&worker->changed);
    pthread_mutex_destroy(&worker->lock);
}

/* Updates of the training that is due now; 0: none. */
static int next_round(const IclWorker *worker)
{
    const IclWorkerPlan *plan = &worker->plan;
    int enough = plan->round > 0 && !worker->finish ? plan->round : 1;

    if (worker->failed)
        return 0;
    if (worker->fresh >= enough)
        return plan->updates;
    if (worker->rest <= 0 || (plan->round > 0 && !worker->finish))
        return 0;
    return worker->finish ? plan->final_updates : plan->updates;
}

static gboolean is_at_work(const IclWorker *worker)
{
    return worker->busy || next_round(worker) > 0;
}

static void begin_round(IclWorker *worker, int updates)
{
    if (worker->finish && worker->fresh == 0)
        worker->rest = 0;
    else if (worker->plan.round == 0)
        worker->rest = MAX(worker->rest - updates, 0);
    worker->fresh = 0;
    worker->busy = TRUE;
}

static void fail(IclWorker *worker)
{
    pthread_mutex_lock(&worker->lock);
    worker->failed = TRUE;
    pthread_mutex_unlock(&worker->lock);
}

/* Without a model to fall back on there is nothing to hope for; with one, it is kept. */
static void complain(IclWorker *worker, const GError *error)
{
    g_autoptr(IclModel) model = icl_learner_model(worker->learner, NULL);

    if (!model) {
        fail(worker);
        GST_ELEMENT_ERROR(worker->element, LIBRARY, FAILED, ("%s", error->message),
                          ("Nothing was learned before."));
    } else if (!worker->warned) {
        worker->warned = TRUE;
        GST_ELEMENT_WARNING(worker->element, LIBRARY, FAILED, ("%s", error->message),
                            ("Training goes on from the best model so far; this is said once."));
    }
}

static gboolean save(IclWorker *worker, const IclModel *model)
{
    g_autoptr(GError) error = NULL;

    if (icl_model_save(model, worker->plan.output, &error))
        return TRUE;
    fail(worker);
    GST_ELEMENT_ERROR(worker->element, RESOURCE, WRITE, ("%s", error->message),
                      ("Training has stopped; frames pass unlearned."));
    return FALSE;
}

static void post(IclWorker *worker, const IclLearnerState *state, gboolean saved)
{
    GstStructure *structure = gst_structure_new(
        ICL_TRAINING_NAME, "loss", G_TYPE_DOUBLE, state->loss, "accuracy", G_TYPE_DOUBLE,
        state->accuracy, "best", G_TYPE_DOUBLE, state->best, "classes", G_TYPE_INT, state->classes,
        "added", G_TYPE_INT64, state->added, "kept", G_TYPE_INT, state->kept, "updates",
        G_TYPE_INT64, state->updates, "saved", G_TYPE_BOOLEAN, saved, "output", G_TYPE_STRING,
        worker->plan.output, NULL);

    gst_element_post_message(worker->element,
                             gst_message_new_element(GST_OBJECT(worker->element), structure));
}

/* After a training whose model is the best so far, the file gets it. */
static void publish(IclWorker *worker, const IclLearnerState *state)
{
    g_autoptr(IclModel) model = icl_learner_model(worker->learner, NULL);

    if (!model)
        return;
    gboolean better = state->accuracy >= state->best;
    post(worker, state, better && worker->plan.output && save(worker, model));
}

static void train(IclWorker *worker, int updates)
{
    g_autoptr(GError) error = NULL;
    IclLearnerState state;

    if (!icl_learner_train(worker->learner, updates, &worker->cancel, &error)) {
        complain(worker, error);
        return;
    }
    icl_learner_state(worker->learner, &state);
    if (state.updates == worker->updates)
        return; /* one class so far */
    worker->updates = state.updates;
    publish(worker, &state);
}

static void *work(void *data)
{
    IclWorker *worker = data;

    pthread_mutex_lock(&worker->lock);
    while (!worker->quit) {
        int updates = next_round(worker);
        if (updates == 0) {
            pthread_cond_wait(&worker->changed, &worker->lock);
            continue;
        }
        begin_round(worker, updates);
        pthread_mutex_unlock(&worker->lock);
        train(worker, updates);
        pthread_mutex_lock(&worker->lock);
        worker->busy = FALSE;
        pthread_cond_broadcast(&worker->changed);
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

gboolean icl_worker_start(IclWorker *worker, IclLearner *learner, IclWorkerPlan plan)
{
    pthread_mutex_lock(&worker->lock);
    worker->learner = learner;
    worker->plan = plan;
    worker->quit = worker->flushing = worker->failed = FALSE;
    worker->busy = worker->finish = worker->warned = FALSE;
    worker->fresh = worker->rest = worker->cancel = 0;
    worker->updates = 0;
    worker->running = pthread_create(&worker->thread, NULL, work, worker) == 0;
    gboolean running = worker->running;
    pthread_mutex_unlock(&worker->lock);
    if (!running)
        icl_worker_stop(worker);
    return running;
}

void icl_worker_quit(IclWorker *worker)
{
    __atomic_store_n(&worker->cancel, 1, __ATOMIC_RELAXED);
    pthread_mutex_lock(&worker->lock);
    worker->quit = TRUE;
    pthread_cond_broadcast(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
}

void icl_worker_stop(IclWorker *worker)
{
    icl_worker_quit(worker);
    if (worker->running)
        pthread_join(worker->thread, NULL);
    worker->running = FALSE;
    g_clear_pointer(&worker->learner, icl_learner_free);
    g_clear_pointer(&worker->plan.output, g_free);
}

void icl_worker_set_flushing(IclWorker *worker, gboolean flushing)
{
    pthread_mutex_lock(&worker->lock);
    worker->flushing = flushing;
    pthread_cond_broadcast(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
}

/* Waits while there is work, up to @deadline (NULL: no limit). */
static gboolean wait_for_work(IclWorker *worker, const struct timespec *deadline)
{
    int status = 0;

    while (is_at_work(worker) && !worker->flushing && !worker->quit && status != ETIMEDOUT)
        status = deadline ? pthread_cond_timedwait(&worker->changed, &worker->lock, deadline)
                          : pthread_cond_wait(&worker->changed, &worker->lock);
    return !worker->flushing && !worker->quit;
}

gboolean icl_worker_wait_turn(IclWorker *worker)
{
    pthread_mutex_lock(&worker->lock);
    gboolean turn =
        worker->plan.round > 0 ? wait_for_work(worker, NULL) : !worker->flushing && !worker->quit;
    pthread_mutex_unlock(&worker->lock);
    return turn;
}

gboolean icl_worker_add(IclWorker *worker, const IclFrame *frame, const char *label, GError **error)
{
    if (!icl_learner_add(worker->learner, frame, label, error))
        return FALSE;
    pthread_mutex_lock(&worker->lock);
    worker->fresh++;
    worker->rest = worker->plan.final_updates;
    worker->finish = FALSE;
    pthread_cond_broadcast(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
    return TRUE;
}

static struct timespec deadline_in(GstClockTime timeout)
{
    struct timespec deadline;

    clock_gettime(CLOCK_MONOTONIC, &deadline);
    GstClockTime nanoseconds = deadline.tv_nsec + timeout % GST_SECOND;
    /* A century is no limit, and fits any time_t. */
    deadline.tv_sec += MIN(timeout / GST_SECOND, 100ull * 366 * 24 * 3600);
    deadline.tv_sec += nanoseconds / GST_SECOND;
    deadline.tv_nsec = nanoseconds % GST_SECOND;
    return deadline;
}

/* At the end of the stream: why there may be no model. */
static void warn_of_missing_labels(IclWorker *worker)
{
    IclLearnerState state;

    icl_learner_state(worker->learner, &state);
    if (state.classes == 0)
        GST_ELEMENT_WARNING(
            worker->element, STREAM, FAILED,
            ("No frame came with a label that could be learned. Labels come from the "
             "meta IclTruth, the tag icl-label or the property `label`."),
            (NULL));
    else if (state.classes == 1)
        GST_ELEMENT_WARNING(worker->element, STREAM, FAILED,
                            ("All %" G_GINT64_FORMAT " labelled frames had the same label, so "
                             "nothing was learned; there must be two classes at least.",
                             state.added),
                            (NULL));
}

gboolean icl_worker_finish(IclWorker *worker, GstClockTime timeout)
{
    struct timespec deadline = deadline_in(GST_CLOCK_TIME_IS_VALID(timeout) ? timeout : 0);

    pthread_mutex_lock(&worker->lock);
    worker->finish = TRUE;
    pthread_cond_broadcast(&worker->changed);
    gboolean waited = wait_for_work(worker, GST_CLOCK_TIME_IS_VALID(timeout) ? &deadline : NULL);
    gboolean late = waited && is_at_work(worker);
    pthread_mutex_unlock(&worker->lock);
    if (!waited)
        return FALSE;
    warn_of_missing_labels(worker);
    if (late && timeout > 0)
        GST_ELEMENT_WARNING(worker->element, STREAM, FAILED,
                            ("The end of the stream goes on after %" GST_TIME_FORMAT
                             ", before the training ends; it is cut short when the element stops. "
                             "Raise `eos-timeout`, or lower `final-updates`.",
                             GST_TIME_ARGS(timeout)),
                            (NULL));
    return TRUE;
}
