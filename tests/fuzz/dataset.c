/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Lists and packed pictures: whatever the bytes are, they are tried as each kind of file, in each
 * part. They are read by name: the bytes lie in a file in memory. */
#include <icl/dataset.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "target.h"

static const char *const names[] = {"l.csv", "l.jsonl", "l.icl-records"};

/* A folder with links to the file in memory, by names that say what kind it is of. */
static char *links_new(int fd)
{
    char *folder = g_dir_make_tmp("icl-fuzz-XXXXXX", NULL);
    g_autofree char *target = g_strdup_printf("/proc/self/fd/%d", fd);

    g_assert_nonnull(folder);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *link = g_build_filename(folder, names[i], NULL);
        g_assert_cmpint(symlink(target, link), ==, 0);
    }
    return folder;
}

static void links_remove(char *folder)
{
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *link = g_build_filename(folder, names[i], NULL);
        unlink(link);
    }
    rmdir(folder);
    g_free(folder);
}

static void try_file(const char *path, IclPart part)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(IclDataset) dataset = icl_dataset_open(path, part, &error);

    g_assert_true(!dataset == (error != NULL));
    icl_dataset_has_part(path, part);
    for (int i = 0; dataset && i < MIN(icl_dataset_size(dataset), 4); i++) {
        g_autofree char *name = icl_dataset_name(dataset, i);
        g_auto(IclPicture) picture = {0};
        g_autofree char *labels = icl_dataset_labels_text(dataset, i);
        int n, classes = icl_dataset_classes(dataset);
        const int *class = icl_dataset_classes_of(dataset, i, &n);
        g_assert_cmpint(icl_dataset_class(dataset, i), <, classes);
        for (int c = 0; c < n; c++) /* ascending, each once */
            g_assert_true(class[c]<classes &&class[c]>(c ? class[c - 1] : -1));
        if (g_str_has_suffix(path, "records"))
            icl_dataset_picture(dataset, i, &picture, NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    char *folder = links_new(fd);

    g_assert_cmpint(write(fd, data, size), ==, (gssize)size);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        for (int part = 0; part < ICL_PARTS; part++)
            try_file(path, (IclPart)part);
    }
    links_remove(folder);
    close(fd);
    return 0;
}
