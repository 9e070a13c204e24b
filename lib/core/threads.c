/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * One ticket word carries the job's number (high half) and its next chunk (low half; CLOSED once
 * the last is claimed). Whoever sees it open reads the job, then claims by compare-and-swap: if
 * that succeeds the job it read is the ticket's, because a job is only written while the ticket is
 * closed. */
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
    CLAIMS = 4,    /* a claim takes this share of what is left for each thread */
    APART = 128,   /* bytes: processors fetch cache lines in pairs */
};

static const uint32_t CLOSED = UINT32_MAX;

/* What is written at other times, or by others, lies on other lines. */
static struct {
    /* Rarely written. */
    pthread_mutex_t lock; /* starting, parking, waking */
    pthread_cond_t wake;
    atomic_bool busy;     /* a team owns the workers */
    atomic_int team_size; /* of that team; 1 while there is none */
    atomic_int parked;
    int workers;
    /* Once a job, by the caller. */
    _Alignas(APART) _Atomic(IclChunkFn) fn;
    _Atomic(void *) data;
    atomic_uint chunks;
    atomic_int members; /* of the job: a worker late from a larger team must not take part */
    /* Once a claim, by whoever claims. */
    _Alignas(APART) _Atomic uint64_t ticket;
    /* Once a worker that claimed: its chunks. */
    _Alignas(APART) atomic_uint done;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER,
          .wake = PTHREAD_COND_INITIALIZER,
          .team_size = 1,
          .ticket = UINT32_MAX};

static inline void cpu_pause(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* Claims and runs chunks until the open job has none left; how many it ran. A claim takes several
 * where many are left, so that small ones do not cost a turn of the ticket each, and one at the
 * end, so that all are done at about the same time. */
static unsigned pool_work(int thread)
{
    unsigned worked = 0;
    uint64_t ticket = atomic_load_explicit(&pool.ticket, memory_order_acquire);

    while ((uint32_t)ticket != CLOSED) {
        IclChunkFn fn = atomic_load_explicit(&pool.fn, memory_order_relaxed);
        void *data = atomic_load_explicit(&pool.data, memory_order_relaxed);
        unsigned chunks = atomic_load_explicit(&pool.chunks, memory_order_relaxed);
        int members = atomic_load_explicit(&pool.members, memory_order_relaxed);
        uint32_t first = (uint32_t)ticket, left = chunks - first;
        if (thread >= members)
            break;
        uint32_t end = first + 1 + (left - 1) / (CLAIMS * (unsigned)members);
        uint64_t claimed = (ticket & ~(uint64_t)CLOSED) | (end == chunks ? CLOSED : end);
        if (!atomic_compare_exchange_weak_explicit(&pool.ticket, &ticket, claimed,
                                                   memory_order_acq_rel, memory_order_acquire))
            continue;
        for (uint32_t chunk = first; chunk < end; chunk++)
            fn(data, (int)chunk, thread);
        worked += end - first;
        ticket = atomic_load_explicit(&pool.ticket, memory_order_acquire);
    }
    return worked;
}

static void pool_park(int thread)
{
    pthread_mutex_lock(&pool.lock);
    atomic_fetch_add(&pool.parked, 1);
    uint64_t seen = atomic_load(&pool.ticket) >> 32;
    bool member = thread < atomic_load(&pool.team_size);
    /* A job opened or a team begun after this look signals under the lock, so no wake is lost. */
    while (seen == atomic_load(&pool.ticket) >> 32 &&
           member == (thread < atomic_load(&pool.team_size)))
        pthread_cond_wait(&pool.wake, &pool.lock);
    atomic_fetch_sub(&pool.parked, 1);
    pthread_mutex_unlock(&pool.lock);
}

static void *pool_worker(void *argument)
{
    int thread = (int)(intptr_t)argument;

    icl_cpu_flush_denormals();
    for (int spins = 0;;) {
        bool member = thread < atomic_load_explicit(&pool.team_size, memory_order_acquire);
        unsigned worked = member ? pool_work(thread) : 0;
        if (worked) {
            atomic_fetch_add_explicit(&pool.done, worked, memory_order_release);
            spins = 0;
        } else if (!member || ++spins > SPINS) {
            pool_park(thread);
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
    atomic_store(&pool.ticket, CLOSED);
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

static void pool_open(int members, int chunks, IclChunkFn fn, void *data)
{
    uint64_t job = (atomic_load_explicit(&pool.ticket, memory_order_relaxed) >> 32) + 1;

    atomic_store_explicit(&pool.fn, fn, memory_order_relaxed);
    atomic_store_explicit(&pool.data, data, memory_order_relaxed);
    atomic_store_explicit(&pool.chunks, (unsigned)chunks, memory_order_relaxed);
    atomic_store_explicit(&pool.members, members, memory_order_relaxed);
    atomic_store_explicit(&pool.done, 0, memory_order_relaxed);
    atomic_store(&pool.ticket, job << 32);
    if (atomic_load(&pool.parked)) {
        pthread_mutex_lock(&pool.lock);
        pthread_cond_broadcast(&pool.wake);
        pthread_mutex_unlock(&pool.lock);
    }
}

void icl_team_run(IclTeam *team, int chunks, IclChunkFn fn, void *data)
{
    if (team->size == 1 || chunks <= 1) {
        for (int chunk = 0; chunk < chunks; chunk++)
            fn(data, chunk, 0);
        return;
    }
    pool_open(team->size, chunks, fn, data);
    unsigned others = (unsigned)chunks - pool_work(0);
    for (int spins = 0; atomic_load_explicit(&pool.done, memory_order_acquire) < others;)
        if (++spins < SPINS)
            cpu_pause();
        else
            sched_yield();
}
