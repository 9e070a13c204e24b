/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Finding descriptions by name: in the folder of the environment variable ICL_MODELS, then where
 * icl is installed, then in the source tree that it was built in. */
#include "models.h"

#include <stdbool.h>
#include <string.h>

#include "nearest.h"

#define SUFFIX ".icl"

/* Folders beside the program's own. */
static const char *const beside[] = {"../share/icl/models", "../../models"};

static char **model_folders(void)
{
    GPtrArray *folders = g_ptr_array_new();
    const char *chosen = g_getenv("ICL_MODELS");
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    if (chosen && *chosen)
        g_ptr_array_add(folders, g_strdup(chosen));
    if (program) {
        g_autofree char *folder = g_path_get_dirname(program);
        for (gsize i = 0; i < G_N_ELEMENTS(beside); i++)
            g_ptr_array_add(folders, g_build_filename(folder, beside[i], NULL));
    }
    g_ptr_array_add(folders, NULL);
    return (char **)g_ptr_array_free(folders, FALSE);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_names(GPtrArray *names, const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *file; dir && (file = g_dir_read_name(dir));) {
        if (!g_str_has_suffix(file, SUFFIX))
            continue;
        char *name = g_strndup(file, strlen(file) - strlen(SUFFIX));
        if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            g_free(name);
        else
            g_ptr_array_add(names, name);
    }
}

/* Sorted, then NULL. */
static GPtrArray *model_names(char *const *folders)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (; *folders; folders++)
        add_names(names, *folders);
    g_ptr_array_sort(names, compare_names);
    g_ptr_array_add(names, NULL);
    return names;
}

static void fail_unknown(const char *name, char *const *folders, GError **error)
{
    if (strpbrk(name, "! \n")) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "\"%s\" is a description's text; put it into a file and give its name", name);
        return;
    }
    g_autoptr(GPtrArray) names = model_names(folders);
    g_autofree char *hint = did_you_mean(name, "", (const char *const *)names->pdata);
    g_autofree char *list = g_strjoinv(", ", (char **)names->pdata);
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                "no model is called \"%s\"%s Models: %s; or give a file", name, *hint ? hint : ".",
                *list ? list : "none (set ICL_MODELS to their folder)");
}

/* The file of a name in the first folder that has it, or NULL. */
static char *find_file(const char *name, char *const *folders)
{
    g_autofree char *file = g_strconcat(name, SUFFIX, NULL);
    for (; *folders; folders++) {
        g_autofree char *path = g_build_filename(*folders, file, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
            return g_steal_pointer(&path);
    }
    return NULL;
}

static char *find_model(const char *name, GError **error)
{
    if (strchr(name, '/') || g_str_has_suffix(name, SUFFIX) ||
        g_file_test(name, G_FILE_TEST_IS_REGULAR))
        return g_strdup(name);
    g_auto(GStrv) folders = model_folders();
    char *found = find_file(name, folders);
    if (!found)
        fail_unknown(name, folders, error);
    return found;
}

char *models_page(void)
{
    g_auto(GStrv) folders = model_folders();
    g_autoptr(GPtrArray) names = model_names(folders);
    GString *page = g_string_new(NULL);
    for (char **name = (char **)names->pdata; *name; name++) {
        g_autofree char *found = find_file(*name, folders);
        g_autofree char *path = found ? g_canonicalize_filename(found, NULL) : g_strdup("");
        g_string_append_printf(page, "%-16s%s\n", *name, path);
    }
    return g_string_free(page, FALSE);
}

char *models_read(const char *name, char **path, GError **error)
{
    g_autofree char *found = find_model(name, error);
    if (!found)
        return NULL;
    g_autoptr(GError) cause = NULL;
    char *text = NULL;
    if (!g_file_get_contents(found, &text, NULL, &cause)) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "the description cannot be read: %s",
                    cause->message);
        return NULL;
    }
    *path = g_steal_pointer(&found);
    return text;
}
