/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "sampler.h"

#include <math.h>
#include <string.h>

#include "dataset_kind.h"
#include "members.h"
#include "random.h"

/* Streams of an epoch: one a class, and one for the order in the end. */
enum { STREAM_ORDER = 0, STREAM_CLASS = 1 };

static void stream_init(IclRandom *random, uint64_t seed, int epoch, int stream)
{
    icl_random_init(random, seed, ICL_RANDOM_SHUFFLE, (uint64_t)epoch, (uint64_t)stream);
}

static void order_shuffle(uint32_t *order, int64_t n, uint64_t seed, int epoch)
{
    IclRandom random;

    stream_init(&random, seed, epoch, STREAM_ORDER);
    icl_random_shuffle(&random, order, (size_t)n);
}

static void members_init(IclMembers *members, const IclSamples *samples)
{
    icl_members_init(members, samples->dataset->class_of, samples->dataset->classes,
                     samples->indices, samples->n);
}

static void sequential_draw(const void *instance, const IclSamples *samples, uint64_t seed,
                            int epoch, uint32_t *order)
{
    for (int i = 0; i < samples->n; i++)
        order[i] = samples->indices ? samples->indices[i] : (uint32_t)i;
}

static void shuffle_draw(const void *instance, const IclSamples *samples, uint64_t seed, int epoch,
                         uint32_t *order)
{
    sequential_draw(instance, samples, seed, epoch, order);
    order_shuffle(order, samples->n, seed, epoch);
}

/* As often as `each` from every class that has pictures: whole rounds of a class, and of the last
 * round a random part. */
static void draw_each(const IclMembers *members, int each, uint64_t seed, int epoch,
                      uint32_t *order)
{
    int64_t n = 0;

    for (int c = 0; c < members->keys; c++) {
        int count = icl_members_count(members, c);
        uint32_t *of_class = members->index + members->first[c];
        IclRandom random;
        if (count == 0)
            continue;
        stream_init(&random, seed, epoch, STREAM_CLASS + c);
        icl_random_shuffle(&random, of_class, (size_t)count);
        for (int i = 0; i < each; i++)
            order[n++] = of_class[i % count];
    }
    order_shuffle(order, n, seed, epoch);
}

/* Pictures of the largest class, or of the smallest that has any. */
static int members_extreme(const IclMembers *members, bool largest)
{
    int found = 0;

    for (int c = 0; c < members->keys; c++) {
        int count = icl_members_count(members, c);
        if (count && (found == 0 || (count > found) == largest))
            found = count;
    }
    return found;
}

static int64_t balanced_size(const IclSamples *samples, bool largest)
{
    IclMembers members;
    int64_t classes = 0, each;

    members_init(&members, samples);
    each = members_extreme(&members, largest);
    for (int c = 0; c < members.keys; c++)
        classes += icl_members_count(&members, c) > 0;
    icl_members_clear(&members);
    return classes * each;
}

static void balanced_draw(const IclSamples *samples, bool largest, uint64_t seed, int epoch,
                          uint32_t *order)
{
    IclMembers members;

    members_init(&members, samples);
    draw_each(&members, members_extreme(&members, largest), seed, epoch, order);
    icl_members_clear(&members);
}

static int64_t oversample_size(const void *instance, const IclSamples *samples)
{
    return balanced_size(samples, true);
}

static void oversample_draw(const void *instance, const IclSamples *samples, uint64_t seed,
                            int epoch, uint32_t *order)
{
    balanced_draw(samples, true, seed, epoch, order);
}

static int64_t undersample_size(const void *instance, const IclSamples *samples)
{
    return balanced_size(samples, false);
}

static void undersample_draw(const void *instance, const IclSamples *samples, uint64_t seed,
                             int epoch, uint32_t *order)
{
    balanced_draw(samples, false, seed, epoch, order);
}

typedef struct Weighted {
    const IclClass *class;
    int by, n;
} Weighted;

enum { BY_CLASSES, BY_WEIGHTS };

static const IclParam weighted_params[] = {
    ICL_ENUM(Weighted, by, "classes", "classes weights",
             "every class alike, or the data set's own weights (a list's column)"),
    ICL_INT(Weighted, n, "0", 0, G_MAXINT32, "pictures an epoch; 0: as many as there are"),
    {0},
};

static int64_t weighted_size(const void *instance, const IclSamples *samples)
{
    const Weighted *weighted = instance;

    return weighted->n ? weighted->n : samples->n;
}

/* A class among those that have pictures, then one of its pictures. */
static void draw_by_class(const IclSamples *samples, IclRandom *random, int64_t n, uint32_t *order)
{
    IclMembers members;
    uint32_t classes = 0;

    members_init(&members, samples);
    g_autofree int *present = g_new(int, members.keys);
    for (int c = 0; c < members.keys; c++)
        if (icl_members_count(&members, c))
            present[classes++] = c;
    for (int64_t i = 0; i < n; i++) {
        int c = present[icl_random_below(random, classes)];
        uint32_t which = icl_random_below(random, (uint32_t)icl_members_count(&members, c));
        order[i] = members.index[members.first[c] + which];
    }
    icl_members_clear(&members);
}

static uint32_t sample_at(const IclSamples *samples, int i)
{
    return samples->indices ? samples->indices[i] : (uint32_t)i;
}

/* The first picture at which the running sum of weights passes a uniform draw. */
static void draw_by_weight(const IclSamples *samples, IclRandom *random, int64_t n, uint32_t *order)
{
    g_autofree double *sum = g_new(double, samples->n);
    double total = 0;

    for (int i = 0; i < samples->n; i++)
        sum[i] = total += (double)samples->dataset->weight[sample_at(samples, i)];
    for (int64_t i = 0; i < n; i++) {
        double at = icl_random_uniform(random) * total;
        int low = 0, high = samples->n - 1;
        while (low < high) {
            int middle = low + (high - low) / 2;
            if (sum[middle] > at)
                high = middle;
            else
                low = middle + 1;
        }
        order[i] = sample_at(samples, low);
    }
}

static void weighted_draw(const void *instance, const IclSamples *samples, uint64_t seed, int epoch,
                          uint32_t *order)
{
    const Weighted *weighted = instance;
    IclRandom random;

    stream_init(&random, seed, epoch, STREAM_ORDER);
    (weighted->by == BY_CLASSES ? draw_by_class : draw_by_weight)(
        samples, &random, weighted_size(instance, samples), order);
}

static const IclSamplerClass shuffle_class = {
    .base = {"shuffle", "each picture once, in random order", sizeof(IclClass *), NULL},
    .draw = shuffle_draw,
};
static const IclSamplerClass sequential_class = {
    .base = {"sequential", "each picture once, in the data's order", sizeof(IclClass *), NULL},
    .draw = sequential_draw,
};
static const IclSamplerClass oversample_class = {
    .base = {"oversample", "every class as often as the largest, pictures repeated",
             sizeof(IclClass *), NULL},
    .size = oversample_size,
    .draw = oversample_draw,
};
static const IclSamplerClass undersample_class = {
    .base = {"undersample", "every class as often as the smallest, others each epoch",
             sizeof(IclClass *), NULL},
    .size = undersample_size,
    .draw = undersample_draw,
};
static const IclSamplerClass weighted_class = {
    .base = {"weighted", "drawn with replacement, by class or by weight", sizeof(Weighted),
             weighted_params},
    .size = weighted_size,
    .draw = weighted_draw,
};

static const IclClass *const classes[] = {&shuffle_class.base,    &sequential_class.base,
                                          &oversample_class.base, &undersample_class.base,
                                          &weighted_class.base,   NULL};

const IclFamily icl_sampler_family = {"samplers", "sampler", classes};

static const IclSamplerClass *sampler_class(const void *sampler)
{
    return sampler ? *(const IclSamplerClass *const *)sampler : &shuffle_class;
}

bool icl_sampler_uses_weights(const void *sampler)
{
    return sampler_class(sampler) == &weighted_class &&
           ((const Weighted *)sampler)->by == BY_WEIGHTS;
}

static bool check_weights(const IclSamples *samples, GError **error)
{
    double total = 0;

    for (int i = 0; samples->dataset->weight && i < samples->n; i++)
        total += (double)samples->dataset->weight[sample_at(samples, i)];
    if (total > 0)
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                "sampler weighted by=weights: %s; give by=classes, or a list with a column "
                "\"weight\"",
                samples->dataset->weight ? "all weights are 0" : "the data has no weights");
    return false;
}

/* A picture of several labels cannot be drawn for one of them alone. */
static bool check_classes(const void *sampler, const IclSamples *samples, GError **error)
{
    const IclSamplerClass *class = sampler_class(sampler);
    bool by_class = class == &oversample_class || class == &undersample_class ||
                    (class == &weighted_class && !icl_sampler_uses_weights(sampler));

    if (!by_class || !icl_dataset_is_multi_label(samples->dataset))
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                "sampler %s: goes by classes, but in a multi-label set a picture is of several; "
                "take \"weighted by=weights\" with a column \"weight\"",
                class->base.name);
    return false;
}

bool icl_sampler_check(const void *sampler, const IclSamples *samples, GError **error)
{
    const IclSamplerClass *class = sampler_class(sampler);

    if (!check_classes(sampler, samples, error) ||
        (icl_sampler_uses_weights(sampler) && !check_weights(samples, error)))
        return false;
    int64_t size = class->size ? class->size(sampler, samples) : samples->n;
    if (size <= G_MAXINT32)
        return true;
    g_set_error(error, ICL_ERROR, ICL_ERROR_VALUE,
                "sampler %s: makes epochs of %" G_GINT64_FORMAT
                " pictures; at most %d are possible: take undersample or weighted",
                class->base.name, size, G_MAXINT32);
    return false;
}

int icl_sampler_size(const void *sampler, const IclSamples *samples)
{
    const IclSamplerClass *class = sampler_class(sampler);

    return class->size ? (int)class->size(sampler, samples) : samples->n;
}

void icl_sampler_draw(const void *sampler, const IclSamples *samples, uint64_t seed, int epoch,
                      uint32_t *order)
{
    sampler_class(sampler)->draw(sampler, samples, seed, epoch, order);
}
