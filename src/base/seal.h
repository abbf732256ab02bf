/* Seal: proof that a row to decide on was handed out by this robot.  Every workbook that goes out for filling in carries
 * in each row a token: what the row is about, its version, and an HMAC over these with the home's key; so rows may be
 * sorted, removed or sent back in parts, and nobody without the key can make one. */
#ifndef XINLV_BASE_SEAL_H
#define XINLV_BASE_SEAL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"

typedef struct {
	uint8_t b[32];
} SealKey;

/* What a sealed row is about. */
typedef struct {
	const char *kind;  /* eligibility, formal, late, twin, read, ... [a-z0-9-] */
	const char *role;  /* who may decide: office, or an expert's name-less id [a-z0-9-] */
	const char *round; /* [a-z0-9-], "" when there is none */
	const char *ref;   /* an entry's number, or a message's hash */
	int64_t version;   /* of what it is about, when it was handed out */
} SealRow;

#define SEAL_FILE "spool/secret.key" /* below a home */

/* Reads it below `home`, making it (mode 0600) when missing. */
int seal_key(int home, SealKey *out, Err *e);
/* kind:role:round:ref:version:mac, the mac 24 hex digits. */
char *seal_make(Arena *a, const SealKey *k, const SealRow *row);
/* 0 and *row when the token is whole and its mac holds; else -1. */
int seal_check(Arena *a, const SealKey *k, const char *token, SealRow *row);

#endif
