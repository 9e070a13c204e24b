/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Groups of steps that run in bands of rows: where what one step gives the next is too large for a
 * core's own cache, a thread takes a few rows through all of them, one band after another. What is
 * between the steps lies in buffers of the thread's own and never leaves its cache. A window larger
 * than its stride reads rows that the band before has read too: they stay in the buffer, moved to
 * its front; a thread that begins elsewhere makes them again. */
#include "plan_parts.h"

enum {
    LEAST_FLOATS = 1 << 18,    /* a value smaller than this stays in a core's cache anyway */
    BUFFER_FLOATS = 200 << 10, /* of a thread, most: leaves room for what passes by */
    LEAST_BANDS = 4,           /* for as many threads, in one picture */
    LEAST_ROWS = 4,            /* of a band: fewer do not fill a kernel's tiles */
};

static int output_rows(const IclPlan *plan, int s) { return plan->steps[s].layer->out.h; }

int icl_plan_band_count(const IclPlan *plan, int head)
{
    const IclPlanStep *step = &plan->steps[head];

    return (output_rows(plan, step->end - 1) + step->band_rows - 1) / step->band_rows;
}

/* Last step first: the rows that it reads are what the one before has to make, but for those that
 * are there. */
void icl_plan_cut(const IclPlan *plan, int head, int band, IclPlanWindow *windows,
                  IclPlanPart *parts)
{
    const IclPlanStep *steps = plan->steps;
    const int last = steps[head].end - 1;
    int first = band * steps[head].band_rows;
    int rows = MIN(steps[head].band_rows, output_rows(plan, last) - first);
    IclNeeds needs;

    parts[last - head].kept = parts[last - head].from = 0;
    for (int s = last; s >= head; s--) {
        IclBand *part = &parts[s - head].rows;
        IclPlanWindow *in = &windows[s - head];
        *part = (IclBand){.first = first, .rows = rows, .in = in->base};
        if (rows)
            steps[s].layer->class->band(steps[s].layer, part, &needs);
        if (s > head) {
            parts[s - head - 1].kept = MAX(in->done - part->in, 0);
            parts[s - head - 1].from = part->in - in->base;
        }
        first = MAX(in->done, part->in);
        *in = (IclPlanWindow){part->in, MAX(in->done, part->in + part->in_rows)};
        rows = in->done - first;
    }
}

static bool runs_in_bands(const IclLayer *layer)
{
    IclBand all = {.rows = layer->out.h};
    IclNeeds needs;

    return layer->class->band && layer->class->band(layer, &all, &needs);
}

/* Whether step s goes on with the bands of the steps before it. What else it reads was there before
 * them, as each of them has one reader. What enters the last step of all stays whole:
 * icl_executor_last_input(). */
static bool joins(const IclPlan *plan, const IclPlanReads *reads, int s)
{
    const IclPlanStep *before = &plan->steps[s - 1], *step = before + 1;

    return s < plan->n_steps - 1 && runs_in_bands(step->layer) &&
           icl_plan_input(plan, step, 0) == before->out && reads->count[before->out] == 1 &&
           icl_shape_count(before->layer->out) >= LEAST_FLOATS;
}

/* Most rows that each step of the group reads in a band. */
static void most_rows(const IclPlan *plan, int head, int *most)
{
    IclPlanPart parts[ICL_GROUP_MOST];

    for (int band = 0; band < icl_plan_band_count(plan, head); band++) {
        IclPlanWindow windows[ICL_GROUP_MOST] = {0};
        icl_plan_cut(plan, head, band, windows, parts);
        for (int s = head; s < plan->steps[head].end; s++)
            most[s - head] = MAX(most[s - head], parts[s - head].rows.in_rows);
    }
}

/* Places the values between the group's steps in a thread's buffers; their floats. */
static size_t place(IclPlan *plan, int head)
{
    int rows[ICL_GROUP_MOST] = {0};
    size_t floats = 0;

    most_rows(plan, head, rows);
    for (int s = head; s < plan->steps[head].end - 1; s++) {
        IclShape shape = plan->steps[s].layer->out;
        plan->steps[s].buffer = floats;
        floats +=
            icl_round_up((size_t)rows[s + 1 - head] * shape.w * shape.c, ICL_ALIGN / sizeof(float));
    }
    return floats;
}

/* As few bands as fit, or none. */
static size_t group(IclPlan *plan, int head, int end)
{
    IclPlanStep *step = &plan->steps[head];
    const int rows = output_rows(plan, end - 1);

    step->end = end;
    for (int bands = LEAST_BANDS; bands * LEAST_ROWS <= rows; bands *= 2) {
        step->band_rows = (rows + bands - 1) / bands;
        size_t floats = place(plan, head);
        if (floats > BUFFER_FLOATS)
            continue;
        for (int s = head; s < end - 1; s++)
            plan->within[plan->steps[s].out] = true;
        return floats;
    }
    step->end = head + 1;
    step->band_rows = 0;
    return 0;
}

size_t icl_plan_bands(IclPlan *plan)
{
    IclPlanReads reads;
    size_t most = 0;

    for (int s = 0; s < plan->n_steps; s++)
        plan->steps[s].end = s + 1;
    if (plan->training)
        return 0;
    icl_plan_reads_init(&reads, plan);
    for (int head = 0; head < plan->n_steps; head = plan->steps[head].end) {
        int end = head + 1;
        if (runs_in_bands(plan->steps[head].layer))
            while (end - head < ICL_GROUP_MOST && joins(plan, &reads, end))
                end++;
        if (end > head + 1)
            most = MAX(most, group(plan, head, end));
    }
    icl_plan_reads_clear(&reads);
    return most;
}
