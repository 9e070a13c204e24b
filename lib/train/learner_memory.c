/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "learner_memory.h"

#include "memory.h"
#include "random.h"

enum { LEARN, JUDGE, SHELVES };

typedef struct Class {
    GPtrArray *shelves[SHELVES]; /* of IclExample, owned */
    int64_t added;
} Class;

struct IclLearnerMemory {
    int capacity, held_out;
    uint64_t seed, added;
    GArray *classes; /* of Class */
    int count[SHELVES];
};

IclExample *icl_example_new(size_t bytes, GError **error)
{
    IclExample *example = icl_memory_new(sizeof *example + bytes, "a picture to remember", error);

    if (example)
        example->refs = 1;
    return example;
}

void icl_example_unref(void *data)
{
    IclExample *example = data;

    if (example && --example->refs == 0)
        icl_memory_free(example);
}

static void class_clear(void *data)
{
    Class *class = data;

    for (int i = 0; i < SHELVES; i++)
        g_ptr_array_unref(class->shelves[i]);
}

IclLearnerMemory *icl_learner_memory_new(int capacity, int held_out, uint64_t seed)
{
    IclLearnerMemory *memory = g_new0(IclLearnerMemory, 1);

    memory->capacity = capacity;
    memory->held_out = held_out;
    memory->seed = seed;
    memory->classes = g_array_new(FALSE, FALSE, sizeof(Class));
    g_array_set_clear_func(memory->classes, class_clear);
    return memory;
}

void icl_learner_memory_free(IclLearnerMemory *memory)
{
    if (!memory)
        return;
    g_array_unref(memory->classes);
    g_free(memory);
}

static Class *class_at(const IclLearnerMemory *memory, int class)
{
    return &g_array_index(memory->classes, Class, class);
}

static int shelf_count(const Class *class, int shelf) { return (int)class->shelves[shelf]->len; }

static int class_count(const Class *class)
{
    return shelf_count(class, LEARN) + shelf_count(class, JUDGE);
}

static Class class_new(void)
{
    Class class = {0};

    for (int i = 0; i < SHELVES; i++)
        class.shelves[i] = g_ptr_array_new_with_free_func(icl_example_unref);
    return class;
}

/* The first of the largest classes. */
static Class *largest_class(const IclLearnerMemory *memory)
{
    Class *largest = class_at(memory, 0);

    for (guint i = 1; i < memory->classes->len; i++)
        if (class_count(class_at(memory, (int)i)) > class_count(largest))
            largest = class_at(memory, (int)i);
    return largest;
}

static guint largest_key(const GPtrArray *shelf)
{
    guint largest = 0;

    for (guint i = 1; i < shelf->len; i++) {
        const IclExample *example = shelf->pdata[i], *most = shelf->pdata[largest];
        if (example->key > most->key)
            largest = i;
    }
    return largest;
}

/* The largest class gives one away, from the shelf that has more than its share. Neither class nor
 * shelf grows again after that, so that they hold the smallest of all keys they ever saw. */
static void memory_evict(IclLearnerMemory *memory)
{
    Class *class = largest_class(memory);
    int judge = shelf_count(class, JUDGE);
    int from = judge && judge * memory->held_out >= class_count(class) ? JUDGE : LEARN;

    g_ptr_array_remove_index_fast(class->shelves[from], largest_key(class->shelves[from]));
    memory->count[from]--;
}

static double draw_key(IclLearnerMemory *memory)
{
    IclRandom random;

    icl_random_init(&random, memory->seed, ICL_RANDOM_MEMORY, 0, memory->added++);
    return icl_random_uniform(&random);
}

void icl_learner_memory_add(IclLearnerMemory *memory, IclExample *example, int number)
{
    while ((int)memory->classes->len <= number) {
        Class new = class_new();
        g_array_append_val(memory->classes, new);
    }
    Class *class = class_at(memory, number);
    int on = memory->held_out && ++class->added % memory->held_out == 0 ? JUDGE : LEARN;

    example->class = number;
    example->key = draw_key(memory);
    g_ptr_array_add(class->shelves[on], example);
    memory->count[on]++;
    if (memory->count[LEARN] + memory->count[JUDGE] > memory->capacity)
        memory_evict(memory);
}

int icl_learner_memory_count(const IclLearnerMemory *memory, bool judge)
{
    return memory->count[judge ? JUDGE : LEARN];
}

GPtrArray *icl_learner_memory_list(const IclLearnerMemory *memory, bool judge)
{
    int shelf = judge ? JUDGE : LEARN, count = memory->count[shelf];
    GPtrArray *list = g_ptr_array_new_full((guint)count, icl_example_unref);

    for (guint round = 0; (int)list->len < count; round++)
        for (guint i = 0; i < memory->classes->len; i++) {
            const GPtrArray *examples = class_at(memory, (int)i)->shelves[shelf];
            if (round >= examples->len)
                continue;
            IclExample *example = examples->pdata[round];
            example->refs++;
            g_ptr_array_add(list, example);
        }
    return list;
}
