/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Properties by table: name, text, range, default, field and the states in which it may change
 * stand in one row. gst-inspect-1.0 says range, default and states from what is given there. */
#pragma once

#include <gst/gst.h>

typedef enum {
    ICL_PROPERTY_STRING,
    ICL_PROPERTY_INT,
    ICL_PROPERTY_UINT64,
    ICL_PROPERTY_DOUBLE,
    ICL_PROPERTY_BOOLEAN,
} IclPropertyType;

typedef struct IclProperty {
    const char *name, *nick, *blurb; /* name NULL ends a table */
    IclPropertyType type;
    size_t offset;    /* of its field, of the type's C type, in the element's struct of settings */
    double low, high; /* of an int or double */
    guint64 initial;  /* of all but strings, which begin as NULL */
    gboolean playing; /* may change while the element runs */
} IclProperty;

/** Gives @class the properties, numbered from 1. */
void icl_properties_install(GObjectClass *class, const IclProperty *table);

/** Sets @settings to the defaults. */
void icl_properties_init(const IclProperty *table, void *settings);
void icl_properties_clear(const IclProperty *table, void *settings); /* frees the strings */
/** Gives a copy of a struct strings of its own. */
void icl_properties_own(const IclProperty *table, void *settings);

void icl_property_set(const IclProperty *table, void *settings, guint id, const GValue *value);
void icl_property_get(const IclProperty *table, const void *settings, guint id, GValue *value);
