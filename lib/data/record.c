/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A packed data set as a data set. Pictures are read as they are asked for, any number of threads
 * at once; of a picture no more is in memory than its row. */
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "dataset_kind.h"
#include "picture.h"
#include "sha256.h"

enum { NAME_MAX_BYTES = 4096, BLOCK = 1 << 20 };

typedef struct RecordData {
    char *path;
    int file;       /* descriptor */
    uint64_t names; /* where they begin in the file */
    uint64_t n_names;
    IclRecordRow *rows; /* [n]: of the part */
} RecordData;

void icl_record_swap_head(IclRecordHead *head)
{
    head->version = GUINT32_TO_LE(head->version);
    head->flags = GUINT32_TO_LE(head->flags);
    head->size = GUINT64_TO_LE(head->size);
    head->tail = GUINT64_TO_LE(head->tail);
    head->n_tail = GUINT64_TO_LE(head->n_tail);
    head->n_names = GUINT64_TO_LE(head->n_names);
    head->n = GUINT32_TO_LE(head->n);
    head->classes = GUINT32_TO_LE(head->classes);
    head->n_labels = GUINT32_TO_LE(head->n_labels);
    head->names_crc = GUINT32_TO_LE(head->names_crc);
    head->head_crc = GUINT32_TO_LE(head->head_crc);
}

void icl_record_swap_row(IclRecordRow *row)
{
    uint32_t weight;

    memcpy(&weight, &row->weight, sizeof weight);
    weight = GUINT32_TO_LE(weight);
    memcpy(&row->weight, &weight, sizeof weight);
    row->at = GUINT64_TO_LE(row->at);
    row->name = GUINT64_TO_LE(row->name);
    row->size = GUINT32_TO_LE(row->size);
    row->crc = GUINT32_TO_LE(row->crc);
    row->class = (int32_t)GUINT32_TO_LE((uint32_t)row->class);
    row->group = (int32_t)GUINT32_TO_LE((uint32_t)row->group);
    row->height = GUINT32_TO_LE(row->height);
    row->width = GUINT32_TO_LE(row->width);
}

uint32_t icl_record_head_crc(const IclRecordHead *head)
{
    return (uint32_t)crc32(0, (const Bytef *)head, offsetof(IclRecordHead, head_crc));
}

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

/* `n` bytes from `at` on; false with an error. */
static bool record_read(const RecordData *data, uint64_t at, void *bytes, size_t n, GError **error)
{
    size_t have = 0;

    while (have < n) {
        ssize_t got = pread(data->file, (char *)bytes + have, n - have, (off_t)(at + have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s: %s", data->path,
                        got < 0 ? g_strerror(errno)
                                : "is shorter than when it was opened; pack the data again");
            return false;
        }
        have += (size_t)got;
    }
    return true;
}

static bool record_fail(const RecordData *data, const char *what, GError **error)
{
    g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT, "%s: %s; pack the data again (icl pack)",
                data->path, what);
    return false;
}

/* The head's own sums: nothing in it leads outside the file, or asks for more memory than it has
 * bytes. */
static bool head_fits(const IclRecordHead *head, uint64_t size)
{
    uint64_t rows = (uint64_t)head->n * sizeof(IclRecordRow);

    return head->size == size && head->n <= G_MAXINT32 && head->classes >= 1 &&
           head->classes <= head->n_labels && head->tail >= sizeof *head && head->tail <= size &&
           head->n_tail == size - head->tail && head->n_tail >= rows &&
           head->n_tail - rows >= head->n_labels &&
           head->n_tail - rows - head->n_labels == head->n_names;
}

static bool record_read_head(RecordData *data, IclRecordHead *head, GError **error)
{
    struct stat status;

    data->file = open(data->path, O_RDONLY | O_CLOEXEC);
    if (data->file < 0 || fstat(data->file, &status)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s: cannot be read: %s", data->path,
                    g_strerror(errno));
        return false;
    }
    if (status.st_size < (off_t)sizeof *head)
        return record_fail(data, "is too short for packed pictures", error);
    if (!record_read(data, 0, head, sizeof *head, error))
        return false;
    if (memcmp(head->magic, ICL_RECORD_MAGIC, sizeof head->magic))
        return record_fail(data, "does not begin as packed pictures do", error);
    uint32_t crc = icl_record_head_crc(head);
    icl_record_swap_head(head);
    if (head->version != ICL_RECORD_VERSION) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT,
                    "%s: is of version %u of the format; this icl reads version %d", data->path,
                    head->version, ICL_RECORD_VERSION);
        return false;
    }
    if (crc != head->head_crc)
        return record_fail(data, "its head is damaged", error);
    if (!head_fits(head, (uint64_t)status.st_size))
        return record_fail(data, "is cut off, or has bytes that do not belong to it", error);
    return true;
}

/* The rows and the labels, with their checksum. */
static bool record_read_tail(const RecordData *data, const IclRecordHead *head, IclRecordRow *rows,
                             char *labels, GError **error)
{
    size_t n = (size_t)head->n * sizeof *rows;
    char digits[ICL_SHA256_DIGITS + 1];
    IclSha256 sha;

    if (!record_read(data, head->tail, rows, n, error) ||
        !record_read(data, head->tail + n, labels, head->n_labels, error))
        return false;
    icl_sha256_init(&sha);
    icl_sha256_add(&sha, rows, n);
    icl_sha256_add(&sha, labels, head->n_labels);
    icl_sha256_end(&sha, digits);
    for (size_t i = 0; i < sizeof head->tail_sum; i++)
        if (g_ascii_xdigit_value(digits[2 * i]) << 4 != (head->tail_sum[i] & 0xf0) ||
            g_ascii_xdigit_value(digits[2 * i + 1]) != (head->tail_sum[i] & 0x0f))
            return record_fail(data, "its index is damaged", error);
    return true;
}

/* What the checksums cannot say: a row that a broken program wrote. */
static bool row_fits(const IclRecordRow *row, const IclRecordHead *head)
{
    bool pixels = row->kind == ICL_RECORD_PIXELS;
    uint64_t bytes = (uint64_t)row->height * row->width * row->channels;

    return row->at >= sizeof *head && row->at <= head->tail && row->size <= head->tail - row->at &&
           row->name < head->n_names && row->class >= 0 && (uint32_t)row->class < head->classes &&
           row->group >= 0 && row->weight >= 0 && row->part < ICL_PARTS &&
           row->kind <= ICL_RECORD_PIXELS &&
           (!pixels || ((row->channels == 1 || row->channels == 3) && row->height >= 1 &&
                        row->height <= 1 << 20 && row->width >= 1 && row->width <= 1 << 20 &&
                        bytes == row->size));
}

static char **record_labels(const char *bytes, const IclRecordHead *head)
{
    g_auto(GStrv) labels = g_new0(char *, (gsize)head->classes + 1);
    const char *end = bytes + head->n_labels;

    for (uint32_t c = 0; c < head->classes; c++) {
        const char *nul = memchr(bytes, '\0', (size_t)(end - bytes));
        if (!nul || !g_utf8_validate(bytes, nul - bytes, NULL))
            return NULL;
        labels[c] = g_strdup(bytes);
        bytes = nul + 1;
    }
    return bytes == end ? g_steal_pointer(&labels) : NULL;
}

/* Names are read when they are asked for; here only their checksum. */
static bool record_check_names(const RecordData *data, const IclRecordHead *head, GError **error)
{
    g_autofree char *block = g_malloc(BLOCK);
    uLong crc = 0;
    char last = '\0';

    for (uint64_t at = 0; at < data->n_names; at += BLOCK) {
        size_t n = (size_t)MIN(BLOCK, data->n_names - at);
        if (!record_read(data, data->names + at, block, n, error))
            return false;
        crc = crc32(crc, (const Bytef *)block, (uInt)n);
        last = block[n - 1];
    }
    if (crc != head->names_crc || last)
        return record_fail(data, "its names are damaged", error);
    return true;
}

/* Keeps the rows of the part. */
static bool record_take(IclDataset *dataset, IclRecordRow *rows, const IclRecordHead *head,
                        IclPart part, GError **error)
{
    RecordData *data = dataset->data;
    unsigned there = 0;
    int n = 0;

    for (uint32_t i = 0; i < head->n; i++) {
        icl_record_swap_row(&rows[i]);
        if (!row_fits(&rows[i], head))
            return record_fail(data, "its index holds what cannot be", error);
        there |= 1u << rows[i].part;
    }
    int chosen = head->n ? icl_part_choose(there, part, data->path, error) : (int)part;
    if (chosen < 0)
        return false;
    for (uint32_t i = 0; i < head->n; i++)
        if (rows[i].part == chosen)
            rows[n++] = rows[i];
    dataset->n = n;
    dataset->class_of = g_new(int, n);
    dataset->weight = head->flags & ICL_RECORD_WEIGHTS ? g_new(float, n) : NULL;
    dataset->group = head->flags & ICL_RECORD_GROUPS ? g_new(int, n) : NULL;
    for (int i = 0; i < n; i++) {
        dataset->class_of[i] = rows[i].class;
        if (dataset->weight)
            dataset->weight[i] = rows[i].weight;
        if (dataset->group)
            dataset->group[i] = rows[i].group;
    }
    return true;
}

static bool record_open(IclDataset *dataset, const char *path, IclPart part, GError **error)
{
    RecordData *data = dataset->data = g_new0(RecordData, 1);
    g_autofree char *labels = NULL;
    IclRecordHead head;

    data->path = g_strdup(path);
    if (!record_read_head(data, &head, error))
        return false;
    data->names = head.size - head.n_names;
    data->n_names = head.n_names;
    data->rows = g_try_new(IclRecordRow, MAX(head.n, 1));
    labels = g_try_malloc(head.n_labels);
    if (!data->rows || !labels) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_MEMORY,
                    "%s: %u pictures need more memory than "
                    "the system has",
                    path, head.n);
        return false;
    }
    if (!record_read_tail(data, &head, data->rows, labels, error) ||
        !record_check_names(data, &head, error))
        return false;
    dataset->labels = record_labels(labels, &head);
    dataset->classes = dataset->labels ? (int)head.classes : 0;
    if (!dataset->labels)
        return record_fail(data, "its labels are damaged", error);
    return record_take(dataset, data->rows, &head, part, error);
}

static unsigned record_parts(const char *path)
{
    RecordData data = {.path = (char *)path, .file = -1};
    IclRecordHead head;
    unsigned there = 0;

    if (record_read_head(&data, &head, NULL))
        for (uint32_t i = 0; i < head.n; i++) {
            IclRecordRow row;
            if (!record_read(&data, head.tail + (uint64_t)i * sizeof row, &row, sizeof row, NULL))
                break;
            there |= row.part < ICL_PARTS ? 1u << row.part : 0;
        }
    if (data.file >= 0)
        close(data.file);
    return there;
}

static void record_close(IclDataset *dataset)
{
    RecordData *data = dataset->data;

    if (!data)
        return;
    if (data->file >= 0)
        close(data->file);
    g_free(data->path);
    g_free(data->rows);
    g_free(data);
}

static char *record_picture_name(const IclDataset *dataset, int index)
{
    const RecordData *data = dataset->data;
    uint64_t at = data->rows[index].name;
    char name[NAME_MAX_BYTES];
    size_t n = (size_t)MIN(sizeof name - 1, data->n_names - at);

    if (!record_read(data, data->names + at, name, n, NULL))
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
    if (!record_read(data, row->at, bytes, row->size, error))
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
    const IclRecordRow *row = &data->rows[index];
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
        icl_digest_number(checksum, data->rows[i].size);
        icl_digest_number(checksum, data->rows[i].crc);
    }
}

static bool record_encoded(const IclDataset *dataset, int index, uint8_t **bytes, size_t *size,
                           GError **error)
{
    const RecordData *data = dataset->data;
    const IclRecordRow *row = &data->rows[index];
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
