/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include <icl/train.h>

IclModel *icl_train(const IclDataset *dataset, const IclTrainParams *params, GError **error)
{
    g_autoptr(IclTrainer) trainer = icl_trainer_new(dataset, params, error);
    IclTrainProgress progress;
    IclTrainEvent event = ICL_TRAIN_FAILED;

    while (trainer && (event = icl_trainer_next(trainer, &progress, error)) > ICL_TRAIN_END)
        ;
    return event == ICL_TRAIN_END ? icl_model_load(icl_trainer_output(trainer), error) : NULL;
}
