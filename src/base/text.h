/* Text: UTF-8 as people write it.  Bytes from outside become valid UTF-8 once,
 * at the door (charset.h); all functions here expect valid UTF-8 unless they
 * say otherwise.  Unicode facts come from libunistring. */
#ifndef XINLV_BASE_TEXT_H
#define XINLV_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

bool text_valid(Str s); /* valid UTF-8 (RFC 3629), NUL included */
/* Valid UTF-8 without NUL: each faulty sequence becomes U+FFFD, NUL is
 * dropped.  Returns a NUL-terminated string in the arena. */
char *text_clean(Arena *a, Str s);
/* The same, and also fit to stand on one line of a log, a header or a table:
 * control characters and line breaks become one blank, bidirectional overrides
 * (U+202A-202E, U+2066-2069) are dropped, ends are trimmed. */
char *text_line(Arena *a, Str s);

/* Decodes one code point at s (which is not empty); *len gets its bytes. */
uint32_t text_next(Str s, size_t *len);
/* The code point at *s of a NUL-terminated text, of which nothing more is looked at; steps over it; 0 at the end. */
uint32_t text_step(const char **s);
void text_put(Buf *b, uint32_t code_point);

/* What people type for a hyphen, as it is and as text_fold leaves it: dashes, minus signs, the katakana long mark. */
bool text_is_hyphen(uint32_t code_point);
size_t text_hyphen(const char *s); /* bytes of the hyphen that s begins with, 0: none */

size_t text_chars(const char *s); /* code points, the 'characters' of the rules */
size_t text_width(const char *s); /* columns on a terminal; wide East Asian characters are two */
/* At most n characters, with "…" when something was cut. */
char *text_cut(Arena *a, const char *s, size_t n);
/* At most n columns, with "…" when something was cut. */
char *text_fit(Arena *a, const char *s, size_t columns);

/* NFKC, without invisible characters (U+200B-200F, U+FEFF, U+00AD), NBSP and
 * U+3000 as blanks, trimmed.  For identifiers: codes, phones, mails, dates.
 * Never for stored titles. */
char *text_fold(Arena *a, const char *s);
/* What two people would call the same: text_fold, lower case, all blanks,
 * punctuation, quotes and brackets dropped.  For comparing titles, names of
 * organisations, choices and labels. */
char *text_key(Arena *a, const char *s);
/* Without invisible characters; CRLF and CR as LF; blanks (U+3000, NBSP too)
 * trimmed at both ends; nothing else changed.  For stored titles and texts. */
char *text_tidy(Arena *a, const char *s);
char *text_upper(Arena *a, const char *s); /* ASCII letters only */
char *text_lower(Arena *a, const char *s);
/* How many single-character edits lie between a and b, stopping at limit. */
size_t text_distance(const char *a, const char *b, size_t limit);

/* A safe single file name made from outside text: no '/', '\\', ':', '*', '?',
 * '"', '<', '>', '|', control or bidi characters; no leading dot or blank, no
 * trailing dot or blank; not a Windows device name; at most max_bytes of UTF-8,
 * cut on a character border and keeping a short suffix such as ".xlsx".
 * Empty input gives "_". */
char *text_filename(Arena *a, const char *s, size_t max_bytes);

/* Masks the middle of a phone number or mail address for the log. */
char *text_mask(Arena *a, const char *s);

#endif
