/* How the judge names a fault: place, label, what stands there, what is wanted, an example.
 * It makes no sentence itself: they are words of the contest, filled in. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "judge/inner.h"

Problem *problem_add(Problems *list, Severity severity, const char *where, const char *field, const char *sentence) {
	Problem *p = vec_push(list);
	*p = (Problem){.severity = severity, .where = where, .field = field, .sentence = sentence,
	               .label = "", .found = "", .want = "", .example = ""};
	return p;
}

bool problems_bad(const Problems *list) {
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].severity == SEVERITY_ERROR)
			return true;
	return false;
}

/* Errors are told before remarks when there are too many. */
Problem *problems_done(Arena *a, Problems *list, size_t *n) {
	Problem *out = arena_array(a, list->n + 1, sizeof *out);
	*n = 0;
	if (list->n <= JUDGE_MAX_PROBLEMS && list->n) {
		memcpy(out, list->v, list->n * sizeof *out);
		*n = list->n;
	}
	for (int s = SEVERITY_ERROR; list->n > JUDGE_MAX_PROBLEMS && s <= SEVERITY_WARNING; s++)
		for (size_t i = 0; i < list->n && *n < JUDGE_MAX_PROBLEMS; i++)
			if ((int)list->v[i].severity == s)
				out[(*n)++] = list->v[i];
	vec_free(list);
	return out;
}

typedef struct {
	Problem problem;
	size_t key, met;
} Placed;

static int by_place(const void *a, const void *b) {
	const Placed *x = a, *y = b;
	return x->key != y->key ? (x->key > y->key) - (x->key < y->key) : (x->met > y->met) - (x->met < y->met);
}

/* What is about the form as a whole first, files last. */
void problems_sort(Form *f) {
	size_t n = f->problem.n;
	Placed *all = arena_array(f->a, n + 1, sizeof *all);
	for (size_t i = 0; f->view && i < n; i++) {
		const char *key = f->problem.v[i].field;
		const Field *field = *key ? form_field(&f->view->track->form, key) : NULL;
		all[i] = (Placed){f->problem.v[i], field ? field->index + 1 : *key ? SIZE_MAX : 0, i};
	}
	if (!f->view || n < 2)
		return;
	qsort(all, n, sizeof *all, by_place);
	for (size_t i = 0; i < n; i++)
		f->problem.v[i] = all[i].problem;
}

/* ---- places */

const char *part_name(const Judge *j, Arena *a, const Report *r, int part) {
	if (part < 0 || (size_t)part >= r->part_n)
		return words(j->rules, "where.body");
	if (*r->part[part].name)
		return r->part[part].name;
	return words_fill(j->rules, a, "judge.unnamed_file", "no", arena_fmt(a, "%d", part + 1), NULL);
}

const char *where_form(const Form *f) {
	return part_name(f->j, f->a, f->r, f->read->part);
}

/* "1.2.4" of a document: table, row, column. */
static const char *where_table(const Form *f, const char *cell) {
	const char *column = strrchr(cell, '.'), *row = column;
	while (row && row > cell && row[-1] != '.')
		row--;
	if (!column || row <= cell)
		return *cell ? cell : where_form(f);
	Arena *a = f->a;
	return words_fill(f->j->rules, a, "judge.where_table", "table",
	                  arena_copy(a, cell, (size_t)(row - cell) - 1), "row",
	                  arena_copy(a, row, (size_t)(column - row)), "column", column + 1, NULL);
}

static const char *where(const Form *f, const char *sheet, const char *cell) {
	switch (f->read->source) {
	case FORM_BODY:
		return words(f->j->rules, "where.body");
	case FORM_DOCX:
		return where_table(f, cell);
	default:
		return *sheet ? arena_fmt(f->a, "%s!%s", sheet, cell) : *cell ? cell : where_form(f);
	}
}

const char *where_value(const Form *f, const FormValue *v) {
	return where(f, v->sheet, v->cell);
}

/* The cell in the column of `column` and the row of `row`: C12 of C7 and E12, 1.5.3 of 1.2.3 and 1.5.1. */
static const char *cross(const Form *f, const char *column, const char *row) {
	if (f->read->source == FORM_DOCX) {
		const char *c = strrchr(column, '.'), *r = strrchr(row, '.');
		return c && r ? arena_fmt(f->a, "%.*s%s", (int)(r - row), row, c) : row;
	}
	return arena_fmt(f->a, "%.*s%s", (int)strcspn(column, "0123456789"), column, row + strcspn(row, "0123456789"));
}

static const FormValue *any_in_row(const Form *f, const Field *field, size_t row) {
	for (size_t t = 0; row && field->table && t < f->view->track->form.table_n; t++)
		if (field->table == &f->view->track->form.table[t] && row <= f->row_n[t])
			return f->row[t][row];
	return NULL;
}

const char *where_field(const Form *f, const Field *field, size_t row) {
	const struct FormPlace *p = f->place[field->index];
	const FormValue *v = any_in_row(f, field, row);
	if (v && (!p || strcmp(p->sheet, v->sheet) != 0))
		return where_value(f, v);
	if (v)
		return where(f, v->sheet, cross(f, p->cell, v->cell));
	return p ? where(f, p->sheet, p->cell) : where_form(f);
}

/* ---- what is wanted */

static const char *number(Arena *a, double v) {
	return isnan(v) ? "" : value_number_text(a, v);
}

static const char *chars(Arena *a, int64_t n) {
	return n < 0 ? "" : arena_fmt(a, "%lld", (long long)n);
}

typedef struct {
	const char *min, *max;
} Limits;

static bool is_date(const Field *field) {
	return field->kind == KIND_DATE || field->kind == KIND_MONTH;
}

static bool is_number(const Field *field) {
	return field->kind == KIND_INTEGER || field->kind == KIND_NUMBER || field->kind == KIND_PERCENT;
}

static const char *day(const Field *field, Arena *a, int64_t days) {
	if (days == WHEN_NONE)
		return "";
	const char *s = value_day_text(a, days);
	return field->kind == KIND_MONTH && strlen(s) == 10 ? arena_copy(a, s, 7) : s;
}

static Limits limits(Arena *a, const Field *field) {
	if (is_date(field))
		return (Limits){day(field, a, field->min_date), day(field, a, field->max_date)};
	if (is_number(field))
		return (Limits){number(a, field->min), number(a, field->max)};
	return (Limits){chars(a, field->min_chars), chars(a, field->max_chars)};
}

static const char *joined(Arena *a, const char **choice, size_t n) {
	Buf b = {0};
	for (size_t i = 0; i < n; i++)
		buf_fmt(&b, "%s%s", i ? JUDGE_COMMA : "", choice[i]);
	const char *s = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return s;
}

static const char *unit(const Field *field) {
	return *field->unit ? field->unit : field->kind == KIND_PERCENT ? "%" : "";
}

static const char *wants_chars(const Form *f, const Field *field) {
	Limits l = limits(f->a, field);
	const char *key = *l.min && *l.max ? "want.chars_between" : *l.min ? "want.chars_min" : "want.chars_max";
	return *l.min || *l.max ? words_fill(f->j->rules, f->a, key, "min", l.min, "max", l.max, NULL) : "";
}

static const char *wants_between(const Form *f, const Field *field) {
	Limits l = limits(f->a, field);
	const char *key = *l.min && *l.max ? "want.between"
	                  : is_date(field) ? (*l.min ? "want.not_before" : "want.not_after")
	                                   : (*l.min ? "want.min" : "want.max");
	return *l.min || *l.max ? words_fill(f->j->rules, f->a, key, "min", l.min, "max", l.max, "unit",
	                                     field_unit(f->a, field), NULL)
	                        : "";
}

/* By kind; the words of a kind are want.NAME. */
static const char *wants_kind(const Form *f, const Field *field) {
	static const char *const name[] = {
		[KIND_TEXT] = "want.text",       [KIND_LONGTEXT] = "want.longtext", [KIND_INTEGER] = "want.integer",
		[KIND_NUMBER] = "want.number",   [KIND_PERCENT] = "want.percent",   [KIND_DATE] = "want.date",
		[KIND_MONTH] = "want.month",     [KIND_CHOICE] = "want.choice",     [KIND_CHOICES] = "want.choices",
		[KIND_CONFIRM] = "want.confirm", [KIND_USCC] = "want.uscc",         [KIND_MOBILE] = "want.mobile",
		[KIND_PHONE] = "want.phone",     [KIND_EMAIL] = "want.email",       [KIND_POSTCODE] = "want.postcode",
	};
	return words_fill(f->j->rules, f->a, name[field->kind], "unit", unit(field), "choices",
	                  joined(f->a, field->choice, field->choice_n), NULL);
}

const char *field_wants(const Form *f, const Field *field) {
	const char *limits_say = "";
	if (field->kind == KIND_TEXT || field->kind == KIND_LONGTEXT)
		limits_say = *field->pattern_says ? field->pattern_says : wants_chars(f, field);
	else if (is_number(field))
		limits_say = wants_between(f, field);
	return *limits_say ? limits_say : wants_kind(f, field);
}

/* Faults whose sentence says what to do better than the field's own limits can. */
static bool sentence_tells(const char *key) {
	static const char *const table[] = {
		"problem.digits_lost", "problem.cell_error",    "problem.formula_no_value", "problem.picture",
		"problem.repaired",    "problem.number_about",  "problem.percent_small",    "problem.uscc_check",
		"problem.choice_near", "problem.choices_near",  "problem.id_number_given",
		"problem.id_number_inside", "problem.percent_range",
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(table[i], key) == 0)
			return true;
	return false;
}

/* A text of the wrong length wants its length, whatever its pattern says; what is no number wants to be one, which its range
 * does not say. */
static const char *wants(const Form *f, const char *key, const Field *field) {
	if (strcmp(key, "problem.too_short") == 0 || strcmp(key, "problem.too_long") == 0)
		return wants_chars(f, field);
	if (strcmp(key, "problem.range") == 0 || strcmp(key, "problem.date_range") == 0 || strcmp(key, "problem.percent_range") == 0)
		return wants_between(f, field);
	if (strcmp(key, "problem.number") == 0 || strcmp(key, "problem.integer") == 0 || strcmp(key, "problem.percent") == 0)
		return wants_kind(f, field);
	return field_wants(f, field);
}

static const char *count(Arena *a, int64_t n) {
	return arena_fmt(a, "%lld", (long long)n);
}

/* A choice that was typed over has words of its own where one comes near it. */
static const char *near_key(const char *key, const char *nearest) {
	if (*nearest && strcmp(key, "problem.choice") == 0)
		return "problem.choice_near";
	if (*nearest && strcmp(key, "problem.choices") == 0)
		return "problem.choices_near";
	return key;
}

Problem *field_problem(Form *f, Severity severity, const char *key, const Field *field, size_t row,
                       const FormValue *raw, const Value *v) {
	Arena *a = f->a;
	Limits l = limits(a, field);
	const char *found = v ? value_shown(a, field, v->text) : "", *nearest = v ? v->nearest : "";
	const char *table = field->table ? field->table->label : "", *no = count(a, (int64_t)row);
	int64_t chars_n = (int64_t)text_chars(found);
	key = near_key(key, nearest);
	const char *want = wants(f, key, field), *at = raw ? where_value(f, raw) : where_field(f, field, row);
	const char *sentence = words_fill(
		f->j->rules, a, key, "label", field->label, "found", text_cut(a, found, JUDGE_FOUND_CHARS), "want", want,
		"example", field->example, "where", at, "nearest", nearest, "chars", count(a, chars_n), "min", l.min, "max",
		l.max, "under", count(a, field->min_chars - chars_n), "over", count(a, chars_n - field->max_chars), "unit",
		unit(field), "choices", joined(a, field->choice, field->choice_n), "row", no, "table", table, NULL);
	Problem *p = problem_add(&f->problem, severity, at, field->key, sentence);
	p->row = field->table ? row : 0;
	p->label = field->table ? words_fill(f->j->rules, a, "judge.row_label", "table", table, "row", no, "label",
	                                     field->label, NULL)
	                        : field->label;
	p->found = found;
	p->want = sentence_tells(key) ? "" : want;
	p->example = field->kind == KIND_CHOICE || field->kind == KIND_CONFIRM || !*p->want ? "" : field->example;
	return p;
}
