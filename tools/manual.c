/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The manual page from the texts and tables of the help, in the macros of man(7). */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "help.h"

static const Option manual_options[] = {{0}};

/* What troff would change or take for its own. */
static const struct {
    char character;
    const char *roff;
} escapes[] = {{'\\', "\\e"},  {'-', "\\-"},   {'\'', "\\(aq"},
               {'`', "\\(ga"}, {'^', "\\(ha"}, {'~', "\\(ti"}};

static void print_character(char character)
{
    for (gsize i = 0; i < G_N_ELEMENTS(escapes); i++) {
        if (escapes[i].character != character)
            continue;
        fputs(escapes[i].roff, stdout);
        return;
    }
    putchar(character);
}

/* A dot at the begin of a line would be a request. */
static void print_line(const char *line)
{
    if (*line == '.')
        fputs("\\&", stdout);
    for (; *line; line++)
        print_character(*line);
}

/* A text of the help: paragraphs between empty lines; lines indented by four are examples. */
static void print_text(const char *text)
{
    static const char indent[] = "    ";
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    bool example = false;
    for (int i = 0; lines[i]; i++) {
        bool indented = g_str_has_prefix(lines[i], indent);
        if (indented != example)
            puts(indented ? ".PP\n.RS 4\n.nf" : ".fi\n.RE");
        example = indented;
        if (!*lines[i] && lines[i + 1] && *lines[i + 1] && *lines[i + 1] != ' ')
            puts(".PP");
        if (!*lines[i])
            continue;
        print_line(lines[i] + (indented ? strlen(indent) : 0));
        putchar('\n');
    }
}

static void print_option(const Option *option)
{
    puts(".TP");
    if (option->letter)
        printf("\\fB\\-%c\\fR, ", option->letter);
    fputs("\\fB\\-\\-", stdout);
    print_line(option->name);
    fputs("\\fR", stdout);
    if (option->metavar)
        printf(" \\fI%s\\fR", option->metavar);
    putchar('\n');
    print_line(option->help);
    if (option->initial) {
        fputs(" (default: ", stdout);
        print_line(option->initial);
        putchar(')');
    }
    putchar('\n');
}

static void print_command(const Command *command)
{
    printf(".SS \"%s\"\n.B icl %s\n", command->name, command->name);
    print_line(command->operands);
    printf("\n.PP\n%c", g_ascii_toupper(*command->help));
    print_line(command->help + 1);
    puts(".\n.PP");
    print_text(command->details);
    for (const Option *option = command->options; option->name; option++)
        print_option(option);
}

static const char environment[] =
    ".SH ENVIRONMENT\n"
    ".TP\n.B ICL_MODELS\na folder with descriptions that \\fB\\-\\-model\\fR finds by name, before "
    "those of icl itself\n"
    ".TP\n.B ICL_CPU\nthe kernels to use instead of the best: avx512, avx2, baseline, openblas or "
    "reference\n"
    ".TP\n.B ICL_WINOGRAD\noff: 3x3 convolutions run as direct sums alone, with the least rounding "
    "error\n";

static bool run_manual(const void *values, GError **error)
{
    puts(".TH ICL 1 \"\" \"icl " ICL_VERSION "\" \"User Commands\"\n"
         ".SH NAME\nicl, icl\\-train \\- image classification\n"
         ".SH SYNOPSIS\n.B icl\n\\fICOMMAND\\fR [\\fIARGUMENT\\fR...]\n"
         ".SH DESCRIPTION");
    print_text(help_about);
    puts(".PP");
    print_text(help_data);
    puts(".PP\nEvery command has the option \\fB\\-\\-help\\fR, and \\fBicl\\-train\\fR is "
         "\\fBicl train\\fR.\n.SH COMMANDS");
    for (const Command *const *command = commands; *command; command++)
        print_command(*command);
    fputs(environment, stdout);
    puts(".SH \"EXIT STATUS\"");
    print_text(help_status);
    puts(".SH \"SEE ALSO\"\n.BR gst\\-launch\\-1.0 (1)");
    return true;
}

const Command manual_command = {
    .name = "manual",
    .help = "the manual page, for man",
    .operands = "",
    .least = 0,
    .most = 0,
    .options = manual_options,
    .size = sizeof(Operands),
    .details =
        "Prints all pages of the help as one for man. Where icl is installed, it is `man icl`;\n"
        "else:\n"
        "\n"
        "    icl manual | man -l -\n",
    .run = run_manual,
};
