/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What a learner refuses, and what it chooses where nothing is said. */
#include <glib.h>
#include <string.h>

#include "stream.h"

static void one_class_is_not_enough(void)
{
    GError *error = NULL;
    Stream s;

    stream_open(&s);
    stream_learner(&s);
    stream_train(&s, 5);
    stream_add(&s, 1, 0, PICTURES);
    stream_train(&s, 5);
    g_assert_null(icl_learner_model(s.learner, &error));
    g_assert_nonnull(strstr(error->message, "1 class seen"));
    g_clear_error(&error);
    stream_close(&s);
}

/* A network with three outputs takes three classes, and names those it has not seen. */
static void fixed_outputs_are_a_limit(void)
{
    IclPicture picture;
    IclLearnerState state;
    GError *error = NULL;
    Stream s;

    stream_open(&s);
    s.params.description = "input 8 8 1 ! flatten ! dense 3";
    stream_learner(&s);
    stream_add(&s, 2, 0, PICTURES);
    stream_train(&s, 5);
    g_autoptr(IclModel) model = stream_model(&s);
    g_assert_cmpstr(icl_model_labels(model)[1], ==, "two");
    g_assert_cmpstr(icl_model_labels(model)[2], ==, "(unused 3)");
    stream_add(&s, 3, 0, PICTURES);
    icl_learner_state(s.learner, &state);
    g_assert_true(icl_dataset_picture(s.train, 0, &picture, NULL));
    g_assert_false(icl_learner_add(s.learner, &picture.frame, "four", &error));
    g_assert_error(error, ICL_ERROR, ICL_ERROR_DATA);
    g_assert_nonnull(strstr(error->message, "the network has 3 outputs"));
    g_clear_error(&error);
    IclLearnerState after;
    icl_learner_state(s.learner, &after);
    g_assert_cmpint(after.added, ==, state.added);
    icl_picture_clear(&picture);
    stream_close(&s);
}

static void size_and_channels_come_from_the_first_picture(void)
{
    int height, width, channels;
    Stream s;

    stream_open(&s);
    s.params.description = s.params.augment = NULL;
    stream_learner(&s);
    stream_add(&s, 2, 0, 20);
    stream_train(&s, 1);
    g_autoptr(IclModel) model = stream_model(&s);
    icl_model_input_size(model, &height, &width, &channels);
    g_assert_cmpint(height, ==, 8);
    g_assert_cmpint(width, ==, 8);
    g_assert_cmpint(channels, ==, 1);
    stream_close(&s);
}

static void a_recipe_decides_the_size(void)
{
    int height, width, channels;
    Stream s;

    stream_open(&s);
    s.params.description = NULL;
    s.params.recipe = "resize 16 ! crop 16 ! normalize mean=0.5 std=0.5";
    stream_learner(&s);
    stream_add(&s, 2, 0, 20);
    stream_train(&s, 1);
    g_autoptr(IclModel) model = stream_model(&s);
    icl_model_input_size(model, &height, &width, &channels);
    g_assert_cmpint(height, ==, 16);
    g_assert_cmpstr(icl_model_recipe(model), ==, s.params.recipe);
    stream_close(&s);
}

static const struct {
    const char *name, *message;
    IclLearnerParams params;
} faults[] = {
    {"memory", "memory is 1", {.memory = 1, .batch = 1}},
    {"held-out", "held-out is 1", {.memory = 9, .batch = 1, .held_out = 1}},
    {"batch", "batch is 0", {.memory = 9}},
    {"threads", "threads is 9999", {.memory = 9, .batch = 1, .threads = 9999}},
    {"optimizer", "did you mean", {.memory = 9, .batch = 1, .optimizer = "adamm"}},
    {"augment", "did you mean", {.memory = 9, .batch = 1, .augment = "shft 1"}},
    {"augment-mixed",
     "a learner does not mix pictures",
     {.memory = 9, .batch = 1, .augment = "hflip ! mixup"}},
    {"description", "did you mean", {.memory = 9, .batch = 1, .description = "inptu 8 8 1"}},
    {"open-description",
     "did you mean",
     {.memory = 9, .batch = 1, .description = "input $size $size $channels ! dens 2"}},
    {"recipe", "resize", {.memory = 9, .batch = 1, .recipe = "resize 8"}},
    {"recipe-size",
     "the network takes",
     {.memory = 9, .batch = 1, .description = STREAM_NETWORK, .recipe = "resize 9 ! crop 9"}},
};

static void errors_say_what_would_do(gconstpointer number)
{
    int i = GPOINTER_TO_INT(number);
    GError *error = NULL;

    g_assert_null(icl_learner_new(&faults[i].params, &error));
    g_assert_nonnull(error);
    if (!strstr(error->message, faults[i].message))
        g_error("\"%s\" does not contain \"%s\"", error->message, faults[i].message);
    g_clear_error(&error);
}

static void a_base_excludes_a_network(void)
{
    static const char *const labels[] = {"a", "b", NULL};
    static const struct {
        const char *base, *message;
        IclLearnerParams params;
    } table[] = {
        {STREAM_NETWORK, "leave out the description", {.description = STREAM_NETWORK}},
        {STREAM_NETWORK, "leave out the recipe", {.recipe = "crop 8"}},
        {STREAM_NETWORK, "leave out the augmentation", {.augment = "hflip"}},
        {"input 8 8 1 ! conv2d $classes 1 ! globalpool", "ends in globalpool", {0}},
        {"input 8 8 1 ! flatten ! dense (4*$classes) ! dense $classes",
         "before its last layer",
         {0}},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autoptr(IclModel) base = icl_model_from_description(table[i].base, NULL, labels, 1, NULL);
        IclLearnerParams params = table[i].params;
        g_autoptr(GError) error = NULL;
        params.memory = params.batch = 8;
        params.base = base;
        g_assert_null(icl_learner_new(&params, &error));
        g_assert_nonnull(strstr(error->message, table[i].message));
    }
}

static void labels_are_names(void)
{
    static const char *const bad[] = {"", "\xff\xfe"};
    IclPicture picture;
    Stream s;

    stream_open(&s);
    stream_learner(&s);
    g_assert_true(icl_dataset_picture(s.train, 0, &picture, NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(icl_learner_add(s.learner, &picture.frame, bad[i], &error));
        g_assert_error(error, ICL_ERROR, ICL_ERROR_VALUE);
    }
    for (int i = 0; i <= 1000; i++) {
        g_autofree char *label = g_strdup_printf("%d", i);
        g_autoptr(GError) error = NULL;
        g_assert_cmpint(icl_learner_add(s.learner, &picture.frame, label, &error), ==, i < 1000);
        g_assert_true(i < 1000 || g_error_matches(error, ICL_ERROR, ICL_ERROR_DATA));
    }
    icl_picture_clear(&picture);
    stream_close(&s);
}

static const struct {
    const char *name;
    void (*test)(void);
} tests[] = {
    {"base/excludes-a-network", a_base_excludes_a_network},
    {"one-class", one_class_is_not_enough},
    {"fixed-outputs", fixed_outputs_are_a_limit},
    {"size/first-picture", size_and_channels_come_from_the_first_picture},
    {"size/recipe", a_recipe_decides_the_size},
    {"labels", labels_are_names},
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *name = g_strconcat("/learner/", tests[i].name, NULL);
        g_test_add_func(name, tests[i].test);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autofree char *name = g_strconcat("/learner/error/", faults[i].name, NULL);
        g_test_add_data_func(name, GINT_TO_POINTER((int)i), errors_say_what_would_do);
    }
    return g_test_run();
}
