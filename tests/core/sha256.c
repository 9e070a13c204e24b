/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Held to GLib's, which is another's work. */
#include <glib.h>

#include "sha256.h"

enum { LONGEST = 1000 };

static void digest(IclSha256Fn blocks, const guint8 *data, size_t size, size_t piece,
                   char digits[ICL_SHA256_DIGITS + 1])
{
    IclSha256 sha;

    icl_sha256_init(&sha);
    sha.blocks = blocks;
    for (size_t at = 0; at < size; at += piece)
        icl_sha256_add(&sha, data + at, MIN(piece, size - at));
    icl_sha256_end(&sha, digits);
}

static void agrees_with_glib(gconstpointer fn)
{
    IclSha256Fn blocks = *(const IclSha256Fn *)fn;
    static const size_t pieces[] = {1, 7, 63, 64, 65, 129, LONGEST};
    guint8 data[LONGEST + 1];

    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (guint8)(i * 167 + i / 3);
    for (size_t size = 0; size <= LONGEST; size += size < 200 ? 1 : 37)
        for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
            char got[ICL_SHA256_DIGITS + 1];
            g_autofree char *want =
                g_compute_checksum_for_data(G_CHECKSUM_SHA256, data + i % 2, size);
            digest(blocks, data + i % 2, size, pieces[i], got);
            g_assert_cmpstr(got, ==, want);
        }
}

int main(int argc, char **argv)
{
    IclSha256Fn portable = icl_sha256_portable, fastest = icl_sha256_fastest();

    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/sha256/portable", &portable, agrees_with_glib);
    g_test_add_data_func("/sha256/fastest", &fastest, agrees_with_glib);
    return g_test_run();
}
