/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The time left is reckoned from the steps since this process began: a resumed training has done
 * others before. */
#include "progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { BAR_LEAST = 5, BAR_MOST = 30, COLUMNS = 80, REDRAW_MICROSECONDS = 100000 };

void progress_init(Progress *progress, bool quiet)
{
    *progress = (Progress){.quiet = quiet, .terminal = isatty(STDERR_FILENO)};
}

static int terminal_columns(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : COLUMNS;
}

static void clear_line(Progress *progress)
{
    if (progress->drawn)
        fputs("\r\033[K", stderr);
    progress->drawn = false;
}

/* "1:05", "2:00:09" */
static void append_time(GString *text, double seconds)
{
    int whole = seconds < 3.6e6 ? (int)(seconds + 0.5) : 3600000;
    if (whole >= 3600)
        g_string_append_printf(text, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    else
        g_string_append_printf(text, "%d:%02d", whole / 60, whole % 60);
}

/* As wide as there is room for. */
static void append_bar(GString *text, const IclTrainProgress *report, int room)
{
    int width = MIN(room - (int)strlen(" []"), BAR_MOST);
    if (width < BAR_LEAST)
        return;
    int full = (int)((gint64)report->step * width / report->steps);
    g_string_append(text, " [");
    for (int i = 0; i < width; i++)
        g_string_append_c(text, i < full ? '=' : i == full ? '>' : ' ');
    g_string_append_c(text, ']');
}

static void append_rate(GString *text, const IclTrainProgress *report)
{
    g_string_append_printf(text, " %.*f images/s", report->rate < 100 ? 1 : 0, report->rate);
}

static double steps_done(const IclTrainProgress *report)
{
    return (double)report->epoch * report->steps + report->step;
}

static void append_figures(GString *text, const Progress *progress, const IclTrainProgress *report)
{
    double done = steps_done(report), left = (double)report->epochs * report->steps - done;
    double seconds = (double)(g_get_monotonic_time() - progress->begun) / 1e6;
    g_string_append_printf(text, " %d/%d loss %.3f accuracy %.3f", report->step, report->steps,
                           report->loss, report->accuracy);
    append_rate(text, report);
    if (done > progress->before) {
        g_string_append(text, " ETA ");
        append_time(text, left * seconds / (done - progress->before));
    }
}

static void draw(Progress *progress, const IclTrainProgress *report)
{
    gint64 now = g_get_monotonic_time();
    if (!progress->begun) {
        progress->begun = now;
        progress->before = steps_done(report);
    }
    if (now - progress->shown < REDRAW_MICROSECONDS)
        return;
    g_autoptr(GString) text = g_string_new(NULL), figures = g_string_new(NULL);
    int columns = terminal_columns() - 1;
    g_string_printf(text, "epoch %d/%d", report->epoch + 1, report->epochs);
    append_figures(figures, progress, report);
    append_bar(text, report, columns - (int)(text->len + figures->len));
    g_string_append(text, figures->str);
    g_string_truncate(text, MIN(text->len, (gsize)MAX(columns, 0)));
    clear_line(progress);
    fputs(text->str, stderr);
    fflush(stderr);
    progress->drawn = true;
    progress->shown = now;
}

static void epoch_line(Progress *progress, const IclTrainProgress *report)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_printf(text, "epoch %d/%d  loss %.4f  accuracy %.4f", report->epoch + 1,
                    report->epochs, report->loss, report->accuracy);
    if (!isnan(report->val_loss))
        g_string_append_printf(text, "  val loss %.4f  val accuracy %.4f", report->val_loss,
                               report->val_accuracy);
    g_string_append_c(text, ' ');
    append_rate(text, report);
    clear_line(progress);
    fprintf(stderr, "%s%s\n", text->str, report->best ? "  best" : "");
}

void progress_report(void *user, const IclTrainProgress *report)
{
    Progress *progress = user;
    if (progress->quiet)
        return;
    if (report->message) {
        clear_line(progress);
        if (report->unreadable)
            skipped_add(&progress->skipped, report->message);
        else
            fprintf(stderr, "%s\n", report->message);
    } else if (report->step == 0 || report->steps == 0) {
        epoch_line(progress, report);
    } else if (progress->terminal) {
        draw(progress, report);
    }
}

void progress_end(Progress *progress)
{
    clear_line(progress);
    fflush(stderr);
}
