/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "jpeg_errors.h"

#include <glib.h>
#include <jerror.h>
#include <stdbool.h>

_Noreturn void icl_jpeg_fail(j_common_ptr info, const char *text)
{
    IclJpegErrors *errors = (IclJpegErrors *)info->err;

    g_strlcpy(errors->text, text, sizeof errors->text);
    longjmp(errors->jump, 1);
}

static _Noreturn void jpeg_error(j_common_ptr info)
{
    char text[JMSG_LENGTH_MAX];

    info->err->format_message(info, text);
    icl_jpeg_fail(info, text);
}

static bool warning_is_harmless(int code)
{
    return code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR || code == JWRN_BOGUS_ICC;
}

static void jpeg_message(j_common_ptr info, int level)
{
    if (level < 0 && !warning_is_harmless(info->err->msg_code))
        jpeg_error(info);
}

static void jpeg_silent(j_common_ptr info) {}

void icl_jpeg_errors_init(IclJpegErrors *errors)
{
    jpeg_std_error(&errors->manager);
    errors->manager.error_exit = jpeg_error;
    errors->manager.emit_message = jpeg_message;
    errors->manager.output_message = jpeg_silent;
}
