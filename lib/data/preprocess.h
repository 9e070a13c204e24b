/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The one way from pixels to tensor, used by training, the program and the element. A recipe is a
 * chain of the family "preprocess": "resize 256 ! crop 224 ! normalize mean=[..] std=[..]".
 *
 * Three ways make pictures of every shape one size; each takes one number for a square, or [H W]:
 *
 *   crop 224             keeps the centre, its offset rounded as torchvision's; mostly after
 *                        "resize 256": shorter side to 256, the longer to int(256 * long / short),
 *                        as torchvision. A smaller picture gets background around it
 *   letterbox 224        the whole picture, scaled to fit with its aspect kept (the other side
 *                        rounded to the nearest), centred on the background; an odd row or column
 *                        of it comes after the picture
 *   stretch 224          the whole picture, its aspect lost; "resize [H W]" is the same
 *
 * Before them, and after:
 *
 *   background 0         what lies around a picture and shows where it is transparent: a level in
 *                        0..255, or [R G B]; a network of one channel takes its luma. Default 0
 *   normalize mean std   y = (x / 255 - mean[c]) / std[c]; one number stands for all channels;
 *                        default 0 and 1. A recipe without it leaves 0..255
 *   featurewise          in place of normalize: training puts mean and std of its own pictures,
 *                        each channel's, there; until then 0 and 1. std=no: the mean alone
 *   rescale scale offset in place of normalize: y = scale x + offset, of 0..255; default 1/255, 0
 *   samplewise           y = (x - mean) / (std + 1e-6), both of the picture itself, all pixels and
 *                        channels together; std=no: the mean alone
 *   zca epsilon          last: less the mean of each channel of the training's pictures, and times
 *                        their whitening matrix (whitening.h); training puts both into the model
 *                        file, until then nothing changes. At most 4096 values a picture; default
 *                        1e-6, which makes noise of a picture's finest detail as strong as its
 *                        shapes: 0.1 is a usual one. Keras' rescale, samplewise_.., zca_whitening
 *                        are "rescale ! samplewise ! zca"
 *
 * Resizing is bilinear with antialias (triangle filter widened by the scale, as Pillow's), in f32,
 * without rounding between the passes, on the frame's own planes and words; colour is converted on
 * the small picture. Chroma samples lie in the middle of the pixels they stand for (JPEG's siting).
 * Only what the crop keeps is computed. The result is [h,w,c], c = 1 or 3: RGB becomes grey by
 * 0.299 R + 0.587 G + 0.114 B, grey becomes RGB by copying; YUV to grey is its (range-expanded)
 * luma.
 *
 * Transparent pixels are laid on the background one by one, before resizing; where all are opaque,
 * the result is that of the same RGB picture to the bit.
 *
 * Sizes are those of the upright picture: the frame's orientation is applied on the way, by reading
 * rows and columns in another order. The result is that of a picture turned beforehand: to the bit
 * for orientations 1..4, within 0.001 levels for 5..8, where the two passes change places. */
#pragma once

#include <icl/frame.h>

#include "class.h"
#include "orient.h"
#include "whitening.h"

extern const IclFamily icl_preprocess_family;

typedef struct IclRecipe IclRecipe; /* const after parsing; shared by threads */

/* `channels` 1 or 3. NULL with an error for a recipe that does not parse or does not end in a fixed
 * size (background, then resize, letterbox or stretch, then crop, then normalize, featurewise or
 * rescale, then samplewise, then zca, each at most once). */
IclRecipe *icl_recipe_parse(const char *text, int channels, const char *what, GError **error);
void icl_recipe_free(IclRecipe *recipe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclRecipe, icl_recipe_free)

/* Whether it has a step `featurewise`, which stands for the numbers of pictures to be seen; and its
 * text with these in the place of that step ("[0.5 0.4 0.4]"). Caller frees. */
bool icl_recipe_is_open(const IclRecipe *recipe);
char *icl_recipe_close(const char *text, const char *mean, const char *std);

/* The epsilon of its step `zca`, 0 without one; and what that step does, NULL before it is known:
 * set (it takes a reference) before a thread uses the recipe. */
double icl_recipe_zca(const IclRecipe *recipe);
void icl_recipe_set_whitening(IclRecipe *recipe, IclWhitening *whitening);
IclWhitening *icl_recipe_whitening(const IclRecipe *recipe);

void icl_recipe_size(const IclRecipe *recipe, int *h, int *w, int *c); /* of the tensor */

/* What one thread needs to run a recipe: filter taps and row buffers for the last frame geometry
 * seen (format, size, orientation). Allocates only when the geometry changes. */
typedef struct IclPreprocessor IclPreprocessor;
IclPreprocessor *icl_preprocessor_new(const IclRecipe *recipe); /* borrows the recipe */
void icl_preprocessor_free(IclPreprocessor *preprocessor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IclPreprocessor, icl_preprocessor_free)

/* resize, crop and colour: out [h,w,c] in 0..255. */
void icl_preprocess_pixels(IclPreprocessor *preprocessor, const IclFrame *frame, float *out);

/* A box of the upright picture, stretched to [h,w] in place of the recipe's resize and crop; an
 * empty one: as above. */
void icl_preprocess_region(IclPreprocessor *preprocessor, const IclFrame *frame, const IclBox *box,
                           float *out);
/* The recipe's normalize and samplewise, in place. */
void icl_preprocess_normalize(const IclRecipe *recipe, float *pixels);
/* Its zca, in place, of any number of pictures: together they take less time. */
void icl_preprocess_whiten(const IclRecipe *recipe, int pictures, float *pixels);
/* All, of one frame or of n: out [n,h,w,c]. */
void icl_preprocess(IclPreprocessor *preprocessor, const IclFrame *frame, float *out);
void icl_preprocess_frames(IclPreprocessor *preprocessor, const IclFrame *frames, int n,
                           float *out);
