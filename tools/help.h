/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The pages of `icl help`. */
#pragma once

#include <stdio.h>

#include "command.h"

void help_program(FILE *to);
void help_command(const Command *command);

/* What icl does, what DATA is, and the exit status: paragraphs of the program's page and of the
 * manual. */
extern const char help_about[], help_data[], help_status[];
