/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A host that writes 1,5 for 1.5 (gst-launch-1.0 does, under a German LC_ALL). What libicl reads
 * and writes for files and programs is the same there. A locale with such a comma is made for the
 * test: those of the system need not be installed. */
#include <locale.h>

#include "host.h"

static const char comma_locale[] = "comment_char %\n"
                                   "escape_char /\n"
                                   "LC_NUMERIC\n"
                                   "decimal_point \"<U002C>\"\n"
                                   "thousands_sep \"<U002E>\"\n"
                                   "grouping 3;3\n"
                                   "END LC_NUMERIC\n";

/* Makes the locale in @folder, where setlocale() then finds it. Its status says little: it fails
 * for the categories left out too. */
static void make_comma_locale(const char *folder)
{
    g_autofree char *source = g_build_filename(folder, "source", NULL);
    g_autofree char *locale = g_build_filename(folder, "comma", NULL);
    const char *const command[] = {"localedef", "-c", "-i", source, locale, NULL};

    g_assert_true(g_file_set_contents(source, comma_locale, -1, NULL));
    g_spawn_sync(NULL, (char **)command, NULL,
                 G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                 NULL, NULL, NULL, NULL, NULL, NULL);
    g_setenv("LOCPATH", folder, TRUE);
}

/* The scores' bits. */
static char *print_scores(IclModel *model)
{
    Scores scores;

    host_scores(model, 1, &scores);
    return g_base64_encode((const guchar *)&scores, sizeof scores);
}

static char *print_file(IclModel *model)
{
    g_autofree char *folder = g_dir_make_tmp("icl-embed-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "m.bin", NULL);
    g_autofree char *bytes = NULL;
    gsize size;

    g_assert_true(icl_model_save(model, path, NULL));
    g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    host_remove(folder);
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, size);
}

/* A text with fractions in it, and weights drawn by it. */
static char *print_new_file(IclModel *model)
{
    static const char text[] = "input 8 8 1\n"
                               "conv2d 4 3 ! batchnorm 0.75 epsilon=1.5e-3 ! leaky_relu 0.25\n"
                               "flatten ! dropout 0.3 ! dense $classes\n";
    g_autoptr(GError) error = NULL;
    g_autoptr(IclModel) made =
        icl_model_from_description(text, "text", icl_model_labels(model), 1, &error);

    g_assert_no_error(error);
    return print_file(made);
}

static IclEvaluation *evaluate(IclModel *model)
{
    IclEvaluation *evaluation = icl_evaluation_new(icl_model_labels(model));
    Scores scores;

    host_scores(model, 1, &scores);
    for (int i = 0; i < HOST_PICTURES; i++)
        icl_evaluation_add(evaluation, i, scores.of[i]);
    return evaluation;
}

static char *print_json(IclModel *model)
{
    g_autoptr(IclEvaluation) evaluation = evaluate(model);
    return icl_evaluation_json(evaluation);
}

static char *print_report(IclModel *model)
{
    g_autoptr(IclEvaluation) evaluation = evaluate(model);
    return icl_evaluation_report(evaluation, 4);
}

static char *print_list(IclModel *model) { return icl_list("layers", "batchnorm", NULL); }

static const struct {
    const char *name;
    char *(*print)(IclModel *model);
} rows[] = {
    {"scores", print_scores}, {"model-file", print_file},      {"new-model-file", print_new_file},
    {"json", print_json},     {"scikit-report", print_report}, {"list", print_list},
};

/* With a model read in the present locale. */
static char *print_row(size_t row)
{
    g_autoptr(IclModel) model = host_load();
    return rows[row].print(model);
}

static bool set_comma_locale(void)
{
    return setlocale(LC_ALL, "comma") && strcmp(localeconv()->decimal_point, ",") == 0;
}

static void is_the_same_under_a_comma(gconstpointer data)
{
    size_t row = GPOINTER_TO_SIZE(data);
    g_autofree char *wanted = print_row(row);

    if (set_comma_locale()) {
        g_autofree char *found = print_row(row);
        setlocale(LC_ALL, "C");
        g_assert_cmpstr(found, ==, wanted);
    } else {
        g_test_skip("no decimal comma: localedef cannot make a locale (Debian: package locales)");
    }
}

void add_locale_tests(const char *folder)
{
    make_comma_locale(folder);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/host/locale/", rows[i].name, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), is_the_same_under_a_comma);
    }
}
