/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Seventeen properties of four types: a table, so that name, text, range, default, field and the
 * states in which it may change stand in one place each. */
#include "icltrain_settings.h"

#include "icltruth.h"

typedef enum { TYPE_STRING, TYPE_INT, TYPE_UINT64, TYPE_BOOLEAN } PropertyType;

/* A property is its row: gst-inspect-1.0 says range, default and states from what is given here. */
typedef struct Property {
    const char *name, *nick, *blurb;
    PropertyType type;
    size_t offset;    /* in IclTrainSettings */
    int low, high;    /* of an int */
    guint64 initial;  /* of all but strings, which begin as NULL */
    gboolean playing; /* may change while the element runs */
} Property;

#define FIELD(NAME) offsetof(IclTrainSettings, NAME)

static const Property properties[] = {
    {"label", "Label",
     "Class of the frames that come now, where neither the frame (GstCustomMeta \"" ICL_TRUTH_META
     "\", string `label`) nor the stream (tag \"" ICL_TRUTH_TAG "\") has a label of its own: those "
     "go first, in this order. Empty: none. Frames without a label pass unlearned",
     TYPE_STRING, FIELD(label), .playing = TRUE},
    {"output", "Output",
     "Model file to write: whenever the model got better, and at the end of the stream; old or new "
     "at any moment, never half. NULL: none, only messages",
     TYPE_STRING, FIELD(output)},
    {"model", "Model",
     "Model file to begin from: its last layer is learned anew for the labels that come, the rest "
     "stays. Excludes network, recipe and augment. NULL: a whole network from random weights",
     TYPE_STRING, FIELD(model)},
    {"network", "Network",
     "File with the description of the network to train from random weights (such as "
     "models/cnn.icl). NULL: a small convolutional one of the size of the pictures",
     TYPE_STRING, FIELD(network)},
    {"recipe", "Recipe",
     "Preprocessing, such as \"resize 32 ! crop 28\" (icl list preprocess), which the model file "
     "keeps. NULL: made for the network's input",
     TYPE_STRING, FIELD(recipe)},
    {"augment", "Augment",
     "Random changes to the pictures learned from, such as \"hflip ! shift 0.1\" (icl list "
     "augment). \"\": none. NULL: small ones",
     TYPE_STRING, FIELD(augment)},
    {"optimizer", "Optimizer",
     "How weights are updated, such as \"adamw lr=1e-3\" (icl list optimizers). NULL: chosen",
     TYPE_STRING, FIELD(optimizer)},
    {"memory", "Memory",
     "Pictures kept to learn from, over all classes. When it is full, the class with most of them "
     "gives one away, chosen at random",
     TYPE_INT, FIELD(memory), 2, 1000000, 2000},
    {"interval", "Interval", "Learn from every Nth labelled frame", TYPE_INT, FIELD(interval), 1,
     G_MAXINT, 1, .playing = TRUE},
    {"updates", "Updates",
     "Updates of the weights a round; after a round the model is judged, and saved where it is "
     "better",
     TYPE_INT, FIELD(updates), 1, G_MAXINT, 100},
    {"final-updates", "Final updates",
     "Updates after the last new picture, in rounds; then training rests. When the stream ends "
     "before that, or is deterministic, so many in one training. 0: none",
     TYPE_INT, FIELD(final_updates), 0, G_MAXINT, 200},
    {"batch", "Batch", "Pictures an update of the weights", TYPE_INT, FIELD(batch), 1, 65536, 32},
    {"deterministic", "Deterministic",
     "Train after every `round` pictures learned, exactly, and let the stream wait for it: the "
     "same stream then gives the same file, byte for byte, on any number of threads, however busy "
     "the machine. FALSE: train at any time; the stream never waits",
     TYPE_BOOLEAN, FIELD(deterministic)},
    {"round", "Round", "Pictures between two trainings; used with deterministic=true only",
     TYPE_INT, FIELD(round), 1, G_MAXINT, 100},
    {"eos-timeout", "End-of-stream timeout",
     "Longest time the end of the stream is held until what came is trained and saved, in "
     "nanoseconds. 0: it is not held. -1: a minute; with deterministic=true, as long as it takes",
     TYPE_UINT64, FIELD(eos_timeout), .initial = GST_CLOCK_TIME_NONE, .playing = TRUE},
    {"seed", "Seed", "Of all random numbers: weights, sampling, augmentation", TYPE_UINT64,
     FIELD(seed), .initial = 1},
    {"threads", "Threads",
     "Threads that train; the result does not depend on it. 0: one for each core the process may "
     "use",
     TYPE_INT, FIELD(threads), 0, 1024, 0},
};

static void *field_of(const IclTrainSettings *settings, const Property *property)
{
    return (char *)settings + property->offset;
}

void icl_train_settings_clear(IclTrainSettings *settings)
{
    for (size_t i = 0; i < G_N_ELEMENTS(properties); i++)
        if (properties[i].type == TYPE_STRING)
            g_clear_pointer((char **)field_of(settings, &properties[i]), g_free);
}

IclTrainSettings icl_train_settings_copy(const IclTrainSettings *settings)
{
    IclTrainSettings copy = *settings;

    for (size_t i = 0; i < G_N_ELEMENTS(properties); i++)
        if (properties[i].type == TYPE_STRING) {
            char **text = field_of(&copy, &properties[i]);
            *text = g_strdup(*text);
        }
    return copy;
}

void icl_train_settings_set(IclTrainSettings *settings, guint id, const GValue *value)
{
    const Property *property = &properties[id - 1];
    void *field = field_of(settings, property);

    switch (property->type) {
    case TYPE_STRING:
        g_free(*(char **)field);
        *(char **)field = g_value_dup_string(value);
        break;
    case TYPE_INT:
        *(int *)field = g_value_get_int(value);
        break;
    case TYPE_UINT64:
        *(guint64 *)field = g_value_get_uint64(value);
        break;
    case TYPE_BOOLEAN:
        *(gboolean *)field = g_value_get_boolean(value);
        break;
    }
}

void icl_train_settings_get(const IclTrainSettings *settings, guint id, GValue *value)
{
    const Property *property = &properties[id - 1];
    const void *field = field_of(settings, property);

    switch (property->type) {
    case TYPE_STRING:
        g_value_set_string(value, *(char *const *)field);
        break;
    case TYPE_INT:
        g_value_set_int(value, *(const int *)field);
        break;
    case TYPE_UINT64:
        g_value_set_uint64(value, *(const guint64 *)field);
        break;
    case TYPE_BOOLEAN:
        g_value_set_boolean(value, *(const gboolean *)field);
        break;
    }
}

static GParamSpec *spec_of(const Property *p)
{
    const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                              (p->playing ? GST_PARAM_MUTABLE_PLAYING : GST_PARAM_MUTABLE_READY);

    switch (p->type) {
    case TYPE_STRING:
        return g_param_spec_string(p->name, p->nick, p->blurb, NULL, flags);
    case TYPE_INT:
        return g_param_spec_int(p->name, p->nick, p->blurb, p->low, p->high, (int)p->initial,
                                flags);
    case TYPE_UINT64:
        return g_param_spec_uint64(p->name, p->nick, p->blurb, 0, G_MAXUINT64, p->initial, flags);
    case TYPE_BOOLEAN:
        return g_param_spec_boolean(p->name, p->nick, p->blurb, p->initial != 0, flags);
    }
    g_assert_not_reached();
}

void icl_train_settings_install(GObjectClass *class)
{
    for (guint i = 0; i < G_N_ELEMENTS(properties); i++)
        g_object_class_install_property(class, i + 1, spec_of(&properties[i]));
}

void icl_train_settings_init(IclTrainSettings *settings, GObjectClass *class)
{
    *settings = (IclTrainSettings){0};
    for (guint i = 0; i < G_N_ELEMENTS(properties); i++) {
        GParamSpec *spec = g_object_class_find_property(class, properties[i].name);
        icl_train_settings_set(settings, i + 1, g_param_spec_get_default_value(spec));
    }
}
