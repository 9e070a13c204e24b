/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "events.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct IclEvents {
    FILE *file;
    char *path;
};

uint32_t icl_crc32c(const void *data, size_t size)
{
    const uint8_t *byte = data;
    uint32_t crc = 0xffffffff;

    for (; size; size--, byte++) {
        crc ^= *byte;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
    }
    return ~crc;
}

static uint32_t masked_crc(const void *data, size_t size)
{
    uint32_t crc = icl_crc32c(data, size);

    return (crc >> 15 | crc << 17) + 0xa282ead8;
}

/* Protocol buffers: a field is its number and wire type, then the value. */
enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };
enum { EVENT_TIME = 1, EVENT_STEP = 2, EVENT_VERSION = 3, EVENT_SUMMARY = 5 };
enum { SUMMARY_VALUE = 1, VALUE_TAG = 1, VALUE_SIMPLE = 2 };

static void append_little_endian(GByteArray *out, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        g_byte_array_append(out, &(uint8_t){(uint8_t)(value >> 8 * i)}, 1);
}

static void append_varint(GByteArray *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        g_byte_array_append(out, &(uint8_t){(uint8_t)(value | 0x80)}, 1);
    g_byte_array_append(out, &(uint8_t){(uint8_t)value}, 1);
}

static void append_bytes(GByteArray *out, int field, const void *data, size_t size)
{
    append_varint(out, (uint64_t)field << 3 | WIRE_BYTES);
    append_varint(out, size);
    g_byte_array_append(out, data, (guint)size);
}

static void append_double(GByteArray *out, int field, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    append_varint(out, (uint64_t)field << 3 | WIRE_64);
    append_little_endian(out, bits, 8);
}

static void append_float(GByteArray *out, int field, float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    append_varint(out, (uint64_t)field << 3 | WIRE_32);
    append_little_endian(out, bits, 4);
}

static bool events_fail(const IclEvents *events, GError **error)
{
    g_set_error(error, ICL_ERROR, ICL_ERROR_FILE, "%s: cannot be written: %s", events->path,
                g_strerror(errno));
    return false;
}

static bool write_record(IclEvents *events, const GByteArray *event, GError **error)
{
    g_autoptr(GByteArray) record = g_byte_array_new();

    append_little_endian(record, event->len, 8);
    append_little_endian(record, masked_crc(record->data, 8), 4);
    g_byte_array_append(record, event->data, event->len);
    append_little_endian(record, masked_crc(event->data, event->len), 4);
    return fwrite(record->data, 1, record->len, events->file) == record->len ||
           events_fail(events, error);
}

static bool write_version(IclEvents *events, GError **error)
{
    static const char version[] = "brain.Event:2";
    g_autoptr(GByteArray) event = g_byte_array_new();

    append_double(event, EVENT_TIME, (double)g_get_real_time() / 1e6);
    append_bytes(event, EVENT_VERSION, version, strlen(version));
    return write_record(events, event, error);
}

/* The step of an event that this file wrote: its second field; 0 of the version. */
static int64_t event_step(const uint8_t *event, size_t size)
{
    size_t at = 1 + sizeof(double);
    uint64_t step = 0;

    if (size <= at || event[at] != (EVENT_STEP << 3 | WIRE_VARINT))
        return 0;
    for (int shift = 0; ++at < size && shift < 64; shift += 7) {
        step |= (uint64_t)(event[at] & 0x7f) << shift;
        if (event[at] < 0x80)
            break;
    }
    return (int64_t)step;
}

/* Bytes of the whole records before the first of `step` or later. */
static size_t valid_size(const uint8_t *data, size_t size, int64_t step)
{
    size_t at = 0;

    while (size - at >= 16) {
        uint64_t length = 0;
        for (int i = 0; i < 8; i++)
            length |= (uint64_t)data[at + i] << 8 * i;
        if (length > size - at - 16 || event_step(data + at + 12, length) >= step)
            break;
        at += 16 + length;
    }
    return at;
}

static bool cut_off(IclEvents *events, int64_t step, GError **error)
{
    g_autofree char *data = NULL;
    gsize size = 0;

    if (!g_file_get_contents(events->path, &data, &size, NULL))
        return true; /* a new one, or fopen() says what is wrong */
    size_t valid = step > 0 ? valid_size((const uint8_t *)data, size, step) : 0;
    return valid == size || truncate(events->path, (off_t)valid) == 0 || events_fail(events, error);
}

IclEvents *icl_events_open(const char *folder, int64_t step, GError **error)
{
    IclEvents *events = g_new0(IclEvents, 1);

    events->path = g_build_filename(folder, "events.out.tfevents.icl", NULL);
    if (g_mkdir_with_parents(folder, 0777))
        events_fail(events, error);
    else if (cut_off(events, step, error) && !(events->file = fopen(events->path, "ab")))
        events_fail(events, error);
    if (events->file && (fseek(events->file, 0, SEEK_END) || ftell(events->file) > 0 ||
                         write_version(events, error)))
        return events;
    icl_events_close(events, NULL);
    return NULL;
}

bool icl_events_scalar(IclEvents *events, int64_t step, const char *tag, double value,
                       GError **error)
{
    g_autoptr(GByteArray) figure = g_byte_array_new();
    g_autoptr(GByteArray) summary = g_byte_array_new();
    g_autoptr(GByteArray) event = g_byte_array_new();

    append_bytes(figure, VALUE_TAG, tag, strlen(tag));
    append_float(figure, VALUE_SIMPLE, (float)value);
    append_bytes(summary, SUMMARY_VALUE, figure->data, figure->len);
    append_double(event, EVENT_TIME, (double)g_get_real_time() / 1e6);
    append_varint(event, EVENT_STEP << 3 | WIRE_VARINT);
    append_varint(event, (uint64_t)step);
    append_bytes(event, EVENT_SUMMARY, summary->data, summary->len);
    return write_record(events, event, error);
}

bool icl_events_close(IclEvents *events, GError **error)
{
    bool closed = !events->file || fclose(events->file) == 0 || events_fail(events, error);

    g_free(events->path);
    g_free(events);
    return closed;
}
