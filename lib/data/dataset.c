/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * What all kinds of data sets have in common. The folder is the last kind: it takes every path, and
 * says what is wrong with it. */
#include "dataset_kind.h"

static const IclDatasetKind *const dataset_kinds[] = {
    &icl_dataset_record, &icl_dataset_list,   &icl_dataset_cifar,
    &icl_dataset_idx,    &icl_dataset_folder,
};

const char *const icl_part_names[] = {[ICL_PART_TRAIN] = "train",
                                      [ICL_PART_TEST] = "test",
                                      [ICL_PART_VALIDATION] = "validation",
                                      [ICL_PARTS] = NULL};

static const IclDatasetKind *dataset_kind(const char *path)
{
    size_t i = 0;

    while (i + 1 < G_N_ELEMENTS(dataset_kinds) && !dataset_kinds[i]->probe(path))
        i++;
    return dataset_kinds[i];
}

static bool dataset_check(const IclDataset *dataset, const char *path, GError **error)
{
    if (dataset->classes < (icl_dataset_is_multi_label(dataset) ? 1 : 2)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_DATA,
                    dataset->classes ? "%s: has only the class \"%s\"; a classifier needs two or "
                                       "more"
                                     : "%s: no picture has a label%s",
                    path, dataset->classes ? dataset->labels[0] : "");
        return false;
    }
    if (dataset->n == 0) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_DATA,
                    "%s: has %d classes but no pictures; .jpg, .jpeg and .png files count", path,
                    dataset->classes);
        return false;
    }
    return true;
}

IclDataset *icl_dataset_open(const char *path, IclPart part, GError **error)
{
    g_autoptr(IclDataset) dataset = g_new0(IclDataset, 1);

    dataset->kind = dataset_kind(path);
    if (!dataset->kind->open(dataset, path, part, error) || !dataset_check(dataset, path, error))
        return NULL;
    return g_steal_pointer(&dataset);
}

void icl_dataset_free(IclDataset *dataset)
{
    if (!dataset)
        return;
    dataset->kind->close(dataset);
    g_strfreev(dataset->labels);
    g_free(dataset->class_of);
    g_free(dataset->sets.class);
    g_free(dataset->sets.end);
    g_free(dataset->weight);
    g_free(dataset->group);
    g_free(dataset);
}

int icl_part_choose(unsigned there, IclPart part, const char *path, GError **error)
{
    const unsigned both = 1u << ICL_PART_TRAIN | 1u << ICL_PART_VALIDATION;
    int only = g_bit_nth_lsf(there, -1);

    if (there & 1u << part)
        return (int)part;
    if (part == ICL_PART_TEST && (there & both) == both)
        return ICL_PART_VALIDATION;
    if (part != ICL_PART_VALIDATION && only >= 0 && there == 1u << only)
        return only;
    g_set_error(error, ICL_ERROR, ICL_ERROR_DATA, "%s: has no %s part of its own%s", path,
                icl_part_names[part],
                part == ICL_PART_VALIDATION ? "; hold out a share of the training part instead"
                                            : "");
    return -1;
}

bool icl_dataset_has_part(const char *path, IclPart part)
{
    return dataset_kind(path)->parts(path) & 1u << part;
}

bool icl_dataset_has_test(const char *path)
{
    unsigned there = dataset_kind(path)->parts(path);

    return there & 1u << ICL_PART_TRAIN &&
           there & (1u << ICL_PART_TEST | 1u << ICL_PART_VALIDATION);
}

int icl_dataset_size(const IclDataset *dataset) { return dataset->n; }

int icl_dataset_classes(const IclDataset *dataset) { return dataset->classes; }

const char *const *icl_dataset_labels(const IclDataset *dataset)
{
    return (const char *const *)dataset->labels;
}

int icl_dataset_class(const IclDataset *dataset, int index)
{
    g_assert(index >= 0 && index < dataset->n);
    return dataset->class_of ? dataset->class_of[index] : -1;
}

bool icl_dataset_is_multi_label(const IclDataset *dataset) { return dataset->sets.end; }

const int *icl_dataset_classes_of(const IclDataset *dataset, int index, int *n)
{
    const IclLabelSets *sets = &dataset->sets;

    g_assert(index >= 0 && index < dataset->n);
    if (!icl_dataset_is_multi_label(dataset)) {
        *n = 1;
        return &dataset->class_of[index];
    }
    int first = index ? sets->end[index - 1] : 0;
    *n = sets->end[index] - first;
    return sets->class + first;
}

char *icl_dataset_labels_text(const IclDataset *dataset, int index)
{
    g_autoptr(GString) text = g_string_new(NULL);
    int n;
    const int *class = icl_dataset_classes_of(dataset, index, &n);

    for (int i = 0; i < n; i++)
        g_string_append_printf(text, "%s%s", i ? "|" : "", dataset->labels[class[i]]);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

const float *icl_dataset_weights(const IclDataset *dataset) { return dataset->weight; }

const int *icl_dataset_groups(const IclDataset *dataset) { return dataset->group; }

char *icl_dataset_name(const IclDataset *dataset, int index)
{
    g_assert(index >= 0 && index < dataset->n);
    return dataset->kind->picture_name(dataset, index);
}

bool icl_dataset_picture(const IclDataset *dataset, int index, IclPicture *picture, GError **error)
{
    g_assert(index >= 0 && index < dataset->n);
    return dataset->kind->picture(dataset, index, picture, error);
}

bool icl_dataset_read_file(const char *path, uint8_t **bytes, size_t *size, GError **error)
{
    GError *failure = NULL;
    gsize length;

    if (!g_file_get_contents(path, (char **)bytes, &length, &failure)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s", failure->message); /* names the path */
        g_error_free(failure);
        return false;
    }
    *size = length;
    return true;
}

void icl_digest_number(GChecksum *checksum, uint64_t number)
{
    uint64_t bytes = GUINT64_TO_LE(number);

    g_checksum_update(checksum, (const guchar *)&bytes, sizeof bytes);
}

/* Of a multi-label set with their number, so that those of one picture are not another's. */
static void digest_classes(GChecksum *checksum, const IclDataset *dataset, int index)
{
    int n;
    const int *class = icl_dataset_classes_of(dataset, index, &n);

    if (icl_dataset_is_multi_label(dataset))
        icl_digest_number(checksum, (uint64_t)n);
    for (int i = 0; i < n; i++)
        icl_digest_number(checksum, (uint64_t) class[i]);
}

char *icl_dataset_fingerprint(const IclDataset *dataset)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);

    icl_digest_number(checksum, dataset->n);
    for (int c = 0; c < dataset->classes; c++) /* with the NUL, so that "a" "bc" is not "ab" "c" */
        g_checksum_update(checksum, (const guchar *)dataset->labels[c],
                          strlen(dataset->labels[c]) + 1);
    for (int i = 0; i < dataset->n; i++)
        digest_classes(checksum, dataset, i);
    if (dataset->weight)
        g_checksum_update(checksum, (const guchar *)dataset->weight,
                          (gssize)(dataset->n * sizeof *dataset->weight));
    dataset->kind->digest(dataset, checksum);
    return g_strndup(g_checksum_get_string(checksum), 16);
}
