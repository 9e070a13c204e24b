/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A class is a const struct: name, help, declared parameters, and (in the family's own struct,
 * which begins with IclClass) one to five functions. A family is the list of its classes. Parser,
 * range checks, `icl list` and the documents all read these tables; nothing compares names by hand.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <icl/error.h>
#include <icl/list.h>

typedef enum {
    ICL_PARAM_INT,     /* int */
    ICL_PARAM_REAL,    /* double */
    ICL_PARAM_BOOL,    /* bool: yes no true false 1 0 */
    ICL_PARAM_ENUM,    /* int: index into the words of `choices` */
    ICL_PARAM_STRING,  /* char *, owned; default "": NULL unless given */
    ICL_PARAM_PATH,    /* the same, of a file or folder: made absolute when it is read, so that it
                          holds in every working directory */
    ICL_PARAM_PATTERN, /* a path with {fields}; braces that are none are doubled */
    ICL_PARAM_SIZE,    /* IclSize: one number for both, or [height width] */
    ICL_PARAM_PADDING, /* IclPadding: valid, same, a number, [height width] or [top bottom left
                          right] */
    ICL_PARAM_REALS,   /* IclReals: one number or a list */
} IclParamType;

typedef struct IclSize {
    int h, w;
} IclSize;

typedef enum { ICL_PADDING_VALID, ICL_PADDING_SAME, ICL_PADDING_EXPLICIT } IclPaddingKind;

typedef struct IclPadding {
    IclPaddingKind kind;
    int top, bottom, left, right; /* for ICL_PADDING_EXPLICIT */
} IclPadding;

enum { ICL_REALS_MAX = 16 };

typedef struct IclReals {
    int n;
    double v[ICL_REALS_MAX];
} IclReals;

typedef struct IclParam {
    const char *name;
    IclParamType type;
    size_t offset;
    const char *initial; /* default, as the user would write it; NULL: must be given */
    double min, max;     /* inclusive; for INT, REAL, SIZE, PADDING, REALS (each entry) */
    const char *choices; /* ENUM: the words, separated by spaces */
    const char *help;
    const char *alias; /* another name that is understood, or NULL */
} IclParam;

/* Rows of a parameter table; the table ends with {0}. `s` is the struct, `f` its field and the
 * parameter's name. */
/* clang-format off */
#define ICL_INT(s, f, initial, min, max, help) \
    {#f, ICL_PARAM_INT, offsetof(s, f), initial, min, max, NULL, help}
#define ICL_REAL(s, f, initial, min, max, help) \
    {#f, ICL_PARAM_REAL, offsetof(s, f), initial, min, max, NULL, help}
#define ICL_REAL_OR(s, f, alias, initial, min, max, help) \
    {#f, ICL_PARAM_REAL, offsetof(s, f), initial, min, max, NULL, help, alias}
#define ICL_INT_OR(s, f, alias, initial, min, max, help) \
    {#f, ICL_PARAM_INT, offsetof(s, f), initial, min, max, NULL, help, alias}
#define ICL_BOOL(s, f, initial, help) {#f, ICL_PARAM_BOOL, offsetof(s, f), initial, 0, 1, NULL, help}
#define ICL_ENUM(s, f, initial, choices, help) \
    {#f, ICL_PARAM_ENUM, offsetof(s, f), initial, 0, 0, choices, help}
#define ICL_STRING(s, f, initial, help) \
    {#f, ICL_PARAM_STRING, offsetof(s, f), initial, 0, 0, NULL, help}
#define ICL_PATH(s, f, help) {#f, ICL_PARAM_PATH, offsetof(s, f), NULL, 0, 0, NULL, help}
#define ICL_PATTERN(s, f, help) {#f, ICL_PARAM_PATTERN, offsetof(s, f), NULL, 0, 0, NULL, help}
#define ICL_SIZE(s, f, initial, min, max, help) \
    {#f, ICL_PARAM_SIZE, offsetof(s, f), initial, min, max, NULL, help}
#define ICL_PADDING(s, f, initial, max, help) \
    {#f, ICL_PARAM_PADDING, offsetof(s, f), initial, 0, max, NULL, help}
#define ICL_REALS(s, f, initial, min, max, help) \
    {#f, ICL_PARAM_REALS, offsetof(s, f), initial, min, max, NULL, help}
/* clang-format on */

typedef struct IclClass {
    const char *name;       /* in descriptions: "conv2d" */
    const char *help;       /* one line */
    size_t size;            /* of the instance, whose first field is `const IclClass *class` */
    const IclParam *params; /* NULL: none */
    bool combines;          /* takes branches: add( a | b ) */
    /* What is wrong with parameters that are right one by one, as the rest of a sentence; the
     * caller frees it. NULL: nothing; the function may be NULL. */
    char *(*check)(const void *instance);
} IclClass;

typedef struct IclFamily {
    const char *name;               /* "layers", as in `icl list layers` */
    const char *noun;               /* "layer", for messages */
    const IclClass *const *classes; /* ends with NULL */
} IclFamily;

struct IclStep;

/* The class called `name`, or NULL. */
const IclClass *icl_family_find(const IclFamily *family, const char *name);

/* A new instance of the class the step names, zeroed, its parameters set from the step's values and
 * the defaults. NULL with an error naming the step, the parameter, what was found and what would
 * do. */
void *icl_instance_new(const IclFamily *family, const struct IclStep *step, GError **error);

/* Frees an instance and the strings among its parameters. Accepts NULL. */
void icl_instance_free(void *instance);

/* Parses a chain of plain steps without branches ("rotate 20 ! hflip") into instances, in order. An
 * empty text gives an empty array. `what` names the text in messages: "--augment". The array frees
 * its instances. NULL on error. */
GPtrArray *icl_instances_parse(const IclFamily *family, const char *text, const char *what,
                               GError **error);

/* One instance from a text of exactly one step ("adamw lr=1e-3"). NULL on error. */
void *icl_instance_parse(const IclFamily *family, const char *text, const char *what,
                         GError **error);

/* The instance as a step, with every parameter that differs from its default; caller frees. */
char *icl_instance_print(const void *instance);

/* The page of `icl list FAMILY NAME`, and the table of `icl list FAMILY`; caller frees. */
char *icl_class_page(const IclFamily *family, const IclClass *class);
char *icl_family_page(const IclFamily *family);
