/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "text.h"

typedef struct InfoOptions {
    Operands operands;
    int batch;
    bool description, json;
} InfoOptions;

static const Option info_options[] = {
    OPT_INT(InfoOptions, batch, "batch", "N", "1", 1, 65536,
            "pictures of the pass whose memory is shown"),
    OPT_BOOL(InfoOptions, description, "description", "the network's description alone"),
    OPT_BOOL(InfoOptions, json, "json", "labels, sizes and metadata as JSON"),
    {0},
};

/* The first line: metadata may be whole histories. */
static void print_short(const char *key, const char *value)
{
    static const int most = 100;
    int length = (int)strcspn(value, "\n");
    const char *more = value[length] || length > most ? " ..." : "";
    printf("  %s: %.*s%s\n", key, MIN(length, most), value, more);
}

static bool print_text(const IclModel *model, int batch, GError **error)
{
    g_autofree char *summary = icl_model_summary(model, batch, error);
    if (!summary)
        return false;
    printf("%s\n%d classes:", summary, icl_model_classes(model));
    const char *const *labels = icl_model_labels(model);
    for (int i = 0; labels[i]; i++)
        printf("%s %s", i ? "," : "", labels[i]);
    printf("\nrecipe: %s\nmetadata:\n", icl_model_recipe(model));
    g_autofree const char **keys = icl_model_metadata_keys(model);
    for (int i = 0; keys[i]; i++)
        print_short(keys[i], icl_model_metadata(model, keys[i]));
    return true;
}

static void print_member(const char *key, const char *value)
{
    printf("  ");
    print_json(stdout, key);
    printf(": ");
    print_json(stdout, value);
    printf(",\n");
}

static bool print_object(const IclModel *model, int batch, GError **error)
{
    int height, width, channels;
    icl_model_input_size(model, &height, &width, &channels);
    puts("{");
    print_member("description", icl_model_description(model));
    print_member("recipe", icl_model_recipe(model));
    printf("  \"input\": [%d, %d, %d],\n  \"parameters\": %" G_GINT64_FORMAT ",\n  \"labels\": [",
           height, width, channels, icl_model_parameters(model));
    const char *const *labels = icl_model_labels(model);
    for (int i = 0; labels[i]; i++) {
        fputs(i ? ", " : "", stdout);
        print_json(stdout, labels[i]);
    }
    fputs("],\n  \"metadata\": {", stdout);
    g_autofree const char **keys = icl_model_metadata_keys(model);
    for (int i = 0; keys[i]; i++) {
        fputs(i ? ",\n    " : "\n    ", stdout);
        print_json(stdout, keys[i]);
        fputs(": ", stdout);
        print_json(stdout, icl_model_metadata(model, keys[i]));
    }
    puts("\n  }\n}");
    return true;
}

static bool print_description(const IclModel *model, int batch, GError **error)
{
    const char *text = icl_model_description(model);
    printf("%s%s", text, g_str_has_suffix(text, "\n") ? "" : "\n");
    return true;
}

static bool check_info(const void *values, char **problem)
{
    const InfoOptions *o = values;
    if (!o->description || !o->json)
        return true;
    *problem = g_strdup("--description and --json exclude each other");
    return false;
}

static bool run_info(const void *values, GError **error)
{
    const InfoOptions *o = values;
    g_autoptr(IclModel) model = icl_model_load(o->operands.at[0], error);
    if (!model)
        return false;
    bool (*print)(const IclModel *, int, GError **) = o->description ? print_description
                                                      : o->json      ? print_object
                                                                     : print_text;
    return print(model, o->batch, error);
}

const Command info_command = {
    .name = "info",
    .help = "what is in a model file",
    .operands = "MODEL [OPTION...]",
    .least = 1,
    .most = 1,
    .options = info_options,
    .size = sizeof(InfoOptions),
    .details = "Shows the layers with their sizes, the memory of a pass, the classes, the\n"
               "preprocessing and how the model was trained.\n"
               "\n"
               "    icl info m.bin --description > network.icl\n",
    .check = check_info,
    .run = run_info,
};
