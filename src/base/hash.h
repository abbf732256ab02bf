/* Hash: SHA-256 (FIPS 180-4), HMAC (RFC 2104), hex and base64, through nettle. */
#ifndef XINLV_BASE_HASH_H
#define XINLV_BASE_HASH_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define HASH_BYTES 32
#define HASH_HEX 65 /* 64 digits and a NUL */

typedef struct {
	uint8_t b[HASH_BYTES];
} Hash;

typedef struct HashRun HashRun;
HashRun *hash_start(void);
void hash_more(HashRun *h, const void *p, size_t n);
/* The digest; frees h. */
Hash hash_end(HashRun *h);
Hash hash_of(const void *p, size_t n);
/* Hashes from the descriptor's current offset to the end. */
int hash_fd(int fd, Hash *out, uint64_t *bytes, Err *e);
Hash hash_hmac(const void *key, size_t key_n, const void *p, size_t n);
void hash_hex(Hash h, char out[HASH_HEX]);
char *hash_text(Arena *a, Hash h);
int hash_parse(Str hex, Hash *out); /* 64 hex digits, or -1 */
bool hash_eq(Hash a, Hash b);       /* in constant time */

/* n bytes from getrandom(2). */
void random_bytes(void *p, size_t n);
/* RFC 4648, padded, one line. */
void base64_encode(Buf *out, const void *p, size_t n);
/* RFC 2045: lines of 76 characters, each ended by `eol`. */
void base64_lines(Buf *out, const void *p, size_t n, const char *eol);
/* Bytes of such lines for n bytes, ended by CRLF, the last counted as full. */
uint64_t base64_lines_size(uint64_t n);

#endif
