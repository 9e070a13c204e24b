/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A ring of batches. Workers claim batch numbers in order and fill one batch each, whole; next()
 * hands them out in order. Nothing a picture becomes depends on who fills it, so any number of
 * workers gives the same batches. Threads are ours, and locks are pthread's, which the thread
 * sanitizer can see. */
#include "loader.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "augmenter.h"
#include "dataset_kind.h"
#include "memory.h"
#include "picture_cache.h"
#include "picture_read.h"
#include "random.h"
#include "sampler.h"

typedef struct Slot {
    IclBatch batch;
    bool ready;
    GPtrArray *failures; /* of Failure */
} Slot;

typedef struct Failure {
    uint32_t index;
    GError *error;
} Failure;

typedef struct Worker {
    IclLoader *loader;
    pthread_t thread;
    IclPictureReader reader; /* all but the data set its own */
} Worker;

struct IclLoader {
    IclLoaderParams params;
    IclSamples samples;           /* pictures to draw epochs from; indices owned */
    uint32_t *order;              /* [n]: of this epoch */
    int n;                        /* pictures an epoch */
    size_t values;                /* a picture, h w c */
    IclPictureCache *cache;       /* NULL: none */
    bool *failed;                 /* [data set's size]: pictures already reported */
    bool weighs, weighs_pictures; /* batches have weights; the data set's own are among them */
    int skipped;

    Slot *slots; /* NULL until the first batch is asked for */
    Worker *workers;
    int n_slots, n_workers; /* one worker at least: next() is it where there are no threads */
    int n_threads;          /* workers that run as threads */

    /* The rest is shared. Batches below `released` are given back, below `delivered` handed out,
     * below `claimed` filled or in a worker's hands; batch b lives in slot b % n_slots. */
    pthread_mutex_t lock;
    pthread_cond_t work, done; /* something to claim, or stop; a batch has been filled */
    int epoch, n_batches, released, delivered, claimed, busy;
    bool stop;
    atomic_bool cancel; /* leave the batch as it is: nobody waits for it */
};

static void failure_free(void *data)
{
    Failure *failure = data;

    g_error_free(failure->error);
    g_free(failure);
}

IclLoader *icl_loader_new(const IclLoaderParams *params)
{
    IclLoader *loader = g_new0(IclLoader, 1);
    int size = icl_dataset_size(params->dataset), h, w, c;

    g_assert(params->batch >= 1 && params->workers >= 0);
    loader->params = *params;
    loader->samples = (IclSamples){
        .dataset = params->dataset,
        .indices = params->indices
                       ? g_memdup2(params->indices, params->n_indices * sizeof *params->indices)
                       : NULL,
        .n = params->indices ? params->n_indices : size,
    };
    loader->n =
        params->sampler ? icl_sampler_size(params->sampler, &loader->samples) : loader->samples.n;
    loader->order = g_new0(uint32_t, loader->n);
    loader->weighs_pictures =
        icl_dataset_weights(params->dataset) && !icl_sampler_uses_weights(params->sampler);
    loader->weighs = params->class_weight || loader->weighs_pictures;
    icl_recipe_size(params->recipe, &h, &w, &c);
    loader->values = (size_t)h * w * c;
    if (!params->dataset->kind->decoded && !icl_augment_crops(params->augment))
        loader->cache = icl_picture_cache_new((size_t)size, loader->values);
    loader->failed = g_new0(bool, size);
    loader->n_slots = params->workers ? params->workers + 2 : 1;
    loader->n_workers = MAX(1, params->workers);
    pthread_mutex_init(&loader->lock, NULL);
    pthread_cond_init(&loader->work, NULL);
    pthread_cond_init(&loader->done, NULL);
    return loader;
}

size_t icl_loader_bytes(const IclLoader *loader)
{
    const IclLoaderParams *params = &loader->params;
    size_t pictures = (size_t)loader->n_slots * (size_t)params->batch;
    int h, w, c;

    icl_recipe_size(params->recipe, &h, &w, &c);
    if (loader->cache)
        pictures += (size_t)loader->n;
    return pictures * loader->values * sizeof(float) +
           loader->n_workers * icl_augmenter_bytes(params->augment, h, w, c);
}

static void loader_stop(IclLoader *loader)
{
    pthread_mutex_lock(&loader->lock);
    loader->stop = true;
    atomic_store(&loader->cancel, true);
    pthread_cond_broadcast(&loader->work);
    pthread_mutex_unlock(&loader->lock);
    for (int i = 0; i < loader->n_threads; i++)
        pthread_join(loader->workers[i].thread, NULL);
}

static void loader_free_buffers(IclLoader *loader)
{
    for (int i = 0; loader->slots && i < loader->n_slots; i++) {
        Slot *slot = &loader->slots[i];
        icl_memory_free(slot->batch.x);
        g_free(slot->batch.y);
        g_free(slot->batch.index);
        g_free(slot->batch.weight);
        g_free(slot->batch.targets);
        g_clear_pointer(&slot->failures, g_ptr_array_unref);
    }
    for (int i = 0; loader->workers && i < loader->n_workers; i++) {
        icl_preprocessor_free(loader->workers[i].reader.preprocessor);
        icl_augmenter_free(loader->workers[i].reader.augmenter);
    }
    g_clear_pointer(&loader->slots, g_free);
    g_clear_pointer(&loader->workers, g_free);
}

void icl_loader_free(IclLoader *loader)
{
    if (!loader)
        return;
    loader_stop(loader);
    loader_free_buffers(loader);
    icl_picture_cache_free(loader->cache);
    pthread_cond_destroy(&loader->done);
    pthread_cond_destroy(&loader->work);
    pthread_mutex_destroy(&loader->lock);
    g_free(loader->failed);
    g_free(loader->order);
    g_free((uint32_t *)loader->samples.indices);
    g_free(loader);
}

int icl_loader_size(const IclLoader *loader) { return loader->n; }

static void loader_draw(IclLoader *loader, int epoch)
{
    const IclLoaderParams *params = &loader->params;

    if (params->sampler || params->shuffle)
        icl_sampler_draw(params->sampler, &loader->samples, params->seed, epoch, loader->order);
    else
        for (int i = 0; i < loader->n; i++)
            loader->order[i] = loader->samples.indices ? loader->samples.indices[i] : (uint32_t)i;
}

void icl_loader_start(IclLoader *loader, int epoch) { icl_loader_start_at(loader, epoch, 0); }

int icl_loader_place(const IclLoader *loader) { return loader->delivered; }

void icl_loader_start_at(IclLoader *loader, int epoch, int place)
{
    pthread_mutex_lock(&loader->lock);
    loader->n_batches = 0; /* nothing more to claim in the epoch that was running */
    atomic_store(&loader->cancel, true);
    while (loader->busy)
        pthread_cond_wait(&loader->done, &loader->lock);
    atomic_store(&loader->cancel, false);
    for (int i = 0; loader->slots && i < loader->n_slots; i++)
        loader->slots[i].ready = false;
    loader_draw(loader, epoch);
    loader->epoch = epoch;
    loader->released = loader->delivered = loader->claimed = place;
    loader->n_batches =
        (int)(((int64_t)loader->n + loader->params.batch - 1) / loader->params.batch);
    pthread_cond_broadcast(&loader->work);
    pthread_mutex_unlock(&loader->lock);
}

/* The key is drawn from a stream of its own: the same whatever the augmentations drew. */
static void loader_change(const IclLoader *loader, uint64_t key, float *x)
{
    const IclLoaderParams *params = &loader->params;
    IclRandom random;
    int h, w, c;

    if (!params->change)
        return;
    icl_recipe_size(params->recipe, &h, &w, &c);
    icl_random_init(&random, params->seed, ICL_RANDOM_CHANGE, (uint64_t)loader->epoch, key);
    uint64_t high = icl_random_u32(&random);
    params->change(params->change_user, high << 32 | icl_random_u32(&random), h, w, c, x);
}

/* Every number that the augmentations draw belongs to the picture, or where a sampler may draw one
 * several times, to its place in the epoch: that is `key`. */
static bool worker_picture(Worker *worker, uint32_t index, uint64_t key, float *x, GError **error)
{
    IclLoader *loader = worker->loader;
    IclRandom random;

    icl_random_init(&random, loader->params.seed, ICL_RANDOM_AUGMENT, (uint64_t)loader->epoch, key);
    if (!icl_picture_cache_get(loader->cache, index, x)) {
        if (!icl_picture_read(&worker->reader, (int)index, &random, x, error))
            return false;
        icl_picture_cache_put(loader->cache, index, x);
    }
    icl_augmenter_picture(worker->reader.augmenter, &random, x);
    loader_change(loader, key, x);
    icl_preprocess_normalize(loader->params.recipe, x);
    return true;
}

/* What a picture counts in the loss. */
static float loader_weight(const IclLoader *loader, uint32_t index)
{
    const IclDataset *dataset = loader->params.dataset;
    const float *of_class = loader->params.class_weight;
    float weight = of_class ? of_class[icl_dataset_class(dataset, (int)index)] : 1;

    return loader->weighs_pictures ? weight * icl_dataset_weights(dataset)[index] : weight;
}

static int loader_classes(const IclLoader *loader)
{
    return icl_dataset_classes(loader->params.dataset);
}

/* The steps for whole batches; what they draw belongs to the batch. */
static void worker_mix(Worker *worker, IclBatch *batch, int number)
{
    const IclLoader *loader = worker->loader;
    IclMixed mixed = {.n = batch->n,
                      .classes = loader_classes(loader),
                      .x = batch->x,
                      .y = batch->y,
                      .targets = batch->targets,
                      .weight = batch->weight};
    IclRandom random;

    icl_recipe_size(loader->params.recipe, &mixed.h, &mixed.w, &mixed.c);
    icl_random_init(&random, loader->params.seed, ICL_RANDOM_MIX, (uint64_t)loader->epoch,
                    (uint64_t)number);
    icl_augmenter_mix(worker->reader.augmenter, &random, &mixed);
}

static bool loader_is_multi_label(const IclLoader *loader)
{
    return icl_dataset_is_multi_label(loader->params.dataset);
}

/* The class of the batch's last picture, or 1 for each of its labels. */
static void batch_label(const IclLoader *loader, IclBatch *batch, uint32_t index)
{
    int classes = loader_classes(loader), n;
    const int *class = icl_dataset_classes_of(loader->params.dataset, (int)index, &n);

    if (batch->y) {
        batch->y[batch->n] = *class;
        return;
    }
    float *targets = batch->targets + (size_t)batch->n * classes;
    memset(targets, 0, (size_t)classes * sizeof *targets);
    for (int i = 0; i < n; i++)
        targets[class[i]] = 1;
}

static void worker_fill(Worker *worker, Slot *slot, int number)
{
    IclLoader *loader = worker->loader;
    int64_t from = (int64_t)number * loader->params.batch;
    int64_t to = MIN(from + loader->params.batch, loader->n);
    IclBatch *batch = &slot->batch;

    batch->n = 0;
    g_ptr_array_set_size(slot->failures, 0);
    for (int64_t i = from; i < to && !atomic_load(&loader->cancel); i++) {
        uint32_t index = loader->order[i];
        GError *error = NULL;
        uint64_t key = loader->params.sampler ? (uint64_t)i : index;
        if (worker_picture(worker, index, key, batch->x + batch->n * loader->values, &error)) {
            batch_label(loader, batch, index);
            if (loader->weighs)
                batch->weight[batch->n] = loader_weight(loader, index);
            batch->index[batch->n++] = index;
        } else {
            Failure *failure = g_new(Failure, 1);
            *failure = (Failure){index, error};
            g_ptr_array_add(slot->failures, failure);
            if (loader->params.strict)
                break;
        }
    }
    icl_preprocess_whiten(loader->params.recipe, batch->n, batch->x);
    if (icl_augment_mixes(loader->params.augment) && batch->n)
        worker_mix(worker, batch, number);
}

static void *worker_main(void *data)
{
    Worker *worker = data;
    IclLoader *loader = worker->loader;

    pthread_mutex_lock(&loader->lock);
    while (!loader->stop) {
        int number = loader->claimed;
        if (number >= loader->n_batches || number >= loader->released + loader->n_slots) {
            pthread_cond_wait(&loader->work, &loader->lock);
            continue;
        }
        loader->claimed++;
        loader->busy++;
        pthread_mutex_unlock(&loader->lock);
        Slot *slot = &loader->slots[number % loader->n_slots];
        worker_fill(worker, slot, number);
        pthread_mutex_lock(&loader->lock);
        slot->ready = true;
        loader->busy--;
        pthread_cond_signal(&loader->done);
    }
    pthread_mutex_unlock(&loader->lock);
    return NULL;
}

static bool loader_allocate(IclLoader *loader, GError **error)
{
    int n = MAX(1, MIN(loader->params.batch, loader->n)), h, w, c;
    size_t bytes;

    if (!icl_size_multiply(loader->values * sizeof(float), (size_t)n, &bytes))
        bytes = SIZE_MAX; /* refused below */
    icl_recipe_size(loader->params.recipe, &h, &w, &c);
    loader->slots = g_new0(Slot, loader->n_slots);
    loader->workers = g_new0(Worker, loader->n_workers);
    for (int i = 0; i < loader->n_workers; i++) {
        Worker *worker = &loader->workers[i];
        worker->loader = loader;
        worker->reader.dataset = loader->params.dataset;
        worker->reader.preprocessor = icl_preprocessor_new(loader->params.recipe);
        worker->reader.augmenter = icl_augmenter_new(loader->params.augment, h, w, c, error);
        if (!worker->reader.augmenter)
            return false;
    }
    for (int i = 0; i < loader->n_slots; i++) {
        Slot *slot = &loader->slots[i];
        slot->failures = g_ptr_array_new_with_free_func(failure_free);
        slot->batch.x = icl_memory_new(bytes, "a batch of pictures", error);
        if (!slot->batch.x)
            return false;
        slot->batch.y = loader_is_multi_label(loader) ? NULL : g_new(int, n);
        slot->batch.index = g_new(uint32_t, n);
        slot->batch.weight = loader->weighs ? g_new(float, n) : NULL;
        if (icl_augment_mixes(loader->params.augment) || loader_is_multi_label(loader))
            slot->batch.targets = g_new(float, (size_t)n *loader_classes(loader));
    }
    return true;
}

/* Memory and threads, at the first call. A system out of threads makes do with fewer, or with none.
 */
static bool loader_prepare(IclLoader *loader, GError **error)
{
    if (loader->slots)
        return true;
    if (!loader_allocate(loader, error)) {
        loader_free_buffers(loader);
        return false;
    }
    while (loader->n_threads < loader->params.workers) {
        Worker *worker = &loader->workers[loader->n_threads];
        if (pthread_create(&worker->thread, NULL, worker_main, worker))
            break;
        loader->n_threads++;
    }
    return true;
}

/* Gives the last batch back and waits for the next; NULL at the end of the epoch. */
static Slot *loader_wait(IclLoader *loader)
{
    int number = loader->delivered;
    Slot *slot = &loader->slots[number % loader->n_slots];

    pthread_mutex_lock(&loader->lock);
    if (loader->released < number) {
        loader->slots[loader->released % loader->n_slots].ready = false;
        loader->released = number;
        pthread_cond_signal(&loader->work);
    }
    while (loader->n_threads && number < loader->n_batches && !slot->ready)
        pthread_cond_wait(&loader->done, &loader->lock);
    pthread_mutex_unlock(&loader->lock);
    if (number >= loader->n_batches)
        return NULL;
    if (!loader->n_threads)
        worker_fill(&loader->workers[0], slot, number);
    return slot;
}

/* Tells of pictures that could not be read; false where that is an error. */
static bool loader_report(IclLoader *loader, const Slot *slot, GError **error)
{
    const IclLoaderParams *params = &loader->params;

    for (guint i = 0; i < slot->failures->len; i++) {
        const Failure *failure = g_ptr_array_index(slot->failures, i);
        if (params->strict) {
            g_propagate_error(error, g_error_copy(failure->error));
            return false;
        }
        if (loader->failed[failure->index])
            continue;
        loader->failed[failure->index] = true;
        loader->skipped++;
        if (params->report)
            params->report(params->user, failure->error);
    }
    return true;
}

bool icl_loader_next(IclLoader *loader, IclBatch **batch, GError **error)
{
    Slot *slot;

    if (!loader_prepare(loader, error))
        return false;
    do {
        slot = loader_wait(loader);
        if (!slot) {
            *batch = NULL;
            return true;
        }
        if (!loader_report(loader, slot, error))
            return false;
        loader->delivered++;
    } while (slot->batch.n == 0);
    *batch = &slot->batch;
    return true;
}

int icl_loader_skipped(const IclLoader *loader) { return loader->skipped; }
