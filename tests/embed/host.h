/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What a host process may do to a library inside it, and the library to its host. The tests compare
 * the scores of a few made-up pictures, to the bit. */
#pragma once

#include <icl/icl.h>

enum { HOST_PICTURES = 2, HOST_CLASSES = 10 };

typedef struct Scores {
    float of[HOST_PICTURES][HOST_CLASSES];
} Scores;

/** Returns: (transfer full): the trained model of the tree, read anew */
IclModel *host_load(void);

/** Classifies the pictures with @classifier. */
void host_classify(IclClassifier *classifier, Scores *scores);

/** The same with a classifier of its own. */
void host_scores(IclModel *model, int threads, Scores *scores);

/** Removes @folder and all in it. */
void host_remove(const char *folder);

void add_float_tests(void);
void add_fork_tests(void);
void add_locale_tests(const char *folder); /* where it makes its locale */
