/* Words: encoded words (RFC 2047) in raw header bytes, for the header readers
 * of this room. */
#ifndef XINLV_MAIL_WORDS_H
#define XINLV_MAIL_WORDS_H

#include "base/arena.h"
#include "base/str.h"

/* Length of the encoded word that s begins with, 0 when it begins with none.
 * A word whose end is missing reaches as far as its alphabet does, if that is the
 * end of s.  *no_end (start with false) remembers that no "?=" is left, so that
 * a long header is searched once. */
size_t words_length(Str s, bool *no_end);

/* One clean line: words decoded, folds as blanks, raw bytes guessed. */
char *words_decode(Arena *a, Str raw);

/* The inside of quotes at the front of s (s.p[0] is '"') is appended to *out with
 * its escapes undone; returns how many bytes were taken, both quotes counted.
 * A quote ends the string only if what follows can follow (`ends`), since some
 * programs do not escape quotes inside. */
size_t words_quoted(Buf *out, Str s, bool (*ends)(Str rest));

#endif
