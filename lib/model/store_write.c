/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Writing a store. The file appears whole under its name or not at all: a power cut or a full disk
 * in the middle of training must not cost the model that was there before. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "store_parts.h"

#if G_BYTE_ORDER != G_LITTLE_ENDIAN
#error "the store writes tensors as they lie in memory, and the file is little-endian"
#endif

static size_t tensor_bytes(const IclTensor *tensor)
{
    return icl_tensor_count(tensor) * icl_dtype_size(tensor->dtype);
}

static bool check_name(const char *what, const char *name, const char *problem, const char *path,
                       GError **error)
{
    if (!problem)
        return true;
    g_autofree char *shown = g_utf8_make_valid(name, (gssize)strnlen(name, 64));
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE, "%s: cannot be written: %s \"%s\" %s", path,
                what, shown, problem);
    return false;
}

static bool check_content(const IclStore *store, const char *path, GError **error)
{
    for (guint i = 0; i < store->entries->len; i++) {
        const StoreEntry *entry = store->entries->pdata[i];
        if (!check_name("the tensor name", entry->name, store_name_problem(entry->name), path,
                        error))
            return false;
    }
    g_autofree const char **keys = icl_store_keys(store);
    for (int i = 0; keys[i]; i++) {
        bool valid = g_utf8_validate(keys[i], -1, NULL);
        if (!check_name("the metadata key", keys[i], valid ? NULL : "is not UTF-8", path, error))
            return false;
        valid = g_utf8_validate(icl_store_get(store, keys[i]), -1, NULL);
        if (!check_name("the value of", keys[i], valid ? NULL : "is not UTF-8", path, error))
            return false;
    }
    return true;
}

static IclJson *metadata_json(const IclStore *store)
{
    char zeros[STORE_DIGITS + 1] = {0};
    memset(zeros, '0', STORE_DIGITS);
    IclJson *json = icl_json_object();
    g_autofree const char **keys = icl_store_keys(store);
    for (int i = 0; keys[i]; i++)
        icl_json_set(json, keys[i], icl_json_string(icl_store_get(store, keys[i])));
    g_autofree char *format = g_strdup_printf("%d", ICL_STORE_FORMAT);
    icl_json_set(json, STORE_FORMAT_KEY, icl_json_string(format));
    icl_json_set(json, STORE_CHECKSUM_KEY, icl_json_string(zeros));
    return json;
}

static IclJson *tensor_json(const IclTensor *tensor, size_t begin, size_t end)
{
    IclJson *json = icl_json_object(), *shape = icl_json_array(), *offsets = icl_json_array();
    for (int i = 0; i < tensor->rank; i++)
        icl_json_append(shape, icl_json_integer(tensor->dims[i]));
    icl_json_append(offsets, icl_json_integer((gint64)begin));
    icl_json_append(offsets, icl_json_integer((gint64)end));
    icl_json_set(json, "dtype", icl_json_string(store_dtype_name(tensor->dtype)));
    icl_json_set(json, "shape", shape);
    icl_json_set(json, "data_offsets", offsets);
    return json;
}

/* The header with its length in front, padded to 8 bytes, checksum filled in. */
static GString *build_header(const IclStore *store)
{
    g_autoptr(IclJson) json = icl_json_object();
    icl_json_set(json, STORE_METADATA, metadata_json(store));
    size_t offset = 0;
    for (guint i = 0; i < store->entries->len; i++) {
        const StoreEntry *entry = store->entries->pdata[i];
        size_t end = offset + tensor_bytes(&entry->tensor);
        icl_json_set(json, entry->name, tensor_json(&entry->tensor, offset, end));
        offset = end;
    }
    g_autofree char *text = icl_json_print(json, 0);
    GString *header = g_string_new(text);
    while (header->len % 8)
        g_string_append_c(header, ' ');
    char *digits = (char *)store_checksum_digits(header->str, header->len);
    char sum[STORE_DIGITS + 1];
    IclSha256 sha;
    store_checksum_begin(&sha, header->str, header->len, digits);
    for (guint i = 0; i < store->entries->len; i++) {
        const StoreEntry *entry = store->entries->pdata[i];
        icl_sha256_add(&sha, entry->tensor.data, tensor_bytes(&entry->tensor));
    }
    icl_sha256_end(&sha, sum);
    memcpy(digits, sum, STORE_DIGITS);
    guint64 length = header->len;
    g_string_prepend_len(header, (const char *)&length, STORE_PREFIX);
    return header;
}

static bool write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, data, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        data += n;
        size -= (size_t)n;
    }
    return true;
}

static bool write_store(int fd, const IclStore *store, const GString *header)
{
    if (!write_all(fd, header->str, header->len))
        return false;
    for (guint i = 0; i < store->entries->len; i++) {
        const StoreEntry *entry = store->entries->pdata[i];
        if (!write_all(fd, entry->tensor.data, tensor_bytes(&entry->tensor)))
            return false;
    }
    return fsync(fd) == 0;
}

static bool fail_file(const char *path, int code, GError **error)
{
    g_set_error(error, ICL_ERROR, ICL_ERROR_FILE,
                "%s: cannot be written: %s; what was there before is untouched", path,
                g_strerror(code));
    return false;
}

/* A folder's entry is on disk only after the folder is; where a file system cannot do that, the new
 * file is in place all the same. */
static void sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

/* Renaming over a device or a pipe would replace it. */
static bool check_target(const char *path, GError **error)
{
    struct stat info;
    if (stat(path, &info) != 0 || S_ISREG(info.st_mode))
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_FILE,
                "%s: cannot be written: it is %s; give the name of a file", path,
                S_ISDIR(info.st_mode) ? "a folder" : "not a regular file");
    return false;
}

bool icl_store_save(const IclStore *store, const char *path, GError **error)
{
    if (!check_target(path, error) || !check_content(store, path, error))
        return false;
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *temporary = g_build_filename(folder, ".icl-XXXXXX", NULL);
    int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0666);
    if (fd < 0)
        return fail_file(path, errno, error);
    g_autoptr(GString) header = build_header(store);
    bool written = write_store(fd, store, header);
    int code = errno;
    if (close(fd) != 0 && written) {
        written = false;
        code = errno;
    }
    if (written && g_rename(temporary, path) != 0) {
        written = false;
        code = errno;
    }
    if (!written) {
        g_unlink(temporary);
        return fail_file(path, code, error);
    }
    sync_folder(folder);
    return true;
}
