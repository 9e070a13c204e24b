/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Descriptions, to the graph of layers. What is printed of a description must parse again, and
 * print the same. */
#include "graph.h"
#include "target.h"

enum { WEIGHTS_MAX = 1 << 20 /* bytes */ };

static void check_printed(const IclChain *chain)
{
    g_autofree char *printed = icl_chain_print(chain);
    g_autoptr(IclChain) again = icl_chain_parse(printed, -1, "printed.icl", NULL);

    g_assert_nonnull(again);
    g_autofree char *same = icl_chain_print(again);
    g_assert_cmpstr(printed, ==, same);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(IclChain) chain =
        icl_chain_parse((const char *)data, (gssize)size, "fuzz.icl", &error);

    g_assert_true((chain == NULL) == (error != NULL));
    if (!chain)
        return 0;
    check_printed(chain);
    IclGraph *graph = icl_graph_new(chain, WEIGHTS_MAX, &error);
    g_assert_true((graph == NULL) == (error != NULL));
    icl_graph_free(graph);
    return 0;
}
