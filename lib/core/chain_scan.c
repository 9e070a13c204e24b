/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Text to tokens. GLib's scanner reads `1e-4..1e-1` as a broken number, so this is our own.
 * Brackets are matched here, once: the parser, which calls itself at every bracket, then cannot go
 * too deep. */
#include <string.h>

#include "chain_tree.h"

typedef struct {
    const char *text, *file;
    size_t length, at;
    int line, depth;
    char open[ICL_CHAIN_MAX_DEPTH];
    int open_line[ICL_CHAIN_MAX_DEPTH];
    GArray *tokens;
    GError **error;
} Scanner;

#define FAIL(scanner, ...)                                                                       \
    (icl_chain_error((scanner)->error, ICL_ERROR_SYNTAX, (scanner)->file, (scanner)->line, NULL, \
                     __VA_ARGS__),                                                               \
     false)

static char peek(const Scanner *s, size_t ahead)
{
    return s->at + ahead < s->length ? s->text[s->at + ahead] : '\0';
}

static bool is_word_start(char c) { return g_ascii_isalpha(c) || c == '_'; }

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static int last_type(const Scanner *s)
{
    return s->tokens->len ? g_array_index(s->tokens, IclToken, s->tokens->len - 1).type
                          : ICL_TOKEN_NEWLINE;
}

static void push(Scanner *s, int type, size_t start, size_t length, bool glued)
{
    IclToken token = {type, glued, s->line, start, length};

    g_array_append_val(s->tokens, token);
}

static void scan_newline(Scanner *s)
{
    int last = last_type(s);

    if (!s->depth && last != ICL_TOKEN_NEWLINE && last != '!' && last != '|')
        push(s, ICL_TOKEN_NEWLINE, s->at, 1, false);
    s->at++;
    s->line++;
}

/* The length of [A-Za-z0-9_]* (and `-` where `dashes`) from `ahead` on. */
static size_t word_length(const Scanner *s, size_t ahead, bool dashes)
{
    size_t n = 0;

    for (char c = peek(s, ahead); g_ascii_isalnum(c) || c == '_' || (dashes && c == '-');
         c = peek(s, ahead + n))
        n++;
    return n;
}

static bool scan_word(Scanner *s, bool glued)
{
    bool variable = peek(s, 0) == '$';

    if (variable && !is_word_start(peek(s, 1)))
        return FAIL(s, "\"$\" without a name; write $name, in single quotes on a command line");
    size_t start = s->at + variable, n = word_length(s, variable, !variable);
    if (n > ICL_CHAIN_MAX_NAME)
        return FAIL(s, "a name of %" G_GSIZE_FORMAT " bytes; at most %d would do", n,
                    ICL_CHAIN_MAX_NAME);
    s->at = start + n;
    bool reference = !variable && peek(s, 0) == '.' && peek(s, 1) != '.';
    s->at += reference;
    push(s,
         variable    ? ICL_TOKEN_VARIABLE
         : reference ? ICL_TOKEN_REFERENCE
                     : ICL_TOKEN_WORD,
         start, n, glued);
    return true;
}

static size_t digits_length(const Scanner *s, size_t ahead)
{
    size_t n = 0;

    while (g_ascii_isdigit(peek(s, ahead + n)))
        n++;
    return n;
}

static bool scan_number(Scanner *s, bool glued)
{
    size_t n = digits_length(s, 0);

    if (peek(s, n) == '.' && peek(s, n + 1) != '.') {
        size_t fraction = digits_length(s, n + 1);
        if (!fraction)
            return FAIL(s, "\"%.*s.\" is no number; put a digit after its dot", (int)MIN(n, 20),
                        s->text + s->at);
        n += 1 + fraction;
    }
    if (peek(s, n) == 'e' || peek(s, n) == 'E') {
        size_t sign = peek(s, n + 1) == '-' || peek(s, n + 1) == '+';
        size_t exponent = digits_length(s, n + 1 + sign);
        n += exponent ? 1 + sign + exponent : 0;
    }
    size_t rest = word_length(s, n, false);
    if (rest)
        return FAIL(s, "\"%.*s\" is neither a number nor a name; a name begins with a letter",
                    (int)MIN(n + rest, 40), s->text + s->at);
    push(s, ICL_TOKEN_NUMBER, s->at, n, glued);
    s->at += n;
    return true;
}

static bool scan_string(Scanner *s, bool glued)
{
    size_t n = 1;

    while (peek(s, n) != '"') {
        if (s->at + n >= s->length || peek(s, n) == '\n')
            return FAIL(s, "a string that does not end on its line; close it with \"");
        if (peek(s, n) == '\\' && !strchr("\"\\n", peek(s, n + 1)))
            return FAIL(s, "\"\\%c\" in a string; \\\" \\\\ and \\n are known", peek(s, n + 1));
        n += peek(s, n) == '\\' ? 2 : 1;
    }
    if (n - 1 > ICL_CHAIN_MAX_STRING)
        return FAIL(s, "a string of %" G_GSIZE_FORMAT " bytes; at most %d would do", n - 1,
                    ICL_CHAIN_MAX_STRING);
    push(s, ICL_TOKEN_STRING, s->at + 1, n - 1, glued);
    s->at += n + 1;
    return true;
}

static bool scan_bracket(Scanner *s)
{
    static const char opening[] = "([{", closing[] = ")]}";
    char c = peek(s, 0);
    const char *close = strchr(closing, c);

    if (!close && s->depth == ICL_CHAIN_MAX_DEPTH)
        return FAIL(s, "brackets nested deeper than %d; make a def of the inner part",
                    ICL_CHAIN_MAX_DEPTH);
    if (!close) {
        s->open[s->depth] = c;
        s->open_line[s->depth++] = s->line;
        return true;
    }
    if (!s->depth)
        return FAIL(s, "\"%c\" closes nothing; remove it or open it before", c);
    char opened = s->open[--s->depth];
    if (opened != opening[close - closing])
        return FAIL(s, "\"%c\" closes the \"%c\" of line %d; write \"%c\"", c, opened,
                    s->open_line[s->depth], closing[strchr(opening, opened) - opening]);
    return true;
}

static bool scan_punctuation(Scanner *s, bool glued)
{
    char c = peek(s, 0);
    size_t n = c == '.' ? 2 : 1;

    if (c == '.' && peek(s, 1) != '.')
        return FAIL(s, "a \".\" alone; numbers have a digit after it, ranges have two dots");
    if (!strchr("!|()[]{},=*+-/:~?.", c)) {
        if (c == '#')
            return FAIL(s, "\"#\" inside a word; a comment needs white space before it");
        gunichar u = g_utf8_get_char(s->text + s->at);
        char utf8[7] = {0};
        g_unichar_to_utf8(u, utf8);
        if (g_unichar_isprint(u))
            return FAIL(s, "unexpected character \"%s\"; put text in \"quotes\"", utf8);
        return FAIL(s, "unexpected character U+%04X; remove it", u);
    }
    if (strchr("()[]{}", c) && !scan_bracket(s))
        return false;
    if ((c == '!' || c == '|') && s->tokens->len && last_type(s) == ICL_TOKEN_NEWLINE)
        g_array_set_size(s->tokens, s->tokens->len - 1);
    push(s, c == '.' ? ICL_TOKEN_DOTS : c, s->at, n, glued);
    s->at += n;
    return true;
}

static bool scan_token(Scanner *s)
{
    char c = peek(s, 0);
    bool glued = s->at > 0 && !is_blank(s->text[s->at - 1]);

    if (is_word_start(c) || c == '$')
        return scan_word(s, glued);
    if (g_ascii_isdigit(c) || (c == '.' && g_ascii_isdigit(peek(s, 1))))
        return scan_number(s, glued);
    if (c == '"')
        return scan_string(s, glued);
    return scan_punctuation(s, glued);
}

static bool scan_all(Scanner *s)
{
    while (s->at < s->length) {
        char c = peek(s, 0);
        if (c == '\n')
            scan_newline(s);
        else if (is_blank(c))
            s->at++;
        else if (c == '#' && (!s->at || is_blank(s->text[s->at - 1])))
            while (s->at < s->length && peek(s, 0) != '\n')
                s->at++;
        else if (!scan_token(s))
            return false;
    }
    if (s->depth) {
        s->line = s->open_line[s->depth - 1];
        return FAIL(s, "\"%c\" is not closed", s->open[s->depth - 1]);
    }
    push(s, ICL_TOKEN_END, s->length, 0, false);
    return true;
}

/* Valid UTF-8 without NUL bytes and not too long. */
static bool check_bytes(Scanner *s)
{
    const char *bad;

    if (s->length > ICL_CHAIN_MAX_TEXT)
        return FAIL(s, "a text of %" G_GSIZE_FORMAT " bytes; at most %d would do", s->length,
                    ICL_CHAIN_MAX_TEXT);
    if (g_utf8_validate_len(s->text, s->length, &bad))
        return true;
    for (const char *c = s->text; c < bad; c++)
        s->line += *c == '\n';
    return *bad ? FAIL(s, "a byte that is not UTF-8; save the text as UTF-8")
                : FAIL(s, "a NUL byte; remove it");
}

GArray *icl_chain_scan(const char *text, size_t length, const char *file, GError **error)
{
    g_autoptr(GArray) tokens = g_array_new(FALSE, FALSE, sizeof(IclToken));
    Scanner scanner = {
        .text = text, .file = file, .length = length, .line = 1, .tokens = tokens, .error = error};

    if (!check_bytes(&scanner) || !scan_all(&scanner))
        return NULL;
    return g_steal_pointer(&tokens);
}
