/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Model files. Those of the corpus are without checksum, as other programs write them, for else
 * nothing that is changed would get past it. A file's weights may take what the file takes. */
#include "model.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(IclStore) store = icl_store_parse(data, size, "fuzz.bin", &error);

    g_assert_true((store == NULL) == (error != NULL));
    if (!store)
        return 0;
    g_autoptr(IclModel) model = icl_model_from_store(store, "fuzz.bin", &error);
    g_assert_true((model == NULL) == (error != NULL));
    return 0;
}
