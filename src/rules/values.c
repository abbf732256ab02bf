/* Before the judge: what was typed becomes the normal form of its kind.
 * Refuses to guess: a repair is made only where there is one reading. */
#include "rules/values.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "rules/pattern.h"
#include "rules/valueread.h"

#define PROSE_BYTES 100 /* longer than any number or code, full-width and spaced out */

static bool blank(uint32_t c) {
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x3000 || c == 0xA0 ||
	       (c >= 0x2000 && c <= 0x200F) || c == 0xFEFF;
}

static uint32_t next_solid(const char **s) {
	uint32_t c;
	while ((c = text_step(s)) && blank(c))
		;
	return c;
}

static bool same_but_blanks(const char *a, const char *b) {
	uint32_t x, y;
	do {
		x = next_solid(&a);
		y = next_solid(&b);
	} while (x == y && x);
	return x == y;
}

Value value_good(const ValueIn *in, const char *text) {
	bool typed = in->kind == RAW_TEXT;
	return (Value){
		.state = typed && strcmp(in->tidy, text) != 0 && !same_but_blanks(in->tidy, text) ? VALUE_REPAIRED : VALUE_OK,
		.text = text,
		.nearest = "",
	};
}

Value value_bad(const ValueIn *in, const char *problem) {
	return (Value){.state = VALUE_BAD, .text = in->tidy, .problem = problem, .nearest = ""};
}

/* An identity number must not be kept, not even in a report of faults; a contest that asks for one says so: identity.
 * False when there is none. */
static bool hidden_number(const ValueIn *in, Value *out) {
	size_t n;
	const char *at = in->field->identity ? NULL : id_number_in(in->tidy, &n, NULL);
	if (!at)
		return false;
	*out = value_bad(in, strlen(in->tidy) == n ? "problem.id_number_given" : "problem.id_number_inside");
	out->text = value_shown(in->arena, in->field, arena_copy(in->arena, at, n));
	return true;
}

static char *one_line(Arena *a, const char *s) {
	char *out = arena_str(a, s), *to = out;
	for (const char *p = out; *p; p++) {
		bool space = *p == '\n' || *p == '\t' || *p == ' ';
		if (*p == '\n' || *p == '\t') {
			if (to > out && to[-1] != ' ')
				*to++ = ' ';
		} else if (!space || to == out || to[-1] != ' ' || (p > out && p[-1] == ' ')) {
			*to++ = *p;
		}
	}
	*to = '\0';
	return out;
}

/* A text in its field's pattern: in another case, or without its blanks, where it fits only so.  Two values of which one
 * fits by itself are not put together. */
static const char *in_pattern(const ValueIn *in, const char *text) {
	const Pattern *p = in->field->pattern;
	if (!p || in->field->literal || in->fold == in->tidy || pattern_matches(p, text))
		return text;
	const char *fold = one_line(in->arena, in->fold);
	char *whole = value_solid(in->arena, fold, "-");
	bool apart = false;
	for (Str rest = str_of(fold), part; str_next(&rest, ' ', &part);)
		apart |= part.n < strlen(fold) && pattern_matches(p, arena_copy(in->arena, part.p, part.n));
	const char *const form[] = {fold, apart ? fold : whole};
	for (size_t i = 0; i < sizeof form / sizeof *form; i++) {
		const char *const as[] = {form[i], text_upper(in->arena, form[i]), text_lower(in->arena, form[i])};
		for (size_t k = 0; k < sizeof as / sizeof *as; k++)
			if (pattern_matches(p, as[k]))
				return as[k];
	}
	return text;
}

/* An identity number is written in one way: without blanks and hyphens, with a large X. */
static const char *identifier(const ValueIn *in) {
	size_t n;
	char number[19];
	const char *text = one_line(in->arena, in->fold), *at = id_number_in(text, &n, number);
	return at == text && !text[n] ? arena_str(in->arena, number) : text;
}

static Value read_text(const ValueIn *in) {
	bool lost = false;
	if (in->kind == RAW_NUMBER && value_cell_digits(in->arena, in->fold, &lost) && lost)
		return value_bad(in, "problem.digits_lost");
	if (in->field->kind == KIND_LONGTEXT)
		return value_good(in, in->tidy);
	return value_good(in, in_pattern(in, in->field->identity ? identifier(in) : one_line(in->arena, in->tidy)));
}

static Value read_kind(const ValueIn *in) {
	switch (in->field->kind) {
	case KIND_TEXT:
	case KIND_LONGTEXT:
		return read_text(in);
	case KIND_INTEGER:
	case KIND_NUMBER:
		return value_read_number(in);
	case KIND_PERCENT:
		return value_read_percent(in);
	case KIND_DATE:
	case KIND_MONTH:
		return value_read_date(in);
	case KIND_CHOICE:
		return value_read_choice(in);
	case KIND_CHOICES:
		return value_read_choices(in);
	case KIND_CONFIRM:
		return value_read_confirm(in);
	case KIND_USCC:
		return value_read_uscc(in);
	case KIND_MOBILE:
		return value_read_mobile(in);
	case KIND_PHONE:
		return value_read_phone(in);
	case KIND_EMAIL:
		return value_read_email(in);
	case KIND_POSTCODE:
		return value_read_postcode(in);
	}
	return value_bad(in, "problem.pattern");
}

/* Behind an apostrophe a cell is a text, which nobody reads as typed; in a cell that is one already it stays to be seen. */
static const char *without_apostrophe(Arena *a, const Field *f, const char *s) {
	static const char *const marks[] = {"'", "\u2018", "\u2019", "\uFF07", "`"};
	if (f->kind == KIND_TEXT || f->kind == KIND_LONGTEXT)
		return s;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (strncmp(s, marks[i], strlen(marks[i])) == 0)
			return text_tidy(a, s + strlen(marks[i]));
	return s;
}

Value value_read(Arena *a, const Field *f, const char *raw, RawKind kind, bool percent_cell) {
	ValueIn in = {.arena = a, .field = f, .kind = kind, .percent_cell = percent_cell};
	in.tidy = without_apostrophe(a, f, text_tidy(a, raw));
	if (kind == RAW_ERROR)
		return value_bad(&in, "problem.cell_error");
	if (kind == RAW_NO_RESULT)
		return value_bad(&in, "problem.formula_no_value");
	if (kind == RAW_PICTURE)
		return value_bad(&in, "problem.picture");
	if (!*in.tidy)
		return (Value){.state = VALUE_EMPTY, .text = "", .nearest = ""};
	/* A text too long for an identifier is only tidied. */
	bool prose = (f->kind == KIND_TEXT || f->kind == KIND_LONGTEXT) && !f->identity && strlen(in.tidy) > PROSE_BYTES;
	in.fold = prose ? in.tidy : text_fold(a, in.tidy);
	if (in.kind == RAW_TEXT &&
	    (f->kind == KIND_USCC || f->kind == KIND_MOBILE || f->kind == KIND_EMAIL || f->kind == KIND_POSTCODE))
		in.fold = value_bare(a, in.fold);
	Value v;
	return hidden_number(&in, &v) ? v : read_kind(&in);
}

static const char *length_fault(const Field *f, const char *text) {
	if (f->min_chars < 0 && f->max_chars < 0)
		return NULL;
	int64_t n = (int64_t)text_chars(text);
	if (f->min_chars >= 0 && n < f->min_chars)
		return "problem.too_short";
	return f->max_chars >= 0 && n > f->max_chars ? "problem.too_long" : NULL;
}

static bool number_in_range(const Field *f, double v) {
	return !(v < f->min) && !(v > f->max); /* NAN: no limit */
}

static bool in_range(const Field *f, const Value *v) {
	switch (f->kind) {
	case KIND_INTEGER:
	case KIND_NUMBER:
	case KIND_PERCENT:
		return number_in_range(f, v->number);
	case KIND_DATE:
	case KIND_MONTH: {
		int64_t d = value_days(v->text);
		return (f->min_date == WHEN_NONE || d >= f->min_date) &&
		       (f->max_date == WHEN_NONE || d <= f->max_date);
	}
	default:
		return true;
	}
}

const char *value_fault(const Field *f, const Value *v) {
	const char *length = length_fault(f, v->text);
	if (length)
		return length;
	if (!in_range(f, v) && f->kind == KIND_PERCENT && *v->nearest && number_in_range(f, value_number(v->nearest)))
		return "problem.percent_range";
	if (!in_range(f, v))
		return f->kind == KIND_DATE || f->kind == KIND_MONTH ? "problem.date_range" : "problem.range";
	return f->pattern && !pattern_matches(f->pattern, v->text) ? "problem.pattern" : NULL;
}
