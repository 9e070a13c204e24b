/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * icltrain: learns from labelled frames while the stream plays. The streaming thread turns a frame
 * to the network's size and puts it into the learner's memory, which never waits for a training;
 * the worker (icltrain_worker.h) does the rest. Frames pass as they are, writable or not. What the
 * threads share is behind POSIX locks: the thread sanitizer does not see GLib's. */
#include "icltrain.h"

#include <errno.h>
#include <gst/video/video.h>
#include <icl/learner.h>
#include <pthread.h>
#include <unistd.h>

#include "iclelement.h"
#include "iclframe.h"
#include "icltrain_settings.h"
#include "icltrain_worker.h"
#include "icltruth.h"

/* How long `eos-timeout=-1` is, unless deterministic. */
#define EOS_TIMEOUT (60 * GST_SECOND)

struct _IclTrain {
    GstBaseTransform parent;

    pthread_mutex_t lock; /* of the next five */
    IclTrainSettings settings;
    char *stream_label; /* of the tag; NULL: none since the start of the stream */
    IclTurn orientation;
    gboolean running;
    guint warned; /* bits: of what this run has warned already */

    IclWorker worker;

    /* Of the streaming thread. */
    GstVideoInfo info;
    int passed; /* labelled frames since the last learned; many before the first */
};

G_DEFINE_TYPE(IclTrain, icl_train, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE(icltrain, "icltrain", GST_RANK_NONE, icl_train_get_type())

/* Found now rather than when the first model is to be saved. */
static gboolean check_output(const char *path, GError **error)
{
    if (!path)
        return TRUE;
    g_autofree char *folder = g_path_get_dirname(path);
    const char *problem = NULL;
    if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
        problem = "there is no such folder; make it, or give another file";
    else if (access(folder, W_OK | X_OK) != 0)
        problem = g_strerror(errno);
    else if (g_file_test(path, G_FILE_TEST_IS_DIR))
        problem = "this is a folder; give a file in it";
    if (problem)
        g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "Property `output`, %s: %s.", path, problem);
    return !problem;
}

static gboolean read_network(const char *path, char **text, GError **error)
{
    g_autoptr(GError) cause = NULL;

    if (!path || g_file_get_contents(path, text, NULL, &cause))
        return TRUE;
    g_set_error(error, ICL_ERROR, ICL_ERROR_FILE,
                "Property `network`: %s. Give a file with a description, such as models/cnn.icl.",
                cause->message);
    return FALSE;
}

static IclTrainSettings settings_of(IclTrain *self)
{
    pthread_mutex_lock(&self->lock);
    IclTrainSettings copy = self->settings;
    icl_properties_own(icl_train_properties, &copy);
    pthread_mutex_unlock(&self->lock);
    return copy;
}

/* Empty is what gst-launch can say for NULL. */
static const char *given(const char *text) { return text && *text ? text : NULL; }

static IclLearner *make_learner(const IclTrainSettings *settings, GError **error)
{
    g_autofree char *description = NULL;
    g_autoptr(IclModel) base = NULL;

    if (!check_output(given(settings->output), error) ||
        !read_network(given(settings->network), &description, error))
        return NULL;
    if (given(settings->model) && !(base = icl_model_load(settings->model, error)))
        return NULL;
    return icl_learner_new(
        &(IclLearnerParams){ICL_LEARNER_DEFAULTS, .base = base, .description = description,
                            .description_name = settings->network, .recipe = settings->recipe,
                            .augment = settings->augment, .optimizer = settings->optimizer,
                            .memory = settings->memory, .batch = settings->batch,
                            .seed = settings->seed, .threads = settings->threads},
        error);
}

static void set_stream_label(IclTrain *self, char *label)
{
    pthread_mutex_lock(&self->lock);
    g_free(self->stream_label);
    self->stream_label = label;
    pthread_mutex_unlock(&self->lock);
}

static void set_running(IclTrain *self, gboolean running)
{
    pthread_mutex_lock(&self->lock);
    self->running = running;
    self->warned = 0;
    self->orientation = (IclTurn){0};
    pthread_mutex_unlock(&self->lock);
}

static gboolean icl_train_start(GstBaseTransform *base)
{
    IclTrain *self = ICL_TRAIN(base);
    g_auto(IclTrainSettings) settings = settings_of(self);
    g_autoptr(GError) error = NULL;
    IclLearner *learner = make_learner(&settings, &error);

    if (!learner) {
        GST_ELEMENT_ERROR(self, RESOURCE, SETTINGS, ("%s", error->message), (NULL));
        return FALSE;
    }
    IclWorkerPlan plan = {.output = g_strdup(given(settings.output)),
                          .updates = settings.updates,
                          .final_updates = settings.final_updates,
                          .round = settings.deterministic ? settings.round : 0};
    if (!icl_worker_start(&self->worker, learner, plan)) {
        GST_ELEMENT_ERROR(self, RESOURCE, FAILED, ("There is no thread to train on."), (NULL));
        return FALSE;
    }
    self->passed = G_MAXINT;
    set_running(self, TRUE);
    return TRUE;
}

static gboolean icl_train_stop(GstBaseTransform *base)
{
    IclTrain *self = ICL_TRAIN(base);

    icl_worker_stop(&self->worker);
    set_running(self, FALSE);
    return TRUE;
}

static gboolean icl_train_set_caps(GstBaseTransform *base, GstCaps *input, GstCaps *output)
{
    return gst_video_info_from_caps(&ICL_TRAIN(base)->info, input);
}

/* The base class waits for the streaming thread, which may wait for the worker. */
static GstStateChangeReturn icl_train_change_state(GstElement *element, GstStateChange change)
{
    if (change == GST_STATE_CHANGE_PAUSED_TO_READY)
        icl_worker_quit(&ICL_TRAIN(element)->worker);
    return GST_ELEMENT_CLASS(icl_train_parent_class)->change_state(element, change);
}

/* Holds the end of the stream; FALSE where a flush or a change of state has done away with it. */
static gboolean hold(IclTrain *self)
{
    g_auto(IclTrainSettings) settings = settings_of(self);
    GstClockTime timeout = settings.eos_timeout;

    if (!GST_CLOCK_TIME_IS_VALID(timeout) && !settings.deterministic)
        timeout = EOS_TIMEOUT;
    return icl_worker_finish(&self->worker, timeout);
}

static void take_tags(IclTrain *self, GstEvent *event)
{
    GstTagList *tags;
    char *label;

    gst_event_parse_tag(event, &tags);
    if (icl_truth_from_tags(tags, &label))
        set_stream_label(self, label);
}

static gboolean icl_train_sink_event(GstBaseTransform *base, GstEvent *event)
{
    IclTrain *self = ICL_TRAIN(base);
    gboolean goes_on = TRUE;

    pthread_mutex_lock(&self->lock);
    icl_turn_event(&self->orientation, event);
    pthread_mutex_unlock(&self->lock);
    switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_FLUSH_START:
    case GST_EVENT_FLUSH_STOP:
        icl_worker_set_flushing(&self->worker, GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_START);
        break;
    case GST_EVENT_STREAM_START:
        set_stream_label(self, NULL);
        break;
    case GST_EVENT_TAG:
        take_tags(self, event);
        break;
    case GST_EVENT_EOS:
        goes_on = hold(self);
        break;
    default:
        break;
    }
    if (goes_on)
        return GST_BASE_TRANSFORM_CLASS(icl_train_parent_class)->sink_event(base, event);
    gst_event_unref(event);
    return FALSE;
}

/* The most specific label there is, or NULL; to be freed. Empty where somebody gave an unusable
 * one, which must not be hidden by a less specific. */
static char *label_of(IclTrain *self, GstBuffer *buffer)
{
    char *label = NULL;

    if (icl_truth_from_buffer(buffer, &label))
        return label;
    pthread_mutex_lock(&self->lock);
    const char *own = self->settings.label;
    label = g_strdup(self->stream_label ? self->stream_label : own && *own ? own : NULL);
    pthread_mutex_unlock(&self->lock);
    return label;
}

static gboolean is_due(IclTrain *self)
{
    pthread_mutex_lock(&self->lock);
    int interval = self->settings.interval;
    pthread_mutex_unlock(&self->lock);
    if (self->passed < interval - 1) {
        self->passed++;
        return FALSE;
    }
    self->passed = 0;
    return TRUE;
}

static int orientation_of(IclTrain *self)
{
    pthread_mutex_lock(&self->lock);
    int orientation = icl_turn_get(&self->orientation);
    pthread_mutex_unlock(&self->lock);
    return orientation;
}

static gboolean learn(IclTrain *self, GstBuffer *buffer, const char *label, GError **error)
{
    GstVideoFrame video;
    IclFrame frame;

    if (!icl_frame_map(&frame, &video, &self->info, buffer)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT,
                    "A frame of %" G_GSIZE_FORMAT " bytes is smaller than its caps or metas say.",
                    gst_buffer_get_size(buffer));
        return FALSE;
    }
    frame.orientation = orientation_of(self);
    gboolean learned = icl_worker_add(&self->worker, &frame, label, error);
    gst_video_frame_unmap(&video);
    return learned;
}

static void warn_once(IclTrain *self, const GError *error)
{
    guint kind = 1u << error->code;

    pthread_mutex_lock(&self->lock);
    gboolean new = !(self->warned & kind);
    self->warned |= kind;
    pthread_mutex_unlock(&self->lock);
    if (new)
        GST_ELEMENT_WARNING(self, STREAM, FAILED, ("%s", error->message),
                            ("Such frames pass unlearned; this is said once."));
}

static GstFlowReturn icl_train_transform_ip(GstBaseTransform *base, GstBuffer *buffer)
{
    IclTrain *self = ICL_TRAIN(base);
    g_autoptr(GError) error = NULL;

    if (GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_GAP))
        return GST_FLOW_OK;
    g_autofree char *label = label_of(self, buffer);
    if (!label || !is_due(self))
        return GST_FLOW_OK;
    if (!icl_worker_wait_turn(&self->worker))
        return GST_FLOW_FLUSHING;
    if (!learn(self, buffer, label, &error))
        warn_once(self, error);
    return GST_FLOW_OK;
}

static void icl_train_set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
    IclTrain *self = ICL_TRAIN(object);

    pthread_mutex_lock(&self->lock);
    gboolean refused = self->running && (spec->flags & GST_PARAM_MUTABLE_READY);
    if (!refused)
        icl_property_set(icl_train_properties, &self->settings, id, value);
    pthread_mutex_unlock(&self->lock);
    if (refused)
        icl_element_refuse(GST_ELEMENT(self), spec);
}

static void icl_train_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    IclTrain *self = ICL_TRAIN(object);

    pthread_mutex_lock(&self->lock);
    icl_property_get(icl_train_properties, &self->settings, id, value);
    pthread_mutex_unlock(&self->lock);
}

static void icl_train_finalize(GObject *object)
{
    IclTrain *self = ICL_TRAIN(object);

    icl_train_settings_clear(&self->settings);
    g_free(self->stream_label);
    icl_worker_clear(&self->worker);
    pthread_mutex_destroy(&self->lock);
    G_OBJECT_CLASS(icl_train_parent_class)->finalize(object);
}

static void icl_train_class_init(IclTrainClass *class)
{
    GObjectClass *object = G_OBJECT_CLASS(class);
    GstBaseTransformClass *transform = GST_BASE_TRANSFORM_CLASS(class);

    object->set_property = icl_train_set_property;
    object->get_property = icl_train_get_property;
    object->finalize = icl_train_finalize;
    icl_properties_install(object, icl_train_properties);

    gst_element_class_set_static_metadata(
        GST_ELEMENT_CLASS(class), "Image classifier trainer", "Filter/Analyzer/Video",
        "Learns to classify images from the labelled frames of a stream while it plays, and writes "
        "a model file for iclclassify; tells of it by the element message `" ICL_TRAINING_NAME
        "`; frames pass untouched",
        "the icl authors");
    icl_element_add_pads(GST_ELEMENT_CLASS(class));

    GST_ELEMENT_CLASS(class)->change_state = icl_train_change_state;
    transform->start = icl_train_start;
    transform->stop = icl_train_stop;
    transform->set_caps = icl_train_set_caps;
    transform->sink_event = icl_train_sink_event;
    transform->transform_ip = icl_train_transform_ip;
}

static void icl_train_init(IclTrain *self)
{
    pthread_mutex_init(&self->lock, NULL);
    icl_worker_init(&self->worker, GST_ELEMENT(self));
    icl_properties_init(icl_train_properties, &self->settings);
    gst_base_transform_set_passthrough(GST_BASE_TRANSFORM(self), TRUE);
    icl_element_init(GST_BASE_TRANSFORM(self));
}
