/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The one thread pool of the process. A pass takes a team from it: workers wake once at its begin,
 * spin (bounded, with pause) between the parallel loops inside, and park after its end. Only one
 * team owns the workers at a time; a second caller finds them busy and runs its own chunks alone.
 * Chunks are fixed by the caller, never by the number of threads, so results do not depend on it.
 * All threads of a team flush denormals to zero. */
#pragma once

typedef void (*IclChunkFn)(void *data, int chunk, int thread);

typedef struct IclTeam {
    int size;      /* threads that may run chunks, the caller included: 1 when the pool was busy */
    unsigned mode; /* the caller's denormal mode, given back at the end */
} IclTeam;

enum { ICL_THREADS_MAX = 256 };

/* Cores this process may use (affinity and cgroup honoured), 1..ICL_THREADS_MAX. */
int icl_threads_available(void);

/* Takes a team of up to `threads` (0: all available). Starts the pool at first use. */
void icl_team_begin(IclTeam *team, int threads);
void icl_team_end(IclTeam *team);

/* Runs fn(data, chunk, thread) once for each chunk 0..chunks-1; thread is 0..size-1, and never the
 * same in two chunks that run at the same time. Returns when all are done. */
void icl_team_run(IclTeam *team, int chunks, IclChunkFn fn, void *data);
