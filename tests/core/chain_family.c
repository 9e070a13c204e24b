/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "chain_family.h"

#include <string.h>

typedef struct {
    const IclClass *class;
    IclSize kernel;
    IclPadding padding;
    IclReals scale;
    int filters, stride, units, height, width, channels, act;
    double epsilon, rate;
    bool bias;
    char *file;
} Layer;

static const IclParam conv2d_params[] = {
    ICL_INT(Layer, filters, NULL, 1, 65536, "output channels"),
    ICL_SIZE(Layer, kernel, "3", 1, 31, "window"),
    ICL_INT(Layer, stride, "1", 1, 8, "step of the window"),
    ICL_PADDING(Layer, padding, "valid", 64, "zeros around"),
    ICL_BOOL(Layer, bias, "yes", "adds a bias"),
    ICL_ENUM(Layer, act, "none", "none relu swish", "activation"),
    ICL_STRING(Layer, file, "", "weights"),
    {0},
};

static const IclParam depthwise_params[] = {
    ICL_SIZE(Layer, kernel, "3", 1, 31, "window"),
    ICL_INT(Layer, stride, "1", 1, 8, "step of the window"),
    ICL_PADDING(Layer, padding, "valid", 64, "zeros around"),
    ICL_BOOL(Layer, bias, "yes", "adds a bias"),
    {0},
};

static const IclParam maxpool_params[] = {
    ICL_SIZE(Layer, kernel, "2", 1, 31, "window"),
    ICL_INT(Layer, stride, "1", 1, 8, "step of the window"),
    ICL_PADDING(Layer, padding, "valid", 64, "zeros around"),
    {0},
};

static const IclParam input_params[] = {
    ICL_INT(Layer, height, NULL, 1, 65536, "pixels"),
    ICL_INT(Layer, width, NULL, 1, 65536, "pixels"),
    ICL_INT(Layer, channels, NULL, 1, 65536, "channels"),
    {0},
};

static const IclParam batchnorm_params[] = {
    ICL_REAL(Layer, epsilon, "1e-3", 0, 1, "added to the variance"), {0}};

static const IclParam dense_params[] = {ICL_INT(Layer, units, NULL, 1, 65536, "outputs"), {0}};

static const IclParam dropout_params[] = {ICL_REAL(Layer, rate, "0.5", 0, 1, "share set to zero"),
                                          {0}};

static const IclParam scale_params[] = {ICL_REALS(Layer, scale, "1", -100, 100, "factors"), {0}};

#define CLASS(name, params, combines) \
    static const IclClass name##_class = {#name, "a test layer", sizeof(Layer), params, combines}

CLASS(conv2d, conv2d_params, false);
CLASS(depthwise_conv2d, depthwise_params, false);
CLASS(maxpool, maxpool_params, false);
CLASS(input, input_params, false);
CLASS(batchnorm, batchnorm_params, false);
CLASS(dense, dense_params, false);
CLASS(dropout, dropout_params, false);
CLASS(scale, scale_params, false);
CLASS(relu, NULL, false);
CLASS(relu6, NULL, false);
CLASS(swish, NULL, false);
CLASS(sigmoid, NULL, false);
CLASS(globalpool, NULL, false);
CLASS(stochastic_depth, NULL, false);
CLASS(add, NULL, true);
CLASS(concat, NULL, true);
CLASS(multiply, NULL, true);

static const IclClass *const layers[] = {
    &conv2d_class,     &depthwise_conv2d_class,
    &maxpool_class,    &input_class,
    &batchnorm_class,  &dense_class,
    &dropout_class,    &scale_class,
    &relu_class,       &relu6_class,
    &swish_class,      &sigmoid_class,
    &globalpool_class, &stochastic_depth_class,
    &add_class,        &concat_class,
    &multiply_class,   NULL,
};

const IclFamily test_layers = {"layers", "layer", layers};

static int inputs_channels(const TestRecord *record, const IclStep *step, const int *inputs, int n)
{
    int sum = 0, last = 0;

    for (int i = 0; i < n; i++) {
        last = inputs[i] < 0 ? 0 : g_array_index(record->channels, int, inputs[i]);
        sum += last;
    }
    return step->class == &concat_class ? sum : last;
}

static void record_wires(TestRecord *record, const IclStep *step, const int *inputs, int n_inputs)
{
    g_string_append_printf(record->wires, "%s%s(", record->n_steps ? " " : "", step->class->name);
    for (int i = 0; i < n_inputs; i++)
        g_string_append_printf(record->wires, i ? ",%d" : "%d", inputs[i]);
    g_string_append_c(record->wires, ')');
}

static void record_step(TestRecord *record, const IclStep *step)
{
    g_string_append_printf(record->steps, "%s%s", record->n_steps ? "; " : "", step->class->name);
    for (int i = 0; i < step->n_args; i++) {
        g_string_append_printf(record->steps, " %s%s", step->args[i].key ? step->args[i].key : "",
                               step->args[i].key ? "=" : "");
        icl_value_print(record->steps, &step->args[i].value);
    }
    if (step->name)
        g_string_append_printf(record->steps, " (%s)", step->name);
}

static int visitor_step(void *user, const IclStep *step, const int *inputs, int n_inputs,
                        GError **error)
{
    TestRecord *record = user;
    Layer *layer = icl_instance_new(&test_layers, step, error);
    if (!layer)
        return -1;
    int channels = layer->filters + layer->units + layer->channels;

    if (!channels)
        channels = inputs_channels(record, step, inputs, n_inputs);
    g_array_append_val(record->channels, channels);
    g_string_append_printf(record->paths, "%s%s", record->n_steps ? " " : "", step->path);
    record_wires(record, step, inputs, n_inputs);
    record_step(record, step);
    icl_instance_free(layer);
    return record->n_steps++;
}

static int visitor_channels(void *user, int node)
{
    return g_array_index(((TestRecord *)user)->channels, int, node);
}

TestRecord *test_expand(const char *text, GError **error)
{
    static const IclChainVisitor visitor = {visitor_step, visitor_channels};
    g_autoptr(IclChain) chain = icl_chain_parse(text, -1, "test", error);
    if (!chain ||
        (icl_chain_uses(chain, "classes") && !icl_chain_set(chain, "classes", "10", error)))
        return NULL;
    g_autoptr(TestRecord) record = g_new0(TestRecord, 1);
    record->paths = g_string_new(NULL);
    record->wires = g_string_new(NULL);
    record->steps = g_string_new(NULL);
    record->channels = g_array_new(FALSE, FALSE, sizeof(int));
    return icl_chain_expand(chain, &test_layers, &visitor, record, error) ? g_steal_pointer(&record)
                                                                          : NULL;
}

void test_record_free(TestRecord *record)
{
    if (!record)
        return;
    g_string_free(record->paths, TRUE);
    g_string_free(record->wires, TRUE);
    g_string_free(record->steps, TRUE);
    g_array_unref(record->channels);
    g_free(record);
}
