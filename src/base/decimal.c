/* Beside every stage that counts points.  Never turns a number into a float. */
#include "base/decimal.h"

#include <string.h>

#define DIGITS_MAX 18 /* of what is read: fits an int64_t */

int decimal_parse(Str s, int places, int64_t min, int64_t max, int64_t *out) {
	bool minus = str_starts(s, "-"), point = false;
	int64_t v = 0;
	int digits = 0, behind = 0;
	for (size_t i = minus; i < s.n; i++) {
		char c = s.p[i];
		if (c == '.' && !point && digits) {
			point = true;
			continue;
		}
		if (c < '0' || c > '9' || ++digits > DIGITS_MAX || (point && behind == places && c != '0'))
			return -1;
		if (point && behind == places)
			continue;
		behind += point;
		v = v * 10 + (c - '0');
	}
	if (!digits || s.p[s.n - 1] == '.')
		return -1;
	for (; behind < places; behind++)
		if (__builtin_mul_overflow(v, 10, &v))
			return -1;
	v = minus ? -v : v;
	if (v < min || v > max)
		return -1;
	*out = v;
	return 0;
}

char *decimal_text(Arena *a, int64_t v, int places, int least) {
	uint64_t scale = 1, u = v < 0 ? -(uint64_t)v : (uint64_t)v;
	for (int i = 0; i < places; i++)
		scale *= 10;
	char *text = arena_fmt(a, "%s%llu.%0*llu", v < 0 ? "-" : "", (unsigned long long)(u / scale), places > 0 ? places : 1,
	                       (unsigned long long)(u % scale));
	size_t n = strlen(text), point = (size_t)(strchr(text, '.') - text);
	while (n - 1 > point + (size_t)least && text[n - 1] == '0')
		n--;
	if (n - 1 == point)
		n--;
	text[n] = '\0';
	return text;
}

int64_t decimal_divide(int64_t over, int64_t under) {
	int64_t whole = over / under, rest = over % under;
	int64_t twice = rest < 0 ? -rest : rest;
	if (twice >= under - twice)
		whole += over < 0 ? -1 : 1;
	return whole;
}
