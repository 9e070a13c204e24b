/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Classifies a picture that lies in memory, and prints its label and confidence:
 *
 *     classify MODEL PICTURE                a JPEG or PNG file, read into memory
 *     classify MODEL PIXELS WIDTH HEIGHT    red, green, blue bytes, rows without gaps */
#include <icl/icl.h>
#include <stdio.h>
#include <stdlib.h>

static void print_best(IclClassifier *classifier, const IclFrame *frame)
{
    const IclModel *model = icl_classifier_model(classifier);
    const float *scores = icl_classifier_frame(classifier, frame);
    int best;

    icl_top_k(scores, icl_model_classes(model), 1, &best);
    printf("%s %.6f\n", icl_model_labels(model)[best], scores[best]);
}

static bool print_pixels(IclClassifier *classifier, const void *pixels, size_t size, int width,
                         int height, GError **error)
{
    IclFrame frame = {.format = ICL_PIXEL_RGB,
                      .width = width,
                      .height = height,
                      .plane = {(const uint8_t *)pixels},
                      .stride = {3 * width}};

    if (width < 1 || height < 1 || (size_t)height != size / 3 / width) {
        g_set_error(error, ICL_ERROR, ICL_ERROR_FORMAT, "%zu bytes are no %d x %d pixels", size,
                    width, height);
        return false;
    }
    print_best(classifier, &frame);
    return true;
}

static bool run(int argc, char **argv, GError **error)
{
    g_autoptr(IclModel) model = icl_model_load(argv[1], error);
    g_autoptr(IclClassifier) classifier = model ? icl_classifier_new(model, 1, 0, error) : NULL;
    g_autofree char *data = NULL;
    gsize size;
    IclPicture picture;

    if (!classifier || !g_file_get_contents(argv[2], &data, &size, error))
        return false;
    if (argc == 5)
        return print_pixels(classifier, data, size, atoi(argv[3]), atoi(argv[4]), error);
    if (!icl_picture_decode(data, size, argv[2], &picture, error))
        return false;
    print_best(classifier, &picture.frame);
    icl_picture_clear(&picture);
    return true;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    if (argc != 3 && argc != 5) {
        fprintf(stderr, "usage: %s MODEL PICTURE | MODEL PIXELS WIDTH HEIGHT\n", argv[0]);
        return 2;
    }
    if (run(argc, argv, &error))
        return 0;
    fprintf(stderr, "%s: %s\n", argv[0], error->message);
    return 1;
}
