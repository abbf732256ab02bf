/* smime.c: the mail inside an opaque-signed S/MIME part (RFC 8551, CMS of RFC 5652): its bytes are copied out of the
 * signature's wrapping, whatever pieces they stand in.  It proves no signature, for nobody's word rests on one here, and opens
 * nothing that is encrypted. */
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "reader/formats.h"

#define BLOCK 65536
#define MAX_NEST 8 /* of octet strings made of octet strings, and of values stepped over */
#define OPEN UINT64_MAX /* a length that is not told: two zeros end the value */

/* Tags of DER and BER that stand on the way (X.690). */
enum {
	TAG_END = 0x00,
	TAG_OCTETS = 0x04,
	TAG_OID = 0x06,
	TAG_PIECES = 0x24,
	TAG_SEQUENCE = 0x30,
	TAG_EXPLICIT = 0xA0,
};

/* A place in the file. */
typedef struct {
	int fd;
	uint64_t at, end;
	bool bad;
} Cursor;

static unsigned byte(Cursor *c) {
	unsigned char b = 0;
	if (c->bad || c->at >= c->end || pread(c->fd, &b, 1, (off_t)c->at) != 1)
		c->bad = true;
	else
		c->at++;
	return b;
}

/* The head of a value; its length is one that the file can hold, or OPEN. */
static unsigned head(Cursor *c, uint64_t *n) {
	unsigned tag = byte(c), first = byte(c);
	*n = first;
	if (first == 0x80) {
		*n = OPEN;
	} else if (first > 0x80) {
		*n = 0;
		for (unsigned i = first & 0x7F; i && !c->bad; i--) {
			c->bad |= *n >> 48 != 0;
			*n = *n << 8 | byte(c);
		}
	}
	if (*n != OPEN && (c->bad || *n > c->end - c->at))
		c->bad = true;
	return tag;
}

static bool enter(Cursor *c, unsigned tag) {
	uint64_t n;
	return head(c, &n) == tag && !c->bad;
}

static void step_over(Cursor *c, int nest) {
	uint64_t n;
	unsigned tag = head(c, &n);
	if (n != OPEN) {
		if (!c->bad)
			c->at += n;
		return;
	}
	while (!c->bad) {
		uint64_t before = c->at;
		if (nest >= MAX_NEST)
			c->bad = true;
		tag = byte(c);
		if (tag == TAG_END) {
			byte(c);
			return;
		}
		c->at = before;
		step_over(c, nest + 1);
	}
}

static void copy(Cursor *c, uint64_t n, int to) {
	static char block[BLOCK];
	Err e;
	while (n && !c->bad) {
		size_t want = n < BLOCK ? (size_t)n : BLOCK;
		ssize_t got = pread(c->fd, block, want, (off_t)c->at);
		if (got <= 0 || file_write_all(to, block, (size_t)got, &e) != 0) {
			c->bad = true;
			return;
		}
		c->at += (uint64_t)got;
		n -= (uint64_t)got;
	}
}

/* An octet string: whole, or in pieces up to its end. */
static void octets(Cursor *c, int to, int nest) {
	uint64_t n;
	unsigned tag = head(c, &n);
	if (tag == TAG_OCTETS && n != OPEN) {
		copy(c, n, to);
		return;
	}
	if (tag != TAG_PIECES || nest >= MAX_NEST)
		c->bad = true;
	uint64_t end = n == OPEN ? OPEN : c->at + n;
	while (!c->bad && c->at < end) {
		uint64_t before = c->at;
		if (end == OPEN && byte(c) == TAG_END) {
			byte(c);
			return;
		}
		c->at = before;
		octets(c, to, nest + 1);
	}
}

/* The wrapping's object: .2 signed data, else what cannot be opened. */
static bool is_signed(Cursor *c) {
	static const char oid[] = "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02";
	char got[9];
	uint64_t n;
	if (head(c, &n) != TAG_OID || c->bad || n != sizeof got || pread(c->fd, got, sizeof got, (off_t)c->at) != sizeof got)
		return false;
	c->at += sizeof got;
	return memcmp(got, oid, sizeof got) == 0;
}

int smime_content(int fd, bool *locked) {
	struct stat st;
	*locked = false;
	if (fstat(fd, &st) != 0)
		return -1;
	Cursor c = {.fd = fd, .end = (uint64_t)st.st_size};
	char armour[27];
	*locked = pread(fd, armour, sizeof armour, 0) == sizeof armour &&
	          memcmp(armour, "-----BEGIN PGP MESSAGE-----", sizeof armour) == 0;
	if (!enter(&c, TAG_SEQUENCE))
		return -1;
	if (!is_signed(&c)) {
		*locked = !c.bad;
		return -1;
	}
	if (!enter(&c, TAG_EXPLICIT) || !enter(&c, TAG_SEQUENCE))
		return -1;
	step_over(&c, 0); /* version */
	step_over(&c, 0); /* kinds of digest */
	if (!enter(&c, TAG_SEQUENCE))
		return -1;
	step_over(&c, 0); /* kind of content */
	int to = !c.bad && enter(&c, TAG_EXPLICIT) ? memfd_create("signed", MFD_CLOEXEC) : -1;
	if (to < 0)
		return -1;
	octets(&c, to, 0);
	if (!c.bad)
		return to;
	close(to);
	return -1;
}
