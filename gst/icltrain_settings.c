/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * All that there is to a property is its row here (iclproperty.h). */
#include "icltrain_settings.h"

#include "icltruth.h"

#define FIELD(NAME) offsetof(IclTrainSettings, NAME)

const IclProperty icl_train_properties[] = {
    {"label", "Label",
     "Class of the frames that come now, where neither the frame (GstCustomMeta \"" ICL_TRUTH_META
     "\", string `label`) nor the stream (tag \"" ICL_TRUTH_TAG "\") has a label of its own: those "
     "go first, in this order. Empty: none. Frames without a label pass unlearned",
     ICL_PROPERTY_STRING, FIELD(label), .playing = TRUE},
    {"output", "Output",
     "Model file to write: whenever the model got better, and at the end of the stream; old or new "
     "at any moment, never half. NULL: none, only messages",
     ICL_PROPERTY_STRING, FIELD(output)},
    {"model", "Model",
     "Model file to begin from: its last layer is learned anew for the labels that come, the rest "
     "stays. Excludes network, recipe and augment. NULL: a whole network from random weights",
     ICL_PROPERTY_STRING, FIELD(model)},
    {"network", "Network",
     "File with the description of the network to train from random weights (such as "
     "models/cnn.icl). NULL: a small convolutional one of the size of the pictures",
     ICL_PROPERTY_STRING, FIELD(network)},
    {"recipe", "Recipe",
     "Preprocessing, such as \"resize 32 ! crop 28\" (icl list preprocess), which the model file "
     "keeps. NULL: made for the network's input",
     ICL_PROPERTY_STRING, FIELD(recipe)},
    {"augment", "Augment",
     "Random changes to the pictures learned from, such as \"hflip ! shift 0.1\" (icl list "
     "augment). \"\": none. NULL: small ones",
     ICL_PROPERTY_STRING, FIELD(augment)},
    {"optimizer", "Optimizer",
     "How weights are updated, such as \"adamw lr=1e-3\" (icl list optimizers). NULL: chosen",
     ICL_PROPERTY_STRING, FIELD(optimizer)},
    {"memory", "Memory",
     "Pictures kept to learn from, over all classes. When it is full, the class with most of them "
     "gives one away, chosen at random",
     ICL_PROPERTY_INT, FIELD(memory), 2, 1000000, 2000},
    {"interval", "Interval", "Learn from every Nth labelled frame", ICL_PROPERTY_INT,
     FIELD(interval), 1, G_MAXINT, 1, .playing = TRUE},
    {"updates", "Updates",
     "Updates of the weights a round; after a round the model is judged, and saved where it is "
     "better",
     ICL_PROPERTY_INT, FIELD(updates), 1, G_MAXINT, 100},
    {"final-updates", "Final updates",
     "Updates after the last new picture, in rounds; then training rests. When the stream ends "
     "before that, or is deterministic, so many in one training. 0: none",
     ICL_PROPERTY_INT, FIELD(final_updates), 0, G_MAXINT, 200},
    {"batch", "Batch", "Pictures an update of the weights", ICL_PROPERTY_INT, FIELD(batch), 1,
     65536, 32},
    {"deterministic", "Deterministic",
     "Train after every `round` pictures learned, exactly, and let the stream wait for it: the "
     "same stream then gives the same file, byte for byte, on any number of threads, however busy "
     "the machine. FALSE: train at any time; the stream never waits",
     ICL_PROPERTY_BOOLEAN, FIELD(deterministic)},
    {"round", "Round", "Pictures between two trainings; used with deterministic=true only",
     ICL_PROPERTY_INT, FIELD(round), 1, G_MAXINT, 100},
    {"eos-timeout", "End-of-stream timeout",
     "Longest time the end of the stream is held until what came is trained and saved, in "
     "nanoseconds. 0: it is not held. -1: a minute; with deterministic=true, as long as it takes",
     ICL_PROPERTY_UINT64, FIELD(eos_timeout), .initial = GST_CLOCK_TIME_NONE, .playing = TRUE},
    {"seed", "Seed", "Of all random numbers: weights, sampling, augmentation", ICL_PROPERTY_UINT64,
     FIELD(seed), .initial = 1},
    {"threads", "Threads",
     "Threads that train; the result does not depend on it. 0: one for each core the process may "
     "use",
     ICL_PROPERTY_INT, FIELD(threads), 0, 1024, 0},
    {NULL},
};
