/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A folder of class folders. A class folder may be a link; below it only real folders are entered,
 * so that no link can lead round in a circle. Everything is sorted by code point, because the order
 * that a file system gives differs from machine to machine. */
#include <string.h>
#include <sys/stat.h>

#include "dataset_kind.h"

enum { FOLDER_WHOLE = 1 << ICL_PART_TRAIN }; /* it does not come in parts */

typedef struct FolderData {
    char *root;       /* the folder that holds the class folders */
    GPtrArray *names; /* of pictures, from there: "cat/1.jpg" */
} FolderData;

static const char *const picture_extensions[] = {".jpg", ".jpeg", ".png", NULL};
static const char *const part_folders[][4] = {
    [ICL_PART_TRAIN] = {"train"},
    [ICL_PART_TEST] = {"test"},
    [ICL_PART_VALIDATION] = {"val", "valid", "validation"},
};

static bool name_is_picture(const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);

    for (int i = 0; picture_extensions[i]; i++)
        if (g_str_has_suffix(lower, picture_extensions[i]))
            return true;
    return false;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in a folder that do not begin with a dot, sorted; NULL where it cannot be read. */
static GPtrArray *folder_list(const char *path, GError **error)
{
    GError *failure = NULL;
    GDir *dir = g_dir_open(path, 0, &failure);
    GPtrArray *names;

    if (!dir) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s", failure->message); /* names the path */
        g_error_free(failure);
        return NULL;
    }
    names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(dir));)
        if (name[0] != '.')
            g_ptr_array_add(names, g_strdup(name));
    g_dir_close(dir);
    g_ptr_array_sort(names, compare_names);
    return names;
}

/* Adds the pictures of root/from and of the real folders below it to `pictures`. */
static bool folder_collect(const char *root, const char *from, GPtrArray *pictures, GError **error)
{
    g_autofree char *path = g_build_filename(root, from, NULL);
    g_autoptr(GPtrArray) names = folder_list(path, error);

    for (guint i = 0; names && i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *inner = g_strconcat(from, "/", name, NULL);
        g_autofree char *full = g_build_filename(root, inner, NULL);
        struct stat link, target;
        if (lstat(full, &link) || stat(full, &target))
            continue; /* a link to nowhere, or gone since */
        if (S_ISREG(target.st_mode) && name_is_picture(name))
            g_ptr_array_add(pictures, g_steal_pointer(&inner));
        else if (S_ISDIR(link.st_mode) && !folder_collect(root, inner, pictures, error))
            return false;
    }
    return names != NULL;
}

/* The sub-folders of `path`, links to folders among them, as a sorted NULL-terminated vector. */
static char **folder_classes(const char *path, GError **error)
{
    g_autoptr(GPtrArray) names = folder_list(path, error);
    g_autoptr(GPtrArray) classes = g_ptr_array_new_with_free_func(g_free);

    if (!names)
        return NULL;
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *full = g_build_filename(path, name, NULL);
        if (!g_file_test(full, G_FILE_TEST_IS_DIR))
            continue;
        if (!g_utf8_validate(name, -1, NULL)) {
            g_autofree char *shown = g_filename_display_name(full);
            g_set_error(error, ICL_ERROR, ICL_ERROR_DATA,
                        "%s: the folder's name is not UTF-8 and cannot name a class; rename it",
                        shown);
            return NULL;
        }
        g_ptr_array_add(classes, g_strdup(name));
    }
    g_ptr_array_add(classes, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&classes), FALSE);
}

/* The folder of a part, or NULL: parts are there only beside a folder "train". */
static char *folder_part(const char *path, IclPart part)
{
    g_autofree char *train = g_build_filename(path, "train", NULL);

    for (int i = 0; part_folders[part][i] && g_file_test(train, G_FILE_TEST_IS_DIR); i++) {
        g_autofree char *folder = g_build_filename(path, part_folders[part][i], NULL);
        if (g_file_test(folder, G_FILE_TEST_IS_DIR))
            return g_steal_pointer(&folder);
    }
    return NULL;
}

/* A folder "train" alone is a class. */
static unsigned folder_parts(const char *path)
{
    unsigned there = FOLDER_WHOLE; /* or its folder "train" */

    for (int part = ICL_PART_TRAIN + 1; part < ICL_PARTS; part++) {
        g_autofree char *folder = folder_part(path, (IclPart)part);
        there |= (unsigned)(folder != NULL) << part;
    }
    return there;
}

/* Both parts must have the same classes: else a class number means one thing in each. */
static bool folder_parts_agree(const char *const path[2], char **const classes[2], GError **error)
{
    for (int part = 0; part < 2; part++)
        for (int i = 0; classes[part][i]; i++)
            if (!g_strv_contains((const char *const *)classes[1 - part], classes[part][i])) {
                g_set_error(
                    error, ICL_ERROR, ICL_ERROR_DATA,
                    "%s: has the class folder \"%s\", which %s lacks; both need the same ones",
                    path[part], classes[part][i], path[1 - part]);
                return false;
            }
    return true;
}

static bool folder_check_parts(const char *train, const char *other, GError **error)
{
    g_auto(GStrv) of_train = folder_classes(train, error);
    g_auto(GStrv) of_other = of_train ? folder_classes(other, error) : NULL;

    return of_other && folder_parts_agree((const char *const[2]){train, other},
                                          (char **const[2]){of_train, of_other}, error);
}

/* The folder that holds the class folders of the part; caller frees. */
static char *folder_root(const char *path, IclPart part, GError **error)
{
    unsigned there = folder_parts(path);
    g_autofree char *train = folder_part(path, ICL_PART_TRAIN);

    if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FILE,
                    "%s: is not a folder; a data set is a folder of class folders, of IDX or CIFAR "
                    "files, a list (.csv, .jsonl), or what icl pack wrote",
                    path);
        return NULL;
    }
    int chosen = icl_part_choose(there, part, path, error);
    if (chosen < 0 || there == FOLDER_WHOLE)
        return chosen < 0 ? NULL : g_strdup(path);
    for (int other = ICL_PART_TRAIN + 1; other < ICL_PARTS; other++) {
        g_autofree char *folder = folder_part(path, (IclPart)other);
        if (folder && !folder_check_parts(train, folder, error))
            return NULL;
    }
    return folder_part(path, (IclPart)chosen);
}

/* Says what is expected where a folder has no class folders. */
static void folder_explain(const char *root, GError **error)
{
    g_autoptr(GPtrArray) names = folder_list(root, error);
    int pictures = 0;

    for (guint i = 0; names && i < names->len; i++)
        pictures += name_is_picture(g_ptr_array_index(names, i));
    if (names)
        g_set_error(
            error, ICL_ERROR, ICL_ERROR_DATA,
            "%s: has %d picture%s and no class folders; expected are %s/CLASS/*.jpg (.jpeg, "
            ".png), one folder a class, or IDX files such as train-images-idx3-ubyte.gz",
            root, pictures, pictures == 1 ? "" : "s", root);
}

/* A single folder that holds folders itself: the data set is one level down. */
static bool folder_is_wrapper(char **classes, const char *root, GError **error)
{
    g_autofree char *inner = g_build_filename(root, classes[0], NULL);
    g_auto(GStrv) folders = classes[1] ? NULL : folder_classes(inner, NULL);

    if (!folders || g_strv_length(folders) < 2)
        return false;
    g_set_error(
        error, ICL_ERROR, ICL_ERROR_DATA,
        "%s: has only the class folder \"%s\", which holds %u folders; perhaps the data set "
        "is %s",
        root, classes[0], g_strv_length(folders), inner);
    return true;
}

/* The class folders of root; NULL with an error where they cannot be it. */
static char **folder_find_classes(const char *root, GError **error)
{
    g_auto(GStrv) classes = folder_classes(root, error);

    if (!classes)
        return NULL;
    if (!classes[0]) {
        folder_explain(root, error);
        return NULL;
    }
    return folder_is_wrapper(classes, root, error) ? NULL : g_steal_pointer(&classes);
}

static bool folder_open(IclDataset *dataset, const char *path, IclPart part, GError **error)
{
    FolderData *data = dataset->data = g_new0(FolderData, 1);
    g_autoptr(GArray) class_of = g_array_new(FALSE, FALSE, sizeof(int));

    data->names = g_ptr_array_new_with_free_func(g_free);
    data->root = folder_root(path, part, error);
    dataset->labels = data->root ? folder_find_classes(data->root, error) : NULL;
    if (!dataset->labels)
        return false;
    for (int class = 0; dataset->labels[class]; class ++, dataset->classes++) {
        g_autoptr(GPtrArray) pictures = g_ptr_array_new();
        bool ok = folder_collect(data->root, dataset->labels[class], pictures, error);
        g_ptr_array_sort(pictures, compare_names);
        for (guint i = 0; i < pictures->len; i++)
            g_array_append_val(class_of, class);
        g_ptr_array_extend_and_steal(data->names, g_steal_pointer(&pictures));
        if (!ok)
            return false;
    }
    dataset->n = (int)data->names->len;
    dataset->class_of = (int *)g_array_free(g_steal_pointer(&class_of), FALSE);
    return true;
}

static void folder_close(IclDataset *dataset)
{
    FolderData *data = dataset->data;

    if (!data)
        return;
    g_free(data->root);
    g_ptr_array_unref(data->names);
    g_free(data);
}

static char *folder_picture_name(const IclDataset *dataset, int index)
{
    const FolderData *data = dataset->data;

    return g_build_filename(data->root, g_ptr_array_index(data->names, index), NULL);
}

static bool folder_picture(const IclDataset *dataset, int index, IclPicture *picture,
                           GError **error)
{
    g_autofree char *path = folder_picture_name(dataset, index);

    return icl_picture_load(path, picture, error);
}

static bool folder_encoded(const IclDataset *dataset, int index, uint8_t **bytes, size_t *size,
                           GError **error)
{
    g_autofree char *path = folder_picture_name(dataset, index);

    return icl_dataset_read_file(path, bytes, size, error);
}

static void folder_digest(const IclDataset *dataset, GChecksum *checksum)
{
    const FolderData *data = dataset->data;

    for (guint i = 0; i < data->names->len; i++) {
        const char *name = g_ptr_array_index(data->names, i);
        g_autofree char *path = folder_picture_name(dataset, (int)i);
        struct stat status;
        g_checksum_update(checksum, (const guchar *)name, strlen(name) + 1);
        icl_digest_number(checksum, stat(path, &status) ? 0 : (uint64_t)status.st_size);
    }
}

static bool folder_probe(const char *path) { return g_file_test(path, G_FILE_TEST_IS_DIR); }

const IclDatasetKind icl_dataset_folder = {
    .name = "folder",
    .probe = folder_probe,
    .parts = folder_parts,
    .open = folder_open,
    .close = folder_close,
    .picture_name = folder_picture_name,
    .picture = folder_picture,
    .encoded = folder_encoded,
    .digest = folder_digest,
};
