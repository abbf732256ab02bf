/* Inside values: amounts and shares as an office writes them: 500万元, 1,000.00,
 * 伍佰万元整.  Powers of ten are moved in the text, so that nothing is rounded and no
 * locale has a say.  Refuses 'about 50' and ranges. */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "rules/valueread.h"

#define DIGITS_MAX 30  /* of a typed number */
#define CELL_DIGITS 15 /* that a number cell keeps */
#define EXPONENT_MAX 40
#define NUMERAL_MAX INT64_C(1000000000000000) /* a numeral stays below */

typedef struct {
	char digit[DIGITS_MAX + 1];
	int n, scale; /* digit * 10^scale */
	bool negative, exponent;
} Decimal;

static bool is_digit(char c) {
	return c >= '0' && c <= '9';
}

static bool starts(const char *s, const char *prefix) {
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static const char *skip_blanks(const char *s) {
	while (*s == ' ' || *s == '\n' || *s == '\t')
		s++;
	return s;
}

static bool add_digit(Decimal *d, char c) {
	if (d->n == 0 && c == '0')
		return true;
	if (d->n >= DIGITS_MAX)
		return false;
	d->digit[d->n++] = c;
	return true;
}

/* Commas stand before groups of three digits only. */
static bool comma_here(const char *s, int run, bool grouped) {
	return *s == ',' && is_digit(s[1]) && is_digit(s[2]) && is_digit(s[3]) && !is_digit(s[4]) &&
	       (grouped ? run == 3 : run >= 1 && run <= 3);
}

static const char *read_exponent(const char *s, Decimal *d) {
	const char *p = s + 1;
	int sign = *p == '-' ? -1 : 1, v = 0, n = 0;
	if (*p == '-' || *p == '+')
		p++;
	for (; is_digit(*p) && n < 4; p++, n++)
		v = v * 10 + (*p - '0');
	if (n == 0 || v > EXPONENT_MAX)
		return s;
	d->scale += sign * v;
	d->exponent = true;
	return p;
}

/* A decimal number at s; where it ends, or NULL when there is none. */
static const char *read_decimal(const char *s, Decimal *d) {
	*d = (Decimal){0};
	if (starts(s, "\u2212") || *s == '-') {
		d->negative = true;
		s += *s == '-' ? 1 : 3;
	} else if (*s == '+') {
		s++;
	}
	int run = 0, all = 0;
	bool grouped = false;
	for (; is_digit(*s) || comma_here(s, run, grouped); s++) {
		if (*s == ',') {
			grouped = true;
			run = 0;
			continue;
		}
		if (!add_digit(d, *s))
			return NULL;
		run++, all++;
	}
	if (grouped && run != 3)
		return NULL;
	if (*s == '.' && is_digit(s[1]))
		for (s++; is_digit(*s); s++, all++) {
			if (!add_digit(d, *s))
				return NULL;
			d->scale--;
		}
	if (all && (*s == 'e' || *s == 'E'))
		s = read_exponent(s, d);
	return all ? s : NULL;
}

static char *decimal_text(Arena *a, const Decimal *d) {
	int n = d->n, scale = d->scale;
	while (n && scale < 0 && d->digit[n - 1] == '0')
		n--, scale++;
	if (n == 0)
		return arena_str(a, "0");
	Buf b = {0};
	if (d->negative)
		buf_char(&b, '-');
	if (n + scale <= 0) {
		buf_str(&b, "0.");
		for (int i = n + scale; i < 0; i++)
			buf_char(&b, '0');
		buf_add(&b, d->digit, (size_t)n);
	} else {
		for (int i = 0; i < n; i++) {
			if (i == n + scale)
				buf_char(&b, '.');
			buf_char(&b, d->digit[i]);
		}
		for (int i = 0; i < scale; i++)
			buf_char(&b, '0');
	}
	char *s = arena_copy(a, b.p, b.n);
	buf_free(&b);
	return s;
}

/* The one locale in which a point is a point; never freed, made once. */
static locale_t plain_locale(void) {
	static locale_t plain;
	if (!plain)
		plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	return plain;
}

double value_number(const char *normal) {
	char *end;
	double v = strtod_l(normal, &end, plain_locale());
	return end == normal || *end ? NAN : v;
}

/* In fifteen digits, all that a double holds of what was written in decimals. */
static void digits_of(double v, char raw[64]) {
	locale_t before = uselocale(plain_locale());
	snprintf(raw, 64, "%.15g", v);
	uselocale(before);
}

double value_plain(double v) {
	char raw[64];
	if (v == trunc(v) && fabs(v) < 1e15)
		return v;
	digits_of(v, raw);
	return value_number(raw);
}

char *value_number_text(Arena *a, double v) {
	char raw[64];
	digits_of(v, raw);
	Decimal d;
	const char *end = read_decimal(raw, &d);
	return end && !*end ? decimal_text(a, &d) : arena_str(a, raw);
}

const char *value_cell_digits(Arena *a, const char *s, bool *lost) {
	Decimal d;
	const char *end = read_decimal(s, &d);
	*lost = false;
	if (!end || *skip_blanks(end) || d.negative)
		return NULL;
	const char *text = decimal_text(a, &d);
	if (strchr(text, '.'))
		return NULL;
	*lost = strlen(text) > CELL_DIGITS;
	return text;
}

/* ---- Chinese numerals ---- */

static const struct {
	const char *word;
	int digit; /* 0..9, or -1 */
	int64_t place;
} numerals[] = {
	{"零", 0, 0}, {"〇", 0, 0}, {"○", 0, 0}, {"一", 1, 0}, {"壹", 1, 0}, {"二", 2, 0}, {"贰", 2, 0},
	{"两", 2, 0}, {"三", 3, 0}, {"叁", 3, 0}, {"四", 4, 0}, {"肆", 4, 0}, {"五", 5, 0}, {"伍", 5, 0},
	{"六", 6, 0}, {"陆", 6, 0}, {"七", 7, 0}, {"柒", 7, 0}, {"八", 8, 0}, {"捌", 8, 0}, {"九", 9, 0},
	{"玖", 9, 0}, {"十", -1, 10}, {"拾", -1, 10}, {"百", -1, 100}, {"佰", -1, 100}, {"千", -1, 1000},
	{"仟", -1, 1000}, {"万", -1, 10000}, {"萬", -1, 10000}, {"亿", -1, 100000000}, {"億", -1, 100000000},
};

typedef struct {
	int64_t total, section, digit; /* what is above the current 万, in it, and not placed yet */
	int64_t open;                  /* the place right before, whose next lower one a digit may mean; 0: a zero stands between */
	bool placed, large;
	int digits;
} Numeral;

/* 一百五 is 150 to most people and 105 to some, 二十二三 and 三五万 are ranges. */
static bool has_two_readings(const Numeral *v) {
	return v->digit > 9 || (v->digit && v->open > 10);
}

static bool numeral_step(Numeral *v, size_t i) {
	int64_t place = numerals[i].place;
	if (!place) {
		if (++v->digits > 12 || (v->placed && v->digit))
			return false;
		if (!numerals[i].digit)
			v->open = 0;
		v->digit = v->placed ? numerals[i].digit : v->digit * 10 + numerals[i].digit;
		return true;
	}
	if (place < 10000 ? v->digit > 9 : has_two_readings(v))
		return false;
	v->placed = true;
	v->open = place;
	if (place < 10000) {
		if (v->digit == 0 && v->section == 0 && place > 10)
			return false;
		v->section += (v->digit || place > 10 ? v->digit : 1) * place;
	} else {
		v->large = true;
		/* 亿 counts all that stands before it, 万 what stands behind the last 亿. */
		int64_t counted = v->section + v->digit + (place > 10000 ? v->total : 0);
		if (counted >= NUMERAL_MAX / place)
			return false;
		v->total = counted * place + (place > 10000 ? 0 : v->total);
		v->section = 0;
	}
	v->digit = 0;
	return v->total < NUMERAL_MAX;
}

size_t value_numeral(const char *s, int64_t *out, bool *large) {
	Numeral v = {0};
	if (!((unsigned char)*s & 0x80)) /* none begins in ASCII, of which most values are */
		return 0;
	const char *p = s;
	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < sizeof numerals / sizeof *numerals && !more; i++) {
			if (!starts(p, numerals[i].word))
				continue;
			/* 万 or 百 at the very beginning is a unit, not a number. */
			if ((p == s && numerals[i].place > 10) || !numeral_step(&v, i))
				return 0;
			p += strlen(numerals[i].word);
			more = true;
		}
	}
	if (v.placed && has_two_readings(&v))
		return 0;
	*out = v.total + v.section + v.digit;
	if (large)
		*large = v.large;
	return (size_t)(p - s);
}

/* ---- units ---- */

/* 万 and 亿, with 十百千 before them, as a power of ten; *s steps over. */
static int multiplier(const char **s) {
	static const struct {
		const char *word;
		int power;
	} table[] = {{"百万", 6}, {"千万", 7}, {"十万", 5}, {"十亿", 9}, {"百亿", 10},
	             {"千亿", 11}, {"万亿", 12}, {"万", 4}, {"亿", 8}};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (starts(*s, table[i].word)) {
			*s += strlen(table[i].word);
			return table[i].power;
		}
	return 0;
}

/* Words behind a plain count that change nothing. */
static bool counter(const char *base) {
	static const char *const words[] = {"个", "人", "项", "家", "台", "件", "名", "年", "座", "次",
	                                    "套", "元", "元整", "份", "篇", "天", "间", "栋", "条"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(base, words[i]) == 0)
			return true;
	return false;
}

/* text_key of a unit, in the spelling that others have too. */
static char *unit_key(Arena *a, const char *unit) {
	static const char *const same[][2] = {
		{"度", "千瓦时"},    {"kwh", "千瓦时"},     {"吨标煤", "吨标准煤"}, {"tce", "吨标准煤"},
		{"t", "吨"},         {"tco2", "吨"},        {"吨co2", "吨"},        {"吨二氧化碳", "吨"},
		{"元整", "元"},      {"元正", "元"},        {"圆", "元"},          {"圆整", "元"},
		{"平米", "平方米"},     {"m2", "平方米"},     {"人民币", "元"},      {"rmb", "元"},
		{"cny", "元"},       {"¥", "元"},          {"€", "eur"},         {"euro", "eur"},
		{"euros", "eur"},    {"欧元", "eur"},      {"£", "gbp"},         {"英镑", "gbp"},
		{"$", "usd"},        {"us$", "usd"},       {"美元", "usd"},      {"美金", "usd"},
		{"hk$", "hkd"},      {"港元", "hkd"},      {"港币", "hkd"},
	};
	const char *year = strstr(unit, "/");
	bool a_year = year && (strcmp(year, "/年") == 0 || strcmp(year, "/a") == 0);
	char *key = text_key(a, a_year ? arena_copy(a, unit, (size_t)(year - unit)) : unit);
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (strcmp(key, same[i][0]) == 0)
			return arena_str(a, same[i][1]);
	return key;
}

static bool same_unit(const ValueIn *in, const char *found, const char *wanted) {
	return strcmp(unit_key(in->arena, found), unit_key(in->arena, wanted)) == 0;
}

/* The power of ten that what stands behind the number means in the field's
 * unit; false when it is another unit. */
static bool unit_shift(const ValueIn *in, const char *rest, bool large, int *shift) {
	const char *unit = text_fold(in->arena, in->field->unit), *base = unit;
	int ours = multiplier(&base);
	*shift = 0;
	rest = skip_blanks(rest);
	rest += *rest == '(';
	if (!*rest || same_unit(in, rest, unit)) {
		/* 五百万 for a field in 万元 can only mean so many 元. */
		*shift = large && !*rest ? -ours : 0;
		return true;
	}
	int theirs = multiplier(&rest);
	if (*rest && strcmp(rest, ")") != 0 && !same_unit(in, rest, base))
		return !*unit && !theirs && counter(rest);
	*shift = theirs - ours;
	return true;
}

static bool about(const char *s) {
	static const char *const words[] = {"约", "近", "左右", "余", "多", "以上", "以下", "以内", "不足",
	                                    "超", "至", "到", "~", "几", ">", "<", "≥", "≤", "大于", "小于"};
	bool number = false;
	int64_t v;
	for (const char *p = s; *p && !number; p++)
		number = is_digit(*p) || value_numeral(p, &v, NULL) > 0;
	for (size_t i = 0; number && i < sizeof words / sizeof *words; i++)
		if (strstr(s, words[i]))
			return true;
	return false;
}

/* A currency before the number, where it is the field's own; where the field has no unit, the yuan. */
static const char *currency_off(const ValueIn *in, const char *s) {
	static const char *const marks[] = {"人民币", "¥", "RMB", "rmb", "CNY", "cny", "€", "EUR", "eur", "£", "GBP", "gbp",
	                                    "US$", "USD", "usd", "$", "HK$", "HKD", "hkd"};
	const char *base = text_fold(in->arena, in->field->unit);
	multiplier(&base);
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (starts(s, marks[i]) && same_unit(in, marks[i], *base ? base : "元")) {
			s = skip_blanks(s + strlen(marks[i]));
			return currency_off(in, *s == ':' ? skip_blanks(s + 1) : s);
		}
	return s;
}

static bool whole(const char *text) {
	return strchr(text, '.') == NULL;
}

/* A plain number with other zeros or commas is no repair worth a word. */
static bool plain(const char *s) {
	return s[strspn(s, "0123456789.,+- ")] == '\0';
}

static Value finish(const ValueIn *in, const Decimal *d) {
	Value v = value_good(in, decimal_text(in->arena, d));
	if (plain(in->tidy))
		v.state = VALUE_OK;
	v.number = value_number(v.text);
	return v;
}

/* The number at s, in digits or numerals; what stands behind it, or NULL. */
static const char *any_number(const char *s, Decimal *d, bool *large) {
	const char *rest = read_decimal(s, d);
	int64_t v;
	*large = false;
	if (rest)
		return rest;
	size_t n = value_numeral(s, &v, large);
	char digits[32];
	if (!n)
		return NULL;
	snprintf(digits, sizeof digits, "%lld", (long long)v);
	read_decimal(digits, d);
	return s + n;
}

Value value_read_number(const ValueIn *in) {
	const char *bad = in->field->kind == KIND_INTEGER ? "problem.integer" : "problem.number";
	const char *s = currency_off(in, in->fold);
	Decimal d;
	bool large;
	int shift;
	const char *rest = in->kind == RAW_BOOL || in->kind == RAW_DATE ? NULL : any_number(s, &d, &large);
	if (rest && (*skip_blanks(rest) == '-' || starts(skip_blanks(rest), "—")))
		return value_bad(in, "problem.number_about");
	if (!rest || !unit_shift(in, rest, large, &shift) || (d.exponent && in->kind == RAW_TEXT))
		return value_bad(in, about(s) ? "problem.number_about" : bad);
	d.scale += shift;
	Value v = finish(in, &d);
	return in->field->kind == KIND_INTEGER && !whole(v.text) ? value_bad(in, bad) : v;
}

Value value_read_percent(const ValueIn *in) {
	const char *s = in->fold;
	bool words = starts(s, "百分之");
	Decimal d;
	bool large;
	const char *rest = any_number(words ? s + strlen("百分之") : s, &d, &large);
	if (in->kind == RAW_BOOL || in->kind == RAW_DATE || !rest)
		return value_bad(in, about(s) ? "problem.number_about" : "problem.percent");
	rest = skip_blanks(rest);
	bool sign = *rest == '%' && !*skip_blanks(rest + 1);
	if ((*rest && !sign) || (d.exponent && in->kind == RAW_TEXT))
		return value_bad(in, about(s) || *rest == '-' ? "problem.number_about" : "problem.percent");
	if (in->percent_cell && in->kind == RAW_NUMBER && !sign)
		d.scale += 2;
	Value v = finish(in, &d);
	/* 25.6% and 25.6 are the same to everybody. */
	if (sign && plain(arena_copy(in->arena, in->tidy, strcspn(in->tidy, "%"))))
		v.state = VALUE_OK;
	bool small = !sign && !words && !in->percent_cell && v.number > 0 && v.number < 1;
	v.warning = small ? "problem.percent_small" : NULL;
	/* What else may be meant: 90 of 0.9, and of 9000%, which is 90 in a cell of percentages. */
	bool whole_cell = !sign && in->percent_cell && in->kind == RAW_NUMBER;
	d.scale += small ? 2 : whole_cell ? -2 : 0;
	v.nearest = small || whole_cell ? decimal_text(in->arena, &d) : "";
	return v;
}
