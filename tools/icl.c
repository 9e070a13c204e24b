/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The program: a table of commands. A link named icl-train runs `icl train`. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "help.h"
#include "nearest.h"

const Command *const commands[] = {
    &data_command,       &pack_command,   &train_command, &lr_find_command, &evaluate_command,
    &classify_command,   &bench_command,  &info_command,  &list_command,    &frames_command,
    &completion_command, &manual_command, NULL,
};

/* Names of files and options come from anywhere: none may steer the terminal. */
void tell(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *bytes = g_strdup_vprintf(format, list);
    va_end(list);
    g_autofree char *text = g_utf8_make_valid(bytes, -1);
    for (char *c = text; *c; c++)
        if (g_ascii_iscntrl(*c))
            *c = '?';
    fprintf(stderr, "icl: %s\n", text);
}

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

static int run_parsed(const Command *command, void *values)
{
    g_autofree char *problem = NULL;
    if (!check_operands(command, values, &problem) ||
        !options_complete(command->options, values, &problem) ||
        (command->check && !command->check(values, &problem)))
        return wrong_usage(command, problem);

    g_autoptr(GError) error = NULL;
    if (command->run(values, &error))
        return EXIT_DONE;
    if (error)
        tell("%s", error->message);
    return EXIT_FAILED;
}

static int run_command(const Command *command, char *const *args)
{
    g_autofree void *values = g_malloc0(command->size);
    g_autofree char *problem = NULL;
    bool help = false;
    int status = EXIT_DONE;
    if (!options_parse(command->options, args, values, &help, &problem))
        status = wrong_usage(command, problem);
    else if (help)
        help_command(command);
    else
        status = run_parsed(command, values);
    options_clear(values);
    return status;
}

static int help(const char *name)
{
    if (!name) {
        help_program(stdout);
        return EXIT_DONE;
    }
    const Command *command = find_command(name);
    if (!command)
        return unknown_command(name);
    help_command(command);
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
        help_program(stderr);
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
