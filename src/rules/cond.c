/* Before the evaluator: translates a condition word by word, so that a mistake is
 * named at its character and in the words of the rules.  Refuses fields, tables and functions
 * that are not there. */
#include "rules/cond.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "rules/condword.h"
#include "rules/load.h"
#include "rules/pattern.h"

typedef struct {
	Arena *arena;
	const Track *track;
	Cond *cond;
	Err *err;
	int offset; /* of the fault */
	CondWords word;
	Buf sql;
	VEC(int) origin;
	VEC(size_t) field;
} Run;

/* The evaluator's functions: pure ones of SQLite, then ours. */
static const char *const functions[] = {
	"abs", "coalesce", "ifnull", "iif", "instr", "length", "lower", "upper", "max", "min", "nullif",
	"replace", "round", "substr", "trim", "ltrim", "rtrim", "count", "sum", "avg", "total",
	"group_concat", "like", "glob",
	"regexp", "uscc_ok", "id_number", "chars", "has", "days",
};

/* Words that may stand before ( without being a function. */
static const char *const keywords[] = {
	"and", "or", "not", "in", "exists", "case", "when", "then", "else", "select", "from", "where", "as",
	"on", "having", "by", "between", "is", "distinct", "cast", "join", "like", "glob", "regexp",
	"limit", "union", "all", "except", "intersect", "values", "null", "end", "escape", "group", "order",
	"using", "over", "filter",
};

static bool listed(const char *const *list, size_t n, const char *s, size_t len) {
	for (size_t i = 0; i < n; i++)
		if (strlen(list[i]) == len && strncasecmp(list[i], s, len) == 0)
			return true;
	return false;
}

bool cond_function(const char *name, size_t n) {
	return listed(functions, sizeof functions / sizeof *functions, name, n);
}

#define fail(r, at_, ...) ((r)->offset = (at_), err_set((r)->err, ERR_RULES, __VA_ARGS__))

static const Word *word(const Run *r, size_t i) {
	return cond_word(&r->word, i);
}

static void emit(Run *r, Str s, int at) {
	for (size_t i = 0; i < s.n; i++)
		*vec_push(&r->origin) = at;
	buf_slice(&r->sql, s);
}

static void emit_text(Run *r, const char *s) {
	emit(r, str_of(s), -1);
}

static const Table *table_of(const Track *t, Str name) {
	for (size_t i = 0; i < t->form.table_n; i++)
		if (str_is(name, t->form.table[i].key))
			return &t->form.table[i];
	return NULL;
}

static const Field *field_of(const Track *t, Str name) {
	for (size_t i = 0; i < t->form.field_n; i++)
		if (str_is(name, t->form.field[i].key))
			return &t->form.field[i];
	return NULL;
}

/* The column `name` of one of the tables read, or NULL. */
static const Field *column_of(const Run *r, Str name) {
	for (size_t k = 0; k < r->cond->table_n; k++) {
		const Table *t = r->cond->table[k];
		for (size_t i = 0; i < t->column_n; i++)
			if (str_is(name, t->column[i]->key + strlen(t->key) + 1))
				return t->column[i];
	}
	return NULL;
}

/* Tables stand behind FROM, JOIN or a comma; a word elsewhere that is spelt like one
 * does no harm. */
static int find_tables(Run *r) {
	Cond *c = r->cond;
	for (size_t i = 0; i < r->word.n; i++) {
		const Word *w = word(r, i);
		const Table *t = w->kind == WORD_NAME ? table_of(r->track, w->text) : NULL;
		bool have = false;
		for (size_t k = 0; k < c->table_n; k++)
			have |= c->table[k] == t;
		if (!t || have)
			continue;
		if (c->table_n == COND_MAX_TABLES)
			return fail(r, w->at, "more than %d tables in one condition", COND_MAX_TABLES);
		c->table[c->table_n++] = t;
	}
	return 0;
}

static void open_tables(Run *r) {
	for (size_t k = 0; k < r->cond->table_n; k++) {
		const Table *t = r->cond->table[k];
		emit_text(r, k ? ", " : "WITH ");
		emit_text(r, arena_fmt(r->arena, "\"%s\"(\"row\"", t->key));
		for (size_t i = 0; i < t->column_n; i++)
			emit_text(r, arena_fmt(r->arena, ",\"%s\"", t->column[i]->key + strlen(t->key) + 1));
		emit_text(r, ") AS (SELECT n");
		for (size_t i = 0; i < t->column_n; i++)
			emit_text(r, arena_fmt(r->arena, ",c%zu", i));
		emit_text(r, arena_fmt(r->arena, " FROM cells('%s'))", t->key));
	}
	emit_text(r, "SELECT (");
}

static int parameter(Run *r, const Field *f, int at) {
	size_t n = 0;
	while (n < r->field.n && r->field.v[n] != f->index)
		n++;
	if (n == r->field.n) {
		if (n == COND_MAX_FIELDS)
			return fail(r, at, "more than %d fields in one condition", COND_MAX_FIELDS);
		*vec_push(&r->field) = f->index;
	}
	emit(r, str_of(arena_fmt(r->arena, "?%zu", n + 1)), at);
	return 0;
}

static const char *nearest_field(const Run *r, Str name) {
	const TrackForm *f = &r->track->form;
	const char **keys = arena_array(r->arena, f->field_n, sizeof *keys);
	for (size_t i = 0; i < f->field_n; i++)
		keys[i] = f->field[i].key;
	return nearest_of(str_dup(r->arena, name), keys, f->field_n);
}

static int unknown_field(Run *r, const Word *w) {
	const char *near = nearest_field(r, w->text);
	return fail(r, w->at, "track %s has no field %.*s%s%s%s", r->track->code, (int)w->text.n,
	            w->text.p, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

/* members.name, or m.name where the condition reads FROM members m. */
static int dotted(Run *r, const Word *w) {
	const Field *f = field_of(r->track, w->text);
	if (f && !f->table)
		return parameter(r, f, w->at);
	size_t dot = (size_t)((const char *)memchr(w->text.p, '.', w->text.n) - w->text.p);
	Str head = str_sub(w->text, 0, dot), tail = str_from(w->text, dot + 1);
	bool read = false, alias = false;
	for (size_t k = 0; k < r->cond->table_n; k++)
		read |= str_is(head, r->cond->table[k]->key);
	for (size_t i = 0; i < r->word.n && !read; i++)
		alias |= word(r, i)->kind == WORD_NAME && str_eq(word(r, i)->text, head);
	if (f && !read && !alias)
		return fail(r, w->at, "%.*s is a column of a table; write (select ... from %.*s), and what hangs "
		            "on a cell of the same row as a check",
		            (int)w->text.n, w->text.p, (int)head.n, head.p);
	if ((!read && !alias) || (read && !f && !str_is(tail, "row")))
		return unknown_field(r, w);
	emit(r, head, w->at);
	emit(r, STR(".\""), w->at);
	emit(r, tail, w->at);
	emit(r, STR("\""), w->at);
	return 0;
}

/* A pattern that stands in the condition as a text is compiled now, not when
 * the first form comes. */
static int check_pattern(Run *r, const Word *w) {
	if (w->kind != WORD_STRING)
		return 0;
	int offset = 0;
	Pattern *p = pattern_new_at(cond_string(r->arena, w->text), &offset, r->err);
	if (!p)
		r->offset = w->at + 1 + offset;
	pattern_free(p);
	return p ? 0 : -1;
}

static int function_name(Run *r, const Word *w) {
	const char *s = w->text.p;
	size_t n = w->text.n;
	if (cond_function(s, n) || listed(keywords, sizeof keywords / sizeof *keywords, s, n))
		return 0;
	const char *near = nearest_of(str_dup(r->arena, w->text), functions,
	                              sizeof functions / sizeof *functions);
	return fail(r, w->at, "there is no function %.*s()%s%s%s", (int)n, s, near ? "; did you mean " : "",
	            near ? near : "", near ? "()?" : "");
}

static int name(Run *r, size_t i) {
	const Word *w = word(r, i), *after = word(r, i + 1);
	bool call = after->kind == WORD_SIGN && str_is(after->text, "(");
	if (str_is_nocase(w->text, "regexp") && check_pattern(r, call ? word(r, i + 2) : after))
		return -1;
	if (call && function_name(r, w))
		return -1;
	bool word_of_sql = listed(keywords, sizeof keywords / sizeof *keywords, w->text.p, w->text.n);
	bool column = !call && !word_of_sql && column_of(r, w->text);
	const Field *f = call || column ? NULL : field_of(r->track, w->text);
	if (f && !table_of(r->track, w->text))
		return parameter(r, f, w->at);
	if (column)
		emit(r, STR("\""), w->at);
	emit(r, w->text, w->at);
	if (column)
		emit(r, STR("\""), w->at);
	return 0;
}

static int words_out(Run *r) {
	for (size_t i = 0; i < r->word.n; i++) {
		const Word *w = word(r, i);
		int bad = 0;
		if (w->kind == WORD_DOTTED)
			bad = dotted(r, w);
		else if (w->kind == WORD_NAME)
			bad = name(r, i);
		else
			emit(r, w->text, w->at);
		if (bad)
			return -1;
		/* <= and the like are two words here and must stay one. */
		const Word *next = word(r, i + 1);
		if (w->kind != WORD_SIGN || next->kind != WORD_SIGN || next->at != w->at + (int)w->text.n)
			emit(r, STR(" "), w->at);
	}
	emit_text(r, ")");
	return 0;
}

int cond_translate(Arena *a, const Track *t, const char *where, Cond *out, int *offset, Err *e) {
	Run r = {.arena = a, .track = t, .cond = out, .err = e, .offset = -1};
	*out = (Cond){0};
	int bad = cond_split(where, &r.word, &r.offset, e) || find_tables(&r);
	if (!bad) {
		open_tables(&r);
		bad = words_out(&r);
	}
	if (!bad) {
		out->sql = arena_copy(a, r.sql.p, r.sql.n);
		out->sql_n = r.sql.n;
		out->origin = arena_array(a, r.origin.n, sizeof *out->origin);
		memcpy(out->origin, r.origin.v, r.origin.n * sizeof *out->origin);
		out->field = arena_array(a, r.field.n, sizeof *out->field);
		if (r.field.n)
			memcpy(out->field, r.field.v, r.field.n * sizeof *out->field);
		out->field_n = r.field.n;
	}
	vec_free(&r.word);
	vec_free(&r.origin);
	vec_free(&r.field);
	buf_free(&r.sql);
	if (offset)
		*offset = r.offset;
	return bad ? -1 : 0;
}
