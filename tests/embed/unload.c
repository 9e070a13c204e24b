/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * A host that loads libicl as a plugin of its own, classifies with several threads, and unloads it:
 *
 *     unload LIBRARY MODEL
 *
 * The threads are still in the library's code then, and must find it there when they wake. */
#include <dlfcn.h>
#include <icl/icl.h>
#include <stdlib.h>

/* The function of a public header with the type it is declared with there. */
#define FIND(library, name) \
    __typeof__(&name) name##_found = (__typeof__(&name))dlsym(library, #name)

static bool classify(void *library, const char *path)
{
    FIND(library, icl_model_load);
    FIND(library, icl_model_unref);
    FIND(library, icl_classifier_new);
    FIND(library, icl_classifier_frame);
    FIND(library, icl_classifier_free);
    const uint8_t pixel[3] = {0, 128, 255};
    const IclFrame frame = {
        .format = ICL_PIXEL_RGB, .width = 1, .height = 1, .plane = {pixel}, .stride = {3}};
    IclModel *model = icl_model_load_found(path, NULL);
    IclClassifier *classifier = model ? icl_classifier_new_found(model, 1, 4, NULL) : NULL;

    if (classifier)
        icl_classifier_frame_found(classifier, &frame);
    icl_classifier_free_found(classifier);
    icl_model_unref_found(model);
    return classifier;
}

int main(int argc, char **argv)
{
    void *library = argc == 3 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;

    if (!library || !classify(library, argv[2]) || dlclose(library) ||
        !dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD))
        return 1;
    return system("true"); /* the signal of its end wakes a thread that waits */
}
