/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A completion for bash from the tables of commands and options. What a value is, its metavar says.
 * Names that may change after the script was made are asked of the program itself. */
#include <stdio.h>
#include <string.h>

#include "command.h"

static const Option completion_options[] = {{0}};

/* The kind of a value by its metavar; a kind is a case in `tail` below. */
static const struct {
    const char *metavar, *kind;
} kinds[] = {{"FILE|NAME", "models"},
             {"FILE", "files"},
             {"FOLDER", "files"},
             {"FOLDER|FILE", "files"},
             {"[FAMILY [NAME]] [OPTION...]", "names"}};

/* "--part=test" comes to the function as three words. */
static const char head[] =
    "# bash completion for icl; made by `icl completion`.\n"
    "\n"
    "# Of its arguments, those that begin as the present word does.\n"
    "_icl_words()\n"
    "{\n"
    "    local known\n"
    "    for known; do\n"
    "        [[ $known != \"$word\"* ]] || COMPREPLY+=(\"$known\")\n"
    "    done\n"
    "}\n"
    "\n"
    "_icl()\n"
    "{\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]} first=2\n"
    "    local kind='' operands='' choices='' options='' names=()\n"
    "    COMPREPLY=()\n"
    "    if [[ $word == '=' ]]; then\n"
    "        word=''\n"
    "    elif [[ $previous == '=' ]]; then\n"
    "        previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n"
    "    if [[ ${program##*/} == icl-* ]]; then\n"
    "        command=${program##*/icl-} program=${program%-*} first=1\n"
    "    fi\n"
    "    ((COMP_CWORD >= first)) || command=help\n";

static const char tail[] = "    [[ -n $kind || $word != -* ]] || kind=options\n"
                           "    [[ -n $kind ]] || kind=$operands\n"
                           "    case $kind in\n"
                           "        options) _icl_words $options ;;\n"
                           "        choices) _icl_words $choices ;;\n"
                           "        models)\n"
                           "            mapfile -t names < <(\"$program\" list --names models "
                           "2>/dev/null; compgen -f -- \"$word\")\n"
                           "            compopt -o filenames 2>/dev/null\n"
                           "            _icl_words \"${names[@]}\"\n"
                           "            ;;\n"
                           "        names)\n"
                           "            ((COMP_CWORD > first + 1)) ||\n"
                           "                mapfile -t names < <(\"$program\" list --names "
                           "\"${COMP_WORDS[@]:first:COMP_CWORD - first}\" 2>/dev/null)\n"
                           "            _icl_words \"${names[@]}\"\n"
                           "            ;;\n"
                           "        files) compopt -o default 2>/dev/null ;;\n"
                           "    esac\n"
                           "}\n"
                           "\n"
                           "complete -F _icl icl icl-train\n";

static const char *kind_of(const char *metavar, const char *otherwise)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_equal(kinds[i].metavar, metavar))
            return kinds[i].kind;
    return otherwise;
}

/* A case for the word after an option. */
static void print_value(const Command *command, const Option *option)
{
    if (option->type == OPTION_BOOL)
        return;
    printf("        %s:--%s", command->name, option->name);
    if (option->letter)
        printf(" | %s:-%c", command->name, option->letter);
    if (option->type == OPTION_CHOICE)
        printf(") kind=choices choices='%s' ;;\n", option->choices);
    else
        printf(") kind=%s ;;\n", kind_of(option->metavar, "none"));
}

static void print_case(const Command *command)
{
    printf("        %s) operands=%s options='", command->name,
           kind_of(command->operands, command->most > 0 ? "files" : "none"));
    for (const Option *option = command->options; option->name; option++)
        printf("--%s ", option->name);
    fputs("--help' ;;\n", stdout);
}

static void print_commands(void)
{
    fputs("        help) operands=choices options='--help --version' choices='help", stdout);
    for (const Command *const *command = commands; *command; command++)
        printf(" %s", (*command)->name);
    fputs("' ;;\n", stdout);
}

static bool run_completion(const void *values, GError **error)
{
    fputs(head, stdout);
    fputs("    case $command in\n", stdout);
    print_commands();
    for (const Command *const *command = commands; *command; command++)
        print_case(*command);
    fputs("    esac\n    case $command:$previous in\n", stdout);
    for (const Command *const *command = commands; *command; command++)
        for (const Option *option = (*command)->options; option->name; option++)
            print_value(*command, option);
    fputs("    esac\n", stdout);
    fputs(tail, stdout);
    return true;
}

const Command completion_command = {
    .name = "completion",
    .help = "the completion of command lines, for bash",
    .operands = "",
    .least = 0,
    .most = 0,
    .options = completion_options,
    .size = sizeof(Operands),
    .details = "Prints a script. Where icl is installed bash finds it by itself; else:\n"
               "\n"
               "    source <(icl completion)\n",
    .run = run_completion,
};
