/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A command of the program is a const struct; icl.c holds the table of them. Help, parsing and
 * range checks all come from the option tables. */
#pragma once

#include <icl/icl.h>

#include "options.h"

typedef struct Command {
    const char *name;
    const char *help;      /* one line */
    const char *operands;  /* "DATA FOLDER", for the usage line */
    int least, most;       /* operands; most: OPERANDS_ANY where there is no limit */
    const Option *options; /* ends with {0} */
    size_t size;           /* of the struct that the options fill; it begins with Operands */
    const char *details;   /* the rest of the help page; lines indented by four are examples */
    /* (nullable) Whether the options go together, which their tables cannot say; caller frees
     * *problem. */
    bool (*check)(const void *values, char **problem);
    /* True when done; false with an error, or, where the error says nothing new, without. */
    bool (*run)(const void *values, GError **error);
} Command;

enum { OPERANDS_ANY = G_MAXINT };

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

extern const Command data_command, pack_command, train_command, lr_find_command, evaluate_command,
    classify_command, bench_command, info_command, list_command, frames_command, completion_command,
    manual_command;

extern const Command *const commands[]; /* all of them, then NULL */

/* The parts of a data set, for --part: the index into "train test", -1 when not given. */
IclPart part_wanted(const char *data, int part);

/* One line on stderr, as all messages of the program: "icl: ...". */
void tell(const char *format, ...) G_GNUC_PRINTF(1, 2);
