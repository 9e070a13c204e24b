/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A group is as large as the batch while its pixels stay within a budget: a batch of 32 camera
 * pictures would be a gigabyte. */
#include "pictures.h"

#include <icl/cpu.h>
#include <string.h>
#include <sys/stat.h>

enum { GROUP_BUDGET = 256 << 20 /* bytes of decoded pixels */ };

static const char *const extensions[] = {".jpg", ".jpeg", ".png", NULL};

static bool name_is_picture(const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    for (int i = 0; extensions[i]; i++)
        if (g_str_has_suffix(lower, extensions[i]))
            return true;
    return false;
}

/* Adds the pictures of a folder and of the real folders below it. */
static void find_below(const char *folder, GPtrArray *names, GPtrArray *problems)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &cause);
    if (!dir)
        g_ptr_array_add(problems, /* the message names the folder */
                        g_error_new_literal(ICL_ERROR, ICL_ERROR_FILE, cause->message));
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        struct stat link, target;
        if (name[0] == '.' || lstat(path, &link) != 0 || stat(path, &target) != 0)
            continue; /* hidden, a link to nowhere, or gone since */
        if (S_ISREG(target.st_mode) && name_is_picture(name))
            g_ptr_array_add(names, g_steal_pointer(&path));
        else if (S_ISDIR(link.st_mode))
            find_below(path, names, problems);
    }
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void pictures_find(const char *operand, GPtrArray *names, GPtrArray *problems)
{
    if (!g_file_test(operand, G_FILE_TEST_IS_DIR)) {
        g_ptr_array_add(names, g_strdup(operand));
        return;
    }
    g_autoptr(GPtrArray) below = g_ptr_array_new();
    guint before = problems->len;
    find_below(operand, below, problems);
    if (!below->len && problems->len == before)
        g_ptr_array_add(problems, g_error_new(ICL_ERROR, ICL_ERROR_DATA,
                                              "%s: no picture (.jpg .jpeg .png) is in this folder "
                                              "or below it",
                                              operand));
    g_ptr_array_sort(below, compare_names);
    g_ptr_array_extend_and_steal(names, g_steal_pointer(&below));
}

void picture_group_init(PictureGroup *group, const GPtrArray *names, int batch, int workers)
{
    *group = (PictureGroup){
        .names = names,
        .batch = batch,
        .workers = workers > 0 ? workers : icl_cpu_cores(),
        .pictures = g_new0(IclPicture, batch),
        .errors = g_new0(GError *, batch),
    };
}

static void group_empty(PictureGroup *group)
{
    for (int i = 0; i < group->n; i++) {
        icl_picture_clear(&group->pictures[i]);
        g_clear_error(&group->errors[i]);
    }
    group->first += group->n;
    group->n = 0;
}

void picture_group_clear(PictureGroup *group)
{
    group_empty(group);
    g_free(group->pictures);
    g_free(group->errors);
}

/* `number` is of the group and from 1: a thread pool takes no NULL. */
static void decode(void *number, void *user)
{
    PictureGroup *group = user;
    int i = GPOINTER_TO_INT(number) - 1;
    const char *name = g_ptr_array_index(group->names, group->first + i);
    icl_picture_load(name, &group->pictures[i], &group->errors[i]);
}

bool picture_group_next(PictureGroup *group)
{
    group_empty(group);
    int rest = (int)group->names->len - group->first;
    size_t room = group->largest ? GROUP_BUDGET / group->largest : 0;
    int wanted = (int)CLAMP(room, (size_t)MIN(group->workers, group->batch), (size_t)group->batch);
    group->n = MIN(rest, wanted);
    if (!group->n)
        return false;
    GThreadPool *pool = g_thread_pool_new(decode, group, group->workers, FALSE, NULL);
    for (int i = 0; i < group->n; i++)
        g_thread_pool_push(pool, GINT_TO_POINTER(i + 1), NULL);
    g_thread_pool_free(pool, FALSE, TRUE); /* waits for all */
    for (int i = 0; i < group->n; i++) {
        const IclFrame *frame = &group->pictures[i].frame;
        group->largest = MAX(group->largest, (size_t)frame->stride[0] * (size_t)frame->height);
    }
    return true;
}
