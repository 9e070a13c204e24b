/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "help.h"

const char help_about[] =
    "icl trains image classifiers on folders of labelled pictures, on the CPU, and runs them: on\n"
    "files with this program, on live video with its GStreamer elements.\n";
const char help_data[] =
    "DATA is a folder with one folder of pictures (.jpg .jpeg .png) a class, or with train, val "
    "and\n"
    "test folders of that kind; a list of paths and labels (.csv with a first row path,label, or\n"
    ".jsonl); a folder of IDX files such as Fashion-MNIST's, or of CIFAR's; or what icl pack "
    "wrote.\n";
const char help_status[] = "0 done, 1 failed, 2 wrong usage.\n";

void help_program(FILE *to)
{
    fprintf(to, "%s\nUsage:\n", help_about);
    for (const Command *const *command = commands; *command; command++)
        fprintf(to, "  icl %-11s %s\n", (*command)->name, (*command)->help);
    fprintf(to,
            "  icl help        the page of a command: icl help train\n"
            "  icl --version   the version\n\n"
            "%sExit status: %s",
            help_data, help_status);
}

void help_command(const Command *command)
{
    g_autofree char *page = options_page(command->options);
    printf("Usage: icl %s %s\n\n%s\n\n%s\nOptions:\n%s", command->name, command->operands,
           command->help, command->details, page);
}
