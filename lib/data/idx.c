/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * IDX, the format of MNIST (LeCun, Cortes, Burges): two zero bytes, a type, the number of
 * dimensions, each dimension as a big-endian 32-bit number, then the entries. zlib's gzread() reads
 * a plain file as it is, so .gz costs nothing here. No header is believed before its data is read.
 */
#include <string.h>
#include <zlib.h>

#include "dataset_kind.h"

enum {
    IDX_U8 = 0x08,
    IDX_DIMS_MAX = 4,
    IDX_SIDE_MAX = 1 << 15,
    IDX_CHUNK = 1 << 20, /* bytes read at a time */
};

typedef struct IdxArray {
    int dims, size[IDX_DIMS_MAX];
    uint8_t *bytes;
    size_t n_bytes;
} IdxArray;

typedef struct IdxData {
    char *images; /* its file's name without the folder */
    IdxArray pixels;
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

static bool idx_has_test(const char *path)
{
    return idx_has(path, ICL_PART_TRAIN) && idx_has(path, ICL_PART_TEST);
}

/* Reads `n` bytes, or says why not. */
static bool idx_read_bytes(gzFile file, const char *path, void *bytes, size_t n, GError **error)
{
    int got = gzread(file, bytes, (unsigned)n);

    if (got == (int)n)
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT, "%s: %s; fetch the file again", path,
                got < 0 ? "its compressed data is damaged or cut off"
                        : "has fewer bytes than its header says");
    return false;
}

/* The file's first four bytes: is it IDX, of bytes, of as many dimensions as its name promises? */
static bool idx_read_magic(gzFile file, const char *path, int dims, GError **error)
{
    uint8_t head[4];

    if (!idx_read_bytes(file, path, head, sizeof head, error))
        return false;
    if (head[0] || head[1] || head[2] != IDX_U8 || head[3] < 1 || head[3] > IDX_DIMS_MAX) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT,
                    "%s: begins with %02x%02x%02x%02x; an IDX file of bytes begins with 00000801 "
                    "(labels), 00000803 or 00000804 (images)",
                    path, head[0], head[1], head[2], head[3]);
        return false;
    }
    if (head[3] != dims) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT,
                    "%s: has %d dimensions; its name promises %d", path, head[3], dims);
        return false;
    }
    return true;
}

static bool idx_read_sizes(gzFile file, const char *path, IdxArray *array, GError **error)
{
    static const int most[IDX_DIMS_MAX] = {G_MAXINT32, IDX_SIDE_MAX, IDX_SIDE_MAX, 3};
    uint8_t bytes[4 * IDX_DIMS_MAX];

    if (!idx_read_bytes(file, path, bytes, 4 * (size_t)array->dims, error))
        return false;
    array->n_bytes = 1; /* at most 2^31 2^15 2^15 3 below */
    for (int d = 0; d < array->dims; d++) {
        const uint8_t *b = bytes + 4 * d;
        uint32_t n = (uint32_t)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
        if (n == 0 || n > (uint32_t)most[d] || (d == 3 && n == 2)) {
            g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT, "%s: dimension %d is %u; %s%d would do",
                        path, d + 1, n, d == 3 ? "1 or " : "1 to ", most[d]);
            return false;
        }
        array->size[d] = (int)n;
        array->n_bytes *= n;
    }
    return true;
}

/* The memory grows with what the file gives, so that a lying header costs nothing. */
static bool idx_read_body(gzFile file, const char *path, IdxArray *array, GError **error)
{
    size_t room = 0, have = 0;
    uint8_t more;
    int status;

    while (have < array->n_bytes) {
        size_t n = MIN(array->n_bytes - have, IDX_CHUNK);
        if (have + n > room) {
            room = MIN(array->n_bytes, 2 * room + n);
            uint8_t *bytes = g_try_realloc(array->bytes, room);
            if (!bytes) {
                g_set_error(error, ICL_ERROR, ICL_ERROR_MEMORY,
                            "%s: needs %.0f MiB of memory, which the system refused", path,
                            room / 1048576.0);
                return false;
            }
            array->bytes = bytes;
        }
        if (!idx_read_bytes(file, path, array->bytes + have, n, error))
            return false;
        have += n;
    }
    if (gzread(file, &more, 1) == 0) {
        gzerror(file, &status); /* Z_BUF_ERROR: cut off in its checksum */
        if (status == Z_OK)
            return true;
    }
    g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT,
                "%s: goes on after the %" G_GSIZE_FORMAT
                " entries of its header, or is damaged there",
                path, array->n_bytes);
    return false;
}

/* On failure, what was read so far is left in `array`. */
static bool idx_read(const char *path, int dims, IdxArray *array, GError **error)
{
    gzFile file = gzopen(path, "rb");
    bool ok;

    if (!file) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s: cannot be opened", path);
        return false;
    }
    array->dims = dims;
    ok = idx_read_magic(file, path, dims, error) && idx_read_sizes(file, path, array, error) &&
         idx_read_body(file, path, array, error);
    gzclose(file);
    return ok;
}

/* The labels of one part; an absent one leaves `array` empty. */
static bool idx_read_labels(const char *folder, IclPart part, IdxArray *array, GError **error)
{
    g_autofree char *path = idx_find(folder, part, "labels", 1);

    return !path || idx_read(path, 1, array, error);
}

static bool labels_are_fashion(const IdxArray labels[2])
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
static bool idx_name_classes(IclDataset *dataset, const char *folder, const IdxArray labels[2],
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

static bool idx_take_labels(IclDataset *dataset, const char *folder, const IdxArray *labels,
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

static bool idx_open_part(IclDataset *dataset, const char *path, IclPart part, IdxArray labels[2],
                          GError **error)
{
    g_autofree char *images = idx_find_images(path, part);
    IdxData *data = dataset->data = g_new0(IdxData, 1);

    data->images = g_path_get_basename(images);
    return idx_read_labels(path, ICL_PART_TRAIN, &labels[ICL_PART_TRAIN], error) &&
           idx_read_labels(path, ICL_PART_TEST, &labels[ICL_PART_TEST], error) &&
           idx_read(images, strstr(data->images, "idx4") ? 4 : 3, &data->pixels, error) &&
           idx_take_labels(dataset, path, &labels[part], part, error) &&
           idx_name_classes(dataset, path, labels, error);
}

static bool idx_open(IclDataset *dataset, const char *path, IclPart part, GError **error)
{
    IdxArray labels[2] = {0};
    IclPart only = idx_has(path, ICL_PART_TRAIN) ? ICL_PART_TRAIN : ICL_PART_TEST;
    bool ok = idx_open_part(dataset, path, idx_has(path, part) ? part : only, labels, error);

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
    const IdxArray *pixels = &((const IdxData *)dataset->data)->pixels;
    int h = pixels->size[1], w = pixels->size[2], c = pixels->dims == 4 ? pixels->size[3] : 1;
    size_t bytes = (size_t)h * w * c;

    *picture = (IclPicture){
        .frame = {.format = c == 1 ? ICL_PIXEL_GRAY8 : ICL_PIXEL_RGB,
                  .full_range = true,
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
    const IdxArray *pixels = &((const IdxData *)dataset->data)->pixels;

    for (int d = 0; d < pixels->dims; d++)
        icl_digest_number(checksum, pixels->size[d]);
    for (size_t at = 0; at < pixels->n_bytes; at += IDX_CHUNK) /* GLib's length is signed */
        g_checksum_update(checksum, pixels->bytes + at, MIN(pixels->n_bytes - at, IDX_CHUNK));
}

const IclDatasetKind icl_dataset_idx = {
    .name = "idx",
    .decoded = true,
    .probe = idx_probe,
    .has_test = idx_has_test,
    .open = idx_open,
    .close = idx_close,
    .picture_name = idx_picture_name,
    .picture = idx_picture,
    .digest = idx_digest,
};
