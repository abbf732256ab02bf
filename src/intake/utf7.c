/* Names of folders on their way to an IMAP server.  Refuses what could end the command they stand in. */
#include "intake/utf7.h"

#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/* Sixteen-bit units as base64 without padding. */
typedef struct {
	uint32_t bits;
	int n; /* bits not written yet */
	bool open;
} Run;

static void run_unit(Run *r, Buf *out, uint32_t unit) {
	if (!r->open)
		buf_char(out, '&');
	r->open = true;
	r->bits = r->bits << 16 | unit;
	for (r->n += 16; r->n >= 6; r->n -= 6)
		buf_char(out, digits[r->bits >> (r->n - 6) & 63]);
}

static void run_end(Run *r, Buf *out) {
	if (!r->open)
		return;
	if (r->n)
		buf_char(out, digits[r->bits << (6 - r->n) & 63]);
	buf_char(out, '-');
	*r = (Run){0};
}

static void encode_one(Run *r, Buf *out, uint32_t c) {
	if (c >= 0x20 && c <= 0x7e) {
		run_end(r, out);
		buf_char(out, (char)c);
		if (c == '&')
			buf_char(out, '-');
	} else if (c > 0xffff) {
		run_unit(r, out, 0xd800 + ((c - 0x10000) >> 10));
		run_unit(r, out, 0xdc00 + ((c - 0x10000) & 0x3ff));
	} else {
		run_unit(r, out, c);
	}
}

char *utf7_encode(Arena *a, const char *name, Err *e) {
	Str s = str_of(name);
	Buf out = {0};
	Run run = {0};
	if (s.n == 0 || s.n > UTF7_NAME_MAX || !text_valid(s)) {
		err_set(e, ERR_RULES, "a folder's name must be 1 to %d bytes of UTF-8", UTF7_NAME_MAX);
		return NULL;
	}
	while (s.n) {
		size_t len;
		uint32_t c = text_next(s, &len);
		if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
			buf_free(&out);
			err_set(e, ERR_RULES, "a folder's name has a control character: %s", text_line(a, str_of(name)));
			return NULL;
		}
		encode_one(&run, &out, c);
		s = str_from(s, len);
	}
	run_end(&run, &out);
	char *wire = arena_copy(a, out.p, out.n);
	buf_free(&out);
	return wire;
}

/* One "&...-" run behind its '&'; the bytes read with the '-', or 0. */
static size_t decode_run(Buf *out, Str s) {
	uint32_t bits = 0, high = 0;
	int n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '-')
			return high || n >= 6 || bits & ((1u << n) - 1) ? 0 : i + 1;
		const char *d = s.p[i] ? strchr(digits, s.p[i]) : NULL;
		if (!d)
			return 0;
		bits = bits << 6 | (uint32_t)(d - digits);
		if ((n += 6) < 16)
			continue;
		n -= 16;
		uint32_t unit = bits >> n & 0xffff;
		bool low = unit >= 0xdc00 && unit <= 0xdfff;
		if (low != (high != 0) || (unit >= 0x20 && unit <= 0x7e))
			return 0;
		if (unit >= 0xd800 && unit <= 0xdbff) {
			high = unit;
			continue;
		}
		text_put(out, low ? 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00) : unit);
		high = 0;
	}
	return 0;
}

char *utf7_decode(Arena *a, const char *wire) {
	Str s = str_of(wire);
	Buf out = {0};
	bool good = s.n <= UTF7_NAME_MAX;
	while (good && s.n) {
		size_t len = 1;
		if (s.p[0] < 0x20 || s.p[0] > 0x7e) {
			good = false;
		} else if (s.p[0] != '&') {
			buf_char(&out, s.p[0]);
		} else if (s.n > 1 && s.p[1] == '-') {
			buf_char(&out, '&');
			len = 2;
		} else {
			size_t run = decode_run(&out, str_from(s, 1));
			good = run > 0;
			len = 1 + run;
		}
		s = str_from(s, len);
	}
	char *name = good ? arena_copy(a, out.p ? out.p : "", out.n) : NULL;
	buf_free(&out);
	return name;
}
