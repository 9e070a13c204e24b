/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Data sets of IDX files, named as MNIST's (LeCun, Cortes, Burges) and those that took its place.
 * The labels of both parts are read whichever part is wanted, so that both have the same classes.
 */
#include <string.h>

#include "dataset_kind.h"
#include "idx_array.h"

typedef struct IdxData {
    char *images; /* its file's name without the folder */
    IclIdxArray pixels;
} IdxData;

static const char *const idx_prefixes[] = {[ICL_PART_TRAIN] = "train", [ICL_PART_TEST] = "t10k"};
static const char *const idx_suffixes[] = {"", ".gz"};

/* SHA-256 of the labels of Fashion-MNIST (Xiao, Rasul, Vollgraf, 2017), without their header */
static const char *const fashion_checksums[] = {
    [ICL_PART_TRAIN] = "657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7",
    [ICL_PART_TEST] = "3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9",
};
static const char *const fashion_labels[] = {
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot",
};

/* The path of "PREFIX-WHAT-idxD-ubyte", plain or .gz, or NULL. */
static char *idx_find(const char *folder, IclPart part, const char *what, int dims)
{
    for (size_t i = 0; i < G_N_ELEMENTS(idx_suffixes); i++) {
        g_autofree char *name =
            g_strdup_printf("%s-%s-idx%d-ubyte%s", idx_prefixes[part], what, dims, idx_suffixes[i]);
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
            return g_steal_pointer(&path);
    }
    return NULL;
}

static char *idx_find_images(const char *folder, IclPart part)
{
    char *path = idx_find(folder, part, "images", 3);

    return path ? path : idx_find(folder, part, "images", 4);
}

static bool idx_has(const char *folder, IclPart part)
{
    g_autofree char *images = idx_find_images(folder, part);

    return images != NULL;
}

static bool idx_probe(const char *path)
{
    return idx_has(path, ICL_PART_TRAIN) || idx_has(path, ICL_PART_TEST);
}

static unsigned idx_parts(const char *path)
{
    return (unsigned)idx_has(path, ICL_PART_TRAIN) << ICL_PART_TRAIN |
           (unsigned)idx_has(path, ICL_PART_TEST) << ICL_PART_TEST;
}

/* The labels of one part; an absent one leaves `array` empty. */
static bool idx_read_labels(const char *folder, IclPart part, IclIdxArray *array, GError **error)
{
    g_autofree char *path = idx_find(folder, part, "labels", 1);

    return !path || icl_idx_read(path, 1, array, error);
}

static bool labels_are_fashion(const IclIdxArray labels[2])
{
    for (int part = 0; part < 2; part++) {
        g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, labels[part].bytes,
                                                           labels[part].n_bytes);
        if (labels[part].bytes && g_str_equal(sum, fashion_checksums[part]))
            return true;
    }
    return false;
}

/* The lines of labels.txt without white space around them, or NULL where there is no such file. */
static char **labels_from_file(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "labels.txt", NULL), *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL) || !g_utf8_validate(text, -1, NULL)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s: cannot be read as UTF-8 text", path);
        return NULL;
    }
    lines = g_strsplit(g_strchomp(text), "\n", -1);
    for (int i = 0; lines[i]; i++)
        if (!*g_strstrip(lines[i])) {
            g_set_error(error, ICL_ERROR, ICL_ERROR_DATA,
                        "%s:%d: is empty; a line names a class, the first one class 0", path,
                        i + 1);
            return NULL;
        }
    return g_steal_pointer(&lines);
}

static char **labels_digits(int classes)
{
    char **labels = g_new0(char *, (gsize)classes + 1);

    for (int i = 0; i < classes; i++)
        labels[i] = g_strdup_printf("%d", i);
    return labels;
}

/* Names the classes of both parts together, so that train and test agree. */
static bool idx_name_classes(IclDataset *dataset, const char *folder, const IclIdxArray labels[2],
                             GError **error)
{
    GError *failure = NULL;
    int most = 0, names;

    for (int part = 0; part < 2; part++)
        for (size_t i = 0; i < labels[part].n_bytes; i++)
            most = MAX(most, labels[part].bytes[i]);
    dataset->labels = labels_from_file(folder, &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return false;
    }
    if (!dataset->labels && labels_are_fashion(labels)) {
        dataset->labels = g_new0(char *, G_N_ELEMENTS(fashion_labels) + 1);
        for (size_t i = 0; i < G_N_ELEMENTS(fashion_labels); i++)
            dataset->labels[i] = g_strdup(fashion_labels[i]);
    }
    if (!dataset->labels)
        dataset->labels = labels_digits(most + 1);
    names = (int)g_strv_length(dataset->labels);
    if (names <= most) {
        g_set_error(
            error, ICL_ERROR, ICL_ERROR_DATA,
            "%s: labels.txt names %d classes, but there are pictures of class %d; it needs %d "
            "lines",
            folder, names, most, most + 1);
        return false;
    }
    dataset->classes = names;
    return true;
}

static bool idx_take_labels(IclDataset *dataset, const char *folder, const IclIdxArray *labels,
                            IclPart part, GError **error)
{
    const IdxData *data = dataset->data;

    if (!labels->bytes) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FILE,
                    "%s: has %s but not %s-labels-idx1-ubyte, plain or .gz, beside it", folder,
                    data->images, idx_prefixes[part]);
        return false;
    }
    if (labels->size[0] != data->pixels.size[0]) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_DATA,
                    "%s: %s has %d pictures, but its labels file has %d labels", folder,
                    data->images, data->pixels.size[0], labels->size[0]);
        return false;
    }
    dataset->n = labels->size[0];
    dataset->class_of = g_new(int, dataset->n);
    for (int i = 0; i < dataset->n; i++)
        dataset->class_of[i] = labels->bytes[i];
    return true;
}

static bool idx_open_part(IclDataset *dataset, const char *path, IclPart part,
                          IclIdxArray labels[2], GError **error)
{
    g_autofree char *images = idx_find_images(path, part);
    IdxData *data = dataset->data = g_new0(IdxData, 1);

    data->images = g_path_get_basename(images);
    return idx_read_labels(path, ICL_PART_TRAIN, &labels[ICL_PART_TRAIN], error) &&
           idx_read_labels(path, ICL_PART_TEST, &labels[ICL_PART_TEST], error) &&
           icl_idx_read(images, strstr(data->images, "idx4") ? 4 : 3, &data->pixels, error) &&
           idx_take_labels(dataset, path, &labels[part], part, error) &&
           idx_name_classes(dataset, path, labels, error);
}

static bool idx_open(IclDataset *dataset, const char *path, IclPart part, GError **error)
{
    IclIdxArray labels[2] = {0};
    int chosen = icl_part_choose(idx_parts(path), part, path, error);
    bool ok = chosen >= 0 && idx_open_part(dataset, path, (IclPart)chosen, labels, error);

    g_free(labels[ICL_PART_TRAIN].bytes);
    g_free(labels[ICL_PART_TEST].bytes);
    return ok;
}

static void idx_close(IclDataset *dataset)
{
    IdxData *data = dataset->data;

    if (!data)
        return;
    g_free(data->images);
    g_free(data->pixels.bytes);
    g_free(data);
}

static char *idx_picture_name(const IclDataset *dataset, int index)
{
    const IdxData *data = dataset->data;

    return g_strdup_printf("%s[%d]", data->images, index);
}

static bool idx_picture(const IclDataset *dataset, int index, IclPicture *picture, GError **error)
{
    const IclIdxArray *pixels = &((const IdxData *)dataset->data)->pixels;
    int h = pixels->size[1], w = pixels->size[2], c = pixels->dims == 4 ? pixels->size[3] : 1;
    size_t bytes = (size_t)h * w * c;

    *picture = (IclPicture){
        .frame = {.format = c == 1 ? ICL_PIXEL_GRAY8 : ICL_PIXEL_RGB,
                  .range = ICL_RANGE_FULL,
                  .width = w,
                  .height = h,
                  .stride = {w * c}},
        .pixels = g_memdup2(pixels->bytes + index * bytes, bytes),
    };
    picture->frame.plane[0] = picture->pixels;
    return true;
}

static void idx_digest(const IclDataset *dataset, GChecksum *checksum)
{
    const IclIdxArray *pixels = &((const IdxData *)dataset->data)->pixels;

    for (int d = 0; d < pixels->dims; d++)
        icl_digest_number(checksum, pixels->size[d]);
    for (size_t at = 0; at < pixels->n_bytes; at += G_MAXINT32) /* GLib's length is signed */
        g_checksum_update(checksum, pixels->bytes + at, MIN(pixels->n_bytes - at, G_MAXINT32));
}

const IclDatasetKind icl_dataset_idx = {
    .name = "idx",
    .decoded = true,
    .probe = idx_probe,
    .parts = idx_parts,
    .open = idx_open,
    .close = idx_close,
    .picture_name = idx_picture_name,
    .picture = idx_picture,
    .digest = idx_digest,
};
