/* From the door inwards: what people typed, made comparable and safe to show.
 * Refuses to change a stored text beyond what its header says, and to let any
 * text from outside be a path. */
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>
#include <uniwidth.h>

#define REPLACEMENT 0xFFFDu
#define ELLIPSIS "\xE2\x80\xA6"
#define SUFFIX_MAX 16 /* bytes of a file name's suffix that survive cutting */

static size_t ascii_run(const char *p, size_t n) {
	size_t i = 0;
	for (uint64_t w; n - i >= 8; i += 8) {
		memcpy(&w, p + i, 8);
		if (w & 0x8080808080808080u)
			break;
	}
	while (i < n && !(p[i] & 0x80))
		i++;
	return i;
}

static const uint8_t *u8(const char *s) {
	return (const uint8_t *)s;
}

static char *take(Arena *a, Buf *b) {
	char *s = arena_copy(a, b->p, b->n);
	buf_free(b);
	return s;
}

bool text_valid(Str s) {
	size_t n = ascii_run(s.p, s.n);
	return n == s.n || u8_check(u8(s.p) + n, s.n - n) == NULL;
}

static bool follows(char c) {
	return ((unsigned char)c & 0xC0) == 0x80;
}

/* One of the ideographs U+4000..U+9FFF in its three bytes: nearly all that is not ASCII, and never to be changed. */
static bool ideograph(const char *p) {
	unsigned char c = (unsigned char)*p;
	return c >= 0xE4 && c <= 0xE9 && follows(p[1]) && follows(p[2]);
}

/* The character of three bytes at p, as nearly all of Chinese is written; 0: not a right one. */
static uint32_t three_bytes(const char *p) {
	if ((*p & 0xF0) != 0xE0 || !follows(p[1]) || !follows(p[2]))
		return 0;
	uint32_t c = (p[0] & 0xFu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
	return c >= 0x800 && (c < 0xD800 || c > 0xDFFF) ? c : 0;
}

uint32_t text_next(Str s, size_t *len) {
	if (!(s.p[0] & 0x80)) {
		*len = 1;
		return (unsigned char)s.p[0];
	}
	ucs4_t c = s.n >= 3 ? three_bytes(s.p) : 0;
	if (c) {
		*len = 3;
		return c;
	}
	c = REPLACEMENT;
	int n = u8_mbtouc(&c, u8(s.p), s.n);
	*len = n > 0 ? (size_t)n : 1;
	return c;
}

/* Bytes at the start of a NUL-terminated text that every function here leaves as they are: printable ASCII and
 * ideographs.  Most of what people write is such runs, copied whole instead of by character. */
static size_t plain_run(const char *s) {
	const char *p = s;
	for (;;) {
		unsigned char c = (unsigned char)*p;
		if (c >= 0x20 && c < 0x7F)
			p++;
		else if (ideograph(p))
			p += 3;
		else
			return (size_t)(p - s);
	}
}

/* Copies the run at *s to b and steps over it. */
static void copy_run(Buf *b, const char **s) {
	size_t n = plain_run(*s);
	if (n) {
		buf_add(b, *s, n);
		*s += n;
	}
}

uint32_t text_step(const char **s) {
	if (!(**s & 0x80))
		return **s ? (unsigned char)*(*s)++ : 0;
	uint32_t c = three_bytes(*s);
	size_t len = 3;
	if (!c)
		c = text_next((Str){*s, strnlen(*s, 4)}, &len);
	*s += len;
	return c;
}

void text_put(Buf *b, uint32_t code_point) {
	if (code_point < 0x80) {
		buf_char(b, (char)code_point);
		return;
	}
	uint8_t out[6];
	int n = u8_uctomb(out, code_point, sizeof out);
	if (n > 0)
		buf_add(b, out, (size_t)n);
	else
		text_put(b, REPLACEMENT);
}

bool text_is_hyphen(uint32_t c) {
	static const uint32_t others[] = {0x2212, 0x30FC, 0xFE58, 0xFE63, 0xFF0D, 0xFF70};
	if (c == '-' || (c >= 0x2010 && c <= 0x2015))
		return true;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (c == others[i])
			return true;
	return false;
}

size_t text_hyphen(const char *s) {
	const char *end = s;
	return *s && text_is_hyphen(text_step(&end)) ? (size_t)(end - s) : 0;
}

/* Whether nothing but such a run is there, and no blank at either end: then nothing is to be tidied. */
static bool is_plain(const char *s, size_t n) {
	return n == 0 || (plain_run(s) == n && s[0] != ' ' && s[n - 1] != ' ');
}

char *text_clean(Arena *a, Str s) {
	char *copy = arena_copy(a, s.p, s.n);
	size_t plain = plain_run(copy);
	if (plain == s.n || (!memchr(copy + plain, 0, s.n - plain) && text_valid((Str){copy + plain, s.n - plain})))
		return copy;
	Buf b = {0};
	buf_reserve(&b, s.n);
	while (s.n) {
		size_t n = ascii_run(s.p, s.n);
		if (n) {
			const char *nul = memchr(s.p, 0, n);
			buf_add(&b, s.p, nul ? (size_t)(nul - s.p) : n);
			n = nul ? (size_t)(nul - s.p) + 1 : n;
		} else {
			text_put(&b, text_next(s, &n));
		}
		s = str_from(s, n);
	}
	return take(a, &b);
}

static bool control(uint32_t c) {
	return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029;
}

static bool bidi(uint32_t c) {
	return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/* Nothing that a reader could see or miss. */
static bool invisible(uint32_t c) {
	return (c >= 0x200B && c <= 0x200F) || c == 0xFEFF || c == 0xAD || bidi(c) ||
	       (c >= 0x2060 && c <= 0x2064);
}

static bool blank(uint32_t c) {
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x3000 || c == 0xA0 ||
	       (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F || c == 0x2028 ||
	       c == 0x2029 || c == 0x85 || c == 0x1680;
}

/* Without blanks at both ends. */
static Str trim(Str s) {
	size_t len;
	while (s.n && blank(text_next(s, &len)))
		s = str_from(s, len);
	while (s.n) {
		size_t start = s.n - 1;
		while (start > 0 && s.n - start < 4 && ((unsigned char)s.p[start] & 0xC0) == 0x80)
			start--;
		if (!blank(text_next(str_from(s, start), &len)))
			break;
		s.n = start;
	}
	return s;
}

char *text_line(Arena *a, Str s) {
	char *clean = text_clean(a, s);
	const char *at = clean;
	if (is_plain(clean, strlen(clean)))
		return clean;
	Buf b = {0};
	bool owed = false; /* controls were met: one blank, unless there is one */
	for (uint32_t c; (c = text_step(&at));) {
		if (bidi(c))
			continue;
		if (control(c)) {
			owed = b.n > 0 && b.p[b.n - 1] != ' ';
			continue;
		}
		if (owed && c != ' ')
			buf_char(&b, ' ');
		owed = false;
		text_put(&b, c);
		copy_run(&b, &at);
	}
	Str line = trim(buf_view(&b));
	char *out = arena_copy(a, line.p, line.n);
	buf_free(&b);
	return out;
}

size_t text_chars(const char *s) {
	size_t n = 0;
	for (; *s; s++)
		n += ((unsigned char)*s & 0xC0) != 0x80;
	return n;
}

static size_t width_of(uint32_t c) {
	int w = c < 0x7F ? c >= 0x20 : uc_width(c, "UTF-8");
	return w > 0 ? (size_t)w : 0;
}

size_t text_width(const char *s) {
	size_t n = 0;
	for (uint32_t c; (c = text_step(&s));)
		n += width_of(c);
	return n;
}

static size_t one(uint32_t c) {
	(void)c;
	return 1;
}

/* At most `room` units, where size says how many each character takes. */
static char *cut(Arena *a, const char *s, size_t room, size_t (*size)(uint32_t)) {
	size_t used = 0, fits = 0, bytes = strnlen(s, room);
	const char *at = s;
	if (!s[bytes]) /* no text takes more characters, or columns, than it has bytes */
		return arena_copy(a, s, bytes);
	while (used <= room) {
		uint32_t c = text_step(&at);
		if (!c)
			return arena_str(a, s);
		used += size(c);
		if (used + 1 <= room)
			fits = (size_t)(at - s);
	}
	return room ? arena_fmt(a, "%.*s" ELLIPSIS, (int)fits, s) : arena_str(a, "");
}

char *text_cut(Arena *a, const char *s, size_t n) {
	return cut(a, s, n, one);
}

char *text_fit(Arena *a, const char *s, size_t columns) {
	return cut(a, s, columns, width_of);
}

/* Characters that NFKC leaves as they are whatever stands beside them: ASCII,
 * the unified ideographs, common Chinese punctuation.  Most texts have no other
 * and need no normalising. */
static bool stable(uint32_t c) {
	return c < 0x80 || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3001 && c <= 0x3015) ||
	       (c >= 0x2018 && c <= 0x201D) || c == 0x2014 || c == 0xB7;
}

/* The full-width letters, digits and signs, and the full-width blank, as NFKC has them; most Chinese text has commas of these
 * and nothing else to normalise. */
static uint32_t half_width(uint32_t c) {
	return c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c == 0x3000 ? ' ' : c;
}

/* NFKC of s without invisible characters, in malloc'd memory. */
static Buf normal(const char *s) {
	Buf b = {0};
	bool plain = true;
	buf_reserve(&b, strlen(s));
	for (uint32_t c; (c = text_step(&s));) {
		if (invisible(c))
			continue;
		c = half_width(c);
		plain &= stable(c);
		text_put(&b, c);
		copy_run(&b, &s);
	}
	if (plain)
		return b;
	size_t n = 0;
	uint8_t *out = u8_normalize(UNINORM_NFKC, u8(b.p), b.n, NULL, &n);
	if (!out)
		return b; /* invalid UTF-8, against the contract: left as it is */
	buf_clear(&b);
	buf_add(&b, out, n);
	free(out);
	return b;
}

char *text_fold(Arena *a, const char *s) {
	size_t n = strlen(s);
	if (ascii_run(s, n) == n) {
		Str t = trim((Str){s, n});
		return arena_copy(a, t.p, t.n);
	}
	Buf b = normal(s);
	Str t = trim(buf_view(&b));
	char *out = arena_copy(a, t.p, t.n);
	buf_free(&b);
	return out;
}

/* ASCII that a key keeps: letters, digits and signs with a meaning (+ < = > $ ^ |). */
static bool ascii_kept(char c) {
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))
		return true;
	return c == '+' || c == '<' || c == '=' || c == '>' || c == '$' || c == '^' || c == '|';
}

/* Punctuation of every script, and what people draw it with: box lines as
 * dashes, the katakana dot and its like as the dot in a name. */
static bool dropped(uint32_t c) {
	if (c >= 0x4E00 && c <= 0x9FFF)
		return false;
	return blank(c) || control(c) || (c >= 0x2500 && c <= 0x2503) || c == 0x2219 ||
	       c == 0x22C5 || c == 0x25AA || c == 0x25CF ||
	       uc_is_general_category_withtable(c, UC_CATEGORY_MASK_P | UC_CATEGORY_MASK_Z |
	                                               UC_CATEGORY_MASK_Cf);
}

static void key_add(Buf *b, uint32_t c) {
	if (c < 0x80) {
		if (ascii_kept((char)c))
			buf_char(b, (char)(c >= 'A' && c <= 'Z' ? c + 32 : c));
	} else if (!dropped(c)) {
		text_put(b, c >= 0x4E00 && c <= 0x9FFF ? c : uc_tolower(c));
	}
}

char *text_key(Arena *a, const char *s) {
	size_t n = strlen(s);
	if (ascii_run(s, n) == n) {
		char *out = arena_copy(a, s, n), *to = out;
		for (; *s; s++)
			if (ascii_kept(*s))
				*to++ = (char)(*s >= 'A' && *s <= 'Z' ? *s + 32 : *s);
		*to = '\0';
		return out;
	}
	Buf folded = normal(s), b = {0};
	buf_reserve(&b, folded.n);
	for (const char *at = buf_cstr(&folded); *at;) {
		const char *run = at;
		while (ideograph(at))
			at += 3;
		buf_add(&b, run, (size_t)(at - run));
		key_add(&b, text_step(&at)); /* 0 at the end, which no key keeps */
	}
	buf_free(&folded);
	return take(a, &b);
}

char *text_tidy(Arena *a, const char *s) {
	Buf b = {0};
	size_t n = strlen(s);
	if (is_plain(s, n))
		return arena_copy(a, s, n);
	buf_reserve(&b, n);
	for (uint32_t c; (c = text_step(&s));) {
		if (c == '\r') {
			if (*s == '\n')
				s++;
			c = '\n';
		}
		if (!invisible(c))
			text_put(&b, c);
		copy_run(&b, &s);
	}
	Str t = trim(buf_view(&b));
	char *out = arena_copy(a, t.p, t.n);
	buf_free(&b);
	return out;
}

static char *shift(Arena *a, const char *s, char first, char last, int by) {
	char *out = arena_str(a, s);
	for (char *p = out; *p; p++)
		if (*p >= first && *p <= last)
			*p = (char)(*p + by);
	return out;
}

char *text_upper(Arena *a, const char *s) {
	return shift(a, s, 'a', 'z', -32);
}

char *text_lower(Arena *a, const char *s) {
	return shift(a, s, 'A', 'Z', 32);
}

typedef struct {
	uint32_t *v;
	size_t n;
} Points;

static Points points(const char *s) {
	Points p = {mem_alloc((strlen(s) + 1) * sizeof(uint32_t)), 0};
	for (uint32_t c; (c = text_step(&s));)
		p.v[p.n++] = c;
	return p;
}

static size_t least(size_t x, size_t y) {
	return x < y ? x : y;
}

/* One row of the table, only the band within limit of the diagonal: what lies
 * outside is at limit anyway.  Returns the row's least value. */
static size_t distance_row(size_t *row, Points b, uint32_t c, size_t i, size_t limit) {
	size_t from = i > limit ? i - limit : 1, to = i + limit < b.n ? i + limit : b.n;
	size_t corner = row[from - 1], best = limit;
	row[from - 1] = from == 1 ? least(i, limit) : limit;
	best = row[from - 1];
	for (size_t k = from; k <= to; k++) {
		size_t above = row[k];
		size_t v = corner + (b.v[k - 1] != c);
		v = least(v, least(above, row[k - 1]) + 1);
		row[k] = least(v, limit);
		corner = above;
		best = least(best, row[k]);
	}
	return best;
}

static size_t distance(Points a, Points b, size_t limit) {
	while (a.n && b.n && a.v[a.n - 1] == b.v[b.n - 1])
		a.n--, b.n--;
	limit = least(limit, a.n > b.n ? a.n : b.n);
	if ((a.n > b.n ? a.n - b.n : b.n - a.n) >= limit)
		return limit;
	size_t *row = mem_alloc((b.n + 1) * sizeof *row), best = 0;
	for (size_t k = 0; k <= b.n; k++)
		row[k] = least(k, limit);
	for (size_t i = 1; i <= a.n && best < limit; i++)
		best = distance_row(row, b, a.v[i - 1], i, limit);
	size_t v = best < limit ? row[b.n] : limit;
	free(row);
	return v;
}

size_t text_distance(const char *a, const char *b, size_t limit) {
	Points x = points(a), y = points(b);
	size_t d = distance(x, y, limit);
	free(x.v);
	free(y.v);
	return d;
}

/* Device names of Windows are devices with any suffix behind them. */
static bool device_name(Str s) {
	static const char *const names[] = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"};
	static const char *const ports[] = {"COM", "LPT"};
	const char *dot = s.n ? memchr(s.p, '.', s.n) : NULL;
	Str stem = str_trim(dot ? str_sub(s, 0, (size_t)(dot - s.p)) : s);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is_nocase(stem, names[i]))
			return true;
	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
		if (!str_starts_nocase(stem, ports[i]))
			continue;
		Str rest = str_from(stem, 3);
		if ((rest.n == 1 && rest.p[0] >= '0' && rest.p[0] <= '9') || str_is(rest, "\xC2\xB9") ||
		    str_is(rest, "\xC2\xB2") || str_is(rest, "\xC2\xB3"))
			return true;
	}
	return false;
}

static bool name_edge(uint32_t c) {
	return c == '.' || blank(c);
}

/* Without dots and blanks at the ends. */
static Str name_trim(Str s) {
	size_t len;
	while (s.n && name_edge(text_next(s, &len)))
		s = str_from(s, len);
	for (;;) {
		Str t = trim(s);
		while (t.n && t.p[t.n - 1] == '.')
			t.n--;
		if (t.n == s.n)
			return s;
		s = t;
	}
}

/* The longest start of s of at most max bytes that ends on a character border. */
static Str head(Str s, size_t max) {
	if (s.n <= max)
		return s;
	while (max && ((unsigned char)s.p[max] & 0xC0) == 0x80)
		max--;
	return str_sub(s, 0, max);
}

/* At most max bytes of name; a short suffix stays when there is room for it. */
static char *name_cut(Arena *a, Str name, size_t max) {
	if (name.n <= max)
		return arena_copy(a, name.p, name.n);
	size_t dot = name.n;
	while (dot > 0 && name.p[dot - 1] != '.')
		dot--;
	Str suffix = dot ? str_from(name, dot - 1) : (Str){"", 0};
	if (suffix.n > SUFFIX_MAX || suffix.n >= max)
		suffix = (Str){"", 0};
	Str stem = name_trim(head(str_sub(name, 0, name.n - suffix.n), max - suffix.n));
	if (stem.n == 0)
		stem = STR("_");
	return arena_fmt(a, "%.*s%.*s", (int)stem.n, stem.p, (int)suffix.n, suffix.n ? suffix.p : "");
}

char *text_filename(Arena *a, const char *s, size_t max_bytes) {
	const char *at = text_line(a, str_of(s));
	Buf b = {0};
	for (uint32_t c; (c = text_step(&at));) {
		if (invisible(c))
			continue;
		text_put(&b, c < 0x80 && strchr("/\\:*?\"<>|", (int)c) ? '_' : c);
	}
	char *name = name_cut(a, name_trim(buf_view(&b)), max_bytes);
	if (device_name(str_of(name))) /* after the cut: CONSOLE may have become CON */
		name = name_cut(a, str_of(arena_fmt(a, "_%s", name)), max_bytes);
	buf_free(&b);
	return *name ? name : arena_str(a, "_");
}

char *text_mask(Arena *a, const char *s) {
	const char *at = strrchr(s, '@'), *end = s;
	size_t n = text_chars(s), show = at || n < 10 ? 1 : 3;
	if (at == s)
		return arena_fmt(a, "***%s", at);
	for (size_t i = 0; i < show && *end; i++)
		text_step(&end);
	const char *tail = at ? at : n >= 10 ? s + strlen(s) : "";
	if (!at && n >= 10)
		for (size_t i = 0; i < 4;)
			i += ((unsigned char)*--tail & 0xC0) != 0x80;
	return arena_fmt(a, "%.*s***%s", (int)(end - s), s, tail);
}
