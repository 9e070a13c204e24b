/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What there is to write in descriptions and options: read off the families' tables. */
#include <icl/list.h>

#include "augment.h"
#include "callback.h"
#include "layers.h"
#include "loss.h"
#include "optimizer.h"
#include "preprocess.h"
#include "sampler.h"
#include "schedule.h"

static const struct {
    const IclFamily *family;
    const char *help;
} families[] = {
    {&icl_layer_family, "steps of a network's description"},
    {&icl_preprocess_family, "steps of a preprocessing recipe: --recipe"},
    {&icl_augment_family, "random changes to training pictures: --augment"},
    {&icl_optimizer_family, "how weights follow their gradients: --optimizer"},
    {&icl_schedule_family, "learning rate over the training: --schedule"},
    {&icl_loss_family, "what a training makes small: --loss"},
    {&icl_sampler_family, "which pictures make an epoch: --sampler"},
    {&icl_callback_family, "what goes along with a training and may steer it: --callbacks"},
};

static char *list_families(void)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(families); i++)
        g_string_append_printf(text, "%-16s%s\n", families[i].family->name, families[i].help);
    g_string_append(
        text, "\nicl list FAMILY shows its classes, icl list FAMILY NAME one class' parameters.\n");
    return g_string_free(text, FALSE);
}

static void set_unknown(GError **error, const char *what, const char *name, const char *nearest)
{
    if (nearest)
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "there is no %s \"%s\"; did you mean \"%s\"?", what, name, nearest);
    else
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "there is no %s \"%s\"; `icl list` shows what there is", what, name);
}

static const IclFamily *find_family(const char *name, GError **error)
{
    const char *names[G_N_ELEMENTS(families) + 1] = {NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(families); i++) {
        names[i] = families[i].family->name;
        if (g_str_equal(names[i], name))
            return families[i].family;
    }
    const char *nearest = icl_nearest(name, names);
    g_autofree char *all = g_strjoinv(", ", (char **)names);
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE, "there is no family \"%s\"%s%s%s; there are %s",
                name, nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                nearest ? "\"?" : "", all);
    return NULL;
}

static const char *nearest_class(const IclFamily *family, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (int i = 0; family->classes[i]; i++)
        g_ptr_array_add(names, (gpointer)family->classes[i]->name);
    g_ptr_array_add(names, NULL);
    return icl_nearest(name, (const char *const *)names->pdata);
}

char *icl_list(const char *family_name, const char *name, GError **error)
{
    if (!family_name)
        return list_families();
    const IclFamily *family = find_family(family_name, error);
    if (!family || !name)
        return family ? icl_family_page(family) : NULL;
    const IclClass *class = icl_family_find(family, name);
    if (!class)
        set_unknown(error, family->noun, name, nearest_class(family, name));
    return class ? icl_class_page(family, class) : NULL;
}
