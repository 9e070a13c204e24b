/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Instances from their parameter tables: every type, its range, its default, its message, and back
 * to text; nearest names and the pages of `icl list`. */
#include "class.h"

#include <float.h>
#include <string.h>

#include "chain.h"

typedef struct {
    const IclClass *class;
    int units, step, mode;
    double rate;
    bool bias;
    char *file, *label;
    IclSize window;
    IclPadding padding;
    IclReals mean;
} Thing;

static const IclParam thing_params[] = {
    ICL_INT(Thing, units, NULL, 1, G_MAXINT, "how many"),
    ICL_INT(Thing, step, "1", 1, 8, "step of the window"),
    ICL_REAL(Thing, rate, "1e-3", 0, 0.5, "share dropped"),
    ICL_BOOL(Thing, bias, "yes", "adds a bias"),
    ICL_ENUM(Thing, mode, "fast", "slow fast faster", "how"),
    ICL_STRING(Thing, file, "", "where from"),
    ICL_STRING(Thing, label, "a b", "what it is called"),
    ICL_SIZE(Thing, window, "[3 5]", 1, 31, "height and width"),
    ICL_PADDING(Thing, padding, "same", 64, "zeros around"),
    ICL_REALS(Thing, mean, "[0.5 0.25]", -DBL_MAX, DBL_MAX, "means"),
    {0},
};
static const IclClass thing_class = {"thing", "has one of each", sizeof(Thing), thing_params,
                                     false};
static const IclClass plain_class = {"plain", "has nothing", sizeof(Thing), NULL, false};
static const IclClass join_class = {"join", "combines", sizeof(Thing), NULL, true};

static const IclParam late_params[] = {
    ICL_INT(Thing, step, "1", 1, 8, "optional first"),
    ICL_STRING(Thing, file, NULL, "required after it"),
    {0},
};
static const IclClass late_class = {"late", "required last", sizeof(Thing), late_params, false};

static const IclClass *const things[] = {&thing_class, &plain_class, &join_class, &late_class,
                                         NULL};
static const IclFamily family = {"things", "thing", things};

typedef struct {
    const char *name, *text, *expected;
} Row;

/* A step, and the instance printed. */
static const Row rows[] = {
    {"defaults", "thing 3", "thing 3"},
    {"positional-in-table-order", "thing 3 2 0.5 no slow",
     "thing 3 step=2 rate=0.5 bias=no mode=slow"},
    {"keyed", "thing mode=faster units=3", "thing 3 mode=faster"},
    {"a-default-given-is-left-out", "thing 3 1 rate=0.001 padding=same", "thing 3"},
    {"integral-real-for-an-int", "thing 3.0 step=(0.5*4)", "thing 3 step=2"},
    {"largest-int", "thing 2147483647", "thing 2147483647"},
    {"real-from-int", "thing 3 rate=0", "thing 3 rate=0"},
    {"shortest-real", "thing 3 rate=0.1", "thing 3 rate=0.1"},
    {"bool-true", "thing 3 bias=true", "thing 3"},
    {"bool-false", "thing 3 bias=false", "thing 3 bias=no"},
    {"bool-0", "thing 3 bias=0", "thing 3 bias=no"},
    {"bool-1", "thing 3 bias=1", "thing 3"},
    {"string-word", "thing 3 file=model", "thing 3 file=\"model\""},
    {"string-quoted", "thing 3 file=\"a/b c.bin\"", "thing 3 file=\"a/b c.bin\""},
    {"string-default-emptied", "thing 3 label=\"\"", "thing 3 label=\"\""},
    {"size-one-number", "thing 3 window=4", "thing 3 window=4"},
    {"size-list", "thing 3 window=[4 7]", "thing 3 window=[4 7]"},
    {"padding-valid", "thing 3 padding=valid", "thing 3 padding=valid"},
    {"padding-number", "thing 3 padding=2", "thing 3 padding=2"},
    {"padding-zero-is-explicit", "thing 3 padding=0", "thing 3 padding=0"},
    {"padding-two", "thing 3 padding=[1 2]", "thing 3 padding=[1 2]"},
    {"padding-four", "thing 3 padding=[1 2 3 4]", "thing 3 padding=[1 2 3 4]"},
    {"padding-four-that-are-two", "thing 3 padding=[1 1 2 2]", "thing 3 padding=[1 2]"},
    {"reals-one-number", "thing 3 mean=7", "thing 3 mean=7"},
    {"reals-list", "thing 3 mean=[1, -2.5, 1e-5]", "thing 3 mean=[1 -2.5 1e-5]"},
    {"reals-empty", "thing 3 mean=[]", "thing 3 mean=[]"},
    {"no-parameters", "plain", "plain"},
    {"required-after-optional-is-keyed", "late 1 x", "late file=\"x\""},
};

static void test_print(gconstpointer data)
{
    const Row *row = data;
    g_autoptr(GError) error = NULL;
    void *instance = icl_instance_parse(&family, row->text, "--thing", &error);

    g_assert_no_error(error);
    g_autofree char *text = icl_instance_print(instance);
    g_assert_cmpstr(text, ==, row->expected);
    icl_instance_free(instance);

    instance = icl_instance_parse(&family, text, "--thing", &error);
    g_assert_no_error(error);
    g_autofree char *again = icl_instance_print(instance);
    g_assert_cmpstr(again, ==, text);
    icl_instance_free(instance);
}

/* A step, and the message. */
static const Row errors[] = {
    {"int-outside", "thing 3 9", "--thing:1: thing: step is 9, outside 1..8"},
    {"name-in-message", "thing 3 9 name=t", "--thing:1: thing \"t\": step is 9, outside 1..8"},
    {"int-below-an-open-range", "thing 0", "--thing:1: thing: units is 0; at least 1 would do"},
    {"int-too-large", "thing 2147483648",
     "--thing:1: thing: units is 2147483648; at most 2147483647 would do"},
    {"int-with-a-fraction", "thing 3 2.5",
     "--thing:1: thing: step is 2.5; a whole number would do"},
    {"int-from-a-word", "thing units=three",
     "--thing:1: thing: units is three; a whole number would do"},
    {"int-from-a-list", "thing [1 2]", "--thing:1: thing: units is [1 2]; a whole number would do"},
    {"real-outside", "thing 3 rate=0.75", "--thing:1: thing: rate is 0.75, outside 0..0.5"},
    {"real-from-a-word", "thing 3 rate=low", "--thing:1: thing: rate is low; a number would do"},
    {"bool-other", "thing 3 bias=2",
     "--thing:1: thing: bias is 2; one of no, yes, false, true would do"},
    {"bool-misspelt", "thing 3 bias=flase",
     "--thing:1: thing: bias is flase; did you mean \"false\"?"},
    {"enum-misspelt", "thing 3 mode=fastr",
     "--thing:1: thing: mode is fastr; did you mean \"fast\"?"},
    {"enum-other", "thing 3 mode=xyzzy",
     "--thing:1: thing: mode is xyzzy; one of slow, fast, faster would do"},
    {"enum-number", "thing 3 mode=1",
     "--thing:1: thing: mode is 1; one of slow, fast, faster would do"},
    {"string-number", "thing 3 file=3",
     "--thing:1: thing: file is 3; a word or a \"text in quotes\" would do"},
    {"size-three", "thing 3 window=[1 2 3]",
     "--thing:1: thing: window is [1 2 3]; one number or [height width] would do"},
    {"size-entry-outside", "thing 3 window=[1 32]",
     "--thing:1: thing: window is 32, outside 1..31"},
    {"padding-misspelt", "thing 3 padding=smae",
     "--thing:1: thing: padding is smae; did you mean \"same\"?"},
    {"padding-three", "thing 3 padding=[1 2 3]",
     "--thing:1: thing: padding is [1 2 3]; one of valid, same, a number, [height width] or [top "
     "bottom left right] would do"},
    {"padding-negative", "thing 3 padding=-1", "--thing:1: thing: padding is -1, outside 0..64"},
    {"reals-too-many", "thing 3 mean=[1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17]",
     "--thing:1: thing: mean is [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17]; at most 16 numbers "
     "would do"},
    {"reals-word", "thing 3 mean=[1 a]", "--thing:1: thing: mean is a; a number would do"},
    {"required-missing", "thing step=2",
     "--thing:1: thing: units is missing (how many); give it as units=..."},
    {"required-string-missing", "late",
     "--thing:1: late: file is missing (required after it); give it as file=..."},
    {"given-twice", "thing 3 units=4", "--thing:1: thing: units is given twice; give it once"},
    {"unknown-key", "thing 3 xyzzy=4",
     "--thing:1: thing: no parameter \"xyzzy\"; there are: units step rate bias mode file label "
     "window padding mean, and name"},
    {"misspelt-key", "thing unit=4",
     "--thing:1: thing: no parameter \"unit\"; did you mean \"units\"?"},
    {"key-of-none", "plain units=4",
     "--thing:1: plain: no parameter \"units\"; it takes only name"},
    {"one-too-many", "plain 4", "--thing:1: plain: 4 is one value too many; it takes at most 0"},
    {"word-too-many", "plain thng",
     "--thing:1: plain: thng is one value too many; it takes at most 0, or is a \"!\" missing "
     "before it?"},
    {"word-for-a-number", "thing thng",
     "--thing:1: thing: units is thng; a whole number would do, or is a \"!\" missing before it?"},
    {"class-for-a-number", "thing plain", "--thing:1: thing: missing \"!\" before \"plain\"?"},
    {"unknown-class", "thng 3", "--thing:1: thng: no thing of this name; did you mean \"thing\"?"},
    {"no-step", "", "--thing:1: 0 steps; give exactly one thing"},
    {"two-steps", "plain ! plain", "--thing:1: 2 steps; give exactly one thing"},
    {"branches", "plain ! join( plain | )",
     "--thing:1: join: things are a plain chain; leave branches and references out"},
    {"reference", "plain name=a ! plain\na. ! plain",
     "--thing:2: plain: things are a plain chain; leave branches and references out"},
    {"no-channels", "thing $in",
     "--thing:1: thing: $in: there are no channels here; write the number"},
    {"syntax", "thing 3 !",
     "--thing:1: the text ends here; wanted: a step: NAME value... key=value..."},
};

static void test_error(gconstpointer data)
{
    const Row *row = data;
    g_autoptr(GError) error = NULL;
    void *instance = icl_instance_parse(&family, row->text, "--thing", &error);

    g_assert_null(instance);
    g_assert_nonnull(error);
    g_assert_cmpstr(error->message, ==, row->expected);
}

static void test_fields(void)
{
    g_autoptr(GError) error = NULL;
    Thing *thing = icl_instance_parse(
        &family, "thing 3 step=2 mode=faster file=x padding=[1 2 3 4] mean=[1 2 3]", "--thing",
        &error);

    g_assert_no_error(error);
    g_assert_true(thing->class == &thing_class);
    g_assert_cmpint(thing->units, ==, 3);
    g_assert_cmpint(thing->step, ==, 2);
    g_assert_cmpint(thing->mode, ==, 2);
    g_assert_cmpfloat(thing->rate, ==, 1e-3);
    g_assert_true(thing->bias);
    g_assert_cmpstr(thing->file, ==, "x");
    g_assert_cmpstr(thing->label, ==, "a b");
    g_assert_cmpint(thing->window.h, ==, 3);
    g_assert_cmpint(thing->window.w, ==, 5);
    g_assert_cmpint(thing->padding.kind, ==, ICL_PADDING_EXPLICIT);
    g_assert_cmpint(thing->padding.top, ==, 1);
    g_assert_cmpint(thing->padding.bottom, ==, 2);
    g_assert_cmpint(thing->padding.left, ==, 3);
    g_assert_cmpint(thing->padding.right, ==, 4);
    g_assert_cmpint(thing->mean.n, ==, 3);
    g_assert_cmpfloat(thing->mean.v[2], ==, 3);
    icl_instance_free(thing);

    thing = icl_instance_parse(&family, "thing 3 padding=[7 9]", "--thing", &error);
    g_assert_null(thing->file);
    g_assert_cmpint(thing->padding.bottom, ==, 7);
    g_assert_cmpint(thing->padding.right, ==, 9);
    icl_instance_free(thing);
    icl_instance_free(NULL);
}

static void test_chain(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) none = icl_instances_parse(&family, "", "--things", &error);
    g_assert_no_error(error);
    g_assert_cmpint(none->len, ==, 0);

    g_autoptr(GPtrArray) three =
        icl_instances_parse(&family, "2*thing 3 ! plain", "--things", &error);
    g_assert_no_error(error);
    g_assert_cmpint(three->len, ==, 3);
    g_assert_true(((Thing *)three->pdata[1])->class == &thing_class);
    g_assert_true(((Thing *)three->pdata[2])->class == &plain_class);
}

static void test_nearest(gconstpointer data)
{
    static const char *const names[] = {
        "conv2d", "depthwise_conv2d", "relu", "relu6", "maxpool", "in", NULL};
    const Row *row = data;

    g_assert_cmpstr(icl_nearest(row->text, names), ==, row->expected);
}

static const Row nearest[] = {
    {"one-letter-off", "conv2", "conv2d"},
    {"two-letters-swapped", "rleu", "relu"},
    {"the-nearer-one", "relu66", "relu6"},
    {"long-name-five-off", "dephwse_cnv2", "depthwise_conv2d"},
    {"itself", "relu", "relu"},
    {"nothing-near", "xylophone", NULL},
    {"short-name-is-not-near-all", "x", NULL},
    {"empty", "", NULL},
};

static void test_find(void)
{
    g_assert_true(icl_family_find(&family, "plain") == &plain_class);
    g_assert_null(icl_family_find(&family, "plai"));
}

static void test_class_page(void)
{
    g_autofree char *page = icl_class_page(&family, &thing_class);
    g_autofree char *plain = icl_class_page(&family, &plain_class);
    g_autofree char *join = icl_class_page(&family, &join_class);

    g_assert_cmpstr(page, ==,
                    "thing (thing)\n"
                    "  has one of each\n\n"
                    "Parameters, in the order of plain values:\n"
                    "  units    int      at least 1        required            how many\n"
                    "  step     int      1..8              default 1           step of the window\n"
                    "  rate     real     0..0.5            default 1e-3        share dropped\n"
                    "  bias     yes/no                     default yes         adds a bias\n"
                    "  mode     word     slow|fast|faster  default fast        how\n"
                    "  file     text                       optional            where from\n"
                    "  label    text                       default a b         what it is called\n"
                    "  window   size     1..31             default [3 5]       height and width\n"
                    "  padding  padding  0..64             default same        zeros around\n"
                    "  mean     reals    any number        default [0.5 0.25]  means\n");
    g_assert_cmpstr(plain, ==, "plain (thing)\n  has nothing\n\nNo parameters.\n");
    g_assert_nonnull(strstr(join, "Takes branches: join( a | b )\n"));
}

static void test_family_page(void)
{
    g_autofree char *page = icl_family_page(&family);

    g_assert_cmpstr(
        page, ==,
        "thing  has one of each\nplain  has nothing\njoin   combines\nlate   required last\n");
}

static void test_value(void)
{
    g_autoptr(GError) error = NULL;
    IclValue value;
    g_autoptr(IclChain) owner = icl_value_parse("[1 (2*3) a \"b\" [0.5]]", "--v", &value, &error);

    g_assert_no_error(error);
    g_autoptr(GString) text = g_string_new(NULL);
    icl_value_print(text, &value);
    g_assert_cmpstr(text->str, ==, "[1 6 a \"b\" [0.5]]");
    g_assert_null(icl_value_parse("$a", "--v", &value, &error));
    g_assert_cmpstr(error->message, ==, "--v:1: $a in a plain value; write the value itself");
}

static void add_rows(const char *kind, const Row *table, size_t n, GTestDataFunc test)
{
    for (size_t i = 0; i < n; i++) {
        g_autofree char *path = g_strdup_printf("/class/%s/%s", kind, table[i].name);
        g_test_add_data_func(path, &table[i], test);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_rows("print", rows, G_N_ELEMENTS(rows), test_print);
    add_rows("error", errors, G_N_ELEMENTS(errors), test_error);
    add_rows("nearest", nearest, G_N_ELEMENTS(nearest), test_nearest);
    g_test_add_func("/class/fields", test_fields);
    g_test_add_func("/class/chain", test_chain);
    g_test_add_func("/class/find", test_find);
    g_test_add_func("/class/page", test_class_page);
    g_test_add_func("/class/family-page", test_family_page);
    g_test_add_func("/class/value", test_value);
    return g_test_run();
}
