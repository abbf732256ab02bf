/* Promise 2, from the outside: what is final cannot be changed through the database, neither with our own
 * connection nor with the sqlite3 shell. */
#include "store_fixture.h"

typedef struct {
	const char *table, *column; /* one that an update would change */
} Table;

static const Table final_tables[] = {
	{"message", "bytes"}, {"outcome", "detail"}, {"head", "subject"}, {"problem", "sentence"},
	{"entry", "title"},   {"entry_personal", "mobile"}, {"answers", "fields"}, {"answers_personal", "fields"},
	{"file", "name"},     {"event", "state"}, {"event_personal", "detail"}, {"audit", "detail"},
	{"rules", "hash"},    {"form", "outcome"}, {"outbox", "kind"},
	{"ruling", "decision"}, {"ruling_personal", "reason"}, {"supplement", "name"}, {"paper", "body"}, {"objection", "number"},
	{"objection_end", "decision"}, {"objection_personal", "reason"},
	{"record", "data"}, {"record_personal", "detail"},
	{"notice", "title"}, {"notice_item", "says"}, {"notice_file", "name"}, {"notice_code", "round"},
};

static void refused(const Home *h, const char *row, const char *sql) {
	sqlite3 *db = raw_open(h);
	int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
	const char *why = sqlite3_errmsg(db);
	if (code != SQLITE_CONSTRAINT || !(strstr(why, "never") || strstr(why, "only in an audited purge")))
		fail_msg("row %s: %s gave %d: %s", row, sql, code, why);
	sqlite3_close(db);
}

static void tables_refuse(void **state) {
	(void)state;
	Home *h = home_filled();
	for (size_t i = 0; i < sizeof final_tables / sizeof *final_tables; i++) {
		const char *t = final_tables[i].table, *c = final_tables[i].column;
		ROW_TRUE(t, atoi(raw_rows(h, arena_fmt(h->a, "SELECT count(*) FROM %s", t))) > 0);
		refused(h, t, arena_fmt(h->a, "UPDATE %s SET %s = %s || ''", t, c, c));
		refused(h, t, arena_fmt(h->a, "UPDATE OR REPLACE %s SET %s = %s", t, c, c));
		refused(h, t, arena_fmt(h->a, "DELETE FROM %s", t));
		refused(h, t, arena_fmt(h->a, "INSERT OR REPLACE INTO %s SELECT * FROM %s LIMIT 1", t, t));
		refused(h, t, arena_fmt(h->a, "REPLACE INTO %s SELECT * FROM %s LIMIT 1", t, t));
		refused(h, t, arena_fmt(h->a, "PRAGMA recursive_triggers = ON; DELETE FROM %s", t));
	}
	home_end(h);
}

/* A replacing INSERT may hit any unique key, not only the first. */
static void other_keys(void **state) {
	(void)state;
	static const struct {
		const char *row, *sql;
	} rows[] = {
		{"entry by number", "INSERT OR REPLACE INTO entry SELECT 99, number, 'T9', 9, 3, 0, received, accepted,"
	                        " title, org, uscc, org_kind, province, edition, form_version, token, folder, personal"
	                        " FROM entry"},
		{"entry by track_seq", "INSERT OR REPLACE INTO entry SELECT 99, 'X', track, track_seq, 3, 0, received,"
	                           " accepted, title, org, uscc, org_kind, province, edition, form_version, token,"
	                           " folder, personal FROM entry"},
		{"entry by message", "INSERT OR REPLACE INTO entry SELECT 99, 'X', 'T9', 9, seq, form, received,"
	                         " accepted, title, org, uscc, org_kind, province, edition, form_version, token,"
	                         " folder, personal FROM entry"},
		{"mail by Message-ID", "INSERT OR REPLACE INTO outbox SELECT 99, kind, seq, recipient, subject, message_id,"
	                           " priority, due, 'sent', attempts, error, created, sent, account, tried, from_domain, salt, personal,"
	                           " body_sha256, until, joint FROM outbox LIMIT 1"},
		{"event by upsert", "INSERT INTO event(id, entry, at, event, state, personal) SELECT id, entry, at, event,"
	                        " state, personal FROM event WHERE 1 ON CONFLICT (id) DO UPDATE SET state = 'awarded'"},
		{"a mail's text", "UPDATE outbox SET message_id = 'x' WHERE id = 1"},
		{"a form's number", "UPDATE form SET number = '', sender = ''"},
	};
	Home *h = home_filled();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		refused(h, rows[i].row, rows[i].sql);
	home_end(h);
}

/* What may change: progress of a mail, and personal values in an audited purge. */
static void allowed(void **state) {
	(void)state;
	static const char *const rows[] = {
		"UPDATE outbox SET state = 'failed', error = 'x' WHERE id = 1",
		"UPDATE form SET sender = ''",
		"BEGIN; INSERT INTO fact VALUES ('purge', '1'); DELETE FROM problem; DELETE FROM head;"
		" DELETE FROM answers_personal; DELETE FROM entry_personal; DELETE FROM event_personal;"
		" DELETE FROM record_personal; DELETE FROM notice_file; DELETE FROM notice_item;"
		" DELETE FROM fact WHERE key = 'purge'; COMMIT",
	};
	Home *h = home_filled();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ROW_INT(rows[i], raw(h, rows[i]), SQLITE_OK);
	home_end(h);
}

/* Our own connection, and a foreign key that leads nowhere. */
static void own_connection(void **state) {
	(void)state;
	Home *h = home_filled();
	EntryRow again = sample_entry(h, "T4", 1, 1);
	GOOD(store_begin(h->s, &e));
	assert_int_equal(store_entry_add(h->s, &again, NULL, 0, NULL, 0, &e), -1);
	assert_int_equal(e.kind, ERR_BUG);
	assert_non_null(strstr(e.text, "ENTRY_ADD"));
	store_rollback(h->s);
	EntryRow nowhere = sample_entry(h, "T4", 2, 55);
	GOOD(store_begin(h->s, &e));
	assert_int_equal(store_entry_add(h->s, &nowhere, NULL, 0, NULL, 0, &e), -1);
	assert_non_null(strstr(e.text, "FOREIGN KEY"));
	store_rollback(h->s);
	home_end(h);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_refuse),
		cmocka_unit_test(other_keys),
		cmocka_unit_test(allowed),
		cmocka_unit_test(own_connection),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
