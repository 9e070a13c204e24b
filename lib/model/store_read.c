/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Reading a store. A model file comes from anywhere, so nothing in it is believed: each length,
 * offset and product is checked before it is used. Tensors stay where they were read to. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "memory.h"
#include "store_parts.h"

/* One file being read. */
typedef struct Reader {
    const char *name; /* for messages */
    const char *header;
    size_t header_size;
    const char *data;
    size_t data_size;
    char sum[STORE_DIGITS + 1]; /* of the bytes that were read; "" where they state none */
    IclStore *store;
    GError **error;
} Reader;

G_GNUC_PRINTF(2, 3) static bool fail(const Reader *reader, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(reader->error, ICL_ERROR, ICL_ERROR_FORMAT, "%s: %s", reader->name, what);
    return false;
}

static bool fail_read(const char *name, GError **error)
{
    g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s: cannot be read: %s", name,
                g_strerror(errno));
    return false;
}

static bool split_file(Reader *reader, const char *bytes, size_t size)
{
    static const char hint[] = "it is not a model file, or only a part of one";
    if (size < STORE_PREFIX + 2)
        return fail(reader, "%s: %zu bytes are too few", hint, size);
    guint64 length;
    memcpy(&length, bytes, STORE_PREFIX);
    if (length > size - STORE_PREFIX || length < 2 || bytes[STORE_PREFIX] != '{')
        return fail(reader, "%s: it does not begin with a header", hint);
    if (length > STORE_HEADER_MAX)
        return fail(reader, "a header of %" G_GUINT64_FORMAT " bytes; at most %d are read", length,
                    STORE_HEADER_MAX);
    reader->header = bytes + STORE_PREFIX;
    reader->header_size = (size_t)length;
    reader->data = reader->header + length;
    reader->data_size = size - STORE_PREFIX - (size_t)length;
    return true;
}

static bool read_metadata(Reader *reader, const IclJson *json)
{
    if (icl_json_type(json) != ICL_JSON_OBJECT)
        return fail(reader, "\"%s\" is not an object of strings", STORE_METADATA);
    for (IclJsonMember member = {0}; icl_json_next(json, &member);) {
        const char *text = icl_json_text(member.value);
        if (!text)
            return fail(reader, "the metadata \"%s\" is not a string", member.key);
        g_tree_replace(reader->store->metadata, g_strdup(member.key), g_strdup(text));
    }
    return true;
}

static bool read_dtype(const Reader *reader, const IclJson *json, const char *name, IclDtype *dtype)
{
    const IclJson *value = icl_json_get(json, "dtype");
    const char *text = value ? icl_json_text(value) : NULL;
    if (!text)
        return fail(reader, "tensor \"%s\" has no dtype", name);
    if (!store_dtype_find(text, dtype))
        return fail(reader,
                    "tensor \"%s\" is of dtype \"%s\"; F32, BF16, I64, I32, I8 and U8 are read",
                    name, text);
    return true;
}

static bool read_shape(const Reader *reader, const IclJson *json, const char *name,
                       IclTensor *tensor, size_t *bytes)
{
    const IclJson *shape = icl_json_get(json, "shape");
    if (!shape || icl_json_type(shape) != ICL_JSON_ARRAY)
        return fail(reader, "tensor \"%s\" has no shape", name);
    size_t rank = icl_json_length(shape);
    if (rank > ICL_RANK_MAX)
        return fail(reader, "tensor \"%s\" has %zu dimensions; at most %d are read", name, rank,
                    ICL_RANK_MAX);
    tensor->rank = (int)rank;
    *bytes = icl_dtype_size(tensor->dtype);
    for (size_t i = 0; i < rank; i++) {
        const IclJson *dim = icl_json_item(shape, i);
        if (icl_json_type(dim) != ICL_JSON_INTEGER || icl_json_number(dim) < 0)
            return fail(reader, "tensor \"%s\" has a dimension that is not a whole number >= 0",
                        name);
        tensor->dims[i] = icl_json_number(dim);
        if (!icl_size_multiply(*bytes, (size_t)tensor->dims[i], bytes))
            return fail(reader, "the dimensions of tensor \"%s\" are too large", name);
    }
    return true;
}

static bool read_offsets(const Reader *reader, const IclJson *json, size_t bytes, StoreEntry *entry)
{
    const IclJson *offsets = icl_json_get(json, "data_offsets");
    if (!offsets || icl_json_type(offsets) != ICL_JSON_ARRAY || icl_json_length(offsets) != 2)
        return fail(reader, "tensor \"%s\" has no pair of data_offsets", entry->name);
    gint64 at[2];
    for (size_t i = 0; i < 2; i++) {
        const IclJson *offset = icl_json_item(offsets, i);
        if (icl_json_type(offset) != ICL_JSON_INTEGER)
            return fail(reader, "tensor \"%s\" has a data offset that is not a whole number",
                        entry->name);
        at[i] = icl_json_number(offset);
    }
    if (at[0] < 0 || at[1] < at[0] || (guint64)at[1] > reader->data_size)
        return fail(reader,
                    "tensor \"%s\" lies at %" G_GINT64_FORMAT "..%" G_GINT64_FORMAT
                    " of %zu bytes of data; the file is damaged or cut off",
                    entry->name, at[0], at[1], reader->data_size);
    if ((guint64)(at[1] - at[0]) != bytes)
        return fail(reader, "tensor \"%s\" needs %zu bytes by its shape and has %" G_GINT64_FORMAT,
                    entry->name, bytes, at[1] - at[0]);
    entry->begin = (size_t)at[0];
    entry->end = (size_t)at[1];
    return true;
}

static bool read_tensor(Reader *reader, const IclJsonMember *member)
{
    const char *problem = store_name_problem(member->key);
    if (problem)
        return fail(reader, "the name of a tensor %s", problem);
    if (icl_json_type(member->value) != ICL_JSON_OBJECT)
        return fail(reader, "tensor \"%s\" is not an object", member->key);
    StoreEntry *entry = store_entry_new(reader->store, member->key, -1);
    size_t bytes = 0;
    return read_dtype(reader, member->value, entry->name, &entry->tensor.dtype) &&
           read_shape(reader, member->value, entry->name, &entry->tensor, &bytes) &&
           read_offsets(reader, member->value, bytes, entry);
}

static bool read_header(Reader *reader)
{
    char *problem = NULL;
    g_autoptr(IclJson) json = icl_json_parse(reader->header, reader->header_size, &problem);
    if (!json) {
        fail(reader, "the header does not parse: %s", problem);
        g_free(problem);
        return false;
    }
    for (IclJsonMember member = {0}; icl_json_next(json, &member);) {
        bool metadata = g_str_equal(member.key, STORE_METADATA);
        if (!(metadata ? read_metadata(reader, member.value) : read_tensor(reader, &member)))
            return false;
    }
    return true;
}

static bool check_format(const Reader *reader)
{
    const char *format = icl_store_get(reader->store, STORE_FORMAT_KEY);
    const char *stated = icl_store_get(reader->store, STORE_CHECKSUM_KEY);
    if (!format && !stated)
        return true;
    guint64 version;
    if (!format || !g_ascii_string_to_unsigned(format, 10, 1, G_MAXINT32, &version, NULL))
        return fail(reader, "its format version does not make sense; the file is damaged");
    if (version > ICL_STORE_FORMAT)
        return fail(reader,
                    "it was written in format %s by a newer icl; this one reads up to format "
                    "%d: use the newer icl",
                    format, ICL_STORE_FORMAT);
    if (!stated || !*reader->sum)
        return fail(reader, "its checksum is missing; the file is damaged");
    if (!g_str_equal(reader->sum, stated))
        return fail(reader, "its checksum does not match; the file is damaged, or was changed by "
                            "another program");
    g_tree_remove(reader->store->metadata, STORE_FORMAT_KEY);
    g_tree_remove(reader->store->metadata, STORE_CHECKSUM_KEY);
    return true;
}

static int compare_offsets(const void *a, const void *b)
{
    const StoreEntry *x = *(StoreEntry *const *)a, *y = *(StoreEntry *const *)b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Tensors must follow one another without a hole, to the end of the file. */
static bool check_layout(const Reader *reader)
{
    g_ptr_array_sort(reader->store->entries, compare_offsets);
    size_t at = 0;
    for (guint i = 0; i < reader->store->entries->len; i++) {
        const StoreEntry *entry = reader->store->entries->pdata[i];
        if (entry->begin != at)
            return fail(reader, "tensor \"%s\" %s the data before it", entry->name,
                        entry->begin < at ? "overlaps" : "leaves a hole after");
        at = entry->end;
    }
    if (at != reader->data_size)
        return fail(reader, "%zu bytes belong to no tensor; the file is damaged",
                    reader->data_size - at);
    return true;
}

/* Our own files keep every tensor naturally aligned; of another's, where one is not, all are moved.
 */
static bool place_data(Reader *reader)
{
    IclStore *store = reader->store;
    size_t total = 0;
    bool aligned = true;
    for (guint i = 0; i < store->entries->len; i++) {
        StoreEntry *entry = store->entries->pdata[i];
        entry->tensor.data = (char *)reader->data + entry->begin;
        aligned = aligned && entry->begin % icl_dtype_size(entry->tensor.dtype) == 0;
        total += icl_round_up(entry->end - entry->begin, ICL_ALIGN);
    }
    if (aligned)
        return true;
    char *to = icl_memory_new(total, reader->name, reader->error), *moved = to;
    if (!to)
        return false;
    for (guint i = 0; i < store->entries->len; i++) {
        StoreEntry *entry = store->entries->pdata[i];
        size_t bytes = entry->end - entry->begin;
        entry->tensor.data = memcpy(to, entry->tensor.data, bytes);
        to += icl_round_up(bytes, ICL_ALIGN);
    }
    icl_memory_free(store->memory);
    store->memory = moved;
    return true;
}

/* Reads the data of a file whose header is there, and sums what states a checksum. */
static bool read_data(Reader *reader, const StoreSource *source, char *bytes)
{
    const char *digits = store_checksum_digits(reader->header, reader->header_size);
    size_t begin = (size_t)(reader->data - bytes);
    IclSha256 sha;

    if (digits)
        store_checksum_begin(&sha, reader->header, reader->header_size, digits);
    if (!store_source_sum(source, begin, bytes, digits ? &sha : NULL))
        return fail_read(reader->name, reader->error);
    if (digits)
        icl_sha256_end(&sha, reader->sum);
    return true;
}

/* Where the data begins, or the end where the header's length makes no sense. */
static bool find_data(const StoreSource *source, size_t *begin)
{
    guint64 length;

    *begin = source->size;
    if (source->size < STORE_PREFIX)
        return true;
    if (!store_source_read(source, 0, (char *)&length, STORE_PREFIX))
        return false;
    if (length <= STORE_HEADER_MAX)
        *begin = MIN(source->size, STORE_PREFIX + (size_t)length);
    return true;
}

static IclStore *store_read(const StoreSource *source, const char *name, GError **error)
{
    g_autoptr(IclStore) store = icl_store_new();
    Reader reader = {.name = name, .store = store, .error = error};
    size_t begin;

    if (!find_data(source, &begin)) {
        fail_read(name, error);
        return NULL;
    }
    size_t before = icl_round_up(begin, ICL_ALIGN) - begin; /* so that the data is aligned */
    if (!(store->memory = icl_memory_new(before + source->size, name, error)))
        return NULL;
    char *bytes = (char *)store->memory + before;
    if (!store_source_read(source, 0, bytes, begin)) {
        fail_read(name, error);
        return NULL;
    }
    return split_file(&reader, bytes, source->size) && read_header(&reader) &&
                   read_data(&reader, source, bytes) && check_format(&reader) &&
                   check_layout(&reader) && place_data(&reader)
               ? g_steal_pointer(&store)
               : NULL;
}

IclStore *icl_store_parse(const void *data, size_t size, const char *name, GError **error)
{
    return store_read(&(StoreSource){.bytes = data, .fd = -1, .size = size}, name, error);
}

/* A regular file, opened, or -1. O_NONBLOCK: a named pipe must not hang its reader. */
static int open_file(const char *path, size_t *size, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;

    if (fd < 0 || fstat(fd, &info) != 0)
        fail_read(path, error);
    else if (S_ISREG(info.st_mode)) {
        *size = (size_t)info.st_size;
        return fd;
    } else
        g_set_error(error, ICL_ERROR, ICL_ERROR_FILE,
                    "%s: cannot be read: it is %s; give a model file", path,
                    S_ISDIR(info.st_mode) ? "a folder" : "not a regular file");
    if (fd >= 0)
        close(fd);
    return -1;
}

IclStore *icl_store_load(const char *path, GError **error)
{
    StoreSource source = {0};

    if ((source.fd = open_file(path, &source.size, error)) < 0)
        return NULL;
    IclStore *store = store_read(&source, path, error);
    close(source.fd);
    return store;
}
