/* Inside values: codes, telephone numbers and addresses.  Refuses to mend a
 * digit: only letters that the code's alphabet lacks, signs and blanks. */
#include <string.h>

#include "base/text.h"
#include "rules/valueread.h"

#define USCC_LENGTH 18
#define MAIL_ADDRESS_MAX 254 /* bytes, RFC 5321 */

static const char uscc_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static bool is_digit(char c) {
	return c >= '0' && c <= '9';
}

static bool all_digits(const char *s, size_t n) {
	return strlen(s) == n && strspn(s, "0123456789") == n;
}

static int uscc_value(char c) {
	const char *p = c ? strchr(uscc_alphabet, c) : NULL;
	return p ? (int)(p - uscc_alphabet) : -1;
}

bool uscc_shape(const char *s) {
	if (strlen(s) != USCC_LENGTH || strspn(s, uscc_alphabet) != USCC_LENGTH || *s == '0')
		return false;
	return strspn(s + 2, "0123456789") >= 6;
}

bool uscc_ok(const char *s) {
	if (!uscc_shape(s))
		return false;
	int sum = 0, weight = 1;
	for (size_t i = 0; i + 1 < USCC_LENGTH; i++) {
		sum += uscc_value(s[i]) * weight;
		weight = weight * 3 % 31;
	}
	return s[USCC_LENGTH - 1] == uscc_alphabet[(31 - sum % 31) % 31];
}

char *value_solid(Arena *a, const char *s, const char *hyphen) {
	Buf b = {0};
	while (*s) {
		size_t n = text_hyphen(s);
		if (n)
			buf_str(&b, hyphen);
		else if (*s != ' ' && *s != '\n' && *s != '\t')
			buf_char(&b, *s);
		s += n ? n : 1;
	}
	char *out = arena_copy(a, b.p, b.n);
	buf_free(&b);
	return out;
}

static bool no_code(Str s) {
	for (size_t i = 0; i < s.n; i++)
		if (is_digit(s.p[i]) || s.p[i] == '@')
			return false;
	return true;
}

static Str without_stop(Str s) {
	static const char *const stops[] = {"\u3002", ".", ",", ";", "\u3001"};
	for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
		size_t n = strlen(stops[i]);
		if (s.n > n && memcmp(s.p + s.n - n, stops[i], n) == 0)
			return str_trim(str_sub(s, 0, s.n - n));
	}
	return s;
}

char *value_bare(Arena *a, const char *fold) {
	Str s = str_of(fold);
	ptrdiff_t colon = str_find(s, STR(":"));
	if (colon > 0 && no_code(str_sub(s, 0, (size_t)colon)))
		s = str_trim(str_from(s, (size_t)colon + 1));
	s = without_stop(s);
	const char *open = s.n && s.p[s.n - 1] == ')' ? memchr(s.p, '(', s.n) : NULL;
	if (open > s.p && no_code(str_from(s, (size_t)(open - s.p))))
		s = str_trim(str_sub(s, 0, (size_t)(open - s.p)));
	return arena_copy(a, s.p, s.n);
}

/* Digits without the signs that people set between their groups. */
static const char *ungrouped(Arena *a, const char *s) {
	static const char *const signs[] = {"(", ")", ".", "\u00B7"};
	char *out = arena_str(a, s), *to = out;
	for (const char *p = out; *p;) {
		size_t n = 0;
		for (size_t i = 0; i < sizeof signs / sizeof *signs && !n; i++)
			n = strncmp(p, signs[i], strlen(signs[i])) == 0 ? strlen(signs[i]) : 0;
		if (!n)
			*to++ = *p;
		p += n ? n : 1;
	}
	*to = '\0';
	return out;
}

/* Whether a text is an exponent form, what Excel makes of a long code. */
static bool exponent_form(const char *s) {
	size_t n = strspn(s, "0123456789.");
	return n > 1 && (s[n] == 'E' || s[n] == 'e') && (s[n + 1] == '+' || is_digit(s[n + 1])) &&
	       s[n + 2 + strspn(s + n + 2, "0123456789")] == '\0' && strchr(s, '.') != NULL;
}

Value value_read_uscc(const ValueIn *in) {
	bool lost = false;
	if ((in->kind == RAW_NUMBER && value_cell_digits(in->arena, in->fold, &lost) && lost) ||
	    exponent_form(in->fold))
		return value_bad(in, "problem.digits_lost");
	char *s = text_upper(in->arena, value_solid(in->arena, in->fold, ""));
	for (char *p = s; *p; p++)
		*p = *p == 'O' ? '0' : *p == 'I' ? '1' : *p;
	if (!uscc_shape(s))
		return value_bad(in, "problem.uscc_shape");
	Value v = value_good(in, s);
	v.warning = uscc_ok(s) ? NULL : "problem.uscc_check";
	return v;
}

/* The digits of a telephone number; a cell that Excel made a number too.  An exponent in a text is what was
 * shown of such a cell, rounded: its digits are lost. */
static const char *phone_digits(const ValueIn *in, const char *s) {
	bool lost;
	if (in->kind == RAW_NUMBER) {
		const char *digits = value_cell_digits(in->arena, s, &lost);
		if (digits)
			return digits;
	}
	return value_solid(in->arena, s, "");
}

static const char *country_off(const char *s) {
	static const char *const prefixes[] = {"(+86)", "+86", "(0086)", "0086", "(86)"};
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (strncmp(s, prefixes[i], strlen(prefixes[i])) == 0)
			return s + strlen(prefixes[i]);
	return strncmp(s, "86", 2) == 0 && (all_digits(s, 13) || all_digits(s, 12)) ? s + 2 : s;
}

static bool mobile_shape(const char *s) {
	return all_digits(s, 11) && s[0] == '1' && s[1] >= '3';
}

Value value_read_mobile(const ValueIn *in) {
	if (in->kind != RAW_NUMBER && exponent_form(in->fold))
		return value_bad(in, "problem.digits_lost");
	const char *digits = phone_digits(in, in->fold);
	const char *s = country_off(in->kind == RAW_NUMBER ? digits : ungrouped(in->arena, digits));
	return mobile_shape(s) ? value_good(in, s) : value_bad(in, "problem.mobile");
}

/* Area code, number, extension -> 010-62301234-8001; NULL when it is none. */
static const char *landline(Arena *a, const char *s, const char *extension) {
	size_t n = strlen(s);
	const char *dash = *extension ? "-" : "";
	if (strspn(s, "0123456789") != n)
		return NULL;
	if (n == 10 && (strncmp(s, "400", 3) == 0 || strncmp(s, "800", 3) == 0))
		return arena_fmt(a, "%.3s-%.3s-%s%s%s", s, s + 3, s + 6, dash, extension);
	if (n == 5 && s[0] == '9')
		return arena_fmt(a, "%s%s%s", s, dash, extension);
	size_t area = s[0] != '0' ? 0 : s[1] == '1' || s[1] == '2' ? 3 : 4;
	if (!area || n < area + 7 || n > area + 8 || s[area] < '2')
		return NULL;
	return arena_fmt(a, "%.*s-%s%s%s", (int)area, s, s + area, dash, extension);
}

/* Where an extension begins in 010-62301234-8001 or 010-62301234转8001. */
static size_t extension_at(const char *s, size_t *mark) {
	static const char *const words[] = {"转", "ext.", "ext", "Ext", "EXT", "x", "分机", "#", ","};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const char *p = strstr(s, words[i]);
		if (p) {
			*mark = strlen(words[i]);
			return (size_t)(p - s);
		}
	}
	/* A hyphen after at least seven digits in one piece. */
	size_t run = 0;
	for (size_t i = 0; s[i]; i++) {
		if (s[i] == '-' && run >= 7) {
			*mark = 1;
			return i;
		}
		run = is_digit(s[i]) ? run + 1 : 0;
	}
	*mark = 0;
	return strlen(s);
}

static const char *one_phone(const ValueIn *in, const char *s) {
	Arena *a = in->arena;
	size_t mark, at = extension_at(s, &mark);
	const char *head = arena_copy(a, s, at);
	head = in->kind == RAW_NUMBER ? head : ungrouped(a, head);
	const char *tail = value_solid(a, s + at + mark, "");
	size_t tail_n = strspn(tail, "0123456789");
	if (tail[tail_n] || tail_n > 6 || (mark && !tail_n))
		return NULL;
	const char *digits = phone_digits(in, head), *number = country_off(digits);
	if (mobile_shape(number))
		return *tail ? NULL : number;
	bool abroad = number != digits, cell = in->kind == RAW_NUMBER;
	/* Behind +86, and in a cell of numbers, the area code's zero is missing. */
	if ((abroad || cell) && *number != '0' && *number != '4' && *number != '8' && strlen(number) >= 9)
		number = arena_fmt(a, "0%s", number);
	return landline(a, number, tail);
}

/* One of several: 62300001 behind 010-62300000 has its area code. */
static const char *next_phone(const ValueIn *in, const char *text, const char *before) {
	const char *one = one_phone(in, text);
	return one || *before != '0' ? one
	                             : one_phone(in, arena_fmt(in->arena, "%.*s%s", (int)strcspn(before, "-"), before, text));
}

/* Several numbers may stand in one cell; each must be one. */
Value value_read_phone(const ValueIn *in) {
	static const char *const marks[] = {"/", "、", ";", "；", "\n", "或"};
	Buf b = {0};
	const char *from = in->fold, *one = "";
	bool good = true;
	for (const char *at = from;; at++) {
		size_t mark = 0;
		for (size_t i = 0; i < sizeof marks / sizeof *marks && !mark; i++)
			if (strncmp(at, marks[i], strlen(marks[i])) == 0)
				mark = strlen(marks[i]);
		if (*at && !mark)
			continue;
		const char *piece = text_fold(in->arena, arena_copy(in->arena, from, (size_t)(at - from)));
		one = next_phone(in, value_bare(in->arena, piece), one);
		good = good && one;
		buf_fmt(&b, "%s%s", b.n ? "、" : "", one ? one : "");
		if (!*at || !good)
			break;
		from = at + mark;
		at = from - 1;
	}
	char *text = arena_copy(in->arena, b.p, b.n);
	buf_free(&b);
	return good ? value_good(in, text) : value_bad(in, "problem.phone");
}

static bool local_char(char c) {
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
	       (c && strchr("!#$%&'*+/=?^_`{|}~.-", c));
}

/* Labels of letters, digits and hyphens, at least two; the last no number. */
static bool domain_ok(const char *s) {
	size_t labels = 0;
	const char *last = s;
	if (strlen(s) > 253)
		return false;
	while (true) {
		size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
		if (n == 0 || n > 63 || s[0] == '-' || s[n - 1] == '-')
			return false;
		labels++;
		last = s;
		s += n;
		if (!*s)
			break;
		if (*s++ != '.')
			return false;
	}
	return labels >= 2 && strlen(last) >= 2 && strspn(last, "0123456789") != strlen(last);
}

bool mail_address_ok(const char *s) {
	const char *at = strchr(s, '@');
	if (!at || at == s || at - s > 64)
		return false;
	for (const char *p = s; p < at; p++)
		if (!local_char(*p))
			return false;
	return domain_ok(at + 1);
}

bool mail_address_sendable(const char *s) {
	Buf ascii = {0};
	/* Any letter of the world for one of ASCII: the rest is as it was (RFC 6531, 3.3). */
	for (Str rest = str_of(s); rest.n;) {
		size_t len;
		uint32_t c = text_next(rest, &len);
		buf_char(&ascii, c < 0x80 ? (char)c : c < 0xA0 || c == 0xFFFD ? ' ' : 'x');
		rest = str_from(rest, len);
	}
	bool ok = strlen(s) <= MAIL_ADDRESS_MAX && mail_address_ok(buf_cstr(&ascii));
	buf_free(&ascii);
	return ok;
}

/* What stands between < and >, if anything does. */
static char *bare(Arena *a, const char *s) {
	const char *open = strrchr(s, '<'), *close = open ? strchr(open, '>') : NULL;
	if (open && close && close > open + 1)
		s = arena_copy(a, open + 1, (size_t)(close - open - 1));
	if (strncmp(s, "mailto:", 7) == 0)
		s += 7;
	return arena_str(a, s);
}

static bool blank(char c) {
	return c == ' ' || c == '\n' || c == '\t';
}

Value value_read_email(const ValueIn *in) {
	char *s = bare(in->arena, in->fold), *to = s;
	for (const char *p = s; *p;) {
		if (strncmp(p, "\u3002", 3) == 0) {
			*to++ = '.';
			p += 3;
		} else if (blank(*p)) {
			while (blank(*p))
				p++;
			if (to > s && *p && !strchr("@.", to[-1]) && *p != '@' && *p != '.' && strncmp(p, "\u3002", 3) != 0)
				*to++ = ' '; /* between two words: no address */
		} else {
			*to++ = *p++;
		}
	}
	while (to > s && (blank(to[-1]) || to[-1] == ';' || to[-1] == ',' || to[-1] == '.'))
		to--;
	*to = '\0';
	char *domain = strchr(s, '@');
	for (char *p = domain; p && *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 32);
	return mail_address_ok(s) ? value_good(in, s) : value_bad(in, "problem.email");
}

Value value_read_postcode(const ValueIn *in) {
	const char *s = value_solid(in->arena, in->fold, "");
	/* A cell of numbers loses leading zeros: 10000 was 010000. */
	if (in->kind == RAW_NUMBER && all_digits(s, 5))
		s = arena_fmt(in->arena, "0%s", s);
	return all_digits(s, 6) ? value_good(in, s) : value_bad(in, "problem.postcode");
}
