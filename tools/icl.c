/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The program: a table of commands. A link named icl-train runs `icl train`. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "nearest.h"

static const Command *const commands[] = {
    &train_command, &evaluate_command, &info_command, &list_command, &frames_command, NULL,
};

void tell(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *text = g_strdup_vprintf(format, list);
    va_end(list);
    fprintf(stderr, "icl: %s\n", text);
}

void tell_skipped(void *user, const GError *error) { tell("left out: %s", error->message); }

IclPart part_wanted(const char *data, int part)
{
    if (part >= 0)
        return (IclPart)part;
    return icl_dataset_has_test(data) ? ICL_PART_TEST : ICL_PART_TRAIN;
}

static const Command *find_command(const char *name)
{
    for (const Command *const *command = commands; *command; command++)
        if (g_str_equal((*command)->name, name))
            return *command;
    return NULL;
}

static int unknown_command(const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const Command *const *command = commands; *command; command++)
        g_ptr_array_add(names, (char *)(*command)->name);
    g_ptr_array_add(names, NULL);
    g_autofree char *hint = did_you_mean(name, "", (const char *const *)names->pdata);
    tell("unknown command \"%s\"%s (icl --help)", name, hint);
    return EXIT_USAGE;
}

static void print_program(FILE *to)
{
    fputs("icl: image classification\n\nUsage:\n", to);
    for (const Command *const *command = commands; *command; command++)
        fprintf(to, "  icl %-9s %s\n", (*command)->name, (*command)->help);
    fputs("  icl help      the page of a command: icl help train\n"
          "  icl --version the version\n\n"
          "DATA is a folder with one folder of pictures (.jpg .jpeg .png) a class, or with train "
          "and\n"
          "test folders of that kind, or a folder of IDX files such as Fashion-MNIST's.\n"
          "Exit status: 0 done, 1 failed, 2 wrong usage.\n",
          to);
}

static void print_command(const Command *command)
{
    g_autofree char *page = options_page(command->options);
    printf("Usage: icl %s %s\n\n%s\n\n%s\nOptions:\n%s", command->name, command->operands,
           command->help, command->details, page);
}

static int wrong_usage(const Command *command, const char *problem)
{
    tell("%s: %s", command->name, problem);
    fprintf(stderr, "Usage: icl %s %s (icl %s --help)\n", command->name, command->operands,
            command->name);
    return EXIT_USAGE;
}

static bool check_operands(const Command *command, const Operands *operands, char **problem)
{
    if (operands->n >= command->least && operands->n <= command->most)
        return true;
    g_auto(GStrv) names = g_strsplit(command->operands, " ", -1);
    *problem = operands->n < command->least ? g_strdup_printf("%s is missing", names[operands->n])
                                            : g_strdup("too many arguments");
    return false;
}

static int run_command(const Command *command, char *const *args)
{
    g_autofree void *values = g_malloc0(command->size);
    g_autofree char *problem = NULL;
    bool help = false;
    if (!options_parse(command->options, args, values, &help, &problem))
        return wrong_usage(command, problem);
    if (help) {
        print_command(command);
        return EXIT_DONE;
    }
    if (!check_operands(command, values, &problem) ||
        !options_complete(command->options, values, &problem))
        return wrong_usage(command, problem);

    g_autoptr(GError) error = NULL;
    if (command->run(values, &error))
        return EXIT_DONE;
    if (error)
        tell("%s", error->message);
    return EXIT_FAILED;
}

static int help(const char *name)
{
    if (!name) {
        print_program(stdout);
        return EXIT_DONE;
    }
    const Command *command = find_command(name);
    if (!command)
        return unknown_command(name);
    print_command(command);
    return EXIT_DONE;
}

static int version(const char *unused)
{
    printf("icl %s, %s kernels\n", ICL_VERSION, icl_cpu_name());
    return EXIT_DONE;
}

/* Words that are no commands with options of their own. */
static const struct {
    const char *word;
    int (*run)(const char *next);
} words[] = {{"help", help}, {"--help", help}, {"-h", help}, {"--version", version}};

static int dispatch(char *const *argv)
{
    g_autofree char *base = g_path_get_basename(argv[0] ? argv[0] : "icl");
    const Command *linked = g_str_has_prefix(base, "icl-") ? find_command(base + 4) : NULL;
    if (linked)
        return run_command(linked, argv + 1);
    if (!argv[0] || !argv[1]) {
        print_program(stderr);
        return EXIT_USAGE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_equal(argv[1], words[i].word))
            return words[i].run(argv[2]);
    const Command *command = find_command(argv[1]);
    return command ? run_command(command, argv + 2) : unknown_command(argv[1]);
}

/* icl has threads of its own; OpenBLAS reads its number before main() begins, so the program is
 * started once more with the number set. Where that cannot be, OpenBLAS keeps its own. */
static void pin_openblas(char *const *argv)
{
    const char *threads = g_getenv("OPENBLAS_NUM_THREADS");
    if (g_strcmp0(threads, "1") == 0 || !g_setenv("OPENBLAS_NUM_THREADS", "1", TRUE))
        return;
    execv("/proc/self/exe", argv);
}

int main(int argc, char **argv)
{
    pin_openblas(argv);
    int status = dispatch(argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        tell("the output cannot be written");
        return EXIT_FAILED;
    }
    return status;
}
