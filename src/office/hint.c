/* Hint: what a form says of one field, beside it and while it is typed.  Refuses to block what the
 * robot can read: all but a choice from a list is only warned of. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h> /* vec_free */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "office/layout.h"
#include "rules/values.h"

#define TEXT_CELL_CHARS 255 /* longer texts in cells of kind text were shown as #### by old Excel */
#define USCC_CHARS 18
#define MOBILE_CHARS 11
#define POSTCODE_CHARS 6
#define EXAMPLE_CHARS 60

Look field_look(const Field *f) {
	switch (f->kind) {
	case KIND_LONGTEXT:
		return LOOK_VALUE_LONG;
	case KIND_INTEGER:
	case KIND_NUMBER:
	case KIND_PERCENT:
		return LOOK_VALUE;
	case KIND_DATE:
		return LOOK_VALUE_DATE;
	case KIND_TEXT:
		return f->max_chars > TEXT_CELL_CHARS || f->max_chars <= 0 ? LOOK_VALUE : LOOK_VALUE_TEXT;
	default:
		return LOOK_VALUE_TEXT;
	}
}

const char *field_mark(const Layout *l, const Field *f) {
	return about_need(l, f->required, f->required_when);
}

Look field_mark_ink(const Field *f) {
	return f->required ? INK_REQUIRED : *f->required_when ? INK_CONDITIONAL : INK_OPTIONAL;
}

const char *field_mark_gap(const Layout *l, const Field *f, double width) {
	Str label = str_of(f->label);
	bool bracket = str_ends_nocase(label, ")") || str_ends_nocase(label, "\xEF\xBC\x89"); /* U+FF09 */
	const char *both = arena_fmt(l->arena, "%s(%s) ", f->label, field_mark(l, f));
	return bracket || text_height(both, width, 10.5, 1) > text_height("", width, 10.5, 1) ? "\n" : "";
}

static char *number(Arena *a, int64_t v) {
	return arena_fmt(a, "%lld", (long long)v);
}

static const char *limit(const Layout *l, const Field *f) {
	Arena *a = l->arena;
	bool text = f->kind == KIND_TEXT || f->kind == KIND_LONGTEXT;
	const char *min = number(a, f->min_chars), *max = number(a, f->max_chars);
	if (!text || (f->max_chars <= 0 && f->min_chars <= 1))
		return "";
	if (f->max_chars <= 0)
		return words_fill(l->rules, a, "form.limit_min", "min", min, (char *)NULL);
	if (f->min_chars <= 1)
		return words_fill(l->rules, a, "form.limit_max", "max", max, (char *)NULL);
	return words_fill(l->rules, a, "form.limit_between", "min", min, "max", max, (char *)NULL);
}

static const char *all_choices(const Layout *l, const Field *f) {
	Buf b = {0};
	for (size_t i = 0; i < f->choice_n; i++)
		buf_fmt(&b, "%s%s", i ? "\xE3\x80\x81" : "", f->choice[i]); /* U+3001, as KIND_CHOICES joins them */
	const char *out = arena_str(l->arena, buf_cstr(&b));
	buf_free(&b);
	return out;
}

static bool is_listed(const Field *f) {
	return (f->kind == KIND_CHOICE || f->kind == KIND_CONFIRM) && f->choice_n;
}

static void add_part(Buf *b, const char *part) {
	if (!*part)
		return;
	if (b->n)
		buf_str(b, "  ");
	buf_str(b, part);
}

/* Limits that the help tells already are not said twice. */
static bool says(const char *help, int64_t n) {
	char digits[32];
	snprintf(digits, sizeof digits, "%lld", (long long)n);
	return strstr(help, digits) != NULL;
}

/* Of "t/year" the help may only have "t". */
static bool says_unit(const Layout *l, const Field *f) {
	const char *first = arena_copy(l->arena, f->unit, strcspn(f->unit, "/"));
	return *first && strstr(f->help, first);
}

const char *field_hint(const Layout *l, const Field *f) {
	Arena *a = l->arena;
	Buf b = {0};
	add_part(&b, f->help);
	if (!*f->help && f->pattern)
		add_part(&b, f->pattern_says);
	if (f->kind == KIND_CONFIRM && f->choice_n && !*f->help)
		add_part(&b, words_fill(l->rules, a, "form.confirm", "choice", f->choice[0], (char *)NULL));
	else if (is_listed(f) && !*f->help)
		add_part(&b, WORDS(l, "choose"));
	if (f->kind == KIND_CHOICES && !*f->help)
		add_part(&b, WORDS(l, "choose_several"));
	if (f->kind == KIND_CHOICES)
		add_part(&b, words_fill(l->rules, a, "form.choices_are", "choices", all_choices(l, f), (char *)NULL));
	if (*f->unit && !says_unit(l, f))
		add_part(&b, words_fill(l->rules, a, "form.unit", "unit", f->unit, (char *)NULL));
	if (!says(f->help, f->max_chars))
		add_part(&b, limit(l, f));
	if (*f->example && !is_listed(f))
		add_part(&b, words_fill(l->rules, a, "form.example_is", "example", text_cut(a, f->example, EXAMPLE_CHARS),
		                        (char *)NULL));
	const char *out = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return out;
}

static const char *prompt(const Layout *l, const Field *f) {
	const char *hint = field_hint(l, f);
	if (f->kind == KIND_LONGTEXT)
		return arena_fmt(l->arena, "%s\n%s", WORDS(l, "paste"), hint);
	return hint;
}

/* The choices as a range of the hidden sheet: a list written out may not exceed 255 characters. */
static const char *choice_range(Layout *l, const Field *f) {
	for (size_t i = 0; i < l->range.n; i++) {
		const ChoiceRange *c = &l->range.v[i];
		size_t k = 0;
		while (c->n == f->choice_n && k < c->n && !strcmp(c->choice[k], f->choice[k]))
			k++;
		if (c->n == f->choice_n && k == c->n)
			return c->range;
	}
	unsigned column = (unsigned)l->range.n;
	for (size_t k = 0; k < f->choice_n; k++)
		sheet_text(l->lists, (unsigned)k, column, LOOK_DATA, MARK_NONE, f->choice[k]);
	Area at = {0, column, (unsigned)f->choice_n - 1, column};
	ChoiceRange *c = vec_push(&l->range);
	*c = (ChoiceRange){f->choice, f->choice_n, arena_fmt(l->arena, "=%s", area_text(l->arena, l->lists, at))};
	return c->range;
}

static void length_rule(const Layout *l, const Field *f, InputRule *r) {
	if (!*limit(l, f))
		return;
	r->kind = RULE_LENGTH;
	r->min = f->min_chars > 0 ? (double)f->min_chars : 0;
	r->max = f->max_chars > 0 ? (double)f->max_chars : NAN;
	r->warning = words_fill(l->rules, l->arena, "form.check_length", "limit", limit(l, f), (char *)NULL);
}

static void digits_rule(const Layout *l, int n, InputRule *r) {
	r->kind = RULE_LENGTH;
	r->min = r->max = n;
	r->warning = words_fill(l->rules, l->arena, "form.check_digits", "n", number(l->arena, n), (char *)NULL);
}

static void number_rule(const Layout *l, const Field *f, InputRule *r) {
	Arena *a = l->arena;
	if (isnan(f->min) && isnan(f->max))
		return;
	r->kind = f->kind == KIND_INTEGER ? RULE_INTEGER : RULE_NUMBER;
	r->min = f->min;
	r->max = f->max;
	if (isnan(f->min))
		r->min = -1e15;
	const char *key = isnan(f->max)   ? "form.check_number_min"
	                  : isnan(f->min) ? "form.check_number_max"
	                                  : "form.check_number";
	r->warning = words_fill(l->rules, a, key, "min", value_number_text(a, r->min), "max",
	                        isnan(f->max) ? "" : value_number_text(a, f->max), (char *)NULL);
}

static void date_rule(const Layout *l, const Field *f, InputRule *r) {
	if (f->min_date == WHEN_NONE && f->max_date == WHEN_NONE)
		return;
	r->kind = RULE_DATE;
	r->min = f->min_date == WHEN_NONE ? NAN : (double)f->min_date;
	r->max = f->max_date == WHEN_NONE ? NAN : (double)f->max_date;
	r->warning = WORDS(l, "check_date");
}

static void choice_rule(Layout *l, const Field *f, InputRule *r) {
	if (!f->choice_n)
		return;
	r->kind = RULE_LIST;
	r->formula = choice_range(l, f);
	r->silent = f->kind == KIND_CHOICES; /* the list gives one, the person may add more */
	r->stops = !r->silent;
	r->warning = WORDS(l, "check_choice");
}

static void mail_rule(const Layout *l, Area at, InputRule *r) {
	r->kind = RULE_FORMULA;
	r->formula = arena_fmt(l->arena, "=ISNUMBER(FIND(\"@\",%s))", cell_text(l->arena, at.r1, at.c1));
	r->warning = WORDS(l, "check_mail");
}

void field_rule(Layout *l, const Field *f, Area at) {
	InputRule r = {.min = NAN, .max = NAN, .title = f->label, .prompt = prompt(l, f),
	               .warning_title = WORDS(l, "check")};
	switch (f->kind) {
	case KIND_TEXT:
	case KIND_LONGTEXT:
		length_rule(l, f, &r);
		break;
	case KIND_INTEGER:
	case KIND_NUMBER:
	case KIND_PERCENT:
		number_rule(l, f, &r);
		break;
	case KIND_DATE:
		date_rule(l, f, &r);
		break;
	case KIND_CHOICE:
	case KIND_CHOICES:
	case KIND_CONFIRM:
		choice_rule(l, f, &r);
		break;
	case KIND_USCC:
		digits_rule(l, USCC_CHARS, &r);
		break;
	case KIND_MOBILE:
		digits_rule(l, MOBILE_CHARS, &r);
		break;
	case KIND_POSTCODE:
		digits_rule(l, POSTCODE_CHARS, &r);
		break;
	case KIND_EMAIL:
		mail_rule(l, at, &r);
		break;
	default:
		break;
	}
	sheet_rule(l->form, at, &r);
}
