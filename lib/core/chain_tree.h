/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * The tree of a description, and what the chain_*.c files share: scan makes tokens, parse and value
 * make the tree, print writes it, evaluate computes values, expand and scope walk it. All of a tree
 * lives in one arena; lists are linked, so that any text takes time in proportion to its length. */
#pragma once

#include "chain.h"

enum {
    ICL_CHAIN_MAX_NAME = 128,     /* bytes of a word: 64 of them still make a readable path */
    ICL_CHAIN_MAX_STRING = 4096,  /* bytes of a string: a path */
    ICL_CHAIN_MAX_PARAMS = 64,    /* of a def */
    ICL_CHAIN_MAX_WORK = 2000000, /* values and branches looked at in an expansion */
};

/* The type of what hangs on $in, while steps are only counted. */
#define ICL_VALUE_UNKNOWN ((IclValueType)(ICL_VALUE_LIST + 1))

typedef struct IclArena {
    struct IclArenaBlock *last;
} IclArena;

void *icl_arena_alloc(IclArena *arena, size_t bytes); /* zeroed */
char *icl_arena_text(IclArena *arena, const char *text, size_t length);
void icl_arena_clear(IclArena *arena);

/* A token's type is its character, or one of these. */
typedef enum {
    ICL_TOKEN_END,
    ICL_TOKEN_NEWLINE,
    ICL_TOKEN_WORD,
    ICL_TOKEN_REFERENCE, /* `x.`, without the dot */
    ICL_TOKEN_VARIABLE,  /* `$x`, without the dollar */
    ICL_TOKEN_NUMBER,
    ICL_TOKEN_STRING, /* without the quotes, escapes still in */
    ICL_TOKEN_DOTS,   /* .. */
} IclTokenType;

typedef struct IclToken {
    unsigned char type;
    bool glued; /* nothing between it and the token before */
    int line;
    int start, length;
} IclToken;

/* The tokens of `text`, ending with ICL_TOKEN_END; newlines that end no statement are left out, and
 * brackets are known to match and to nest at most ICL_CHAIN_MAX_DEPTH deep. */
GArray *icl_chain_scan(const char *text, size_t length, const char *file, GError **error);

typedef enum {
    ICL_EXPR_INT,
    ICL_EXPR_REAL,
    ICL_EXPR_WORD,
    ICL_EXPR_STRING,
    ICL_EXPR_VARIABLE,
    ICL_EXPR_LIST,
    ICL_EXPR_SET,     /* {a,b}: for `icl tune` */
    ICL_EXPR_RANGE,   /* first: low, high and perhaps a step; s: the scale or NULL */
    ICL_EXPR_GROUP,   /* ( first ) */
    ICL_EXPR_CALL,    /* s( first, ... ) */
    ICL_EXPR_NEGATE,  /* - first */
    ICL_EXPR_SUM,     /* every item's op is + or - */
    ICL_EXPR_PRODUCT, /* every item's op is * or / */
} IclExprKind;

typedef struct IclExpr {
    IclExprKind kind;
    char op;
    int line;
    gint64 i;
    double r;
    const char *s;
    struct IclExpr *first, *next;
} IclExpr;

typedef struct IclSetting {
    const char *key; /* NULL: positional */
    IclExpr *value;
    struct IclSetting *next;
} IclSetting;

typedef enum { ICL_ITEM_STEP, ICL_ITEM_REFERENCE, ICL_ITEM_REPEAT, ICL_ITEM_GROUP } IclItemKind;

typedef struct IclItem {
    IclItemKind kind;
    int line;
    bool optional;              /* ( a )? */
    const char *word;           /* class, block, or the node referred to */
    const char *name;           /* name=, or NULL */
    IclSetting *settings;       /* without the name */
    struct IclBranch *branches; /* of a combiner, or the alternatives of a group */
    IclExpr *count;             /* of a repeat */
    struct IclItem *body;       /* of a repeat */
    struct IclItem *next;
} IclItem;

typedef struct IclBranch {
    IclItem *first; /* NULL: the identity */
    struct IclBranch *next;
} IclBranch;

typedef struct IclDefParam {
    const char *name;
    IclExpr *initial; /* NULL: must be given */
    struct IclDefParam *next;
} IclDefParam;

typedef enum { ICL_STATEMENT_VAR, ICL_STATEMENT_DEF, ICL_STATEMENT_CHAIN } IclStatementKind;

typedef struct IclStatement {
    IclStatementKind kind;
    int line, order;     /* order: its place in the text */
    const char *name;    /* of a var or a def */
    IclExpr *value;      /* of a var */
    IclDefParam *params; /* of a def */
    int n_params;
    IclItem *first; /* of a def or a chain */
    struct IclStatement *next;
} IclStatement;

struct IclChain {
    IclArena arena;
    const char *file;
    IclStatement *first;
    GHashTable *vars, *defs; /* name -> IclStatement */
    GHashTable *used;        /* names of variables that no def's parameter stands for */
};

IclChain *icl_chain_new(const char *file);

/* Sets "FILE:LINE: class "name": message"; `item` may be NULL. */
void icl_chain_error(GError **error, IclError code, const char *file, int line, const IclItem *item,
                     const char *format, ...) G_GNUC_PRINTF(6, 7);

typedef struct IclParser {
    IclChain *chain;
    const char *text, *file;
    const IclToken *token;
    int depth;
    const IclItem *item;       /* whose values are being read, or NULL */
    const IclDefParam *params; /* of the def being read */
    GError **error;
} IclParser;

bool icl_parser_error(IclParser *parser, int line, const char *format, ...)
    G_GNUC_PRINTF(3, 4); /* false */
void *icl_parser_alloc(IclParser *parser, size_t bytes);
bool icl_parser_chain(IclParser *parser, IclItem **first);

/* Sets the parser's error at the present token; `wanted` says what would do. */
void icl_parser_unexpected(IclParser *parser, const char *wanted);
bool icl_parser_accept(IclParser *parser, int type);
bool icl_parser_expect(IclParser *parser, int type, const char *wanted);
char *icl_parser_text(IclParser *parser); /* the present token's, in the arena */
bool icl_parser_at_value(const IclParser *parser);
IclExpr *icl_parser_value(IclParser *parser); /* NULL on error */
IclExpr *icl_parser_number(IclParser *parser);
IclExpr *icl_parser_variable(IclParser *parser);

/* How many arguments the function takes, or -1 where there is none of that name. */
int icl_function_arity(const char *name);
const char *icl_function_nearest(const char *name);

typedef struct IclEvaluation {
    IclArena *arena;
    const char *file;
    const IclItem *item; /* in whose text the value stands, or NULL */
    int work;
    /* The value of $name, or false with an error. */
    bool (*variable)(struct IclEvaluation *self, const IclExpr *expr, IclValue *value,
                     GError **error);
    void *user;
} IclEvaluation;

bool icl_expr_evaluate(IclEvaluation *evaluation, const IclExpr *expr, IclValue *value,
                       GError **error);
bool icl_evaluation_work(IclEvaluation *evaluation, int line, GError **error); /* false: too much */

void icl_signature_print(GString *out, const IclStatement *def); /* unit(f, k, s=1) */
