/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Keras' ExponentialDecay, InverseTimeDecay and PolynomialDecay. */
#include <glib.h>
#include <math.h>

#include "schedule_classes.h"

typedef struct Decay {
    IclSchedule schedule;
    double rate, every;
    bool staircase;
} Decay;

static double times_passed(const Decay *decay, const IclScheduleSpan *span)
{
    double times = span->step / (decay->every * span->epoch);
    return decay->staircase ? floor(times) : times;
}

#define DECAY_PARAMS                                                                      \
    ICL_REAL(Decay, every, "1", 1e-6, 1e6, "epochs for which rate is meant"),             \
        ICL_BOOL(Decay, staircase, "no", "change once in so many epochs, not each step"), \
        ICL_SCHEDULE_PARAMS

static const IclParam exponential_params[] = {
    ICL_REAL(Decay, rate, NULL, 0, 1, "what the learning rate is multiplied by"),
    DECAY_PARAMS,
};

static const IclParam inverse_time_params[] = {
    ICL_REAL(Decay, rate, NULL, 0, 1e6,
             "the learning rate is divided by 1 + rate * epochs / every"),
    DECAY_PARAMS,
};

static double exponential_shape(const IclSchedule *schedule, double lr, const IclScheduleSpan *span)
{
    const Decay *decay = (const Decay *)schedule;
    return lr * pow(decay->rate, times_passed(decay, span));
}

static double inverse_time_shape(const IclSchedule *schedule, double lr,
                                 const IclScheduleSpan *span)
{
    const Decay *decay = (const Decay *)schedule;
    return lr / (1 + decay->rate * times_passed(decay, span));
}

const IclScheduleClass icl_exponential_class = {
    .base = {"exponential", "lr * rate ^ (epochs / every)", sizeof(Decay), exponential_params},
    .shape = exponential_shape,
};

const IclScheduleClass icl_inverse_time_class = {
    .base = {"inverse_time", "lr / (1 + rate * epochs / every)", sizeof(Decay),
             inverse_time_params},
    .shape = inverse_time_shape,
};

typedef struct Polynomial {
    IclSchedule schedule;
    double end, power, length;
    bool cycle;
} Polynomial;

static const IclParam polynomial_params[] = {
    ICL_REAL(Polynomial, end, "1e-4", 0, 1e3, "learning rate at the end"),
    ICL_REAL(Polynomial, power, "1", 0, 100, "1: a straight line"),
    ICL_REAL(Polynomial, length, "0", 0, 1e6, "epochs of the way; 0: to the training's end"),
    ICL_BOOL(Polynomial, cycle, "no",
             "at the end of the way begin again higher up, on one twice, three times.. as long"),
    ICL_SCHEDULE_PARAMS,
};

static double polynomial_shape(const IclSchedule *schedule, double lr, const IclScheduleSpan *span)
{
    const Polynomial *p = (const Polynomial *)schedule;
    double length = p->length > 0 ? p->length * span->epoch : span->steps;
    double way = p->cycle ? length * MAX(ceil(span->step / length), 1) : length;

    return (lr - p->end) * pow(1 - MIN(span->step, way) / way, p->power) + p->end;
}

const IclScheduleClass icl_polynomial_class = {
    .base = {"polynomial", "(lr - end) * (1 - share of the way) ^ power + end", sizeof(Polynomial),
             polynomial_params},
    .shape = polynomial_shape,
};
