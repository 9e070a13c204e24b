/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The families are libicl's, and one more: the descriptions that `--model NAME` finds. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "models.h"

typedef struct ListOptions {
    Operands operands;
    bool names;
} ListOptions;

static const Option list_options[] = {
    OPT_BOOL(ListOptions, names, "names", "the names alone, one a line"),
    {0},
};

static bool check_list(const void *values, char **problem)
{
    const ListOptions *o = values;
    if (!o->names || o->operands.n < 2)
        return true;
    *problem = g_strdup("--names goes with a FAMILY or nothing, not with one NAME");
    return false;
}

static char *models_text(const char *name, GError **error)
{
    g_autofree char *path = NULL;
    return name ? models_read(name, &path, error) : models_page();
}

static char *list_text(const char *family, const char *name, GError **error)
{
    if (family && g_str_equal(family, "models"))
        return models_text(name, error);
    char *text = icl_list(family, name, error);
    if (family || !text)
        return text;
    g_autofree char *others = text;
    return g_strdup_printf("%-16s%s\n%s", "models", "descriptions of networks: --model", others);
}

/* The first word of each line; after an empty line there are no more. */
static void print_names(const char *text)
{
    for (gsize length; (length = strcspn(text, "\n")) > 0; text += length + (text[length] != 0))
        printf("%.*s\n", (int)strcspn(text, " \n"), text);
}

static bool run_list(const void *values, GError **error)
{
    const ListOptions *o = values;
    const char *family = o->operands.at[0];
    g_autofree char *text = list_text(family, family ? o->operands.at[1] : NULL, error);
    if (!text)
        return false;
    if (o->names)
        print_names(text);
    else
        printf("%s%s", text, g_str_has_suffix(text, "\n") ? "" : "\n");
    return true;
}

const Command list_command = {
    .name = "list",
    .help = "what descriptions, recipes and options may be made of",
    .operands = "[FAMILY [NAME]] [OPTION...]",
    .least = 0,
    .most = 2,
    .options = list_options,
    .size = sizeof(ListOptions),
    .details = "Without FAMILY: the families. With it: its classes. With NAME: the parameters of\n"
               "one class, or a model's description.\n"
               "\n"
               "    icl list layers conv2d\n"
               "    icl list models cnn > network.icl\n",
    .check = check_list,
    .run = run_list,
};
