/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Command lines by table. An option is a row: its parser, default, range and help are all there. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum {
    OPTION_BOOL,   /* bool; takes no value */
    OPTION_INT,    /* int */
    OPTION_SEED,   /* guint64 */
    OPTION_REAL,   /* double */
    OPTION_STRING, /* const char *, borrowed from argv */
    OPTION_CHOICE, /* int: index into the words of `choices`; -1 where not given */
    OPTION_CONFIG, /* as STRING, and the file's lines are options; of a folder, those of the file
                      `choices` in it. With `choices`, a file is only a name */
} OptionType;

typedef struct Option {
    const char *name; /* "epochs", without the dashes */
    char letter;      /* 'o' for -o; 0: none */
    OptionType type;
    size_t offset;
    const char *metavar; /* what the value is called in the help */
    const char *initial; /* default, as the user would write it; NULL: 0, NULL or false */
    double min, max;     /* inclusive; INT and REAL */
    const char *choices; /* CHOICE: the words, separated by spaces */
    const char *help;
    bool required;
} Option;

/* Rows of a table; `s` is the struct and `f` its field. */
#define OPT_BOOL(s, f, name, help)                                         \
    {                                                                      \
        name, 0, OPTION_BOOL, offsetof(s, f), NULL, NULL, 0, 0, NULL, help \
    }
#define OPT_INT(s, f, name, metavar, initial, min, max, help)                       \
    {                                                                               \
        name, 0, OPTION_INT, offsetof(s, f), metavar, initial, min, max, NULL, help \
    }
#define OPT_SEED(s, f, name, initial, help)                                  \
    {                                                                        \
        name, 0, OPTION_SEED, offsetof(s, f), "N", initial, 0, 0, NULL, help \
    }
#define OPT_REAL(s, f, name, initial, min, max, help)                            \
    {                                                                            \
        name, 0, OPTION_REAL, offsetof(s, f), "X", initial, min, max, NULL, help \
    }
#define OPT_STRING(s, f, name, letter, metavar, help)                                \
    {                                                                                \
        name, letter, OPTION_STRING, offsetof(s, f), metavar, NULL, 0, 0, NULL, help \
    }
#define OPT_REQUIRED(s, f, name, letter, metavar, help)                                    \
    {                                                                                      \
        name, letter, OPTION_STRING, offsetof(s, f), metavar, NULL, 0, 0, NULL, help, true \
    }
#define OPT_CHOICE(s, f, name, metavar, choices, help)                             \
    {                                                                              \
        name, 0, OPTION_CHOICE, offsetof(s, f), metavar, NULL, 0, 0, choices, help \
    }

#define OPT_CONFIG(s, f, name, metavar, file, help)                             \
    {                                                                           \
        name, 0, OPTION_CONFIG, offsetof(s, f), metavar, NULL, 0, 0, file, help \
    }

/* What is no option: "DATA FOLDER". First field of every struct that options fill. */
typedef struct Operands {
    const char **at; /* [n], then NULL; the strings are borrowed from argv */
    int n;
    GPtrArray *texts; /* of files of options: what strings are borrowed from else */
} Operands;

/* A file of options has lines "name = value", as they stand in a file of --config: names without
 * the dashes, "yes" or "no" for those without a value, "data = ..." for an operand; "\\n" in a
 * value is a new line, "\\\\" a backslash. Empty lines and those that begin with '#' are passed
 * over. They count as if they stood where the option stands: later ones on the command line win. */

/* Fills `values` (zeroed by the caller) with the defaults, then from `args`, which ends with NULL.
 * False with *problem, a sentence about the first thing that is wrong; caller frees. --help and -h
 * are in every table: *help is set, and the rest is not looked at. Either way options_clear() is
 * for the caller to call. */
bool options_parse(const Option *options, char *const *args, void *values, bool *help,
                   char **problem);

void options_clear(void *values);

/* Whether the required options were given; *problem as above. */
bool options_complete(const Option *options, const void *values, char **problem);

/* "-o, --output FILE"; caller frees. */
char *option_heading(const Option *option);

/* The rows of the help page; caller frees. */
char *options_page(const Option *options);
