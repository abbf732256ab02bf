/* The tokens of rows that people decide on.  Knows no wording and no database; a token that does not hold is told apart
 * from none only by its maker. */
#include "base/base64.h"
#include "base/seal.h"

#include <string.h>

#include "base/file.h"
#include "base/str.h"

#define MAC_HEX 24

static int make_key(int home, Err *e) {
	uint8_t key[sizeof((SealKey *)0)->b];
	Buf text = {0};
	random_bytes(key, sizeof key);
	base64_encode(&text, key, sizeof key);
	buf_char(&text, '\n');
	int rc = file_mkdirs(home, "spool", 0755, e);
	if (rc == 0)
		rc = file_write(home, SEAL_FILE, text.p, text.n, 0600, e);
	buf_free(&text);
	return rc;
}

int seal_key(int home, SealKey *out, Err *e) {
	Buf text = {0}, raw = {0};
	int rc = 0;
	if (file_missing(home, SEAL_FILE))
		rc = make_key(home, e);
	if (rc == 0)
		rc = file_read(home, SEAL_FILE, 4096, &text, e);
	base64_decode(&raw, str_trim(buf_view(&text)));
	if (rc == 0 && raw.n != sizeof out->b)
		rc = err_set(e, ERR_RULES, SEAL_FILE " is damaged: take it from the backup");
	if (rc == 0)
		memcpy(out->b, raw.p, sizeof out->b);
	buf_free(&text);
	buf_free(&raw);
	return rc;
}

static char *mac(Arena *a, const SealKey *k, const char *body) {
	return arena_fmt(a, "%.*s", MAC_HEX, hash_text(a, hash_hmac(k->b, sizeof k->b, body, strlen(body))));
}

char *seal_make(Arena *a, const SealKey *k, const SealRow *row) {
	const char *body = arena_fmt(a, "%s:%s:%s:%s:%lld", row->kind, row->role, row->round, row->ref,
	                             (long long)row->version);
	return arena_fmt(a, "%s:%s", body, mac(a, k, body));
}

/* Compares in a time that does not tell how much was right. */
static bool same(Str given, const char *right) {
	unsigned char differ = given.n != MAC_HEX;
	for (size_t i = 0; i < MAC_HEX && i < given.n; i++)
		differ |= (unsigned char)(given.p[i] ^ right[i]);
	return differ == 0;
}

int seal_check(Arena *a, const SealKey *k, const char *token, SealRow *row) {
	Str rest = str_trim(str_of(token)), part[6], whole = rest;
	size_t n = 0;
	while (n < 6 && str_next(&rest, ':', &part[n]))
		n++;
	if (n != 6 || rest.n || part[5].n == 0)
		return -1;
	Str body = str_sub(whole, 0, whole.n - part[5].n - 1);
	int64_t version;
	if (!same(part[5], mac(a, k, str_dup(a, body))) || str_to_i64(part[4], 0, INT64_MAX, &version) < 0)
		return -1;
	*row = (SealRow){str_dup(a, part[0]), str_dup(a, part[1]), str_dup(a, part[2]), str_dup(a, part[3]), version};
	return 0;
}
