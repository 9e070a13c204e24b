/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "described.h"
#include "text.h"

typedef struct InfoOptions {
    Operands operands;
    Described described;
    int batch, threads;
    bool training, description, options, json;
    const char *optimizer;
} InfoOptions;

#define O InfoOptions
static const Option info_options[] = {
    OPT_DESCRIBED(O),
    OPT_INT(O, batch, "batch", "N", "1", 1, 65536, "pictures of the pass whose memory is shown"),
    OPT_INT(O, threads, "threads", "N", "0", 0, 256, "of that pass; 0: all cores"),
    OPT_BOOL(O, training, "training", "the memory of training, rather than of inference"),
    OPT_STRING(O, optimizer, "optimizer", 0, "STEP",
               "of --training (icl list optimizers); else adamw"),
    OPT_BOOL(O, description, "description", "the network's description alone"),
    OPT_BOOL(O, options, "options", "the command that trains the model again"),
    OPT_BOOL(O, json, "json", "labels, sizes and metadata as JSON"),
    {0},
};
#undef O

/* The first line: metadata may be whole histories. */
static void print_short(const char *key, const char *value)
{
    static const int most = 100;
    int length = (int)strcspn(value, "\n");
    const char *more = value[length] || length > most ? " ..." : "";
    printf("  %s: %.*s%s\n", key, MIN(length, most), value, more);
}

static bool count_memory(const IclModel *model, const InfoOptions *o, IclFootprint *footprint,
                         GError **error)
{
    IclFootprintParams params = {
        .batch = o->batch, .threads = o->threads, .train = o->training, .optimizer = o->optimizer};
    return icl_footprint(model, &params, footprint, error);
}

/* What the parts are called, as text and in JSON. */
static const struct {
    const char *name, *key;
    size_t offset;
} memory_parts[] = {
    {"weights", "weights", offsetof(IclFootprint, weights)},
    {"weights as packed", "packed", offsetof(IclFootprint, packed)},
    {"activations", "activations", offsetof(IclFootprint, activations)},
    {"scratch", "scratch", offsetof(IclFootprint, scratch)},
    {"gradients", "gradients", offsetof(IclFootprint, gradients)},
    {"optimizer's state", "state", offsetof(IclFootprint, state)},
};

static gint64 memory_part(const IclFootprint *footprint, gsize part)
{
    return *(const gint64 *)((const char *)footprint + memory_parts[part].offset);
}

static void print_memory(const IclFootprint *footprint, const InfoOptions *o)
{
    printf("\nmemory of %s, batch of %d, in MiB:\n", o->training ? "training" : "inference",
           o->batch);
    for (gsize i = 0; i < G_N_ELEMENTS(memory_parts); i++)
        if (memory_part(footprint, i))
            printf("  %-22s %12.2f\n", memory_parts[i].name,
                   (double)memory_part(footprint, i) / (1 << 20));
    printf("  %-22s %12.2f\n", "at most", (double)icl_footprint_total(footprint) / (1 << 20));
}

static bool print_text(const IclModel *model, const InfoOptions *o, GError **error)
{
    IclFootprint footprint;
    g_autofree char *summary = count_memory(model, o, &footprint, error)
                                   ? icl_model_summary(model, o->batch, error)
                                   : NULL;
    if (!summary)
        return false;
    fputs(summary, stdout);
    print_memory(&footprint, o);
    if (o->described.model)
        return true;
    printf("\n%d %s:", icl_model_classes(model),
           icl_model_is_multi_label(model) ? "labels, any number of them on a picture" : "classes");
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

static void print_memory_member(const IclFootprint *footprint)
{
    printf("  \"memory\": {");
    for (gsize i = 0; i < G_N_ELEMENTS(memory_parts); i++)
        printf("\"%s\": %" G_GINT64_FORMAT ", ", memory_parts[i].key, memory_part(footprint, i));
    printf("\"total\": %" G_GINT64_FORMAT "},\n", icl_footprint_total(footprint));
}

static bool print_object(const IclModel *model, const InfoOptions *o, GError **error)
{
    int height, width, channels;
    IclFootprint footprint;
    if (!count_memory(model, o, &footprint, error))
        return false;
    icl_model_input_size(model, &height, &width, &channels);
    puts("{");
    print_member("description", icl_model_description(model));
    print_member("recipe", icl_model_recipe(model));
    printf("  \"input\": [%d, %d, %d],\n  \"parameters\": %" G_GINT64_FORMAT ",\n", height, width,
           channels, icl_model_parameters(model));
    print_memory_member(&footprint);
    printf("  \"labels\": [");
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

static bool print_description(const IclModel *model, const InfoOptions *o, GError **error)
{
    const char *text = icl_model_description(model);
    printf("%s%s", text, g_str_has_suffix(text, "\n") ? "" : "\n");
    return true;
}

/* " --name 'value'"; a line is "name = value", with "\\n" for a new line. */
static void print_option(const char *line)
{
    const char *value = strstr(line, " = ");
    if (!value || !value[3] || g_str_equal(line, "limit = 0"))
        return;
    g_auto(GStrv) lines = g_strsplit(value + 3, "\\n", -1);
    g_autofree char *text = g_strjoinv("\n", lines);
    bool plain = strspn(text, "0123456789abcdefghijklmnopqrstuvwxyz_.-") == strlen(text);
    g_autofree char *quoted = plain ? g_strdup(text) : g_shell_quote(text);
    printf(" \\\n    --%.*s %s", (int)(value - line), line, quoted);
}

/* An empty chain is not the one that is chosen where none is given. */
static void print_empty(const char *options, const char *name)
{
    g_autofree char *line = g_strdup_printf("\n%s = \n", name);
    g_autofree char *all = g_strconcat("\n", options, NULL);
    if (strstr(all, line))
        printf(" \\\n    --%s ''", name);
}

static bool print_options(const IclModel *model, const InfoOptions *o, GError **error)
{
    const char *options = icl_model_metadata(model, "training.options");
    const char *path = o->operands.n ? o->operands.at[0] : "MODEL";
    if (!options || !strstr(options, "epochs = ")) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_DATA,
                    "%s: does not say how it was trained; files that icl train writes now do",
                    path);
        return false;
    }
    g_autofree char *file = g_shell_quote(path), *recipe = g_shell_quote(icl_model_recipe(model));
    printf("icl info %s --description > network.icl\n", file);
    printf("icl train DATA -o again.bin --model network.icl \\\n    --recipe %s", recipe);
    g_auto(GStrv) lines = g_strsplit(options, "\n", -1);
    for (int i = 0; lines[i]; i++)
        print_option(lines[i]);
    print_empty(options, "augment");
    putchar('\n');
    return true;
}

static bool check_info(const void *values, char **problem)
{
    const InfoOptions *o = values;
    if (!described_check(&o->described, &o->operands, problem))
        return false;
    if (o->description + o->options + o->json > 1)
        *problem = g_strdup("--description, --options and --json exclude each other");
    else if (o->optimizer && !o->training)
        *problem = g_strdup("--optimizer goes with --training only");
    return !*problem;
}

static bool run_info(const void *values, GError **error)
{
    const InfoOptions *o = values;
    g_autoptr(IclModel) model = described_model(&o->described, &o->operands, error);
    if (!model)
        return false;
    bool (*print)(const IclModel *, const InfoOptions *, GError **) = print_text;
    if (o->description)
        print = print_description;
    else if (o->options)
        print = print_options;
    else if (o->json)
        print = print_object;
    return print(model, o, error);
}

const Command info_command = {
    .name = "info",
    .help = "what is in a model file, and what it takes to run or train",
    .operands = "MODEL|--model NAME [OPTION...]",
    .most = 1,
    .options = info_options,
    .size = sizeof(InfoOptions),
    .details = "Shows the layers with their sizes, the memory of a pass, the classes, the\n"
               "preprocessing and how the model was trained. The memory is all that the network\n"
               "will hold at most, beside the program itself and its pictures.\n"
               "\n"
               "    icl info m.bin --options\n"
               "    icl info m.bin --description > network.icl\n"
               "    icl info --model resnet18 --training --batch 16\n",
    .check = check_info,
    .run = run_info,
};
