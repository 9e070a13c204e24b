/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include <glib.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "threads.h"

enum { CHUNKS = 97 };

typedef struct Run {
    atomic_int seen[CHUNKS];
    atomic_int active[ICL_THREADS_MAX]; /* chunks that a thread runs now: never 2 */
    atomic_int clashes;
} Run;

static void run_chunk(void *data, int chunk, int thread)
{
    Run *run = data;

    if (atomic_fetch_add(&run->active[thread], 1))
        atomic_fetch_add(&run->clashes, 1);
    atomic_fetch_add(&run->seen[chunk], 1);
    atomic_fetch_sub(&run->active[thread], 1);
}

static void check_passes(int threads, int passes, int loops)
{
    for (int pass = 0; pass < passes; pass++) {
        IclTeam team;
        icl_team_begin(&team, threads);
        g_assert_cmpint(team.size, <=, threads);
        for (int loop = 0; loop < loops; loop++) {
            Run run = {0};
            int chunks = 1 + (loop * 7 + pass) % CHUNKS;
            icl_team_run(&team, chunks, run_chunk, &run);
            for (int i = 0; i < CHUNKS; i++)
                g_assert_cmpint(run.seen[i], ==, i < chunks);
            g_assert_cmpint(run.clashes, ==, 0);
        }
        icl_team_end(&team);
    }
}

static void every_chunk_runs_once(gconstpointer threads)
{
    check_passes(GPOINTER_TO_INT(threads), 50, 50);
}

static gpointer other_caller(gpointer threads)
{
    check_passes(GPOINTER_TO_INT(threads), 100, 20);
    return NULL;
}

static void callers_side_by_side(void)
{
    GThread *callers[4];

    for (int i = 0; i < 4; i++)
        callers[i] = g_thread_new("caller", other_caller, GINT_TO_POINTER(1 + i));
    for (int i = 0; i < 4; i++)
        g_thread_join(callers[i]);
}

static void a_busy_pool_leaves_the_caller_alone(void)
{
    IclTeam first, second;

    icl_team_begin(&first, 2);
    icl_team_begin(&second, 2);
    g_assert_cmpint(first.size, ==, 2);
    g_assert_cmpint(second.size, ==, 1);
    icl_team_end(&second);
    icl_team_end(&first);
}

static void workers_park_and_wake(void)
{
    IclTeam team;
    Run run = {0};

    icl_team_begin(&team, 2);
    g_usleep(50000); /* past the spin: the worker parks inside the pass */
    icl_team_run(&team, CHUNKS, run_chunk, &run);
    for (int i = 0; i < CHUNKS; i++)
        g_assert_cmpint(run.seen[i], ==, 1);
    icl_team_end(&team);
}

/* Threads of this process that run or could. */
static int running_threads(void)
{
    g_autoptr(GDir) tasks = g_dir_open("/proc/self/task", 0, NULL);
    int running = 0;

    g_assert_nonnull(tasks);
    for (const char *task; (task = g_dir_read_name(tasks));) {
        g_autofree char *path = g_strdup_printf("/proc/self/task/%s/stat", task), *stat = NULL;
        if (g_file_get_contents(path, &stat, NULL, NULL))
            running += strstr(stat, ") R ") != NULL;
    }
    return running;
}

/* On a busy machine it takes them a while to get so far. */
static void idle_workers_take_no_processor(void)
{
    int running = 0;

    check_passes(icl_threads_available() + 1, 10, 10);
    for (int tries = 0; tries < 200 && (running = running_threads()) > 1; tries++)
        g_usleep(50000);
    g_assert_cmpint(running, ==, 1);
}

static void empty_chunk(void *data, int chunk, int thread) {}

/* threads --bench: nanoseconds of a loop over chunks that do nothing, inside a pass; the best of
 * several rounds, since a neighbour's time slice falls into some. */
static void bench(void)
{
    static const int counts[] = {2, 8, 64, 1000};
    enum { LOOPS = 2000, ROUNDS = 30 };

    for (int threads = 1; threads <= icl_threads_available(); threads *= 2)
        for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
            gint64 best = G_MAXINT64;
            IclTeam team;
            icl_team_begin(&team, threads);
            for (int round = 0; round < ROUNDS; round++) {
                gint64 start = g_get_monotonic_time();
                for (int loop = 0; loop < LOOPS; loop++)
                    icl_team_run(&team, counts[i], empty_chunk, NULL);
                best = MIN(best, g_get_monotonic_time() - start);
            }
            g_print("%d threads, %d chunks: %.0f ns\n", team.size, counts[i],
                    (double)best * 1e3 / LOOPS);
            icl_team_end(&team);
        }
}

int main(int argc, char **argv)
{
    if (argc > 1 && g_str_equal(argv[1], "--bench")) {
        bench();
        return 0;
    }
    g_test_init(&argc, &argv, NULL);
    for (int threads = 1; threads <= 5; threads++) {
        g_autofree char *name = g_strdup_printf("/threads/every-chunk-once/%d", threads);
        g_test_add_data_func(name, GINT_TO_POINTER(threads), every_chunk_runs_once);
    }
    g_test_add_func("/threads/callers-side-by-side", callers_side_by_side);
    g_test_add_func("/threads/busy-pool", a_busy_pool_leaves_the_caller_alone);
    g_test_add_func("/threads/park-and-wake", workers_park_and_wake);
    g_test_add_func("/threads/idle", idle_workers_take_no_processor);
    return g_test_run();
}
