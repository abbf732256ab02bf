/* Every statement compiles, and finds its rows by index: nothing grows with the history. */
#include "store_fixture.h"

#include "store/db.h"
#include "store/schema.h"

static void all_compile(void **state) {
	(void)state;
	Db *db;
	GOOD(db_open(NULL, DB_MEMORY, &db, &e));
	GOOD(schema_climb(db, &schema_ladder, &e));
	for (Statement i = 0; i < STATEMENT_COUNT; i++)
		assert_non_null(statement_sql(i));
	GOOD(db_compile_all(db, &e));
	db_close(db);
}

/* These read all of a table: walks without a filter, small tables, and verify. */
static bool may_scan(Statement i) {
	return i >= VERIFY_INTEGRITY || i == LOG_ALL || i == ENTRY_ALL || i == OUTBOX_ALL || i == AUDIT_WALK ||
	       i == OUTCOME_COUNT || i == ENTRY_COUNT || i == OUTBOX_COUNT || i == FILING_PENDING ||
	       i == SUPPLEMENT_PENDING || i == TIDY_PAGE || i == TURNED_LIST ||
	       i == OBJECTION_LIST || i == NOTICE_HELD || i == NOTICE_MAILS || /* what is open */
	       i == CHECKED_LIST || /* of the forms only those that were checked, twice a contest */
	       i == FILING_ALL || i == SUPPLEMENT_FILING_ALL || i == PURGED_MAILS; /* once, after a restore or in a purge */
}

/* Walks by rowid or index backwards for one row: SCAN in the plan, one step in truth. */
static bool one_step(Statement i) {
	return i == OUTBOX_JOINT_NEXT || i == AUDIT_LAST || i == RULES_LAST || i == MESSAGE_LAST || i == OUTBOX_DUE || i == OUTBOX_NEXT ||
	       i == RULES_FIRST;
}

static void by_index(void **state) {
	(void)state;
	Home *h = home_open();
	sqlite3 *db = raw_open(h);
	for (Statement i = 0; i < STATEMENT_COUNT; i++) {
		sqlite3_stmt *stmt;
		char *sql = arena_fmt(h->a, "EXPLAIN QUERY PLAN %s", statement_sql(i));
		if (strncmp(statement_sql(i), "PRAGMA", 6) == 0 || may_scan(i))
			continue;
		ROW_INT(statement_name(i), sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
		while (sqlite3_step(stmt) == SQLITE_ROW) {
			const char *step_text = (const char *)sqlite3_column_text(stmt, 3);
			bool scan = strncmp(step_text, "SCAN ", 5) == 0 && strcmp(step_text, "SCAN a") != 0;
			if (scan && !one_step(i))
				fail_msg("%s: %s", statement_name(i), step_text);
			if (strstr(step_text, "AUTOMATIC"))
				fail_msg("%s: %s", statement_name(i), step_text);
		}
		sqlite3_finalize(stmt);
	}
	sqlite3_close(db);
	home_end(h);
}

/* A walk within a walk of the same kind, and a write outside a transaction. */
static void use(void **state) {
	(void)state;
	Home *h = home_filled();
	Db *db;
	GOOD(db_open(NULL, DB_MEMORY, &db, &e));
	GOOD(schema_climb(db, &schema_ladder, &e));
	Query *outer = query_start(db, MESSAGE_LAST, &e), *inner = query_start(db, MESSAGE_LAST, &e);
	assert_ptr_not_equal(outer, inner);
	assert_int_equal(query_next(outer), 1);
	assert_int_equal(query_next(inner), 1);
	query_end(inner);
	query_end(outer);
	int64_t n;
	assert_int_equal(query_int(query_start(db, MESSAGE_LAST, &e), &n), 0);
	Query *q = query_start(db, FACT_REMOVE, &e);
	query_put_text(q, "x");
	assert_int_equal(query_run(q), -1);
	assert_non_null(strstr(e.text, "FACT_REMOVE: outside a transaction"));
	q = query_start(db, FACT_GET, &e);
	query_put_text(q, "x");
	query_put_text(q, "one too many");
	assert_int_equal(query_next(q), -1);
	assert_non_null(strstr(e.text, "FACT_GET: value 2"));
	db_close(db);
	home_end(h);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_compile),
		cmocka_unit_test(by_index),
		cmocka_unit_test(use),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
