/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Runs in folders of their own: killed at any moment and resumed without other options, on a full
 * disk, and made again from their options. */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "fixture.h"

#define NETWORK \
    "input 8 8 1 ! conv2d 8 3 ! batchnorm ! relu ! flatten ! dropout 0.3 ! dense $classes"
#define RUN                                                                               \
    "train idx --model small.icl --batch 16 --seed 3 "                                    \
    "--augment 'shift 0.1 ! gaussian_noise sigma=0.05' --epochs 12 --checkpoint-steps 4 " \
    "--callbacks 'early_stopping patience=50 ! swa start=0.5 lr=2e-3 anneal_epochs=3' --quiet "

#ifdef __SANITIZE_ADDRESS__
enum { KILLS = 4 }; /* the program takes its time */
#else
enum { KILLS = 20 };
#endif

static void need_network(const Fixture *fixture)
{
    g_autofree char *path = fixture_path(fixture, "small.icl");
    g_assert_true(g_file_set_contents(path, NETWORK "\n", -1, NULL));
}

/* Seconds the uninterrupted run took. */
static double need_whole(const Fixture *fixture)
{
    gint64 start = g_get_monotonic_time();
    g_autofree char *path = fixture_path(fixture, "whole/best.bin");
    need_network(fixture);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        g_free(icl_output(fixture, RUN "--run whole"));
    return (double)(g_get_monotonic_time() - start) / 1e6;
}

/* Starts it and kills it after so many seconds, unless it is done by then. */
static void run_killed(const Fixture *fixture, const char *args, double seconds)
{
    g_autofree char *line = g_strdup_printf("'%s' %s", fixture->program, args);
    g_auto(GStrv) argv = NULL;
    int status;
    GPid pid;
    g_assert_true(g_shell_parse_argv(line, NULL, &argv, NULL));
    g_assert_true(g_spawn_async(fixture->folder, argv, NULL,
                                G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL |
                                    G_SPAWN_STDERR_TO_DEV_NULL,
                                NULL, NULL, &pid, NULL));
    g_usleep((gulong)(seconds * 1e6));
    kill(pid, SIGKILL);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
}

static void killed_and_resumed(gconstpointer data)
{
    double seconds = need_whole(data);
    g_autoptr(GRand) random = g_rand_new_with_seed(20261122);
    for (int i = 0; i < KILLS; i++) {
        g_autofree char *folder = g_strdup_printf("killed%d", i);
        g_autofree char *start = g_strconcat(RUN "--run ", folder, NULL);
        g_autofree char *resume = g_strconcat("train --quiet --resume ", folder, NULL);
        g_autofree char *best = g_strconcat(folder, "/best.bin", NULL);
        g_autofree char *config = g_strconcat(folder, "/config", NULL);
        g_autofree char *config_path = fixture_path(data, config);
        run_killed(data, start, g_rand_double_range(random, 0, seconds));
        if (!g_file_test(config_path, G_FILE_TEST_EXISTS)) { /* before it had begun */
            Result result = run_icl(data, resume);
            g_assert_cmpint(result.status, ==, 2);
            expect_part(result.err, "--run");
            result_clear(&result);
            continue;
        }
        run_killed(data, resume, g_rand_double_range(random, 0, seconds));
        g_free(icl_output(data, resume));
        if (!same_file(data, best, "whole/best.bin"))
            g_error("killed and resumed in %s, the model is another", folder);
        g_autofree char *history = g_strconcat(folder, "/history.csv", NULL);
        g_assert_true(same_file(data, history, "whole/history.csv"));
    }
}

/* Writing fails as on a full disk: what was there stays, and the training goes on from it. */
static void a_full_disk(gconstpointer data)
{
    need_whole(data);
    for (double seconds = 0.05; seconds < 10; seconds *= 2) {
        g_autofree char *last = fixture_path(data, "full/last.bin");
        if (g_file_test(last, G_FILE_TEST_EXISTS))
            break;
        run_killed(data, RUN "--epochs 2000 --run full", seconds);
        run_killed(data, "train --quiet --resume full", seconds);
    }
    g_autofree char *folder = fixture_path(data, "full");
    g_autofree char *before = NULL, *after = NULL, *err = NULL, *line = NULL;
    gsize size, size_after;
    read_file(data, "full/last.bin", &before, &size);
    line = g_strdup_printf("sh -c \"trap '' XFSZ; ulimit -f 1; exec '%s' train --resume full\"",
                           ((const Fixture *)data)->program);
    g_auto(GStrv) argv = NULL;
    int status;
    g_assert_true(g_shell_parse_argv(line, NULL, &argv, NULL));
    g_assert_true(g_spawn_sync(((const Fixture *)data)->folder, argv, NULL,
                               G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                               &err, &status, NULL));
    g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    expect_part(err, "icl: ");
    expect_part(err, "File too large");
    read_file(data, "full/last.bin", &after, &size_after);
    g_assert_cmpmem(before, size, after, size_after);
}

static void folders_that_will_not_do(gconstpointer data)
{
    need_whole(data);
    expect_failure(data, RUN "--run whole", "icl train --resume whole");
    expect_failure(data, RUN "--run /proc/none/here", "/proc/none/here");
    Result result = run_icl(data, "train --resume idx");
    g_assert_cmpint(result.status, ==, 2);
    expect_part(result.err, "not a folder of --run");
    result_clear(&result);
}

/* What a run was, from its options alone: the same bytes. */
static void made_again(gconstpointer data)
{
    need_whole(data);
    g_free(icl_output(data, "train --config whole/config --run again --quiet"));
    g_assert_true(same_file(data, "again/best.bin", "whole/best.bin"));
    g_assert_true(same_file(data, "again/config", "whole/config"));
    g_assert_true(same_file(data, "again/sheet.png", "whole/sheet.png"));
    g_free(icl_output(data, "train --config whole/config --run other --seed 4 --quiet"));
    g_assert_false(same_file(data, "other/best.bin", "whole/best.bin"));
}

/* ... and from the model's file alone, by the command that it prints. */
static void made_again_from_the_model(gconstpointer data)
{
    need_whole(data);
    g_autofree char *command = icl_output(data, "info whole/best.bin --options");
    g_autofree char *network = icl_output(data, "info whole/best.bin --description");
    g_autofree char *path = fixture_path(data, "network.icl");
    char *train = strstr(command, "icl train DATA");
    g_assert_nonnull(train);
    g_assert_true(g_file_set_contents(path, network, -1, NULL));
    g_autofree char *line =
        g_strconcat("train idx --quiet", train + strlen("icl train DATA"), NULL);
    g_free(icl_output(data, line));
    g_assert_true(same_file(data, "again.bin", "whole/best.bin"));
    expect_failure(data, "info 'fresh.bin' --options", "fresh.bin");
}

/* A callback that only observes is no option of the model, but one of the run; what it writes stays
 * where it is, wherever the run goes on. */
static void observers_are_kept(gconstpointer data)
{
    need_network(data);
    g_free(icl_output(data, "train idx --model small.icl --epochs 1 --run seen --quiet "
                            "--callbacks 'csv \"own.csv\" ! nan_guard'"));
    g_autofree char *options = icl_output(data, "info seen/best.bin --options");
    g_autofree char *path = fixture_path(data, "own.csv"), *config = NULL;
    read_file(data, "seen/config", &config, NULL);
    g_autofree char *line = g_strdup_printf("callbacks = csv \"%s\" ! nan_guard\n", path);
    expect_part(config, line);
    expect_part(options, "--callbacks nan_guard ");
    g_assert_cmpint(g_unlink(path), ==, 0);
    g_free(icl_output(data, "train --config seen/config --run seen-again --quiet"));
    g_assert_true(same_file(data, "own.csv", "seen-again/history.csv"));
}

static void a_complete_run_stays_as_it_is(gconstpointer data)
{
    need_whole(data);
    g_autofree char *before = NULL, *after = NULL;
    gsize size, size_after;
    read_file(data, "whole/best.bin", &before, &size);
    Result result = run_icl(data, "train --resume whole");
    g_assert_cmpint(result.status, ==, 0);
    expect_part(result.err, "complete: epoch 12 of 12; ");
    expect_part(result.out, "model: ");
    result_clear(&result);
    read_file(data, "whole/best.bin", &after, &size_after);
    g_assert_cmpmem(before, size, after, size_after);
}

static const struct {
    const char *name, *line, *message;
} wrong[] = {
    {"no-equals", "epochs 10", "wrong:2: \"epochs 10\" has no \"=\""},
    {"unknown", "epoch = 10", "--epochs"},
    {"range", "epochs = 0", "wrong:2: --epochs is 0; it must be 1 to"},
    {"word", "strict = true", "it must be yes or no"},
    {"round", "config = wrong", "go round"},
};

static void wrong_lines_are_named(gconstpointer data)
{
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *path = fixture_path(data, "wrong");
        g_autofree char *text = g_strconcat("# options\n", wrong[i].line, "\n", NULL);
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
        Result result = run_icl(data, "train idx -o m.bin --config wrong");
        g_assert_cmpint(result.status, ==, 2);
        expect_part(result.err, wrong[i].message);
        result_clear(&result);
    }
}

static void a_dry_run_trains_nothing(gconstpointer data)
{
    need_network(data);
    g_autofree char *out = icl_output(data, RUN "--run dry --dry-run");
    g_autofree char *folder = fixture_path(data, "dry");
    expect_part(out, "epochs = 12\n");
    expect_part(out, "optimizer = adamw");
    expect_part(out, "dense");
    g_assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));
}

int main(int argc, char **argv)
{
    Fixture fixture;
    g_test_init(&argc, &argv, NULL);
    fixture_init(&fixture);
    g_test_add_data_func("/runs/killed-and-resumed", &fixture, killed_and_resumed);
    g_test_add_data_func("/runs/full-disk", &fixture, a_full_disk);
    g_test_add_data_func("/runs/folders", &fixture, folders_that_will_not_do);
    g_test_add_data_func("/runs/made-again", &fixture, made_again);
    g_test_add_data_func("/runs/made-again-from-the-model", &fixture, made_again_from_the_model);
    g_test_add_data_func("/runs/observers", &fixture, observers_are_kept);
    g_test_add_data_func("/runs/complete", &fixture, a_complete_run_stays_as_it_is);
    g_test_add_data_func("/runs/wrong-lines", &fixture, wrong_lines_are_named);
    g_test_add_data_func("/runs/dry-run", &fixture, a_dry_run_trains_nothing);
    int status = g_test_run();
    fixture_clear(&fixture);
    return status;
}
