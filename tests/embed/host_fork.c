/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A host that forks: the child has the memory of libicl's threads, but not the threads. Each row
 * runs in a process of its own, which has not used libicl before. */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"

enum { PATIENCE = 60, FORKS = 4, ROUNDS = 2 }; /* seconds for a child; children; its rounds */

typedef struct Fork {
    const char *name;
    int parent_threads; /* of the pass before the fork; 0: there is none */
    int child_threads;
    bool inherits; /* the child goes on with the parent's classifier */
    bool busy;     /* another thread of the parent classifies all the time */
} Fork;

static const Fork rows[] = {
    {"before-any-use", .child_threads = 4},
    {"after-use", .parent_threads = 4, .child_threads = 4},
    {"after-use-with-fewer-threads", .parent_threads = 2, .child_threads = 6},
    {"with-the-parent's-classifier", .parent_threads = 4, .inherits = true},
    {"while-a-thread-classifies", .parent_threads = 4, .child_threads = 4, .busy = true},
};

/* What the child does; NULL classifier: one of its own, of a model of its own. */
static void classify_in_child(const Fork *row, IclClassifier *classifier, Scores *scores)
{
    if (classifier) {
        host_classify(classifier, scores);
        return;
    }
    g_autoptr(IclModel) model = host_load();
    for (int i = 0; i < ROUNDS; i++)
        host_scores(model, row->child_threads, scores);
}

static void fork_and_classify(const Fork *row, IclClassifier *classifier, Scores *scores)
{
    Scores *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status;

    g_assert_true(shared != MAP_FAILED);
    pid_t child = fork();
    g_assert_cmpint(child, >=, 0);
    if (child == 0) {
        alarm(PATIENCE);
        classify_in_child(row, classifier, shared);
        _exit(0);
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_cmphex((guint)status, ==, 0);
    *scores = *shared;
    munmap(shared, sizeof *shared);
}

typedef struct Busy {
    IclModel *model;
    int threads;
    gint stop;
} Busy;

static gpointer keep_busy(gpointer data)
{
    Busy *busy = data;
    Scores scores;

    while (!g_atomic_int_get(&busy->stop))
        host_scores(busy->model, busy->threads, &scores);
    return NULL;
}

static void fork_while_busy(const Fork *row, const Scores *wanted)
{
    g_autoptr(IclModel) model = host_load();
    Busy busy = {.model = model, .threads = row->parent_threads};
    GThread *thread = g_thread_new("busy", keep_busy, &busy);

    for (int i = 0; i < FORKS; i++) {
        Scores scores;
        fork_and_classify(row, NULL, &scores);
        g_assert_cmpmem(&scores, sizeof scores, wanted, sizeof *wanted);
    }
    g_atomic_int_set(&busy.stop, 1);
    g_thread_join(thread);
}

static void run_row(const Fork *row)
{
    Scores wanted, scores;

    if (row->parent_threads == 0)
        fork_and_classify(row, NULL, &scores);
    g_autoptr(IclModel) model = host_load();
    g_autoptr(IclClassifier) classifier =
        icl_classifier_new(model, 1, MAX(row->parent_threads, 1), NULL);
    host_classify(classifier, &wanted);
    if (row->busy)
        fork_while_busy(row, &wanted);
    else if (row->parent_threads > 0)
        fork_and_classify(row, row->inherits ? classifier : NULL, &scores);
    if (!row->busy)
        g_assert_cmpmem(&scores, sizeof scores, &wanted, sizeof wanted);
}

/* glibc keeps malloc() whole through a fork; the allocator of gcc 12's address sanitizer may leave
 * a lock of the other thread's to the child, which then waits for ever. */
#ifdef __SANITIZE_ADDRESS__
static const bool forks_with_threads = false;
#else
static const bool forks_with_threads = true;
#endif

static void run_in_a_process_of_its_own(gconstpointer data)
{
    const Fork *row = data;

    if (row->busy && !forks_with_threads) {
        g_test_skip("the sanitizer's allocator does not survive a fork beside other threads");
        return;
    }
    if (g_test_subprocess()) {
        run_row(row);
        return;
    }
    g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed();
}

void add_fork_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/host/fork/", rows[i].name, NULL);
        g_test_add_data_func(path, &rows[i], run_in_a_process_of_its_own);
    }
}
