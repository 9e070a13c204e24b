#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
#
# completion.sh PROGRAM: what the completion that the program prints offers to command lines.
set -u
here=$(dirname "$0")
# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "$here/../tap.sh"

program=$1
models=$(cd "$here/../../models" && pwd)
export ICL_MODELS=$models

# shellcheck source=/dev/null
. <("$program" completion)

# Outside readline there is no compopt; what was asked of it is kept.
compopt() { asked=$*; }

# offers EXPECTED WORD...: the words offered for the last one, by spaces; the first is the program.
offers() {
    local expected=$1
    shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) asked=
    _icl
    [ "${COMPREPLY[*]-}" = "$expected" ] || {
        echo "offered: ${COMPREPLY[*]-}"
        false
    }
}

leaves_to_readline() { offers '' "$@" && [ "$asked" = '-o default' ]; }
offers_nothing() { offers '' "$@" && [ -z "$asked" ]; }

check 'commands' offers 'evaluate' "$program" ev
check 'commands that begin alike' offers 'classify completion' "$program" c
check 'commands after help' offers 'bench' "$program" help b
check 'options of the program' offers '--version' "$program" --v
check 'options of a command' offers '--epochs --early-stopping' "$program" train data --e
check 'options of another command' offers '--top-k --threshold --threads' "$program" classify --t
check 'an option that the command lacks' offers_nothing "$program" info --epo
check 'words of a choice' offers 'train test' "$program" evaluate --part t
check 'words after an equals sign' offers 'test' "$program" evaluate --part = te
check 'all words right after it' offers 'train test validation' "$program" frames --part =
check 'models' offers 'resnet18 resnet20 resnet50' "$program" train --model resn
check 'models after an equals sign' offers 'mobilenet_v2' "$program" bench --model = mob
check 'a file as a model' offers "$models/lenet.icl" "$program" bench --model "$models/len"
check 'families' offers 'optimizers' "$program" list opt
check 'classes of a family' offers 'conv2d concat' "$program" list layers con
check 'nothing after a class' offers_nothing "$program" list layers conv2d ''
check 'files as operands' leaves_to_readline "$program" classify m.bin ''
check 'files of a letter' leaves_to_readline "$program" train -o ''
check 'no files for a number' offers_nothing "$program" train --epochs ''
check 'the linked program has its own options' offers '--output --optimizer --overfit-batch' "$program-train" --o
check 'and asks icl for models' offers 'vgg_small' "$program-train" --model vgg

every_command() {
    local command
    for command in $("$program" help | sed -n 's/^  icl \([a-z]*\) .*/\1/p'); do
        offers "$command" "$program" "$command" || return
    done
}
check 'every command of the help is offered' every_command
registered() { complete -p icl && complete -p icl-train; }
check 'both programs are registered' registered
plan
