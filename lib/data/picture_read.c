/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "picture_read.h"

#include "dataset_kind.h"
#include "picture.h"

typedef struct Crop {
    IclAugmenter *augmenter;
    IclRandom *random;
    IclBox box; /* of the upright picture; empty: not chosen yet */
} Crop;

static IclBox crop_choose(void *user, const IclFrame *frame, int *shrink)
{
    Crop *crop = user;
    IclBox *box = &crop->box;

    *box = icl_augmenter_box(crop->augmenter, crop->random, frame);
    int n = *shrink = icl_augmenter_shrink(crop->augmenter, box);
    *box = (IclBox){box->x / n, box->y / n, box->w / n, box->h / n};
    return icl_box_stored(box, frame->orientation, (frame->width + n - 1) / n,
                          (frame->height + n - 1) / n);
}

/* Decodes no more than the crop; where the data set has pixels, all of them. */
static bool crop_decode(Crop *crop, const IclDataset *dataset, int index, IclPicture *picture,
                        GError **error)
{
    const IclPicturePart part = {crop_choose, crop};
    g_autofree uint8_t *bytes = NULL;
    size_t size;

    if (dataset->kind->encoded && !dataset->kind->encoded(dataset, index, &bytes, &size, error))
        return false;
    if (!bytes)
        return icl_dataset_picture(dataset, index, picture, error);
    g_autofree char *name = icl_dataset_name(dataset, index);
    return icl_picture_decode_part(bytes, size, name, &part, picture, error);
}

static bool reader_crop(const IclPictureReader *reader, int index, IclRandom *random, float *x,
                        GError **error)
{
    Crop crop = {.augmenter = reader->augmenter, .random = random};
    IclPicture picture;

    if (!crop_decode(&crop, reader->dataset, index, &picture, error))
        return false;
    if (!crop.box.w)
        crop.box = icl_augmenter_box(crop.augmenter, random, &picture.frame);
    icl_preprocess_region(reader->preprocessor, &picture.frame, &crop.box, x);
    icl_picture_clear(&picture);
    return true;
}

bool icl_picture_read(const IclPictureReader *reader, int index, IclRandom *random, float *x,
                      GError **error)
{
    IclPicture picture;

    if (icl_augment_crops(reader->augmenter->steps))
        return reader_crop(reader, index, random, x, error);
    if (!icl_dataset_picture(reader->dataset, index, &picture, error))
        return false;
    icl_preprocess_pixels(reader->preprocessor, &picture.frame, x);
    icl_picture_clear(&picture);
    return true;
}
