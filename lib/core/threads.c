/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Each thread of a job has a range of its chunks: the same rows of a picture in one step after
 * another, which are in its caches. Who is through takes from the others' ranges. A range's word
 * carries the job's number (high half) and the next chunk (low half; CLOSED once the last is
 * claimed); a word of an older job stands for a whole range, so that opening a job is one store.
 *
 * A job's fields are read before its number is read again: they are its own then, as the job after
 * it uses the other place. From them, a claim by compare-and-swap can only succeed while that chunk
 * is free: of a job that is done, every word of a range that has chunks is CLOSED or newer. */
#include "threads.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cpu.h"

enum {
    SPINS = 20000, /* pauses before a worker parks: 0.2-1 ms */
    CLAIMS = 4,    /* a claim takes this share of what is left of a range, and at least one */
    APART = 128,   /* bytes: processors fetch cache lines in pairs */
};

static const uint32_t CLOSED = UINT32_MAX;

typedef struct Job {
    uint32_t number;
    IclChunkFn fn;
    void *data;
    unsigned chunks;
    int members; /* a worker late from a larger team must not take part */
} Job;

typedef struct JobPlace {
    _Alignas(APART) _Atomic(IclChunkFn) fn;
    _Atomic(void *) data;
    atomic_uint chunks;
    atomic_int members;
} JobPlace;

typedef struct Range {
    _Alignas(APART) _Atomic uint64_t next;
} Range;

/* What is written at other times, or by others, lies on other lines. */
static struct {
    pthread_mutex_t lock; /* starting, parking, waking */
    pthread_cond_t wake;
    atomic_bool busy;     /* a team owns the workers */
    atomic_int team_size; /* of that team; 1 while there is none */
    atomic_int parked;    /* of the team's members */
    int workers;
    JobPlace jobs[2];                 /* by the lowest bit of their number */
    _Alignas(APART) atomic_uint job;  /* number of the latest */
    _Alignas(APART) atomic_uint done; /* its chunks that workers ran */
    Range ranges[ICL_THREADS_MAX];
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER, .team_size = 1};

static inline void cpu_pause(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* The latest job; false where the next one came meanwhile. */
static bool job_read(Job *job)
{
    job->number = atomic_load_explicit(&pool.job, memory_order_acquire);
    JobPlace *place = &pool.jobs[job->number & 1];
    job->fn = atomic_load_explicit(&place->fn, memory_order_acquire);
    job->data = atomic_load_explicit(&place->data, memory_order_acquire);
    job->chunks = atomic_load_explicit(&place->chunks, memory_order_acquire);
    job->members = atomic_load_explicit(&place->members, memory_order_acquire);
    return atomic_load_explicit(&pool.job, memory_order_relaxed) == job->number;
}

static uint32_t range_begin(const Job *job, int range)
{
    return (uint32_t)((uint64_t)job->chunks * (unsigned)range / (unsigned)job->members);
}

/* Claims chunks *first .. *end - 1 of a range: several where many are left, so that small ones do
 * not cost a claim each, and one at the end, so that all are done at about the same time. */
static bool range_claim(const Job *job, int range, uint32_t *first, uint32_t *end)
{
    uint32_t begin = range_begin(job, range), stop = range_begin(job, range + 1);
    _Atomic uint64_t *word = &pool.ranges[range].next;
    uint64_t seen = atomic_load_explicit(word, memory_order_acquire), claimed;

    do {
        int32_t age = (int32_t)(job->number - (uint32_t)(seen >> 32));
        *first = age > 0 ? begin : (uint32_t)seen;
        if (age < 0 || *first == CLOSED || *first == stop)
            return false;
        *end = *first + 1 + (stop - *first - 1) / CLAIMS;
        claimed = (uint64_t)job->number << 32 | (*end == stop ? CLOSED : *end);
    } while (!atomic_compare_exchange_weak_explicit(word, &seen, claimed, memory_order_acq_rel,
                                                    memory_order_acquire));
    return true;
}

/* Claims and runs chunks until the job has none left, of the thread's own range first; how many. */
static unsigned job_work(const Job *job, int thread)
{
    unsigned worked = 0;

    for (int i = 0; i < job->members; i++) {
        int range = (thread + i) % job->members;
        for (uint32_t chunk, end; range_claim(job, range, &chunk, &end);) {
            worked += end - chunk;
            for (; chunk < end; chunk++)
                job->fn(job->data, (int)chunk, thread);
        }
    }
    return worked;
}

/* Sleeps: a member of the team until there is a job after number `seen`, others until they are
 * members. Both are signalled under the lock after they were stored, so no wake is lost; only
 * members count, so that a job does not signal to those it has no use for. */
static void pool_park(int thread, bool member, uint32_t seen)
{
    pthread_mutex_lock(&pool.lock);
    atomic_fetch_add(&pool.parked, member);
    while (member ? thread < atomic_load(&pool.team_size) && atomic_load(&pool.job) == seen
                  : thread >= atomic_load(&pool.team_size))
        pthread_cond_wait(&pool.wake, &pool.lock);
    atomic_fetch_sub(&pool.parked, member);
    pthread_mutex_unlock(&pool.lock);
}

/* The chunks of the latest job, unless it is number *seen; whether it was another. */
static bool pool_work(int thread, uint32_t *seen)
{
    Job job;

    if (atomic_load_explicit(&pool.job, memory_order_relaxed) == *seen)
        return false;
    if (!job_read(&job))
        return true;
    *seen = job.number;
    unsigned worked = thread < job.members ? job_work(&job, thread) : 0;
    if (worked)
        atomic_fetch_add_explicit(&pool.done, worked, memory_order_release);
    return true;
}

static void *pool_worker(void *argument)
{
    int thread = (int)(intptr_t)argument;

    uint32_t seen = atomic_load(&pool.job) - 1;

    icl_cpu_flush_denormals();
    for (int spins = 0;;) {
        bool member = thread < atomic_load_explicit(&pool.team_size, memory_order_acquire);
        if (!member)
            seen = atomic_load(&pool.job);
        if (member && pool_work(thread, &seen)) {
            spins = 0;
        } else if (!member || ++spins > SPINS) {
            pool_park(thread, member, seen);
            spins = 0;
        } else {
            cpu_pause();
        }
    }
    return NULL;
}

/* A forked child has no workers, whatever its memory says of them: its pool starts anew. */
static void pool_forget(void)
{
    pthread_mutex_init(&pool.lock, NULL);
    pthread_cond_init(&pool.wake, NULL);
    atomic_store(&pool.jobs[0].members, 0);
    atomic_store(&pool.jobs[1].members, 0);
    atomic_store(&pool.team_size, 1);
    atomic_store(&pool.parked, 0);
    atomic_store(&pool.busy, false);
    pool.workers = 0;
}

static void pool_watch_forks(void) { pthread_atfork(NULL, NULL, pool_forget); }

/* Workers are never joined: they hold nothing, and park as long as the process lives. */
static int pool_grow(int workers)
{
    static pthread_once_t watched = PTHREAD_ONCE_INIT;

    pthread_once(&watched, pool_watch_forks);
    while (pool.workers < workers) {
        pthread_t id;
        if (pthread_create(&id, NULL, pool_worker, (void *)(intptr_t)(pool.workers + 1)))
            break;
        pthread_detach(id);
        pool.workers++;
    }
    return pool.workers < workers ? pool.workers : workers;
}

static int cgroup_cores(void)
{
    long quota = 0, period = 0;
    FILE *file = fopen("/sys/fs/cgroup/cpu.max", "re");

    if (!file)
        return ICL_THREADS_MAX;
    int found = fscanf(file, "%ld %ld", &quota, &period);
    fclose(file);
    return found == 2 && quota > 0 && period > 0 ? (int)((quota + period - 1) / period)
                                                 : ICL_THREADS_MAX;
}

int icl_threads_available(void)
{
    cpu_set_t set;
    int cores = sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set),
        limit = cgroup_cores();

    cores = cores < limit ? cores : limit;
    return cores < 1 ? 1 : cores > ICL_THREADS_MAX ? ICL_THREADS_MAX : cores;
}

void icl_team_begin(IclTeam *team, int threads)
{
    bool idle = false;

    if (threads <= 0)
        threads = icl_threads_available();
    if (threads > ICL_THREADS_MAX)
        threads = ICL_THREADS_MAX;
    *team = (IclTeam){.size = 1, .mode = icl_cpu_flush_denormals()};
    if (threads == 1 || !atomic_compare_exchange_strong(&pool.busy, &idle, true))
        return;
    pthread_mutex_lock(&pool.lock);
    team->size = 1 + pool_grow(threads - 1);
    atomic_store(&pool.team_size, team->size);
    pthread_cond_broadcast(&pool.wake);
    pthread_mutex_unlock(&pool.lock);
    if (team->size == 1)
        atomic_store(&pool.busy, false);
}

void icl_team_end(IclTeam *team)
{
    icl_cpu_restore(team->mode);
    if (team->size == 1)
        return;
    atomic_store(&pool.team_size, 1);
    atomic_store(&pool.busy, false);
    team->size = 1;
}

/* The fields are released after the number of the job before: who reads one of them here and looks
 * at the number again sees that another came. */
static Job pool_open(int members, int chunks, IclChunkFn fn, void *data)
{
    Job job = {atomic_load_explicit(&pool.job, memory_order_relaxed) + 1, fn, data,
               (unsigned)chunks, members};
    JobPlace *place = &pool.jobs[job.number & 1];

    atomic_store_explicit(&place->fn, fn, memory_order_release);
    atomic_store_explicit(&place->data, data, memory_order_release);
    atomic_store_explicit(&place->chunks, job.chunks, memory_order_release);
    atomic_store_explicit(&place->members, members, memory_order_release);
    atomic_store_explicit(&pool.done, 0, memory_order_relaxed);
    atomic_store(&pool.job, job.number);
    if (atomic_load(&pool.parked)) {
        pthread_mutex_lock(&pool.lock);
        pthread_cond_broadcast(&pool.wake);
        pthread_mutex_unlock(&pool.lock);
    }
    return job;
}

void icl_team_run(IclTeam *team, int chunks, IclChunkFn fn, void *data)
{
    if (team->size == 1 || chunks <= 1) {
        for (int chunk = 0; chunk < chunks; chunk++)
            fn(data, chunk, 0);
        return;
    }
    Job job = pool_open(team->size, chunks, fn, data);
    unsigned others = job.chunks - job_work(&job, 0);
    for (int spins = 0; atomic_load_explicit(&pool.done, memory_order_acquire) < others;)
        if (++spins < SPINS)
            cpu_pause();
        else
            sched_yield();
}
