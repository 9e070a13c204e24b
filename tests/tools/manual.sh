#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
#
# manual.sh PROGRAM: the manual page has all that the help has, and is what man understands.
set -u
# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "$(dirname "$0")/../tap.sh"

program=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
page=$dir/icl.1
check 'the program prints it' sh -c "'$program' manual >'$page'"

commands=$("$program" help | sed -n 's/^  icl \([a-z]*\) .*/\1/p' | grep -v '^help$')

# As a line of the page has it: dashes escaped, fonts gone.
plain() { sed 's/\\f[BIR]//g; s/\\-/-/g' "$page"; }

has_options() {
    "$program" help "$1" | sed -n 's/^  \(-[^ ]*,\{0,1\} \{0,1\}-\{0,2\}[^ ]*\) .*/\1/p' |
        grep -v -- '--help' >"$dir/options"
    plain >"$dir/plain"
    while read -r option; do
        grep -q -- "^$option" "$dir/plain" || { echo "$1: no $option"; return 1; }
    done <"$dir/options"
}

for command in $commands; do
    check "$command has a section" grep -qx ".SS \"$command\"" "$page"
    check "$command has its options" has_options "$command"
done

# A line of text that begins with a dot or a quote would be taken for a request.
only_requests() {
    strange=$(grep "^[.']" "$page" | grep -vE "^\.(TH|SH|SS|PP|TP|RS|RE|nf|fi|B|BR)( |\$)")
    [ -z "$strange" ] || { echo "$strange"; false; }
}
check 'lines with a dot are requests' only_requests

without_warnings() {
    "$@" >/dev/null 2>"$dir/warnings" && [ ! -s "$dir/warnings" ] && return
    cat "$dir/warnings"
    false
}
if command -v groff >/dev/null; then
    check 'groff has no warnings' without_warnings groff -man -Tascii -ww -rLL=78n "$page"
else
    skip 'groff has no warnings' 'no groff'
fi
if command -v man >/dev/null; then
    check 'man shows it' without_warnings man --warnings -l "$page"
else
    skip 'man shows it' 'no man'
fi
plan
