/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Every optimizer, schedule and loss by its name: what is written comes back, defaults left out,
 * and what is out of range is said to be. */
#include <glib.h>
#include <string.h>

#include <icl/list.h>

#include "loss.h"
#include "optimizer.h"
#include "schedule.h"

static const IclFamily *const families[] = {&icl_optimizer_family, &icl_schedule_family,
                                            &icl_loss_family};

/* A text that prints as it is written, or the error that it gives. */
typedef struct Row {
    const IclFamily *family;
    const char *text, *printed, *error; /* printed NULL: as text */
} Row;

#include "families_rows.h"

static void row_holds(gconstpointer data)
{
    const Row *row = data;
    g_autoptr(GError) error = NULL;
    void *instance = icl_instance_parse(row->family, row->text, "row", &error);

    if (row->error) {
        g_assert_null(instance);
        g_assert_error(error, ICL_ERROR, ICL_ERROR_VALUE);
        if (!strstr(error->message, row->error))
            g_error("%s: \"%s\" has no \"%s\"", row->text, error->message, row->error);
        return;
    }
    g_assert_no_error(error);
    g_autofree char *printed = icl_instance_print(instance);
    g_assert_cmpstr(printed, ==, row->printed ? row->printed : row->text);
    icl_instance_free(instance);
}

static const Row *find_row(const IclFamily *family, const char *name, bool error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        size_t n = strlen(name);
        if (rows[i].family == family && !strncmp(rows[i].text, name, n) &&
            (!rows[i].text[n] || rows[i].text[n] == ' ') && !rows[i].error == !error)
            return &rows[i];
    }
    return NULL;
}

static void every_class_has_rows_and_a_page(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(families); i++)
        for (const IclClass *const *class = families[i]->classes; *class; class ++) {
            if (!find_row(families[i], (*class)->name, false) ||
                !find_row(families[i], (*class)->name, true))
                g_error("%s lacks a row in tests/train/families_rows.h", (*class)->name);
            g_autofree char *page = icl_list(families[i]->name, (*class)->name, NULL);
            for (const IclParam *p = (*class)->params; p->name; p++)
                g_assert_nonnull(strstr(page, p->help));
        }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/families/all", every_class_has_rows_and_a_page);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/families/%s/%s/%zu", rows[i].family->name,
                                                rows[i].error ? "wrong" : "right", i);
        g_test_add_data_func(name, &rows[i], row_holds);
    }
    return g_test_run();
}
