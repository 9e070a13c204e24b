/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Every message of the language: it begins with the place, and says what was found and what would
 * do. */
#include <string.h>

#include "chain_family.h"

typedef struct {
    const char *name, *text;
    const char *message; /* how it begins, with the place */
    const char *remedy;  /* what else it says, or NULL */
} Row;

static const Row rows[] = {
    /* scan */
    {"ruling-digit-after-dot", "dropout 1.", "test:1: \"1.\" is no number", "digit after its dot"},
    {"number-with-letters", "\ndropout 3x", "test:2: \"3x\" is neither a number nor a name",
     "letter"},
    {"exponent-without-digits", "dropout 1e", "test:1: \"1e\" is neither", NULL},
    {"dot-alone", "relu . relu", "test:1: a \".\" alone", "digit after"},
    {"dollar-alone", "conv2d $", "test:1: \"$\" without a name", "single quotes"},
    {"open-string", "conv2d file=\"abc\nrelu", "test:1: a string that does not end", "close it"},
    {"unknown-escape", "conv2d file=\"a\\t\"", "test:1: \"\\t\" in a string", "\\n are known"},
    {"ruling-hash-inside-a-word", "relu#comment", "test:1: \"#\" inside a word", "white space"},
    {"unknown-character", "relu ! @", "test:1: unexpected character \"@\"", "quotes"},
    {"umlaut-outside-a-string", "relu ! ä", "test:1: unexpected character \"ä\"", "quotes"},
    {"control-character", "relu \x01", "test:1: unexpected character U+0001", "remove"},
    {"invalid-utf8", "relu\n# \xff\n", "test:2: a byte that is not UTF-8", "save the text"},
    {"unopened-bracket", "relu )", "test:1: \")\" closes nothing", "remove it"},
    {"wrong-bracket", "scale [1\n)", "test:2: \")\" closes the \"[\" of line 1", "write \"]\""},
    {"unclosed-bracket", "relu\nadd( relu\n| swish\n", "test:2: \"(\" is not closed", NULL},
    /* parse */
    {"mark-first", "! relu", "test:1: unexpected \"!\"", "a step"},
    {"mark-last", "relu !", "test:1: the text ends here", "a step"},
    {"two-marks", "relu ! ! relu", "test:1: unexpected \"!\"", "a step"},
    {"bar-outside", "relu | relu", "test:1: unexpected \"|\"", "new line"},
    {"ruling-positional-after-keyed", "conv2d 3 stride=1 5",
     "test:1: conv2d: a plain value after stride=", "plain values come first"},
    {"value-missing", "conv2d stride=\nrelu", "test:1: conv2d: the line ends here", "a value"},
    {"value-is-a-mark", "conv2d stride=!relu", "test:1: conv2d: unexpected \"!\"", "a value"},
    {"name-twice", "conv2d 3 name=a name=b", "test:1: conv2d \"a\": name is given twice", "once"},
    {"name-is-a-number", "conv2d 3 name=3", "test:1: conv2d: unexpected \"3\"", "plain word"},
    {"ruling-empty-group", "relu ! ( )", "test:1: \"( )\" is empty", "write a chain"},
    {"ruling-only-empty-branches", "add( | )", "test:1: add: only empty branches", "write a step"},
    {"ruling-combiner-of-nothing", "add( )", "test:1: add: only empty branches", "write a step"},
    {"ruling-empty-branch-outside-a-combiner", "3*( relu | )", "test:1: an empty alternative",
     "add( a | )"},
    {"group-with-values", "( relu ) k=3", "test:1: a group takes only name=", "\"k=\""},
    {"ruling-reference-as-value", "conv2d x.", "test:1: unexpected \"x.\"",
     "begins a chain or a branch"},
    {"reference-inside-a-chain", "relu name=x ! x. ! relu", "test:1: unexpected \"x.\"",
     "begins a chain"},
    {"file-name-without-quotes", "conv2d file=model.bin", "test:1: conv2d: unexpected \"model.\"",
     "quotes"},
    {"reference-without-mark", "relu name=x\nx. relu", "test:2: unexpected \"relu\"", "\"!\""},
    {"ruling-real-repeat-count", "2.5*relu", "test:1: a repeat count with a fraction", "whole"},
    {"repeat-of-nothing", "3*", "test:1: the text ends here", "a step"},
    {"number-for-a-step", "relu ! 3", "test:1: the text ends here", "3*step"},
    {"ruling-repeat-in-value-position", "relu 3*relu", "test:1: unexpected \"*\"",
     "\"!\" and a step"},
    {"ruling-arithmetic-outside-brackets", "conv2d $f+1", "test:1: unexpected \"+\"", "\"!\""},
    {"ruling-difference-outside-brackets", "conv2d $f-1",
     "test:1: conv2d: arithmetic without brackets", "($k-1)"},
    {"difference-in-a-list", "scale [1-1]", "test:1: scale: arithmetic without brackets", NULL},
    {"variable-with-a-dot", "conv2d $x.", "test:1: a \".\" alone", NULL},
    {"word-in-arithmetic", "conv2d (4*same)", "test:1: conv2d: unexpected \"same\"",
     "add( a | b )"},
    {"branches-after-a-space", "add ( relu | )", "test:1: add: unexpected \"relu\"",
     "right after the name"},
    {"unknown-function", "conv2d rond8(3)", "test:1: conv2d: no function \"rond8\"", "\"round8\""},
    {"combiner-as-a-value", "conv2d add( relu | )", "test:1: conv2d: \"add(\" is no function",
     "missing \"!\""},
    {"function-arity", "conv2d min(3)", "test:1: conv2d: min() takes 2 values; 1 given", NULL},
    {"minus-a-variable", "conv2d -$k", "test:1: conv2d: unexpected \"$k\"", "(-$x)"},
    {"empty-set", "conv2d {}", "test:1: conv2d: an empty set", "{16,32,64}"},
    {"set-in-a-set", "conv2d {1,{2}}", "test:1: conv2d: a set within a set", "in one"},
    {"comma-last", "scale [1,]", "test:1: scale: unexpected \"]\"", "value after the comma"},
    {"range-downwards", "dropout 2..1", "test:1: dropout: a range whose first end is larger",
     "smaller one"},
    {"range-step-zero", "dropout 1..2:0", "test:1: dropout: a range whose step", NULL},
    {"range-of-two-steps", "dropout 1..2:1:1", "test:1: dropout: a second step", "one"},
    {"range-log-of-zero", "dropout 0..1~log", "test:1: dropout: a ~log range from 0", "above 0"},
    {"range-scale", "dropout 1..2~lag", "test:1: dropout: unexpected \"lag\"", "~log or ~linear"},
    {"range-of-words", "dropout 1..a", "test:1: dropout: unexpected \"a\"", "a number"},
    {"int-too-large", "conv2d 9223372036854775808",
     "test:1: conv2d: 9223372036854775808... is too large", NULL},
    {"real-too-large", "dropout 1e999", "test:1: dropout: 1e999 is too large", NULL},
    {"ruling-def-twice", "def f() = relu\ndef f() = relu",
     "test:2: def \"f\" is there already, on line 1", "another"},
    {"var-twice", "var a = 1\nvar a = 2", "test:2: variable \"a\" is there already, on line 1",
     "another"},
    {"var-without-value", "var a", "test:1: the text ends here", "var width = 1"},
    {"var-with-a-dash", "var a-b = 1", "test:1: \"a-b\": names of variables have no \"-\"",
     "\"_\""},
    {"var-in", "var in = 1", "test:1: $in is the number of channels", "another name"},
    {"def-without-brackets", "def f = relu", "test:1: unexpected \"=\"", "def unit(f, k=1)"},
    {"def-without-chain", "def f() =\nrelu", "test:1: the line ends here", "a step"},
    {"def-parameter-twice", "def f(a, a) = relu", "test:1: parameter \"a\" twice", "another name"},
    {"def-parameter-called-name", "def f(name) = relu", "test:1: a parameter \"name\"",
     "names the block"},
    {"def-parameter-number", "def f(3) = relu", "test:1: unexpected \"3\"", "parameter's name"},
    /* expand */
    {"misspelt-class", "relu\nconv2 3", "test:2: conv2: no layer of this name", "\"conv2d\""},
    {"misspelt-block", "def bottleneck(f) = relu\nbotleneck 3", "test:2: botleneck: no layer",
     "\"bottleneck\""},
    {"unknown-class", "relu ! xylophone", "test:1: xylophone: no layer of this name",
     "icl list layers"},
    {"name-in-message", "convd2 3 name=c2", "test:1: convd2 \"c2\": no layer", "conv2d"},
    {"misspelt-parameter", "conv2d 3 strde=2", "test:1: conv2d: no parameter \"strde\"",
     "\"stride\""},
    {"misspelt-word", "conv2d 3 padding=smae name=c", "test:1: conv2d \"c\": padding is smae",
     "\"same\""},
    {"ruling-unset-variable", "conv2d $f", "test:1: conv2d: $f is not set", "var f = "},
    {"misspelt-variable", "var width = 1\nconv2d $widht", "test:2: conv2d: $widht is not set",
     "$width"},
    {"misspelt-def-parameter-use", "def u(filters) = conv2d $filtres\nu 3",
     "test:1: conv2d: $filtres is not set", "$filters"},
    {"ruling-sets-are-for-tune", "conv2d {16,32}", "test:1: conv2d: a set; only `icl tune` takes",
     "one value"},
    {"ruling-ranges-are-for-tune", "relu\ndropout 0..1",
     "test:2: dropout: a range; only `icl tune` takes", "one value"},
    {"ruling-choices-are-for-tune", "( relu | swish )",
     "test:1: a choice of steps; only `icl tune` takes", "one chain"},
    {"ruling-options-are-for-tune", "( relu )?", "test:1: a choice of steps; only `icl tune`",
     NULL},
    {"repeated-choice", "2*( relu | swish )", "test:1: a choice of steps; only `icl tune`", NULL},
    {"ruling-missing-mark", "conv2d 3 relu", "test:1: conv2d: missing \"!\" before \"relu\"?",
     NULL},
    {"missing-mark-before-a-block", "def u(f) = relu\nconv2d 3 u 4",
     "test:2: conv2d: missing \"!\" before \"u\"?", NULL},
    {"missing-mark-after-a-block", "def u(f) = relu\nu 3 relu",
     "test:2: u: missing \"!\" before \"relu\"?", NULL},
    {"missing-mark-when-all-are-given", "relu swish",
     "test:1: relu: missing \"!\" before \"swish\"?", NULL},
    {"too-many-values", "dense 3 4", "test:1: dense: 4 is one value too many", "at most 1"},
    {"ruling-no-def-over-a-class", "def relu() = swish",
     "test:1: def \"relu\" would hide the layer", "another"},
    {"ruling-def-not-recursive", "def f() = relu ! f\nf", "test:1: f: a def cannot use itself",
     "3*step"},
    {"ruling-def-before-use", "def g() = f\ndef f() = relu\ng",
     "test:1: f: used before its def on line 2", "move the def up"},
    {"ruling-def-before-use-in-chain", "f\ndef f() = relu",
     "test:1: f: used before its def on line 2", "move"},
    {"def-value-missing", "def u(f, k=1) = conv2d $f $k\nu k=3",
     "test:2: u: f is missing; it is u(f, k=1)", NULL},
    {"def-misspelt-key", "def u(filters, k=1) = relu\nu filter=3",
     "test:2: u: no parameter \"filter\"", "\"filters\"?; it is u(filters, k=1)"},
    {"def-unknown-key", "def u(f) = relu\nu xyzzy=3",
     "test:2: u: no parameter \"xyzzy\"; it is u(f)", NULL},
    {"def-too-many", "def u(f) = relu\nu 3 4", "test:2: u: too many values; it is u(f)", NULL},
    {"def-value-twice", "def u(f) = relu\nu 3 f=4", "test:2: u: f is given twice; it is u(f)",
     NULL},
    {"def-default-of-later", "def u(a=$b, b=1) = relu\nu", "test:1: u: $b is not set; set it",
     NULL},
    {"def-with-branches", "def u() = relu\nu( relu | )", "test:2: u: a def takes no branches",
     "values"},
    {"combiner-without-branches", "relu ! add", "test:1: add: no branches", "add( a | b )"},
    {"class-with-branches", "relu( swish | )", "test:1: relu: it takes no branches",
     "without brackets"},
    {"repeat-count-zero", "0*relu", "test:1: a repeat count of 0; 1..10000 would do", NULL},
    {"repeat-count-too-large", "10001*relu", "test:1: a repeat count of 10001", "1..10000"},
    {"repeat-count-of-a-word", "var n = same\n$n*relu", "test:2: a repeat count of same",
     "1..10000"},
    {"ruling-repeat-count-of-in", "relu ! $in*relu", "test:1: a repeat count of $in", "number"},
    {"repeat-count-that-hangs-on-in", "def u(n) = $n*relu\nconv2d 3 ! u ($in+1)",
     "test:1: the repeat count $n hangs on $in", "number"},
    {"repeat-count-unset", "$n*relu", "test:1: $n is not set", "var n"},
    {"in-where-nothing-arrives", "conv2d $in", "test:1: conv2d: $in: nothing arrives here yet",
     "number"},
    {"in-of-a-variable", "var a = $in\nconv2d $a", "test:1: $in: nothing arrives", NULL},
    {"division-by-zero", "conv2d (3/(1-1))", "test:1: conv2d: a division by zero",
     "another number"},
    {"division-by-zero-real", "dropout (3/0.0)", "test:1: dropout: a division by zero", NULL},
    {"overflow", "conv2d (9223372036854775807+1)",
     "test:1: conv2d: 9223372036854775807 + 1 is too large", "reals"},
    {"overflow-of-a-product", "conv2d (4611686018427387904*2)",
     "test:1: conv2d: 4611686018427387904 * 2", NULL},
    {"overflow-real", "dropout (1e300*1e300)", "test:1: dropout: a number that is too large", NULL},
    {"arithmetic-with-words", "var a = same\nconv2d ($a+1)", "test:2: conv2d: arithmetic with same",
     "numbers"},
    {"reference-to-nothing", "relu ! add( | x. )", "test:1: no step before this is named \"x\"",
     "name=x"},
    {"misspelt-reference", "relu name=skip ! relu ! add( | skp. )",
     "test:1: no step before this is named \"skp\"", "\"skip.\""},
    {"ruling-reference-into-a-block", "def b() = relu name=x\nb ! add( relu | x. )",
     "test:2: no step before this", NULL},
    {"reference-out-of-a-block", "def b() = add( relu | x. )\nrelu name=x ! b",
     "test:1: no step before this", NULL},
    {"reference-out-of-a-group-instance", "2*( relu name=x ) ! add( relu | x. )",
     "test:1: no step before this", NULL},
    {"duplicate-name", "relu name=x\nswish name=x",
     "test:2: swish \"x\": the name is given already on line 1", "another"},
    {"duplicate-path", "relu name=swish\nswish",
     "test:2: swish: its path would be \"swish\", as that of line 1", "name="},
    {"duplicate-numbered-path", "relu name=swish2 ! 2*swish",
     "test:1: swish: its path would be \"swish2\"", "name="},
    {"lines-count-over-continuations", "relu # a\n\n  ! relu\n\n  ! conv2 3",
     "test:5: conv2: no layer", NULL},
    {"line-of-a-def's-step", "def u() = relu\n  ! conv2 3\nu", "test:2: conv2: no layer", NULL},
};

static void test_error(gconstpointer data)
{
    const Row *row = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(TestRecord) record = test_expand(row->text, &error);

    g_assert_null(record);
    g_assert_nonnull(error);
    g_test_message("%s", error->message);
    g_assert_true(error->domain == ICL_ERROR);
    if (!g_str_has_prefix(error->message, row->message))
        g_assert_cmpstr(error->message, ==, row->message);
    if (row->remedy && !strstr(error->message, row->remedy))
        g_assert_cmpstr(error->message, ==, row->remedy);
}

static void test_nul_byte(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(IclChain) chain = icl_chain_parse("relu\nre\0lu", 10, "test", &error);

    g_assert_null(chain);
    g_assert_cmpstr(error->message, ==, "test:2: a NUL byte; remove it");
}

void test_add_errors(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/chain/error/%s", rows[i].name);
        g_test_add_data_func(path, &rows[i], test_error);
    }
    g_test_add_func("/chain/error/nul-byte", test_nul_byte);
}
