/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Texts made to hurt: each must parse or fail quickly, whatever its size, and never crash. */
#include <string.h>

#include "chain_family.h"

/* The expansion's message; NULL where it went well. */
static char *expand_message(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TestRecord) record = test_expand(text, &error);

    g_assert_true(!record == !!error);
    return error ? g_strdup(error->message) : NULL;
}

static void assert_says(const char *message, const char *part)
{
    if (!message || !strstr(message, part))
        g_assert_cmpstr(message, ==, part);
}

/* `head`, `middle` as often as fits into the largest text, `tail`. */
static const struct Large {
    const char *name, *head, *middle, *tail, *message; /* NULL: it expands */
} large[] = {
    {"round-brackets", "", "(", "", "nested deeper than 64"},
    {"square-brackets", "scale ", "[", "", "nested deeper than 64"},
    {"marks", "", "!", "", "unexpected \"!\""},
    {"closing", "", ")", "", "closes nothing"},
    {"bars", "add(", "|", ")", "only empty branches"},
    {"newlines", "", "\n", "", NULL},
    {"comments", "", "#\n", "", NULL},
    {"one-word", "", "a", "", "a name of"},
    {"one-number", "dropout ", "1", "", "too large"},
    {"one-string", "conv2d file=\"", "a", "\"", "a string of"},
    {"steps", "relu", "!relu", "", "more than 10000 steps"},
    {"statements", "", "relu\n", "", "more than 10000 steps"},
    {"values", "dense", " 1", "", "too many"},
    {"keys", "conv2d 1", " kernel=1", "", "twice"},
    {"list", "scale [", "1 ", "]", "at most 16"},
    {"sum", "scale (1", "+1", "-1)", "outside"},
    {"signs", "scale (", "-", "1)", NULL},
    {"repeats", "", "2*", "relu", "nested deeper than 64"},
    {"ones", "", "1*", "relu", "nested deeper than 64"},
    {"branches", "add( relu ", "|", ")", NULL},
    {"set", "conv2d {", "1,", "1}", "icl tune"},
    {"repeated-list", "10000*scale [", "1 ", "]", "at most 16"},
    {"repeated-branches", "10000*add( relu", "|", ")", "takes more than"},
    {"repeated-sum", "def f(a) = scale 1\n10000*f (1", "+1", ")", "takes more than"},
};

static void test_large(gconstpointer data)
{
    const struct Large *row = data;
    GString *text = g_string_new(row->head);
    size_t room = ICL_CHAIN_MAX_TEXT - strlen(row->tail) - strlen(row->middle);

    while (text->len <= room)
        g_string_append(text, row->middle);
    g_string_append(text, row->tail);
    g_test_timer_start();
    g_autofree char *message = expand_message(text->str);
    double seconds = g_test_timer_elapsed();
    g_string_free(text, TRUE);
    g_test_message("%.3f s", seconds);
    g_assert_cmpfloat(seconds, <, 60); /* no speed test: a quadratic walk takes minutes */
    if (row->message)
        assert_says(message, row->message);
    else
        g_assert_cmpstr(message, ==, NULL);
}

static void test_too_long(void)
{
    g_autofree char *text = g_strnfill(ICL_CHAIN_MAX_TEXT + 1, ' ');
    g_autofree char *message = expand_message(text);

    assert_says(message, "test:1: a text of 1048577 bytes; at most 1048576 would do");
}

static void test_many_vars(void)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (int i = 0; i < 50000; i++)
        g_string_append_printf(text, "var v%d = 1\n", i);
    g_string_append(text, "conv2d $v49999 ! conv2d $w");
    g_test_timer_start();
    g_autofree char *message = expand_message(text->str);
    g_assert_cmpfloat(g_test_timer_elapsed(), <, 5);
    assert_says(message, "$w is not set; set it");
}

static void test_exponential_defs(void)
{
    g_autoptr(GString) text = g_string_new("def f0(x) = conv2d $x 3 ! conv2d $x 3\n");

    for (int i = 1; i < 60; i++)
        g_string_append_printf(text, "def f%d(x) = f%d $x ! f%d $x\n", i, i - 1, i - 1);
    g_string_append(text, "f59 8");
    g_autofree char *message = expand_message(text->str);
    assert_says(message, "test:1: conv2d: the text expands to more than 10000 steps; repeat less");
}

static void test_deep_defs(void)
{
    g_autoptr(GString) text = g_string_new("def f0(x) = relu\n");

    for (int i = 1; i < 20000; i++)
        g_string_append_printf(text, "def f%d(x) = f%d $x\n", i, i - 1);
    g_string_append(text, "f19999 8");
    g_autofree char *message = expand_message(text->str);
    assert_says(message, "defs within defs deeper than 64; nest less");
}

static void test_deep_but_allowed(void)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (int i = 0; i < 63; i++)
        g_string_append(text, "add( | ");
    g_string_append(text, "relu");
    for (int i = 0; i < 63; i++)
        g_string_append(text, " )");
    g_autofree char *message = expand_message(text->str);
    g_assert_cmpstr(message, ==, NULL);
}

static void test_nested_repeats(void)
{
    g_autofree char *good = expand_message("100*( 99*relu ! relu )");
    g_autofree char *bad = expand_message("100*( 100*relu ! relu )");
    g_autofree char *huge =
        expand_message("9999*( 9999*( 9999*( 9999*( 9999*9999*9999*relu ) ) ) )");

    g_assert_cmpstr(good, ==, NULL);
    assert_says(bad, "more than 10000 steps");
    assert_says(huge, "more than 10000 steps");
}

static void test_many_parameters(void)
{
    g_autoptr(GString) text = g_string_new("def f(p0");

    for (int i = 1; i < 65; i++)
        g_string_append_printf(text, ", p%d", i);
    g_string_append(text, ") = relu");
    g_autofree char *message = expand_message(text->str);
    assert_says(message, "more than 64 parameters");
}

/* The refusal comes before the visitor sees a step. */
static int visitor_fail(void *user, const IclStep *step, const int *inputs, int n_inputs,
                        GError **error)
{
    g_assert_not_reached();
}

static void test_refused_before(void)
{
    static const char *const texts[] = {"relu ! 10000*relu", "relu ! relo", "relu ! add( | x. )"};
    static const IclChainVisitor visitor = {.step = visitor_fail};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(IclChain) chain = icl_chain_parse(texts[i], -1, "test", NULL);
        g_assert_false(icl_chain_expand(chain, &test_layers, &visitor, NULL, NULL));
    }
}

/* A random sequence of phrases, its brackets closed. */
static char *random_text(GRand *random)
{
    static const char *const phrases[] = {"relu",
                                          "relu ! ",
                                          "conv2d 3 ",
                                          "conv2d ",
                                          "add( ",
                                          "concat( relu |",
                                          "( ",
                                          ") ",
                                          "| ",
                                          " ! ",
                                          " ! ",
                                          " ! ",
                                          "3 ",
                                          "0.5 ",
                                          "1e-3 ",
                                          "-",
                                          "$k ",
                                          "k=",
                                          "name=x ",
                                          "x.",
                                          "3*",
                                          "$k*",
                                          "[",
                                          "]",
                                          "{",
                                          "}",
                                          ", ",
                                          "1..2",
                                          "~log",
                                          ":2",
                                          "? ",
                                          "\n",
                                          "\n",
                                          "def f(k, j=2) = ",
                                          "def g() = ",
                                          "var k = 2\n",
                                          "f 2 ",
                                          "g ",
                                          "\"s\\n\" ",
                                          "round8(",
                                          "+",
                                          "* ",
                                          "/",
                                          " #c\n",
                                          "relu name=x ! add( | x. ) "};
    GString *text = g_string_new(NULL);
    g_autoptr(GString) closing = g_string_new(NULL);

    for (int n = g_rand_int_range(random, 1, 7); n > 0; n--)
        g_string_append(text, phrases[g_rand_int_range(random, 0, G_N_ELEMENTS(phrases))]);
    for (const char *c = text->str; *c; c++) {
        if (strchr("([{", *c))
            g_string_prepend_c(closing, ")]}"[strcspn("([{", (char[]){*c, 0})]);
        else if (strchr(")]}", *c) && closing->len)
            g_string_erase(closing, 0, 1);
    }
    g_string_append(text, closing->str);
    return g_string_free(text, FALSE);
}

/* Whatever parses prints to a fixed point; whatever does not says where. */
static void test_random_phrases(gconstpointer data)
{
    int seed = GPOINTER_TO_INT(data), parsed = 0, expanded = 0;
    GRand *random = g_rand_new_with_seed(seed);

    for (int i = 0; i < 1000; i++) {
        g_autofree char *text = random_text(random);
        g_autofree char *message = expand_message(text);
        g_autoptr(IclChain) chain = icl_chain_parse(text, -1, "test", NULL);
        g_assert_true(!message || g_str_has_prefix(message, "test:"));
        expanded += !message;
        if (!chain)
            continue;
        parsed++;
        g_autofree char *printed = icl_chain_print(chain);
        g_autoptr(IclChain) again = icl_chain_parse(printed, -1, "test", NULL);
        if (!again)
            g_assert_cmpstr(text, ==, printed);
        g_autofree char *reprinted = icl_chain_print(again);
        g_assert_cmpstr(reprinted, ==, printed);
    }
    g_rand_free(random);
    g_test_message("seed %d: of 1000 texts %d parsed, %d expanded", seed, parsed, expanded);
    g_assert_cmpint(parsed, >, 50);
    g_assert_cmpint(expanded, >, 10);
}

/* Bytes of a description changed at random. */
static void test_random_bytes(void)
{
    static const char text[] =
        "var w = 1\ndef u(f, k=1) = conv2d $f ($k/2) name=c ! add( relu | c. )\n"
        "2*u 3 ! 2*( u round8($w*$in) ) name=s ! scale [1, -2.5e1]\n";
    GRand *random = g_rand_new_with_seed(7);

    for (int i = 0; i < 3000; i++) {
        char copy[sizeof text];
        memcpy(copy, text, sizeof text);
        for (int n = g_rand_int_range(random, 1, 4); n > 0; n--)
            copy[g_rand_int_range(random, 0, sizeof text - 1)] = g_rand_int_range(random, 1, 256);
        g_autofree char *message = expand_message(copy);
        g_assert_true(!message || g_str_has_prefix(message, "test:"));
    }
    g_rand_free(random);
}

void test_add_limits(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(large); i++) {
        g_autofree char *path = g_strdup_printf("/chain/large/%s", large[i].name);
        g_test_add_data_func(path, &large[i], test_large);
    }
    g_test_add_func("/chain/limit/text", test_too_long);
    g_test_add_func("/chain/limit/variables", test_many_vars);
    g_test_add_func("/chain/limit/exponential-defs", test_exponential_defs);
    g_test_add_func("/chain/limit/deep-defs", test_deep_defs);
    g_test_add_func("/chain/limit/deep-but-allowed", test_deep_but_allowed);
    g_test_add_func("/chain/limit/nested-repeats", test_nested_repeats);
    g_test_add_func("/chain/limit/parameters", test_many_parameters);
    g_test_add_func("/chain/limit/ruling-refused-before-expanding", test_refused_before);
    for (int seed = 1; seed <= 5; seed++) {
        g_autofree char *path = g_strdup_printf("/chain/random/phrases-%d", seed);
        g_test_add_data_func(path, GINT_TO_POINTER(seed), test_random_phrases);
    }
    g_test_add_func("/chain/random/bytes", test_random_bytes);
}
