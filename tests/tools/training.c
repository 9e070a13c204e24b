/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Training and what comes after it, by command line: same seed, same bytes; interrupted and
 * resumed, same bytes; and what evaluate, info and frames say of the result. */
#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "fixture.h"

static void learns(gconstpointer data)
{
    g_autofree char *out = icl_output(data, TRAIN "-o learns.bin --epochs 20");
    g_autofree char *last = fixture_path(data, "learns.bin.last");
    expect_part(out, "model: learns.bin\n");
    g_assert_true(g_str_has_prefix(out, "test accuracy: "));
    expect_part(out, " over 60 pictures\n");
    double accuracy = g_ascii_strtod(out + strlen("test accuracy: "), NULL);
    g_assert_cmpfloat(accuracy, >=, 0.95);
    g_assert_false(g_file_test(last, G_FILE_TEST_EXISTS));
}

/* Without a test part, the pictures held out are those of the library's split. */
static void reports_on_held_out(gconstpointer data)
{
    g_autofree char *out =
        icl_output(data, "train folder -o held.bin --epochs 1 --validation 0.25 --seed 3");
    g_assert_true(g_str_has_prefix(out, "held-out accuracy: "));
    expect_part(out, "precision    recall  f1-score   support");
    expect_part(out, "model: held.bin\n");
    g_autofree char *none = icl_output(data, "train folder -o held.bin --epochs 1 --validation 0");
    g_assert_cmpstr(none, ==, "model: held.bin\n");
}

/* A list whose class c has counts[c] - '0' times ten pictures; '1' is 10 of them. */
static void write_classes(const Fixture *fixture, const char *counts)
{
    g_autoptr(GString) rows = g_string_new("path,label\n");
    g_autofree char *path = fixture_path(fixture, "classes.csv");
    for (int c = 0; counts[c]; c++)
        for (int i = 0; i < 10 * (counts[c] - '0'); i++)
            g_string_append_printf(rows, "folder/1/a.jpg,class%d\n", c);
    g_assert_true(g_file_set_contents(path, rows->str, -1, NULL));
}

static const struct {
    const char *counts, *options, *sampler;
    const char *told; /* NULL: nothing */
} balance[] = {
    {"41", "", "shuffle", NULL},
    {"51", "", "weighted", "50 pictures of class0, 10 of class1; they are drawn alike"},
    {"51", "--sampler undersample", "undersample", NULL},
    {"51", "--class-weight balanced", "shuffle", NULL},
};

static void balances_classes(gconstpointer data)
{
    for (gsize i = 0; i < G_N_ELEMENTS(balance); i++) {
        g_autofree char *line = g_strdup_printf(
            "train classes.csv -o balance.bin --model net.icl --epochs 1 %s", balance[i].options);
        g_autofree char *sampler = g_strdup_printf("--sampler %s ", balance[i].sampler);
        write_classes(data, balance[i].counts);
        Result result = run_icl(data, line);
        g_assert_cmpint(result.status, ==, 0);
        g_autofree char *options = icl_output(data, "info balance.bin --options");
        expect_part(options, sampler);
        if (balance[i].told)
            expect_part(result.err, balance[i].told);
        else
            g_assert_null(strstr(result.err, "out of balance"));
        result_clear(&result);
    }
}

static void one_line_an_epoch(gconstpointer data)
{
    Result result = run_icl(data, "train idx --model net.icl --epochs 2 -o lines.bin");
    g_assert_cmpint(result.status, ==, 0);
    g_auto(GStrv) lines = g_strsplit(result.err, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 4); /* the last is empty */
    g_assert_true(g_str_has_prefix(lines[0], "memory: at most "));
    g_assert_true(g_str_has_prefix(lines[1], "epoch 1/2  loss "));
    g_assert_true(g_str_has_prefix(lines[2], "epoch 2/2  loss "));
    expect_part(lines[2], "val accuracy ");
    expect_part(lines[2], " images/s");
    result_clear(&result);
}

static void quiet(gconstpointer data)
{
    Result result = run_icl(data, TRAIN "--epochs 1 -o quiet.bin");
    g_assert_cmpint(result.status, ==, 0);
    g_assert_cmpstr(result.err, ==, "");
    result_clear(&result);
}

/* Options that must not change the result, and one that must. */
static void same_seed_same_bytes(gconstpointer data)
{
    static const char *const same[] = {"--threads 1 --workers 0", "--threads 2 --workers 3",
                                       "--threads 2 --workers 0", "--threads 1 --workers 1"};
    g_free(icl_output(data, TRAIN "-o first.bin --epochs 2 --seed 7"));
    for (gsize i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autofree char *line =
            g_strconcat(TRAIN "-o again.bin --epochs 2 --seed 7 ", same[i], NULL);
        g_free(icl_output(data, line));
        if (!same_file(data, "first.bin", "again.bin"))
            g_error("%s changed the file", same[i]);
    }
    g_free(icl_output(data, TRAIN "-o again.bin --epochs 2 --seed 8"));
    g_assert_false(same_file(data, "first.bin", "again.bin"));
}

#define LONG_TRAIN "train idx --model net.icl --batch 16 --epochs 120 --seed 3 "

/* Starts a training, and interrupts it once its checkpoint is there. */
static Result run_interrupted(const Fixture *fixture, const char *where, const char *checkpoint)
{
    g_autofree char *line =
        g_strdup_printf("'%s' " LONG_TRAIN "--quiet %s", fixture->program, where);
    g_autofree char *path = fixture_path(fixture, checkpoint);
    g_auto(GStrv) argv = NULL;
    GPid pid;
    int err, status;
    g_assert_true(g_shell_parse_argv(line, NULL, &argv, NULL));
    g_assert_true(g_spawn_async_with_pipes(fixture->folder, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
                                           NULL, NULL, &pid, NULL, NULL, &err, NULL));
    while (!g_file_test(path, G_FILE_TEST_EXISTS) && waitpid(pid, &status, WNOHANG) == 0)
        g_usleep(500);
    kill(pid, SIGINT);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFEXITED(status));
    char text[4096] = "";
    g_assert_cmpint(read(err, text, sizeof text - 1), >, 0);
    close(err);
    return (Result){.status = WEXITSTATUS(status), .out = g_strdup(""), .err = g_strdup(text)};
}

static void interrupted_and_resumed(gconstpointer data)
{
    Result result = run_interrupted(data, "-o cut.bin", "cut.bin.last");
    g_assert_cmpint(result.status, ==, 1);
    expect_part(result.err, "icl: ");
    expect_part(result.err, "cut.bin.last");
    expect_part(result.err, "resume");
    result_clear(&result);
    result = run_icl(data, LONG_TRAIN "-o cut.bin --resume cut.bin.last");
    g_assert_cmpint(result.status, ==, 0);
    expect_part(result.err, "epoch 120/120 ");
    g_assert_null(strstr(result.err, "epoch 1/120 ")); /* it did not begin again */
    result_clear(&result);
    g_free(icl_output(data, LONG_TRAIN "-o whole.bin"));
    g_assert_true(same_file(data, "cut.bin", "whole.bin"));
}

static void interrupted_run(gconstpointer data)
{
    Result result = run_interrupted(data, "--run cut", "cut/last.bin");
    g_assert_cmpint(result.status, ==, 1);
    expect_part(result.err, "; `icl train --resume cut` goes on");
    result_clear(&result);
    g_free(icl_output(data, "train --resume cut --quiet"));
    g_free(icl_output(data, LONG_TRAIN "--quiet -o uncut.bin"));
    g_assert_true(same_file(data, "cut/best.bin", "uncut.bin"));
}

static void resume_with_other_options(gconstpointer data)
{
    Result result = run_interrupted(data, "-o cut.bin", "cut.bin.last");
    g_assert_cmpint(result.status, ==, 1);
    result_clear(&result);
    result = run_icl(data, LONG_TRAIN "-o cut.bin --resume cut.bin.last --batch 8");
    g_assert_cmpint(result.status, ==, 1);
    expect_part(result.err, "batch");
    result_clear(&result);
}

static void evaluate_report(gconstpointer data)
{
    need_model(data);
    g_autofree char *out = icl_output(data, "evaluate m.bin idx --digits 3");
    static const char *const parts[] = {
        "accuracy: ", " over 60 pictures\n", "precision    recall  f1-score   support\n",
        "macro avg",  "true \\ predicted",   "loss: ",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        expect_part(out, parts[i]);
    Result train = run_icl(data, "evaluate m.bin idx --part train");
    expect_part(train.out, " over 180 pictures\n");
    expect_part(train.err, "trained on these very pictures");
    result_clear(&train);
    Result test = run_icl(data, "evaluate m.bin idx");
    g_assert_cmpstr(test.err, ==, "");
    result_clear(&test);
    g_autofree char *json = icl_output(data, "evaluate m.bin idx --json");
    g_assert_true(g_str_has_prefix(json, "{"));
    expect_part(json, "\"count\": 60,");
}

/* Scores do not depend on the batch, the threads or the workers. */
static void evaluate_samples(gconstpointer data)
{
    need_model(data);
    g_free(
        icl_output(data, "evaluate m.bin idx --samples a.csv --batch 1 --threads 1 --workers 1"));
    g_free(
        icl_output(data, "evaluate m.bin idx --samples b.csv --batch 17 --threads 2 --workers 3"));
    g_assert_true(same_file(data, "a.csv", "b.csv"));
    g_autofree char *text = NULL;
    read_file(data, "a.csv", &text, NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 62);
    g_assert_cmpstr(lines[0], ==, "name,truth,predicted,0,1,2");
    g_assert_true(g_str_has_prefix(lines[2], "t10k-images-idx3-ubyte[1],1,"));
    g_auto(GStrv) fields = g_strsplit(lines[2], ",", -1);
    double sum = 0;
    for (int c = 0; c < 3; c++)
        sum += g_ascii_strtod(fields[3 + c], NULL);
    g_assert_cmpfloat_with_epsilon(sum, 1, 1e-5);
}

static void evaluate_failures(gconstpointer data)
{
    need_model(data);
    expect_failure(data, "evaluate m.bin nothing", "icl: nothing");
    expect_failure(data, "evaluate m.bin idx4", "does not know: \"3\"");
    expect_failure(data, "evaluate m.bin idx --samples no/s.csv", "no/s.csv: cannot be written");
    expect_failure(data, "evaluate m.bin idx --samples /dev/full", "/dev/full: cannot be written");
}

/* Fewer classes than the model's, matched by name; one broken picture. */
static void unreadable_pictures(gconstpointer data)
{
    need_model(data);
    Result result = run_icl(data, "evaluate m.bin folder --samples f.csv");
    g_assert_cmpint(result.status, ==, 0);
    expect_part(result.out, " over 3 pictures\nleft out: 1 unreadable pictures\n");
    expect_part(result.err, "broken.jpg");
    result_clear(&result);
    g_autofree char *table = NULL;
    read_file(data, "f.csv", &table, NULL);
    expect_part(table, "1/a.jpg,1,");
    expect_part(table, "1/b.jpg,1,");
    expect_part(table, "2/a.jpg,2,");
    Result train = run_icl(data, "train folder -o f.bin --epochs 1 --validation 0");
    g_assert_cmpint(train.status, ==, 0);
    expect_part(train.err, "broken.jpg");
    expect_part(train.err, "1 of 4 pictures could not be read and were left out");
    result_clear(&train);
    expect_failure(data, "evaluate m.bin folder --strict", "broken.jpg");
}

static void info(gconstpointer data)
{
    need_model(data);
    g_autofree char *text = icl_output(data, "info m.bin");
    static const char *const parts[] = {"conv2d", "3 classes: 0, 1, 2\n",
                                        "recipe: ", "metadata:\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        expect_part(text, parts[i]);
    expect_part(text, "memory of inference, batch of 1, in MiB:\n");
    g_autofree char *other = icl_output(data, "info m.bin --batch 64 --training");
    expect_part(other, "memory of training, batch of 64, in MiB:\n");
    expect_part(other, "optimizer's state ");
    g_autofree char *network = icl_output(data, "info --model net.icl --classes 7");
    expect_part(network, "1x1x7");
    g_autofree char *description = icl_output(data, "info m.bin --description");
    expect_part(description, "conv2d 8 3 ! relu ! globalpool ! dense $classes");
    g_autofree char *json = icl_output(data, "info m.bin --json");
    expect_part(json, "\"labels\": [\"0\", \"1\", \"2\"]");
    expect_part(json, "\"input\": [8, 8, 1]");
    expect_part(json, "\"memory\": {\"weights\": ");
}

/* The stored description trains the same network again. */
static void description_trains_again(gconstpointer data)
{
    need_model(data);
    g_autofree char *description = icl_output(data, "info m.bin --description");
    g_autofree char *path = fixture_path(data, "again.icl");
    g_assert_true(g_file_set_contents(path, description, -1, NULL));
    g_free(icl_output(data, "train idx --model again.icl --epochs 1 --quiet -o again.bin"));
    g_autofree char *again = icl_output(data, "info again.bin --description");
    g_assert_cmpstr(again, ==, description);
}

static void frames(gconstpointer data)
{
    g_autofree char *out = icl_output(data, "frames idx written --part train --limit 4");
    g_assert_cmpstr(out, ==, "4 pictures and labels.csv in written\n");
    g_autofree char *table = NULL, *picture = NULL;
    gsize size;
    read_file(data, "written/labels.csv", &table, NULL);
    g_assert_cmpstr(table, ==, "name,label\n00000.jpg,0\n00001.jpg,1\n00002.jpg,2\n00003.jpg,0\n");
    read_file(data, "written/00003.jpg", &picture, &size);
    g_assert_cmpmem(picture, 2, "\xff\xd8", 2);
}

static const struct {
    const char *name;
    GTestDataFunc run;
} tests[] = {
    {"learns", learns},
    {"reports on pictures held out", reports_on_held_out},
    {"balances classes", balances_classes},
    {"one line an epoch", one_line_an_epoch},
    {"quiet", quiet},
    {"same seed, same bytes", same_seed_same_bytes},
    {"interrupted and resumed", interrupted_and_resumed},
    {"interrupted run", interrupted_run},
    {"resume with other options", resume_with_other_options},
    {"evaluate: report", evaluate_report},
    {"evaluate: samples", evaluate_samples},
    {"evaluate: failures", evaluate_failures},
    {"evaluate: unreadable pictures", unreadable_pictures},
    {"info", info},
    {"description trains again", description_trains_again},
    {"frames", frames},
};

int main(int argc, char **argv)
{
    Fixture fixture;
    g_test_init(&argc, &argv, NULL);
    fixture_init(&fixture);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/tools/%s", tests[i].name);
        g_test_add_data_func(path, &fixture, tests[i].run);
    }
    int status = g_test_run();
    fixture_clear(&fixture);
    return status;
}
