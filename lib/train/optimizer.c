/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "optimizer.h"

#include <glib.h>
#include <math.h>

#include "optimizer_classes.h"

static const IclClass *const classes[] = {&icl_sgd_class.base,
                                          &icl_adam_class.base,
                                          &icl_adamw_class.base,
                                          &icl_nadam_class.base,
                                          &icl_adamax_class.base,
                                          &icl_rmsprop_class.base,
                                          &icl_adagrad_class.base,
                                          &icl_adadelta_class.base,
                                          &icl_lion_class.base,
                                          &icl_lamb_class.base,
                                          NULL};

const IclFamily icl_optimizer_family = {"optimizers", "optimizer", classes};

char *icl_optimizer_check(const void *instance)
{
    const IclOptimizer *o = instance;
    const struct {
        const char *name;
        double value;
    } clips[] = {{"clipvalue", o->clipvalue},
                 {"clipnorm", o->clipnorm},
                 {"global_clipnorm", o->global_clipnorm},
                 {"agc", o->agc}};
    const char *first = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(clips); i++)
        if (clips[i].value > 0 && first)
            return g_strdup_printf("%s and %s are both given; clip in one way", first,
                                   clips[i].name);
        else if (clips[i].value > 0)
            first = clips[i].name;
    if (o->ema_warmup && !(o->ema > 0))
        return g_strdup("ema_warmup is given without ema; add ema=0.999, say");
    return NULL;
}

int icl_optimizer_slots(const IclOptimizer *optimizer)
{
    return optimizer->class->slots(optimizer) + (optimizer->ema > 0);
}

/* timm's ModelEmaV3 for the rise. */
double icl_optimizer_average(const IclOptimizer *optimizer, double t)
{
    if (t <= 1)
        return 0;
    return optimizer->ema_warmup ? MIN(1 - pow(t, -2.0 / 3), optimizer->ema) : optimizer->ema;
}
