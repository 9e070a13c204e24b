/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Evaluations held to what scikit-learn says of the same truths and scores (golden.py). */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "evaluation.h"
#include "golden.h"
#include "json.h"

static IclEvaluation *evaluate_case(gsize i)
{
    IclEvaluation *evaluation = icl_evaluation_new(golden[i].labels);
    const float *scores = golden[i].scores;
    for (int n = 0; n < golden[i].n; n++, scores += evaluation->classes)
        icl_evaluation_add(evaluation, golden[i].truth[n], scores);
    return evaluation;
}

static void golden_report(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(IclEvaluation) evaluation = evaluate_case(i);
    g_autofree char *report = icl_evaluation_report(evaluation, golden[i].digits);
    g_assert_cmpstr(report, ==, golden[i].report);
}

static void golden_figures(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(IclEvaluation) evaluation = evaluate_case(i);
    gsize cells = (gsize)evaluation->classes * (gsize)evaluation->classes;
    g_assert_cmpint(icl_evaluation_count(evaluation), ==, golden[i].n);
    g_assert_cmpmem(evaluation->confusion, cells * sizeof(gint64), golden[i].confusion,
                    cells * sizeof(gint64));
    g_assert_cmpfloat_with_epsilon(icl_evaluation_accuracy(evaluation), golden[i].accuracy, 1e-12);
    for (int k = 1; k <= EVALUATION_TOP; k++)
        g_assert_cmpfloat_with_epsilon(icl_evaluation_top_k(evaluation, k), golden[i].top[k - 1],
                                       1e-12);
    g_assert_cmpfloat_with_epsilon(icl_evaluation_loss(evaluation), golden[i].loss, 1e-9);
}

static void golden_json(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(IclEvaluation) evaluation = evaluate_case(i);
    g_autofree char *text = icl_evaluation_json(evaluation);
    char *problem = NULL;
    g_autoptr(IclJson) json = icl_json_parse(text, strlen(text), &problem);
    g_assert_cmpstr(problem, ==, NULL);
    g_assert_cmpint(icl_json_number(icl_json_get(json, "count")), ==, golden[i].n);
    const IclJson *classes = icl_json_get(json, "classes"),
                  *confusion = icl_json_get(json, "confusion");
    g_assert_cmpuint(icl_json_length(classes), ==, (gsize)evaluation->classes);
    for (int c = 0; c < evaluation->classes; c++) {
        const IclJson *entry = icl_json_item(classes, (gsize)c);
        g_assert_cmpstr(icl_json_text(icl_json_get(entry, "label")), ==, golden[i].labels[c]);
        for (int p = 0; p < evaluation->classes; p++) {
            const IclJson *cell = icl_json_item(icl_json_item(confusion, (gsize)c), (gsize)p);
            g_assert_cmpint(icl_json_number(cell), ==,
                            golden[i].confusion[c * evaluation->classes + p]);
        }
    }
}

static void json_figures(void)
{
    g_autoptr(IclEvaluation) evaluation = evaluate_case(0);
    g_autofree char *text = icl_evaluation_json(evaluation);
    static const char *const parts[] = {
        "\"accuracy\": 0.6,",  "\"loss\": 1.35326403261,",    "\"skipped\": 0",
        "\"precision\": 0.5,", "\"recall\": 0.666666666667,", "\"support\": 3",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        if (!strstr(text, parts[i]))
            g_error("no %s in %s", parts[i], text);
}

static void confusion_text(void)
{
    g_autoptr(IclEvaluation) numbers = evaluate_case(2);
    g_autofree char *text = icl_evaluation_confusion(numbers);
    g_assert_cmpstr(text, ==,
                    "true \\ predicted  class 0  class 1  class 2\n"
                    "         class 0        2        0        0\n"
                    "         class 1        0        0        1\n"
                    "         class 2        1        0        2\n");

    g_autoptr(IclEvaluation) wide = icl_evaluation_new((const char *[]){"ä", "b", NULL});
    for (int i = 0; i < 1000; i++)
        icl_evaluation_add(wide, 0, (const float[]){0.25f, 0.75f});
    g_autofree char *other = icl_evaluation_confusion(wide);
    g_assert_cmpstr(other, ==,
                    "true \\ predicted  ä     b\n"
                    "               ä  0  1000\n"
                    "               b  0     0\n");
}

static IclEvaluation *evaluate_labels(gsize i)
{
    IclEvaluation *evaluation = icl_evaluation_new_multi_label(golden_labels[i].labels, 0.5);
    const float *scores = golden_labels[i].scores;
    const int *on = golden_labels[i].on;
    int classes = evaluation->classes, truth[16];
    for (int n = 0; n < golden_labels[i].n; n++, scores += classes, on += classes) {
        int count = 0;
        for (int c = classes - 1; c >= 0; c--) /* in any order */
            if (on[c])
                truth[count++] = c;
        icl_evaluation_add_labels(evaluation, truth, count, scores);
    }
    return evaluation;
}

static void labels_report(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(IclEvaluation) evaluation = evaluate_labels(i);
    g_autofree char *report = icl_evaluation_report(evaluation, golden_labels[i].digits);
    g_assert_cmpstr(report, ==, golden_labels[i].report);
}

static void labels_figures(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(IclEvaluation) e = evaluate_labels(i);
    const struct {
        double is, wanted;
    } rows[] = {
        {icl_evaluation_accuracy(e), golden_labels[i].accuracy},
        {icl_evaluation_exact_match(e), golden_labels[i].exact},
        {icl_evaluation_loss(e), golden_labels[i].loss},
        {icl_evaluation_mean_average_precision(e), golden_labels[i].mean_precision},
        {icl_evaluation_micro_average_precision(e), golden_labels[i].micro_precision},
    };
    g_assert_true(icl_evaluation_is_multi_label(e));
    g_assert_cmpint(icl_evaluation_count(e), ==, golden_labels[i].n);
    g_assert_true(isnan(icl_evaluation_top_k(e, 1)));
    for (gsize r = 0; r < G_N_ELEMENTS(rows); r++)
        g_assert_cmpfloat_with_epsilon(rows[r].is, rows[r].wanted, 1e-12);
    for (int c = 0; c < e->classes; c++)
        g_assert_cmpfloat_with_epsilon(icl_evaluation_average_precision(e, c),
                                       golden_labels[i].precision[c], 1e-12);
}

static void labels_json(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(IclEvaluation) evaluation = evaluate_labels(i);
    g_autofree char *text = icl_evaluation_json(evaluation);
    char *problem = NULL;
    g_autoptr(IclJson) json = icl_json_parse(text, strlen(text), &problem);
    const IclJson *confusion = icl_json_get(json, "confusion");
    g_assert_null(icl_json_get(json, "top"));
    g_assert_nonnull(icl_json_get(json, "exact_match"));
    g_assert_cmpuint(icl_json_length(confusion), ==, (gsize)evaluation->classes);
    for (gsize at = 0; at < 4 * (gsize)evaluation->classes; at++) {
        const IclJson *row = icl_json_item(icl_json_item(confusion, at / 4), at / 2 % 2);
        g_assert_cmpint(icl_json_number(icl_json_item(row, at % 2)), ==,
                        golden_labels[i].matrices[at]);
    }
}

static void labels_text(void)
{
    g_autoptr(IclEvaluation) evaluation =
        icl_evaluation_new_multi_label((const char *[]){"cat", "ä", NULL}, 0.5);
    icl_evaluation_add_labels(evaluation, (int[]){0, 1}, 2, (const float[]){0.75f, 0.5f});
    icl_evaluation_add_labels(evaluation, NULL, 0, (const float[]){0.875f, 0.25f});
    g_autofree char *text = icl_evaluation_confusion(evaluation);
    g_assert_cmpstr(text, ==,
                    "label   true pos  false pos  false neg   true neg   avg prec\n"
                    "  cat          1          1          0          0     0.5000\n"
                    "    ä          0          0          1          1     1.0000\n");
}

/* Whatever the truth is; as a score it comes last. */
static void labels_nan(void)
{
    g_autoptr(IclEvaluation) evaluation =
        icl_evaluation_new_multi_label((const char *[]){"a", "b", NULL}, 0.5);
    icl_evaluation_add_labels(evaluation, (int[]){0}, 1, (const float[]){NAN, NAN});
    g_assert_cmpfloat(icl_evaluation_accuracy(evaluation), ==, 0);
    g_assert_cmpfloat(icl_evaluation_exact_match(evaluation), ==, 0);
    g_assert_cmpfloat_with_epsilon(icl_evaluation_loss(evaluation), -log(1e-7), 1e-9);
    icl_evaluation_add_labels(evaluation, NULL, 0, (const float[]){0.25f, 0.25f});
    g_assert_cmpfloat(icl_evaluation_average_precision(evaluation, 0), ==, 0.5);
}

static void labels_nothing(void)
{
    g_autoptr(IclEvaluation) evaluation =
        icl_evaluation_new_multi_label((const char *[]){"a", "b", NULL}, 0.5);
    g_autofree char *report = icl_evaluation_report(evaluation, 2);
    g_assert_cmpfloat(icl_evaluation_accuracy(evaluation), ==, 0);
    g_assert_cmpfloat(icl_evaluation_mean_average_precision(evaluation), ==, 0);
    g_assert_nonnull(strstr(report, " samples avg       0.00      0.00      0.00         0\n"));
}

static void nothing_added(void)
{
    g_autoptr(IclEvaluation) evaluation = icl_evaluation_new((const char *[]){"a", "b", NULL});
    g_assert_cmpfloat(icl_evaluation_accuracy(evaluation), ==, 0);
    g_assert_cmpfloat(icl_evaluation_top_k(evaluation, 5), ==, 0);
    g_assert_cmpfloat(icl_evaluation_loss(evaluation), ==, 0);
    g_autofree char *report = icl_evaluation_report(evaluation, 2);
    g_assert_nonnull(strstr(report, "weighted avg       0.00      0.00      0.00         0\n"));
}

/* Equal scores: the first class wins, and the others rank behind it. */
static void equal_scores(void)
{
    static const float even[3] = {0.25f, 0.25f, 0.25f};
    g_autoptr(IclEvaluation) evaluation = icl_evaluation_new((const char *[]){"a", "b", "c", NULL});
    for (int c = 0; c < 3; c++)
        icl_evaluation_add(evaluation, c, even);
    static const gint64 confusion[9] = {1, 0, 0, 1, 0, 0, 1, 0, 0};
    g_assert_cmpmem(evaluation->confusion, sizeof confusion, confusion, sizeof confusion);
    g_assert_cmpfloat_with_epsilon(icl_evaluation_top_k(evaluation, 1), 1.0 / 3, 1e-12);
    g_assert_cmpfloat_with_epsilon(icl_evaluation_top_k(evaluation, 2), 2.0 / 3, 1e-12);
    g_assert_cmpfloat_with_epsilon(icl_evaluation_top_k(evaluation, 3), 1, 1e-12);
}

static void zero_score_has_a_finite_loss(void)
{
    g_autoptr(IclEvaluation) evaluation = icl_evaluation_new((const char *[]){"a", "b", NULL});
    icl_evaluation_add(evaluation, 0, (const float[]){0, 1});
    g_assert_cmpfloat_with_epsilon(icl_evaluation_loss(evaluation), -log(1e-7), 1e-12);
}

static void nan_is_never_right(void)
{
    g_autoptr(IclEvaluation) evaluation = icl_evaluation_new((const char *[]){"a", "b", NULL});
    icl_evaluation_add(evaluation, 1, (const float[]){NAN, NAN});
    g_assert_cmpfloat(icl_evaluation_top_k(evaluation, 1), ==, 0);
    g_assert_cmpfloat(icl_evaluation_accuracy(evaluation), ==, 0);
}

/* A host process may have set a locale with a decimal comma. */
static void decimal_point_in_any_locale(void)
{
    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8") && !setlocale(LC_NUMERIC, "fr_FR.UTF-8")) {
        g_test_skip("no locale with a decimal comma is installed");
        return;
    }
    golden_report(GSIZE_TO_POINTER(0));
    json_figures();
    setlocale(LC_NUMERIC, "C");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        GTestDataFunc run;
    } checks[] = {{"report", golden_report}, {"figures", golden_figures}, {"json", golden_json}};
    g_test_init(&argc, &argv, NULL);
    for (gsize c = 0; c < G_N_ELEMENTS(checks); c++) {
        for (gsize i = 0; i < G_N_ELEMENTS(golden); i++) {
            g_autofree char *path =
                g_strdup_printf("/evaluation/%s/%s", checks[c].name, golden[i].name);
            g_test_add_data_func(path, GSIZE_TO_POINTER(i), checks[c].run);
        }
    }
    static const struct {
        const char *name;
        GTestDataFunc run;
    } label_checks[] = {
        {"report", labels_report}, {"figures", labels_figures}, {"json", labels_json}};
    for (gsize c = 0; c < G_N_ELEMENTS(label_checks); c++) {
        for (gsize i = 0; i < G_N_ELEMENTS(golden_labels); i++) {
            g_autofree char *path = g_strdup_printf("/evaluation/multi-label/%s/%s",
                                                    label_checks[c].name, golden_labels[i].name);
            g_test_add_data_func(path, GSIZE_TO_POINTER(i), label_checks[c].run);
        }
    }
    g_test_add_func("/evaluation/multi-label/text", labels_text);
    g_test_add_func("/evaluation/multi-label/nan", labels_nan);
    g_test_add_func("/evaluation/multi-label/nothing", labels_nothing);
    g_test_add_func("/evaluation/json-figures", json_figures);
    g_test_add_func("/evaluation/confusion-text", confusion_text);
    g_test_add_func("/evaluation/nothing-added", nothing_added);
    g_test_add_func("/evaluation/equal-scores", equal_scores);
    g_test_add_func("/evaluation/zero-score-has-a-finite-loss", zero_score_has_a_finite_loss);
    g_test_add_func("/evaluation/nan-is-never-right", nan_is_never_right);
    g_test_add_func("/evaluation/decimal-point-in-any-locale", decimal_point_in_any_locale);
    return g_test_run();
}
