/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The description language: gst-launch's chain syntax for networks, augmentations, recipes,
 * optimizers, schedules. Text is parsed to a tree (IclChain), printed back, and expanded: blocks,
 * repeats and variables are resolved and the visitor sees one concrete step after another. */
#pragma once

#include "class.h"

typedef enum {
    ICL_VALUE_INT,
    ICL_VALUE_REAL,
    ICL_VALUE_WORD,   /* same, relu, yes */
    ICL_VALUE_STRING, /* "with spaces" */
    ICL_VALUE_LIST,   /* [0.5 0.5] or [0.5, 0.5] */
} IclValueType;

typedef struct IclValue {
    IclValueType type;
    gint64 i;               /* ICL_VALUE_INT */
    double r;               /* ICL_VALUE_REAL; also set for ICL_VALUE_INT */
    const char *s;          /* ICL_VALUE_WORD, ICL_VALUE_STRING */
    struct IclValue *items; /* ICL_VALUE_LIST */
    int n_items;
} IclValue;

typedef struct IclArgument {
    const char *key; /* NULL: positional */
    IclValue value;
} IclArgument;

/* One concrete step, borrowed for the time of the call. */
typedef struct IclStep {
    const IclClass *class;
    const char *path;  /* "basic1.unit1.conv2d": unique in the document, a weight path's prefix */
    const char *where; /* "models/lenet.icl:12" */
    const char *name;  /* the name= given, or NULL */
    const IclArgument *args;
    int n_args;
} IclStep;

/* Sets an error that begins with the step's place, class and name: `lenet.icl:12: conv2d "c2": `.
 */
void icl_step_error(GError **error, IclError code, const IclStep *step, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* Appends a value as a description has it: the shortest number that reads back the same; words,
 * "strings", [lists]. */
void icl_value_print(GString *out, const IclValue *value);
void icl_number_print(GString *out, double number);
void icl_string_print(GString *out, const char *text); /* in quotes, escaped */

typedef struct IclChain IclChain;

/* Reads one value without variables ("0.5", "[1 2]", "same"). What `value` points to belongs to the
 * chain returned; NULL on error, `what` naming the text. */
IclChain *icl_value_parse(const char *text, const char *what, IclValue *value, GError **error);

enum {
    ICL_CHAIN_MAX_TEXT = 1 << 20, /* bytes of a text */
    ICL_CHAIN_MAX_DEPTH = 64,     /* nested brackets, branches, blocks */
    ICL_CHAIN_MAX_STEPS = 10000,  /* steps after expansion */
};

/* Parses `text` (UTF-8; `length` < 0: NUL-terminated). `file` names it in messages, "--augment" or
 * a path. NULL with ICL_ERROR_SYNTAX: "FILE:LINE: what was found; what would do". */
IclChain *icl_chain_parse(const char *text, gssize length, const char *file, GError **error);
void icl_chain_free(IclChain *chain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclChain, icl_chain_free)

/* The canonical text: one statement a line, shortest numbers, comments left out. Parsing it again
 * prints the same. Caller frees. */
char *icl_chain_print(const IclChain *chain);

/* Sets a variable: replaces the default of the file's `var name = ...`, or adds that statement in
 * front, so that the printed text carries it. `value` is written as in a text ("10", "0.5"). */
bool icl_chain_set(IclChain *chain, const char *name, const char *value, GError **error);

/* The `file` it was parsed with. */
const char *icl_chain_file(const IclChain *chain);

/* Whether the text uses or declares $name. */
bool icl_chain_uses(const IclChain *chain, const char *name);

/* Sees the steps of an expansion in order. Nodes are numbers >= 0 that `step` gives out; -1 stands
 * for "nothing arrives yet" (the first step of a text, and a combiner's empty branch there). */
typedef struct IclChainVisitor {
    /* Adds a step fed by `inputs` (one node, or one a branch for a class that combines); returns
     * its node, or -1 with an error (which names step->where, the class and what would do). */
    int (*step)(void *user, const IclStep *step, const int *inputs, int n_inputs, GError **error);
    int (*channels)(void *user, int node); /* $in; NULL where there is no such thing */
} IclChainVisitor;

/* Expands the document over the classes of `family`. False with an error; the visitor may then have
 * seen a part of the steps. */
bool icl_chain_expand(const IclChain *chain, const IclFamily *family,
                      const IclChainVisitor *visitor, void *user, GError **error);
