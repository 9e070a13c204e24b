/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ICL_API __attribute__((visibility("default")))

/**
 * ICL_ERROR:
 *
 * The one error domain of libicl. Messages are whole sentences for users: they name the place, what
 * was found there and what would do.
 */
#define ICL_ERROR (icl_error_quark())
ICL_API GQuark icl_error_quark(void);

/**
 * IclError:
 * @ICL_ERROR_SYNTAX: a description, recipe or option text does not parse
 * @ICL_ERROR_VALUE: a value is out of its range, or does not fit the rest
 * @ICL_ERROR_FILE: a file cannot be read or written
 * @ICL_ERROR_FORMAT: a file or frame is not what it should be (broken, or of another kind)
 * @ICL_ERROR_DATA: a data set cannot be used (empty, one class, labels that do not fit)
 * @ICL_ERROR_MEMORY: more memory would be needed than there is or than is allowed
 * @ICL_ERROR_CANCELLED: stopped on request
 */
typedef enum {
    ICL_ERROR_SYNTAX,
    ICL_ERROR_VALUE,
    ICL_ERROR_FILE,
    ICL_ERROR_FORMAT,
    ICL_ERROR_DATA,
    ICL_ERROR_MEMORY,
    ICL_ERROR_CANCELLED,
} IclError;

G_END_DECLS
