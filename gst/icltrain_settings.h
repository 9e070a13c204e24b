/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The properties of icltrain as fields. All that there is to a property is its row in the table of
 * icltrain_settings.c. */
#pragma once

#include <gst/gst.h>

typedef struct IclTrainSettings {
    char *label, *output, *model, *network, *recipe, *augment, *optimizer;
    int memory, interval, updates, final_updates, batch, threads, round;
    gboolean deterministic;
    guint64 seed, eos_timeout;
} IclTrainSettings;

/** Gives @class the properties, numbered from 1. */
void icl_train_settings_install(GObjectClass *class);

/** Defaults, as @class has installed them. */
void icl_train_settings_init(IclTrainSettings *settings, GObjectClass *class);
void icl_train_settings_clear(IclTrainSettings *settings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IclTrainSettings, icl_train_settings_clear)

/** A copy, to be cleared. */
IclTrainSettings icl_train_settings_copy(const IclTrainSettings *settings);

void icl_train_settings_set(IclTrainSettings *settings, guint id, const GValue *value);
void icl_train_settings_get(const IclTrainSettings *settings, guint id, GValue *value);
