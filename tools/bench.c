/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "described.h"
#include "text.h"

typedef struct BenchOptions {
    Operands operands;
    Described described;
    const char *optimizer, *frame;
    int batch, threads, runs;
    double seconds;
    bool train, layers, json;
} BenchOptions;

#define O BenchOptions
static const Option bench_options[] = {
    OPT_DESCRIBED(O),
    OPT_BOOL(O, train, "train", "training steps, the optimizer's update among them"),
    OPT_STRING(O, optimizer, "optimizer", 0, "STEP",
               "of --train (icl list optimizers); else adamw"),
    OPT_INT(O, batch, "batch", "N", "1", 1, 65536, "pictures a pass"),
    OPT_INT(O, threads, "threads", "N", "0", 0, 256, "0: all cores"),
    OPT_REAL(O, seconds, "seconds", "0", 0, 86400,
             "stop after so long; 0: after 3 s, or when --runs are done"),
    OPT_INT(O, runs, "runs", "N", "0", 0, 10000000, "stop after N passes; 0: no such limit"),
    OPT_STRING(O, frame, "frame", 0, "WxH",
               "size of the picture that is preprocessed, 1920x1080; else the network's input"),
    OPT_BOOL(O, layers, "layers",
             "each step of a pass by itself: time, GFLOP/s, share of the peak"),
    OPT_BOOL(O, json, "json", "the figures as a JSON object"),
    {0},
};
#undef O

/* "1920x1080"; NULL leaves both as they are. */
static bool parse_frame(const char *text, int *width, int *height)
{
    char rest;
    return !text ||
           (sscanf(text, "%5dx%5d%c", width, height, &rest) == 2 && *width > 0 && *height > 0);
}

static bool check_bench(const void *values, char **problem)
{
    const BenchOptions *o = values;
    if (!described_check(&o->described, &o->operands, problem))
        return false;
    int width, height;
    if (!parse_frame(o->frame, &width, &height))
        *problem =
            g_strdup_printf("--frame is \"%s\"; it must be a size such as 1920x1080", o->frame);
    else if (o->optimizer && !o->train)
        *problem = g_strdup("--optimizer goes with --train only");
    return !*problem;
}

static double mebibytes(gint64 bytes) { return (double)bytes / (1 << 20); }

static int threads_used(const BenchOptions *o) { return o->threads ? o->threads : icl_cpu_cores(); }

/* 1e9 operations a second of a batch's multiply-adds; 0 where there is nothing to count. */
static double gflops(double ms, gint64 multiply_adds, int batch)
{
    return ms > 0 ? 2e-6 * (double)multiply_adds * batch / ms : 0;
}

static double layers_ms(const IclBench *b)
{
    double ms = 0;
    for (int i = 0; i < b->n_layers; i++)
        ms += b->layers[i].forward_ms + b->layers[i].backward_ms;
    return ms;
}

/* Time, GFLOP/s and share of the peak; dashes where a layer has no multiply-adds. */
static void print_speed(double ms, gint64 multiply_adds, const BenchOptions *o, const IclBench *b)
{
    double speed = gflops(ms, multiply_adds, o->batch);
    if (ms <= 0)
        printf(" %9s %7s %5s", "-", "-", "-");
    else if (speed <= 0)
        printf(" %9.3f %7s %5s", ms, "-", "-");
    else
        printf(" %9.3f %7.1f %4.0f%%", ms, speed, 100 * speed / b->peak_gflops);
}

static void print_layer(const BenchOptions *o, const IclBench *b, const IclBenchLayer *layer,
                        const int width[3])
{
    printf("%-*s  %-*s  %-*s", width[0], layer->path, width[1], layer->classes, width[2],
           layer->shape);
    print_speed(layer->forward_ms, layer->forward_multiply_adds, o, b);
    if (o->train)
        print_speed(layer->backward_ms, layer->backward_multiply_adds, o, b);
    printf(" %5.1f%%\n", 100 * (layer->forward_ms + layer->backward_ms) / b->p50_ms);
}

/* Widths of the first three columns. */
static void layer_widths(const IclBench *b, int width[3])
{
    width[0] = 5, width[1] = 4, width[2] = 5;
    for (int i = 0; i < b->n_layers; i++) {
        const char *cells[] = {b->layers[i].path, b->layers[i].classes, b->layers[i].shape};
        for (int k = 0; k < 3; k++)
            width[k] = MAX(width[k], (int)strlen(cells[k]));
    }
}

static void print_layers(const BenchOptions *o, const IclBench *b)
{
    int width[3];
    layer_widths(b, width);
    printf("%-15s %.1f GFLOP/s of multiply-adds, measured between the passes\n\n", "peak",
           b->peak_gflops);
    printf("%-*s  %-*s  %-*s %9s %7s %5s", width[0], "layer", width[1], "step", width[2], "shape",
           o->train ? "forward" : "ms", "GFLOP/s", "peak");
    if (o->train)
        printf(" %9s %7s %5s", "backward", "GFLOP/s", "peak");
    printf(" %6s\n", "share");
    for (int i = 0; i < b->n_layers; i++)
        print_layer(o, b, &b->layers[i], width);
    double rest = b->p50_ms - layers_ms(b);
    printf("%-*s  %9.3f %5.1f%%\n", width[0] + width[1] + width[2] + 3,
           o->train ? "loss, optimizer and the rest" : "softmax and the rest", rest,
           100 * rest / b->p50_ms);
}

/* Numbers of the layer table; paths and classes are words of the description. */
static void print_layers_json(const BenchOptions *o, const IclBench *b)
{
    printf(", \"peak_gflops\": %.6g, \"rest_ms\": %.6g, \"layers\": [", b->peak_gflops,
           b->p50_ms - layers_ms(b));
    for (int i = 0; i < b->n_layers; i++) {
        const IclBenchLayer *layer = &b->layers[i];
        printf("%s{\"layer\": ", i ? ", " : "");
        print_json(stdout, layer->path);
        printf(", \"step\": \"%s\", \"shape\": \"%s\", ", layer->classes, layer->shape);
        printf("\"forward_ms\": %.6g, \"backward_ms\": %.6g, ", layer->forward_ms,
               layer->backward_ms);
        printf("\"forward_gflops\": %.6g, \"backward_gflops\": %.6g}",
               gflops(layer->forward_ms, layer->forward_multiply_adds, o->batch),
               gflops(layer->backward_ms, layer->backward_multiply_adds, o->batch));
    }
    printf("]");
}

static void print_bench(const BenchOptions *o, const IclModel *model, const IclBench *b)
{
    int h, w, c, threads = threads_used(o);
    icl_model_input_size(model, &h, &w, &c);
    printf("%s  input %dx%dx%d  batch %d  %d thread%s  %s kernels\n",
           o->train ? "training step" : "inference", h, w, c, o->batch, threads,
           threads == 1 ? "" : "s", icl_cpu_name());
    printf("%-15s p50 %.3f ms  p90 %.3f ms  p99 %.3f ms  over %d pass%s\n", "latency", b->p50_ms,
           b->p90_ms, b->p99_ms, b->runs, b->runs == 1 ? "" : "es");
    printf("%-15s %.1f images/s\n", "throughput", b->images_per_second);
    printf("%-15s %.3f ms a picture, on one thread, not in the above\n", "preprocessing",
           b->preprocess_ms);
    printf("%-15s %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT " multiply-adds a picture\n",
           "parameters", b->parameters, b->multiply_adds);
    printf("%-15s %.2f MiB beside the weights, %.2f MiB of it activations\n", "memory",
           mebibytes(b->memory_bytes), mebibytes(b->activation_bytes));
    if (o->layers)
        print_layers(o, b);
}

static void print_object(const BenchOptions *o, const IclModel *model, const IclBench *b)
{
    int h, w, c;
    icl_model_input_size(model, &h, &w, &c);
    fputs("{\"model\": ", stdout);
    print_json(stdout, o->described.model ? o->described.model : o->operands.at[0]);
    printf(", \"task\": \"%s\", \"input\": [%d, %d, %d], \"batch\": %d, \"threads\": %d, ",
           o->train ? "train" : "inference", h, w, c, o->batch, threads_used(o));
    printf("\"kernels\": \"%s\", \"runs\": %d, \"p50_ms\": %.6g, \"p90_ms\": %.6g, ",
           icl_cpu_name(), b->runs, b->p50_ms, b->p90_ms);
    printf("\"p99_ms\": %.6g, \"images_per_second\": %.6g, \"preprocess_ms\": %.6g, ", b->p99_ms,
           b->images_per_second, b->preprocess_ms);
    printf("\"parameters\": %" G_GINT64_FORMAT ", \"multiply_adds\": %" G_GINT64_FORMAT ", ",
           b->parameters, b->multiply_adds);
    printf("\"activation_bytes\": %" G_GINT64_FORMAT ", \"memory_bytes\": %" G_GINT64_FORMAT,
           b->activation_bytes, b->memory_bytes);
    if (o->layers)
        print_layers_json(o, b);
    printf("}\n");
}

static bool run_bench(const void *values, GError **error)
{
    const BenchOptions *o = values;
    g_autoptr(IclModel) model = described_model(&o->described, &o->operands, error);
    if (!model)
        return false;
    IclBenchParams params = {.batch = o->batch,
                             .threads = o->threads,
                             .seconds = o->seconds,
                             .runs = o->runs,
                             .train = o->train,
                             .optimizer = o->optimizer,
                             .layers = o->layers};
    g_auto(IclBench) bench = {0};
    parse_frame(o->frame, &params.frame_width, &params.frame_height); /* checked */
    if (!icl_bench(model, &params, &bench, error))
        return false;
    (o->json ? print_object : print_bench)(o, model, &bench);
    return true;
}

const Command bench_command = {
    .name = "bench",
    .help = "how fast a network is on this machine",
    .operands = "MODEL|--model NAME [OPTION...]",
    .least = 0,
    .most = 1,
    .options = bench_options,
    .size = sizeof(BenchOptions),
    .details =
        "Measures passes of the network alone, each by itself, after some that warm up: from\n"
        "input tensor to scores, or with --train from a batch to changed weights. 50, 90\n"
        "and 99 of 100 passes stay within p50, p90 and p99.\n"
        "\n"
        "--layers adds a row a step: a layer, those fused into it, its input, output and\n"
        "kernel, and the median of its times. GFLOP/s count two a multiply-add of the\n"
        "textbook's convolution, so that an algorithm of fewer may pass the peak.\n"
        "\n"
        "    icl bench m.bin --threads 1\n"
        "    icl bench m.bin --threads 1 --layers\n"
        "    icl bench --model resnet18 --batch 32 --train\n"
        "    icl bench --model cnn --size 32 --channels 3 --classes 10 --json\n",
    .check = check_bench,
    .run = run_bench,
};
