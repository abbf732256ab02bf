/* All along the way: fingerprints, seals, and the letters that mail is made of.
 * Refuses to go on without randomness. */
#include "base/hash.h"

#include <errno.h>
#include <nettle/base64.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define READ_BYTES ((size_t)256 << 10)
#define LINE_IN 57 /* bytes that make a line of 76 characters */
#define LINE_OUT 76

struct HashRun {
	struct sha256_ctx ctx;
};

HashRun *hash_start(void) {
	HashRun *h = mem_alloc(sizeof *h);
	sha256_init(&h->ctx);
	return h;
}

void hash_more(HashRun *h, const void *p, size_t n) {
	sha256_update(&h->ctx, n, p);
}

Hash hash_end(HashRun *h) {
	Hash out;
	sha256_digest(&h->ctx, sizeof out.b, out.b);
	free(h);
	return out;
}

Hash hash_of(const void *p, size_t n) {
	struct sha256_ctx ctx;
	Hash out;
	sha256_init(&ctx);
	sha256_update(&ctx, n, p);
	sha256_digest(&ctx, sizeof out.b, out.b);
	return out;
}

int hash_fd(int fd, Hash *out, uint64_t *bytes, Err *e) {
	char *p = mem_alloc(READ_BYTES);
	HashRun *h = hash_start();
	uint64_t all = 0;
	ssize_t n;
	while ((n = read(fd, p, READ_BYTES)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		hash_more(h, p, (size_t)n);
		all += (uint64_t)n;
	}
	int r = n < 0 ? err_errno(e, ERR_DISK, "read, to fingerprint") : 0;
	*out = hash_end(h);
	if (bytes)
		*bytes = all;
	free(p);
	return r;
}

Hash hash_hmac(const void *key, size_t key_n, const void *p, size_t n) {
	struct hmac_sha256_ctx ctx;
	Hash out;
	hmac_sha256_set_key(&ctx, key_n, key);
	hmac_sha256_update(&ctx, n, p);
	hmac_sha256_digest(&ctx, sizeof out.b, out.b);
	explicit_bzero(&ctx, sizeof ctx);
	return out;
}

void hash_hex(Hash h, char out[HASH_HEX]) {
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < HASH_BYTES; i++) {
		out[2 * i] = digits[h.b[i] >> 4];
		out[2 * i + 1] = digits[h.b[i] & 15];
	}
	out[HASH_HEX - 1] = '\0';
}

char *hash_text(Arena *a, Hash h) {
	char out[HASH_HEX];
	hash_hex(h, out);
	return arena_copy(a, out, HASH_HEX - 1);
}

static int digit(char c) {
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int hash_parse(Str hex, Hash *out) {
	Hash h;
	if (hex.n != HASH_HEX - 1)
		return -1;
	for (size_t i = 0; i < HASH_BYTES; i++) {
		int high = digit(hex.p[2 * i]), low = digit(hex.p[2 * i + 1]);
		if (high < 0 || low < 0)
			return -1;
		h.b[i] = (uint8_t)(high << 4 | low);
	}
	*out = h;
	return 0;
}

bool hash_eq(Hash a, Hash b) {
	return memeql_sec(a.b, b.b, HASH_BYTES);
}

void random_bytes(void *p, size_t n) {
	char *at = p;
	while (n) {
		ssize_t got = getrandom(at, n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			_exit(70); /* a key that can be guessed is worse than none */
		at += got;
		n -= (size_t)got;
	}
}

void base64_encode(Buf *out, const void *p, size_t n) {
	size_t chars = BASE64_ENCODE_RAW_LENGTH(n);
	buf_reserve(out, chars);
	if (n)
		base64_encode_raw(out->p + out->n, n, p);
	out->n += chars;
	out->p[out->n] = '\0';
}

uint64_t base64_lines_size(uint64_t n) {
	return (n + LINE_IN - 1) / LINE_IN * (LINE_OUT + 2);
}

void base64_lines(Buf *out, const void *p, size_t n, const char *eol) {
	const uint8_t *at = p;
	size_t eol_n = strlen(eol);
	buf_reserve(out, (n / LINE_IN + 1) * (LINE_OUT + eol_n));
	while (n) {
		size_t take = n < LINE_IN ? n : LINE_IN;
		base64_encode(out, at, take);
		buf_add(out, eol, eol_n);
		at += take;
		n -= take;
	}
}
