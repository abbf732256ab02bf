/* Verify finds whatever is done to the database behind the program's back, also by somebody who drops the
 * triggers first and puts them back. */
#include "store_fixture.h"

static Arena *found_arena;

static void note_fault(void *ctx, const char *line) {
	buf_fmt(ctx, "%s\n", line);
}

static const char *faults(Home *h) {
	Buf b = {0};
	GOOD(store_verify(h->s, note_fault, &b, &e));
	char *text = arena_str(found_arena, buf_cstr(&b));
	buf_free(&b);
	return text;
}

/* Runs sql with the triggers of all tables out of the way, and puts them back as they were. */
static void tamper(const Home *h, const char *row, const char *sql) {
	char *drop = raw_rows(h, "SELECT 'DROP TRIGGER ' || name || ';' FROM sqlite_schema WHERE type = 'trigger'");
	char *make = raw_rows(h, "SELECT sql || ';' FROM sqlite_schema WHERE type = 'trigger'");
	ROW_INT(row, raw(h, drop), SQLITE_OK);
	int code = raw(h, sql);
	ROW_INT(row, code, SQLITE_OK);
	ROW_INT(row, raw(h, make), SQLITE_OK);
}

static void sound(void **state) {
	(void)state;
	Home *h = home_filled();
	assert_string_equal(faults(h), "");
	GOOD(store_begin(h->s, &e));
	EventRow ev = {.at = NOON + 9, .event = "eligible", .by = "office", .detail = "x", .state = "eligible"};
	GOOD(store_event_add(h->s, "T4-0001", &ev, &e));
	GOOD(store_outbox_sent(h->s, 1, NOON + 9, &e));
	GOOD(store_outbox_failed(h->s, 2, "550", &e));
	add_outcome(h, 3, "note");
	GOOD(store_commit(h->s, &e));
	assert_string_equal(faults(h), "");
	Store *s;
	Buf b = {0};
	GOOD(store_open(h->home, true, &s, &e));
	GOOD(store_verify(s, note_fault, &b, &e));
	assert_string_equal(buf_cstr(&b), "");
	buf_free(&b);
	store_close(s);
	home_end(h);
}

static void tampered(void **state) {
	(void)state;
	static const struct {
		const char *row, *sql, *want;
	} rows[] = {
		{"a title", "UPDATE entry SET title = 'x'", "entry T4-0001: was changed"},
		{"a number", "UPDATE entry SET number = 'T4-0002'", "entry T4-0001: was changed"},
		{"the arrival", "UPDATE entry SET received = received - 1", "entry T4-0001: was changed"},
		{"a value", "UPDATE answers SET fields = json_set(fields, '$[0][2]', 'x')", "entry T4-0001: was changed"},
		{"a value dropped", "UPDATE answers SET fields = json_remove(fields, '$[3]')", "entry T4-0001: was changed"},
		{"a value more", "UPDATE answers SET fields = json_insert(fields, '$[#]', json_array('k', 0, 'v'))", "entry T4-0001: was changed"},
		{"a file's hash", "UPDATE file SET sha256 = zeroblob(32) WHERE n = 0", "entry T4-0001: was changed"},
		{"a file dropped", "DELETE FROM file WHERE n = 1", "entry T4-0001: was changed"},
		{"a mobile", "UPDATE entry_personal SET mobile = '1'", "entry T4-0001: personal values were changed"},
		{"a personal value", "UPDATE answers_personal SET fields = json_set(fields, '$[0]', 'x')", "entry T4-0001: personal values were changed"},
		{"personal values gone", "DELETE FROM entry_personal", "T4-0001: personal values are gone"},
		{"an entry gone", "DELETE FROM entry_personal; DELETE FROM answers_personal; DELETE FROM answers;"
		                  " DELETE FROM file; DELETE FROM filing; DELETE FROM event_personal; DELETE FROM event;"
		                  " DELETE FROM entry_state; DELETE FROM entry_count; DELETE FROM entry",
		 "entry T4-0001: is recorded, but not there"},
		{"an entry smuggled in", "INSERT INTO entry SELECT 2, 'T4-0002', track, 2, 3, 0, received, accepted, title,"
		                         " org, uscc, org_kind, province, edition, form_version, token, folder, personal"
		                         " FROM entry", "entry 2: is there, but was never recorded"},
		{"an outcome", "UPDATE outcome SET outcome = 'late' WHERE seq = 2", "outcome 2: was changed"},
		{"a message's hash", "UPDATE message SET sha256 = zeroblob(32) WHERE seq = 1", "outcome 1: was changed"},
		{"a message's arrival", "UPDATE message SET received = 0 WHERE seq = 2", "outcome 2: was changed"},
		{"a subject", "UPDATE head SET subject = 'x' WHERE seq = 2", "outcome 2: personal values were changed"},
		{"a sentence", "UPDATE problem SET sentence = 'x' WHERE seq = 2 AND n = 1",
		 "outcome 2: personal values were changed"},
		{"an outcome gone", "DELETE FROM problem WHERE seq = 2; DELETE FROM head WHERE seq = 2;"
		                    " DELETE FROM outcome WHERE seq = 2", "outcome 2: is recorded, but not there"},
		{"a state", "UPDATE entry_state SET state = 'awarded'", "entry T4-0001: stands as 'awarded'"},
		{"an event", "UPDATE event SET state = 'awarded'", "event T4-0001: was changed"},
		{"who", "UPDATE event_personal SET actor = 'x'", "event T4-0001: personal values were changed"},
		{"an event smuggled in", "INSERT INTO event VALUES (9, 1, 0, 'award', 'awarded', x'00')",
		 "event 9: is there, but was never recorded"},
		{"a record", "UPDATE record SET state = 'retired'", "record e1: was changed"},
		{"a record's person", "UPDATE record_personal SET addr = 'x'", "record e1: personal values were changed"},
		{"a record gone", "DELETE FROM record_now; DELETE FROM record_personal; DELETE FROM record",
		 "record e1: is recorded, but not there"},
		{"a record smuggled in", "INSERT INTO record VALUES (9, 'score', 'r', 'x', 'e1', 0, 'given', '', x'00')",
		 "record 9: is there, but was never recorded"},
		{"which record holds", "DELETE FROM record_now", "record 1: which record holds"},
		{"a later file", "UPDATE supplement SET sha256 = zeroblob(32)", "supplement T4-0001: was changed"},
		{"a later file gone", "DELETE FROM supplement", "supplement T4-0001: was changed"},
		{"a later file smuggled in", "INSERT INTO supplement SELECT 1, n, entry, name, type, bytes, sha256, path, role,"
		                             " seq, part FROM supplement", "supplement of event 1: is there, but was never"},
		{"a later file moved to another entry", "UPDATE supplement SET entry = entry + 1",
		 "supplement of another entry than event 2"},
		{"a ruling", "UPDATE ruling SET at = 0", "ruling 2: was changed"},
		{"who ruled", "UPDATE ruling_personal SET actor = 'x'", "ruling 2: personal values were changed"},
		{"a ruling gone", "DELETE FROM ruling_personal; DELETE FROM ruling", "ruling 2: is recorded, but not there"},
		{"a ruling smuggled in", "INSERT INTO ruling SELECT 9, seq, at, kind, decision, personal FROM ruling",
		 "ruling 9: is there, but was never recorded"},
		{"a paper", "UPDATE paper SET body = 'x'", "paper schedule 1: does not have its checksum any more"},
		{"a paper with its checksum", "UPDATE paper SET body = '', sha256 ="
		                              " x'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'",
		 "paper schedule 1: was changed"},
		{"a paper smuggled in", "INSERT INTO paper SELECT 9, kind, 2, at, body, sha256 FROM paper",
		 "paper 9: is there, but was never recorded"},
		{"an objection", "UPDATE objection SET number = ''", "objection 1: was changed"},
		{"its outcome", "UPDATE objection_end SET decision = 'upheld'", "objection-end 1: was changed"},
		{"why", "UPDATE objection_personal SET reason = 'x'", "objection-end 1: personal values were changed"},
		{"an objection gone", "DELETE FROM objection_personal; DELETE FROM objection_end; DELETE FROM objection",
		 "objection 1: is recorded, but not there"},
		{"a count", "UPDATE entry_count SET n = 5", "count of entries 'T4 accepted': 5 is kept, 1 are there"},
		{"a count of outcomes", "DELETE FROM outcome_count WHERE outcome = 'rejected'", "count of outcomes 'rejected'"},
		{"a count of mails", "UPDATE outbox_count SET n = 0", "count of mails 'waiting'"},
		{"a question forgotten", "DELETE FROM todo", "message 2: whether it waits for a person ('late')"},
		{"a question invented", "INSERT INTO todo VALUES ('read', 1, -1)", "message 1: whether it waits for a person ('read')"},
		{"a question about another form", "UPDATE todo SET form = 3", "message 2: whether it waits for a person ('late')"},
		{"a refusal forgotten", "DELETE FROM turned_away", "message 2: its sender was turned away 0 times in a row as is kept, 1"},
		{"refusals miscounted", "UPDATE turned_away SET n = 5", "message 2: its sender was turned away 5 times"},
		{"a refusal invented", "INSERT INTO turned_away VALUES (1, 1)", "message 1: its sender was turned away 1 times"},
		{"a refusal before its outcome", "INSERT INTO turned_away VALUES (3, 1)", "message 3: its sender was turned away 1 times"},
		{"a message left waiting", "DELETE FROM pending", "message 3: waiting for an outcome"},
		{"a mail's reader", "UPDATE outbox SET recipient = 'x' WHERE id = 1", "personal values were changed"},
		{"a mail's body", "UPDATE outbox_body SET body = x'00' WHERE id = 1", "mail <r1@robot>: its body was changed"},
		{"a mail's body gone", "DELETE FROM outbox_body WHERE id = 1", "mail <r1@robot>: its body is gone"},
		{"a mail passed for sent", "UPDATE outbox SET state = 'sent' WHERE id = 1",
		 "sent mail 1: is there, but was never recorded"},
		{"a mail passed for failed", "UPDATE outbox SET state = 'failed' WHERE id = 1",
		 "failed mail 1: is there, but was never recorded"},
		{"until when there is time to mend", "UPDATE outbox SET until = 5 WHERE id = 1",
		 "mail <r1@robot>: until when there is time to mend was changed"},
		{"a mail gone", "DELETE FROM outbox_body WHERE id = 1; DELETE FROM outbox WHERE id = 1",
		 "queued <r1@robot>: is recorded, but not there"},
		{"a notice passed for released", "UPDATE notice SET state = 'released'", "notice decided 1: stands as 'released', it was left 'held'"},
		{"a notice's mails", "UPDATE notice SET digest = zeroblob(32)", "notice decided 1: stands as 'held', it was left 'held'"},
		{"rules", "UPDATE rules SET hash = 'x'", "rules abc: was changed"},
		{"an audit row", "UPDATE audit SET detail = 'x' WHERE id = 3", "audit: row 3 was changed"},
		{"an audit digest", "UPDATE audit SET digest = zeroblob(32) WHERE id = 2", "audit: row 2 was changed"},
		{"an audit row gone", "DELETE FROM audit WHERE id = 2", "audit: rows 2 to 2 are gone"},
		{"the last audit row gone", "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)",
		 "mail 2: is there, but was never recorded"},
		{"the first audit row gone", "DELETE FROM audit WHERE id = 1", "audit: rows 1 to 1 are gone"},
		{"a child without a parent", "PRAGMA foreign_keys = OFF; INSERT INTO filing VALUES (99)",
		 "filing row 99 belongs to a entry that is not there"},
		{"two of the same bytes", "INSERT INTO message SELECT 4, sha256, bytes, received, source FROM message"
		                          " WHERE seq = 3; INSERT INTO pending VALUES (4)",
		 "message 4: has the same bytes as message 3"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Home *h = home_filled();
		tamper(h, rows[i].row, rows[i].sql);
		const char *got = faults(h);
		if (!strstr(got, rows[i].want))
			fail_msg("row %s: want \"%s\" in:\n%s", rows[i].row, rows[i].want, got);
		home_end(h);
	}
}

/* ---- every table, every column */

/* Tables that verify says nothing of, and why. */
static const struct {
	const char *table, *why;
} excused_table[] = {
	{"fact", "progress"},
	{"mailbox", "progress"},
	{"tidy", "progress"},
	{"filing", "what waits to be done again, once too often at worst"},
	{"supplement_filing", "the same"},
	{"sketch", "replay finds it: tests/story/test_rehearse.py"},
	{"alike", "replay finds it"},
	{"notice", "how it stands is known; its code is void when anything else of it is changed: tests/story/test_notices.py; what left"
	           " stands in outbox"},
	{"notice_item", "the same"},
	{"notice_file", "the same"},
	{"notice_mail", "only shown; made anew when it leaves"},
	{"notice_code", "a code is held against the batch it is for"},
};

/* Columns that change in the course of things, or say only in which order rows stand. */
static const struct {
	const char *table, *columns;
} excused_column[] = {
	{"outbox", "priority due attempts error sent account tried joint"},
	{"problem", "n"},
	{"file", "n"},
	{"supplement", "n"},
};

static bool is_excused(const char *table) {
	for (size_t i = 0; i < sizeof excused_table / sizeof *excused_table; i++)
		if (strcmp(excused_table[i].table, table) == 0)
			return true;
	return false;
}

static bool may_change(const char *table, Str column) {
	for (size_t i = 0; i < sizeof excused_column / sizeof *excused_column; i++)
		if (strcmp(excused_column[i].table, table) == 0)
			for (Str rest = str_of(excused_column[i].columns), one; str_next(&rest, ' ', &one);)
				if (str_eq(one, column))
					return true;
	return false;
}

typedef struct {
	Home *h;
	Arena *a;
	sqlite3 *db;       /* without triggers, from the first change to the last */
	const char *sound; /* what verify says of that alone */
	const char *table, *key;
	int missed;
} Deed;

static void do_sql(const Deed *d, const char *sql) {
	char *why = NULL;
	if (sqlite3_exec(d->db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
}

/* Done, looked at, undone. */
static void deed(Deed *d, const char *what, const char *sql) {
	do_sql(d, arena_fmt(d->a, "CREATE TEMP TABLE saved AS SELECT * FROM %s", d->table));
	do_sql(d, sql);
	if (strcmp(faults(d->h), d->sound) == 0) {
		print_error("%s, %s: verify finds nothing after: %s\n", d->table, what, sql);
		d->missed++;
	}
	do_sql(d, arena_fmt(d->a, "DELETE FROM %s; INSERT INTO %s SELECT * FROM saved; DROP TABLE saved", d->table, d->table));
}

/* Another value of the same type. */
static const char *other_value(const Deed *d, Str column) {
	return arena_fmt(d->a, "CASE typeof(\"%.*s\") WHEN 'text' THEN \"%.*s\" || 'x' WHEN 'blob' THEN"
	                       " iif(\"%.*s\" = zeroblob(32), randomblob(32), zeroblob(32)) WHEN 'integer' THEN \"%.*s\" - 1000 ELSE 1 END",
	                 (int)column.n, column.p, (int)column.n, column.p, (int)column.n, column.p, (int)column.n, column.p);
}

static const char *row_where(const Deed *d, int k) {
	return arena_fmt(d->a, "(%s) = (SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET %d)", d->key, d->key, d->table, d->key, k);
}

static void change_each_column(Deed *d, int k) {
	Str rest = str_of(raw_rows(d->h, arena_fmt(d->a, "SELECT name FROM pragma_table_info('%s')", d->table))), column;
	while (str_next(&rest, '\n', &column))
		if (column.n && !may_change(d->table, column))
			deed(d, "a value changed", arena_fmt(d->a, "UPDATE %s SET \"%.*s\" = %s WHERE %s", d->table, (int)column.n,
			                                     column.p, other_value(d, column), row_where(d, k)));
}

/* The same row again, with other values where the table wants them other. */
static void add_one_more(Deed *d, int k) {
	Str rest = str_of(raw_rows(d->h, arena_fmt(d->a,
		"SELECT t.name || '|' || (t.pk > 0 OR t.name IN (SELECT i.name FROM pragma_index_list('%s') l,"
		" pragma_index_info(l.name) i WHERE l.\"unique\")) FROM pragma_table_info('%s') t", d->table, d->table))), line;
	Buf b = {0};
	while (str_next(&rest, '\n', &line))
		if (line.n) {
			Str column = str_sub(line, 0, line.n - 2);
			buf_str(&b, b.n ? ", " : "");
			if (line.p[line.n - 1] == '1')
				buf_str(&b, other_value(d, column));
			else
				buf_slice(&b, column);
		}
	deed(d, "a row more", arena_fmt(d->a, "INSERT INTO %s SELECT %s FROM %s WHERE %s", d->table, buf_cstr(&b), d->table,
	                                row_where(d, k)));
	buf_free(&b);
}

static void every_row(Deed *d) {
	int64_t n = 0;
	(void)str_to_i64(str_trim(str_of(raw_rows(d->h, arena_fmt(d->a, "SELECT count(*) FROM %s", d->table)))), 0, 1000, &n);
	d->key = str_dup(d->a, str_trim(str_of(raw_rows(d->h, arena_fmt(d->a,
		"SELECT group_concat(name, ', ') FROM pragma_table_info('%s') WHERE pk > 0", d->table)))));
	if (n == 0)
		fail_msg("table %s: home_filled has no row of it; give it one, or say here why verify need not know it", d->table);
	for (int k = 0; k < (int)n; k++) {
		/* The last message waits for its outcome: what it is stands in the journal alone, against which the command
		 * verify holds it (tests/story/test_verify.py). */
		if (strcmp(d->table, "message") != 0 || k + 1 < (int)n)
			change_each_column(d, k);
		deed(d, "a row gone", arena_fmt(d->a, "DELETE FROM %s WHERE %s", d->table, row_where(d, k)));
		add_one_more(d, k);
	}
}

/* Every table of the schema, also one that was added yesterday: a value changed, a row gone, a row more. */
static void systematically(void **state) {
	(void)state;
	Deed d = {.h = home_filled(), .a = arena_new()};
	char *drop = raw_rows(d.h, "SELECT 'DROP TRIGGER ' || name || ';' FROM sqlite_schema WHERE type = 'trigger'");
	Str rest = str_of(raw_rows(d.h, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")), name;
	d.db = raw_open(d.h);
	do_sql(&d, "PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF");
	do_sql(&d, drop);
	d.sound = faults(d.h);
	while (str_next(&rest, '\n', &name)) {
		d.table = str_dup(d.a, name);
		if (*d.table && !is_excused(d.table))
			every_row(&d);
	}
	assert_string_equal(faults(d.h), d.sound);
	assert_int_equal(d.missed, 0);
	sqlite3_close(d.db);
	arena_free(d.a);
	home_end(d.h);
}

/* A dropped or changed guard is a fault of its own, before it is used. */
static void schema(void **state) {
	(void)state;
	static const struct {
		const char *sql, *want;
	} rows[] = {
		{"DROP TRIGGER entry_no_update", "database: trigger entry_no_update is missing\n"},
		{"DROP INDEX outbox_due", "database: index outbox_due is missing\n"},
		{"CREATE TABLE extra(x)", "database: table extra does not belong here\n"},
		{"DROP TRIGGER file_no_delete; CREATE TRIGGER file_no_delete BEFORE DELETE ON file BEGIN SELECT 1; END",
		 "database: trigger file_no_delete is not as this program made it\n"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Home *h = home_filled();
		ROW_INT(rows[i].sql, raw(h, rows[i].sql), SQLITE_OK);
		ROW_STR(rows[i].sql, faults(h), rows[i].want);
		home_end(h);
	}
}

/* A purge with its audit row leaves a database that verifies. */
static void purged(void **state) {
	(void)state;
	Home *h = home_filled();
	assert_int_equal(raw(h, "BEGIN; INSERT INTO fact VALUES ('purge', '1'); DELETE FROM problem; DELETE FROM said; DELETE FROM head;"
	                        " DELETE FROM answers_personal; DELETE FROM entry_personal; DELETE FROM event_personal;"
	                        " UPDATE outbox SET recipient = '', subject = '', salt = NULL;"
	                        " UPDATE form SET sender = ''; DELETE FROM fact WHERE key = 'purge'; COMMIT"),
	                 SQLITE_OK);
	const char *before = faults(h);
	assert_non_null(strstr(before, "T4-0001: personal values are gone, and no purge is on record"));
	assert_non_null(strstr(before, "<r2@robot>: personal values are gone"));
	static const char *const refs[] = {"T4-0001", "1", "2", "<r1@robot>", "<r2@robot>"};
	GOOD(store_begin(h->s, &e));
	for (size_t i = 0; i < sizeof refs / sizeof *refs; i++)
		GOOD(store_audit_add(h->s, NOON + 999, "purge", refs[i], "", &e));
	GOOD(store_commit(h->s, &e));
	assert_string_equal(faults(h), "");
	home_end(h);
}

/* Bytes flipped in the file itself. */
static void damaged(void **state) {
	(void)state;
	Home *h = home_filled();
	store_close(h->s);
	h->s = NULL;
	Buf whole = {0};
	GOOD(file_read(h->home, "spool/xinlv.db", 0, &whole, &e));
	size_t hit = 0;
	for (size_t at = 0; at + 15 < whole.n; at++)
		if (memcmp(whole.p + at, "91110000100000", 14) == 0)
			whole.p[at + 3] = '9', hit++;
	assert_true(hit > 0);
	GOOD(file_write(h->home, "spool/xinlv.db", whole.p, whole.n, 0640, &e));
	buf_free(&whole);
	GOOD(store_open(h->home, true, &h->s, &e));
	assert_non_null(strstr(faults(h), "entry T4-0001: was changed"));
	home_end(h);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(systematically),
		cmocka_unit_test(sound),  cmocka_unit_test(tampered), cmocka_unit_test(schema),
		cmocka_unit_test(purged), cmocka_unit_test(damaged),
	};
	found_arena = arena_new();
	int r = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(found_arena);
	return r;
}
