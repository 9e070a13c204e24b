/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A contact sheet: a band a class, with its name and some of its pictures, and below them the same
 * pictures as a training would see them. They come out of the loader, so that what is shown is what
 * is learned from. */
#include <icl/inspect.h>

#include "augment.h"
#include "canvas.h"
#include "dataset_kind.h"
#include "loader.h"
#include "recipe.h"
#include "stratify.h"

enum {
    TILE_MAX = 256, /* pixels of a tile that a recipe may make */
    CLASSES_MAX = 50,
    COLUMNS = 8,
    GAP = 6,
    LETTERS = 14,
    LINE = 20, /* above a band, for its name */
};

typedef struct Sheet {
    const IclDataset *dataset;
    const IclSheetParams *params;
    IclRecipe *recipe;
    GPtrArray *augment; /* NULL: originals alone */
    int classes, columns;
    int h, w, c;
    IclMembers members;
    IclCanvas canvas;
} Sheet;

static int sheet_rows(const Sheet *sheet) { return sheet->augment ? 2 : 1; }

static int sheet_band(const Sheet *sheet)
{
    return LINE + sheet_rows(sheet) * (sheet->h + GAP) + GAP;
}

/* Pictures of a class at equal distances. */
static int class_samples(const Sheet *sheet, int class, uint32_t *samples)
{
    int count = icl_members_count(&sheet->members, class), n = MIN(count, sheet->columns);

    for (int i = 0; i < n; i++)
        samples[i] = sheet->members.index[sheet->members.first[class] + (int64_t)i * count / n];
    return n;
}

/* Back to 0..255 from what the recipe's normalize made. */
static void tile_restore(const IclRecipe *recipe, int pixels, float *x)
{
    for (int i = 0; recipe->normalize && i < pixels * recipe->c; i++)
        x[i] = (x[i] - recipe->bias[i % recipe->c]) / recipe->scale[i % recipe->c];
}

/* One row of tiles; pictures that cannot be read leave theirs empty. */
static bool sheet_draw_row(Sheet *sheet, const uint32_t *samples, int n, const GPtrArray *augment,
                           int y, GError **error)
{
    g_autoptr(IclLoader) loader = icl_loader_new(&(IclLoaderParams){.dataset = sheet->dataset,
                                                                    .indices = samples,
                                                                    .n_indices = n,
                                                                    .recipe = sheet->recipe,
                                                                    .augment = augment,
                                                                    .batch = MAX(n, 1),
                                                                    .seed = sheet->params->seed});
    IclBatch *batch;

    icl_loader_start(loader, 0);
    if (!icl_loader_next(loader, &batch, error))
        return false;
    for (int i = 0, column = 0; batch && i < batch->n; i++, column++) {
        float *x = batch->x + (size_t)i * sheet->h * sheet->w * sheet->c;
        while (samples[column] != batch->index[i])
            column++;
        tile_restore(sheet->recipe, sheet->h * sheet->w, x);
        icl_canvas_pixels(&sheet->canvas, GAP + column * (sheet->w + GAP), y, x, sheet->h, sheet->w,
                          sheet->c);
    }
    return true;
}

static bool sheet_draw_class(Sheet *sheet, int class, GError **error)
{
    g_autofree uint32_t *samples = g_new(uint32_t, sheet->columns);
    int n = class_samples(sheet, class, samples), y = GAP + class * sheet_band(sheet);
    g_autofree char *name = g_strdup_printf("%s: %d", sheet->dataset->labels[class],
                                            icl_members_count(&sheet->members, class));

    icl_canvas_text(&sheet->canvas, GAP, y + LETTERS, LETTERS, sheet->columns * (sheet->w + GAP),
                    name);
    return sheet_draw_row(sheet, samples, n, NULL, y + LINE, error) &&
           (!sheet->augment ||
            sheet_draw_row(sheet, samples, n, sheet->augment, y + LINE + sheet->h + GAP, error));
}

static bool sheet_draw(Sheet *sheet, const char *path, GError **error)
{
    if (!icl_canvas_init(&sheet->canvas, GAP + sheet->columns * (sheet->w + GAP),
                         GAP + sheet->classes * sheet_band(sheet), error))
        return false;
    for (int class = 0; class < sheet->classes; class ++)
        if (!sheet_draw_class(sheet, class, error))
            return false;
    return icl_canvas_save(&sheet->canvas, path, error);
}

static bool sheet_init(Sheet *sheet, GError **error)
{
    const IclSheetParams *params = sheet->params;

    sheet->recipe = icl_recipe_parse(
        params->recipe ? params->recipe : "background 128 ! letterbox 96", 3, "--recipe", error);
    if (!sheet->recipe)
        return false;
    icl_recipe_size(sheet->recipe, &sheet->h, &sheet->w, &sheet->c);
    if (sheet->h > TILE_MAX || sheet->w > TILE_MAX) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                    "--recipe: makes pictures of %d x %d pixels; on a contact sheet they may have "
                    "%d on a side",
                    sheet->h, sheet->w, TILE_MAX);
        return false;
    }
    if (params->augment && *params->augment)
        sheet->augment = icl_augment_parse(params->augment, "--augment", error);
    return sheet->augment || !params->augment || !*params->augment;
}

bool icl_contact_sheet(const IclDataset *dataset, const IclSheetParams *params, const char *path,
                       GError **error)
{
    Sheet sheet = {
        .dataset = dataset,
        .params = params,
        .classes = MIN(dataset->classes, CLASSES_MAX),
        .columns = params->columns ? params->columns : COLUMNS,
    };
    bool ok;

    icl_strata_init(&sheet.members, dataset);
    ok = sheet_init(&sheet, error) && sheet_draw(&sheet, path, error);
    icl_canvas_clear(&sheet.canvas);
    icl_members_clear(&sheet.members);
    icl_recipe_free(sheet.recipe);
    if (sheet.augment)
        g_ptr_array_unref(sheet.augment);
    return ok;
}
