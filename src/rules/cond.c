/* Before the evaluator: translates a condition word by word, so that a mistake is
 * named at its character and in the words of the rules.  Refuses fields, tables and functions
 * that are not there. */
#include "rules/cond.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "rules/condplain.h"
#include "rules/condtoken.h"
#include "rules/load.h"
#include "rules/pattern.h"

typedef struct {
	Arena *arena;
	const Track *track;
	Cond *cond;
	Err *err;
	int offset; /* of the fault */
	CondTokens word;
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

bool cond_keyword(const char *name, size_t n) {
	return listed(keywords, sizeof keywords / sizeof *keywords, name, n);
}

#define fail(r, at_, ...) ((r)->offset = (at_), err_set((r)->err, ERR_RULES, __VA_ARGS__))

static const Token *word(const Run *r, size_t i) {
	return cond_token(&r->word, i);
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
		const Token *w = word(r, i);
		const Table *t = w->kind == TOKEN_NAME ? table_of(r->track, w->text) : NULL;
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

static int unknown_field(Run *r, const Token *w) {
	const char *near = nearest_field(r, w->text);
	return fail(r, w->at, "track %s has no field %.*s; %s%s%s", r->track->code, (int)w->text.n,
	            w->text.p, near ? "did you mean " : "write the key of a field of its form", near ? near : "", near ? "?" : "");
}

/* members.name, or m.name where the condition reads FROM members m. */
static int dotted(Run *r, const Token *w) {
	const Field *f = field_of(r->track, w->text);
	if (f && !f->table)
		return parameter(r, f, w->at);
	size_t dot = (size_t)((const char *)memchr(w->text.p, '.', w->text.n) - w->text.p);
	Str head = str_sub(w->text, 0, dot), tail = str_from(w->text, dot + 1);
	bool read = false, alias = false;
	for (size_t k = 0; k < r->cond->table_n; k++)
		read |= str_is(head, r->cond->table[k]->key);
	for (size_t i = 0; i < r->word.n && !read; i++)
		alias |= word(r, i)->kind == TOKEN_NAME && str_eq(word(r, i)->text, head);
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

static const char *keys_joined(Arena *a, const char *const *key, size_t n) {
	Buf b = {0};
	for (size_t i = 0; i < n; i++)
		buf_fmt(&b, "%s%s", i ? ", " : "", key[i]);
	char *s = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return s;
}

static int explain_table(Arena *a, const Track *t, const char *name, Err *e) {
	const TrackForm *f = &t->form;
	const char **keys = arena_array(a, f->table_n + 1, sizeof *keys);
	for (size_t i = 0; i < f->table_n; i++)
		keys[i] = f->table[i].key;
	const char *near = nearest_of(name, keys, f->table_n);
	if (near)
		return err_set(e, ERR_RULES, "track %s has no table %s; did you mean %s?", t->code, name, near);
	if (!f->table_n)
		return err_set(e, ERR_RULES, "track %s has no table %s, and none at all; name fields by their keys", t->code, name);
	return err_set(e, ERR_RULES, "track %s has no table %s; its tables: %s", t->code, name, keys_joined(a, keys, f->table_n));
}

/* A name without a dot is a column of the tables that are read, or a field that is called so. */
static int explain_column(Arena *a, const Track *t, const Cond *c, const char *name, Err *e) {
	const char **keys = arena_array(a, RULES_MAX_FIELDS + 1, sizeof *keys);
	size_t n = 0, columns = 0;
	for (size_t k = 0; k < c->table_n; k++)
		for (size_t i = 0; i < c->table[k]->column_n && n < RULES_MAX_FIELDS; i++)
			keys[n++] = c->table[k]->column[i]->key + strlen(c->table[k]->key) + 1;
	columns = n;
	for (size_t i = 0; i < t->form.field_n && n < RULES_MAX_FIELDS; i++)
		if (!t->form.field[i].table)
			keys[n++] = t->form.field[i].key;
	const char *dot = strrchr(name, '.'), *near = nearest_of(dot ? dot + 1 : name, keys, n);
	if (near)
		return err_set(e, ERR_RULES, "there is no field or column %s; did you mean %s?", name, near);
	if (columns)
		return err_set(e, ERR_RULES, "there is no field or column %s; the columns here: row, %s", name,
		               keys_joined(a, keys, columns));
	return err_set(e, ERR_RULES,
	               "track %s has no field %s; write the key of a field of the form, and a text between single quotes", t->code,
	               name);
}

/* A pattern that stands in the condition as a text is compiled now, not when
 * the first form comes. */
static int check_pattern(Run *r, const Token *w) {
	if (w->kind != TOKEN_STRING)
		return 0;
	int offset = 0;
	Pattern *p = pattern_new_at(cond_string(r->arena, w->text), &offset, r->err);
	if (!p)
		r->offset = w->at + 1 + offset;
	pattern_free(p);
	return p ? 0 : -1;
}

static int function_name(Run *r, const Token *w) {
	const char *s = w->text.p;
	size_t n = w->text.n;
	if (cond_function(s, n) || cond_keyword(s, n))
		return 0;
	const char *near = nearest_of(str_dup(r->arena, w->text), functions,
	                              sizeof functions / sizeof *functions);
	return fail(r, w->at, "there is no function %.*s(); %s%s%s", (int)n, s, near ? "did you mean " : "", near ? near : "",
	            near ? "()?" : "xinlv-rules(5) lists those there are; dates compare as texts, days() counts between them");
}

/* A table is read here, one of the form unless the condition makes its own (with). */
static bool reads_from(const Run *r, size_t i) {
	Str before = i ? word(r, i - 1)->text : STR("");
	for (size_t k = 0; k < r->word.n; k++)
		if (word(r, k)->kind == TOKEN_NAME && str_is_nocase(word(r, k)->text, "with"))
			return false;
	return str_is_nocase(before, "from") || str_is_nocase(before, "join");
}

static int name(Run *r, size_t i) {
	const Token *w = word(r, i), *after = word(r, i + 1);
	bool call = after->kind == TOKEN_SIGN && str_is(after->text, "(");
	if (str_is_nocase(w->text, "regexp") && check_pattern(r, call ? word(r, i + 2) : after))
		return -1;
	if (call && function_name(r, w))
		return -1;
	if (!call && reads_from(r, i) && !table_of(r->track, w->text)) {
		r->offset = w->at;
		return explain_table(r->arena, r->track, str_dup(r->arena, w->text), r->err);
	}
	bool column = !call && !cond_keyword(w->text.p, w->text.n) && column_of(r, w->text);
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

static int word_out(Run *r, size_t i) {
	const Token *w = word(r, i);
	if (w->kind == TOKEN_DOTTED)
		return dotted(r, w);
	if (w->kind == TOKEN_NAME)
		return name(r, i);
	/* Two whole numbers would be divided as such. */
	emit(r, w->kind == TOKEN_SIGN && str_is(w->text, "/") ? STR("* 1.0 /") : w->text, w->at);
	return 0;
}

static int words_out(Run *r) {
	size_t n = r->word.n;
	unsigned char *open = arena_array(r->arena, n, 1), *close = arena_array(r->arena, n, 1);
	cond_calculations(&r->word, open, close);
	for (size_t i = 0; i < n; i++) {
		const Token *w = word(r, i), *next = word(r, i + 1);
		while (open[i]-- > 0)
			emit(r, STR(COND_PLAIN "("), w->at);
		if (word_out(r, i))
			return -1;
		/* <= and the like are two words here and must stay one. */
		if (w->kind != TOKEN_SIGN || next->kind != TOKEN_SIGN || next->at != w->at + (int)w->text.n)
			emit(r, STR(" "), w->at);
		while (close[i]-- > 0)
			emit(r, STR(")"), w->at);
	}
	emit_text(r, ")");
	return 0;
}

/* What SQLite says, and what to do. */
void cond_explain(Arena *a, const Track *t, const Cond *c, Err *e) {
	static const struct {
		const char *part, *advice;
	} table[] = {
		{"syntax error", "mend what stands here or before it: an operator, a comma or a bracket too many or missing"},
		{"wrong number of arguments", "see the list of functions in xinlv-rules(5) for what stands between its brackets"},
		{"ambiguous column name", "write the table's key and a dot in front of it"},
		{"sub-select returns", "select one value, or compare as many as are selected"},
		{"row value misused", "compare one value with one, not a list between brackets; a decimal has a point, not a comma"},
		{"misuse of", "such a function stands inside (select ... from TABLE)"},
		{"not authorized", "conditions may only read tables of the form and call the functions that xinlv-rules(5) lists"},
		{"overflow", "the brackets stand too deep in one another; make two conditions of it"},
		{"too large", "the condition is too long for one; make two of it"},
		{"token", "a sign here means nothing in a condition; take it away"},
	};
	static const char no_table[] = "no such table: ", no_column[] = "no such column: ";
	const char *said = arena_str(a, e->text);
	if (str_starts(str_of(said), no_table))
		explain_table(a, t, said + strlen(no_table), e);
	else if (str_starts(str_of(said), no_column))
		explain_column(a, t, c, said + strlen(no_column), e);
	else if (strcmp(said, "incomplete input") == 0)
		err_set(e, ERR_RULES, "the condition ends too early; write what is missing at its end");
	else
		for (size_t i = 0; i < sizeof table / sizeof *table; i++)
			if (strstr(said, table[i].part)) {
				err_set(e, ERR_RULES, "%s; %s", said, table[i].advice);
				return;
			}
}

/* What makes a yes or a no of what is empty. */
static bool asks_of_nothing(const Run *r) {
	static const char *const words[] = {"is", "isnull", "notnull", "null", "coalesce", "ifnull", "nullif", "iif", "case", "select"};
	for (size_t i = 0; i < r->word.n; i++)
		if (word(r, i)->kind == TOKEN_NAME && listed(words, sizeof words / sizeof *words, word(r, i)->text.p, word(r, i)->text.n))
			return true;
	return false;
}

int cond_translate(Arena *a, const Track *t, const char *where, Cond *out, int *offset, Err *e) {
	Run r = {.arena = a, .track = t, .cond = out, .err = e, .offset = -1};
	*out = (Cond){0};
	int bad = cond_tokenize(where, &r.word, &r.offset, e) || find_tables(&r);
	if (!bad) {
		open_tables(&r);
		bad = words_out(&r);
		out->of_nothing = asks_of_nothing(&r);
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
