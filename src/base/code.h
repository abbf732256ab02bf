/* Code: what a person types back to say that they mean exactly what they were shown.  It is made of the home's key and of all
 * that was shown, so that nobody can guess one, and another state of things has another code.  People copy it by hand: no
 * letter that looks like a digit is in it, and what they type for one (O, I, L), blanks and hyphens of any kind are seen
 * through. */
#ifndef XINLV_BASE_CODE_H
#define XINLV_BASE_CODE_H

#include "base/arena.h"
#include "base/seal.h"

typedef enum {
	CODE_RELEASE, /* mails that are held may go: R7K3-M9QX-2PD4 */
	CODE_SETTING, /* a setting comes into force: S7K3-M9QX-2PD4 */
	CODE_SCORES,  /* entered scores count: 4821-7730 */
} CodeKind;

/* The code of what `text` says, without hyphens: letters of the kind's alphabet, all in upper case. */
char *code_make(Arena *a, CodeKind kind, const SealKey *k, const char *text);
/* As people read it: groups of four. */
char *code_shown(Arena *a, const char *code);
/* The code that s, a folded text (text_fold), begins with, as code_make gives it; *end is behind it.  NULL: none does. */
char *code_at(Arena *a, CodeKind kind, const char *s, const char **end);
/* The first in a folded text; *at (and *end) say where. */
char *code_in(Arena *a, CodeKind kind, const char *text, const char **at, const char **end);

#endif
