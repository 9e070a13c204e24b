/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A group of steps in bands (plan_bands.c): a chunk is one band of one sample, taken through all
 * steps by one thread. Its chunks mostly follow one on the other, and then what they both read is
 * still in its buffers. */
#include "executor_parts.h"

#include <string.h>

typedef struct Group {
    IclExecutor *e;
    int head, last, first; /* steps; sample */
    int bands;             /* of a sample */
} Group;

/* One step of a band. */
typedef struct Part {
    const IclPlanStep *step;
    const IclPlanPart *plan;
    bool enters, leaves; /* reads what was there before the group, makes what stays after it */
    int sample, thread;
} Part;

/* Floats of some rows of the node's value. */
static size_t rows_of(const IclExecutor *e, int node, int rows)
{
    return (size_t)rows * e->plan->graph->nodes[node].layer->out.w * e->plan->pixel[node];
}

/* What the step gives the next, in the thread's buffers. */
static float *buffer_of(const IclExecutor *e, const IclPlanStep *step, int thread)
{
    char *scratch = e->scratch + (size_t)thread * e->plan->scratch;
    return (float *)(scratch + e->plan->buffers) + step->buffer;
}

/* The step's rows, behind those that are kept. */
static float *buffer_behind(const IclExecutor *e, const Part *part)
{
    float *buffer = buffer_of(e, part->step, part->thread);
    size_t kept = rows_of(e, part->step->out, part->plan->kept);

    if (kept && part->plan->from)
        memmove(buffer, buffer + rows_of(e, part->step->out, part->plan->from),
                kept * sizeof *buffer);
    return buffer + kept;
}

static void run_part(IclExecutor *e, const Part *part)
{
    const IclPlanStep *step = part->step;
    const IclBand *rows = &part->plan->rows;
    const int from = e->plan->graph->nodes[step->node].inputs[0];
    const size_t begin = rows_of(e, step->out, rows->first);
    IclWorker *worker = &e->workers[part->thread];
    IclSamples sample = {.n = 1, .worker = worker, .team = &worker->alone};
    IclPass pass = icl_executor_pass(e, step, &sample);

    const float *in = part->enters
                          ? icl_executor_value(e, from, part->sample) + rows_of(e, from, rows->in)
                          : buffer_of(e, step - 1, part->thread);
    pass.in = &in;
    pass.out = part->leaves ? icl_executor_value(e, step->out, part->sample) + begin
                            : buffer_behind(e, part);
    if (step->add != ICL_NOWHERE)
        pass.epilogue.add = icl_executor_value(e, step->add, part->sample) + begin;
    if (step->scale != ICL_NOWHERE)
        pass.epilogue.input_scale = icl_executor_value(e, step->scale, part->sample);
    pass.band = rows;
    if (rows->rows)
        step->layer->class->forward(step->layer, &pass);
}

/* In the laps, the caller's own share of the bands stands for all. */
static void run_band(void *data, int chunk, int thread)
{
    const Group *group = data;
    IclExecutor *e = group->e;
    IclBandPlace *place = &e->places[thread];
    const int band = chunk % group->bands;
    IclPlanPart parts[ICL_GROUP_MOST];

    if (band == 0 || chunk != place->next)
        memset(place->windows, 0, sizeof place->windows);
    place->next = chunk + 1;
    icl_plan_cut(e->plan, group->head, band, place->windows, parts);
    for (int s = group->head; s <= group->last; s++) {
        Part part = {.step = &e->plan->steps[s],
                     .plan = &parts[s - group->head],
                     .enters = s == group->head,
                     .leaves = s == group->last,
                     .sample = group->first + chunk / group->bands,
                     .thread = thread};
        run_part(e, &part);
        icl_executor_lap(e, &e->workers[thread], e->forward_seconds, s);
    }
}

void icl_executor_group(IclExecutor *e, int head, const IclSamples *samples)
{
    Group group = {e, head, e->plan->steps[head].end - 1, samples->first,
                   icl_plan_band_count(e->plan, head)};

    for (int thread = 0; thread < e->threads; thread++)
        e->places[thread].next = -1;
    icl_team_run(samples->team, samples->n * group.bands, run_band, &group);
    icl_executor_lap(e, samples->worker, e->forward_seconds, group.last);
}
