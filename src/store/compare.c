/* For `replay`: two databases side by side.  Changes neither.  Knows the tables from the schema itself, so that one that is
 * added later is compared without being named here; what is named is left out, with the reason. */
#include "store/compare.h"

#include <stdio.h>
#include <string.h>

#include "store/inside.h"

#define VALUE_BYTES 60 /* of a value that is told */

/* Not from the journal, or made from the other tables by triggers that count mails of all kinds. */
static const char *const left_out[] = {"fact", "mailbox", "tidy", "pending", "filing", "supplement_filing",
                                       "outbox_body", "outbox_count", "audit"};
/* Drawn by lot. */
static const char *const lots[] = {"salt", "personal"};
/* Of a mail: what it is and whom it answers.  How far it got is a server's doing. */
static const char *const of_mail[] = {"kind", "seq", "recipient", "subject"};

typedef struct {
	Store *s;
	Arena *a;
	void (*tell)(void *ctx, const char *line);
	void *ctx;
	int64_t n, told; /* all; of this table */
	const char *table;
	VEC(const char *) key, column;
	Err *e;
} Compare;

int store_compare_begin(Store *s, const char *path, Err *e) {
	Buf sql = {0};
	buf_str(&sql, "ATTACH ");
	db_quote(&sql, path);
	buf_str(&sql, " AS made");
	int rc = db_exec(s->db, buf_cstr(&sql), "attach", e);
	buf_free(&sql);
	return rc < 0 ? -1 : db_exec(s->db, "BEGIN", "begin", e);
}

static bool among(const char *const *list, size_t n, const char *name) {
	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i], name))
			return true;
	return false;
}

static bool is_mail(const Compare *c) {
	return !strcmp(c->table, "outbox");
}

/* name, place in the primary key */
static bool take_column(void *ctx, size_t n, char **value) {
	Compare *c = ctx;
	const char *name = n ? arena_str(c->a, value[0]) : "";
	bool key = is_mail(c) ? !strcmp(name, "message_id") : strcmp(value[1], "0") != 0;
	if (key)
		*vec_push(&c->key) = name;
	else if (is_mail(c) ? among(of_mail, sizeof of_mail / sizeof *of_mail, name)
	                    : !among(lots, sizeof lots / sizeof *lots, name))
		*vec_push(&c->column) = name;
	return true;
}

/* What names a row for people. */
static void put_key(const Compare *c, Buf *sql, const char *of) {
	for (size_t i = 0; i < c->key.n; i++)
		buf_fmt(sql, "%s%s.\"%s\"", i ? " || ' ' || " : "", of, c->key.v[i]);
}

/* NULL-safe: rows of a table that were never the same table differ in all. */
static void put_join(const Compare *c, Buf *sql) {
	for (size_t i = 0; i < c->key.n; i++)
		buf_fmt(sql, "%sa.\"%s\" = b.\"%s\"", i ? " AND " : "", c->key.v[i], c->key.v[i]);
}

static void tell(Compare *c, const char *line) {
	c->n++;
	if (++c->told <= COMPARE_MAX_LINES)
		c->tell(c->ctx, line);
}

static bool tell_value(void *ctx, size_t n, char **v) {
	Compare *c = ctx;
	(void)n;
	tell(c, arena_fmt(c->a, "%s %s: %s is %s, made again %s", c->table, v[0], v[1], v[2], v[3]));
	return true;
}

static bool tell_gone(void *ctx, size_t n, char **v) {
	Compare *c = ctx;
	(void)n;
	tell(c, arena_fmt(c->a, "%s %s: is there, and is not made again", c->table, v[0]));
	return true;
}

static bool tell_new(void *ctx, size_t n, char **v) {
	Compare *c = ctx;
	(void)n;
	tell(c, arena_fmt(c->a, "%s %s: is made again, and is not there", c->table, v[0]));
	return true;
}

static int rows(Compare *c, Buf *sql, bool (*each)(void *ctx, size_t n, char **value)) {
	int rc = db_rows(c->s->db, buf_cstr(sql), each, c, c->e);
	buf_clear(sql);
	return rc;
}

/* Rows of one side that the other lacks. */
static int one_sided(Compare *c, Buf *sql, const char *here, const char *there,
                     bool (*each)(void *ctx, size_t n, char **value)) {
	buf_str(sql, "SELECT ");
	put_key(c, sql, "a");
	buf_fmt(sql, " FROM %s.\"%s\" a WHERE NOT EXISTS (SELECT 1 FROM %s.\"%s\" b WHERE ", here, c->table, there, c->table);
	put_join(c, sql);
	buf_fmt(sql, ")%s", is_mail(c) ? " AND a.seq > 0" : "");
	return rows(c, sql, each);
}

static int one_column(Compare *c, Buf *sql, const char *column) {
	buf_str(sql, "SELECT ");
	put_key(c, sql, "a");
	buf_fmt(sql, ", '%s', substr(quote(a.\"%s\"), 1, %d), substr(quote(b.\"%s\"), 1, %d) FROM main.\"%s\" a JOIN made.\"%s\" b ON ",
	        column, column, VALUE_BYTES, column, VALUE_BYTES, c->table, c->table);
	put_join(c, sql);
	buf_fmt(sql, " WHERE a.\"%s\" IS NOT b.\"%s\"%s", column, column, is_mail(c) ? " AND a.seq > 0" : "");
	return rows(c, sql, tell_value);
}

static int one_table(Compare *c, Buf *sql) {
	c->key.n = c->column.n = 0;
	c->told = 0;
	buf_fmt(sql, "SELECT name, pk FROM pragma_table_info('%s') ORDER BY pk, cid", c->table);
	if (rows(c, sql, take_column) < 0)
		return -1;
	if (!c->key.n)
		return err_set(c->e, ERR_BUG, "database: table %s has no key to compare its rows by", c->table);
	if (one_sided(c, sql, "main", "made", tell_gone) < 0 || one_sided(c, sql, "made", "main", tell_new) < 0)
		return -1;
	for (size_t i = 0; i < c->column.n; i++)
		if (one_column(c, sql, c->column.v[i]) < 0)
			return -1;
	if (c->told > COMPARE_MAX_LINES)
		c->tell(c->ctx, arena_fmt(c->a, "%s: %lld more differences", c->table, (long long)(c->told - COMPARE_MAX_LINES)));
	return 0;
}

typedef struct {
	Arena *a;
	VEC(const char *) name;
} Tables;

static bool take_table(void *ctx, size_t n, char **value) {
	Tables *t = ctx;
	if (n && !among(left_out, sizeof left_out / sizeof *left_out, value[0]))
		*vec_push(&t->name) = arena_str(t->a, value[0]);
	return true;
}

int store_compare(Store *s, void (*told)(void *ctx, const char *line), void *ctx, int64_t *n, Err *e) {
	Compare c = {.s = s, .a = arena_new(), .tell = told, .ctx = ctx, .e = e};
	Tables t = {.a = c.a};
	Buf sql = {0};
	int rc = db_rows(s->db, "SELECT name FROM made.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	                        " ORDER BY rowid", take_table, &t, e);
	for (size_t i = 0; rc == 0 && i < t.name.n; i++) {
		c.table = t.name.v[i];
		rc = one_table(&c, &sql);
	}
	*n = c.n;
	buf_free(&sql);
	vec_free(&t.name);
	vec_free(&c.key);
	vec_free(&c.column);
	arena_free(c.a);
	return rc;
}

typedef struct {
	bool (*each)(void *ctx, const OutcomeDiff *d);
	void *ctx;
} Outcomes;

static bool one_outcome(void *ctx, size_t n, char **v) {
	const Outcomes *o = ctx;
	(void)n;
	return o->each(o->ctx, &(OutcomeDiff){v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]});
}

#define NUMBERS(db) "ifnull((SELECT group_concat(number, ' ') FROM (SELECT number FROM " db ".entry WHERE seq = m.seq ORDER BY form)), '')"

int store_compare_outcomes(Store *s, bool (*each)(void *ctx, const OutcomeDiff *d), void *ctx, Err *e) {
	static const char sql[] =
		"SELECT * FROM (SELECT m.seq, lower(ifnull(hex(m.sha256), '')), ifnull(h.from_addr, ''), ifnull(h.subject, ''),"
		" ifnull(a.outcome, '') AS was, " NUMBERS("main") " AS had, ifnull(b.outcome, '') AS becomes, " NUMBERS("made")
		" AS has FROM main.message m LEFT JOIN main.outcome a ON a.seq = m.seq LEFT JOIN made.outcome b ON b.seq = m.seq"
		" LEFT JOIN main.head h ON h.seq = m.seq) WHERE was <> becomes OR had <> has ORDER BY 1";
	Outcomes o = {each, ctx};
	return db_rows(s->db, sql, one_outcome, &o, e);
}
