/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Schedules against the curves of Keras and PyTorch (golden_schedules.py), and single points. */
#include <glib.h>
#include <math.h>

#include "schedule.h"
#include "store.h"

static double rate(const char *text, double lr, IclScheduleTime time)
{
    GError *error = NULL;
    IclSchedule *schedule = icl_instance_parse(&icl_schedule_family, text, "row", &error);

    g_assert_no_error(error);
    double value = icl_schedule_rate(schedule, lr, &time);
    icl_instance_free(schedule);
    return value;
}

static const char *const curves[] = {
    "cosine",
    "cosine alpha=0.05 warmup=2",
    "cosine warmup=1 warmup_lr=0.02",
    "cosine_restarts 2",
    "cosine_restarts 3 t_mul=1 m_mul=0.7 alpha=0.01",
    "cosine_restarts 1 t_mul=1.5 m_mul=0.9",
    "one_cycle",
    "one_cycle pct=0.3 div=10 div_final=1000",
    "multistep [3 7 10] [0.1 0.02 0.004]",
    "exponential 0.8",
    "exponential 0.5 every=2.5 staircase=yes",
    "inverse_time 0.5",
    "inverse_time 2 every=3 staircase=yes",
    "polynomial",
    "polynomial end=0.01 power=2 length=5",
    "polynomial end=0.01 power=0.5 length=3 cycle=yes",
};

/* Within the float that the file holds. */
static void curves_are_the_references(void)
{
    enum { EPOCH = 9, STEPS = 12 * EPOCH };
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "golden_schedules.safetensors", NULL);
    g_autoptr(IclStore) store = icl_store_load(path, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(curves); i++) {
        const IclTensor *curve = icl_store_find(store, curves[i]);
        if (!curve)
            g_error("golden_schedules.safetensors has no %s", curves[i]);
        g_assert_cmpuint(icl_tensor_count(curve), ==, STEPS);
        for (int step = 0; step < STEPS; step++) {
            double wanted = ((const float *)curve->data)[step];
            double value = rate(curves[i], 0.3, (IclScheduleTime){step, EPOCH, 12});
            if (fabs(value - wanted) > 1e-7 * wanted + 1e-12)
                g_error("%s at step %d: %.9g, not %.9g", curves[i], step, value, wanted);
        }
    }
}

static const struct {
    const char *text;
    double step, rate; /* lr 1, 10 steps an epoch, 10 epochs */
} points[] = {
    {"constant", 57, 1},
    {"constant warmup=2", 10, 0.5},
    {"constant warmup=2", 20, 1},
    {"constant warmup=2 warmup_lr=0.2", 10, 0.6},
    {"constant warmup=2 per=epoch", 9, 0},
    {"constant warmup=2 per=epoch", 19, 0.5},
    {"cosine", 0, 1},
    {"cosine", 50, 0.5},
    {"cosine", 100, 0},
    {"cosine alpha=0.1", 100, 0.1},
    {"cosine alpha=0.1", 50, 0.55},
    {"cosine warmup=2", 0, 0},
    {"cosine warmup=2", 10, 0.5},
    {"cosine warmup=2", 20, 1},
    {"cosine warmup=2", 60, 0.5},
    {"cosine per=epoch", 50, 0.5},
    {"cosine per=epoch", 59, 0.5},
    {"cosine_restarts 1", 5, 0.5},
    {"cosine_restarts 1", 10, 1},
    {"cosine_restarts 1", 20, 0.5},
    {"cosine_restarts 1 warmup=2", 30, 1},
    {"step", 50, 1},
    {"step", 51, 0.1},
    {"step", 76, 0.01},
    {"step at=[3 6] factor=0.5", 30, 1},
    {"step at=[3 6] factor=0.5", 31, 0.5},
    {"step at=[3 6] factor=0.5", 99, 0.25},
    {"step at=3 warmup=1", 5, 0.5},
    {"step at=3 warmup=1", 31, 0.1},
    {"multistep [3 6] factor=0.5", 61, 0.25},
    {"multistep 0.5 0.3", 50, 1},
    {"multistep 0.5 0.3", 51, 0.3},
    {"exponential 0.5 per=epoch", 19, 0.5},
    {"exponential 0.5 warmup=1", 20, 0.5},
    {"polynomial end=0.1", 100, 0.1},
    {"polynomial end=0.1", 200, 0.1},
    {"one_cycle div_final=100", 99, 0.01},
    {"one_cycle pct=0", 0, 1},
    {"one_cycle pct=1", 99, 1},
};

static void points_lie_on_their_curves(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(points); i++) {
        double value = rate(points[i].text, 1, (IclScheduleTime){points[i].step, 10, 10});
        if (fabs(value - points[i].rate) > 1e-12)
            g_error("%s at step %g: %.15g, not %g", points[i].text, points[i].step, value,
                    points[i].rate);
    }
}

/* One step a training, one epoch: no division by nothing. */
static void shortest_trainings(void)
{
    for (const IclClass *const *class = icl_schedule_family.classes; *class; class ++) {
        bool number = (*class)->params[0].initial == NULL;
        g_autofree char *text = g_strconcat((*class)->name, number ? " 0.5" : "", NULL);
        for (int step = 0; step < 2; step++) {
            double value = rate(text, 1, (IclScheduleTime){step, 1, 1});
            g_assert_true(value >= 0 && value <= 1);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/schedules/curves", curves_are_the_references);
    g_test_add_func("/schedules/points", points_lie_on_their_curves);
    g_test_add_func("/schedules/shortest", shortest_trainings);
    return g_test_run();
}
