/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * icl's side of compare.py: a process that builds one network, and then does as it is told, a line
 * at a time, so that it can take turns with its peers:
 *
 *   run N        N passes or training steps; answers their seconds
 *   output FILE  writes the logits of the input at inference to FILE, float32
 *   losses       answers the losses of the first two training steps
 *   memory       answers the most memory that was resident, in KiB
 *
 * It says "ready" first. Weights, input and labels are plain files of float32 (labels int32) in
 * icl's order and layout, which networks.py writes. */
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "fit.h"

typedef struct Options {
    char *description, *weights, *input, *labels;
    char **variables; /* "NAME=VALUE" */
    int batch, threads;
    gboolean train;
} Options;

typedef struct Worker {
    const Options *options;
    IclGraph *graph;
    IclExecutor *inference; /* inference */
    IclOptimizer *optimizer;
    IclFit *fit;    /* training */
    float *x;       /* [batch,h,w,c] */
    int *y;         /* [batch] */
    GArray *losses; /* of double: means of the steps' batches */
} Worker;

G_NORETURN G_GNUC_PRINTF(1, 2) static void die(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("icl worker: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static void check(const GError *error)
{
    if (error)
        die("%s", error->message);
}

/* A file that is as long as it must be; caller frees. */
static void *read_array(const char *path, gsize bytes)
{
    g_autoptr(GError) error = NULL;
    char *data = NULL;
    gsize size = 0;

    g_file_get_contents(path, &data, &size, &error);
    check(error);
    if (size != bytes)
        die("%s has %zu bytes; the network takes %zu", path, size, bytes);
    return data;
}

static IclGraph *build_graph(const Options *options)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    g_file_get_contents(options->description, &text, NULL, &error);
    check(error);
    g_autoptr(IclChain) chain = icl_chain_parse(text, -1, options->description, &error);
    check(error);
    for (char **v = options->variables; v && *v; v++) {
        g_auto(GStrv) parts = g_strsplit(*v, "=", 2);
        icl_chain_set(chain, parts[0], parts[1] ? parts[1] : "", &error);
        check(error);
    }
    IclGraph *graph = icl_graph_new(chain, G_MAXSIZE, &error);
    check(error);
    return graph;
}

static void read_weight(void *file, const IclLayer *layer, IclWeight *weight)
{
    gsize count = icl_tensor_count(&weight->tensor);

    if (fread(weight->tensor.data, sizeof(float), count, file) != count)
        die("the file of weights ends before %s.%s", layer->path, weight->name);
}

static void read_weights(const IclGraph *graph, const char *path)
{
    FILE *file = fopen(path, "rb");

    if (!file)
        die("%s cannot be read", path);
    icl_graph_each_weight(graph, read_weight, file);
    if (fgetc(file) != EOF)
        die("%s has more weights than the network", path);
    fclose(file);
}

static void worker_init(Worker *worker, const Options *options)
{
    g_autoptr(GError) error = NULL;
    gsize batch = (gsize)options->batch;
    IclFitParams params = {.batch = options->batch, .threads = options->threads, .seed = 1};

    *worker = (Worker){.options = options, .graph = build_graph(options)};
    read_weights(worker->graph, options->weights);
    worker->x = read_array(options->input,
                           batch * icl_shape_count(icl_graph_input(worker->graph)) * sizeof(float));
    worker->losses = g_array_new(FALSE, FALSE, sizeof(double));
    if (!options->train) {
        worker->inference =
            icl_executor_new(worker->graph, options->batch, false, options->threads, &error);
        check(error);
        return;
    }
    worker->y = read_array(options->labels, batch * sizeof(int));
    worker->optimizer =
        icl_instance_parse(&icl_optimizer_family, "sgd momentum=0.9", "sgd", &error);
    check(error);
    params.optimizer = worker->optimizer;
    worker->fit = icl_fit_new(worker->graph, &params, &error);
    check(error);
}

static void worker_clear(Worker *worker)
{
    icl_executor_free(worker->inference);
    icl_fit_free(worker->fit);
    icl_instance_free(worker->optimizer);
    icl_graph_free(worker->graph);
    g_free(worker->x);
    g_free(worker->y);
    g_array_unref(worker->losses);
}

/* The input is handed over in the time, as it is to the peers. */
static const float *infer(Worker *worker, IclExecutor *executor)
{
    const Options *options = worker->options;
    IclTeam team;

    memcpy(icl_executor_input(executor), worker->x,
           (gsize)options->batch * icl_shape_count(icl_graph_input(worker->graph)) * sizeof(float));
    icl_team_begin(&team, options->threads);
    const float *logits = icl_executor_forward(executor, options->batch, 0, 0, &team);
    icl_team_end(&team);
    return logits;
}

static void train(Worker *worker)
{
    enum { COMPARED = 2 };
    int batch = worker->options->batch;
    IclTargets targets = {.y = worker->y};
    double loss = icl_fit_update(worker->fit, worker->x, &targets, batch, 1e-4).sum / batch;

    if (worker->losses->len < COMPARED)
        g_array_append_val(worker->losses, loss);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void command_run(Worker *worker, const char *argument)
{
    for (int left = atoi(argument); left > 0; left--) {
        double begun = now();
        if (worker->fit)
            train(worker);
        else
            infer(worker, worker->inference);
        printf("%.9f ", now() - begun);
    }
}

static void command_output(Worker *worker, const char *path)
{
    IclExecutor *executor = worker->inference ? worker->inference : worker->fit->inference;
    g_autoptr(GError) error = NULL;

    icl_executor_prepare(executor);
    const float *logits = infer(worker, executor);
    gsize count = (gsize)worker->options->batch * icl_shape_count(icl_graph_output(worker->graph));
    g_file_set_contents(path, (const char *)logits, (gssize)(count * sizeof *logits), &error);
    check(error);
}

static void command_losses(Worker *worker, const char *argument)
{
    for (guint i = 0; i < worker->losses->len; i++)
        printf("%.9g ", g_array_index(worker->losses, double, i));
}

static void command_memory(Worker *worker, const char *argument)
{
    g_autofree char *status = NULL;

    g_file_get_contents("/proc/self/status", &status, NULL, NULL);
    const char *line = status ? strstr(status, "VmHWM:") : NULL;
    printf("%d", line ? atoi(line + strlen("VmHWM:")) : 0);
}

static const struct {
    const char *name;
    void (*run)(Worker *worker, const char *argument);
} commands[] = {
    {"run ", command_run},
    {"output ", command_output},
    {"losses", command_losses},
    {"memory", command_memory},
};

static void obey(Worker *worker, const char *line)
{
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        gsize length = strlen(commands[i].name);
        if (strncmp(line, commands[i].name, length) == 0) {
            commands[i].run(worker, line + length);
            putchar('\n');
            fflush(stdout);
            return;
        }
    }
    die("unknown command: %s", line);
}

static void options_parse(Options *options, int *argc, char ***argv)
{
    const GOptionEntry entries[] = {
        {"description", 0, 0, G_OPTION_ARG_FILENAME, &options->description, "network", "FILE"},
        {"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->variables, "its variables",
         "NAME=VALUE"},
        {"weights", 0, 0, G_OPTION_ARG_FILENAME, &options->weights, "float32", "FILE"},
        {"input", 0, 0, G_OPTION_ARG_FILENAME, &options->input, "float32", "FILE"},
        {"labels", 0, 0, G_OPTION_ARG_FILENAME, &options->labels, "int32, to train", "FILE"},
        {"batch", 0, 0, G_OPTION_ARG_INT, &options->batch, "pictures a pass", "N"},
        {"threads", 0, 0, G_OPTION_ARG_INT, &options->threads, "of a pass", "N"},
        {"train", 0, 0, G_OPTION_ARG_NONE, &options->train, "training steps", NULL},
        {0},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- icl as compare.py runs it");
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_parse(context, argc, argv, &error);
    check(error);
    if (!options->description || !options->weights || !options->input ||
        (options->train && !options->labels))
        die("--description, --weights, --input and, to train, --labels are needed");
}

static void options_clear(Options *options)
{
    g_free(options->description);
    g_free(options->weights);
    g_free(options->input);
    g_free(options->labels);
    g_strfreev(options->variables);
}

int main(int argc, char **argv)
{
    Options options = {.batch = 1, .threads = 1};
    Worker worker;
    char line[4096];

    options_parse(&options, &argc, &argv);
    worker_init(&worker, &options);
    puts("ready");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin))
        obey(&worker, g_strchomp(line));
    worker_clear(&worker);
    options_clear(&options);
    return 0;
}
