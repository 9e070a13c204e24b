/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Looks at every picture once, at a shorter side of 256 at most, as networks are shown them. What
 * is kept of each: a checksum of its pixels; its size; and its shape, the 64 bits of dHash
 * (Krawetz, "Kind of like that", 2013): whether it gets lighter from one of 9 columns to the next,
 * in 8 rows. */
#include <math.h>
#include <string.h>

#include "inspect.h"
#include "memory.h"
#include "sha256.h"
#include "shrink.h"
#include "threads.h"

enum {
    CHUNK = 32,   /* pictures one thread reads at a time */
    ROUND = 1024, /* between two reports of progress */
    SHAPE_COLUMNS = 9,
    SHAPE_ROWS = 8,
    FLAT_LEVELS = 12, /* between the darkest and the lightest of a thumb */
};

/* Of the pixels of a chunk's pictures. */
typedef struct Sums {
    double n, sum[3], squares[3];
} Sums;

typedef struct Reading {
    IclInspection *inspection;
    int from, to;            /* pictures of this round */
    IclShrinker **shrinkers; /* [threads] */
    Sums *sums;              /* [chunks of a round] */
    char **messages;         /* [ROUND]: of pictures that cannot be read */
} Reading;

static void sha_number(IclSha256 *sha, uint64_t number)
{
    number = GUINT64_TO_LE(number);
    icl_sha256_add(sha, &number, sizeof number);
}

/* Of what one sees: size, format, and rows without what lies between them. */
static void frame_checksum(const IclFrame *frame, uint64_t sum[2])
{
    char digits[ICL_SHA256_DIGITS + 1], half[17] = "";
    IclSha256 sha;

    icl_sha256_init(&sha);
    sha_number(&sha, (uint64_t)frame->format << 32 | (uint32_t)frame->orientation);
    sha_number(&sha, (uint64_t)frame->height << 32 | (uint32_t)frame->width);
    for (int p = 0; p < 3 && frame->plane[p]; p++) {
        bool halved = p && (frame->format == ICL_PIXEL_I420 || frame->format == ICL_PIXEL_Y42B);
        int rows = p && frame->format == ICL_PIXEL_I420 ? (frame->height + 1) / 2 : frame->height;
        int pixels = halved ? (frame->width + 1) / 2 : frame->width;
        int bytes = frame->format == ICL_PIXEL_RGB ? 3 : frame->format == ICL_PIXEL_RGBA ? 4 : 1;
        for (int y = 0; y < rows; y++)
            icl_sha256_add(&sha, frame->plane[p] + (ptrdiff_t)y * frame->stride[p],
                           (size_t)pixels * bytes);
    }
    icl_sha256_end(&sha, digits);
    for (int i = 0; i < 2; i++) {
        memcpy(half, digits + 16 * i, 16);
        sum[i] = g_ascii_strtoull(half, NULL, 16);
    }
}

static const float luma[3] = {0.299F, 0.587F, 0.114F};

/* Means over columns x rows equal boxes, each of one pixel at least, of the channels weighed; of
 * the grey one where there is no other. */
static void boxes_mean(const float *x, int h, int w, int c, const float weights[3], int rows,
                       int columns, float *out)
{
    for (int r = 0; r < rows; r++)
        for (int k = 0; k < columns; k++) {
            int top = r * h / rows, bottom = MAX((r + 1) * h / rows, top + 1);
            int left = k * w / columns, right = MAX((k + 1) * w / columns, left + 1);
            float sum = 0;
            for (int i = top; i < bottom; i++)
                for (int j = left; j < right; j++) {
                    const float *p = x + ((size_t)i * w + j) * c;
                    sum +=
                        c == 1 ? p[0] : weights[0] * p[0] + weights[1] * p[1] + weights[2] * p[2];
                }
            out[r * columns + k] = sum / (float)((bottom - top) * (right - left));
        }
}

static void levels_round(const float *x, int n, uint8_t *levels)
{
    for (int i = 0; i < n; i++)
        levels[i] = (uint8_t)lrintf(CLAMP(x[i], 0, 255));
}

static void seen_shape(IclSeen *seen, const float *x, int h, int w, int c)
{
    float shape[SHAPE_ROWS * SHAPE_COLUMNS], thumb[ICL_SEEN_THUMB * ICL_SEEN_THUMB];
    float least = 255, most = 0;

    boxes_mean(x, h, w, c, luma, SHAPE_ROWS, SHAPE_COLUMNS, shape);
    for (int r = 0; r < SHAPE_ROWS; r++)
        for (int k = 0; k + 1 < SHAPE_COLUMNS; k++) {
            const float *at = shape + r * SHAPE_COLUMNS + k;
            seen->shape = seen->shape << 1 | (at[1] > at[0]);
        }
    boxes_mean(x, h, w, c, luma, ICL_SEEN_THUMB, ICL_SEEN_THUMB, thumb);
    for (int i = 0; i < ICL_SEEN_THUMB * ICL_SEEN_THUMB; i++) {
        least = MIN(least, thumb[i]);
        most = MAX(most, thumb[i]);
    }
    levels_round(thumb, ICL_SEEN_THUMB * ICL_SEEN_THUMB, seen->thumb[0]);
    seen->flat = most - least < FLAT_LEVELS;
}

static void sums_add(Sums *sums, const float *x, size_t pixels, int c)
{
    double sum[3] = {0}, squares[3] = {0};

    for (size_t i = 0; i < pixels; i++)
        for (int k = 0; k < c; k++) {
            double value = (double)x[i * c + k];
            sum[k] += value;
            squares[k] += value * value;
        }
    sums->n += (double)pixels;
    for (int k = 0; k < 3; k++) {
        sums->sum[k] += sum[c == 1 ? 0 : k];
        sums->squares[k] += squares[c == 1 ? 0 : k];
    }
}

static void reading_picture(Reading *reading, int number, IclShrinker *shrinker, Sums *sums)
{
    IclInspection *inspection = reading->inspection;
    IclPart part = icl_inspection_part(inspection, (uint32_t)number);
    IclSeen *seen = &inspection->seen[number];
    GError *error = NULL;
    IclPicture picture;
    int h, w, c;

    if (!icl_dataset_picture(inspection->part[part], number - inspection->first[part], &picture,
                             &error)) {
        reading->messages[number - reading->from] = g_strdup(error->message);
        g_error_free(error);
        return;
    }
    const float *x = icl_shrink(shrinker, &picture.frame, &h, &w, &c);
    bool turned = picture.frame.orientation >= 5 && picture.frame.orientation <= 8;
    seen->width = turned ? picture.frame.height : picture.frame.width;
    seen->height = turned ? picture.frame.width : picture.frame.height;
    seen->channels = picture.frame.format == ICL_PIXEL_RGBA ? 4 : (uint8_t)c;
    frame_checksum(&picture.frame, seen->pixels);
    seen_shape(seen, x, h, w, c);
    if (part == ICL_PART_TRAIN || !inspection->part[ICL_PART_TRAIN])
        sums_add(sums, x, (size_t)h * w, c);
    icl_picture_clear(&picture);
}

bool icl_inspect_small(const IclInspection *inspection, uint32_t picture, IclShrinker *shrinker,
                       int side, uint8_t *levels)
{
    IclPart part = icl_inspection_part(inspection, picture);
    g_autofree float *means = g_new(float, (size_t)side *side);
    IclPicture read;
    int h, w, c;

    if (!icl_dataset_picture(inspection->part[part], (int)picture - inspection->first[part], &read,
                             NULL))
        return false;
    const float *x = icl_shrink(shrinker, &read.frame, &h, &w, &c);
    for (int k = 0; k < 3; k++, levels += side * side) {
        boxes_mean(x, h, w, c, (const float[3]){k == 0, k == 1, k == 2}, side, side, means);
        levels_round(means, side * side, levels);
    }
    icl_picture_clear(&read);
    return true;
}

static void reading_chunk(void *data, int chunk, int thread)
{
    Reading *reading = data;
    int from = reading->from + chunk * CHUNK, to = MIN(from + CHUNK, reading->to);

    for (int i = from; i < to; i++)
        reading_picture(reading, i, reading->shrinkers[thread], &reading->sums[chunk]);
}

static void reading_round(Reading *reading, IclTeam *team, Sums *total)
{
    IclInspection *inspection = reading->inspection;

    memset(reading->sums, 0, ROUND / CHUNK * sizeof *reading->sums);
    icl_team_run(team, (reading->to - reading->from + CHUNK - 1) / CHUNK, reading_chunk, reading);
    for (int chunk = 0; chunk < ROUND / CHUNK; chunk++) {
        total->n += reading->sums[chunk].n;
        for (int k = 0; k < 3; k++) {
            total->sum[k] += reading->sums[chunk].sum[k];
            total->squares[k] += reading->sums[chunk].squares[k];
        }
    }
    for (int i = 0; i < reading->to - reading->from; i++)
        if (reading->messages[i]) {
            IclUnreadable unreadable = {(uint32_t)(reading->from + i),
                                        g_steal_pointer(&reading->messages[i])};
            g_array_append_val(inspection->unreadable, unreadable);
        }
}

static bool reading_run(Reading *reading, const IclInspectParams *params, Sums *total,
                        GError **error)
{
    IclTeam team;
    bool cancelled = false;

    icl_team_begin(&team, params->threads);
    for (int i = 0; i < team.size; i++)
        reading->shrinkers[i] = icl_shrinker_new(ICL_SEEN_SIDE);
    for (int n = reading->inspection->n; reading->from < n && !cancelled;
         reading->from = reading->to) {
        reading->to = MIN(reading->from + ROUND, n);
        reading_round(reading, &team, total);
        if (params->progress)
            params->progress(params->user, reading->to, n);
        cancelled = params->cancel && *params->cancel;
    }
    for (int i = 0; i < team.size; i++)
        icl_shrinker_free(reading->shrinkers[i]);
    icl_team_end(&team);
    if (cancelled)
        g_set_error(error, ICL_ERROR, ICL_ERROR_CANCELLED, "stopped on request");
    return !cancelled;
}

bool icl_inspect_read(IclInspection *inspection, const IclInspectParams *params, GError **error)
{
    IclShrinker *shrinkers[ICL_THREADS_MAX];
    Sums sums[ROUND / CHUNK], total = {0};
    char *messages[ROUND] = {NULL};
    Reading reading = {
        .inspection = inspection, .shrinkers = shrinkers, .sums = sums, .messages = messages};

    if (!reading_run(&reading, params, &total, error))
        return false;
    for (int k = 0; k < 3 && total.n > 0; k++) {
        double mean = total.sum[k] / total.n;
        inspection->mean[k] = mean / 255;
        inspection->deviation[k] = sqrt(MAX(total.squares[k] / total.n - mean * mean, 0)) / 255;
    }
    return true;
}
