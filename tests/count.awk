# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
#
# Counts the cases of meson's testlog.json (one JSON object a test, on one line): prints "passed
# failed skipped". A case is a TAP line of the test's output; the line that closes a TAP subtest
# repeats the cases above it and is none. A test that failed without a failed case (crash, leak, time
# out, a plan not kept) counts as one failure, and one that speaks no TAP as one case.

# The string value of `key`; quotes inside strings are gone from `line` already.
function field(line, key,    start) {
    start = index(line, "\"" key "\": \"")
    if (!start)
        return ""
    line = substr(line, start + length(key) + 5)
    return substr(line, 1, index(line, "\"") - 1)
}

{
    gsub(/\\\\/, "/")
    gsub(/\\"/, "'")
    result = field($0, "result")
    lines = split(field($0, "stdout"), output, /\\r?\\n|\\n/)
    cases = bad = depth = 0

    for (i = 1; i <= lines; i++) {
        line = output[i]
        if (line !~ /^ *(not )?ok([ \t]|$)/)
            continue
        match(line, /^ */)
        closes = RLENGTH < depth
        depth = RLENGTH
        if (closes)
            continue
        cases++
        if (line ~ /# *(SKIP|skip|Skip|TODO|todo)/)
            skipped++
        else if (line ~ /^ *ok/)
            passed++
        else
            bad++
    }

    fine = result == "OK" || result == "SKIP" || result == "EXPECTEDFAIL"
    if (!fine && !bad)
        bad = 1
    else if (fine && !cases && result == "SKIP")
        skipped++
    else if (fine && !cases)
        passed++
    failed += bad
}

END { print passed + 0, failed + 0, skipped + 0 }
