/* The values of one form: each read by its kind and held against its own limits, then what is
 * missing; blame.c asks what must hold between them.  Everything at once: nothing stops at the first fault. */
#include <string.h>

#include "base/text.h"
#include "judge/inner.h"

#define NOTHING_MAX 20 /* bytes of a word for nothing */

static size_t table_index(const TrackForm *t, const Table *table) {
	return (size_t)(table - t->table);
}

/* ---- reading */

static void prepare(Form *f) {
	const TrackForm *t = &f->view->track->form;
	f->given = arena_array(f->a, t->field_n + 1, sizeof *f->given);
	f->place = arena_array(f->a, t->field_n + 1, sizeof *f->place);
	f->row = arena_array(f->a, t->table_n + 1, sizeof *f->row);
	f->row_n = arena_array(f->a, t->table_n + 1, sizeof *f->row_n);
	f->over = arena_array(f->a, t->table_n + 1, sizeof *f->over);
	for (size_t i = 0; i < t->field_n; i++) {
		const Table *table = t->field[i].table;
		f->given[i] = arena_array(f->a, table ? table->max_rows + 1 : 1, sizeof **f->given);
	}
	for (size_t i = 0; i < t->table_n; i++)
		f->row[i] = arena_array(f->a, t->table[i].max_rows + 1, sizeof **f->row);
	for (size_t i = 0; i < f->read->place_n; i++) {
		const struct FormPlace *p = &f->read->place[i];
		const Field *field = p->field < f->j->map->field_n ? f->view->field[p->field] : NULL;
		if (field && !f->place[field->index])
			f->place[field->index] = p;
	}
}

/* A date written out as the form's own examples are is no repair; full-width digits in it are. */
static bool is_repair(Form *f, const Field *field, const FormValue *raw, const Value *v) {
	if (v->state != VALUE_REPAIRED || (field->kind != KIND_DATE && field->kind != KIND_MONTH))
		return v->state == VALUE_REPAIRED;
	return strcmp(text_fold(f->a, raw->text), text_tidy(f->a, raw->text)) != 0;
}

static void keep(Form *f, const Field *field, const FormValue *raw, const Value *v) {
	JudgedValue *out = vec_push(&f->value);
	*out = (JudgedValue){.norm = {field, raw->row, v->text, v->number}, .raw = raw,
	                     .repaired = is_repair(f, field, raw, v)};
	if (!field->table && field->role != ROLE_NONE && !*f->v->role[field->role])
		f->v->role[field->role] = v->text;
}

static void repaired(Form *f, const Field *field, const FormValue *raw, const Value *v) {
	Value was = {.text = text_line(f->a, str_of(raw->text)), .nearest = ""};
	Problem *p = field_problem(f, SEVERITY_WARNING, "problem.repaired", field, raw->row, raw, &was);
	p->sentence = words_fill(f->j->rules, f->a, "problem.repaired", "label", p->label, "found",
	                         text_cut(f->a, p->found, JUDGE_FOUND_CHARS), "where", p->where, "read",
	                         check_shown(f, field, v->text), NULL);
}

static bool row_fits(Form *f, const Field *field, const FormValue *raw) {
	if (!field->table)
		return raw->row == 0;
	size_t t = table_index(&f->view->track->form, field->table);
	if (raw->row > field->table->max_rows && raw->row > f->over[t])
		f->over[t] = raw->row;
	return raw->row >= 1 && raw->row <= field->table->max_rows;
}

static void note_row(Form *f, const Field *field, const FormValue *raw) {
	if (!field->table)
		return;
	size_t t = table_index(&f->view->track->form, field->table);
	if (!f->row[t][raw->row])
		f->row[t][raw->row] = raw;
	if (raw->row > f->row_n[t])
		f->row_n[t] = raw->row;
}

/* A field met a second time with other words: the first counts, and that is told. */
static void twice(Form *f, const Field *field, const FormValue *raw) {
	const JudgedValue *v = check_value(f, str_of(field->key));
	const char *other = text_line(f->a, str_of(raw->text));
	if (field->table || !v || !*other || strcmp(text_line(f->a, str_of(v->raw->text)), other) == 0)
		return;
	const char *at = where_value(f, raw);
	const char *sentence = words_fill(f->j->rules, f->a, "problem.twice", "label", field->label, "found",
	                                  check_shown(f, field, v->norm.text), "other", check_shown(f, field, other), "where", at,
	                                  NULL);
	problem_add(&f->problem, SEVERITY_WARNING, at, field->key, sentence)->label = field->label;
}

/* "None", a dash, a stroke. */
static bool says_nothing(Form *f, const FormValue *raw) {
	if (strnlen(raw->text, NOTHING_MAX + 1) > NOTHING_MAX)
		return false;
	const char *key = text_key(f->a, raw->text);
	return !*key || list_is(f->j, LIST_NOTHING, key);
}

/* All cells of the table's row say nothing. */
static bool row_says_nothing(Form *f, const Field *field, const FormValue *raw) {
	for (size_t i = 0; i < f->read->value_n; i++) {
		const FormValue *x = &f->read->value[i];
		const Field *other = x->field < f->j->map->field_n ? f->view->field[x->field] : NULL;
		if (other && other->table == field->table && x->row == raw->row && !says_nothing(f, x))
			return false;
	}
	return true;
}

/* People who need not fill a field write so: it counts as empty where it would be a fault, since then it
 * cannot be meant as a value. */
static bool stands_for_nothing(Form *f, const Field *field, const FormValue *raw, const Value *v) {
	if (!says_nothing(f, raw))
		return false;
	if (field->table && row_says_nothing(f, field, raw))
		return true;
	return !field->required && (v->state == VALUE_BAD || value_fault(field, v));
}

/* It is a fault of its own: no condition takes it for nothing, and a sum over its column says nothing. */
static void keep_unread(Form *f, const Field *field, size_t row) {
	*vec_push(&f->unread) = (EvalValue){.field = field, .row = row, .text = "", .unread = true};
}

static void take(Form *f, const FormValue *raw) {
	const Field *field = raw->field < f->j->map->field_n ? f->view->field[raw->field] : NULL;
	if (!field || !row_fits(f, field, raw))
		return;
	if (f->given[field->index][raw->row]) {
		twice(f, field, raw);
		return;
	}
	Value v = value_read(f->a, field, raw->text, raw->raw, raw->percent);
	if (v.state == VALUE_EMPTY || stands_for_nothing(f, field, raw, &v))
		return;
	f->given[field->index][raw->row] = true;
	f->given_n++;
	note_row(f, field, raw);
	if (v.state == VALUE_BAD) {
		keep_unread(f, field, raw->row);
		field_problem(f, SEVERITY_ERROR, v.problem, field, raw->row, raw, &v);
		return;
	}
	keep(f, field, raw, &v);
	const char *fault = value_fault(field, &v);
	if (fault)
		field_problem(f, SEVERITY_ERROR, fault, field, raw->row, raw, &v);
	else if (v.warning)
		field_problem(f, SEVERITY_WARNING, v.warning, field, raw->row, raw, &v);
	else if (is_repair(f, field, raw, &v))
		repaired(f, field, raw, &v);
}

void check_values(Form *f) {
	prepare(f);
	for (size_t i = 0; i < f->read->value_n; i++)
		take(f, &f->read->value[i]);
}

/* ---- what is missing */

static bool is_wanted(Form *f, const Field *field) {
	return field->required || (*field->required_when && eval_ask(f->j->eval, f->view->track, field->required_when) == 1);
}

static bool row_filled(const Form *f, size_t t, size_t row) {
	return f->row[t][row] != NULL;
}

/* rows: how many there are; row: where to look, 0: at the table's head. */
static void rows_problem(Form *f, const char *key, const Table *table, size_t row, size_t rows) {
	const Field *first = table->column[0];
	const char *at = where_field(f, first, row);
	const char *text = words_fill(f->j->rules, f->a, key, "label", table->label, "rows", arena_fmt(f->a, "%zu", rows),
	                              "min", arena_fmt(f->a, "%zu", table->min_rows), "max",
	                              arena_fmt(f->a, "%zu", table->max_rows), "where", at, NULL);
	Problem *p = problem_add(&f->problem, SEVERITY_ERROR, at, first->key, text);
	p->label = table->label;
	p->row = row;
}

static void check_column(Form *f, size_t t, const Field *column) {
	if (!is_wanted(f, column))
		return;
	for (size_t row = 1; row <= f->row_n[t]; row++)
		if (row_filled(f, t, row) && !f->given[column->index][row]) {
			keep_unread(f, column, row);
			field_problem(f, SEVERITY_ERROR, "problem.column_required", column, row, NULL, NULL);
		}
}

static void check_table(Form *f, const Table *table) {
	size_t t = table_index(&f->view->track->form, table), filled = 0;
	if (!table->column_n)
		return;
	for (size_t row = 1; row <= f->row_n[t]; row++)
		filled += row_filled(f, t, row);
	if (f->over[t])
		rows_problem(f, "problem.rows_max", table, f->row_n[t], f->over[t]);
	else if (filled < table->min_rows)
		rows_problem(f, "problem.rows_min", table, 0, filled);
	for (size_t i = 0; i < table->column_n; i++)
		check_column(f, t, table->column[i]);
}

static void load(Form *f) {
	size_t n = f->value.n, more = f->unread.n;
	EvalValue *all = arena_array(f->a, n + more + 1, sizeof *all);
	for (size_t i = 0; i < n; i++)
		all[i] = f->value.v[i].norm;
	if (more)
		memcpy(all + n, f->unread.v, more * sizeof *all);
	eval_load(f->j->eval, f->view->track, all, n + more);
}

/* Loads the values for the conditions, those of check_conditions too. */
void check_required(Form *f) {
	const TrackForm *t = &f->view->track->form;
	size_t unread = f->unread.n;
	load(f);
	for (size_t i = 0; i < t->field_n; i++) {
		const Field *field = &t->field[i];
		if (field->table || f->given[i][0] || !is_wanted(f, field))
			continue;
		keep_unread(f, field, 0);
		field_problem(f, SEVERITY_ERROR, "problem.required", field, 0, NULL, NULL);
	}
	for (size_t i = 0; i < t->table_n; i++)
		check_table(f, &t->table[i]);
	if (f->unread.n > unread)
		load(f);
}
