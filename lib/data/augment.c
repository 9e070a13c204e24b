/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The table of augmentations, chains of them, and their ranges. */
#include "augment.h"

#define AUGMENT_ROW(name) &icl_augment_##name##_class.base,
static const IclClass *const augment_classes[] = {ICL_AUGMENTS(AUGMENT_ROW) NULL};

const IclFamily icl_augment_family = {"augment", "augmentation", augment_classes};

/* What is wrong with step i where it stands. */
static char *step_fault(const GPtrArray *steps, guint i)
{
    const void *instance = g_ptr_array_index(steps, i);
    const IclAugmentClass *class = *(const IclAugmentClass *const *)instance;

    if (class->crop && i > 0)
        return g_strdup("it works on the source picture; put it first");
    if (i > 0 && !class->mix && (*(const IclAugmentClass *const *)steps->pdata[i - 1])->mix)
        return g_strdup("it works on single pictures; put it before those that mix a batch");
    return class->check ? class->check(instance) : NULL;
}

GPtrArray *icl_augment_parse(const char *text, const char *what, GError **error)
{
    g_autoptr(GPtrArray) steps = icl_instances_parse(&icl_augment_family, text, what, error);

    for (guint i = 0; steps && i < steps->len; i++) {
        const IclClass *class = **(const IclClass *const **)&g_ptr_array_index(steps, i);
        g_autofree char *fault = step_fault(steps, i);
        if (fault) {
            g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE, "%s: %s: %s", what, class->name, fault);
            return NULL;
        }
    }
    return g_steal_pointer(&steps);
}

IclRange icl_range(const IclReals *reals, double centre)
{
    return reals->n == 1 ? (IclRange){centre - reals->v[0], centre + reals->v[0]}
                         : (IclRange){reals->v[0], reals->v[1]};
}

double icl_range_draw(IclRange range, IclRandom *random)
{
    return range.from + (range.to - range.from) * icl_random_uniform(random);
}

char *icl_range_check(const char *name, const IclReals *reals, double centre, double least,
                      double most)
{
    if (reals->n != 1 && reals->n != 2)
        return g_strdup_printf("%s has %d numbers; one, or [from to], would do", name, reals->n);
    if (reals->n == 1 && reals->v[0] < 0)
        return g_strdup_printf("%s is %g; one number is a distance, from 0 on", name, reals->v[0]);
    IclRange range = icl_range(reals, centre);
    if (range.from > range.to)
        return g_strdup_printf("%s falls from %g to %g; it should rise", name, range.from,
                               range.to);
    if (range.from < least || range.to > most)
        return g_strdup_printf("%s is %g to %g, outside %g..%g", name, range.from, range.to, least,
                               most);
    return NULL;
}

char *icl_pair_check(const char *name, const IclReals *reals)
{
    if (reals->n != 2)
        return g_strdup_printf("%s has %d number%s; [from to] would do", name, reals->n,
                               reals->n == 1 ? "" : "s");
    return icl_range_check(name, reals, 0, -G_MAXDOUBLE, G_MAXDOUBLE);
}
