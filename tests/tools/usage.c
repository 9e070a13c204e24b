/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Command lines, and what the program answers. */
#include <glib/gstdio.h>

#include "fixture.h"

typedef struct Row {
    const char *name, *line;
    int status;
    const char *out, *err; /* parts of what is printed; NULL: nothing at all */
} Row;

static const Row rows[] = {
    {"no command", "", 2, NULL, "Usage:"},
    {"unknown command", "trian", 2, NULL, "did you mean train?"},
    {"far from any command", "xyzzy", 2, NULL, "unknown command \"xyzzy\" (icl --help)"},
    {"help option", "--help", 0, "icl evaluate", NULL},
    {"help letter", "-h", 0, "icl frames", NULL},
    {"help command", "help", 0, "icl info", NULL},
    {"help of a command", "help train", 0, "Usage: icl train DATA -o FILE", NULL},
    {"help of nothing", "help evaluat", 2, NULL, "did you mean evaluate?"},
    {"version", "--version", 0, "icl 0.", NULL},
    {"help wins over errors before it is read", "train --epochs 3 --help --nothing", 0, "Usage",
     NULL},

    {"no data", "train -o m.bin", 2, NULL, "DATA is missing"},
    {"no output", "train idx", 2, NULL, "--output FILE is missing"},
    {"too many operands", "train idx idx -o m.bin", 2, NULL, "too many arguments"},
    {"far too many operands", "info a b c d e", 2, NULL, "too many arguments"},
    {"one operand of two", "evaluate m.bin", 2, NULL, "DATA is missing"},
    {"operands after dashes", "info -- --nothing", 1, NULL, "--nothing: cannot be read"},
    {"no picture", "classify m.bin", 2, NULL, "FILE|FOLDER... is missing"},
    {"no model and no pictures", "classify", 2, NULL, "MODEL is missing"},
    {"two formats", "classify m.bin x.jpg --json --csv", 2, NULL, "exclude each other"},
    {"nothing to bench", "bench", 2, NULL, "MODEL is missing; or give --model NAME"},
    {"two models to bench", "bench m.bin --model lenet", 2, NULL, "exclude each other"},
    {"size of a trained model", "bench m.bin --size 32", 2, NULL, "--size goes with --model"},
    {"channels of one", "bench m.bin --channels 3", 2, NULL, "--channels goes with --model"},
    {"classes of one", "bench m.bin --classes 3", 2, NULL, "--classes goes with --model"},
    {"optimizer without training", "bench m.bin --optimizer sgd", 2, NULL, "goes with --train"},
    {"frame", "bench m.bin --frame 640", 2, NULL, "such as 1920x1080"},
    {"frame and more", "bench m.bin --frame 640x480x3", 2, NULL, "such as 1920x1080"},
    {"frame of nothing", "bench m.bin --frame 640x0", 2, NULL, "such as 1920x1080"},
    {"bench batch", "bench m.bin --batch 0", 2, NULL, "it must be 1 to 65536"},
    {"top-k", "classify m.bin x.jpg --top-k -1", 2, NULL, "--top-k is -1"},
    {"augment without a sheet", "data idx --augment hflip", 2, NULL, "--augment goes with --sheet"},
    {"near beyond bits", "data idx --near 16", 2, NULL, "it must be -1 to 15"},
    {"two kinds of info", "info m.bin --json --description", 2, NULL, "exclude each other"},
    {"info of nothing", "info", 2, NULL, "MODEL is missing; or give --model NAME"},
    {"info of two", "info m.bin --model lenet", 2, NULL, "exclude each other"},
    {"optimizer of inference", "info m.bin --optimizer sgd", 2, NULL, "goes with --training"},
    {"names of one class", "list layers conv2d --names", 2, NULL, "--names"},
    {"misspelt option", "train idx --epoch 3", 2, NULL, "did you mean --epochs?"},
    {"unknown option", "train idx --zzzzzzzz", 2, NULL, "unknown option --zzzzzzzz\n"},
    {"unknown letter", "train idx -x", 2, NULL, "unknown option -x"},
    {"value missing", "train idx --epochs", 2, NULL, "--epochs needs a value: --epochs N"},
    {"value missing after a letter", "train idx -o", 2, NULL, "--output needs a value"},
    {"value for a switch", "train idx --quiet=yes", 2, NULL, "--quiet takes no value"},
    {"not a number", "train idx --epochs ten", 2, NULL, "--epochs is \"ten\""},
    {"not a whole number", "train idx --epochs=3.5", 2, NULL, "whole number"},
    {"number and more", "train idx --batch 3x", 2, NULL, "whole number"},
    {"empty number", "train idx --batch=", 2, NULL, "whole number"},
    {"too small", "train idx --epochs 0", 2, NULL, "it must be 1 to 1000000"},
    {"too large", "train idx --batch 99999999999999999999", 2, NULL, "it must be 1 to 65536"},
    {"negative seed", "train idx --seed -1", 2, NULL, "--seed is \"-1\""},
    {"seed too large", "train idx --seed 18446744073709551616", 2, NULL, "--seed"},
    {"negative share", "train idx --validation -0.1", 2, NULL, "it must be 0 to 0.999"},
    {"share of all", "train idx --validation 1", 2, NULL, "it must be 0 to 0.999"},
    {"share not a number", "train idx --validation nan", 2, NULL, "must be a number"},
    {"smoothing too large", "train idx --label-smoothing 1.5", 2, NULL, "it must be 0 to 1"},
    {"early stopping", "train idx --early-stopping -2", 2, NULL, "--early-stopping"},
    {"threads", "train idx --threads 1000", 2, NULL, "it must be 0 to 256"},
    {"workers", "train idx --workers -2", 2, NULL, "it must be -1 to 256"},
    {"part", "evaluate m.bin idx --part middle", 2, NULL, "it must be train or test or validation"},
    {"digits", "evaluate m.bin idx --digits 16", 2, NULL, "it must be 0 to 15"},
    {"limit", "frames idx x --limit -1", 2, NULL, "--limit"},
    {"info batch", "info m.bin --batch 0", 2, NULL, "it must be 1 to 65536"},

    {"no such data", "train nothing -o m.bin --model net.icl", 1, NULL, "icl: nothing"},
    {"data is a file", "train text -o m.bin --model net.icl", 1, NULL, "icl: text"},
    {"output in no folder", "train idx -o nothing/m.bin --model net.icl", 1, NULL,
     "icl: nothing/m.bin: cannot be written"},
    {"output is a folder", "train idx -o idx --model net.icl", 1, NULL,
     "icl: idx: cannot be written"},
    {"misspelt model", "train idx -o m.bin --model lenett", 1, NULL, "did you mean lenet?"},
    {"unknown model", "train idx -o m.bin --model xyzzyxyzzy", 1, NULL, "Models: "},
    {"no model file", "train idx -o m.bin --model ./no.icl", 1, NULL, "./no.icl"},
    {"bad description", "train idx -o m.bin --model text", 1, NULL, "text:1: "},
    {"bad recipe", "train idx -o m.bin --model net.icl --recipe resise", 1, NULL, "resize"},
    {"bad augmentation", "train idx -o m.bin --model net.icl --augment hflop", 1, NULL, "hflip"},
    {"bad optimizer", "train idx -o m.bin --model net.icl --optimizer adamv", 1, NULL, "adam"},
    {"bad schedule", "train idx -o m.bin --model net.icl --schedule cosin", 1, NULL, "cosine"},
    {"no checkpoint", "train idx -o m.bin --model net.icl --resume no.last", 1, NULL, "no.last"},
    {"evaluate no model", "evaluate no.bin idx", 1, NULL, "icl: no.bin: cannot be read"},
    {"evaluate a text", "evaluate text idx", 1, NULL, "icl: text: "},
    {"info of a text", "info text", 1, NULL, "not a model file"},
    {"info of a folder", "info idx", 1, NULL, "is a folder"},
    {"frames into a file", "frames idx text", 1, NULL, "icl: text: cannot be written"},
    {"look over nothing", "data nothing", 1, NULL, "icl: nothing"},
    {"frames of nothing", "frames nothing out", 1, NULL, "icl: nothing"},

    {"list", "list", 0, "layers", NULL},
    {"list of a family", "list optimizers", 0, "adamw", NULL},
    {"list of a class", "list layers conv2d", 0, "stride", NULL},
    {"list of models", "list models", 0, "mobilenet_v2 ", NULL},
    {"list of a model", "list models lenet", 0, "flatten ! dense 120 ! tanh", NULL},
    {"list of no model", "list models lenett", 1, NULL, "did you mean lenet?"},
    {"names of families", "list --names", 0, "models\nlayers\npreprocess\n", NULL},
    {"names of a family", "list --names schedules", 0, "\ncosine\n", NULL},
    {"list of no family", "list layer", 1, NULL, "layers"},
    {"list of no class", "list layers conv3d", 1, NULL, "conv2d"},
};

typedef struct Case {
    const Fixture *fixture;
    const Row *row;
} Case;

static void expect_text(const char *text, const char *part)
{
    if (part)
        expect_part(text, part);
    else
        g_assert_cmpstr(text, ==, "");
}

static void check_row(gconstpointer data)
{
    const Case *test = data;
    Result result = run_icl(test->fixture, test->row->line);
    if (result.status != test->row->status)
        g_error("exit status %d: %s%s", result.status, result.out, result.err);
    expect_text(result.out, test->row->out);
    expect_text(result.err, test->row->err);
    if (test->row->status == 1)
        g_assert_true(g_str_has_prefix(result.err, "icl: "));
    result_clear(&result);
}

/* Every option that the page of a command must show. */
static const struct {
    const char *command, *options;
} pages[] = {
    {"train", "-o,|--output|--model|--recipe|--epochs|--batch|--optimizer|--schedule|--augment|"
              "--label-smoothing|--validation|--early-stopping|--seed|--threads|--workers|--strict|"
              "--resume|--quiet|--help"},
    {"data",
     "--near|--json|--sheet|--augment|--recipe|--columns|--part|--seed|--threads|--quiet|--help"},
    {"pack", "-o,|--output|--resize|--decode|--strict|--quiet|--help"},
    {"evaluate", "--part|--batch|--threads|--workers|--strict|--json|--samples|--digits|--help"},
    {"info",
     "--model|--classes|--size|--channels|--batch|--threads|--training|--optimizer|--description|"
     "--json|--help"},
    {"classify", "--top-k|--json|--csv|--batch|--threads|--workers|--strict|icl classify m.bin|"
                 "--help"},
    {"bench", "--model|--classes|--size|--channels|--train|--optimizer|--batch|--threads|--seconds|"
              "--runs|--frame|--json|--help"},
    {"list", "FAMILY|NAME|--names|--help"},
    {"completion", "source <(icl completion)|--help"},
    {"manual", "man -l|--help"},
    {"frames", "--part|--limit|--help"},
};

static void help_pages(gconstpointer data)
{
    for (gsize i = 0; i < G_N_ELEMENTS(pages); i++) {
        g_autofree char *by_option = g_strconcat(pages[i].command, " --help", NULL);
        g_autofree char *by_command = g_strconcat("help ", pages[i].command, NULL);
        g_autofree char *page = icl_output(data, by_option), *same = icl_output(data, by_command);
        g_assert_cmpstr(page, ==, same);
        g_auto(GStrv) options = g_strsplit(pages[i].options, "|", -1);
        for (int o = 0; options[o]; o++)
            expect_part(page, options[o]);
    }
}

/* icl-train is `icl train`. */
static void link_chooses_the_command(gconstpointer data)
{
    const Fixture *fixture = data;
    Fixture linked = {fixture->folder, g_strconcat(fixture->program, "-train", NULL)};
    g_autofree char *page = icl_output(&linked, "--help");
    g_autofree char *same = icl_output(fixture, "train --help");
    g_assert_cmpstr(page, ==, same);
    Result result = run_icl(&linked, "--epochs 0");
    g_assert_cmpint(result.status, ==, 2);
    result_clear(&result);
    g_free(linked.program);
}

/* Names are looked for in ICL_MODELS first, and the list shows what is there. */
static void models_folder(gconstpointer data)
{
    const Fixture *fixture = data;
    g_setenv("ICL_MODELS", fixture->folder, TRUE);
    Result result = run_icl(fixture, "train idx -o m.bin --model nett");
    g_unsetenv("ICL_MODELS");
    g_assert_cmpint(result.status, ==, 1);
    expect_part(result.err, "did you mean net?");
    expect_part(result.err, "lenet, ");
    result_clear(&result);
}

static void full_output(gconstpointer data)
{
    const Fixture *fixture = data;
    Fixture shell = {fixture->folder, (char *)"/bin/sh"};
    g_autofree char *line = g_strdup_printf("-c '\"%s\" --help > /dev/full'", fixture->program);
    if (!g_file_test("/dev/full", G_FILE_TEST_EXISTS)) {
        g_test_skip("no /dev/full");
        return;
    }
    Result result = run_icl(&shell, line);
    g_assert_cmpint(result.status, ==, 1);
    expect_part(result.err, "icl: the output cannot be written");
    result_clear(&result);
}

int main(int argc, char **argv)
{
    static Case cases[G_N_ELEMENTS(rows)];
    Fixture fixture;
    g_test_init(&argc, &argv, NULL);
    fixture_init(&fixture);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/usage/%s", rows[i].name);
        cases[i] = (Case){&fixture, &rows[i]};
        g_test_add_data_func(path, &cases[i], check_row);
    }
    g_test_add_data_func("/usage/help pages show every option", &fixture, help_pages);
    g_test_add_data_func("/usage/link chooses the command", &fixture, link_chooses_the_command);
    g_test_add_data_func("/usage/models folder", &fixture, models_folder);
    g_test_add_data_func("/usage/full output", &fixture, full_output);
    int status = g_test_run();
    fixture_clear(&fixture);
    return status;
}
