/* Texts of a workbook: what an element says, its escapes undone, and the list of strings that cells name by their place. */
#include <string.h>

#include "base/text.h"
#include "reader/xlsx_inner.h"

unsigned xlsx_number(const char *s) {
	unsigned v = 0;
	for (; s && *s >= '0' && *s <= '9'; s++)
		v = v > 99999999 ? v : v * 10 + (unsigned)(*s - '0');
	return v;
}

void xlsx_collect(XlsxWork *r, const char *s, size_t n) {
	if (r->text.n >= REPORT_MAX_VALUE)
		return;
	/* Cut at the limit, on a character border. */
	if (n > REPORT_MAX_VALUE - r->text.n) {
		n = REPORT_MAX_VALUE - r->text.n;
		while (n && ((unsigned char)s[n] & 0xC0) == 0x80)
			n--;
	}
	buf_add(&r->text, s, n);
}

static bool hex4(const char *s, unsigned *v) {
	*v = 0;
	for (int i = 0; i < 4; i++) {
		const char *digits = "0123456789abcdef", *d = s[i] ? strchr(digits, s[i] | 32) : NULL;
		if (!d)
			return false;
		*v = *v * 16 + (unsigned)(d - digits);
	}
	return true;
}

static bool escape_at(const char *s, size_t left, unsigned *v) {
	return left >= 7 && s[0] == '_' && s[1] == 'x' && s[6] == '_' && hex4(s + 2, v);
}

/* Undoes _x000D_ and the like in place (ECMA-376 part 1, 22.9.2.19); a pair of surrogates
 * becomes one character, a lone one and NUL nothing. */
static void unescape(Buf *b) {
	Buf out = {0};
	for (size_t i = 0; i < b->n;) {
		unsigned v, low;
		if (!escape_at(b->p + i, b->n - i, &v)) {
			buf_char(&out, b->p[i++]);
			continue;
		}
		i += 7;
		if (v >= 0xD800 && v < 0xDC00 && escape_at(b->p + i, b->n - i, &low) && low >= 0xDC00 &&
		    low < 0xE000) {
			v = 0x10000 + ((v - 0xD800) << 10) + (low - 0xDC00);
			i += 7;
		}
		if (v && (v < 0xD800 || v >= 0xE000))
			text_put(&out, v);
	}
	buf_free(b);
	*b = out;
}

const char *xlsx_text(XlsxWork *r) {
	if (r->text.n >= 7 && memmem(r->text.p, r->text.n, "_x", 2))
		unescape(&r->text);
	return r->text.n ? pack_tidy(&r->pack, r->text.p, r->text.n) : "";
}

/* Text of <si>: its own <t>, or those of its runs; never the phonetic ones. */
typedef struct {
	XlsxWork *r;
	bool in_phonetic, in_t;
	bool full;
} StringPart;

static void string_start(void *ctx, const char *name, const char **attr) {
	(void)attr;
	StringPart *s = ctx;
	if (!strcmp(name, "si")) {
		buf_clear(&s->r->text);
	} else if (!strcmp(name, "rPh")) {
		s->in_phonetic = true;
	} else if (!strcmp(name, "t") && !s->in_phonetic) {
		s->in_t = true;
		package_text(s->r->package, true);
	}
}

static void string_end(void *ctx, const char *name) {
	StringPart *s = ctx;
	XlsxWork *r = s->r;
	if (!strcmp(name, "t")) {
		s->in_t = false;
		package_text(r->package, false);
	} else if (!strcmp(name, "rPh")) {
		s->in_phonetic = false;
	} else if (!strcmp(name, "si")) {
		if (r->string.n >= REPORT_MAX_CELLS) {
			s->full = true;
			package_stop(r->package);
			return;
		}
		const char *text = xlsx_text(r);
		*vec_push(&r->string) = text;
	}
}

static void string_text(void *ctx, const char *s, size_t n) {
	StringPart *p = ctx;
	if (p->in_t)
		xlsx_collect(p->r, s, n);
}

unsigned xlsx_strings(XlsxWork *r, const char *part) {
	static const XmlUse use = {string_start, string_end, string_text};
	StringPart s = {.r = r};
	unsigned flag = package_parse(r->package, part, &use, &s);
	return s.full ? PART_TOO_LARGE : flag;
}
