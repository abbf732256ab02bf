/* The ladder: empty, older, of today, newer, somebody else's, and a rung that fails; and that an old database
 * becomes what a fresh one is. */
#include "store_fixture.h"

#include "store/schema.h"

static const char *const small_fresh[] = {
	"CREATE TABLE a ( -- things\n\tx INTEGER NOT NULL,\n\ty TEXT NOT NULL DEFAULT ''\n) STRICT;",
	"CREATE TABLE b (a INTEGER NOT NULL) STRICT;\nCREATE INDEX b_a ON b(a);", NULL};
static const Rung small_rungs[] = {
	{2, "ALTER TABLE a ADD COLUMN y TEXT NOT NULL DEFAULT ''"},
	{3, "CREATE TABLE b (a INTEGER NOT NULL) STRICT; CREATE INDEX b_a ON b(a)"},
};
static const Ladder small = {.version = 3, .fresh = small_fresh, .rung = small_rungs, .rung_n = 2};

static char *definitions(Arena *a, Db *db) {
	Buf b = {0};
	Query *q = query_start(db, VERIFY_SCHEMA, NULL);
	while (query_next(q) == 1) {
		buf_fmt(&b, "%s: ", query_get_text(q, a));
		schema_plain(str_of(query_get_text(q, a)), &b);
		buf_char(&b, '\n');
	}
	char *text = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

static Db *climbed(const char *first, const Ladder *l) {
	Db *db;
	GOOD(db_open(NULL, DB_MEMORY, &db, &e));
	if (first)
		GOOD(db_exec(db, first, "first", &e));
	GOOD(schema_climb(db, l, &e));
	return db;
}

static void climbs(void **state) {
	(void)state;
	static const struct {
		const char *row, *first;
		int want;
	} rows[] = {
		{"empty", NULL, 1},
		{"version 1", "CREATE TABLE a (x INTEGER NOT NULL) STRICT; PRAGMA user_version = 1", 1},
		{"version 2", "CREATE TABLE a (x INTEGER NOT NULL, y TEXT NOT NULL DEFAULT '') STRICT;"
		              " PRAGMA user_version = 2", 1},
	};
	Arena *a = arena_new();
	Db *fresh = climbed(NULL, &small);
	const char *want = definitions(a, fresh);
	assert_non_null(strstr(want, "index b_a: "));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Db *db;
		GOOD(db_open(NULL, DB_MEMORY, &db, &e));
		if (rows[i].first)
			GOOD(db_exec(db, rows[i].first, "first", &e));
		ROW_INT(rows[i].row, schema_climb(db, &small, &e), 1);
		ROW_INT(rows[i].row, schema_version(db, &e), 3);
		ROW_STR(rows[i].row, definitions(a, db), want);
		ROW_INT(rows[i].row, schema_climb(db, &small, &e), 0);
		db_close(db);
	}
	db_close(fresh);
	arena_free(a);
}

static void refuses(void **state) {
	(void)state;
	static const Rung bad_rung[] = {{2, "CREATE TABLE kept (x TEXT) STRICT"}, {3, "CREATE TABLE broken (x nonsense) STRICT"}};
	static const Ladder bad = {.version = 3, .fresh = small_fresh, .rung = bad_rung, .rung_n = 2};
	static const Ladder gap = {.version = 3, .fresh = small_fresh, .rung = small_rungs + 1, .rung_n = 1};
	static const struct {
		const char *row, *first;
		const Ladder *ladder;
		const char *want;
		int version; /* afterwards */
	} rows[] = {
		{"newer", "PRAGMA user_version = 4", &small, "install the newer program", 4},
		{"somebody else's", "CREATE TABLE theirs (x)", &small, "not ours", 0},
		{"a rung that fails", "CREATE TABLE a (x); PRAGMA user_version = 1", &bad, "from version 2 to 3", 2},
		{"a rung that fails alone", "CREATE TABLE a (x); PRAGMA user_version = 2", &bad, "from version 2 to 3", 2},
		{"a rung that is not there", "CREATE TABLE a (x); PRAGMA user_version = 1", &gap, "no way from version 1", 1},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Db *db;
		GOOD(db_open(NULL, DB_MEMORY, &db, &e));
		GOOD(db_exec(db, rows[i].first, "first", &e));
		ROW_INT(rows[i].row, schema_climb(db, rows[i].ladder, &e), -1);
		if (!strstr(e.text, rows[i].want))
			fail_msg("row %s: %s", rows[i].row, e.text);
		ROW_INT(rows[i].row, schema_version(db, &e), rows[i].version);
		ROW_TRUE(rows[i].row, !db_in_transaction(db));
		db_close(db);
	}
}

/* Every version that was ever released, as tests/unit/schema/N.sql, becomes what a fresh database is. */
static void released(void **state) {
	(void)state;
	Arena *a = arena_new();
	Db *fresh = climbed(NULL, &schema_ladder);
	const char *want = definitions(a, fresh);
	for (int version = 1; version < schema_ladder.version; version++) {
		Buf sql = {0};
		char *path = arena_fmt(a, "tests/unit/schema/%d.sql", version);
		GOOD(file_read(AT_FDCWD, path, 0, &sql, &e));
		Db *db = climbed(buf_cstr(&sql), &schema_ladder);
		ROW_STR(path, definitions(a, db), want);
		db_close(db);
		buf_free(&sql);
	}
	int top = 1;
	for (size_t i = 0; i < schema_ladder.rung_n; i++) {
		assert_true(schema_ladder.rung[i].to == top || schema_ladder.rung[i].to == top + 1);
		top = schema_ladder.rung[i].to;
	}
	assert_int_equal(top, schema_ladder.version);
	db_close(fresh);
	arena_free(a);
}

/* Made, and killed before the schema was in: the next start lays it; a reader sees an empty contest. */
static void half_made(void **state) {
	(void)state;
	Home *h = home_new();
	CountRow *rows;
	size_t n;
	GOOD(file_write(h->home, "spool/xinlv.db", "", 0, 0640, &e));
	GOOD(store_open(h->home, true, &h->s, &e));
	GOOD(store_count_entries(h->s, h->a, &rows, &n, &e));
	store_close(h->s);
	GOOD(store_open(h->home, false, &h->s, &e));
	GOOD(store_begin(h->s, &e));
	add_message(h, 1);
	GOOD(store_commit(h->s, &e));
	assert_string_equal(raw_rows(h, "PRAGMA user_version"), arena_fmt(h->a, "%d\n", schema_ladder.version));
	assert_string_equal(raw_rows(h, "PRAGMA journal_mode"), "wal\n");
	home_end(h);
}

static void plain(void **state) {
	(void)state;
	static const struct {
		const char *sql, *want;
	} rows[] = {
		{"", ""},
		{"a  b\n\tc", "a b c"},
		{"CREATE TABLE t ( -- why\n\tx INTEGER,  -- what\n\ty TEXT -- that\n) STRICT", "CREATE TABLE t(x INTEGER,y TEXT)STRICT"},
		{"a -- to the end", "a"},
		{"a - b", "a - b"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Buf b = {0};
		schema_plain(str_of(rows[i].sql), &b);
		ROW_STR(rows[i].sql, buf_cstr(&b), rows[i].want);
		buf_free(&b);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(climbs),    cmocka_unit_test(refuses), cmocka_unit_test(released),
		cmocka_unit_test(half_made), cmocka_unit_test(plain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
