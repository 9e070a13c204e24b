/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include <stdio.h>

#include "command.h"

static const Option list_options[] = {{0}};

static bool run_list(const void *values, GError **error)
{
    const Operands *operands = values;
    const char *family = operands->at[0];
    g_autofree char *text = icl_list(family, family ? operands->at[1] : NULL, error);
    if (!text)
        return false;
    printf("%s%s", text, g_str_has_suffix(text, "\n") ? "" : "\n");
    return true;
}

const Command list_command = {
    .name = "list",
    .help = "what descriptions, recipes and options may be made of",
    .operands = "[FAMILY [NAME]]",
    .least = 0,
    .most = 2,
    .options = list_options,
    .size = sizeof(Operands),
    .details = "Without FAMILY: the families. With it: its classes. With NAME: the parameters of\n"
               "one class.\n"
               "\n"
               "    icl list layers conv2d\n",
    .run = run_list,
};
