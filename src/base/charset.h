/* Charset: bytes with a label that may lie -> valid UTF-8.  glibc iconv, with
 * the aliases that Chinese mail needs: gb2312, gbk, cp936, x-gbk, gb_2312-80,
 * chinese, ansi are all read as GB18030; big5 as BIG5-HKSCS; HZ-GB-2312 (RFC
 * 1843) is decoded here, since glibc has none. */
#ifndef XINLV_BASE_CHARSET_H
#define XINLV_BASE_CHARSET_H

#include "base/arena.h"
#include "base/str.h"

/* Opens converters for every charset we know and keeps them, so that no file
 * is opened later (the reader does this before its walls go up).  Idempotent. */
void charset_preload(void);
/* Decodes s, labelled `label` (NULL or unknown: guessed).  A label of UTF-8,
 * US-ASCII or none whose bytes are not UTF-8 is read as GB18030; bytes
 * that cannot be decoded become U+FFFD.  Never fails; the result is valid
 * UTF-8, NUL-terminated, without NUL. */
char *charset_decode(Arena *a, Str s, const char *label);
/* UTF-8, also with a byte lost here and there, as it is; else GB18030. */
char *charset_guess(Arena *a, Str s);
/* UTF-16 (with or without a byte order mark; little-endian by default). */
char *charset_utf16(Arena *a, Str s);
/* True when the label names a charset we can decode. */
bool charset_known(const char *label);
/* Undoes "UTF-8 bytes read as GBK" (mojibake such as 涓枃) where the result
 * is valid UTF-8 with CJK characters and the undoing is complete; else NULL. */
char *charset_unmojibake(Arena *a, const char *s);

#endif
