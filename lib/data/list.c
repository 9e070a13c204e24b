/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A list of pictures as a data set. Ten million of them fit well into memory: a path is kept
 * without its folder, and all in one block. Whether the pictures are there, only reading them says.
 */
#include <stdlib.h>
#include <string.h>

#include "dataset_kind.h"
#include "list_rows.h"

typedef struct ListData {
    char *folder; /* that relative paths start from */
    IclNames *paths;
} ListData;

static const char *const list_suffixes[] = {".csv", ".tsv", ".jsonl", ".ndjson"};

static bool list_probe(const char *path)
{
    for (size_t i = 0; i < G_N_ELEMENTS(list_suffixes); i++)
        if (g_str_has_suffix(path, list_suffixes[i]))
            return true;
    return false;
}

static int compare_labels(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The labels in code-point order. The class of each number that a label had, to be freed. */
static int *dataset_name_classes(IclDataset *dataset, const IclNames *labels)
{
    int n = icl_names_count(labels), *class_of_label = g_new(int, n);

    dataset->labels = g_new0(char *, n + 1);
    for (int i = 0; i < n; i++)
        dataset->labels[i] = g_strdup(icl_names_get(labels, i));
    qsort(dataset->labels, (size_t)n, sizeof *dataset->labels, compare_labels);
    for (int i = 0; i < n; i++) {
        const char *label = icl_names_get(labels, i);
        char **found =
            bsearch(&label, dataset->labels, (size_t)n, sizeof *dataset->labels, compare_labels);
        class_of_label[i] = (int)(found - dataset->labels);
    }
    dataset->classes = n;
    return class_of_label;
}

static int compare_classes(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b; /* both are 0 or more */
}

/* Each picture's classes ascending, and each once. */
static void sets_sort(IclLabelSets *sets, int pictures)
{
    int from = 0, n = 0;

    for (int i = 0; i < pictures; i++) {
        int to = sets->end[i], first = n;
        if (to > from)
            qsort(sets->class + from, (size_t)(to - from), sizeof *sets->class, compare_classes);
        for (; from < to; from++)
            if (n == first || sets->class[n - 1] != sets->class[from])
                sets->class[n++] = sets->class[from];
        sets->end[i] = n;
    }
}

static void list_take_labels(IclDataset *dataset, IclListRows *rows)
{
    g_autofree int *class_of_label = dataset_name_classes(dataset, rows->labels);
    guint n = rows->label->len;
    int *class = (int *)g_array_free(g_steal_pointer(&rows->label), FALSE);

    for (guint i = 0; i < n; i++)
        class[i] = class_of_label[class[i]];
    if (!rows->has_labels) {
        dataset->class_of = class;
        return;
    }
    dataset->sets.class = class;
    dataset->sets.end = (int *)g_array_free(g_steal_pointer(&rows->label_end), FALSE);
    sets_sort(&dataset->sets, dataset->n);
}

static bool list_open(IclDataset *dataset, const char *path, IclPart part, GError **error)
{
    ListData *data = dataset->data = g_new0(ListData, 1);
    g_auto(IclListRows) rows;

    data->folder = g_path_get_dirname(path);
    icl_list_rows_init(&rows);
    if (!icl_list_rows_read(&rows, path, error))
        return false;
    int chosen = icl_part_choose(rows.there, part, path, error);
    if (chosen < 0)
        return false;
    if (rows.there != 1u << chosen)
        icl_list_rows_keep(&rows, (IclPart)chosen);
    data->paths = g_steal_pointer(&rows.paths);
    dataset->n = (int)rows.part->len;
    if (rows.has_group)
        dataset->group = (int *)g_array_free(g_steal_pointer(&rows.group), FALSE);
    if (rows.has_weight)
        dataset->weight = (float *)g_array_free(g_steal_pointer(&rows.weight), FALSE);
    list_take_labels(dataset, &rows);
    return true;
}

static unsigned list_parts(const char *path)
{
    g_auto(IclListRows) rows;

    icl_list_rows_init(&rows);
    return icl_list_rows_read(&rows, path, NULL) ? rows.there : 0;
}

static void list_close(IclDataset *dataset)
{
    ListData *data = dataset->data;

    if (!data)
        return;
    g_free(data->folder);
    icl_names_free(data->paths);
    g_free(data);
}

static char *list_picture_name(const IclDataset *dataset, int index)
{
    const ListData *data = dataset->data;
    const char *path = icl_names_get(data->paths, index);

    if (g_path_is_absolute(path) || g_str_equal(data->folder, "."))
        return g_strdup(path);
    return g_build_filename(data->folder, path, NULL);
}

static bool list_picture(const IclDataset *dataset, int index, IclPicture *picture, GError **error)
{
    g_autofree char *path = list_picture_name(dataset, index);

    return icl_picture_load(path, picture, error);
}

static bool list_encoded(const IclDataset *dataset, int index, uint8_t **bytes, size_t *size,
                         GError **error)
{
    g_autofree char *path = list_picture_name(dataset, index);

    return icl_dataset_read_file(path, bytes, size, error);
}

static void list_digest(const IclDataset *dataset, GChecksum *checksum)
{
    const ListData *data = dataset->data;

    for (int i = 0; i < dataset->n; i++) {
        const char *path = icl_names_get(data->paths, i);
        g_checksum_update(checksum, (const guchar *)path, (gssize)strlen(path) + 1);
    }
}

const IclDatasetKind icl_dataset_list = {
    .name = "list",
    .probe = list_probe,
    .parts = list_parts,
    .open = list_open,
    .close = list_close,
    .picture_name = list_picture_name,
    .picture = list_picture,
    .encoded = list_encoded,
    .digest = list_digest,
};
