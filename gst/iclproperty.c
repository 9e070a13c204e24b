/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "iclproperty.h"

static void *field_of(const void *settings, const IclProperty *property)
{
    return (char *)settings + property->offset;
}

void icl_properties_clear(const IclProperty *table, void *settings)
{
    for (const IclProperty *p = table; p->name; p++)
        if (p->type == ICL_PROPERTY_STRING)
            g_clear_pointer((char **)field_of(settings, p), g_free);
}

void icl_properties_own(const IclProperty *table, void *settings)
{
    for (const IclProperty *p = table; p->name; p++)
        if (p->type == ICL_PROPERTY_STRING) {
            char **text = field_of(settings, p);
            *text = g_strdup(*text);
        }
}

void icl_property_set(const IclProperty *table, void *settings, guint id, const GValue *value)
{
    const IclProperty *property = &table[id - 1];
    void *field = field_of(settings, property);

    switch (property->type) {
    case ICL_PROPERTY_STRING:
        g_free(*(char **)field);
        *(char **)field = g_value_dup_string(value);
        break;
    case ICL_PROPERTY_INT:
        *(int *)field = g_value_get_int(value);
        break;
    case ICL_PROPERTY_UINT64:
        *(guint64 *)field = g_value_get_uint64(value);
        break;
    case ICL_PROPERTY_DOUBLE:
        *(double *)field = g_value_get_double(value);
        break;
    case ICL_PROPERTY_BOOLEAN:
        *(gboolean *)field = g_value_get_boolean(value);
        break;
    }
}

void icl_property_get(const IclProperty *table, const void *settings, guint id, GValue *value)
{
    const IclProperty *property = &table[id - 1];
    const void *field = field_of(settings, property);

    switch (property->type) {
    case ICL_PROPERTY_STRING:
        g_value_set_string(value, *(char *const *)field);
        break;
    case ICL_PROPERTY_INT:
        g_value_set_int(value, *(const int *)field);
        break;
    case ICL_PROPERTY_UINT64:
        g_value_set_uint64(value, *(const guint64 *)field);
        break;
    case ICL_PROPERTY_DOUBLE:
        g_value_set_double(value, *(const double *)field);
        break;
    case ICL_PROPERTY_BOOLEAN:
        g_value_set_boolean(value, *(const gboolean *)field);
        break;
    }
}

void icl_properties_init(const IclProperty *table, void *settings)
{
    for (const IclProperty *p = table; p->name; p++) {
        void *field = field_of(settings, p);
        switch (p->type) {
        case ICL_PROPERTY_STRING:
            *(char **)field = NULL;
            break;
        case ICL_PROPERTY_INT:
            *(int *)field = (int)p->initial;
            break;
        case ICL_PROPERTY_UINT64:
            *(guint64 *)field = p->initial;
            break;
        case ICL_PROPERTY_DOUBLE:
            *(double *)field = (double)p->initial;
            break;
        case ICL_PROPERTY_BOOLEAN:
            *(gboolean *)field = p->initial != 0;
            break;
        }
    }
}

static GParamSpec *spec_of(const IclProperty *p)
{
    const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                              (p->playing ? GST_PARAM_MUTABLE_PLAYING : GST_PARAM_MUTABLE_READY);

    switch (p->type) {
    case ICL_PROPERTY_STRING:
        return g_param_spec_string(p->name, p->nick, p->blurb, NULL, flags);
    case ICL_PROPERTY_INT:
        return g_param_spec_int(p->name, p->nick, p->blurb, (int)p->low, (int)p->high,
                                (int)p->initial, flags);
    case ICL_PROPERTY_UINT64:
        return g_param_spec_uint64(p->name, p->nick, p->blurb, 0, G_MAXUINT64, p->initial, flags);
    case ICL_PROPERTY_DOUBLE:
        return g_param_spec_double(p->name, p->nick, p->blurb, p->low, p->high, (double)p->initial,
                                   flags);
    case ICL_PROPERTY_BOOLEAN:
        return g_param_spec_boolean(p->name, p->nick, p->blurb, p->initial != 0, flags);
    }
    g_assert_not_reached();
}

void icl_properties_install(GObjectClass *class, const IclProperty *table)
{
    for (guint i = 0; table[i].name; i++)
        g_object_class_install_property(class, i + 1, spec_of(&table[i]));
}
