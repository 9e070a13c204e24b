/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The bytes of a store. Their checksum takes longer than reading them: one thread reads, another
 * sums what is there. */
#include <errno.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "store_parts.h"
#include "threads.h"

bool store_source_read(const StoreSource *source, size_t at, char *to, size_t size)
{
    if (source->bytes) {
        memcpy(to, source->bytes + at, size);
        return true;
    }
    while (size > 0) {
        ssize_t n = pread(source->fd, to, size, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0)
            errno = EIO; /* became shorter meanwhile */
        if (n <= 0)
            return false;
        to += n;
        at += (size_t)n;
        size -= (size_t)n;
    }
    return true;
}

/* The data, block by block: one is read while the one before it goes into the checksum. */
typedef struct Stream {
    const StoreSource *source;
    char *bytes;
    size_t done, end; /* a block begins at `done`; the one before it ends there */
    size_t summed;
    IclSha256 *sha; /* or NULL */
    int failure;    /* errno */
} Stream;

enum { STREAM_BLOCK = 4 << 20, STREAM_READ = 0, STREAM_SUM, STREAM_CHUNKS };

static void stream_chunk(void *data, int chunk, int thread)
{
    Stream *stream = data;
    size_t size = MIN(stream->end - stream->done, (size_t)STREAM_BLOCK);

    if (chunk == STREAM_READ &&
        !store_source_read(stream->source, stream->done, stream->bytes + stream->done, size))
        stream->failure = errno;
    if (chunk == STREAM_SUM && stream->sha)
        icl_sha256_add(stream->sha, stream->bytes + stream->summed, stream->done - stream->summed);
}

bool store_source_sum(const StoreSource *source, size_t at, char *bytes, IclSha256 *sha)
{
    Stream stream = {source, bytes, .done = at, .end = source->size, .summed = at, .sha = sha};
    IclTeam team;

    icl_team_begin(&team, sha ? MIN(icl_threads_available(), STREAM_CHUNKS) : 1);
    while (stream.summed < stream.end && !stream.failure) {
        icl_team_run(&team, STREAM_CHUNKS, stream_chunk, &stream);
        stream.summed = stream.done;
        stream.done = MIN(stream.done + STREAM_BLOCK, stream.end);
    }
    icl_team_end(&team);
    errno = stream.failure;
    return !stream.failure;
}
