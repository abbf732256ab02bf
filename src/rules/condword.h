/* Condword: a condition cut into its words, for `cond` that translates it and `conddoubt`
 * that looks at what it compares.  Private to this room. */
#ifndef XINLV_RULES_CONDWORD_H
#define XINLV_RULES_CONDWORD_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

typedef enum { WORD_NAME, WORD_DOTTED, WORD_STRING, WORD_NUMBER, WORD_SIGN, WORD_END } WordKind;

typedef struct {
	WordKind kind;
	Str text; /* a string with its quotes; <= and the like are two signs */
	int at;   /* character in the condition */
} Word;

typedef VEC(Word) CondWords;

/* 0, or -1 with the reason and the 0-based character where it is wrong.  The words point into
 * `where`; freed with vec_free, in any case. */
int cond_split(const char *where, CondWords *out, int *offset, Err *e);
/* One of kind WORD_END behind the last. */
const Word *cond_word(const CondWords *w, size_t i);
/* What a word of kind WORD_STRING means. */
char *cond_string(Arena *a, Str word);

#endif
