/* Beside the judge and the loader: asks SQLite whether a condition holds.
 * Refuses everything but reading the values of one form through listed functions: no
 * statement, no file, no clock, no chance, no end of work that is not near. */
#include "rules/eval.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "rules/cond.h"
#include "rules/condplain.h"
#include "rules/evalsum.h"
#include "rules/load.h"
#include "rules/pattern.h"
#include "rules/values.h"

#define MAX_TEXT (4 << 20)  /* bytes of any text at run time */
#define MAX_STEPS 2000      /* thousands of machine steps for one question */
#define MAX_PATTERNS 64     /* kept compiled for regexp() */
#define SLOTS 2048          /* hash heads, power of two */

/* A prepared statement; conditions of equal text share it. */
typedef struct Statement Statement;
struct Statement {
	Statement *next;
	const char *sql;
	sqlite3_stmt *stmt;
};

/* A condition of a track. */
typedef struct Question Question;
struct Question {
	Question *next;
	const Track *track;
	const char *where;
	Statement *statement;
	size_t *field;
	size_t field_n;
	bool of_nothing; /* Cond */
};

typedef struct {
	size_t rows;
	const EvalValue **cell; /* rows x columns, NULL where empty */
} Rows;

struct Eval {
	sqlite3 *db;
	Arena *arena; /* statements and questions */
	Statement *statement[SLOTS];
	Question *question[SLOTS];
	Pattern *pattern[MAX_PATTERNS];
	size_t pattern_n;
	int steps; /* left for the question in hand */
	bool unread; /* it looked at what could not be read */
	/* the form in hand */
	Arena *form;
	const Track *track;
	const EvalValue **plain; /* by field index */
	Rows *rows;              /* by table */
};

static unsigned hash(const char *s, const void *salt) {
	uint64_t h = 1469598103934665603u ^ (uintptr_t)salt;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return (unsigned)(h ^ (h >> 29)) & (SLOTS - 1);
}

/* ---- functions ---- */

static const char *text_arg(sqlite3_value *v) {
	return (const char *)sqlite3_value_text(v);
}

static const Pattern *pattern_for(Eval *v, const char *regex, Err *e) {
	for (size_t i = 0; i < v->pattern_n; i++)
		if (strcmp(pattern_text(v->pattern[i]), regex) == 0)
			return v->pattern[i];
	Pattern *p = pattern_new(regex, e);
	if (!p)
		return NULL;
	if (v->pattern_n == MAX_PATTERNS) {
		for (size_t i = 0; i < v->pattern_n; i++)
			pattern_free(v->pattern[i]);
		v->pattern_n = 0;
	}
	return v->pattern[v->pattern_n++] = p;
}

static void fn_regexp(sqlite3_context *c, int n, sqlite3_value **arg) {
	(void)n;
	const char *regex = text_arg(arg[0]), *text = text_arg(arg[1]);
	if (!regex || !text)
		return;
	Err e = {0};
	const Pattern *p = pattern_for(sqlite3_user_data(c), regex, &e);
	if (p)
		sqlite3_result_int(c, pattern_finds(p, text));
	else
		sqlite3_result_error(c, e.text, -1);
}

static void fn_uscc_ok(sqlite3_context *c, int n, sqlite3_value **arg) {
	(void)n;
	const char *s = text_arg(arg[0]);
	if (s)
		sqlite3_result_int(c, uscc_ok(s));
}

static void fn_id_number(sqlite3_context *c, int n, sqlite3_value **arg) {
	(void)n;
	const char *s = text_arg(arg[0]);
	if (s)
		sqlite3_result_int(c, id_number_ok(s));
}

static void fn_chars(sqlite3_context *c, int n, sqlite3_value **arg) {
	(void)n;
	const char *s = text_arg(arg[0]);
	if (s)
		sqlite3_result_double(c, (double)text_chars(s));
}

/* Whether a value of several choices holds one. */
static void fn_has(sqlite3_context *c, int n, sqlite3_value **arg) {
	(void)n;
	const char *all = text_arg(arg[0]), *one = text_arg(arg[1]);
	if (!all || !one)
		return;
	Str mark = STR("\u3001"), want = str_of(one);
	bool found = false;
	for (Str rest = str_of(all); !found;) {
		ptrdiff_t at = str_find(rest, mark);
		found = str_eq(at < 0 ? rest : str_sub(rest, 0, (size_t)at), want);
		if (at < 0)
			break;
		rest = str_from(rest, (size_t)at + mark.n);
	}
	/* A choice may hold the mark itself. */
	sqlite3_result_int(c, found || strcmp(all, one) == 0 ||
	                      (str_find(want, mark) >= 0 && strstr(all, one) != NULL));
}

static void fn_days(sqlite3_context *c, int n, sqlite3_value **arg) {
	(void)n;
	const char *s = text_arg(arg[0]);
	int64_t d = s ? value_days(s) : INT64_MIN;
	if (d != INT64_MIN)
		sqlite3_result_double(c, (double)d);
}

/* Around each calculation (condplain.h). */
static void fn_plain(sqlite3_context *c, int n, sqlite3_value **arg) {
	(void)n;
	if (sqlite3_value_type(arg[0]) != SQLITE_NULL)
		sqlite3_result_double(c, value_plain(sqlite3_value_double(arg[0])));
}

/* ---- cells('TABLE'): the rows of a table of the form in hand ---- */

typedef struct {
	sqlite3_vtab base;
	Eval *eval;
} CellsTab;

typedef struct {
	sqlite3_vtab_cursor base;
	const Rows *rows;
	const Table *table;
	size_t row; /* 0-based */
} CellsCursor;

#define CELLS_KEY (LOAD_MAX_COLUMNS + 1) /* the hidden column: n, c0.., key */

static int cells_connect(sqlite3 *db, void *aux, int argc, const char *const *argv,
                         sqlite3_vtab **out, char **why) {
	(void)argc, (void)argv, (void)why;
	Buf b = {0};
	buf_str(&b, "CREATE TABLE x(n");
	for (int i = 0; i < LOAD_MAX_COLUMNS; i++)
		buf_fmt(&b, ",c%d", i);
	buf_str(&b, ",key HIDDEN)");
	int rc = sqlite3_declare_vtab(db, buf_cstr(&b));
	buf_free(&b);
	if (rc)
		return rc;
	CellsTab *t = mem_alloc(sizeof *t);
	*t = (CellsTab){.eval = aux};
	*out = &t->base;
	return SQLITE_OK;
}

static int cells_disconnect(sqlite3_vtab *t) {
	free(t);
	return SQLITE_OK;
}

static int cells_best(sqlite3_vtab *t, sqlite3_index_info *info) {
	(void)t;
	for (int i = 0; i < info->nConstraint; i++) {
		const struct sqlite3_index_constraint *c = &info->aConstraint[i];
		if (c->iColumn != CELLS_KEY || !c->usable || c->op != SQLITE_INDEX_CONSTRAINT_EQ)
			continue;
		info->aConstraintUsage[i].argvIndex = 1;
		info->aConstraintUsage[i].omit = 1;
		info->estimatedCost = 20;
		return SQLITE_OK;
	}
	return SQLITE_CONSTRAINT;
}

static int cells_open(sqlite3_vtab *t, sqlite3_vtab_cursor **out) {
	(void)t;
	CellsCursor *c = mem_alloc(sizeof *c);
	*c = (CellsCursor){0};
	*out = &c->base;
	return SQLITE_OK;
}

static int cells_close(sqlite3_vtab_cursor *c) {
	free(c);
	return SQLITE_OK;
}

static int cells_filter(sqlite3_vtab_cursor *base, int index, const char *name, int argc,
                        sqlite3_value **argv) {
	(void)index, (void)name;
	CellsCursor *c = (CellsCursor *)base;
	Eval *v = ((CellsTab *)base->pVtab)->eval;
	const char *key = argc == 1 ? text_arg(argv[0]) : NULL;
	c->table = NULL;
	c->row = 0;
	for (size_t i = 0; key && v->track && i < v->track->form.table_n; i++)
		if (strcmp(v->track->form.table[i].key, key) == 0) {
			c->table = &v->track->form.table[i];
			c->rows = &v->rows[i];
		}
	return SQLITE_OK;
}

static int cells_next(sqlite3_vtab_cursor *base) {
	((CellsCursor *)base)->row++;
	return SQLITE_OK;
}

static int cells_eof(sqlite3_vtab_cursor *base) {
	const CellsCursor *c = (const CellsCursor *)base;
	return !c->table || c->row >= c->rows->rows;
}

static bool numeric(FieldKind k) {
	return k == KIND_INTEGER || k == KIND_NUMBER || k == KIND_PERCENT;
}

static int cells_column(sqlite3_vtab_cursor *base, sqlite3_context *x, int column) {
	const CellsCursor *c = (const CellsCursor *)base;
	if (column == 0) {
		sqlite3_result_double(x, (double)(c->row + 1));
		return SQLITE_OK;
	}
	if (column == CELLS_KEY || (size_t)column > c->table->column_n)
		return SQLITE_OK;
	const EvalValue *v = c->rows->cell[c->row * c->table->column_n + (size_t)column - 1];
	if (v && v->unread)
		((CellsTab *)base->pVtab)->eval->unread = true;
	else if (v && numeric(v->field->kind))
		sqlite3_result_double(x, v->number);
	else if (v)
		sqlite3_result_text(x, v->text, -1, SQLITE_STATIC);
	return SQLITE_OK;
}

static int cells_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out) {
	*out = (sqlite3_int64)((const CellsCursor *)base)->row;
	return SQLITE_OK;
}

/* Without xCreate it can only be used by its name, as a function. */
static const sqlite3_module cells = {
	.xConnect = cells_connect,
	.xBestIndex = cells_best,
	.xDisconnect = cells_disconnect,
	.xOpen = cells_open,
	.xClose = cells_close,
	.xFilter = cells_filter,
	.xNext = cells_next,
	.xEof = cells_eof,
	.xColumn = cells_column,
	.xRowid = cells_rowid,
};

/* ---- the walls ---- */

static int authorize(void *v, int action, const char *a, const char *b, const char *db,
                     const char *trigger) {
	(void)v, (void)db, (void)trigger;
	switch (action) {
	case SQLITE_SELECT:
		return SQLITE_OK;
	case SQLITE_READ:
		/* No column: a table of the condition's own is only counted. */
		return a && (strcmp(a, "cells") == 0 || (b && !*b && strncmp(a, "sqlite_", 7) != 0))
		           ? SQLITE_OK
		           : SQLITE_DENY;
	case SQLITE_FUNCTION:
		return b && (cond_function(b, strlen(b)) || strcmp(b, COND_PLAIN) == 0) ? SQLITE_OK : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

static int count_steps(void *v) {
	return --((Eval *)v)->steps < 0;
}

static void limit(sqlite3 *db) {
	static const struct {
		int what, most;
	} limits[] = {
		{SQLITE_LIMIT_LENGTH, MAX_TEXT},
		{SQLITE_LIMIT_SQL_LENGTH, 40000},
		{SQLITE_LIMIT_COLUMN, 100},
		{SQLITE_LIMIT_EXPR_DEPTH, 100},
		{SQLITE_LIMIT_COMPOUND_SELECT, 5},
		{SQLITE_LIMIT_VDBE_OP, 20000},
		{SQLITE_LIMIT_FUNCTION_ARG, 50},
		{SQLITE_LIMIT_ATTACHED, 0},
		{SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200},
		{SQLITE_LIMIT_VARIABLE_NUMBER, COND_MAX_FIELDS},
		{SQLITE_LIMIT_TRIGGER_DEPTH, 0},
		{SQLITE_LIMIT_WORKER_THREADS, 0},
	};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		sqlite3_limit(db, limits[i].what, limits[i].most);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
}

static int install(Eval *v) {
	static const struct {
		const char *name;
		int args;
		void (*fn)(sqlite3_context *, int, sqlite3_value **);
	} ours[] = {{"regexp", 2, fn_regexp}, {"uscc_ok", 1, fn_uscc_ok}, {"id_number", 1, fn_id_number},
	            {"chars", 1, fn_chars},   {"has", 2, fn_has},         {"days", 1, fn_days},
	            {COND_PLAIN, 1, fn_plain}};
	limit(v->db);
	int rc = sqlite3_create_module(v->db, "cells", &cells, v);
	if (!rc)
		rc = evalsum_install(v->db);
	for (size_t i = 0; i < sizeof ours / sizeof *ours && !rc; i++)
		rc = sqlite3_create_function(v->db, ours[i].name, ours[i].args,
		                             SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, v,
		                             ours[i].fn, NULL, NULL);
	/* cells is made known by its first use: that is before the walls go up. */
	if (!rc)
		rc = sqlite3_exec(v->db, "SELECT n FROM cells('')", NULL, NULL, NULL);
	sqlite3_set_authorizer(v->db, authorize, v);
	sqlite3_progress_handler(v->db, 1000, count_steps, v);
	return rc;
}

/* ---- questions ---- */

static Statement *prepare(Eval *v, const Cond *c, int *offset, Err *e) {
	Statement **head = &v->statement[hash(c->sql, NULL)];
	for (Statement *s = *head; s; s = s->next)
		if (strcmp(s->sql, c->sql) == 0)
			return s;
	sqlite3_stmt *stmt = NULL;
	v->steps = MAX_STEPS;
	int rc = sqlite3_prepare_v3(v->db, c->sql, (int)c->sql_n + 1, SQLITE_PREPARE_PERSISTENT, &stmt,
	                            NULL);
	if (rc != SQLITE_OK || !stmt) {
		int at = sqlite3_error_offset(v->db);
		*offset = at >= 0 && (size_t)at < c->sql_n ? c->origin[at] : -1;
		bool end = at >= 0 && (size_t)at + 1 >= c->sql_n; /* the bracket that we put behind it */
		for (size_t i = c->sql_n; i > 0 && end && *offset < 0; i--)
			*offset = c->origin[i - 1];
		err_set(e, ERR_RULES, "%s", end ? "incomplete input" : sqlite3_errmsg(v->db));
		sqlite3_finalize(stmt);
		return NULL;
	}
	Statement *s = ARENA_NEW(v->arena, Statement);
	*s = (Statement){*head, arena_str(v->arena, c->sql), stmt};
	return *head = s;
}

static Statement *translate(Eval *v, Arena *a, const Track *t, const char *where, Cond *c,
                            int *offset, Err *e) {
	if (cond_translate(a, t, where, c, offset, e))
		return NULL;
	Statement *s = prepare(v, c, offset, e);
	if (!s)
		cond_explain(a, t, c, e);
	return s;
}

int eval_compile(Eval *v, const Track *t, const char *where, int *offset, Err *e) {
	Arena *a = arena_new();
	Cond c;
	int at = -1;
	bool good = translate(v, a, t, where, &c, &at, e) != NULL;
	if (offset)
		*offset = at;
	arena_free(a);
	return good ? 0 : -1;
}

static Question *add(Eval *v, const Track *t, const char *where, Err *e) {
	Question **head = &v->question[hash(where, t)];
	for (Question *q = *head; q; q = q->next)
		if (q->track == t && strcmp(q->where, where) == 0)
			return q;
	Arena *a = arena_new();
	Cond c;
	int offset;
	Statement *s = translate(v, a, t, where, &c, &offset, e);
	if (s) {
		Question *q = ARENA_NEW(v->arena, Question);
		*q = (Question){*head, t, arena_str(v->arena, where), s, NULL, c.field_n, c.of_nothing};
		q->field = arena_array(v->arena, c.field_n, sizeof *q->field);
		if (c.field_n)
			memcpy(q->field, c.field, c.field_n * sizeof *q->field);
		*head = q;
	}
	arena_free(a);
	return s ? *head : NULL;
}

static int add_track(Eval *v, const Track *t, Err *e) {
	const TrackForm *f = &t->form;
	for (size_t i = 0; i < f->field_n; i++)
		if (*f->field[i].required_when && !add(v, t, f->field[i].required_when, e))
			return err_wrap(e, "track %s, required_when of %s", t->code, f->field[i].key);
	for (size_t i = 0; i < f->check_n; i++)
		if (!add(v, t, f->check[i].where, e))
			return err_wrap(e, "track %s, check %s", t->code, f->check[i].id);
	for (size_t i = 0; i < f->file_n; i++)
		if (*f->file[i].required_when && !add(v, t, f->file[i].required_when, e))
			return err_wrap(e, "track %s, required_when of file %s", t->code, f->file[i].key);
	return 0;
}

Eval *eval_new(const Rules *r, Err *e) {
	Eval *v = mem_alloc(sizeof *v);
	*v = (Eval){.arena = arena_new(), .form = arena_new()};
	if (sqlite3_open_v2(":memory:", &v->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY |
	                    SQLITE_OPEN_NOMUTEX, NULL) || install(v)) {
		err_set(e, ERR_BUG, "evaluator: %s", v->db ? sqlite3_errmsg(v->db) : "out of memory");
		eval_free(v);
		return NULL;
	}
	for (size_t i = 0; r && i < r->track_n; i++)
		if (add_track(v, &r->track[i], e)) {
			eval_free(v);
			return NULL;
		}
	return v;
}

void eval_free(Eval *v) {
	if (!v)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		for (Statement *s = v->statement[i]; s; s = s->next)
			sqlite3_finalize(s->stmt);
	sqlite3_close(v->db);
	for (size_t i = 0; i < v->pattern_n; i++)
		pattern_free(v->pattern[i]);
	arena_free(v->form);
	arena_free(v->arena);
	free(v);
}

/* ---- the form in hand ---- */

static bool of_track(const Track *t, const EvalValue *v) {
	return v->field >= t->form.field && v->field < t->form.field + t->form.field_n &&
	       v->row <= RULES_MAX_TABLE_ROWS;
}

static bool in_table(const Track *t, const EvalValue *v) {
	return of_track(t, v) && v->field->table && v->row > 0;
}

/* What stands for the rows of each table, from 0 in their order: a row in which nothing was written is none. */
static size_t **number_rows(Eval *v, const Track *t, const EvalValue *value, size_t n) {
	size_t **number = arena_array(v->form, t->form.table_n, sizeof *number);
	for (size_t k = 0; k < t->form.table_n; k++)
		number[k] = arena_array(v->form, RULES_MAX_TABLE_ROWS + 1, sizeof **number);
	for (size_t i = 0; i < n; i++)
		if (in_table(t, &value[i]))
			number[value[i].field->table - t->form.table][value[i].row] = 1;
	for (size_t k = 0; k < t->form.table_n; k++)
		for (size_t row = 1; row <= RULES_MAX_TABLE_ROWS; row++)
			if (number[k][row])
				number[k][row] = v->rows[k].rows++;
	return number;
}

static void load_rows(Eval *v, const Track *t, const EvalValue *value, size_t n) {
	const Table *table = t->form.table;
	size_t **number = number_rows(v, t, value, n);
	for (size_t k = 0; k < t->form.table_n; k++)
		v->rows[k].cell = arena_array(v->form, v->rows[k].rows * table[k].column_n,
		                              sizeof *v->rows[k].cell);
	for (size_t i = 0; i < n; i++) {
		const Field *f = value[i].field;
		if (!in_table(t, &value[i]))
			continue;
		size_t k = (size_t)(f->table - table), row = number[k][value[i].row];
		for (size_t c = 0; c < f->table->column_n; c++)
			if (f->table->column[c] == f)
				v->rows[k].cell[row * f->table->column_n + c] = &value[i];
	}
}

void eval_load(Eval *v, const Track *t, const EvalValue *value, size_t n) {
	arena_reset(v->form);
	v->track = t;
	v->plain = arena_array(v->form, t->form.field_n, sizeof *v->plain);
	v->rows = arena_array(v->form, t->form.table_n, sizeof *v->rows);
	for (size_t i = 0; i < n; i++)
		if (of_track(t, &value[i]) && !value[i].field->table)
			v->plain[value[i].field->index] = &value[i];
	load_rows(v, t, value, n);
}

static void bind(Eval *v, const Question *q) {
	sqlite3_stmt *s = q->statement->stmt;
	for (size_t i = 0; i < q->field_n; i++) {
		const EvalValue *x = v->track == q->track ? v->plain[q->field[i]] : NULL;
		v->unread |= x && x->unread && q->of_nothing;
		if (!x || x->unread)
			sqlite3_bind_null(s, (int)i + 1);
		else if (numeric(x->field->kind))
			sqlite3_bind_double(s, (int)i + 1, x->number);
		else
			sqlite3_bind_text(s, (int)i + 1, x->text, -1, SQLITE_STATIC);
	}
}

static void answered(sqlite3_stmt *s) {
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
}

/* One row of the answer, to be reset after it; NULL when it could not be asked. */
static sqlite3_stmt *ask(Eval *v, const Track *t, const char *where) {
	Err e = {0};
	const Question *q = add(v, t, where, &e);
	if (!q) {
		log_warn("condition %s: %s", where, e.text);
		return NULL;
	}
	sqlite3_stmt *s = q->statement->stmt;
	v->steps = MAX_STEPS;
	v->unread = false;
	bind(v, q);
	if (sqlite3_step(s) == SQLITE_ROW)
		return s;
	log_warn("condition %s: %s", where, sqlite3_errmsg(v->db));
	answered(s);
	return NULL;
}

int eval_ask(Eval *v, const Track *t, const char *where) {
	sqlite3_stmt *s = ask(v, t, where);
	if (!s)
		return -2;
	int answer = v->unread || sqlite3_column_type(s, 0) == SQLITE_NULL ? -1 : sqlite3_column_double(s, 0) != 0;
	answered(s);
	return answer;
}

const char *eval_text(Eval *v, Arena *a, const Track *t, const char *expression) {
	sqlite3_stmt *s = ask(v, t, expression);
	const char *text = "";
	if (s && !v->unread && sqlite3_column_type(s, 0) == SQLITE_TEXT)
		text = arena_str(a, (const char *)sqlite3_column_text(s, 0));
	else if (s && !v->unread && sqlite3_column_type(s, 0) != SQLITE_NULL)
		text = value_number_text(a, sqlite3_column_double(s, 0));
	if (s)
		answered(s);
	return text;
}
