/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Callbacks by themselves, held to Keras' decisions; the files they write; patterns of names. */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "callback.h"
#include "events.h"
#include "figure.h"
#include "golden_callbacks.h"

/* As much of a trainer as a callback sees. */
static void bare_trainer(IclTrainer *trainer, const char *text)
{
    GError *error = NULL;

    *trainer = (IclTrainer){.rate_scale = 1};
    trainer->options.n_validation = trainer->options.params.batch = 1;
    trainer->options.callbacks = icl_instances_parse(&icl_callback_family, text, "row", &error);
    g_assert_no_error(error);
    trainer->options.optimizer_instance =
        icl_instance_parse(&icl_optimizer_family, "sgd lr=0.5", "row", NULL);
    trainer->options.schedule_instance =
        icl_instance_parse(&icl_schedule_family, "constant", "row", NULL);
    trainer->callback_state = g_new0(double, icl_callbacks_state(trainer->options.callbacks));
    trainer->history = g_array_new(FALSE, TRUE, sizeof(IclTrainProgress));
    trainer->recalls = g_array_new(FALSE, FALSE, sizeof(float));
    icl_callbacks_begin(trainer->options.callbacks, trainer->callback_state);
}

static void bare_trainer_clear(IclTrainer *trainer)
{
    icl_instance_free(trainer->options.optimizer_instance);
    icl_instance_free(trainer->options.schedule_instance);
    g_ptr_array_unref(trainer->options.callbacks);
    g_array_unref(trainer->history);
    g_array_unref(trainer->recalls);
    icl_dataset_free((IclDataset *)trainer->dataset);
    g_free(trainer->callback_state);
    g_free(trainer->why_stop);
}

static bool bare_epoch(IclTrainer *trainer, int epoch, double val_loss, double val_accuracy,
                       GError **error)
{
    IclTrainProgress progress = {.epoch = epoch,
                                 .loss = 2 * val_loss,
                                 .accuracy = val_accuracy / 2,
                                 .top5 = NAN,
                                 .val_loss = val_loss,
                                 .val_accuracy = val_accuracy,
                                 .val_top5 = 1,
                                 .learning_rate = 0.5 * trainer->rate_scale};

    if (trainer->dataset) {
        static const double recall[] = {0.25, NAN, 1};
        progress.val_recall = recall;
        for (int c = 0; c < 3; c++)
            g_array_append_val(trainer->recalls,
                               ((float[]){(float)recall[c] / (float)(epoch + 1)}));
    }
    g_array_append_val(trainer->history, progress);
    return icl_callbacks_epoch(trainer, &progress, error);
}

static void decides_as_keras(gconstpointer data)
{
    int row = GPOINTER_TO_INT(data), epoch = 0;
    IclTrainer trainer;

    bare_trainer(&trainer, decisions[row].text);
    for (; epoch < EPOCHS && !trainer.stop; epoch++) {
        double figure = decisions[row].figures[epoch];
        g_assert_true(bare_epoch(&trainer, epoch, figure, figure, NULL));
        g_assert_cmpfloat_with_epsilon(0.5 * trainer.rate_scale, decisions[row].rates[epoch],
                                       1e-6 * decisions[row].rates[epoch]);
    }
    g_assert_cmpint(trainer.stop ? epoch - 1 : -1, ==, decisions[row].stopped);
    bare_trainer_clear(&trainer);
}

/* What a callback remembers lies in its doubles alone: taken over in the middle, it goes on. */
static void state_is_all_there_is(gconstpointer data)
{
    int row = GPOINTER_TO_INT(data), n;
    IclTrainer first, second;

    bare_trainer(&first, decisions[row].text);
    bare_trainer(&second, decisions[row].text);
    n = icl_callbacks_state(first.options.callbacks);
    for (int epoch = 0; epoch < EPOCHS && !first.stop; epoch++) {
        double figure = decisions[row].figures[epoch];
        memcpy(second.callback_state, first.callback_state, (gsize)n * sizeof(double));
        second.rate_scale = first.rate_scale;
        g_assert_true(bare_epoch(&first, epoch, figure, figure, NULL));
        g_assert_true(bare_epoch(&second, epoch, figure, figure, NULL));
        g_assert_cmpfloat(first.rate_scale, ==, second.rate_scale);
        g_assert_cmpint(first.stop, ==, second.stop);
    }
    bare_trainer_clear(&first);
    bare_trainer_clear(&second);
}

static const struct {
    const char *name, *text, *message;
} refused[] = {
    {"unknown", "early_stoping", "early_stopping"},
    {"parameter", "early_stopping patiense=3", "patience"},
    {"monitor", "early_stopping val_los", "val_loss"},
    {"patience", "early_stopping patience=-1", "patience"},
    {"baseline", "early_stopping baseline=[1 2]", "baseline"},
    {"factor", "reduce_on_plateau factor=1", "factor"},
    {"min-lr", "reduce_on_plateau min_lr=-1", "min_lr"},
    {"file", "checkpoint", "file"},
    {"field", "checkpoint \"m-{epok}.bin\"", "{epok}"},
    {"brace", "checkpoint \"m-{epoch.bin\"", "{epoch.bin"},
    {"format", "checkpoint \"m-{loss:x}.bin\"", "{loss:x}"},
    {"csv", "csv", "file"},
    {"empty", "checkpoint \"\"", "file is \"\""},
    {"empty-curves", "curves \"\"", "file is \"\""},
    {"separator", "csv f separator=dot", "separator"},
    {"swa", "swa start=30", "start"},
    {"seconds", "time_limit", "seconds"},
    {"seconds-range", "time_limit -1", "seconds"},
    {"folder", "tensorboard", "folder"},
    {"nan", "nan_guard 1", "nan_guard"},
};

static void refuses(gconstpointer data)
{
    int row = GPOINTER_TO_INT(data);
    IclTrainOptions options = {.n_validation = 1};
    GError *error = NULL;
    g_autoptr(GPtrArray) callbacks =
        icl_instances_parse(&icl_callback_family, refused[row].text, "--callbacks", &error);

    if (callbacks) {
        options.schedule_instance =
            icl_instance_parse(&icl_schedule_family, "constant", "row", NULL);
        g_assert_false(icl_callbacks_check(callbacks, &options, &error));
        icl_instance_free(options.schedule_instance);
    }
    g_assert_nonnull(error);
    if (!strstr(error->message, refused[row].message))
        g_error("\"%s\" does not contain \"%s\"", error->message, refused[row].message);
    g_error_free(error);
}

static void prints_what_changes_the_weights(void)
{
    g_autoptr(GPtrArray) callbacks =
        icl_instances_parse(&icl_callback_family,
                            "csv \"h.csv\" ! early_stopping patience=5 ! tensorboard t ! "
                            "reduce_on_plateau factor=0.5 ! "
                            "checkpoint \"m.bin\" ! nan_guard ! time_limit 60",
                            "row", NULL);
    g_autofree char *text = icl_callbacks_print(callbacks, callbacks->len, false);

    g_assert_cmpstr(text, ==,
                    "early_stopping patience=5 ! reduce_on_plateau factor=0.5 ! nan_guard ! "
                    "time_limit 60");
}

static const struct {
    const char *pattern, *name;
} patterns[] = {
    {"m.bin", "m.bin"},
    {"m-{epoch}.bin", "m-8.bin"},
    {"m-{epoch:02d}-{val_loss:.2f}.bin", "m-08-0.12.bin"},
    {"{val_accuracy:8.3f}|{learning_rate:.6f}", "   0.875|0.000500"},
    {"{loss}", "1.5000"},
    {"{{loss}}/{epoch}}}{{", "{loss}/8}{"},
};

static void pattern_rows(void)
{
    IclTrainProgress progress = {
        .epoch = 7, .loss = 1.5, .val_loss = 0.125, .val_accuracy = 0.875, .learning_rate = 0.0005};

    for (gsize i = 0; i < G_N_ELEMENTS(patterns); i++) {
        g_autofree char *name = icl_figure_pattern(patterns[i].pattern, &progress, NULL);
        g_assert_cmpstr(name, ==, patterns[i].name);
    }
}

static void csv_has_every_epoch(void)
{
    g_autofree char *folder = g_dir_make_tmp("icl-csv-XXXXXX", NULL), *text = NULL;
    g_autofree char *path = g_build_filename(folder, "h.csv", NULL);
    g_autofree char *step = g_strdup_printf("csv \"%s\" separator=semicolon", path);
    IclTrainer trainer;

    bare_trainer(&trainer, step);
    g_assert_true(bare_epoch(&trainer, 0, 0.5, 0.25, NULL));
    g_assert_true(bare_epoch(&trainer, 1, 0.25, 0.5, NULL));
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==,
                    "epoch;loss;accuracy;top5;val_loss;val_accuracy;val_top5;learning_rate\n"
                    "1;1;0.125;NA;0.5;0.25;1;0.5\n2;0.5;0.25;NA;0.25;0.5;1;0.5\n");
    bare_trainer_clear(&trainer);
    g_unlink(path);
    g_rmdir(folder);
}

/* Three classes, whose labels a comma and quotes are in. */
static void give_classes(IclTrainer *trainer, const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "list.csv", NULL);
    GError *error = NULL;

    g_assert_true(g_file_set_contents(
        path, "path,label\na.png,cat\nb.png,\"dog, old\"\nc.png,\"the 12\"\" disc\"\n", -1, NULL));
    trainer->dataset = icl_dataset_open(path, ICL_PART_TRAIN, &error);
    g_assert_no_error(error);
    g_unlink(path);
}

static void csv_has_classes(void)
{
    g_autofree char *folder = g_dir_make_tmp("icl-csv-XXXXXX", NULL), *text = NULL;
    g_autofree char *path = g_build_filename(folder, "h.csv", NULL);
    g_autofree char *step = g_strdup_printf("csv \"%s\" classes=yes", path);
    IclTrainer trainer;

    bare_trainer(&trainer, step);
    give_classes(&trainer, folder);
    g_assert_true(bare_epoch(&trainer, 0, 0.5, 0.25, NULL));
    g_assert_true(bare_epoch(&trainer, 1, 0.5, 0.25, NULL));
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==,
                    "epoch,loss,accuracy,top5,val_loss,val_accuracy,val_top5,learning_rate,"
                    "val_recall/cat,\"val_recall/dog, old\",\"val_recall/the 12\"\" disc\"\n"
                    "1,1,0.125,NA,0.5,0.25,1,0.5,0.25,NA,1\n"
                    "2,1,0.125,NA,0.5,0.25,1,0.5,0.125,NA,0.5\n");
    bare_trainer_clear(&trainer);
    g_unlink(path);
    g_rmdir(folder);
}

static void remove_events(const char *folder)
{
    static const char *const parts[] = {"train", "validation"};

    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *part = g_build_filename(folder, parts[i], NULL);
        g_autofree char *file = g_build_filename(part, "events.out.tfevents.icl", NULL);
        g_unlink(file);
        g_rmdir(part);
    }
    g_rmdir(folder);
}

/* Where there is a curve for each class: of few, or where it is said. */
static void tensorboard_has_classes(void)
{
    static const struct {
        const char *classes;
        bool has;
    } rows[] = {{"", true}, {" classes=yes", true}, {" classes=no", false}};

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *folder = g_dir_make_tmp("icl-board-XXXXXX", NULL), *data = NULL;
        g_autofree char *step = g_strdup_printf("tensorboard \"%s\"%s", folder, rows[i].classes);
        g_autofree char *path =
            g_build_filename(folder, "validation", "events.out.tfevents.icl", NULL);
        IclTrainer trainer;
        gsize size;
        bare_trainer(&trainer, step);
        give_classes(&trainer, folder);
        g_assert_true(bare_epoch(&trainer, 0, 0.5, 0.25, NULL));
        g_assert_true(g_file_get_contents(path, &data, &size, NULL));
        g_assert_cmpint(memmem(data, size, "epoch_recall/cat", 16) != NULL, ==, rows[i].has);
        g_assert_null(memmem(data, size, "epoch_recall/dog", 16)); /* it has no pictures */
        g_assert_nonnull(memmem(data, size, "epoch_accuracy", 14));
        bare_trainer_clear(&trainer);
        remove_events(folder);
    }
}

static void files_that_cannot_be_written_are_named(void)
{
    static const char *const rows[] = {"csv \"/no/such/h.csv\"", "tensorboard \"/dev/null/t\""};

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        GError *error = NULL;
        IclTrainer trainer;
        bare_trainer(&trainer, rows[i]);
        g_assert_false(bare_epoch(&trainer, 0, 1, 1, &error));
        g_assert_error(error, ICL_ERROR, ICL_ERROR_FILE);
        g_assert_nonnull(strstr(error->message, i ? "/dev/null/t" : "/no/such"));
        g_error_free(error);
        bare_trainer_clear(&trainer);
    }
}

static void time_limit_counts_seconds(void)
{
    IclTrainProgress progress = {.seconds = 0.75};
    IclTrainer trainer;

    bare_trainer(&trainer, "time_limit 2");
    for (int step = 0; step < 3; step++) {
        g_assert_cmpint(trainer.stop, ==, 0);
        g_assert_true(icl_callbacks_step(&trainer, &progress, NULL));
    }
    g_assert_true(trainer.stop);
    bare_trainer_clear(&trainer);
}

static void nan_guard_stops(void)
{
    static const double losses[] = {1, NAN, INFINITY};

    for (gsize i = 0; i < G_N_ELEMENTS(losses); i++) {
        IclTrainProgress progress = {.loss = losses[i]};
        IclTrainer trainer;
        bare_trainer(&trainer, "nan_guard");
        g_assert_true(icl_callbacks_step(&trainer, &progress, NULL));
        g_assert_cmpint(trainer.stop, ==, i > 0);
        bare_trainer_clear(&trainer);
    }
}

/* RFC 3720, B.4. */
static void crc32c_is_the_published_one(void)
{
    uint8_t zeros[32] = {0}, rising[32];

    for (int i = 0; i < 32; i++)
        rising[i] = (uint8_t)i;
    g_assert_cmphex(icl_crc32c(zeros, 32), ==, 0x8a9136aa);
    g_assert_cmphex(icl_crc32c(rising, 32), ==, 0x46dd794e);
    g_assert_cmphex(icl_crc32c("123456789", 9), ==, 0xe3069283);
}

static gsize file_size(const char *path)
{
    g_autofree char *data = NULL;
    gsize size = 0;

    g_assert_true(g_file_get_contents(path, &data, &size, NULL));
    return size;
}

static void write_events(const char *folder, int from, int to)
{
    for (int step = from; step < to; step++) {
        IclEvents *events = icl_events_open(folder, step, NULL);
        g_assert_nonnull(events);
        g_assert_true(icl_events_scalar(events, step, "epoch_loss", 0.5 / (step + 1), NULL));
        g_assert_true(icl_events_scalar(events, step, "epoch_accuracy", 0.25, NULL));
        g_assert_true(icl_events_close(events, NULL));
    }
}

/* A resumed training writes its epochs again: they stand in the file once. */
static void events_are_cut_where_they_begin_again(void)
{
    g_autofree char *folder = g_dir_make_tmp("icl-events-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "events.out.tfevents.icl", NULL);

    write_events(folder, 0, 200);
    gsize whole = file_size(path);
    write_events(folder, 130, 200);
    g_assert_cmpuint(file_size(path), ==, whole);
    g_assert_cmpint(truncate(path, (off_t)whole - 5), ==, 0); /* a write that was cut short */
    write_events(folder, 199, 200);
    g_assert_cmpuint(file_size(path), ==, whole);
    write_events(folder, 0, 1);
    g_assert_cmpuint(file_size(path), <, whole / 100);
    g_unlink(path);
    g_rmdir(folder);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(decisions); i++) {
        g_autofree char *name =
            g_strdup_printf("/callbacks/keras/%02d %s", (int)i, decisions[i].text);
        g_autofree char *state = g_strdup_printf("/callbacks/state/%02d", (int)i);
        g_test_add_data_func(name, GINT_TO_POINTER((int)i), decides_as_keras);
        g_test_add_data_func(state, GINT_TO_POINTER((int)i), state_is_all_there_is);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *name = g_strconcat("/callbacks/refuses/", refused[i].name, NULL);
        g_test_add_data_func(name, GINT_TO_POINTER((int)i), refuses);
    }
    g_test_add_func("/callbacks/prints-what-changes-the-weights", prints_what_changes_the_weights);
    g_test_add_func("/callbacks/patterns", pattern_rows);
    g_test_add_func("/callbacks/csv/epochs", csv_has_every_epoch);
    g_test_add_func("/callbacks/csv/classes", csv_has_classes);
    g_test_add_func("/callbacks/tensorboard/classes", tensorboard_has_classes);
    g_test_add_func("/callbacks/unwritable", files_that_cannot_be_written_are_named);
    g_test_add_func("/callbacks/time-limit", time_limit_counts_seconds);
    g_test_add_func("/callbacks/nan-guard", nan_guard_stops);
    g_test_add_func("/events/crc32c", crc32c_is_the_published_one);
    g_test_add_func("/events/cut", events_are_cut_where_they_begin_again);
    return g_test_run();
}
