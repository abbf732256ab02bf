/* Condtoken: a condition cut into its words, for `cond` that translates it and `condlint`
 * that looks at what it compares.  Private to this room. */
#ifndef XINLV_RULES_CONDTOKEN_H
#define XINLV_RULES_CONDTOKEN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

typedef enum { TOKEN_NAME, TOKEN_DOTTED, TOKEN_STRING, TOKEN_NUMBER, TOKEN_SIGN, TOKEN_END } TokenKind;

typedef struct {
	TokenKind kind;
	Str text; /* a string with its quotes; <= and the like are two signs */
	int at;   /* character in the condition */
} Token;

typedef VEC(Token) CondTokens;

/* 0, or -1 with the reason and the 0-based character where it is wrong.  The words point into
 * `where`; freed with vec_free, in any case. */
int cond_tokenize(const char *where, CondTokens *out, int *offset, Err *e);
/* One of kind TOKEN_END behind the last. */
const Token *cond_token(const CondTokens *w, size_t i);
/* What a word of kind TOKEN_STRING means. */
char *cond_string(Arena *a, Str word);

#endif
