/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * CIFAR-10 and CIFAR-100 (Krizhevsky, 2009), the binary version: records of one or two labels and
 * 32 x 32 pixels, the three colours one after another. A folder has the files of one of the two. */
#include <string.h>
#include <sys/stat.h>

#include "dataset_kind.h"

enum {
    CIFAR_SIDE = 32,
    CIFAR_PLANE = CIFAR_SIDE * CIFAR_SIDE,
    CIFAR_PIXELS = 3 * CIFAR_PLANE,
    CIFAR_FILE_MAX = 1 << 30, /* bytes; the largest there is has 154 million */
};

typedef struct CifarSet {
    const char
        *files[ICL_PARTS][6]; /* of each part, in order; those that are missing are left out */
    const char *names;        /* a line a class */
    int labels;               /* bytes of labels a record; the last one is the class */
    int classes;
} CifarSet;

static const CifarSet cifar_sets[] = {
    {{[ICL_PART_TRAIN] = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                          "data_batch_4.bin", "data_batch_5.bin"},
      [ICL_PART_TEST] = {"test_batch.bin"}},
     "batches.meta.txt",
     1,
     10},
    {{[ICL_PART_TRAIN] = {"train.bin"}, [ICL_PART_TEST] = {"test.bin"}},
     "fine_label_names.txt",
     2,
     100},
};

typedef struct CifarFile {
    char *name; /* without the folder */
    int first;  /* its first picture's number */
} CifarFile;

typedef struct CifarData {
    const CifarSet *set;
    GByteArray *bytes; /* the files' records, one after another */
    GArray *files;     /* of CifarFile */
} CifarData;

static bool cifar_has(const char *folder, const CifarSet *set, IclPart part)
{
    for (int i = 0; set->files[part][i]; i++) {
        g_autofree char *path = g_build_filename(folder, set->files[part][i], NULL);
        if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
            return true;
    }
    return false;
}

static const CifarSet *cifar_set(const char *folder)
{
    for (size_t s = 0; s < G_N_ELEMENTS(cifar_sets); s++)
        for (int part = 0; part < ICL_PARTS; part++)
            if (cifar_has(folder, &cifar_sets[s], (IclPart)part))
                return &cifar_sets[s];
    return NULL;
}

static bool cifar_probe(const char *path) { return cifar_set(path) != NULL; }

static unsigned cifar_parts(const char *path)
{
    const CifarSet *set = cifar_set(path);
    unsigned there = 0;

    for (int part = 0; set && part < ICL_PARTS; part++)
        there |= (unsigned)cifar_has(path, set, (IclPart)part) << part;
    return there;
}

static size_t cifar_record(const CifarSet *set) { return (size_t)set->labels + CIFAR_PIXELS; }

/* Whether a file of this size is one of records. */
static bool cifar_check_size(const CifarSet *set, const char *path, goffset size, GError **error)
{
    size_t record = cifar_record(set);

    if (size > 0 && size <= CIFAR_FILE_MAX && (size_t)size % record == 0)
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT,
                "%s: has %" G_GINT64_FORMAT " bytes, which is not a whole number of records of "
                "%" G_GSIZE_FORMAT " bytes, 1 to %d; fetch the file again",
                path, (gint64)size, record, (int)(CIFAR_FILE_MAX / record));
    return false;
}

static bool cifar_read_file(CifarData *data, const char *folder, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL), *bytes = NULL;
    GError *failure = NULL;
    struct stat status;
    gsize size;

    if (stat(path, &status) || !S_ISREG(status.st_mode))
        return true;
    if (!cifar_check_size(data->set, path, status.st_size, error))
        return false;
    if (!g_file_get_contents(path, &bytes, &size, &failure)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s", failure->message); /* names the path */
        g_error_free(failure);
        return false;
    }
    if (!cifar_check_size(data->set, path, (goffset)size, error))
        return false;
    CifarFile file = {g_strdup(name), (int)(data->bytes->len / cifar_record(data->set))};
    g_array_append_val(data->files, file);
    if (size > G_MAXUINT - data->bytes->len) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_DATA, "%s: the files together are over 4 GiB",
                    folder);
        return false;
    }
    g_byte_array_append(data->bytes, (const guint8 *)bytes, (guint)size);
    return true;
}

static char **cifar_numbers(int n)
{
    char **labels = g_new0(char *, (gsize)n + 1);

    for (int i = 0; i < n; i++)
        labels[i] = g_strdup_printf("%d", i);
    return labels;
}

/* The lines of the file of names, an empty one ending them; numbers where there is no such file. */
static char **cifar_labels(const CifarSet *set, const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, set->names, NULL), *text = NULL;
    g_auto(GStrv) lines = NULL;
    int n = 0;

    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return cifar_numbers(set->classes);
    if (!g_file_get_contents(path, &text, NULL, NULL) || !g_utf8_validate(text, -1, NULL)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s: cannot be read as UTF-8 text", path);
        return NULL;
    }
    lines = g_strsplit(text, "\n", set->classes + 1);
    while (lines[n] && n < set->classes && *g_strstrip(lines[n]))
        n++;
    if (n != set->classes) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_DATA,
                    "%s: names %d classes, a line each; there are %d", path, n, set->classes);
        return NULL;
    }
    g_free(lines[n]);
    lines[n] = NULL;
    return g_steal_pointer(&lines);
}

/* The file that a picture is in. */
static const CifarFile *cifar_file(const CifarData *data, int index)
{
    guint f = data->files->len - 1;

    while (g_array_index(data->files, CifarFile, f).first > index)
        f--;
    return &g_array_index(data->files, CifarFile, f);
}

static bool cifar_take_classes(IclDataset *dataset, const char *folder, GError **error)
{
    const CifarData *data = dataset->data;
    size_t record = cifar_record(data->set);

    dataset->n = (int)(data->bytes->len / record);
    dataset->class_of = g_new(int, dataset->n);
    for (int i = 0; i < dataset->n; i++) {
        int class = data->bytes->data[i * record + data->set->labels - 1];
        if (class >= dataset->classes) {
            const CifarFile *file = cifar_file(data, i);
            g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT,
                        "%s/%s: picture %d is of class %d; 0 to %d are possible; fetch the file "
                        "again",
                        folder, file->name, i - file->first, class, dataset->classes - 1);
            return false;
        }
        dataset->class_of[i] = class;
    }
    return true;
}

static void cifar_file_clear(void *file) { g_free(((CifarFile *)file)->name); }

static bool cifar_open(IclDataset *dataset, const char *path, IclPart part, GError **error)
{
    CifarData *data = dataset->data = g_new0(CifarData, 1);
    int chosen = icl_part_choose(cifar_parts(path), part, path, error);

    data->set = cifar_set(path);
    data->bytes = g_byte_array_new();
    data->files = g_array_new(FALSE, FALSE, sizeof(CifarFile));
    g_array_set_clear_func(data->files, cifar_file_clear);
    if (chosen < 0)
        return false;
    for (int i = 0; data->set->files[chosen][i]; i++)
        if (!cifar_read_file(data, path, data->set->files[chosen][i], error))
            return false;
    dataset->labels = cifar_labels(data->set, path, error);
    dataset->classes = data->set->classes;
    return dataset->labels && cifar_take_classes(dataset, path, error);
}

static void cifar_close(IclDataset *dataset)
{
    CifarData *data = dataset->data;

    if (!data)
        return;
    g_byte_array_unref(data->bytes);
    g_array_unref(data->files);
    g_free(data);
}

static char *cifar_picture_name(const IclDataset *dataset, int index)
{
    const CifarFile *file = cifar_file(dataset->data, index);

    return g_strdup_printf("%s[%d]", file->name, index - file->first);
}

static bool cifar_picture(const IclDataset *dataset, int index, IclPicture *picture, GError **error)
{
    const CifarData *data = dataset->data;
    const uint8_t *in =
        data->bytes->data + index * cifar_record(data->set) + (size_t)data->set->labels;
    uint8_t *out = g_new(uint8_t, CIFAR_PIXELS);

    for (int i = 0; i < CIFAR_PLANE; i++)
        for (int c = 0; c < 3; c++)
            out[3 * i + c] = in[c * CIFAR_PLANE + i];
    *picture = (IclPicture){
        .frame = {.format = ICL_PIXEL_RGB,
                  .range = ICL_RANGE_FULL,
                  .width = CIFAR_SIDE,
                  .height = CIFAR_SIDE,
                  .plane = {out},
                  .stride = {3 * CIFAR_SIDE}},
        .pixels = out,
    };
    return true;
}

static void cifar_digest(const IclDataset *dataset, GChecksum *checksum)
{
    const GByteArray *bytes = ((const CifarData *)dataset->data)->bytes;

    for (size_t at = 0; at < bytes->len; at += G_MAXINT32) /* GLib's length is signed */
        g_checksum_update(checksum, bytes->data + at, (gssize)MIN(bytes->len - at, G_MAXINT32));
}

const IclDatasetKind icl_dataset_cifar = {
    .name = "cifar",
    .decoded = true,
    .probe = cifar_probe,
    .parts = cifar_parts,
    .open = cifar_open,
    .close = cifar_close,
    .picture_name = cifar_picture_name,
    .picture = cifar_picture,
    .digest = cifar_digest,
};
