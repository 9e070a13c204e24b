/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Reads the head and the tail of a packed file, whoever wrote it: no number of it is believed
 * before it is known to lead nowhere else, and what is asked for may be refused. */
#include "record_index.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "dataset_kind.h"
#include "sha256.h"

enum { BLOCK = 1 << 20, SIDE_MAX = 1 << 20 };

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
    head->n_sets = GUINT32_TO_LE(head->n_sets);
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

bool icl_record_read(const IclRecordIndex *index, uint64_t at, void *bytes, size_t n,
                     GError **error)
{
    size_t have = 0;

    while (have < n) {
        ssize_t got = pread(index->file, (char *)bytes + have, n - have, (off_t)(at + have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s: %s", index->path,
                        got < 0 ? g_strerror(errno)
                                : "is shorter than when it was opened; pack the data again");
            return false;
        }
        have += (size_t)got;
    }
    return true;
}

static bool index_fail(const IclRecordIndex *index, const char *what, GError **error)
{
    g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT, "%s: %s; pack the data again (icl pack)",
                index->path, what);
    return false;
}

/* The head's own sums. */
static bool head_fits(const IclRecordHead *head, uint64_t size)
{
    uint64_t rows = (uint64_t)head->n * sizeof(IclRecordRow);
    uint64_t left = head->n_tail - rows;

    return head->size == size && head->n <= G_MAXINT32 && head->n_sets <= G_MAXINT32 &&
           head->classes >= 1 && head->classes <= G_MAXINT32 && head->classes <= head->n_labels &&
           head->tail >= sizeof *head && head->tail <= size && head->n_tail == size - head->tail &&
           head->n_tail >= rows && left >= head->n_labels &&
           left - head->n_labels >= head->n_names &&
           left - head->n_labels - head->n_names == (uint64_t)head->n_sets * sizeof(int32_t) &&
           (head->n_sets == 0 || (head->flags & ICL_RECORD_SETS));
}

bool icl_record_index_begin(IclRecordIndex *index, const char *path, GError **error)
{
    IclRecordHead *head = &index->head;
    struct stat status;

    *index = (IclRecordIndex){.path = path, .file = open(path, O_RDONLY | O_CLOEXEC)};
    if (index->file < 0 || fstat(index->file, &status)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s: cannot be read: %s", path,
                    g_strerror(errno));
        return false;
    }
    if (status.st_size < (off_t)sizeof *head)
        return index_fail(index, "is too short for packed pictures", error);
    if (!icl_record_read(index, 0, head, sizeof *head, error))
        return false;
    if (memcmp(head->magic, ICL_RECORD_MAGIC, sizeof head->magic))
        return index_fail(index, "does not begin as packed pictures do", error);
    uint32_t crc = icl_record_head_crc(head);
    icl_record_swap_head(head);
    if (head->version != ICL_RECORD_VERSION) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT,
                    "%s: is of version %u of the format; this icl reads version %d: pack the data "
                    "again (icl pack)",
                    path, head->version, ICL_RECORD_VERSION);
        return false;
    }
    if (crc != head->head_crc)
        return index_fail(index, "its head is damaged", error);
    if (!head_fits(head, (uint64_t)status.st_size))
        return index_fail(index, "is cut off, or has bytes that do not belong to it", error);
    return true;
}

static bool sum_is(IclSha256 *sha, const uint8_t *sum)
{
    char digits[ICL_SHA256_DIGITS + 1];

    icl_sha256_end(sha, digits);
    for (size_t i = 0; i < ICL_SHA256_DIGITS / 2; i++)
        if ((g_ascii_xdigit_value(digits[2 * i]) << 4 | g_ascii_xdigit_value(digits[2 * i + 1])) !=
            sum[i])
            return false;
    return true;
}

/* What the checksums cannot say: a row that a broken program wrote. */
static bool row_fits(const IclRecordRow *row, const IclRecordHead *head)
{
    bool pixels = row->kind == ICL_RECORD_PIXELS, sets = head->flags & ICL_RECORD_SETS;
    uint64_t bytes = (uint64_t)row->height * row->width * row->channels;

    return row->at >= sizeof *head && row->at <= head->tail && row->size <= head->tail - row->at &&
           row->name < head->n_names && row->class >= 0 &&
           (uint32_t)row->class < head->classes + sets && row->group >= 0 && row->weight >= 0 &&
           row->part < ICL_PARTS && row->kind <= ICL_RECORD_PIXELS &&
           (!pixels || ((row->channels == 1 || row->channels == 3) && row->height >= 1 &&
                        row->height <= SIDE_MAX && row->width >= 1 && row->width <= SIDE_MAX &&
                        bytes == row->size));
}

/* The picture's own @n classes. */
static bool set_fits(const int32_t *set, int n, uint32_t classes)
{
    for (int i = 0; i < n; i++)
        if (set[i] < 0 || (uint32_t)set[i] >= classes || (i && set[i] <= set[i - 1]))
            return false;
    return true;
}

static bool rows_fit(const IclRecordIndex *index)
{
    const IclRecordHead *head = &index->head;
    uint32_t used = 0;

    for (uint32_t i = 0; i < head->n; i++) {
        const IclRecordRow *row = &index->rows[i];
        icl_record_swap_row(&index->rows[i]);
        if (!row_fits(row, head))
            return false;
        if (!(head->flags & ICL_RECORD_SETS))
            continue;
        if ((uint32_t)row->class > head->n_sets - used ||
            !set_fits(index->sets + used, row->class, head->classes))
            return false;
        used += (uint32_t)row->class;
    }
    return used == head->n_sets;
}

static bool take_labels(IclRecordIndex *index, const char *bytes)
{
    const IclRecordHead *head = &index->head;
    const char *end = bytes + head->n_labels;

    for (uint32_t c = 0; c < head->classes; c++) {
        const char *nul = memchr(bytes, '\0', (size_t)(end - bytes));
        if (!nul || !g_utf8_validate(bytes, nul - bytes, NULL))
            return false;
        index->labels[c] = g_strdup(bytes);
        bytes = nul + 1;
    }
    return bytes == end;
}

/* The rows, the sets and the labels, with their checksum. */
static bool read_tail(IclRecordIndex *index, char *labels, GError **error)
{
    const IclRecordHead *head = &index->head;
    const size_t rows = (size_t)head->n * sizeof *index->rows;
    const size_t sets = (size_t)head->n_sets * sizeof *index->sets;
    IclSha256 sha;

    if (!icl_record_read(index, head->tail, index->rows, rows, error) ||
        !icl_record_read(index, head->tail + rows, index->sets, sets, error) ||
        !icl_record_read(index, head->tail + rows + sets, labels, head->n_labels, error))
        return false;
    icl_sha256_init(&sha);
    icl_sha256_add(&sha, index->rows, rows);
    icl_sha256_add(&sha, index->sets, sets);
    icl_sha256_add(&sha, labels, head->n_labels);
    if (!sum_is(&sha, head->tail_sum))
        return index_fail(index, "its index is damaged", error);
    for (uint32_t i = 0; i < head->n_sets; i++)
        index->sets[i] = (int32_t)GUINT32_FROM_LE((uint32_t)index->sets[i]);
    return rows_fit(index) || index_fail(index, "its index holds what cannot be", error);
}

/* Names are read when they are asked for; here only their checksum. */
static bool check_names(const IclRecordIndex *index, GError **error)
{
    const IclRecordHead *head = &index->head;
    g_autofree char *block = g_malloc(BLOCK);
    uLong crc = 0;
    char last = '\0';

    for (uint64_t at = 0; at < head->n_names; at += BLOCK) {
        size_t n = (size_t)MIN(BLOCK, head->n_names - at);
        if (!icl_record_read(index, icl_record_names(index) + at, block, n, error))
            return false;
        crc = crc32(crc, (const Bytef *)block, (uInt)n);
        last = block[n - 1];
    }
    if (crc != head->names_crc || last)
        return index_fail(index, "its names are damaged", error);
    return true;
}

bool icl_record_index_open(IclRecordIndex *index, const char *path, GError **error)
{
    const IclRecordHead *head = &index->head;
    g_autofree char *labels = NULL;

    if (!icl_record_index_begin(index, path, error))
        return false;
    index->rows = g_try_new(IclRecordRow, MAX(head->n, 1));
    index->sets = g_try_new(int32_t, MAX(head->n_sets, 1));
    index->labels = g_try_new0(char *, (gsize)head->classes + 1);
    labels = g_try_malloc(head->n_labels);
    if (!index->rows || !index->sets || !index->labels || !labels) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_MEMORY,
                    "%s: %u pictures need more memory than the system has", path, head->n);
        return false;
    }
    if (!read_tail(index, labels, error) || !check_names(index, error))
        return false;
    return take_labels(index, labels) || index_fail(index, "its labels are damaged", error);
}

void icl_record_index_clear(IclRecordIndex *index)
{
    if (index->file >= 0)
        close(index->file);
    g_free(index->rows);
    g_free(index->sets);
    g_strfreev(index->labels);
}
