/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The table of callbacks. A new one is a file, a line in callback.h and a row here. */
#include "callback.h"

static const IclClass *const classes[] = {
    &icl_checkpoint_class.base, &icl_csv_class.base,
    &icl_curves_class.base,     &icl_early_stopping_class.base,
    &icl_nan_guard_class.base,  &icl_reduce_on_plateau_class.base,
    &icl_swa_class.base,        &icl_tensorboard_class.base,
    &icl_time_limit_class.base, NULL,
};

const IclFamily icl_callback_family = {"callbacks", "callback", classes};

char *icl_callbacks_print(const GPtrArray *callbacks, guint n, bool observers)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < n; i++) {
        const IclCallback *callback = g_ptr_array_index(callbacks, i);
        if (callback->class->observes && !observers)
            continue;
        g_autofree char *step = icl_instance_print(callback);
        g_string_append_printf(out, "%s%s", out->len ? " ! " : "", step);
    }
    return g_string_free(out, FALSE);
}

bool icl_callbacks_check(const GPtrArray *callbacks, const IclTrainOptions *options, GError **error)
{
    for (guint i = 0; i < callbacks->len; i++) {
        const IclCallback *callback = g_ptr_array_index(callbacks, i);
        if (callback->class->check && !callback->class->check(callback, options, error))
            return false;
    }
    return true;
}

int icl_callbacks_state(const GPtrArray *callbacks)
{
    int n = 0;

    for (guint i = 0; i < callbacks->len; i++)
        n += ((const IclCallback *)g_ptr_array_index(callbacks, i))->class->n_state;
    return n;
}

void icl_callbacks_begin(const GPtrArray *callbacks, double *state)
{
    for (guint i = 0; i < callbacks->len; i++) {
        const IclCallback *callback = g_ptr_array_index(callbacks, i);
        if (callback->class->begin)
            callback->class->begin(callback, state);
        state += callback->class->n_state;
    }
}

bool icl_callbacks_step(IclTrainer *trainer, const IclTrainProgress *progress, GError **error)
{
    const GPtrArray *callbacks = trainer->options.callbacks;
    double *state = trainer->callback_state;

    for (guint i = 0; i < callbacks->len; i++) {
        const IclCallback *callback = g_ptr_array_index(callbacks, i);
        if (callback->class->step &&
            !callback->class->step(callback, state, trainer, progress, error))
            return false;
        state += callback->class->n_state;
    }
    return true;
}

bool icl_callbacks_epoch(IclTrainer *trainer, const IclTrainProgress *progress, GError **error)
{
    const GPtrArray *callbacks = trainer->options.callbacks;
    double *state = trainer->callback_state;

    for (guint i = 0; i < callbacks->len; i++) {
        const IclCallback *callback = g_ptr_array_index(callbacks, i);
        if (callback->class->epoch &&
            !callback->class->epoch(callback, state, trainer, progress, error))
            return false;
        state += callback->class->n_state;
    }
    return true;
}

bool icl_callbacks_end(IclTrainer *trainer, GError **error)
{
    const GPtrArray *callbacks = trainer->options.callbacks;
    double *state = trainer->callback_state;

    for (guint i = 0; i < callbacks->len; i++) {
        const IclCallback *callback = g_ptr_array_index(callbacks, i);
        if (callback->class->end && !callback->class->end(callback, state, trainer, error))
            return false;
        state += callback->class->n_state;
    }
    return true;
}

double icl_callbacks_rate(const IclTrainer *trainer, double rate)
{
    const GPtrArray *callbacks = trainer->options.callbacks;

    for (guint i = 0; i < callbacks->len; i++) {
        const IclCallback *callback = g_ptr_array_index(callbacks, i);
        if (callback->class->rate)
            rate = callback->class->rate(callback, trainer, rate);
    }
    return rate;
}

bool icl_callbacks_average(const GPtrArray *callbacks)
{
    bool averages = false;

    for (guint i = 0; i < callbacks->len; i++)
        averages |= ((const IclCallback *)g_ptr_array_index(callbacks, i))->class->averages;
    return averages;
}
