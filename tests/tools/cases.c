/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors */
#include "cases.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SECONDS_MAX = 60,   /* a run; sanitized, on a busy machine */
    MESSAGE_MAX = 1000, /* bytes of a line */
};

void case_add(GPtrArray *cases, Case test, const char *bad, const GByteArray *bytes)
{
    Case *added = g_memdup2(&test, sizeof test);
    g_autofree char *name = g_strdup_printf("case-%03u", cases->len);
    added->folder = fixture_path(test.fixture, name);
    g_assert_cmpint(g_mkdir(added->folder, 0777), ==, 0);
    if (bad) {
        g_autofree char *path = g_build_filename(added->folder, bad, NULL);
        added->file = bad;
        g_assert_true(g_file_set_contents(path, (const char *)bytes->data, bytes->len, NULL));
    }
    g_ptr_array_add(cases, added);
}

static GPtrArray *names_in(const char *folder)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_assert_nonnull(dir);
    for (const char *name; (name = g_dir_read_name(dir));)
        g_ptr_array_add(names, g_strdup(name));
    return names;
}

static void limit_time(gpointer unused) { alarm(SECONDS_MAX); }

/* On a thread of its own; what came of it is looked at later. */
static void case_run(gpointer data, gpointer unused)
{
    Case *test = data;
    g_autofree char *quoted = g_shell_quote(test->fixture->program);
    g_autofree char *whole = g_strconcat(quoted, " ", test->line, NULL);
    g_auto(GStrv) argv = NULL;
    GError *error = NULL;
    test->before = names_in(test->folder);
    g_assert_true(g_shell_parse_argv(whole, NULL, &argv, &error));
    g_spawn_sync(test->folder, argv, NULL, G_SPAWN_DEFAULT, limit_time, NULL, &test->out,
                 &test->err, &test->status, &error);
    g_assert_no_error(error);
}

void cases_run(GPtrArray *cases)
{
    GThreadPool *pool = g_thread_pool_new(case_run, NULL, (int)g_get_num_processors(), TRUE, NULL);
    for (guint i = 0; i < cases->len; i++)
        g_thread_pool_push(pool, cases->pdata[i], NULL);
    g_thread_pool_free(pool, FALSE, TRUE); /* waits for all */
}

void case_free(gpointer data)
{
    Case *test = data;
    g_free(test->name);
    g_free(test->folder);
    g_free(test->line);
    g_ptr_array_unref(test->before);
    g_free(test->out);
    g_free(test->err);
    g_free(test);
}

/* Lines of a message are the program's own, and fit on a screen. */
static const char *line_fault(const char *line)
{
    if (!g_str_has_prefix(line, "icl: ") && !g_str_has_prefix(line, "Usage: "))
        return "a line that is not the program's";
    if (strlen(line) > MESSAGE_MAX)
        return "a line too long";
    for (; *line; line++)
        if (g_ascii_iscntrl(*line))
            return "a control character";
    return NULL;
}

/* What is wrong with a message; NULL: nothing. */
static const char *message_fault(const Case *test)
{
    g_auto(GStrv) message = g_strsplit(test->err, "\n", -1);
    guint n = g_strv_length(message) - 1; /* the last is empty */
    const char *fault = NULL;
    if (!g_utf8_validate(test->err, -1, NULL))
        return "the message is not UTF-8";
    if (n < 1 || n > 2 || *message[n])
        return "not one line, or two";
    if (!strstr(test->err, test->file ? test->file : "icl: "))
        return "the message does not name the file";
    if (!strstr(test->err, test->says))
        return "the message does not say what it should";
    for (guint i = 0; i < n && !fault; i++)
        fault = line_fault(message[i]);
    return fault;
}

static bool same_names(const GPtrArray *a, const GPtrArray *b)
{
    bool same = a->len == b->len;
    for (guint i = 0; i < a->len && same; i++)
        same = g_ptr_array_find_with_equal_func((GPtrArray *)b, a->pdata[i], g_str_equal, NULL);
    return same;
}

const char *case_fault(const Case *test)
{
    g_autoptr(GPtrArray) after = names_in(test->folder);
    if (!WIFEXITED(test->status))
        return WTERMSIG(test->status) == SIGALRM ? "it did not end" : "a signal ended it";
    if (WEXITSTATUS(test->status) != test->wanted)
        return "another exit status";
    if (*test->out)
        return "there is output";
    if (!same_names(test->before, after))
        return "something was left in the folder, or taken";
    return message_fault(test);
}
