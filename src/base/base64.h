/* Base64: decoding as mail needs it (RFC 2045, 6.8): what is not of the alphabet is skipped.  Encoding is in hash.h. */
#ifndef XINLV_BASE_BASE64_H
#define XINLV_BASE_BASE64_H

#include <stdint.h>

#include "base/str.h"

/* Decoding piece by piece; begins as {0}. */
typedef struct {
	uint32_t bits;
	unsigned held; /* letters in bits: 0 to 3 */
} Base64;

#define BASE64_ROOM(n) ((n) / 4 * 3 + 20) /* bytes that a piece of n may need: more than it gives */

/* Decodes a piece into out (BASE64_ROOM); the bytes it gave.  A '=' ends a group, and what follows is decoded on: some
 * programs encode a file in several runs. */
size_t base64_more(Base64 *b, const void *p, size_t n, void *out);
/* What a text that ends without its padding still holds: up to 2 bytes. */
size_t base64_end(Base64 *b, void *out);

/* The whole text, appended to out; stops at '='. */
void base64_decode(Buf *out, Str s);

#endif
