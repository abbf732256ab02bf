/* Beside the loader: what a field can hold, asked for a text that stands in a condition.  Refuses only what
 * no form can ever bring: another choice, a day for a number, a spelling that would have been repaired. */
#include "rules/condfit.h"

#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "rules/pattern.h"
#include "rules/values.h"

#define CHOICES_SHOWN 12
#define CHOICES_BYTES 300

bool fit_numeric(const Field *f) {
	return f->kind == KIND_INTEGER || f->kind == KIND_NUMBER || f->kind == KIND_PERCENT;
}

static bool chosen(const Field *f) {
	return f->kind == KIND_CHOICE || f->kind == KIND_CHOICES || f->kind == KIND_CONFIRM;
}

static bool dated(const Field *f) {
	return f->kind == KIND_DATE || f->kind == KIND_MONTH;
}

bool fit_days(const Field *f) {
	bool any = f->kind == KIND_TEXT || f->kind == KIND_LONGTEXT || dated(f);
	for (size_t i = 0; i < f->choice_n && !any; i++)
		any = value_days(f->choice[i]) != WHEN_NONE;
	return any;
}

/* A declaration is its first choice or nothing. */
static size_t choice_count(const Field *f) {
	return f->kind == KIND_CONFIRM && f->choice_n ? 1 : f->choice_n;
}

static bool is_choice(const Field *f, const char *text) {
	for (size_t i = 0; i < choice_count(f); i++)
		if (strcmp(f->choice[i], text) == 0)
			return true;
	return false;
}

static bool is_normal(Arena *a, const Field *f, const char *text) {
	Value v = value_read(a, f, text, RAW_TEXT, false);
	return (v.state == VALUE_OK || v.state == VALUE_REPAIRED) && strcmp(v.text, text) == 0;
}

/* A day, a month or a year.  '2023-02-31' as the end of a month orders as it is meant. */
static bool orders_dates(const char *s) {
	static const char shape[] = "dddd-dd-dd";
	size_t n = strlen(s);
	if (n != 4 && n != 7 && n != 10)
		return false;
	for (size_t i = 0; i < n; i++)
		if (shape[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != shape[i])
			return false;
	int month = n > 4 ? (s[5] - '0') * 10 + s[6] - '0' : 1, day = n > 7 ? (s[8] - '0') * 10 + s[9] - '0' : 1;
	return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static bool found_in(const Pattern *regex, const char *choice, const char *pattern, Fit how) {
	switch (how) {
	case FIT_LIKE:
		return sqlite3_strlike(pattern, choice, 0) == 0;
	case FIT_GLOB:
		return sqlite3_strglob(pattern, choice) == 0;
	case FIT_REGEXP:
		return !regex || pattern_finds(regex, choice);
	default:
		return strstr(choice, pattern) != NULL;
	}
}

/* Several choices are one text, in which a pattern may reach from one to the next: only the plain word of '%word%' is
 * looked for there. */
static bool finds_word(const Field *f, const char *pattern, Fit how) {
	Str word = str_of(pattern);
	if (how == FIT_LIKE && word.n > 1 && word.p[0] == '%' && word.p[word.n - 1] == '%')
		word = str_sub(word, 1, word.n - 2);
	else if (how != FIT_WITHIN)
		return true;
	bool found = memchr(word.p, '%', word.n) || memchr(word.p, '_', word.n) || str_find(word, STR("\u3001")) >= 0;
	for (size_t i = 0; i < f->choice_n && !found; i++)
		found = str_find(str_of(f->choice[i]), word) >= 0;
	return found;
}

static bool finds_choice(const Field *f, const char *pattern, Fit how) {
	if (f->kind == KIND_CHOICES)
		return finds_word(f, pattern, how);
	if (f->kind != KIND_CHOICE && f->kind != KIND_CONFIRM)
		return true;
	Err ignored = {0};
	Pattern *regex = how == FIT_REGEXP ? pattern_new(pattern, &ignored) : NULL;
	bool found = false;
	for (size_t i = 0; i < choice_count(f) && !found; i++)
		found = found_in(regex, f->choice[i], pattern, how);
	pattern_free(regex);
	return found;
}

bool fit_text(Arena *a, const Field *f, const char *text, Fit how) {
	if (chosen(f) && !f->choice_n)
		return true; /* its choices could not be read, which is a fault of its own */
	if (how >= FIT_LIKE)
		return finds_choice(f, text, how);
	if (how == FIT_AMONG)
		return !chosen(f) || is_choice(f, text);
	if (fit_numeric(f))
		return false;
	if (how == FIT_ORDER)
		return !dated(f) || orders_dates(text);
	if (f->kind == KIND_CHOICE || f->kind == KIND_CONFIRM)
		return is_choice(f, text);
	return is_normal(a, f, text);
}

bool fit_number(const Field *f, const char *number, Fit how) {
	if (!fit_numeric(f))
		return chosen(f) && !f->choice_n;
	double v = value_number(number);
	return f->kind != KIND_INTEGER || how != FIT_EQUAL || isnan(v) || v == trunc(v);
}

bool fit_fields(const Field *f, const Field *g, Fit how) {
	if (fit_numeric(f) || fit_numeric(g))
		return fit_numeric(f) && fit_numeric(g);
	if (how == FIT_ORDER)
		return true;
	if (dated(f) && dated(g))
		return f->kind == g->kind;
	if (!chosen(f) || !chosen(g) || f->kind == KIND_CHOICES || g->kind == KIND_CHOICES || !f->choice_n || !g->choice_n)
		return true;
	for (size_t i = 0; i < choice_count(g); i++)
		if (is_choice(f, g->choice[i]))
			return true;
	return false;
}

/* ---- in words ---- */

const char *fit_quoted(Arena *a, const char *text) {
	Buf b = {0};
	buf_char(&b, '\'');
	for (const char *p = text; *p; p++) {
		buf_char(&b, *p);
		if (*p == '\'')
			buf_char(&b, *p);
	}
	buf_char(&b, '\'');
	char *s = arena_copy(a, b.p, b.n);
	buf_free(&b);
	return s;
}

static const char *all_choices(Arena *a, const Field *f) {
	Buf b = {0};
	size_t n = choice_count(f);
	for (size_t i = 0; i < n && n <= CHOICES_SHOWN; i++)
		buf_fmt(&b, "%s%s", i ? ", " : "", fit_quoted(a, f->choice[i]));
	const char *s = n > CHOICES_SHOWN || b.n > CHOICES_BYTES ? arena_fmt(a, "write one of its %zu choices", n)
	                : arena_fmt(a, "%s %s", n == 1 ? "its one choice is" : "its choices are", buf_cstr(&b));
	buf_free(&b);
	return s;
}

static const char *says_choice(Arena *a, const Field *f, const char *text, Fit how) {
	Value v = value_read(a, f, text, RAW_TEXT, false);
	bool read = v.state == VALUE_OK || v.state == VALUE_REPAIRED;
	const char *near = read ? v.text : v.state == VALUE_BAD ? v.nearest : "";
	if (f->kind == KIND_CONFIRM && f->choice_n)
		near = f->choice[0];
	if (how >= FIT_LIKE)
		return arena_fmt(a, "none of the choices of %s is like %s; %s", f->key, fit_quoted(a, text), all_choices(a, f));
	const char *what = how == FIT_AMONG || f->kind != KIND_CHOICES ? "is no choice of" : "is never the text of";
	if (*near)
		return arena_fmt(a, "%s %s %s; did you mean %s?", fit_quoted(a, text), what, f->key, fit_quoted(a, near));
	return arena_fmt(a, "%s %s %s; %s", fit_quoted(a, text), what, f->key, all_choices(a, f));
}

static const char *says_plain(Arena *a, const Field *f, const char *text) {
	static const char *const names[] = {
		[KIND_DATE] = "a date", [KIND_MONTH] = "a month", [KIND_USCC] = "a credit code of 18 characters",
		[KIND_MOBILE] = "a mobile number of eleven digits", [KIND_PHONE] = "a phone number", [KIND_EMAIL] = "a mail address",
		[KIND_POSTCODE] = "six digits",
	};
	const char *name = (size_t)f->kind < sizeof names / sizeof *names ? names[f->kind] : NULL;
	Value v = value_read(a, f, text, RAW_TEXT, false);
	if ((v.state == VALUE_OK || v.state == VALUE_REPAIRED) && strcmp(v.text, text) != 0)
		return arena_fmt(a, "%s is kept as %s here; write that", f->key, fit_quoted(a, v.text));
	if (dated(f))
		return arena_fmt(a, "%s is %s, and %s is none; write it as '%s'", f->key, name, fit_quoted(a, text),
		                 f->kind == KIND_DATE ? "2023-03-31" : "2023-03");
	return arena_fmt(a, "%s is %s, and %s is none; mend the text", f->key, name ? name : "a text of one line",
	                 fit_quoted(a, text));
}

const char *fit_says_text(Arena *a, const Field *f, const char *text, Fit how) {
	if (!*text && how == FIT_EQUAL)
		return arena_fmt(a, "what is empty is NULL, never ''; write %s is null", f->key);
	if (fit_numeric(f))
		return isnan(value_number(text)) ? arena_fmt(a, "%s is a number and never %s; write a number without quotes", f->key,
		                                             fit_quoted(a, text))
		                                 : arena_fmt(a, "%s is a number; write %s without quotes", f->key, text);
	return chosen(f) && how != FIT_ORDER ? says_choice(a, f, text, how) : says_plain(a, f, text);
}

const char *fit_says_number(Arena *a, const Field *f, const char *number) {
	if (f->kind == KIND_INTEGER)
		return arena_fmt(a, "%s is a whole number and never %s; write a whole number", f->key, number);
	if (dated(f))
		return arena_fmt(a, "%s is %s, a text to conditions; write it as '%s'", f->key,
		                 f->kind == KIND_DATE ? "a date" : "a month", f->kind == KIND_DATE ? "2023-03-31" : "2023-03");
	if (chosen(f) && !is_choice(f, number))
		return says_choice(a, f, number, FIT_EQUAL);
	return arena_fmt(a, "%s is a text to conditions and never a number; write '%s'", f->key, number);
}
