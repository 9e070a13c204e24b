/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "network.h"

#include <math.h>

#include "preprocess.h"

static const char default_network[] =
#include "default_network.h"
    ;

IclChain *icl_network_parse(const char *text, const char *name, GError **error)
{
    return icl_chain_parse(text ? text : default_network, -1, name ? name : "description", error);
}

bool icl_network_is_open(const IclChain *chain)
{
    return icl_chain_uses(chain, "size") || icl_chain_uses(chain, "channels");
}

static bool set_number(IclChain *chain, const char *name, int value, GError **error)
{
    g_autofree char *text = g_strdup_printf("%d", value);

    return !icl_chain_uses(chain, name) || icl_chain_set(chain, name, text, error);
}

int icl_network_size(int pixels) { return pixels <= 40 ? MAX(pixels, 8) : 64; }

bool icl_network_set_size(IclChain *chain, int size, int channels, GError **error)
{
    return set_number(chain, "size", size, error) && set_number(chain, "channels", channels, error);
}

void icl_pixel_sums_add(IclPixelSums *sums, const float *pixels, size_t count, int channels)
{
    for (size_t i = 0; i < count; i++) {
        double x = pixels[i] / 255.0;
        sums->sum[i % (size_t)channels] += x;
        sums->squares[i % (size_t)channels] += x * x;
    }
    sums->pixels += (double)count / channels;
}

static char *list_new(const double *values, int n)
{
    GString *text = g_string_new("[");

    for (int i = 0; i < n; i++) {
        char number[G_ASCII_DTOSTR_BUF_SIZE];
        g_ascii_formatd(number, sizeof number, "%.4f", values[i]);
        g_string_append_printf(text, "%s%s", i ? " " : "", number);
    }
    g_string_append_c(text, ']');
    return g_string_free(text, FALSE);
}

char *icl_network_recipe(const char *recipe, const IclPixelSums *sums, int channels)
{
    g_autoptr(IclRecipe) parsed = icl_recipe_parse(recipe, channels, "preprocessing", NULL);
    double mean[3], std[3];

    for (int c = 0; c < channels; c++) {
        mean[c] = sums->sum[c] / MAX(sums->pixels, 1);
        double variance = sums->squares[c] / MAX(sums->pixels, 1) - mean[c] * mean[c];
        std[c] = MAX(sqrt(MAX(variance, 0)), 0.02); /* pictures of one colour */
    }
    g_autofree char *means = list_new(mean, channels), *stds = list_new(std, channels);
    return icl_recipe_is_open(parsed) ? icl_recipe_close(recipe, means, stds)
                                      : g_strdup_printf("%s mean=%s std=%s", recipe, means, stds);
}
