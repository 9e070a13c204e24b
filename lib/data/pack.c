/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Writes packed data sets. The pictures go to the file as they come, their rows and names stay in
 * memory until the end; the head is written last, so that a file that was broken off has none. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <icl/pack.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "dataset_kind.h"
#include "names.h"
#include "record.h"
#include "sha256.h"
#include "shrink.h"

enum { ROUND = 256 /* pictures between two reports of progress */ };

typedef struct Packer {
    const IclPackParams *params;
    const char *output;
    char *temporary; /* the file's name until it is whole */
    FILE *file;
    uint64_t at; /* bytes written */
    IclShrinker *shrinker;
    GArray *rows; /* of IclRecordRow */
    GArray *sets; /* of int32_t, little-endian: the classes of the pictures of a multi-label set */
    GByteArray *labels;
    IclNames *names;
    uint64_t n_names;
    uint32_t flags, classes;
    int done, total; /* pictures */
} Packer;

static bool packer_fail(const Packer *packer, GError **error)
{
    g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s: cannot be written: %s", packer->output,
                g_strerror(errno));
    return false;
}

static bool packer_write(Packer *packer, const void *bytes, size_t n, GError **error)
{
    if (n && fwrite(bytes, 1, n, packer->file) != n)
        return packer_fail(packer, error);
    packer->at += n;
    return true;
}

static bool packer_align(Packer *packer, GError **error)
{
    static const char zeros[ICL_RECORD_ALIGN];

    return packer_write(packer, zeros, -packer->at % ICL_RECORD_ALIGN, error);
}

/* The pixels as 8-bit levels; to be freed. */
static uint8_t *packer_pixels(Packer *packer, const IclFrame *frame, IclRecordRow *row)
{
    int h, w, c;
    const float *x = icl_shrink(packer->shrinker, frame, &h, &w, &c);
    size_t n = (size_t)h * w * c;
    uint8_t *levels = g_new(uint8_t, n);

    for (size_t i = 0; i < n; i++)
        levels[i] = (uint8_t)lrintf(CLAMP(x[i], 0, 255));
    row->kind = ICL_RECORD_PIXELS;
    row->height = (uint32_t)h;
    row->width = (uint32_t)w;
    row->channels = (uint8_t)c;
    row->size = (uint32_t)n;
    return levels;
}

/* What goes into the file of a picture: to be freed; NULL where it cannot be read. */
static uint8_t *packer_bytes(Packer *packer, const IclDataset *dataset, int index,
                             IclRecordRow *row, GError **error)
{
    g_autofree uint8_t *encoded = NULL;
    g_auto(IclPicture) picture = {0};
    size_t size;

    if (!icl_dataset_picture(dataset, index, &picture, error))
        return NULL;
    if (!packer->params->decode && !packer->params->resize && dataset->kind->encoded &&
        !dataset->kind->encoded(dataset, index, &encoded, &size, error))
        return NULL;
    if (!encoded)
        return packer_pixels(packer, &picture.frame, row);
    if (size > G_MAXUINT32) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_DATA,
                    "picture %d has over 4 GiB; pack it with --resize", index);
        return NULL;
    }
    row->kind = ICL_RECORD_FILE;
    row->size = (uint32_t)size;
    return g_steal_pointer(&encoded);
}

/* The picture's class, or how many it has. */
static int packer_class(Packer *packer, const IclDataset *dataset, int index)
{
    int n;
    const int *classes = icl_dataset_classes_of(dataset, index, &n);

    if (!icl_dataset_is_multi_label(dataset))
        return classes[0];
    for (int i = 0; i < n; i++) {
        int32_t class = (int32_t)GUINT32_TO_LE((uint32_t)classes[i]);
        g_array_append_val(packer->sets, class);
    }
    return n;
}

static bool packer_add(Packer *packer, const IclDataset *dataset, IclPart part, int index,
                       GError **error)
{
    g_autofree char *name = icl_dataset_name(dataset, index);
    IclRecordRow row = {.weight = 1, .part = (uint8_t)part};
    GError *failure = NULL;
    g_autofree uint8_t *bytes = packer_bytes(packer, dataset, index, &row, &failure);

    if (failure) {
        if (packer->params->report && !packer->params->strict)
            packer->params->report(packer->params->user, failure);
        if (packer->params->strict)
            g_propagate_error(error, failure);
        else
            g_error_free(failure);
        return !packer->params->strict;
    }
    if (!packer_align(packer, error))
        return false;
    row.class = packer_class(packer, dataset, index);
    row.at = packer->at;
    row.crc = (uint32_t)crc32(0, bytes, row.size);
    row.weight = dataset->weight ? dataset->weight[index] : 1;
    row.group = dataset->group ? dataset->group[index] : 0;
    row.name = packer->n_names;
    packer->n_names += strlen(name) + 1;
    icl_names_add(packer->names, name, strlen(name));
    icl_record_swap_row(&row);
    g_array_append_val(packer->rows, row);
    return packer_write(packer, bytes, GUINT32_FROM_LE(row.size), error);
}

static bool packer_part(Packer *packer, const IclDataset *dataset, IclPart part, GError **error)
{
    for (int i = 0; i < dataset->n; i++) {
        if (!packer_add(packer, dataset, part, i, error))
            return false;
        if (++packer->done % ROUND == 0 && packer->params->progress)
            packer->params->progress(packer->params->user, packer->done, packer->total);
    }
    packer->flags |= (dataset->weight ? ICL_RECORD_WEIGHTS : 0) |
                     (dataset->group ? ICL_RECORD_GROUPS : 0) |
                     (icl_dataset_is_multi_label(dataset) ? ICL_RECORD_SETS : 0);
    return true;
}

static void packer_take_labels(Packer *packer, const IclDataset *dataset)
{
    for (int c = 0; packer->classes == 0 && c < dataset->classes; c++)
        g_byte_array_append(packer->labels, (const guint8 *)dataset->labels[c],
                            (guint)strlen(dataset->labels[c]) + 1);
    packer->classes = (uint32_t)dataset->classes;
}

/* All parts, one after another. */
static bool packer_parts(Packer *packer, const char *path, GError **error)
{
    IclDataset *parts[ICL_PARTS] = {NULL};
    bool ok = true;

    for (int p = 0; ok && p < ICL_PARTS; p++) {
        if (!icl_dataset_has_part(path, (IclPart)p))
            continue;
        parts[p] = icl_dataset_open(path, (IclPart)p, error);
        ok = parts[p] != NULL;
        packer->total += ok ? parts[p]->n : 0;
    }
    if (ok && packer->total == 0) /* says why */
        ok = (parts[ICL_PART_TRAIN] = icl_dataset_open(path, ICL_PART_TRAIN, error)) != NULL;
    for (int p = 0; ok && p < ICL_PARTS; p++)
        if (parts[p]) {
            packer_take_labels(packer, parts[p]);
            ok = packer_part(packer, parts[p], (IclPart)p, error);
        }
    for (int p = 0; p < ICL_PARTS; p++)
        icl_dataset_free(parts[p]);
    return ok;
}

static void tail_sum(const Packer *packer, uint8_t sum[32])
{
    char digits[ICL_SHA256_DIGITS + 1];
    IclSha256 sha;

    icl_sha256_init(&sha);
    icl_sha256_add(&sha, packer->rows->data, packer->rows->len * sizeof(IclRecordRow));
    icl_sha256_add(&sha, packer->sets->data, packer->sets->len * sizeof(int32_t));
    icl_sha256_add(&sha, packer->labels->data, packer->labels->len);
    icl_sha256_end(&sha, digits);
    for (int i = 0; i < 32; i++)
        sum[i] = (uint8_t)(g_ascii_xdigit_value(digits[2 * i]) << 4 |
                           g_ascii_xdigit_value(digits[2 * i + 1]));
}

static bool packer_write_names(Packer *packer, uint32_t *crc, GError **error)
{
    uLong sum = 0;

    for (int i = 0; i < icl_names_count(packer->names); i++) {
        const char *name = icl_names_get(packer->names, i);
        size_t n = strlen(name) + 1;
        sum = crc32(sum, (const Bytef *)name, (uInt)n);
        if (!packer_write(packer, name, n, error))
            return false;
    }
    *crc = (uint32_t)sum;
    return true;
}

/* The tail, then the head in the place that was left for it. */
static bool packer_finish(Packer *packer, GError **error)
{
    IclRecordHead head = {.magic = ICL_RECORD_MAGIC,
                          .version = ICL_RECORD_VERSION,
                          .flags = packer->flags,
                          .n = packer->rows->len,
                          .classes = packer->classes,
                          .n_labels = packer->labels->len,
                          .n_sets = packer->sets->len,
                          .n_names = packer->n_names};

    if (!packer_align(packer, error))
        return false;
    head.tail = packer->at;
    tail_sum(packer, head.tail_sum);
    if (!packer_write(packer, packer->rows->data, packer->rows->len * sizeof(IclRecordRow),
                      error) ||
        !packer_write(packer, packer->sets->data, packer->sets->len * sizeof(int32_t), error) ||
        !packer_write(packer, packer->labels->data, packer->labels->len, error) ||
        !packer_write_names(packer, &head.names_crc, error))
        return false;
    head.size = packer->at;
    head.n_tail = head.size - head.tail;
    icl_record_swap_head(&head);
    head.head_crc = GUINT32_TO_LE(icl_record_head_crc(&head));
    if (fseeko(packer->file, 0, SEEK_SET) || !packer_write(packer, &head, sizeof head, error) ||
        fflush(packer->file) || fsync(fileno(packer->file)))
        return error && *error ? false : packer_fail(packer, error);
    return true;
}

static bool packer_run(Packer *packer, const char *path, GError **error)
{
    static const IclRecordHead none;

    if (!packer_write(packer, &none, sizeof none, error) || !packer_parts(packer, path, error))
        return false;
    if (packer->rows->len == 0) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_DATA, "%s: none of its pictures can be read", path);
        return false;
    }
    return packer_finish(packer, error);
}

static bool packer_open(Packer *packer, GError **error)
{
    int file;

    packer->temporary = g_strconcat(packer->output, ".XXXXXX", NULL);
    file = g_mkstemp_full(packer->temporary, O_RDWR | O_CLOEXEC, 0666);
    packer->file = file >= 0 ? fdopen(file, "wb") : NULL;
    return packer->file || packer_fail(packer, error);
}

/* Puts the whole file in its place, or leaves nothing. */
static bool packer_close(Packer *packer, bool ok, GError **error)
{
    if (fclose(packer->file) && ok)
        ok = packer_fail(packer, error);
    if (ok && g_rename(packer->temporary, packer->output))
        ok = packer_fail(packer, error);
    if (!ok)
        g_unlink(packer->temporary);
    return ok;
}

bool icl_pack(const char *path, const char *output, const IclPackParams *params, GError **error)
{
    Packer packer = {
        .params = params,
        .output = output,
        .shrinker = icl_shrinker_new(params->resize ? params->resize : G_MAXINT32),
        .rows = g_array_new(FALSE, FALSE, sizeof(IclRecordRow)),
        .sets = g_array_new(FALSE, FALSE, sizeof(int32_t)),
        .labels = g_byte_array_new(),
        .names = icl_names_new(),
    };
    GError *failure = NULL;
    bool ok = packer_open(&packer, &failure) &&
              packer_close(&packer, packer_run(&packer, path, &failure), &failure);

    icl_shrinker_free(packer.shrinker);
    g_array_unref(packer.rows);
    g_array_unref(packer.sets);
    g_byte_array_unref(packer.labels);
    icl_names_free(packer.names);
    g_free(packer.temporary);
    if (failure)
        g_propagate_error(error, failure);
    return ok;
}
