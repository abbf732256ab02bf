/* Inside values: resident identity numbers (GB 11643-1999), wherever they stand, and what a mail shows of them.
 * Refuses to take for one what has a wrong check character or no day of birth. */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "rules/valueread.h"

#define ID_LENGTH 18
#define MASK_FROM 6 /* the division stays, and the last four */
#define MASK_TO 14

bool id_number_ok(const char *s) {
	static const int weight[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	if (strlen(s) != ID_LENGTH || strspn(s, "0123456789") < 17 || s[0] == '0' || s[0] == '9')
		return false;
	int sum = 0, date = 0;
	for (size_t i = 0; i < 17; i++)
		sum += (s[i] - '0') * weight[i];
	for (size_t i = 6; i < 14; i++)
		date = date * 10 + (s[i] - '0');
	char last = s[17] == 'x' ? 'X' : s[17];
	/* The standard's own sample was born in 1880; the calendar repeats after 400 years. */
	return last == "10X98765432"[sum % 11] && date / 10000 >= 1880 && date / 10000 <= 2100 &&
	       when_valid_date(2000 + date / 10000 % 400, date / 100 % 100, date % 100);
}

/* The ASCII letter or digit that a sign is, full-width ones too; else 0. */
static char plain(uint32_t c) {
	c = c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
	bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
	return word ? (char)c : '\0';
}

/* What may stand between two signs of a number. */
static bool gap(uint32_t c) {
	return c == ' ' || c == 0x3000 || c == 0xA0 || text_is_hyphen(c);
}

static uint32_t next(const char *s, size_t *len) {
	const char *end = s;
	uint32_t c = text_step(&end);
	*len = (size_t)(end - s);
	return c;
}

/* The number that begins at s, and no letter or digit behind it: its bytes, or 0. */
static size_t number_at(const char *s, char number[ID_LENGTH + 1]) {
	size_t n = 0, len;
	const char *p = s;
	while (n < ID_LENGTH) {
		uint32_t c = next(p, &len);
		if (n && gap(c))
			c = next(p += len, &len);
		if (!plain(c))
			return 0;
		number[n++] = plain(c);
		p += len;
	}
	number[n] = '\0';
	if (number[ID_LENGTH - 1] == 'x')
		number[ID_LENGTH - 1] = 'X';
	return plain(next(p, &len)) || !id_number_ok(number) ? 0 : (size_t)(p - s);
}

/* Most texts hold too few digits for one, which is seen at a glance: the library looks at many bytes at once. */
static bool many_digits(const char *s) {
	static const char stop[] = "0123456789\xEF"; /* the last begins a full-width one, and much else */
	size_t n = 0;
	if (strlen(s) < ID_LENGTH)
		return false;
	for (s += strcspn(s, stop); *s && n + 1 < ID_LENGTH; s += 1 + strcspn(s + 1, stop)) {
		const unsigned char *u = (const unsigned char *)s;
		n += *u != 0xEF || (u[1] == 0xBC && u[2] >= 0x90 && u[2] <= 0x99);
	}
	return n + 1 >= ID_LENGTH;
}

const char *id_number_in(const char *s, size_t *bytes, char number[19]) {
	char own[ID_LENGTH + 1];
	bool inside = false;
	*bytes = 0;
	if (!many_digits(s))
		return NULL;
	for (size_t len; *s; s += len) {
		char c = plain(next(s, &len));
		if (c && !inside && (*bytes = number_at(s, number ? number : own)) > 0)
			return s;
		inside = c != '\0';
	}
	return NULL;
}

/* s with its signs from..to masked, blanks and hyphens not counted. */
static void mask(Buf *out, Str s, size_t from, size_t to) {
	size_t len, n = 0;
	for (; s.n; s = str_from(s, len)) {
		uint32_t c = text_next(s, &len);
		bool counts = !gap(c);
		if (counts && n >= from && n < to)
			buf_char(out, '*');
		else
			buf_add(out, s.p, len);
		n += counts;
	}
}

static size_t signs(const char *s) {
	size_t n = 0, len;
	for (uint32_t c; (c = next(s, &len)) != 0; s += len)
		n += !gap(c);
	return n;
}

const char *value_shown(Arena *a, const Field *f, const char *text) {
	size_t bytes, n = f->identity && f->personal ? signs(text) : 0;
	const char *at = id_number_in(text, &bytes, NULL);
	if (!at && !n)
		return text;
	Buf b = {0};
	if (!at)
		mask(&b, str_of(text), n / 3, n - n * 2 / 9);
	for (; at; text = at + bytes, at = id_number_in(text, &bytes, NULL)) {
		buf_add(&b, text, (size_t)(at - text));
		mask(&b, (Str){at, bytes}, MASK_FROM, MASK_TO);
	}
	buf_str(&b, n ? "" : text);
	const char *out = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return out;
}
