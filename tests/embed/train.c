/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Trains on a folder of pictures with a loop, an augmentation and a callback of its own:
 *
 *     train DATA MODEL EPOCHS
 *
 * The augmentation fades pictures; the callback ends the training where it is good enough. */
#include <icl/icl.h>
#include <stdio.h>
#include <stdlib.h>

/* Towards grey, by up to half. All that is random comes from the key. */
static void fade(void *user, guint64 key, int height, int width, int channels, float *pixels)
{
    const double *most = (const double *)user;
    double strength = *most * (double)(key >> 11) / 9007199254740992.0; /* 2^53 */

    for (int i = 0; i < height * width * channels; i++)
        pixels[i] += (float)strength * (127.5f - pixels[i]);
}

static bool good_enough(void *user, IclTrainer *trainer, const IclTrainProgress *progress,
                        GError **error)
{
    if (progress->val_accuracy > 0.99)
        icl_trainer_stop(trainer, "%.4f is good enough", progress->val_accuracy);
    return true;
}

static bool run(char **argv, GError **error)
{
    double fading = 0.5;
    IclTrainHooks hooks = {.epoch = good_enough, .augment = fade, .user = &fading};
    IclTrainParams params = {ICL_TRAIN_DEFAULTS,
                             .augment = "shift 0.05",
                             .optimizer = "adamw lr=4e-3 global_clipnorm=1",
                             .callbacks = "early_stopping patience=3 ! nan_guard",
                             .epochs = atoi(argv[3]),
                             .output = argv[2],
                             .hooks = &hooks};
    g_autoptr(IclDataset) data = icl_dataset_open(argv[1], ICL_PART_TRAIN, error);
    g_autoptr(IclTrainer) trainer = data ? icl_trainer_new(data, &params, error) : NULL;
    IclTrainEvent event = ICL_TRAIN_FAILED;
    IclTrainProgress progress;

    while (trainer && (event = icl_trainer_next(trainer, &progress, error)) > ICL_TRAIN_END)
        if (event == ICL_TRAIN_EPOCH)
            printf("epoch %d: loss %.4f, val_accuracy %.4f\n", progress.epoch + 1, progress.loss,
                   progress.val_accuracy);
    return event == ICL_TRAIN_END;
}

int main(int argc, char **argv)
{
    GError *error = NULL;

    if (argc != 4) {
        fprintf(stderr, "usage: %s DATA MODEL EPOCHS\n", argv[0]);
        return 2;
    }
    if (run(argv, &error))
        return 0;
    fprintf(stderr, "%s\n", error->message);
    g_error_free(error);
    return 1;
}
