/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A folder with small data sets, and the program run in it. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* In the folder: "idx" (3 classes, 60 + 20 pictures of 8x8 each), "idx4" (4 classes), "net.icl"
 * (its network), "text" (no model), "folder" (class folders 1 and 2: three pictures, and a broken
 * one). */
typedef struct Fixture {
    char *folder;
    char *program; /* from the environment, ICL_PROGRAM */
} Fixture;

typedef struct Result {
    int status; /* exit status */
    char *out, *err;
} Result;

void fixture_init(Fixture *fixture);
void fixture_clear(Fixture *fixture);

/* Runs `icl ARGS` in the folder; `line` is split as a shell does. */
Result run_icl(const Fixture *fixture, const char *line);
void result_clear(Result *result);

/* Runs it, and demands exit status 0; returns what it printed. */
char *icl_output(const Fixture *fixture, const char *line);

/* Trains "m.bin" on "idx" unless it is there. */
#define TRAIN "train idx --model net.icl --batch 16 --optimizer 'adamw lr=0.02' --quiet "
void need_model(const Fixture *fixture);

char *fixture_path(const Fixture *fixture, const char *name);
void read_file(const Fixture *fixture, const char *name, char **bytes, gsize *size);
bool same_file(const Fixture *fixture, const char *a, const char *b);

/* Runs it, and demands exit status 1 and the part of a message. */
void expect_failure(const Fixture *fixture, const char *line, const char *part);

/* Fails the test with both texts where `text` does not contain `part`. */
void expect_part(const char *text, const char *part);
