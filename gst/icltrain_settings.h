/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The properties of icltrain as fields. All that there is to a property is its row in the table of
 * icltrain_settings.c. */
#pragma once

#include "iclproperty.h"

typedef struct IclTrainSettings {
    char *label, *output, *model, *network, *recipe, *augment, *optimizer;
    int memory, interval, updates, final_updates, batch, threads, round;
    gboolean deterministic;
    guint64 seed, eos_timeout;
} IclTrainSettings;

extern const IclProperty icl_train_properties[];

static inline void icl_train_settings_clear(IclTrainSettings *settings)
{
    icl_properties_clear(icl_train_properties, settings);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IclTrainSettings, icl_train_settings_clear)
