/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include <icl/pack.h>
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "skipped.h"

typedef struct PackOptions {
    Operands operands;
    const char *output;
    int resize;
    bool decode, strict, quiet;
} PackOptions;

#define O PackOptions
static const Option pack_options[] = {
    OPT_REQUIRED(O, output, "output", 'o', "FILE", "where it goes: NAME.icl-records"),
    OPT_INT(O, resize, "resize", "N", "0", 0, 4096,
            "store pixels, the shorter side N at most; 0: as large as they are"),
    OPT_BOOL(O, decode, "decode", "store pixels rather than JPEG and PNG files: larger, faster"),
    OPT_BOOL(O, strict, "strict", "an unreadable picture ends it; else it is left out"),
    OPT_BOOL(O, quiet, "quiet", "no progress"),
    {0},
};
#undef O

static void show_progress(void *user, int done, int total)
{
    fprintf(stderr, "\r%d of %d pictures\r", done, total);
}

static bool run_pack(const void *values, GError **error)
{
    const PackOptions *o = values;
    Skipped skipped = {0};
    IclPackParams params = {.resize = o->resize,
                            .decode = o->decode,
                            .strict = o->strict,
                            .report = skipped_report,
                            .user = &skipped};
    if (!o->quiet && isatty(STDERR_FILENO))
        params.progress = show_progress;
    if (!icl_pack(o->operands.at[0], o->output, &params, error))
        return false;
    printf("packed: %s\n", o->output);
    if (skipped.n)
        printf("left out: %d unreadable pictures\n", skipped.n);
    return true;
}

const Command pack_command = {
    .name = "pack",
    .help = "make one file of a data set, for fast epochs",
    .operands = "DATA -o FILE [OPTION...]",
    .least = 1,
    .most = 1,
    .options = pack_options,
    .size = sizeof(PackOptions),
    .details = "The file holds all parts of DATA with classes, weights and groups, and takes the\n"
               "place of DATA in every command. Without options it has the JPEG and PNG files as\n"
               "they are: the same results, one file to open. With --resize it has pixels, which\n"
               "need no decoding, but were rounded to 8 bits after resizing.\n"
               "\n"
               "    icl pack photos -o photos.icl-records --resize 256\n"
               "    icl train photos.icl-records -o m.bin\n",
    .run = run_pack,
};
