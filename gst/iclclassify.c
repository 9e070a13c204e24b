/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * iclclassify: every frame passes through untouched and gets a label. A GstBaseTransform and not
 * a GstVideoFilter, whose quality of service drops frames and whose mapping is for writing: here
 * only metas are written, so a frame that somebody else holds too gets a twin that shares its
 * memory. Allocation queries go on to downstream (the base class does that for an element in
 * place), so padded frames come where, and only where, everybody after us can read them. */
#include "iclclassify.h"

#include <gst/video/video.h>
#include <icl/classifier.h>

#include "iclelement.h"
#include "iclframe.h"
#include "iclmeta.h"
#include "iclproperty.h"

GST_DEBUG_CATEGORY_STATIC(icl_classify_debug);
#define GST_CAT_DEFAULT icl_classify_debug

/* The properties; written by any thread under the object's lock, copied once a frame: `model` is
 * for start() alone, which makes a copy of its own. */
typedef struct Settings {
    char *model;
    int top, interval, threads;
    double threshold;
    gboolean post_messages;
} Settings;

#define FIELD(NAME) offsetof(Settings, NAME)

static const IclProperty properties[] = {
    {"model", "Model",
     "Path of a model file (made by `icl train`); needed, read on the way to PAUSED",
     ICL_PROPERTY_STRING, FIELD(model)},
    {"top-k", "Top k",
     "Number of classes listed in a result, best first; no more than the model has",
     ICL_PROPERTY_INT, FIELD(top), 1, ICL_PREDICTION_TOP, 5, .playing = TRUE},
    {"threshold", "Threshold",
     "Probability (0 to 1) below which the best class is not believed: label is \"\", class-id -1, "
     "no region; the top-k lists stay whole: all labels of a multi-label model are read from them. "
     "0: always believed",
     ICL_PROPERTY_DOUBLE, FIELD(threshold), 0, 1, 0, .playing = TRUE},
    {"interval", "Interval",
     "Frames from one classification to the next; those between carry the last result with "
     "fresh=false. 1: every frame is classified",
     ICL_PROPERTY_INT, FIELD(interval), 1, G_MAXINT, 1, .playing = TRUE},
    {"threads", "Threads",
     "Number of threads that classify a frame; scores do not depend on it. 0: one for each core "
     "the "
     "process may use",
     ICL_PROPERTY_INT, FIELD(threads), 0, 1024, 0},
    {"post-messages", "Post messages",
     "Post an element message `" ICL_PREDICTION_NAME "` for each classified frame",
     ICL_PROPERTY_BOOLEAN, FIELD(post_messages), .initial = TRUE, .playing = TRUE},
    {NULL},
};

struct _IclClassify {
    GstBaseTransform parent;

    Settings settings;

    /* From start() to stop(); used by the streaming thread. */
    IclClassifier *classifier;
    char *model; /* base name of its file */
    GstVideoInfo info;
    IclTurn orientation;
    IclPrediction last; /* of the latest classified frame; its count is 0 where there is none */
    int age;            /* frames since then */
};

G_DEFINE_TYPE(IclClassify, icl_classify, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE(iclclassify, "iclclassify", GST_RANK_NONE, icl_classify_get_type())

/* A new stream, place, size or way up: what was seen before says nothing about the next frame. */
static void forget(IclClassify *self)
{
    self->last.count = 0;
    self->age = 0;
}

static IclClassifier *load(const char *path, int threads, GError **error)
{
    g_autoptr(IclModel) model = icl_model_load(path, error);

    return model ? icl_classifier_new(model, 1, threads, error) : NULL;
}

static gboolean icl_classify_start(GstBaseTransform *base)
{
    IclClassify *self = ICL_CLASSIFY(base);
    g_autoptr(GError) error = NULL;

    GST_OBJECT_LOCK(self);
    g_autofree char *path = g_strdup(self->settings.model);
    int threads = self->settings.threads;
    GST_OBJECT_UNLOCK(self);

    if (!path || !*path) {
        GST_ELEMENT_ERROR(self, RESOURCE, NOT_FOUND,
                          ("Set the property `model` to a model file: iclclassify model=FILE."),
                          (NULL));
        return FALSE;
    }
    IclClassifier *classifier = load(path, threads, &error);
    if (!classifier) {
        GST_ELEMENT_ERROR(self, RESOURCE, OPEN_READ, ("%s", error->message), (NULL));
        return FALSE;
    }
    GST_OBJECT_LOCK(self);
    self->classifier = classifier;
    GST_OBJECT_UNLOCK(self);
    self->model = g_path_get_basename(path);
    forget(self);
    GST_INFO_OBJECT(self, "%s: %d classes", path,
                    icl_model_classes(icl_classifier_model(classifier)));
    return TRUE;
}

static gboolean icl_classify_stop(GstBaseTransform *base)
{
    IclClassify *self = ICL_CLASSIFY(base);

    GST_OBJECT_LOCK(self);
    IclClassifier *classifier = g_steal_pointer(&self->classifier);
    GST_OBJECT_UNLOCK(self);
    icl_classifier_free(classifier);
    g_clear_pointer(&self->model, g_free);
    return TRUE;
}

static gboolean icl_classify_set_caps(GstBaseTransform *base, GstCaps *input, GstCaps *output)
{
    IclClassify *self = ICL_CLASSIFY(base);

    forget(self);
    return gst_video_info_from_caps(&self->info, input);
}

static gboolean icl_classify_sink_event(GstBaseTransform *base, GstEvent *event)
{
    IclClassify *self = ICL_CLASSIFY(base);
    GstEventType type = GST_EVENT_TYPE(event);
    gboolean turned = icl_turn_event(&self->orientation, event);

    if (turned || type == GST_EVENT_FLUSH_STOP || type == GST_EVENT_STREAM_START)
        forget(self);
    return GST_BASE_TRANSFORM_CLASS(icl_classify_parent_class)->sink_event(base, event);
}

static void keep_best(IclClassify *self, const float *scores, int top)
{
    IclModel *model = icl_classifier_model(self->classifier);
    int classes = icl_model_classes(model);

    self->last.labels = icl_model_labels(model);
    self->last.count = MIN(top, classes);
    icl_top_k(scores, classes, self->last.count, self->last.best);
    for (int i = 0; i < self->last.count; i++)
        self->last.confidence[i] = scores[self->last.best[i]];
}

static gboolean classify(IclClassify *self, GstBuffer *buffer, int top)
{
    GstVideoFrame video;
    IclFrame frame;

    if (!icl_frame_map(&frame, &video, &self->info, buffer))
        return FALSE;
    frame.orientation = icl_turn_get(&self->orientation);
    keep_best(self, icl_classifier_frame(self->classifier, &frame), top);
    gst_video_frame_unmap(&video);
    return TRUE;
}

/* Brings self->last up to date: by a classification where one is due. */
static gboolean predict(IclClassify *self, GstBuffer *buffer, const Settings *settings)
{
    self->last.fresh = self->last.count == 0 || ++self->age >= settings->interval;
    if (!self->last.fresh)
        return TRUE;
    forget(self);
    return classify(self, buffer, settings->top);
}

static void warn_of_frame(IclClassify *self, GstBuffer *buffer)
{
    GST_ELEMENT_WARNING(self, STREAM, FORMAT,
                        ("A frame of %" G_GSIZE_FORMAT " bytes is smaller than its caps or metas "
                         "say; it passes without a label.",
                         gst_buffer_get_size(buffer)),
                        (NULL));
}

static void publish(IclClassify *self, GstBuffer *buffer, const Settings *settings)
{
    self->last.element = GST_OBJECT_NAME(self);
    self->last.model = self->model;
    self->last.threshold = settings->threshold;
    icl_prediction_attach(&self->last, buffer, self->info.width, self->info.height);
    if (settings->post_messages && self->last.fresh)
        gst_element_post_message(
            GST_ELEMENT(self),
            icl_prediction_message(&self->last, GST_OBJECT(self), &self->parent.segment, buffer));
}

static GstFlowReturn icl_classify_transform_ip(GstBaseTransform *base, GstBuffer *buffer)
{
    IclClassify *self = ICL_CLASSIFY(base);

    GST_OBJECT_LOCK(self);
    Settings settings = self->settings;
    GST_OBJECT_UNLOCK(self);

    if (GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_GAP))
        return GST_FLOW_OK;
    if (predict(self, buffer, &settings))
        publish(self, buffer, &settings);
    else
        warn_of_frame(self, buffer);
    return GST_FLOW_OK;
}

static void icl_classify_set_property(GObject *object, guint id, const GValue *value,
                                      GParamSpec *spec)
{
    IclClassify *self = ICL_CLASSIFY(object);

    GST_OBJECT_LOCK(self);
    gboolean refused = self->classifier && (spec->flags & GST_PARAM_MUTABLE_READY);
    if (!refused)
        icl_property_set(properties, &self->settings, id, value);
    GST_OBJECT_UNLOCK(self);
    if (refused)
        icl_element_refuse(GST_ELEMENT(self), spec);
}

static void icl_classify_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    IclClassify *self = ICL_CLASSIFY(object);

    GST_OBJECT_LOCK(self);
    icl_property_get(properties, &self->settings, id, value);
    GST_OBJECT_UNLOCK(self);
}

static void icl_classify_finalize(GObject *object)
{
    icl_properties_clear(properties, &ICL_CLASSIFY(object)->settings);
    G_OBJECT_CLASS(icl_classify_parent_class)->finalize(object);
}

static void icl_classify_class_init(IclClassifyClass *class)
{
    GObjectClass *object = G_OBJECT_CLASS(class);
    GstBaseTransformClass *transform = GST_BASE_TRANSFORM_CLASS(class);

    GST_DEBUG_CATEGORY_INIT(icl_classify_debug, "iclclassify", 0, "image classification");
    object->set_property = icl_classify_set_property;
    object->get_property = icl_classify_get_property;
    object->finalize = icl_classify_finalize;
    icl_properties_install(object, properties);

    gst_element_class_set_static_metadata(
        GST_ELEMENT_CLASS(class), "Image classifier", "Filter/Analyzer/Video",
        "Labels every frame with the classes of a model: as a GstCustomMeta `" ICL_PREDICTION_META
        "`, a GstVideoRegionOfInterestMeta and an element message; pixels pass untouched. Frames "
        "are seen as their image-orientation tag turns them",
        "the icl authors");
    icl_element_add_pads(GST_ELEMENT_CLASS(class));

    transform->start = icl_classify_start;
    transform->stop = icl_classify_stop;
    transform->set_caps = icl_classify_set_caps;
    transform->sink_event = icl_classify_sink_event;
    transform->transform_ip = icl_classify_transform_ip;
}

static void icl_classify_init(IclClassify *self)
{
    icl_properties_init(properties, &self->settings);
    gst_base_transform_set_in_place(GST_BASE_TRANSFORM(self), TRUE);
    icl_element_init(GST_BASE_TRANSFORM(self));
}
