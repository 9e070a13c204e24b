/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * libicl flushes denormals while it computes. The host's own arithmetic must not notice: neither
 * by the library's loading (gcc's -ffast-math would do that) nor after any call of it. */
#include <fenv.h>
#include <float.h>
#include <glib/gstdio.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "host.h"

/* What the host's arithmetic goes by; on x86 the whole control word, without the flags that any
 * inexact result sets. */
static guint float_mode(void)
{
#if defined(__x86_64__)
    return _mm_getcsr() & ~(guint)_MM_EXCEPT_MASK;
#else
    volatile float least = FLT_MIN;
    return (guint)fegetround() << 1 | (least / 2 == 0);
#endif
}

static void load(void) { g_autoptr(IclModel) model = host_load(); }

static void classify_alone(void)
{
    g_autoptr(IclModel) model = host_load();
    Scores scores;

    host_scores(model, 1, &scores);
}

static void classify_in_a_team(void)
{
    g_autoptr(IclModel) model = host_load();
    Scores scores;

    host_scores(model, 4, &scores);
}

static void fail_to_load(void) { g_assert_null(icl_model_load("no-such-model.bin", NULL)); }

/* @n grey pictures of one class. */
static void write_class(const char *folder, const char *label, guint8 grey, int n)
{
    g_autofree char *class = g_build_filename(folder, label, NULL);
    const IclFrame frame = {
        .format = ICL_PIXEL_GRAY8, .width = 1, .height = 1, .plane = {&grey}, .stride = {1}};

    g_assert_cmpint(g_mkdir(class, 0700), ==, 0);
    for (int i = 0; i < n; i++) {
        g_autofree char *path = g_strdup_printf("%s/%d.jpg", class, i);
        g_assert_true(icl_picture_save_jpeg(&frame, 90, path, NULL));
    }
}

static void train(void)
{
    g_autofree char *folder = g_dir_make_tmp("icl-embed-XXXXXX", NULL);
    g_autofree char *output = g_build_filename(folder, "m.bin", NULL);
    g_autoptr(GError) error = NULL;

    write_class(folder, "dark", 20, 4);
    write_class(folder, "light", 200, 4);
    g_autoptr(IclDataset) dataset = icl_dataset_open(folder, ICL_PART_TRAIN, &error);
    g_assert_no_error(error);
    g_autoptr(IclModel) model =
        icl_train(dataset,
                  &(IclTrainParams){ICL_TRAIN_DEFAULTS,
                                    .description = "input 4 4 1\nflatten ! dense $classes",
                                    .epochs = 1, .threads = 4, .output = output},
                  &error);
    g_assert_no_error(error);
    host_remove(folder);
}

static const struct {
    const char *name;
    void (*use)(void);
} uses[] = {
    {"load", load},
    {"fail-to-load", fail_to_load},
    {"classify-alone", classify_alone},
    {"classify-in-a-team", classify_in_a_team},
    {"train", train},
};

static void set_nothing(void) {}
static void set_upward(void) { fesetround(FE_UPWARD); }

static void set_flush(void)
{
#if defined(__x86_64__)
    _MM_SET_FLUSH_ZERO_MODE(_MM_FLUSH_ZERO_ON);
#endif
}

static const struct {
    const char *name;
    void (*set)(void);
} hosts[] = {{"default", set_nothing}, {"rounding-upward", set_upward}, {"flushing", set_flush}};

static void library_loads_without_a_trace(void)
{
    volatile float least = FLT_MIN;

    g_assert_cmpint(fegetround(), ==, FE_TONEAREST);
    g_assert_cmpfloat(least / 2, >, 0);
}

static void leaves_no_trace(gconstpointer data)
{
    size_t use = GPOINTER_TO_SIZE(data) % G_N_ELEMENTS(uses);
    size_t host = GPOINTER_TO_SIZE(data) / G_N_ELEMENTS(uses);
    fenv_t before;

    fegetenv(&before);
    hosts[host].set();
    guint wanted = float_mode();
    uses[use].use();
    guint found = float_mode();
    fesetenv(&before);
    g_assert_cmphex(found, ==, wanted);
}

void add_float_tests(void)
{
    g_test_add_func("/host/float/default/load-the-library", library_loads_without_a_trace);
    for (size_t i = 0; i < G_N_ELEMENTS(hosts) * G_N_ELEMENTS(uses); i++) {
        g_autofree char *path =
            g_strdup_printf("/host/float/%s/%s", hosts[i / G_N_ELEMENTS(uses)].name,
                            uses[i % G_N_ELEMENTS(uses)].name);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), leaves_no_trace);
    }
}
