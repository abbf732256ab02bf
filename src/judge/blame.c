/* After the values of a form: what must hold between them, then whether it may take part.  A sentence that is about
 * several cells names each with what stands there, and their sum where a sum is what failed. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "judge/inner.h"

#define LISTED_CELLS 12 /* written out in one sentence; more are counted */
#define MARKED_CELLS 500

const JudgedValue *check_value(const Form *f, Str key) {
	for (size_t i = 0; i < f->value.n; i++)
		if (str_is(key, f->value.v[i].norm.field->key))
			return &f->value.v[i];
	return NULL;
}

const char *check_shown(const Form *f, const Field *field, const char *text) {
	return text_cut(f->a, value_shown(f->a, field, text), JUDGE_FOUND_CHARS);
}

/* {{key}} gives the value of the field, {{expression}} what it is worth. */
static const char *says(const Form *f, const char *text) {
	Buf b = {0};
	for (const char *open; (open = strstr(text, "{{")); ) {
		const char *close = strstr(open, "}}");
		if (!close)
			break;
		Str inside = str_trim((Str){open + 2, (size_t)(close - open) - 2});
		const char *name = arena_copy(f->a, inside.p, inside.n);
		const JudgedValue *v = check_value(f, inside);
		buf_add(&b, text, (size_t)(open - text));
		if (v)
			buf_str(&b, check_shown(f, v->norm.field, v->norm.text));
		else if (!form_field(&f->view->track->form, name))
			buf_str(&b, eval_text(f->j->eval, f->a, f->view->track, name));
		text = close + 2;
	}
	buf_str(&b, text);
	const char *out = arena_str(f->a, buf_cstr(&b));
	buf_free(&b);
	return out;
}

/* ---- the cells */

typedef struct {
	const Field *field;
	size_t row;
	const JudgedValue *value; /* NULL: empty */
	const char *at;
} Cell;

typedef struct {
	Form *f;
	const Check *check;
	VEC(Cell) cell;
} Blame;

/* A column is blamed for each of its cells that has something; a plain field as it is. */
static void blame_field(Blame *b, const Field *field) {
	Form *f = b->f;
	bool any = false;
	for (size_t i = 0; i < f->value.n; i++) {
		const JudgedValue *v = &f->value.v[i];
		if (v->norm.field != field)
			continue;
		*vec_push(&b->cell) = (Cell){field, v->norm.row, v, where_value(f, v->raw)};
		any = true;
	}
	if (!any)
		*vec_push(&b->cell) = (Cell){field, 0, NULL, where_field(f, field, 0)};
}

/* The sheet is named where it is another one than that of the cell before. */
static const char *short_place(const char *at, const char *before) {
	const char *mark = strrchr(at, '!');
	size_t n = mark ? (size_t)(mark - at) + 1 : 0;
	return n && strncmp(at, before, n) == 0 ? at + n : at;
}

static const char *cells_text(const Blame *b) {
	const Rules *r = b->f->j->rules;
	Arena *a = b->f->a;
	Buf out = {0};
	const Cell *c = b->cell.v;
	for (size_t i = 0; i < b->cell.n && i < LISTED_CELLS; i++) {
		const char *before = i ? c[i - 1].at : "";
		bool named = i && c[i - 1].field == c[i].field;
		const char *found = c[i].value ? check_shown(b->f, c[i].field, c[i].value->norm.text) : "";
		buf_fmt(&out, "%s%s", i ? JUDGE_COMMA : "",
		        words_fill(r, a, "judge.blame_cell", "label", named ? "" : c[i].field->label, "where",
		                   short_place(c[i].at, before), "found", found, "unit", *found ? field_unit(a, c[i].field) : "", NULL));
	}
	if (b->cell.n > LISTED_CELLS)
		buf_str(&out, words_fill(r, a, "judge.blame_more", "count", arena_fmt(a, "%zu", b->cell.n), NULL));
	const char *text = arena_str(a, buf_cstr(&out));
	buf_free(&out);
	return text;
}

/* ---- the sum */

/* Where the comparison of a condition stands, outside of brackets and texts; its length in *n. */
static const char *comparison(const char *s, size_t *n) {
	int depth = 0;
	for (bool text = false; *s; s++) {
		text ^= *s == '\'';
		if (text)
			continue;
		depth += (*s == '(') - (*s == ')');
		*n = strncasecmp(s, " between ", 9) == 0 ? 9 : strspn(s, "<>=!");
		if (depth == 0 && *n)
			return s;
	}
	return NULL;
}

/* It adds up, and does nothing else that would make another figure of it. */
static bool is_sum(Arena *a, const char *text) {
	const char *side = text_lower(a, text);
	bool adds = strstr(side, "sum(") || strstr(side, "total(") || strchr(side, '+');
	return adds && !strpbrk(side, "*/-<>=\"") && !strstr(side, "abs(") && !strstr(side, " and ") && !strstr(side, " or ");
}

/* What the cells add up to, where the condition compares their sum; "" otherwise. */
static const char *sum_text(const Blame *b) {
	size_t n;
	const char *where = b->check->where, *mark = comparison(where, &n);
	if (!mark || b->cell.n == 0)
		return "";
	const char *left = arena_copy(b->f->a, where, (size_t)(mark - where)), *right = mark + n;
	if (is_sum(b->f->a, left) && is_sum(b->f->a, right))
		return ""; /* of two sums beside the cells of both, nobody knows which is meant */
	const char *side = is_sum(b->f->a, left) ? left : is_sum(b->f->a, right) ? right : NULL;
	const char *sum = side ? eval_text(b->f->j->eval, b->f->a, b->f->view->track, side) : "";
	return *sum ? arena_fmt(b->f->a, "%s%s", sum, field_unit(b->f->a, b->cell.v[0].field)) : "";
}

/* ---- the fault */

/* The first that is filled in, else the first. */
static size_t first_of(const Blame *b) {
	for (size_t i = 0; i < b->cell.n; i++)
		if (b->cell.v[i].value)
			return i;
	return 0;
}

/* The sentence with its cells: those of a warning only where a sum is to be looked at. */
static const char *sentence(const Blame *b, Severity severity) {
	const char *text = says(b->f, b->check->says), *sum = sum_text(b);
	if (b->cell.n < 2 || b->f->read->source == FORM_BODY || (severity == SEVERITY_WARNING && !*sum))
		return text;
	return words_fill(b->f->j->rules, b->f->a, "judge.blame", "says", text, "cells", cells_text(b), "sum",
	                  strstr(text, sum) ? "" : sum, NULL);
}

/* The heads of the tables that are blamed are marked beside the cells. */
static void other_cells(const Blame *b, size_t first, Problem *p) {
	const Check *c = b->check;
	ProblemCell *cell = arena_array(b->f->a, b->cell.n + c->blame_n, sizeof *cell);
	for (size_t i = 0; i < b->cell.n && i < MARKED_CELLS; i++)
		if (i != first)
			cell[p->cell_n++] = (ProblemCell){b->cell.v[i].field->key, b->cell.v[i].row};
	for (size_t i = 0; i < c->blame_n; i++) {
		const Table *t = form_table(&b->f->view->track->form, c->blame[i]);
		if (t && t->column_n)
			cell[p->cell_n++] = (ProblemCell){t->column[0]->key, 0};
	}
	p->cell = cell;
}

static const FileRule *file_blamed(const Form *f, const Check *c) {
	const TrackForm *t = &f->view->track->form;
	for (size_t i = 0; i < c->blame_n * t->file_n; i++)
		if (strcmp(c->blame[i / t->file_n], t->file[i % t->file_n].key) == 0)
			return &t->file[i % t->file_n];
	return NULL;
}

/* No cell is blamed: a table is, at its head, or else a file. */
static void elsewhere(const Form *f, const Check *c, Problem *p) {
	const Table *table = NULL;
	const FileRule *file = file_blamed(f, c);
	for (size_t i = 0; i < c->blame_n && !table; i++)
		table = form_table(&f->view->track->form, c->blame[i]);
	if (table && table->column_n) {
		p->where = where_field(f, table->column[0], 0);
		p->field = table->column[0]->key;
		p->label = table->label;
	} else if (file) {
		p->where = words(f->j->rules, "judge.where_files");
		p->field = file->key;
		p->label = file->label;
	}
}

static void blame(Form *f, const Check *c, Severity severity) {
	Blame b = {.f = f, .check = c};
	for (size_t i = 0; i < c->blame_n; i++) {
		const Field *field = form_field(&f->view->track->form, c->blame[i]);
		if (field)
			blame_field(&b, field);
	}
	size_t first = first_of(&b);
	const Cell *at = b.cell.n ? &b.cell.v[first] : NULL;
	Problem *p = problem_add(&f->problem, severity, at ? at->at : where_form(f), at ? at->field->key : "",
	                         sentence(&b, severity));
	if (at) {
		p->row = at->row;
		p->label = at->field->label;
		p->found = at->value && b.cell.n < 2 ? value_shown(f->a, at->field, at->value->norm.text) : "";
		other_cells(&b, first, p);
	} else {
		elsewhere(f, c, p);
	}
	vec_free(&b.cell);
}

void check_conditions(Form *f) {
	const TrackForm *t = &f->view->track->form;
	for (size_t i = 0; i < t->check_n; i++) {
		const Check *c = &t->check[i];
		if (eval_ask(f->j->eval, f->view->track, c->where) != 0)
			continue;
		blame(f, c, c->eligibility ? SEVERITY_ERROR : c->severity);
		f->ineligible |= c->eligibility;
	}
}
