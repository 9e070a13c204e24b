/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A packed data set as a data set. Pictures are read as they are asked for, any number of threads
 * at once; of a picture no more is in memory than its row and its classes. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "dataset_kind.h"
#include "picture.h"
#include "record_index.h"

enum { NAME_MAX_BYTES = 4096 };

typedef struct RecordData {
    char *path;
    IclRecordIndex index; /* rows: those of the part, [dataset->n]; the head is the whole file's */
} RecordData;

static bool record_probe(const char *path)
{
    struct stat status;
    char magic[8];
    int file;
    bool found;

    if (stat(path, &status) || !S_ISREG(status.st_mode))
        return false;
    if (g_str_has_suffix(path, ".icl-records"))
        return true;
    file = open(path, O_RDONLY | O_CLOEXEC);
    found = file >= 0 && pread(file, magic, sizeof magic, 0) == (ssize_t)sizeof magic &&
            !memcmp(magic, ICL_RECORD_MAGIC, sizeof magic);
    if (file >= 0)
        close(file);
    return found;
}

/* Keeps the sets of the rows of the part, which were counted. */
static void take_sets(IclDataset *dataset, const IclRecordIndex *index, int part)
{
    IclLabelSets *sets = &dataset->sets;
    int from = 0, kept = 0, n = 0;

    sets->class = g_new(int, MAX(index->head.n_sets, 1));
    sets->end = g_new(int, MAX(dataset->n, 1));
    for (uint32_t i = 0; i < index->head.n; i++) {
        const IclRecordRow *row = &index->rows[i];
        if (row->part == part) {
            for (int k = 0; k < row->class; k++)
                sets->class[kept++] = index->sets[from + k];
            sets->end[n++] = kept;
        }
        from += row->class;
    }
}

static void take_rows(IclDataset *dataset, const IclRecordIndex *index)
{
    const uint32_t flags = index->head.flags;
    const int n = dataset->n;

    dataset->class_of = flags & ICL_RECORD_SETS ? NULL : g_new(int, n);
    dataset->weight = flags & ICL_RECORD_WEIGHTS ? g_new(float, n) : NULL;
    dataset->group = flags & ICL_RECORD_GROUPS ? g_new(int, n) : NULL;
    for (int i = 0; i < n; i++) {
        if (dataset->class_of)
            dataset->class_of[i] = index->rows[i].class;
        if (dataset->weight)
            dataset->weight[i] = index->rows[i].weight;
        if (dataset->group)
            dataset->group[i] = index->rows[i].group;
    }
}

/* Keeps what is of the part. */
static bool record_take(IclDataset *dataset, IclRecordIndex *index, IclPart part, GError **error)
{
    const uint32_t n = index->head.n;
    unsigned there = 0;

    for (uint32_t i = 0; i < n; i++)
        there |= 1u << index->rows[i].part;
    int chosen = n ? icl_part_choose(there, part, index->path, error) : (int)part;
    if (chosen < 0)
        return false;
    for (uint32_t i = 0; i < n; i++)
        dataset->n += index->rows[i].part == chosen;
    if (index->head.flags & ICL_RECORD_SETS)
        take_sets(dataset, index, chosen);
    g_clear_pointer(&index->sets, g_free);
    for (uint32_t i = 0, kept = 0; i < n; i++)
        if (index->rows[i].part == chosen)
            index->rows[kept++] = index->rows[i];
    take_rows(dataset, index);
    return true;
}

static bool record_open(IclDataset *dataset, const char *path, IclPart part, GError **error)
{
    RecordData *data = dataset->data = g_new0(RecordData, 1);

    data->path = g_strdup(path);
    if (!icl_record_index_open(&data->index, data->path, error))
        return false;
    dataset->classes = (int)data->index.head.classes;
    dataset->labels = g_steal_pointer(&data->index.labels);
    return record_take(dataset, &data->index, part, error);
}

static unsigned record_parts(const char *path)
{
    IclRecordIndex index;
    unsigned there = 0;

    if (icl_record_index_begin(&index, path, NULL))
        for (uint32_t i = 0; i < index.head.n; i++) {
            IclRecordRow row;
            uint64_t at = index.head.tail + (uint64_t)i * sizeof row;
            if (!icl_record_read(&index, at, &row, sizeof row, NULL))
                break;
            there |= row.part < ICL_PARTS ? 1u << row.part : 0;
        }
    icl_record_index_clear(&index);
    return there;
}

static void record_close(IclDataset *dataset)
{
    RecordData *data = dataset->data;

    if (!data)
        return;
    icl_record_index_clear(&data->index);
    g_free(data->path);
    g_free(data);
}

static char *record_picture_name(const IclDataset *dataset, int index)
{
    const RecordData *data = dataset->data;
    const IclRecordIndex *records = &data->index;
    uint64_t at = records->rows[index].name;
    char name[NAME_MAX_BYTES];
    size_t n = (size_t)MIN(sizeof name - 1, records->head.n_names - at);

    if (!icl_record_read(records, icl_record_names(records) + at, name, n, NULL))
        return g_strdup_printf("%s[%d]", data->path, index);
    name[n] = '\0';
    return g_strdup(name);
}

/* The row's bytes, checked; to be freed. `name` is for messages. */
static uint8_t *record_bytes(const RecordData *data, const IclRecordRow *row, const char *name,
                             GError **error)
{
    g_autofree uint8_t *bytes = g_try_malloc(MAX(row->size, 1));

    if (!bytes) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_MEMORY, "%s: no memory for %u bytes", name,
                    row->size);
        return NULL;
    }
    if (!icl_record_read(&data->index, row->at, bytes, row->size, error))
        return NULL;
    if (crc32(0, bytes, row->size) != row->crc) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT,
                    "%s: its bytes in %s are damaged; pack the data again (icl pack)", name,
                    data->path);
        return NULL;
    }
    return g_steal_pointer(&bytes);
}

static bool record_picture(const IclDataset *dataset, int index, IclPicture *picture,
                           GError **error)
{
    const RecordData *data = dataset->data;
    const IclRecordRow *row = &data->index.rows[index];
    g_autofree char *name = record_picture_name(dataset, index);
    g_autofree uint8_t *bytes = record_bytes(data, row, name, error);

    if (!bytes)
        return false;
    if (row->kind == ICL_RECORD_FILE)
        return icl_picture_decode(bytes, row->size, name, picture, error);
    *picture = (IclPicture){
        .frame = {.format = row->channels == 1 ? ICL_PIXEL_GRAY8 : ICL_PIXEL_RGB,
                  .range = ICL_RANGE_FULL,
                  .width = (int)row->width,
                  .height = (int)row->height,
                  .plane = {bytes},
                  .stride = {(int)(row->width * row->channels)}},
        .pixels = bytes,
    };
    bytes = NULL;
    return true;
}

static void record_digest(const IclDataset *dataset, GChecksum *checksum)
{
    const RecordData *data = dataset->data;

    for (int i = 0; i < dataset->n; i++) {
        icl_digest_number(checksum, data->index.rows[i].size);
        icl_digest_number(checksum, data->index.rows[i].crc);
    }
}

static bool record_encoded(const IclDataset *dataset, int index, uint8_t **bytes, size_t *size,
                           GError **error)
{
    const RecordData *data = dataset->data;
    const IclRecordRow *row = &data->index.rows[index];
    g_autofree char *name = record_picture_name(dataset, index);

    *size = row->size;
    *bytes = NULL;
    if (row->kind == ICL_RECORD_PIXELS)
        return true;
    *bytes = record_bytes(data, row, name, error);
    return *bytes != NULL;
}

const IclDatasetKind icl_dataset_record = {
    .name = "record",
    .probe = record_probe,
    .parts = record_parts,
    .open = record_open,
    .close = record_close,
    .picture_name = record_picture_name,
    .picture = record_picture,
    .encoded = record_encoded,
    .digest = record_digest,
};
