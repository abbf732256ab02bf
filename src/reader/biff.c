/* biff.c: the records of an old workbook, for xls.c.  A text may go on in a record of its own,
 * and be of wide characters here and of narrow ones there.  It refuses to read past any record. */
#include "reader/biff.h"

#include <string.h>

#include "base/charset.h"
#include "base/text.h"

unsigned biff_u16(const unsigned char *p) {
	return p[0] | (unsigned)p[1] << 8;
}

uint32_t biff_u32(const unsigned char *p) {
	return biff_u16(p) | (uint32_t)biff_u16(p + 2) << 16;
}

bool biff_next(const Biff *b, size_t *at, Record *r) {
	if (*at > b->n || b->n - *at < 4)
		return false;
	const unsigned char *head = b->p + *at;
	*r = (Record){.type = biff_u16(head), .p = head + 4, .n = biff_u16(head + 2)};
	if (r->n > b->n - *at - 4)
		return false;
	*at += 4 + r->n;
	return true;
}

BiffBytes biff_bytes(const Biff *b, const Record *r, size_t skip, size_t at) {
	if (skip > r->n)
		skip = r->n;
	return (BiffBytes){.biff = b, .p = r->p + skip, .left = r->n - skip, .at = at};
}

/* Bytes to be had without going on in another record; 0 when all are read. */
static size_t available(BiffBytes *in) {
	Record r;
	size_t at = in->at;
	while (!in->left && biff_next(in->biff, &at, &r) && r.type == REC_CONTINUE) {
		in->p = r.p;
		in->left = r.n;
		in->at = at;
	}
	return in->left;
}

static void step_over(BiffBytes *in, size_t n) {
	in->p += n;
	in->left -= n;
}

static bool skip(BiffBytes *in, size_t n) {
	for (size_t got; n; n -= got) {
		if (!(got = available(in)))
			return false;
		got = got < n ? got : n;
		step_over(in, got);
	}
	return true;
}

static bool number(BiffBytes *in, size_t bytes, uint32_t *out) {
	*out = 0;
	for (size_t i = 0; i < bytes; i++) {
		if (!available(in))
			return false;
		*out |= (uint32_t)*in->p << (8 * i);
		step_over(in, 1);
	}
	return true;
}

static void put_unit(Buf *out, uint32_t *high, uint32_t unit) {
	if (unit >= 0xDC00 && unit < 0xE000 && *high)
		text_put(out, 0x10000 + ((*high - 0xD800) << 10) + (unit - 0xDC00));
	else if (unit && (unit < 0xD800 || unit >= 0xE000))
		text_put(out, unit);
	*high = unit >= 0xD800 && unit < 0xDC00 ? unit : 0;
}

/* Where the characters go on in another record, its first byte says anew whether they are wide. */
static bool units(BiffBytes *in, size_t n, bool wide, Buf *out) {
	uint32_t high = 0;
	while (n) {
		if (!in->left) {
			uint32_t flags;
			if (!number(in, 1, &flags))
				return false;
			wide = flags & 1;
			continue;
		}
		size_t each = wide ? 2 : 1;
		if (in->left < each)
			return false;
		put_unit(out, &high, wide ? biff_u16(in->p) : in->p[0]);
		step_over(in, each);
		n--;
	}
	return true;
}

static const char *keep(Arena *a, Buf *b, bool whole) {
	const char *text = whole ? arena_copy(a, b->p, b->n) : NULL;
	buf_free(b);
	return text;
}

static const char *narrow_text(BiffBytes *in, size_t n) {
	Buf raw = {0};
	Arena *a = in->biff->arena;
	while (n && available(in)) {
		size_t got = in->left < n ? in->left : n;
		buf_add(&raw, in->p, got);
		step_over(in, got);
		n -= got;
	}
	const char *text = n ? NULL : charset_decode(a, buf_view(&raw), in->biff->charset);
	buf_free(&raw);
	return text;
}

const char *biff_text(BiffBytes *in, size_t n) {
	uint32_t flags;
	Buf b = {0};
	if (!in->biff->wide)
		return narrow_text(in, n);
	if (!number(in, 1, &flags))
		return NULL;
	return keep(in->biff->arena, &b, units(in, n, flags & 1, &b));
}

const char *biff_shared(BiffBytes *in) {
	uint32_t n, flags, runs = 0, extra = 0;
	Buf b = {0};
	if (!number(in, 2, &n) || !number(in, 1, &flags) || (flags & 8 && !number(in, 2, &runs)) ||
	    (flags & 4 && !number(in, 4, &extra)))
		return NULL;
	bool whole = units(in, n, flags & 1, &b) && skip(in, 4 * (size_t)runs) && skip(in, extra);
	return keep(in->biff->arena, &b, whole);
}
