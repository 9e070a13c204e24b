/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include <icl/train.h>

#include <glib/gstdio.h>

#include "checkpoint.h"

static bool check_output(const IclTrainParams *params, GError **error)
{
    g_autofree char *folder = params->output ? g_path_get_dirname(params->output) : NULL;

    if (!params->output || !*params->output || g_file_test(params->output, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "the output \"%s\" is not a file name; give one such as m.bin",
                    params->output ? params->output : "");
        return false;
    }
    if (g_access(folder, W_OK)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FILE,
                    "%s: its folder %s does not exist or cannot be written to; nothing was trained",
                    params->output, folder);
        return false;
    }
    return true;
}

IclModel *icl_train(const IclDataset *dataset, const IclTrainParams *params, GError **error)
{
    if (!check_output(params, error))
        return NULL;
    g_autoptr(IclTrainer) trainer = icl_trainer_new(dataset, params, error);
    if (!trainer || (params->resume && !icl_checkpoint_load(trainer, params->resume, error)) ||
        !icl_trainer_run(trainer, error))
        return NULL;
    IclModel *model = icl_model_load(params->output, error);
    g_autofree char *last = icl_checkpoint_path(trainer);
    if (model)
        g_unlink(last);
    return model;
}
