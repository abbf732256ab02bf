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
		{"a message left waiting", "DELETE FROM pending", "message 3: waiting for an outcome"},
		{"a mail's reader", "UPDATE outbox SET recipient = 'x' WHERE id = 1", "personal values were changed"},
		{"a mail's body", "UPDATE outbox_body SET body = x'00' WHERE id = 1", "mail <r1@robot>: its body was changed"},
		{"a mail's body gone", "DELETE FROM outbox_body WHERE id = 1", "mail <r1@robot>: its body is gone"},
		{"a mail passed for sent", "UPDATE outbox SET state = 'sent' WHERE id = 1",
		 "sent mail 1: is there, but was never recorded"},
		{"a mail gone", "DELETE FROM outbox_body WHERE id = 1; DELETE FROM outbox WHERE id = 1",
		 "queued <r1@robot>: is recorded, but not there"},
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
	assert_int_equal(raw(h, "BEGIN; INSERT INTO fact VALUES ('purge', '1'); DELETE FROM problem; DELETE FROM head;"
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
		cmocka_unit_test(sound),  cmocka_unit_test(tampered), cmocka_unit_test(schema),
		cmocka_unit_test(purged), cmocka_unit_test(damaged),
	};
	found_arena = arena_new();
	int r = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(found_arena);
	return r;
}
