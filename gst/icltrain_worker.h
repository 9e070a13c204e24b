/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The thread beside the stream: it trains on what the stream has added, saves what is better than
 * before and posts what it did. Lives as long as its element, so that an event that arrives while
 * the element stops finds it whole. POSIX locks throughout: the thread sanitizer does not see
 * GLib's. */
#pragma once

#include <gst/gst.h>
#include <icl/learner.h>
#include <pthread.h>

#define ICL_TRAINING_NAME "icl-training" /* of the message */

/**
 * IclWorkerPlan: when to train and how much.
 * @output: (nullable): model file
 * @updates: of a round
 * @final_updates: after the last new picture, in rounds; at the end of the stream in one training
 * @round: new pictures that begin a round, exactly; 0: one is enough, as soon as the thread is free
 */
typedef struct IclWorkerPlan {
    char *output;
    int updates, final_updates, round;
} IclWorkerPlan;

typedef struct IclWorker {
    GstElement *element; /* borrowed; posts the messages */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* any field from here to the blank line */
    gboolean running, quit, flushing, failed;
    gboolean busy;   /* the thread trains or saves */
    gboolean finish; /* the stream has ended: train what is left */
    int fresh;       /* pictures added since the last training began */
    int rest;        /* updates until the thread may rest, counted from the last picture */

    /* From start to stop. */
    pthread_t thread;
    IclLearner *learner;
    IclWorkerPlan plan;
    int cancel; /* atomic */

    /* The thread's own. */
    gint64 updates; /* when last published */
    gboolean warned;
} IclWorker;

void icl_worker_init(IclWorker *worker, GstElement *element);
void icl_worker_clear(IclWorker *worker); /* a stopped one */

/** Takes @learner and @plan's string. Returns: FALSE where there is no thread to be had */
gboolean icl_worker_start(IclWorker *worker, IclLearner *learner, IclWorkerPlan plan);
/** Ends all waiting and the training, from any thread; icl_worker_stop() follows. */
void icl_worker_quit(IclWorker *worker);
/** Quits and ends the thread. The file has the best model by then: it gets each as it comes. */
void icl_worker_stop(IclWorker *worker);

/** A flush begins or ends: TRUE ends all waiting, from any thread. Training goes on. */
void icl_worker_set_flushing(IclWorker *worker, gboolean flushing);

/**
 * icl_worker_wait_turn: with @round, waits for the training of a full round; otherwise never.
 *
 * Returns: FALSE where a flush or the end of the element came first
 */
gboolean icl_worker_wait_turn(IclWorker *worker);

/** As icl_learner_add(); after icl_worker_wait_turn(), on the same thread. */
gboolean icl_worker_add(IclWorker *worker, const IclFrame *frame, const char *label,
                        GError **error);

/**
 * icl_worker_finish: trains what is left, and saves it where it is better.
 * @timeout: longest wait for that, in nanoseconds; 0: none; GST_CLOCK_TIME_NONE: no limit
 *
 * Returns: FALSE where a flush or the end of the element came first
 */
gboolean icl_worker_finish(IclWorker *worker, GstClockTime timeout);
