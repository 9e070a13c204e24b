/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include <errno.h>
#include <stdio.h>

#include "command.h"
#include "text.h"

enum { FRAMES_QUALITY = 95 };

typedef struct FramesOptions {
    Operands operands;
    int part, limit;
} FramesOptions;

static const Option frames_options[] = {
    OPT_CHOICE(FramesOptions, part, "part", "train|test|validation", "train test validation",
               "which part of DATA; else test where there is one"),
    OPT_INT(FramesOptions, limit, "limit", "N", "0", 0, G_MAXINT, "at most N pictures; 0: all"),
    {0},
};

static bool save_frame(const IclDataset *dataset, int index, const char *path, GError **error)
{
    IclPicture picture;
    if (!icl_dataset_picture(dataset, index, &picture, error))
        return false;
    bool saved = icl_picture_save_jpeg(&picture.frame, FRAMES_QUALITY, path, error);
    icl_picture_clear(&picture);
    return saved;
}

static bool save_frames(const IclDataset *dataset, int n, const char *folder, FILE *table,
                        GError **error)
{
    fputs("name,label\n", table);
    for (int i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf("%05d.jpg", i);
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (!save_frame(dataset, i, path, error))
            return false;
        fprintf(table, "%s,", name);
        print_csv(table, icl_dataset_labels(dataset)[icl_dataset_class(dataset, i)]);
        fputc('\n', table);
    }
    return true;
}

static bool fail_file(const char *path, GError **error)
{
    g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s: cannot be written: %s", path,
                g_strerror(errno));
    return false;
}

static bool run_frames(const void *values, GError **error)
{
    const FramesOptions *o = values;
    const char *data = o->operands.at[0], *folder = o->operands.at[1];
    g_autoptr(IclDataset) dataset = icl_dataset_open(data, part_wanted(data, o->part), error);
    if (!dataset)
        return false;
    if (icl_dataset_is_multi_label(dataset)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_DATA,
                    "%s: is multi-label, and labels.csv has one label a picture", data);
        return false;
    }
    if (g_mkdir_with_parents(folder, 0777) != 0)
        return fail_file(folder, error);
    g_autofree char *path = g_build_filename(folder, "labels.csv", NULL);
    FILE *table = fopen(path, "we");
    if (!table)
        return fail_file(path, error);
    int size = icl_dataset_size(dataset);
    int n = o->limit > 0 ? MIN(o->limit, size) : size;
    bool saved = save_frames(dataset, n, folder, table, error);
    bool written = !ferror(table);
    written &= fclose(table) == 0;
    if (!saved || !written)
        return saved ? fail_file(path, error) : false;
    printf("%d pictures and labels.csv in %s\n", n, folder);
    return true;
}

const Command frames_command = {
    .name = "frames",
    .help = "write the pictures of a data set as numbered JPEG files",
    .operands = "DATA FOLDER [OPTION...]",
    .least = 2,
    .most = 2,
    .options = frames_options,
    .size = sizeof(FramesOptions),
    .details = "Makes 00000.jpg, 00001.jpg, ... and labels.csv (name,label) in FOLDER, to be\n"
               "played as a stream; turned upright, and on black where they are transparent:\n"
               "\n"
               "    icl frames photos /tmp/frames --limit 100\n",
    .run = run_frames,
};
