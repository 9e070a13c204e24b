/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The description language: what is printed, which paths, wires and values an expansion gives. Rows
 * that begin with "ruling" hold a ruling of the language's definition. */
#include "chain.h"

#include <math.h>
#include <string.h>

#include "chain_family.h"

typedef struct {
    const char *name, *text, *expected;
} Row;

static const Row prints[] = {
    {"spaces-and-comments", "  relu   ! conv2d  3   # to the end\n", "relu ! conv2d 3\n"},
    {"ruling-newline-ends", "relu\nswish\n\n", "relu\nswish\n"},
    {"ruling-newline-before-mark", "relu\n  ! swish", "relu ! swish\n"},
    {"ruling-newline-after-mark", "relu !\n\n # why\n swish", "relu ! swish\n"},
    {"ruling-newline-in-brackets", "add(\n relu\n |\n swish\n)", "add( relu | swish )\n"},
    {"ruling-newline-in-list", "scale [1\n2]", "scale [1 2]\n"},
    {"ruling-comment-at-line-start", "# only\n#this\nrelu", "relu\n"},
    {"carriage-returns", "relu\r\nswish\r\n", "relu\nswish\n"},
    {"list-with-commas", "scale [0.5, -1,2]", "scale [0.5 -1 2]\n"},
    {"negative-values", "scale -1 -2 k=-3 l=[-4,-5]", "scale -1 -2 k=-3 l=[-4 -5]\n"},
    {"nested-list", "scale [[1] [2 [3]]] ", "scale [[1] [2 [3]]]\n"},
    {"empty-list", "scale [ ]", "scale []\n"},
    {"set", "conv2d { 16, 32 64 }", "conv2d {16,32,64}\n"},
    {"ruling-range-is-one-value", "dropout 1e-4..1e-1~log", "dropout 0.0001..0.1~log\n"},
    {"ruling-dots-are-one-token", "dropout 1..2", "dropout 1..2\n"},
    {"range-with-step", "conv2d 8 .. 64 : 8 ~linear", "conv2d 8..64:8~linear\n"},
    {"negative-range", "dropout -1..-0.5", "dropout -1..-0.5\n"},
    {"choice", "( conv2d 32 3 | relu )?", "( conv2d 32 3 | relu )?\n"},
    {"optional", "(relu)? name=x", "( relu )? name=x\n"},
    {"name-goes-last", "conv2d 3 name=a stride=2", "conv2d 3 stride=2 name=a\n"},
    {"branches-before-values", "concat( a | b ) axis=2", "concat( a | b ) axis=2\n"},
    {"empty-branch-first", "add(|relu)", "add( | relu )\n"},
    {"arithmetic", "conv2d ( 4 * $f + ( 1 - -2 ) / $k )", "conv2d (4*$f+(1--2)/$k)\n"},
    {"two-signs-cancel", "conv2d (--3)", "conv2d (3)\n"},
    {"three-signs-are-one", "conv2d (- - -3)", "conv2d (-3)\n"},
    {"variable-minus-number", "conv2d ($k-1)", "conv2d ($k-1)\n"},
    {"functions", "conv2d round8( $a*2 ) (min(1,max(2,3)))",
     "conv2d round8($a*2) (min(1, max(2, 3)))\n"},
    {"def", "def  f( a,b = 2 )=conv2d $a $b\nf 3", "def f(a, b=2) = conv2d $a $b\nf 3\n"},
    {"def-without-parameters", "def f() = relu", "def f() = relu\n"},
    {"var", "var w=1.0", "var w = 1.0\n"},
    {"repeats", "3*relu ! $n * ( relu ! swish ) name=s ! 2*2*relu",
     "3*relu ! $n*( relu ! swish ) name=s ! 2*2*relu\n"},
    {"reference", "x. ! add( | x. )", "x. ! add( | x. )\n"},
    {"string", "conv2d file=\"a \\\"b\\\" \\\\ \\n ä\"",
     "conv2d file=\"a \\\"b\\\" \\\\ \\n ä\"\n"},
    {"reals-stay-real", "dropout 1.0 ! dropout 1e2", "dropout 1.0 ! dropout 100.0\n"},
    {"shortest-real", "dropout 0.10000000000000000555 ! dropout 1e-05 ! dropout 1e300",
     "dropout 0.1 ! dropout 1e-5 ! dropout 1e300\n"},
    {"number-begins-with-dot", "dropout .5", "dropout 0.5\n"},
    {"words-name-anything", "conv2d padding=same act=var", "conv2d padding=same act=var\n"},
    {"empty", "", ""},
};

static void test_print(gconstpointer data)
{
    const Row *row = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(IclChain) chain = icl_chain_parse(row->text, -1, "test", &error);
    g_assert_no_error(error);
    g_autofree char *printed = icl_chain_print(chain);
    g_assert_cmpstr(printed, ==, row->expected);

    g_autoptr(IclChain) again = icl_chain_parse(printed, -1, "test", &error);
    g_assert_no_error(error);
    g_autofree char *reprinted = icl_chain_print(again);
    g_assert_cmpstr(reprinted, ==, printed);
}

static const Row paths[] = {
    {"once-is-bare", "conv2d 3 ! relu", "conv2d relu"},
    {"twice-is-numbered", "conv2d 3 ! relu ! conv2d 4", "conv2d1 relu conv2d2"},
    {"statements-share-a-scope", "conv2d 3\nconv2d 4", "conv2d1 conv2d2"},
    {"branches-are-transparent", "relu ! add( relu | conv2d 3 )", "relu1 relu2 conv2d add"},
    {"repeated-step", "3*relu", "relu1 relu2 relu3"},
    {"repeat-multiplies-out", "relu ! 2*2*relu", "relu1 relu2 relu3 relu4 relu5"},
    {"repeat-of-a-repeat-once", "2*1*relu", "relu1 relu2"},
    {"repeated-combiner", "2*add( relu | )", "relu1 add1 relu2 add2"},
    {"block", "def b(f) = conv2d $f ! relu\nb 3 ! b 4", "b1.conv2d b1.relu b2.conv2d b2.relu"},
    {"block-in-block", "def u(f) = conv2d $f\ndef b(f) = u $f ! u $f ! relu\nb 3",
     "b.u1.conv2d b.u2.conv2d b.relu"},
    {"repeated-block", "def b(f) = conv2d $f\n2*b 3", "b1.conv2d b2.conv2d"},
    {"repeated-group", "2*( relu ! swish )",
     "repeat1.relu repeat1.swish repeat2.relu repeat2.swish"},
    {"repeated-group-once", "1*( relu )", "repeat.relu"},
    {"nested-groups", "2*( 2*( relu ) )",
     "repeat1.repeat1.relu repeat1.repeat2.relu repeat2.repeat1.relu repeat2.repeat2.relu"},
    {"plain-group-is-transparent", "relu ! ( relu ! ( relu ) )", "relu1 relu2 relu3"},
    {"ruling-named-step", "conv2d 3 name=c2 ! conv2d 4", "c2 conv2d"},
    {"ruling-named-block", "def b(f) = relu\nb 3 name=stem ! b 4", "stem.relu b.relu"},
    {"ruling-named-repeat", "2*( relu ) name=stage", "stage1.relu stage2.relu"},
    {"ruling-named-repeated-step", "2*relu name=r", "r1 r2"},
    {"ruling-name-is-of-the-instance", "def b() = conv2d 3 name=a ! relu\n2*b",
     "b1.a b1.relu b2.a b2.relu"},
    {"named-group", "( relu ! relu ) name=g ! relu", "g.relu1 g.relu2 relu"},
    {"variable-count", "var n = 2\n$n*relu", "relu1 relu2"},
    {"parameter-count", "def b(n) = $n*relu\nb 2", "b.relu1 b.relu2"},
    {"count-before-the-variable", "$n*relu\nvar n = 2", "relu1 relu2"},
};

static const Row wires[] = {
    {"first-step-gets-nothing", "relu ! swish", "relu(-1) swish(0)"},
    {"ruling-statements-feed-one-another", "relu\nswish ! relu", "relu(-1) swish(0) relu(1)"},
    {"ruling-empty-branch-is-identity", "relu ! add( swish | )", "relu(-1) swish(0) add(1,0)"},
    {"empty-branch-first", "relu ! concat( | swish )", "relu(-1) swish(0) concat(0,1)"},
    {"branches-in-order", "relu ! concat( swish ! relu | relu6 | ) ! swish",
     "relu(-1) swish(0) relu(1) relu6(0) concat(2,3,0) swish(4)"},
    {"ruling-reference-in-branch", "relu name=x ! swish ! add( | x. ) ! relu",
     "relu(-1) swish(0) add(1,0) relu(2)"},
    {"reference-then-steps", "relu name=x ! swish ! add( | x. ! relu6 )",
     "relu(-1) swish(0) relu6(0) add(1,2)"},
    {"reference-begins-a-statement", "relu name=x ! swish\nx. ! relu6\nswish",
     "relu(-1) swish(0) relu6(0) swish(2)"},
    {"reference-to-a-block", "def b() = relu ! swish\nb name=x ! relu ! add( | x. )",
     "relu(-1) swish(0) relu(1) add(2,1)"},
    {"reference-to-a-repeat", "2*( relu ) name=s ! swish ! add( | s1. )",
     "relu(-1) relu(0) swish(1) add(2,0)"},
    {"reference-out-of-a-group", "relu name=x ! 2*( swish ! add( | x. ) )",
     "relu(-1) swish(0) add(1,0) swish(2) add(3,0)"},
    {"reference-within-a-group-instance", "2*( relu name=x ! swish ! add( | x. ) )",
     "relu(-1) swish(0) add(1,0) relu(2) swish(3) add(4,3)"},
    {"reference-within-a-def-instance", "def b() = relu name=x ! swish ! add( | x. )\n2*b",
     "relu(-1) swish(0) add(1,0) relu(2) swish(3) add(4,3)"},
    {"nested-combiners", "relu ! add( add( | swish ) | )", "relu(-1) swish(0) add(0,1) add(2,0)"},
    {"reference-to-a-combiner", "relu ! add( | swish ) name=x ! relu ! add( | x. )",
     "relu(-1) swish(0) add(0,1) relu(2) add(3,2)"},
};

static const Row values[] = {
    {"ruling-arithmetic-of-ints-is-int", "conv2d (7/2) (1+2*1) ", "conv2d 3 3"},
    {"truncates-toward-zero", "scale (-7/2)", "scale -3"},
    {"ruling-a-real-makes-it-real", "scale (7/2.0)", "scale 3.5"},
    {"left-to-right", "scale (10-3-2) ! scale (16/4/2)", "scale 5; scale 2"},
    {"signs", "scale (2--3) ! scale (-(1+2))", "scale 5; scale -3"},
    {"ruling-in-is-what-arrives", "conv2d 24 ! conv2d (2*$in) ! relu ! conv2d $in",
     "conv2d 24; conv2d 48; relu; conv2d 48"},
    {"ruling-in-of-arguments-is-the-caller's",
     "def e(c, r) = conv2d 7 ! conv2d $c ! conv2d $r\n"
     "conv2d 24 ! e $in ($in/4)",
     "conv2d 24; conv2d 7; conv2d 24; conv2d 6"},
    {"in-of-a-branch", "conv2d 24 ! add( conv2d 3 ! conv2d $in | conv2d $in )",
     "conv2d 24; conv2d 3; conv2d 3; conv2d 24; add"},
    {"in-of-each-repetition", "conv2d 4 ! 3*conv2d (2*$in)",
     "conv2d 4; conv2d 8; conv2d 16; conv2d 32"},
    {"in-after-concat", "conv2d 4 ! concat( | conv2d 6 ) ! conv2d $in",
     "conv2d 4; conv2d 6; concat; conv2d 10"},
    {"ruling-round8-of-width",
     "var width = 0.75\nconv2d round8($width*32) ! conv2d (round8(16*$width)*2)",
     "conv2d 24; conv2d 32"},
    {"round8",
     "scale [round8(1) round8(11) round8(12) round8(18) round8(19)  round8(20) round8(90)]",
     "scale [8 16 16 24 24 24 88]"},
    {"round8-keeps-90-percent", "scale round8(19.5) ! scale round8(83)", "scale 24; scale 80"},
    {"functions", "scale [floor(2.7) ceil(2.1) round(2.5) round(-2.5) min(1,2) max(1,2.5)]",
     "scale [2 3 3 -3 1 2.5]"},
    {"ruling-defaults-and-keys",
     "def u(f, k=1, s=$k) = conv2d $f $k stride=$s\nu 4 ! u 4 3 ! u 4 s=2",
     "conv2d 4 1 stride=1; conv2d 4 3 stride=3; conv2d 4 1 stride=2"},
    {"values-of-any-kind",
     "def u(p, f) = conv2d 4 padding=$p file=$f\nu [1 2] \"a b\" ! u p=same f=x",
     "conv2d 4 padding=[1 2] file=\"a b\"; conv2d 4 padding=same file=x"},
    {"ruling-var-has-a-default", "var n = 3\nvar m = (2*$n)\nconv2d $m", "conv2d 6"},
    {"ruling-the-caller-sets", "dense $classes", "dense 10"},
    {"ruling-the-caller-sets-a-var", "var classes = 2\ndense $classes", "dense 10"},
    {"parameter-before-variable", "var f = 3\ndef u(f) = conv2d $f\nu 5 ! conv2d $f",
     "conv2d 5; conv2d 3"},
    {"ruling-enum-word-that-is-a-class", "conv2d 4 3 1 same yes relu",
     "conv2d 4 3 1 same yes relu"},
    {"quoted-word-that-is-a-class", "conv2d 4 file=\"relu\"", "conv2d 4 file=\"relu\""},
    {"names-are-not-arguments", "conv2d 4 name=c2", "conv2d 4 (c2)"},
    {"int-where-a-real-may-stand", "dropout 1", "dropout 1"},
};

static void test_paths(gconstpointer data)
{
    const Row *row = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(TestRecord) record = test_expand(row->text, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(record->paths->str, ==, row->expected);
}

static void test_wires(gconstpointer data)
{
    const Row *row = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(TestRecord) record = test_expand(row->text, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(record->wires->str, ==, row->expected);
}

static void test_values(gconstpointer data)
{
    const Row *row = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(TestRecord) record = test_expand(row->text, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(record->steps->str, ==, row->expected);
}

/* A description as it stands in a file; a path and a step that it must hold. */
static const struct Description {
    const char *file, *path, *step;
    int n_steps;
} descriptions[] = {
    {"resnet50", "block12.bottleneck.unit3.conv2d", "conv2d 2048 1 stride=1 padding=0 bias=no",
     175},
    {"mobilenet_v2", "same10.block.unit2.conv2d", "conv2d 960 1 stride=1 padding=0 bias=no", 153},
    {"efficientnet_b0", "same9.mbconv.excite.dense1", "dense 48", 249},
    {"blocks", "dense_layer4.conv2d2", "conv2d 12 3 padding=same bias=no", 55},
};

static void test_description(gconstpointer data)
{
    const struct Description *row = data;
    g_autoptr(GError) error = NULL;
    g_autofree char *file = g_strconcat(row->file, ".icl", NULL), *text = NULL;
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "descriptions", file, NULL);
    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);

    g_autoptr(TestRecord) record = test_expand(text, &error);
    g_assert_no_error(error);
    g_assert_nonnull(strstr(record->paths->str, row->path));
    g_assert_nonnull(strstr(record->steps->str, row->step));
    g_assert_cmpint(record->n_steps, ==, row->n_steps);

    const Row fixed = {row->file, text, NULL};
    g_autoptr(IclChain) chain = icl_chain_parse(fixed.text, -1, "test", &error);
    g_autofree char *printed = icl_chain_print(chain);
    test_print(&(Row){row->file, printed, printed});
    g_autoptr(TestRecord) again = test_expand(printed, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(again->paths->str, ==, record->paths->str);
    g_assert_cmpstr(again->steps->str, ==, record->steps->str);
    g_assert_cmpstr(again->wires->str, ==, record->wires->str);
}

static void test_set(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(IclChain) chain =
        icl_chain_parse("var width = 1\ndense $classes", -1, "test", &error);

    g_assert_true(icl_chain_set(chain, "width", "0.5", &error));
    g_assert_true(icl_chain_set(chain, "classes", "7", &error));
    g_assert_true(icl_chain_set(chain, "classes", "8", &error));
    g_autofree char *printed = icl_chain_print(chain);
    g_assert_cmpstr(printed, ==, "var classes = 8\nvar width = 0.5\ndense $classes\n");
}

static void test_set_refuses(void)
{
    static const char *const bad[][2] = {{"a b", "1"}, {"", "1"},    {"1a", "1"}, {"in", "1"},
                                         {"a-b", "1"}, {"a", "1 2"}, {"a", ""},   {"a", ")"}};

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(IclChain) chain = icl_chain_parse("relu", -1, "test", NULL);
        g_assert_false(icl_chain_set(chain, bad[i][0], bad[i][1], &error));
        g_assert_error(error, ICL_ERROR, ICL_ERROR_SYNTAX);
    }
}

static void test_uses(void)
{
    g_autoptr(IclChain) chain = icl_chain_parse(
        "var width = 1\ndef f(k, classes=$d) = conv2d $k $s ! dense $classes", -1, "test", NULL);

    g_assert_true(icl_chain_uses(chain, "width"));
    g_assert_true(icl_chain_uses(chain, "s"));
    g_assert_true(icl_chain_uses(chain, "d"));
    g_assert_false(icl_chain_uses(chain, "classes"));
    g_assert_false(icl_chain_uses(chain, "k"));
    g_assert_false(icl_chain_uses(chain, "conv2d"));
}

static void test_length(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(IclChain) chain = icl_chain_parse("relu ! )))", 4, "test", &error);

    g_assert_no_error(error);
    g_autofree char *printed = icl_chain_print(chain);
    g_assert_cmpstr(printed, ==, "relu\n");
}

static void test_numbers(void)
{
    static const double numbers[] = {
        0.1,  1.0 / 3, 1e-5,          1e22,  0x1p-1074, 1.7976931348623157e308,
        -2.5, 0,       123456789.125, 5e-324};

    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        IclValue value;
        icl_number_print(text, numbers[i]);
        g_autoptr(IclChain) owner = icl_value_parse(text->str, "test", &value, NULL);
        g_assert_nonnull(owner);
        g_assert_cmpfloat(value.r, ==, numbers[i]);
    }
}

static void add_rows(const char *kind, const Row *rows, size_t n, GTestDataFunc test)
{
    for (size_t i = 0; i < n; i++) {
        g_autofree char *path = g_strdup_printf("/chain/%s/%s", kind, rows[i].name);
        g_test_add_data_func(path, &rows[i], test);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_rows("print", prints, G_N_ELEMENTS(prints), test_print);
    add_rows("paths", paths, G_N_ELEMENTS(paths), test_paths);
    add_rows("wires", wires, G_N_ELEMENTS(wires), test_wires);
    add_rows("values", values, G_N_ELEMENTS(values), test_values);
    for (size_t i = 0; i < G_N_ELEMENTS(descriptions); i++) {
        g_autofree char *path = g_strdup_printf("/chain/description/%s", descriptions[i].file);
        g_test_add_data_func(path, &descriptions[i], test_description);
    }
    g_test_add_func("/chain/set/print-carries-it", test_set);
    g_test_add_func("/chain/set/refuses", test_set_refuses);
    g_test_add_func("/chain/uses", test_uses);
    g_test_add_func("/chain/length-without-nul", test_length);
    g_test_add_func("/chain/numbers-round-trip", test_numbers);
    test_add_errors();
    test_add_limits();
    return g_test_run();
}
