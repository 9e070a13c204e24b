/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What the figures of a data set mean for who trains on it, in plain sentences: the broken first.
 */
#include <stdarg.h>

#include "dataset_kind.h"
#include "inspect.h"
#include "sampler.h"

enum {
    FEW = 20,   /* pictures of a class */
    SMALL = 32, /* pixels of the shorter side */
};

static void advise(IclInspection *inspection, bool broken, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static void advise(IclInspection *inspection, bool broken, const char *format, ...)
{
    IclAdvice advice = {.broken = broken};
    va_list list;

    va_start(list, format);
    advice.text = g_strdup_vprintf(format, list);
    va_end(list);
    g_array_append_val(inspection->advice, advice);
}

static void advise_unreadable(IclInspection *inspection)
{
    guint n = inspection->unreadable->len;

    if (n)
        advise(inspection, true,
               n == 1 ? "%u picture cannot be read: replace it or take it out; training leaves it "
                        "out."
                      : "%u pictures cannot be read: replace them or take them out; training "
                        "leaves them out.",
               n);
}

/* Sets in several parts, or in several classes, or in neither. */
static int count_alike(const GArray *found, bool parts, bool classes)
{
    int n = 0;

    for (guint i = 0; i < found->len; i++) {
        const IclAlike *alike = &g_array_index(found, IclAlike, i);
        n += parts ? alike->parts : classes ? alike->classes : !alike->parts && !alike->classes;
    }
    return n;
}

static void advise_alike(IclInspection *inspection)
{
    int parts = count_alike(inspection->same, true, false);
    int classes = count_alike(inspection->same, false, true);
    int others = count_alike(inspection->same, false, false);
    int near_parts = count_alike(inspection->near, true, false);

    if (parts)
        advise(inspection, true,
               "%d picture%s in more than one part: what is learned by heart is tested, and the "
               "figure will be too good. Keep each in one part only.",
               parts, parts == 1 ? " is" : "s are");
    if (classes && inspection->multi_label)
        advise(inspection, true,
               "%d picture%s there more than once, with different labels: some of them are wrong. "
               "Keep the right ones.",
               classes, classes == 1 ? " is" : "s are");
    else if (classes)
        advise(inspection, true,
               "%d picture%s in more than one class: one of the labels is wrong. Keep the right "
               "one.",
               classes, classes == 1 ? " is" : "s are");
    if (others)
        advise(inspection, false,
               "%d picture%s there more than once%s, and count%s more than others: take "
               "the copies out, unless that is meant.",
               others, others == 1 ? " is" : "s are", inspection->multi_label ? "" : " in a class",
               others == 1 ? "s" : "");
    if (near_parts)
        advise(inspection, false,
               "%d set%s of nearly the same pictures reach%s over several parts. If they are "
               "frames of a film or edits of a photograph, split by group.",
               near_parts, near_parts == 1 ? "" : "s", near_parts == 1 ? "es" : "");
    if (inspection->near_cut)
        advise(inspection, false,
               "Too many pictures look alike to compare all: not all near duplicates were found.");
}

static const char *class_label(const IclInspection *inspection, int class)
{
    for (int p = 0; p < ICL_PARTS; p++)
        if (inspection->part[p])
            return icl_dataset_labels(inspection->part[p])[class];
    return NULL;
}

/* Classes of the part that is trained on: none, few, and far from as many as others. */
static void advise_classes(IclInspection *inspection)
{
    IclPart part = inspection->part[ICL_PART_TRAIN] ? ICL_PART_TRAIN : ICL_PART_TEST;
    const int *count = inspection->count + part * inspection->classes;
    int least = 0, most = 0, few = 0;

    for (int c = 0; c < inspection->classes; c++) {
        if (count[c] == 0)
            advise(inspection, true,
                   "Class \"%s\" has no picture in the %s part, and cannot be learned.",
                   class_label(inspection, c), icl_part_names[part]);
        if (inspection->multi_label && count[c] == inspection->pictures[part])
            advise(inspection, true,
                   "Label \"%s\" is on every picture of the %s part, so there is nothing to learn.",
                   class_label(inspection, c), icl_part_names[part]);
        few += count[c] > 0 && count[c] < FEW;
        least = count[c] && (!count[least] || count[c] < count[least]) ? c : least;
        most = count[c] > count[most] ? c : most;
    }
    if (count[least] && count[most] >= ICL_IMBALANCE * count[least])
        advise(
            inspection, false,
            "The classes are out of balance: \"%s\" has %.3g times as many pictures as \"%s\". "
            "%s.",
            class_label(inspection, most), (double)count[most] / count[least],
            class_label(inspection, least),
            inspection->multi_label
                ? "Use --class-weight balanced, and look at the average precision of each label, "
                  "not at the accuracy"
                : "Training draws them alike unless it is told otherwise (--sampler, or "
                  "--class-weight balanced). Look at the recall of each class, not at the "
                  "accuracy");
    if (few)
        advise(inspection, false,
               "%d class%s fewer than %d pictures: collect more, or expect to know it badly.", few,
               few == 1 ? " has" : "es have", FEW);
}

static void advise_sizes(IclInspection *inspection)
{
    if (inspection->sizes[0] && inspection->most[0] > 4 * SMALL)
        advise(inspection, false,
               "%d picture%s less than %d pixels on a side, others much more: are these icons or "
               "previews?",
               inspection->sizes[0], inspection->sizes[0] == 1 ? " has" : "s have", SMALL);
    if (inspection->grey && inspection->colour)
        advise(inspection, false,
               "%d grey picture%s among %d in colour: if only some classes have them, a network "
               "learns that instead.",
               inspection->grey, inspection->grey == 1 ? " is" : "s are", inspection->colour);
}

void icl_inspect_advise(IclInspection *inspection)
{
    advise_unreadable(inspection);
    advise_alike(inspection);
    advise_classes(inspection);
    advise_sizes(inspection);
    if (!inspection->part[ICL_PART_TEST] && !inspection->part[ICL_PART_VALIDATION])
        advise(inspection, false,
               "There is no test part: training holds some pictures out, but a figure to be "
               "trusted needs pictures kept apart in a folder of their own (test).");
}
