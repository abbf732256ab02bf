/* At the door: bytes of any charset become valid UTF-8, once.  Refuses to fail:
 * what cannot be read becomes U+FFFD, and a label is only a hint. */
#include "base/charset.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/text.h"

#define REPLACEMENT "\xEF\xBF\xBD"
#define LABEL_MAX 40

typedef enum { GUESS, HZ, UTF16, ICONV } Way;

typedef struct {
	const char *name; /* as iconv calls it */
	size_t unit;      /* bytes to skip over what cannot be read */
	iconv_t in, out;  /* to UTF-8 and back */
	bool opened;
} Converter;

/* Also those that no label below leads to: GMime asks for charsets by their own
 * names, and finds a module only while somebody holds it. */
static Converter converters[] = {
	{"GB18030", 1, 0, 0, 0},      {"GBK", 1, 0, 0, 0},          {"EUC-CN", 1, 0, 0, 0},
	{"BIG5-HKSCS", 1, 0, 0, 0},   {"BIG5", 1, 0, 0, 0},         {"EUC-TW", 1, 0, 0, 0},
	{"ISO-2022-CN", 1, 0, 0, 0},  {"ISO-2022-JP", 1, 0, 0, 0},  {"ISO-2022-KR", 1, 0, 0, 0},
	{"EUC-JP", 1, 0, 0, 0},
	{"SJIS", 1, 0, 0, 0},         {"CP932", 1, 0, 0, 0},        {"EUC-KR", 1, 0, 0, 0},
	{"UHC", 1, 0, 0, 0},          {"UTF-16LE", 2, 0, 0, 0},     {"UTF-16BE", 2, 0, 0, 0},
	{"UTF-16", 2, 0, 0, 0},       {"UTF-32LE", 4, 0, 0, 0},     {"UTF-32BE", 4, 0, 0, 0},
	{"UTF-32", 4, 0, 0, 0},       {"UTF-7", 1, 0, 0, 0},        {"ISO-8859-1", 1, 0, 0, 0},
	{"ISO-8859-2", 1, 0, 0, 0},   {"ISO-8859-5", 1, 0, 0, 0},   {"ISO-8859-7", 1, 0, 0, 0},
	{"ISO-8859-9", 1, 0, 0, 0},   {"ISO-8859-15", 1, 0, 0, 0},  {"CP1250", 1, 0, 0, 0},
	{"CP1251", 1, 0, 0, 0},       {"CP1252", 1, 0, 0, 0},       {"CP1253", 1, 0, 0, 0},
	{"CP1254", 1, 0, 0, 0},       {"CP1258", 1, 0, 0, 0},       {"CP437", 1, 0, 0, 0},
	{"CP850", 1, 0, 0, 0},        {"KOI8-R", 1, 0, 0, 0},       {"TIS-620", 1, 0, 0, 0},
};

/* Labels in lower case without '-', '_', blanks, and a leading "x-". */
static const struct {
	const char *label;
	Way way;
	const char *name;
} labels[] = {
	{"gb18030", ICONV, "GB18030"},       {"gbk", ICONV, "GB18030"},
	{"gb2312", ICONV, "GB18030"},        {"cp936", ICONV, "GB18030"},
	{"ms936", ICONV, "GB18030"},         {"windows936", ICONV, "GB18030"},
	{"936", ICONV, "GB18030"},           {"gb231280", ICONV, "GB18030"},
	{"euccn", ICONV, "GB18030"},         {"cngb", ICONV, "GB18030"},
	{"chinese", ICONV, "GB18030"},       {"csgb2312", ICONV, "GB18030"},
	{"csiso58gb231280", ICONV, "GB18030"}, {"isoir58", ICONV, "GB18030"},
	{"ansi", ICONV, "GB18030"},          {"gb", ICONV, "GB18030"},
	{"cngb12345", ICONV, "GB18030"},     {"gb13000", ICONV, "GB18030"},
	{"big5", ICONV, "BIG5-HKSCS"},       {"big5hkscs", ICONV, "BIG5-HKSCS"},
	{"cnbig5", ICONV, "BIG5-HKSCS"},     {"cp950", ICONV, "BIG5-HKSCS"},
	{"windows950", ICONV, "BIG5-HKSCS"}, {"950", ICONV, "BIG5-HKSCS"},
	{"csbig5", ICONV, "BIG5-HKSCS"},     {"euctw", ICONV, "EUC-TW"},
	{"iso2022cn", ICONV, "ISO-2022-CN"}, {"iso2022jp", ICONV, "ISO-2022-JP"},
	{"iso2022kr", ICONV, "ISO-2022-KR"},
	{"eucjp", ICONV, "EUC-JP"},          {"shiftjis", ICONV, "CP932"},
	{"sjis", ICONV, "CP932"},            {"cp932", ICONV, "CP932"},
	{"windows31j", ICONV, "CP932"},      {"euckr", ICONV, "UHC"},
	{"ksc56011987", ICONV, "UHC"},       {"cp949", ICONV, "UHC"},
	{"uhc", ICONV, "UHC"},               {"utf16le", ICONV, "UTF-16LE"},
	{"utf16be", ICONV, "UTF-16BE"},      {"utf32le", ICONV, "UTF-32LE"},
	{"utf32be", ICONV, "UTF-32BE"},      {"utf32", ICONV, "UTF-32"},
	{"utf7", ICONV, "UTF-7"},            {"unicode11utf7", ICONV, "UTF-7"},
	{"iso88591", ICONV, "CP1252"},       {"latin1", ICONV, "CP1252"},
	{"cp1252", ICONV, "CP1252"},         {"windows1252", ICONV, "CP1252"},
	{"iso88592", ICONV, "ISO-8859-2"},   {"iso88595", ICONV, "ISO-8859-5"},
	{"iso88597", ICONV, "ISO-8859-7"},   {"iso88599", ICONV, "ISO-8859-9"},
	{"iso885915", ICONV, "ISO-8859-15"}, {"cp1250", ICONV, "CP1250"},
	{"windows1250", ICONV, "CP1250"},    {"cp1251", ICONV, "CP1251"},
	{"windows1251", ICONV, "CP1251"},    {"windows1253", ICONV, "CP1253"},
	{"windows1254", ICONV, "CP1254"},    {"windows1258", ICONV, "CP1258"},
	{"cp437", ICONV, "CP437"},           {"ibm437", ICONV, "CP437"},
	{"cp850", ICONV, "CP850"},           {"koi8r", ICONV, "KOI8-R"},
	{"tis620", ICONV, "TIS-620"},        {"windows874", ICONV, "TIS-620"},
	{"hzgb2312", HZ, NULL},              {"hz", HZ, NULL},
	{"utf16", UTF16, NULL},              {"ucs2", UTF16, NULL},
	{"iso10646ucs2", UTF16, NULL},       {"unicode", UTF16, NULL},
	{"utf8", GUESS, NULL},               {"usascii", GUESS, NULL},
	{"ascii", GUESS, NULL},              {"ansix3.41968", GUESS, NULL},
	{"unicode11utf8", GUESS, NULL},
};

static Converter *converter(const char *name) {
	for (size_t i = 0; i < sizeof converters / sizeof *converters; i++) {
		Converter *c = &converters[i];
		if (strcmp(c->name, name) != 0)
			continue;
		if (!c->opened) {
			c->in = iconv_open("UTF-8", c->name);
			c->out = iconv_open(c->name, "UTF-8");
			c->opened = true;
		}
		return c;
	}
	return NULL;
}

/* One conversion to the end: some modules load a helper at the first character. */
static void exercise(iconv_t cd, const char *text, size_t n, Buf *out) {
	char room[64], *in = (char *)(uintptr_t)text, *to = room;
	size_t left = sizeof room;
	if (cd == (iconv_t)-1)
		return;
	iconv(cd, NULL, NULL, NULL, NULL);
	iconv(cd, &in, &n, &to, &left);
	iconv(cd, NULL, NULL, &to, &left);
	iconv(cd, NULL, NULL, NULL, NULL);
	buf_add(out, room, sizeof room - left);
}

void charset_preload(void) {
	static bool done;
	if (done)
		return;
	done = true;
	for (size_t i = 0; i < sizeof converters / sizeof *converters; i++) {
		Converter *c = converter(converters[i].name);
		Buf there = {0}, back = {0};
		exercise(c->out, "A\xE4\xB8\xAD", 4, &there);
		if (there.n < 2) { /* a charset without that ideograph */
			buf_clear(&there);
			exercise(c->out, "AB", 2, &there);
		}
		exercise(c->in, there.p ? there.p : "", there.n, &back);
		buf_free(&there);
		buf_free(&back);
	}
}

/* The label as the table has it: quotes, signs and case do not matter. */
static void plain_label(const char *label, char out[LABEL_MAX]) {
	size_t n = 0;
	for (; *label && n < LABEL_MAX - 1; label++)
		if (isalnum((unsigned char)*label) || *label == '.')
			out[n++] = (char)tolower((unsigned char)*label);
		else if (*label == '-' && n == 1 && out[0] == 'x')
			n = 0;
	out[n] = '\0';
}

/* Index into labels, or -1. */
static int find(const char *label) {
	char plain[LABEL_MAX];
	if (!label)
		return -1;
	plain_label(label, plain);
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (strcmp(labels[i].label, plain) == 0)
			return (int)i;
	return -1;
}

bool charset_known(const char *label) {
	return find(label) >= 0;
}

/* s through cd, appended to out.  Returns how many faults were met; with
 * `strict` it stops at the first. */
static size_t convert(iconv_t cd, size_t unit, Str s, bool strict, Buf *out) {
	char *in = (char *)(uintptr_t)s.p;
	size_t left = s.n, faults = 0;
	bool flush = false; /* some modules hold back the last character */
	iconv(cd, NULL, NULL, NULL, NULL);
	buf_reserve(out, s.n + s.n / 2 + 16);
	for (;;) {
		char *to = out->p + out->n;
		size_t room = out->cap - 1 - out->n;
		size_t r = flush ? iconv(cd, NULL, NULL, &to, &room) : iconv(cd, &in, &left, &to, &room);
		int error = errno;
		out->n = (size_t)(to - out->p);
		out->p[out->n] = '\0';
		if (r != (size_t)-1) {
			if (flush)
				return faults;
			flush = true;
		} else if (error == E2BIG) {
			buf_reserve(out, out->cap);
		} else {
			if (++faults && (strict || flush))
				return faults;
			buf_str(out, REPLACEMENT);
			size_t skip = error == EINVAL || left < unit ? left : unit;
			in += skip;
			left -= skip;
			flush = left == 0;
		}
	}
}

static char *taken(Arena *a, Buf *b) {
	char *s = text_clean(a, buf_view(b));
	buf_free(b);
	return s;
}

static char *through(Arena *a, Str s, const char *name) {
	Converter *c = converter(name);
	Buf out = {0};
	if (!c || c->in == (iconv_t)-1)
		return text_clean(a, s);
	size_t faults = convert(c->in, c->unit, s, false, &out);
	if (faults && c->unit == 1 && text_valid(s)) { /* the label lied */
		buf_free(&out);
		return text_clean(a, s);
	}
	return taken(a, &out);
}

static bool utf16_mark(Str s) {
	return s.n % 2 == 0 && (str_starts(s, "\xFE\xFF") || str_starts(s, "\xFF\xFE"));
}

/* Bytes of the character of UTF-8 that s begins with; 0: none. */
static size_t utf8_length(Str s) {
	unsigned char c = (unsigned char)s.p[0];
	size_t n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
	return n <= s.n && text_valid(str_sub(s, 0, n)) ? n : 0;
}

/* A text cut within a character, or with a byte lost: nearly all of it is UTF-8.  Chinese in GB18030 is never: of its pairs
 * hardly ever three bytes in a row look like a character. */
static bool spoilt_utf8(Str s) {
	size_t chinese = 0, faults = 0;
	for (size_t i = 0; i < s.n;) {
		size_t n = utf8_length(str_from(s, i));
		chinese += n >= 3;
		faults += n == 0;
		i += n ? n : 1;
		while (n == 0 && i < s.n && ((unsigned char)s.p[i] & 0xC0) == 0x80)
			i++; /* the rest of the broken one */
	}
	return chinese > 2 * faults;
}

char *charset_guess(Arena *a, Str s) {
	if (utf16_mark(s)) /* such bytes are neither UTF-8 nor GB18030 */
		return charset_utf16(a, s);
	return text_valid(s) || spoilt_utf8(s) ? text_clean(a, s) : through(a, s, "GB18030");
}

char *charset_utf16(Arena *a, Str s) {
	bool big = s.n >= 2 && memcmp(s.p, "\xFE\xFF", 2) == 0;
	bool little = s.n >= 2 && memcmp(s.p, "\xFF\xFE", 2) == 0;
	return through(a, str_from(s, big || little ? 2 : 0), big ? "UTF-16BE" : "UTF-16LE");
}

/* RFC 1843: between ~{ and ~} pairs of seven-bit bytes are GB 2312; "~~" is a
 * tilde, "~" at the end of a line joins it to the next.  The end of a line ends
 * Chinese too, as senders forget it. */
static char *from_hz(Arena *a, Str s) {
	Buf gb = {0};
	bool chinese = false;
	buf_reserve(&gb, s.n);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		unsigned char d = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;
		if (c == '~' && (d == '{' || d == '}' || d == '~' || d == '\n')) {
			if (d == '~')
				buf_char(&gb, '~');
			else if (d != '\n')
				chinese = d == '{';
			i++;
		} else if (c == '\n' || c == '\r') {
			chinese = false;
			buf_char(&gb, (char)c);
		} else if (!chinese || c <= ' ') {
			buf_char(&gb, (char)c);
		} else if (c > 0x77 || d < 0x21 || d > 0x7E) {
			buf_char(&gb, (char)0xFF); /* no pair: U+FFFD in the end */
		} else {
			buf_char(&gb, (char)(c | 0x80));
			buf_char(&gb, (char)(d | 0x80));
			i++;
		}
	}
	char *out = through(a, buf_view(&gb), "GB18030");
	buf_free(&gb);
	return out;
}

char *charset_decode(Arena *a, Str s, const char *label) {
	int i = find(label);
	Way way = i < 0 ? GUESS : labels[i].way;
	if (way == HZ)
		return from_hz(a, s);
	if (way == UTF16)
		return charset_utf16(a, s);
	if (way == GUESS)
		return charset_guess(a, s);
	/* Western labels are what careless programs write when they know nothing. */
	if (strcmp(labels[i].name, "CP1252") == 0 && text_valid(s))
		return text_clean(a, s);
	char *out = through(a, s, labels[i].name);
	bool bom = strncmp(labels[i].name, "UTF-", 4) == 0 && str_starts(str_of(out), "\xEF\xBB\xBF");
	return bom ? out + 3 : out;
}

static bool has_cjk(const char *s) {
	Str rest = str_of(s);
	for (size_t len; rest.n; rest = str_from(rest, len)) {
		uint32_t c = text_next(rest, &len);
		if (c >= 0x4E00 && c <= 0x9FFF)
			return true;
	}
	return false;
}

char *charset_unmojibake(Arena *a, const char *s) {
	Converter *c = converter("GB18030");
	Buf out = {0};
	if (!c || c->out == (iconv_t)-1 || !has_cjk(s))
		return NULL;
	size_t faults = convert(c->out, 1, str_of(s), true, &out);
	char *undone = NULL;
	if (!faults && text_valid(buf_view(&out)) && has_cjk(buf_cstr(&out)))
		undone = text_clean(a, buf_view(&out));
	buf_free(&out);
	return undone;
}
