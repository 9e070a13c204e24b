/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * An IDX file: two zero bytes, a type, the number of dimensions, each dimension as a big-endian
 * 32-bit number, then the entries. zlib's gzread() reads a plain file as it is, so .gz costs
 * nothing here. No header is believed before its data is read. */
#include "idx_array.h"

#include <zlib.h>

enum {
    IDX_U8 = 0x08,
    IDX_SIDE_MAX = 1 << 15,
    IDX_CHUNK = 1 << 20, /* bytes read at a time */
};

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
    if (head[0] || head[1] || head[2] != IDX_U8 || head[3] < 1 || head[3] > ICL_IDX_DIMS_MAX) {
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

static bool idx_read_sizes(gzFile file, const char *path, IclIdxArray *array, GError **error)
{
    static const int most[ICL_IDX_DIMS_MAX] = {G_MAXINT32, IDX_SIDE_MAX, IDX_SIDE_MAX, 3};
    uint8_t bytes[4 * ICL_IDX_DIMS_MAX];

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
static bool idx_read_body(gzFile file, const char *path, IclIdxArray *array, GError **error)
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

bool icl_idx_read(const char *path, int dims, IclIdxArray *array, GError **error)
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
