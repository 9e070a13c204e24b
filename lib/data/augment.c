/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The table of augmentations. A new one is a file, a line in augment.h and a row here. */
#include "augment.h"

static const IclClass *const augment_classes[] = {
    &icl_hflip_class.base,
    &icl_random_crop_class.base,
    &icl_shift_class.base,
    NULL,
};

const IclFamily icl_augment_family = {"augment", "augmentation", augment_classes};
