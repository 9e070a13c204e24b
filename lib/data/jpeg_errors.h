/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * libjpeg, as its reader and its writer here share it: its errors come back by longjmp, and so do
 * its warnings, a few harmless ones apart. A damaged file has nothing but warnings: libjpeg would
 * fill what it lacks with grey, and a model would learn that. */
#pragma once

#include <setjmp.h>
#include <stdio.h> /* jpeglib.h needs it */

#include <jpeglib.h>

typedef struct IclJpegErrors {
    struct jpeg_error_mgr manager; /* first: libjpeg gives back a pointer to it */
    jmp_buf jump;
    char text[JMSG_LENGTH_MAX]; /* what went wrong */
} IclJpegErrors;

/* To be the `err` of a codec as `&errors->manager`, after setjmp(errors->jump). */
void icl_jpeg_errors_init(IclJpegErrors *errors);
/* Leaves libjpeg by longjmp with that text. */
_Noreturn void icl_jpeg_fail(j_common_ptr info, const char *text);
