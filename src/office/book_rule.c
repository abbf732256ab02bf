/* What may be typed into cells: drop-downs, limits, formulas, and what a person is told there. */
#include <math.h>
#include <time.h>

#include <xlsxwriter.h>

#include "office/book_inner.h"

static lxw_datetime day_of(double days) {
	struct tm tm;
	time_t t = (time_t)days * 86400;
	gmtime_r(&t, &tm);
	return (lxw_datetime){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, 0, 0, 0};
}

/* Which of the two limits there are. */
static uint8_t criteria_of(const InputRule *r) {
	if (isnan(r->min) && isnan(r->max))
		return LXW_VALIDATION_CRITERIA_NONE;
	if (isnan(r->max))
		return LXW_VALIDATION_CRITERIA_GREATER_THAN_OR_EQUAL_TO;
	if (isnan(r->min))
		return LXW_VALIDATION_CRITERIA_LESS_THAN_OR_EQUAL_TO;
	return LXW_VALIDATION_CRITERIA_BETWEEN;
}

static uint8_t type_of(RuleKind kind) {
	static const uint8_t type[] = {
		[RULE_NONE] = LXW_VALIDATION_TYPE_ANY, [RULE_LIST] = LXW_VALIDATION_TYPE_LIST_FORMULA,
		[RULE_NUMBER] = LXW_VALIDATION_TYPE_DECIMAL, [RULE_INTEGER] = LXW_VALIDATION_TYPE_INTEGER,
		[RULE_DATE] = LXW_VALIDATION_TYPE_DATE, [RULE_LENGTH] = LXW_VALIDATION_TYPE_LENGTH,
		[RULE_FORMULA] = LXW_VALIDATION_TYPE_CUSTOM_FORMULA};
	return type[kind];
}

static void set_limits(lxw_data_validation *v, const InputRule *r) {
	double only = isnan(r->min) ? r->max : r->min;
	v->criteria = criteria_of(r);
	if (v->criteria == LXW_VALIDATION_CRITERIA_NONE) {
		v->validate = LXW_VALIDATION_TYPE_ANY;
		return;
	}
	v->minimum_number = r->min;
	v->maximum_number = r->max;
	v->value_number = only;
	if (r->kind != RULE_DATE)
		return;
	v->value_datetime = day_of(only);
	if (v->criteria == LXW_VALIDATION_CRITERIA_BETWEEN) {
		v->minimum_datetime = day_of(r->min);
		v->maximum_datetime = day_of(r->max);
	}
}

void sheet_rule(Sheet *s, Area at, const InputRule *r) {
	Book *b = s->book;
	Arena *a = b->arena;
	lxw_data_validation v = {.validate = type_of(r->kind)};
	if (r->kind == RULE_LIST || r->kind == RULE_FORMULA)
		v.value_formula = arena_str(a, r->formula);
	else if (r->kind != RULE_NONE)
		set_limits(&v, r);
	v.error_type = r->stops ? LXW_VALIDATION_ERROR_TYPE_STOP : LXW_VALIDATION_ERROR_TYPE_WARNING;
	v.show_error = r->silent ? LXW_VALIDATION_OFF : LXW_VALIDATION_ON;
	if (r->prompt && *r->prompt) {
		v.input_title = arena_str(a, book_safe_cut(b, r->title, BOOK_MAX_PROMPT_TITLE));
		v.input_message = arena_str(a, book_safe_cut(b, r->prompt, BOOK_MAX_PROMPT));
	}
	if (r->warning && *r->warning) {
		v.error_title = arena_str(a, book_safe_cut(b, r->warning_title, BOOK_MAX_PROMPT_TITLE));
		v.error_message = arena_str(a, book_safe_cut(b, r->warning, BOOK_MAX_PROMPT));
	}
	if (v.validate == LXW_VALIDATION_TYPE_ANY && !v.input_message)
		return;
	book_keep_fault(b, worksheet_data_validation_range(s->ws, at.r1, (lxw_col_t)at.c1, at.r2, (lxw_col_t)at.c2, &v));
}
