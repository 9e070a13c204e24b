/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The store: what is written comes back, and no bytes, however wrong, do more than give a message.
 */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "store.h"

static float kernel[6] = {0.5f, -1, 2, 3, 4, 5};
static gint64 steps[1] = {1234567890123};
static guint8 mask[3] = {1, 0, 1};

static IclStore *sample_store(void)
{
    IclStore *store = icl_store_new();
    icl_store_set(store, "labels", "bird\ncat \"tom\"\n\xc3\xa4pfel");
    icl_store_set(store, "description", "replaced");
    icl_store_set(store, "description", "input 8 8 1\nrelu");
    icl_store_add(store, "mask", &(IclTensor){ICL_U8, 1, {3}, mask});
    icl_store_add(store, "b.kernel", &(IclTensor){ICL_F32, 2, {2, 3}, kernel});
    icl_store_add(store, "a.empty", &(IclTensor){ICL_F32, 2, {0, 3}, kernel});
    icl_store_add(store, "steps", &(IclTensor){ICL_I64, 0, {0}, steps});
    return store;
}

static char *temporary_folder(void)
{
    GError *error = NULL;
    char *folder = g_dir_make_tmp("icl-store-XXXXXX", &error);
    g_assert_no_error(error);
    return folder;
}

static guint count_files(const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    guint count = 0;
    while (g_dir_read_name(dir))
        count++;
    g_dir_close(dir);
    return count;
}

static void save_bytes(const IclStore *store, char **bytes, gsize *size)
{
    GError *error = NULL;
    g_autofree char *folder = temporary_folder();
    g_autofree char *path = g_build_filename(folder, "m.bin", NULL);
    g_assert_true(icl_store_save(store, path, &error));
    g_assert_no_error(error);
    g_assert_true(g_file_get_contents(path, bytes, size, &error));
    g_assert_cmpuint(count_files(folder), ==, 1);
    g_unlink(path);
    g_rmdir(folder);
}

static void round_trip(void)
{
    GError *error = NULL;
    g_autofree char *folder = temporary_folder();
    g_autofree char *path = g_build_filename(folder, "m.bin", NULL);
    g_autoptr(IclStore) written = sample_store();
    g_assert_true(icl_store_save(written, path, &error));
    g_autoptr(IclStore) read = icl_store_load(path, &error);
    g_assert_no_error(error);

    static const char *const names[] = {"steps", "a.empty", "b.kernel", "mask"};
    g_assert_cmpint(icl_store_size(read), ==, G_N_ELEMENTS(names));
    for (int i = 0; i < icl_store_size(read); i++) {
        const IclTensor *a = icl_store_find(written, names[i]), *b = icl_store_find(read, names[i]);
        g_assert_cmpstr(icl_store_name(read, i), ==, names[i]);
        g_assert_cmpstr(icl_store_name(written, i), ==, names[i]);
        g_assert_cmpint(a->dtype, ==, b->dtype);
        g_assert_cmpint(a->rank, ==, b->rank);
        g_assert_cmpmem(a->dims, sizeof a->dims, b->dims, sizeof b->dims);
        size_t bytes = icl_tensor_count(a) * icl_dtype_size(a->dtype);
        g_assert_cmpmem(a->data, bytes, b->data, bytes);
        g_assert_cmpuint((guintptr)b->data % icl_dtype_size(b->dtype), ==, 0);
    }
    g_autofree const char **keys = icl_store_keys(read);
    g_assert_cmpuint(g_strv_length((char **)keys), ==, 2);
    for (int i = 0; keys[i]; i++)
        g_assert_cmpstr(icl_store_get(read, keys[i]), ==, icl_store_get(written, keys[i]));
    g_assert_null(icl_store_get(read, "nothing"));
    g_assert_null(icl_store_find(read, "nothing"));
    g_unlink(path);
    g_rmdir(folder);
}

/* More than is read at once; a bit of each block flipped in its turn. */
static void large_file(void)
{
    enum { FLOATS = (9 << 20) / 4 + 3 };
    GError *error = NULL;
    g_autofree char *folder = temporary_folder();
    g_autofree char *path = g_build_filename(folder, "m.bin", NULL), *bytes = NULL;
    g_autofree float *numbers = g_new(float, FLOATS);
    g_autoptr(IclStore) written = icl_store_new();
    gsize size;

    for (int i = 0; i < FLOATS; i++)
        numbers[i] = (float)i;
    icl_store_add(written, "numbers", &(IclTensor){ICL_F32, 1, {FLOATS}, numbers});
    g_assert_true(icl_store_save(written, path, &error));
    g_autoptr(IclStore) read = icl_store_load(path, &error);
    g_assert_no_error(error);
    g_assert_cmpmem(icl_store_find(read, "numbers")->data, FLOATS * sizeof(float), numbers,
                    FLOATS * sizeof(float));
    g_assert_true(g_file_get_contents(path, &bytes, &size, &error));
    for (gsize at = size - 1; at > 4 << 20; at -= 4 << 20) {
        bytes[at] ^= 16;
        g_assert_null(icl_store_parse(bytes, size, "damaged", &error));
        g_assert_error(error, ICL_ERROR, ICL_ERROR_FORMAT);
        g_clear_error(&error);
        bytes[at] ^= 16;
    }
    g_unlink(path);
    g_rmdir(folder);
}

/* In any order of adding, and again from a store that was read. */
static void same_content_same_bytes(void)
{
    GError *error = NULL;
    g_autofree char *one = NULL, *two = NULL, *three = NULL;
    gsize size_one, size_two, size_three;
    g_autoptr(IclStore) store = sample_store();
    save_bytes(store, &one, &size_one);

    g_autoptr(IclStore) other = icl_store_new();
    icl_store_add(other, "steps", icl_store_find(store, "steps"));
    icl_store_add(other, "a.empty", icl_store_find(store, "a.empty"));
    icl_store_set(other, "description", icl_store_get(store, "description"));
    icl_store_add(other, "b.kernel", icl_store_find(store, "b.kernel"));
    icl_store_add(other, "mask", icl_store_find(store, "mask"));
    icl_store_set(other, "labels", icl_store_get(store, "labels"));
    save_bytes(other, &two, &size_two);
    g_assert_cmpmem(one, size_one, two, size_two);

    g_autoptr(IclStore) read = icl_store_parse(one, size_one, "m.bin", &error);
    g_assert_no_error(error);
    save_bytes(read, &three, &size_three);
    g_assert_cmpmem(one, size_one, three, size_three);
}

/* The layout that other tools read: length, JSON, data; 8-byte header; larger elements first. */
static void layout_is_safetensors(void)
{
    g_autofree char *bytes = NULL;
    gsize size;
    g_autoptr(IclStore) store = sample_store();
    save_bytes(store, &bytes, &size);
    guint64 length;
    memcpy(&length, bytes, 8);
    g_assert_cmpuint(length % 8, ==, 0);
    g_autofree char *header = g_strndup(bytes + 8, length);
    g_assert_true(
        g_str_has_prefix(header, "{\"__metadata__\":{\"description\":\"input 8 8 1\\nrelu\","));
    g_assert_nonnull(
        strstr(header, "\"b.kernel\":{\"data_offsets\":[8,32],\"dtype\":\"F32\",\"shape\":[2,3]}"));
    g_assert_nonnull(
        strstr(header, "\"steps\":{\"data_offsets\":[0,8],\"dtype\":\"I64\",\"shape\":[]}"));
    g_assert_cmpuint(size, ==, 8 + length + 8 + 24 + 3);
    g_assert_cmpmem(bytes + size - 3, 3, mask, 3);
}

static void expect_format_error(const void *data, size_t size, const char *part)
{
    GError *error = NULL;
    /* its own block, so that the address sanitizer sees a read past the end */
    g_autofree char *copy = size ? g_memdup2(data, size) : g_malloc(1);
    g_autoptr(IclStore) store = icl_store_parse(copy, size, "m.bin", &error);
    g_assert_null(store);
    g_assert_error(error, ICL_ERROR, ICL_ERROR_FORMAT);
    g_assert_true(g_str_has_prefix(error->message, "m.bin: "));
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
    if (part && !strstr(error->message, part))
        g_error("\"%s\" does not say \"%s\"", error->message, part);
    g_error_free(error);
}

static void cut_anywhere(void)
{
    g_autofree char *bytes = NULL;
    gsize size;
    g_autoptr(IclStore) store = sample_store();
    save_bytes(store, &bytes, &size);
    for (gsize n = 0; n < size; n++)
        expect_format_error(bytes, n, NULL);
    g_autofree char *longer = g_malloc0(size + 1);
    memcpy(longer, bytes, size);
    expect_format_error(longer, size + 1, "checksum does not match");
}

static void any_bit_flipped(void)
{
    g_autofree char *bytes = NULL;
    gsize size;
    g_autoptr(IclStore) store = sample_store();
    save_bytes(store, &bytes, &size);
    for (gsize bit = 0; bit < size * 8; bit++) {
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        expect_format_error(bytes, size, NULL);
        bytes[bit / 8] ^= (char)(1 << bit % 8);
    }
}

static GByteArray *foreign_file(const char *header, guint64 length, gsize data)
{
    GByteArray *file = g_byte_array_new();
    g_byte_array_append(file, (const guint8 *)&length, 8);
    g_byte_array_append(file, (const guint8 *)header, (guint)strlen(header));
    for (gsize i = 0; i < data; i++)
        g_byte_array_append(file, (const guint8[]){(guint8)i}, 1);
    return file;
}

static void header_lengths(void)
{
    static const guint64 lengths[] = {0,       1,          7,           9,
                                      1 << 20, G_MAXINT64, G_MAXUINT64, G_MAXUINT64 - 7};
    for (gsize i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autoptr(GByteArray) file = foreign_file("{}      ", lengths[i], 0);
        expect_format_error(file->data, file->len, NULL);
    }
    g_autofree char *huge = g_strnfill((16 << 20) + 8, ' ');
    huge[0] = '{', huge[1] = '}';
    g_autoptr(GByteArray) file = foreign_file(huge, (16 << 20) + 8, 0);
    expect_format_error(file->data, file->len, "at most");
}

#define T(rest) "{\"a\":{" rest "}}"

/* Headers for 8 bytes of data, and what the message says of each. */
static const struct {
    const char *name, *header, *message;
} hostile[] = {
    {"not json", "{nothing}", "does not parse"},
    {"array", "[]", "header"},
    {"cut json", "{\"a\":{", "does not parse"},
    {"two values", "{}{}", "does not parse"},
    {"text after", "{} x", "does not parse"},
    {"invalid utf-8", "{\"a\xff\":{}}", "does not parse"},
    {"nul in name", "{\"a\\u0000b\":{}}", "does not parse"},
    {"duplicate tensor",
     "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]},"
     "\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}}",
     "duplicate"},
    {"duplicate field", T("\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]"),
     "duplicate"},
    {"tensor not an object", "{\"a\":8}", "not an object"},
    {"metadata not an object", "{\"__metadata__\":[]}", "not an object"},
    {"metadata number", "{\"__metadata__\":{\"k\":1}}", "\"k\" is not a string"},
    {"name empty", "{\"\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}}", "is empty"},
    {"no dtype", T("\"shape\":[8],\"data_offsets\":[0,8]"), "no dtype"},
    {"dtype number", T("\"dtype\":8,\"shape\":[8],\"data_offsets\":[0,8]"), "no dtype"},
    {"dtype unknown", T("\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[0,8]"), "\"F16\""},
    {"no shape", T("\"dtype\":\"U8\",\"data_offsets\":[0,8]"), "no shape"},
    {"shape not a list", T("\"dtype\":\"U8\",\"shape\":8,\"data_offsets\":[0,8]"), "no shape"},
    {"rank 5", T("\"dtype\":\"U8\",\"shape\":[8,1,1,1,1],\"data_offsets\":[0,8]"), "5 dimensions"},
    {"negative dimension", T("\"dtype\":\"U8\",\"shape\":[-8],\"data_offsets\":[0,8]"),
     "dimension"},
    {"two negative dimensions", T("\"dtype\":\"U8\",\"shape\":[-2,-4],\"data_offsets\":[0,8]"),
     "dimension"},
    {"real dimension", T("\"dtype\":\"U8\",\"shape\":[8.0],\"data_offsets\":[0,8]"), "dimension"},
    {"huge dimension",
     T("\"dtype\":\"U8\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]"),
     "does not parse"},
    {"product overflows to 8",
     T("\"dtype\":\"F32\",\"shape\":[4611686018427387904,2,2],\"data_offsets\":[0,0]"),
     "too large"},
    {"product overflows to 0",
     T("\"dtype\":\"U8\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]"), "too large"},
    {"no offsets", T("\"dtype\":\"U8\",\"shape\":[8]"), "data_offsets"},
    {"one offset", T("\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0]"), "data_offsets"},
    {"three offsets", T("\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8,8]"), "data_offsets"},
    {"real offset", T("\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8.0]"), "whole number"},
    {"negative offset", T("\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[-8,0]"), "lies at"},
    {"offsets reversed", T("\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[8,0]"), "lies at"},
    {"offsets out of file", T("\"dtype\":\"U8\",\"shape\":[9],\"data_offsets\":[0,9]"), "lies at"},
    {"offsets far out of file",
     T("\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[9223372036854775806,9223372036854775807]"),
     "lies at"},
    {"size against shape", T("\"dtype\":\"F32\",\"shape\":[8],\"data_offsets\":[0,8]"), "32 bytes"},
    {"hole in front", T("\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]"), "hole"},
    {"hole at the end", T("\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]"), "belong to no"},
    {"hole between",
     "{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]},"
     "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}",
     "hole"},
    {"overlap",
     "{\"a\":{\"dtype\":\"U8\",\"shape\":[5],\"data_offsets\":[0,5]},"
     "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}",
     "overlaps"},
    {"the same place twice",
     "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]},"
     "\"b\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}}",
     "overlaps"},
    {"newer format", "{\"__metadata__\":{\"icl.format\":\"2\",\"icl.checksum\":\"\"}}",
     "newer icl"},
    {"format not a number", "{\"__metadata__\":{\"icl.format\":\"one\"}}", "format version"},
    {"format zero", "{\"__metadata__\":{\"icl.format\":\"0\"}}", "format version"},
    {"format without checksum", "{\"__metadata__\":{\"icl.format\":\"1\"}}", "checksum is missing"},
    {"checksum without format", "{\"__metadata__\":{\"icl.checksum\":\"00\"}}", "format version"},
    {"checksum too short", "{\"__metadata__\":{\"icl.format\":\"1\",\"icl.checksum\":\"00\"}}",
     "checksum"},
    {"checksum of another header",
     "{\"__metadata__\":{\"icl.format\":\"1\",\"icl.checksum\":"
     "\"0000000000000000000000000000000000000000"
     "000000000000000000000000\"}}",
     "does not match"},
};

static void hostile_header(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(GByteArray) file = foreign_file(hostile[i].header, strlen(hostile[i].header), 8);
    expect_format_error(file->data, file->len, hostile[i].message);
}

static void deep_nesting(void)
{
    static const char *const openings[] = {"[", "{\"a\":"};
    for (gsize i = 0; i < G_N_ELEMENTS(openings); i++) {
        GString *header = g_string_new("{\"a\":");
        for (int depth = 0; depth < 200000; depth++)
            g_string_append(header, openings[i]);
        g_autoptr(GByteArray) file = foreign_file(header->str, header->len, 0);
        expect_format_error(file->data, file->len, "depth");
        g_string_free(header, TRUE);
    }
}

static void name_too_long(void)
{
    g_autofree char *name = g_strnfill(1025, 'n');
    g_autofree char *header =
        g_strdup_printf("{\"%s\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}}", name);
    g_autoptr(GByteArray) file = foreign_file(header, strlen(header), 8);
    expect_format_error(file->data, file->len, "longer than 1024");
}

/* No icl.* keys, spaces, fields in another order, tensors out of order and unaligned. */
static void file_by_another_tool(void)
{
    static const char header[] = " { }"; /* a header must begin with '{' */
    g_autoptr(GByteArray) bad = foreign_file(header, strlen(header), 0);
    expect_format_error(bad->data, bad->len, "header");

    static const char good[] =
        "{\"w\": {\"shape\": [1, 1], \"dtype\": \"F32\", \"data_offsets\": [1, 5]},\n"
        " \"v\": {\"dtype\": \"U8\", \"shape\": [1], \"data_offsets\": [0, 1]},\n"
        " \"__metadata__\": {\"format\": \"pt\"} }   ";
    GError *error = NULL;
    g_autoptr(GByteArray) file = foreign_file(good, strlen(good), 5);
    g_autoptr(IclStore) store = icl_store_parse(file->data, file->len, "m.bin", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(icl_store_get(store, "format"), ==, "pt");
    g_assert_cmpint(icl_store_size(store), ==, 2);
    g_assert_cmpstr(icl_store_name(store, 0), ==, "v");
    const IclTensor *w = icl_store_find(store, "w");
    g_assert_cmpuint((guintptr)w->data % 64, ==, 0);
    g_assert_cmpmem(w->data, 4, "\1\2\3\4", 4);

    g_autoptr(GByteArray) empty = foreign_file("{}", 2, 0);
    g_autoptr(IclStore) nothing = icl_store_parse(empty->data, empty->len, "m.bin", &error);
    g_assert_no_error(error);
    g_assert_cmpint(icl_store_size(nothing), ==, 0);
}

static void expect_load_error(const char *path, IclError code, const char *part)
{
    GError *error = NULL;
    g_assert_null(icl_store_load(path, &error));
    g_assert_error(error, ICL_ERROR, (int)code);
    g_assert_true(g_str_has_prefix(error->message, path));
    g_assert_nonnull(strstr(error->message, part));
    g_error_free(error);
}

static void unreadable_paths(void)
{
    g_autofree char *folder = temporary_folder();
    g_autofree char *missing = g_build_filename(folder, "nothing.bin", NULL);
    g_autofree char *text = g_build_filename(folder, "text.bin", NULL);
    expect_load_error(missing, ICL_ERROR_FILE, "No such file");
    expect_load_error(folder, ICL_ERROR_FILE, "is a folder");
    expect_load_error("/dev/zero", ICL_ERROR_FILE, "not a regular file");
    g_assert_true(g_file_set_contents(text, "", 0, NULL));
    expect_load_error(text, ICL_ERROR_FORMAT, "not a model file");
    g_assert_true(g_file_set_contents(text, "input 28 28 1 ! dense 10", -1, NULL));
    expect_load_error(text, ICL_ERROR_FORMAT, "not a model file");
    g_unlink(text);
    g_rmdir(folder);
}

static void expect_save_error(const IclStore *store, const char *path, IclError code,
                              const char *part)
{
    GError *error = NULL;
    g_assert_false(icl_store_save(store, path, &error));
    g_assert_error(error, ICL_ERROR, (int)code);
    g_assert_true(g_str_has_prefix(error->message, path));
    if (!strstr(error->message, part))
        g_error("\"%s\" does not say \"%s\"", error->message, part);
    g_error_free(error);
}

static void unwritable_paths(void)
{
    g_autoptr(IclStore) store = sample_store();
    g_autofree char *folder = temporary_folder();
    g_autofree char *file = g_build_filename(folder, "file", NULL);
    g_autofree char *below = g_build_filename(file, "m.bin", NULL);
    g_autofree char *missing = g_build_filename(folder, "nothing", "m.bin", NULL);
    g_assert_true(g_file_set_contents(file, "x", 1, NULL));
    expect_save_error(store, below, ICL_ERROR_FILE, "cannot be written");
    expect_save_error(store, missing, ICL_ERROR_FILE, "No such file");
    expect_save_error(store, folder, ICL_ERROR_FILE, "is a folder");
    expect_save_error(store, "/dev/null", ICL_ERROR_FILE, "not a regular file");
    expect_save_error(store, "/proc/m.bin", ICL_ERROR_FILE, "cannot be written");
    g_assert_cmpuint(count_files(folder), ==, 1);
    g_unlink(file);
    g_rmdir(folder);
}

/* Writing stops in the middle, as on a full disk: the file that was there stays. */
static void no_room_keeps_the_old_file(void)
{
    GError *error = NULL;
    g_autofree char *folder = temporary_folder(), *old = NULL;
    g_autofree char *path = g_build_filename(folder, "m.bin", NULL);
    g_assert_true(g_file_set_contents(path, "the old file", -1, NULL));
    struct rlimit before;
    getrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){100, before.rlim_max});
    g_autoptr(IclStore) store = sample_store();
    expect_save_error(store, path, ICL_ERROR_FILE, "too large");
    setrlimit(RLIMIT_FSIZE, &before);
    g_assert_cmpuint(count_files(folder), ==, 1);
    g_assert_true(g_file_get_contents(path, &old, NULL, NULL));
    g_assert_cmpstr(old, ==, "the old file");
    g_assert_true(icl_store_save(store, path, &error));
    g_assert_no_error(error);
    g_autoptr(IclStore) read = icl_store_load(path, &error);
    g_assert_no_error(error);
    g_unlink(path);
    g_rmdir(folder);
}

static void unwritable_content(void)
{
    g_autofree char *folder = temporary_folder(), *name = g_strnfill(1025, 'n');
    g_autofree char *path = g_build_filename(folder, "m.bin", NULL);
    const char *const names[] = {"", name, "a\xff", "__metadata__"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(IclStore) store = icl_store_new();
        icl_store_add(store, names[i], &(IclTensor){ICL_U8, 1, {3}, mask});
        expect_save_error(store, path, ICL_ERROR_VALUE, "tensor name");
    }
    g_autoptr(IclStore) key = icl_store_new(), value = icl_store_new();
    icl_store_set(key, "\xff", "x");
    expect_save_error(key, path, ICL_ERROR_VALUE, "metadata key");
    icl_store_set(value, "labels", "\xff");
    expect_save_error(value, path, ICL_ERROR_VALUE, "\"labels\" is not UTF-8");
    g_assert_cmpuint(count_files(folder), ==, 0);
    g_rmdir(folder);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/round-trip", round_trip);
    g_test_add_func("/store/large-file", large_file);
    g_test_add_func("/store/same-content-same-bytes", same_content_same_bytes);
    g_test_add_func("/store/layout-is-safetensors", layout_is_safetensors);
    g_test_add_func("/store/cut-anywhere", cut_anywhere);
    g_test_add_func("/store/any-bit-flipped", any_bit_flipped);
    g_test_add_func("/store/header-lengths", header_lengths);
    for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_autofree char *path = g_strdup_printf("/store/hostile/%s", hostile[i].name);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), hostile_header);
    }
    g_test_add_func("/store/hostile/deep nesting", deep_nesting);
    g_test_add_func("/store/hostile/name too long", name_too_long);
    g_test_add_func("/store/file-by-another-tool", file_by_another_tool);
    g_test_add_func("/store/unreadable-paths", unreadable_paths);
    g_test_add_func("/store/unwritable-paths", unwritable_paths);
    g_test_add_func("/store/no-room-keeps-the-old-file", no_room_keeps_the_old_file);
    g_test_add_func("/store/unwritable-content", unwritable_content);
    return g_test_run();
}
