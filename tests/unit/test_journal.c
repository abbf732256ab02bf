/* The journal: what was added comes back in order; a torn end is cut off, a broken middle is not passed; the
 * tail is enough to go on. */
#include "row.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/when.h"
#include "intake/journal.h"

#define PATH "spool/archive/journal"
#define NOTHING_READ (JournalMark){0, ""}

static Err e;
static Arena *a;
static int home;
static char place[64];
static const char *self;

#define GOOD(call)                       \
	do {                                 \
		e = (Err){0};                    \
		if ((call) < 0)                  \
			fail_msg("%s", e.text);      \
	} while (0)

static int make_place(void **state) {
	(void)state;
	strcpy(place, "/tmp/xinlv-journal-XXXXXX");
	if (!mkdtemp(place))
		return -1;
	a = arena_new();
	home = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return home < 0 ? -1 : when_zone("Asia/Shanghai", NULL);
}

static int remove_place(void **state) {
	(void)state;
	close(home);
	arena_free(a);
	return file_remove_tree(AT_FDCWD, place, NULL);
}

static Hash hash_no(int64_t n) {
	return hash_of(&n, sizeof n);
}

static JournalLine message(int64_t seq) {
	return (JournalLine){.kind = JOURNAL_MESSAGE, .at = 1675224000 + seq, .seq = seq, .sha256 = hash_no(seq),
	                     .archived = true, .bytes = 170000, .source = "maildir:spool/inbox/1675224000.M1P2.host"};
}

static Journal *open_journal(void) {
	Journal *j;
	GOOD(journal_open(home, &NOTHING_READ, &j, &e));
	return j;
}

static void add_messages(int64_t from, int64_t to) {
	Journal *j = open_journal();
	for (int64_t seq = from; seq <= to; seq++) {
		JournalLine l = message(seq);
		journal_add(j, &l);
	}
	GOOD(journal_sync(j, &e));
	journal_close(j);
}

static int note(void *ctx, const JournalLine *l, Err *err) {
	(void)err;
	buf_fmt(ctx, "%lld:%d:%lld ", (long long)l->line, (int)l->kind, (long long)l->seq);
	return 0;
}

/* "line:kind:seq " for each line from `from`, then the error. */
static const char *walked(int64_t from, int64_t *end) {
	Buf b = {0};
	e = (Err){0};
	if (journal_walk(home, from, note, &b, end, &e) < 0)
		buf_fmt(&b, "! %s", e.text);
	char *text = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

static char *content(size_t *n) {
	Buf b = {0};
	GOOD(file_read(home, PATH, 0, &b, &e));
	*n = b.n;
	char *text = arena_copy(a, b.p, b.n);
	buf_free(&b);
	return text;
}

static void put(const char *p, size_t n) {
	GOOD(file_write(home, PATH, p, n, 0640, &e));
}

static int compare(void *ctx, const JournalLine *l, Err *err) {
	(void)err;
	const JournalLine *want = (const JournalLine *)ctx + l->line - 1;
	char *row = arena_fmt(a, "line %lld", (long long)l->line);
	ROW_INT(row, l->kind, want->kind);
	ROW_INT(row, l->at, want->at);
	ROW_INT(row, l->seq, want->seq);
	ROW_INT(row, l->archived, want->archived);
	ROW_INT(row, l->bytes, want->bytes);
	ROW_TRUE(row, hash_eq(l->sha256, want->sha256));
	ROW_STR(row, l->source, want->source);
	ROW_STR(row, l->name, want->name);
	ROW_STR(row, l->text, want->text);
	return 0;
}

static void round_trip(void **state) {
	(void)state;
	JournalLine lines[] = {
		{.kind = JOURNAL_RULES, .at = 1672934400, .sha256 = hash_no(1), .name = "2023"},
		message(1),
		{.kind = JOURNAL_MESSAGE, .at = 1675224000, .seq = 2, .bytes = 70000000, .source = "imap:u@h/垃圾邮件#1.2"},
		{.kind = JOURNAL_DECISION, .at = 1675224001, .name = "eligibility", .text = "{\"T4-0001\":\"eligible\",\n \"x\":\"\\\"\"}"},
		{.kind = JOURNAL_LIMIT, .at = 1675224002, .name = "per_address_per_day", .text = ""},
		{.kind = JOURNAL_MESSAGE, .at = -62135596800 * 2, .seq = 3, .archived = true, .source = ""},
		{.kind = JOURNAL_MESSAGE, .at = 253402300800 * 9, .seq = 4, .archived = true, .source = "x"},
	};
	Journal *j = open_journal();
	int64_t end;
	assert_int_equal(journal_last_seq(j), 0);
	assert_int_equal(journal_size(j), 0);
	GOOD(journal_sync(j, &e));
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		journal_add(j, &lines[i]);
	assert_int_equal(journal_last_seq(j), 4);
	assert_int_equal(journal_size(j), 0);
	assert_string_equal(walked(0, NULL), "");
	GOOD(journal_sync(j, &e));
	GOOD(journal_walk(home, 0, compare, lines, &end, &e));
	assert_int_equal(end, journal_size(j));
	journal_close(j);
	j = open_journal();
	assert_int_equal(journal_last_seq(j), 4);
	assert_int_equal(journal_size(j), end);
	journal_close(j);
}

static void bad_bytes(void **state) {
	(void)state;
	JournalLine l = message(1);
	l.source = "maildir:x/\xC4\xE3\xBA\xC3"; /* GBK in a file's name */
	Journal *j = open_journal();
	journal_add(j, &l);
	GOOD(journal_sync(j, &e));
	journal_close(j);
	assert_string_equal(walked(0, NULL), "1:0:1 ");
}

static void goes_on(void **state) {
	(void)state;
	int64_t end, second;
	assert_string_equal(walked(0, &end), "");
	assert_int_equal(end, 0);
	add_messages(1, 2);
	assert_string_equal(walked(0, &second), "1:0:1 2:0:2 ");
	Journal *j = open_journal();
	journal_add(j, &(JournalLine){.kind = JOURNAL_RULES, .at = 5, .name = "2023"});
	GOOD(journal_sync(j, &e));
	assert_int_equal(journal_last_seq(j), 2);
	journal_close(j);
	add_messages(3, 3); /* behind a line that is no message */
	assert_string_equal(walked(0, &end), "1:0:1 2:0:2 3:1:0 4:0:3 ");
	assert_string_equal(walked(second, &end), "3:1:0 4:0:3 ");
	assert_string_equal(walked(end, &end), "");
	assert_non_null(strstr(walked(second + 1, NULL), "no line begins at byte"));
	assert_non_null(strstr(walked(end + 1, NULL), "were read before"));
}

/* A line longer than any window. */
static void long_lines(void **state) {
	(void)state;
	static const size_t rows[] = {8000, 8192, 300000, 3000000};
	Journal *j = open_journal();
	for (size_t i = 0; i < 4; i++) {
		char *text = arena_alloc(a, rows[i] + 1);
		memset(text, 'x', rows[i]);
		journal_add(j, &(JournalLine){.kind = JOURNAL_DECISION, .at = 5, .name = "long", .text = text});
		GOOD(journal_sync(j, &e));
		int64_t size = journal_size(j);
		journal_close(j);
		j = open_journal();
		ROW_INT("size", journal_size(j), size);
	}
	journal_close(j);
	assert_string_equal(walked(0, NULL), "1:2:0 2:2:0 3:2:0 4:2:0 ");
}

/* What a power cut may leave behind two whole lines. */
static void torn(void **state) {
	(void)state;
	static const struct {
		const char *row, *tail;
		size_t n;
	} rows[] = {
		{"nothing", "", 0},
		{"one byte", "{", 1},
		{"half a line", "{\"line\":3,\"kind\":\"mess", 22},
		{"a block never written", "\0\0\0\0\0\0\0\0", 8},
		{"half a line and a block", "{\"line\":3\0\0\0\0", 13},
		{"a block, then the end of a line", "\0\0\0\0\"source\":\"x\"}\n", 18},
	};
	add_messages(1, 2);
	size_t n;
	char *whole = content(&n);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Buf b = {0};
		buf_add(&b, whole, n);
		buf_add(&b, rows[i].tail, rows[i].n);
		put(b.p, b.n);
		buf_free(&b);
		if (i < 3)
			ROW_STR(rows[i].row, walked(0, NULL), "1:0:1 2:0:2 ");
		Journal *j = open_journal();
		ROW_INT(rows[i].row, journal_size(j), n);
		ROW_INT(rows[i].row, journal_last_seq(j), 2);
		journal_close(j);
		size_t after;
		content(&after);
		ROW_INT(rows[i].row, after, n);
		add_messages(3, 3);
		ROW_STR(rows[i].row, walked(0, NULL), "1:0:1 2:0:2 3:0:3 ");
	}
	for (size_t cut = 0; cut <= n; cut++) { /* at every byte */
		put(whole, cut);
		Journal *j = open_journal();
		size_t lines = (size_t)journal_last_seq(j);
		ROW_TRUE(arena_fmt(a, "cut at %zu", cut), lines == (cut == n ? 2 : cut >= n / 2 ? 1 : 0));
		journal_close(j);
	}
}

static void replace(char *text, const char *from, const char *to) {
	char *at = strstr(text, from);
	assert_non_null(at);
	memcpy(at, to, strlen(to));
}

static void broken(void **state) {
	(void)state;
	static const struct {
		const char *row, *from, *to, *want;
	} rows[] = {
		{"a size", "170000", "170001", "line 2 was changed, or the one before it"},
		{"a hash", "\"sha256\":\"", "\"sha257\":\"", "line 2 was changed"},
		{"a kind", "\"message\"", "\"massage\"", "line 1: no kind of line is called 'massage'"},
		{"a prev", "\"prev\":\"0", "\"prev\":\"1", "line 1 was changed"},
		{"a time", "\"at\":\"2", "\"at\":\"x", "line 1: 'x023"},
		{"no JSON", "{\"line\":1", "[\"line\":1", "line 1: "},
		{"a number", "\"line\":2", "\"line\":3", "line 2 says it is line 3"},
		{"an order", "\"seq\":2", "\"seq\":9", "line 2 has message 9 behind message 1"},
		{"a line end", "}\n", "} ", "line 1: "},
	};
	add_messages(1, 3);
	size_t n;
	char *whole = content(&n);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = arena_copy(a, whole, n);
		replace(text, rows[i].from, rows[i].to);
		put(text, n);
		const char *got = walked(0, NULL);
		if (!strstr(got, rows[i].want) || e.kind != ERR_DISK)
			fail_msg("row %s: got %s", rows[i].row, got);
	}
	/* The last line says what opening needs: when it does not, nothing is added behind it. */
	char *text = arena_copy(a, whole, n), *last = memrchr(text, '{', n);
	Journal *j;
	last[1] = '!';
	put(text, n);
	assert_int_equal(journal_open(home, &NOTHING_READ, &j, &e), -1);
	assert_int_equal(e.kind, ERR_DISK);
	assert_null(j);
	put(whole + 10, n - 10); /* its beginning is gone */
	assert_non_null(strstr(walked(0, NULL), "line 1: "));
}

/* What the database stands at is what it read: else the hash of the next line would make a changed one good. */
static void read_before(void **state) {
	(void)state;
	add_messages(1, 3);
	size_t n;
	char *whole = content(&n), hex[HASH_HEX];
	Journal *j = open_journal();
	hash_hex(journal_hash(j), hex);
	journal_close(j);
	char *last = arena_copy(a, whole, n), *middle = arena_copy(a, whole, n), *end = memrchr(last, '7', n);
	*end = '8'; /* of its size */
	replace(middle, "170000", "170001");
	int64_t all = (int64_t)n;
	const struct {
		const char *row, *text;
		size_t n;
		JournalMark read;
		const char *opened, *checked;
	} rows[] = {
		{"as it was", whole, n, {all, hex}, "", ""},
		{"nothing read yet", whole, n, {0, ""}, "", ""},
		{"a line not noted", whole, n, {all, ""}, "", ""},
		{"its last line changed", last, n, {all, hex}, "not the one that was read before", "not the one that was read before"},
		{"a line before it changed", middle, n, {all, hex}, "", "line 2 was changed"},
		{"read to within a line", whole, n, {all - 5, hex}, "not the one that was read before", "not the one that was read before"},
		{"shorter", whole, n / 2, {all, hex}, "were read before", "were read before"},
		{"empty", whole, 0, {all, hex}, "were read before", "were read before"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		put(rows[i].text, rows[i].n);
		e = (Err){0};
		int checked = journal_check(home, &rows[i].read, &e);
		ROW_INT(rows[i].row, checked, *rows[i].checked ? -1 : 0);
		ROW_TRUE(rows[i].row, strstr(e.text, rows[i].checked) != NULL);
		e = (Err){0};
		int opened = journal_open(home, &rows[i].read, &j, &e);
		ROW_INT(rows[i].row, opened, *rows[i].opened ? -1 : 0);
		ROW_TRUE(rows[i].row, strstr(e.text, rows[i].opened) != NULL);
		journal_close(j);
		size_t after;
		content(&after);
		ROW_INT(rows[i].row, after, rows[i].n);
	}
}

static int stop_at_two(void *ctx, const JournalLine *l, Err *err) {
	(void)ctx;
	return l->line == 2 ? err_set(err, ERR_REFUSED, "enough") : 0;
}

static void each_stops(void **state) {
	(void)state;
	int64_t end, first;
	add_messages(1, 1);
	walked(0, &first);
	add_messages(2, 3);
	assert_int_equal(journal_walk(home, 0, stop_at_two, NULL, &end, &e), -1);
	assert_int_equal(e.kind, ERR_REFUSED);
	assert_int_equal(end, first);
}

static int add_and_crash(const char *where) {
	home = open(where, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	a = arena_new();
	add_messages(2, 3);
	return 1;
}

static void crash(void **state) {
	(void)state;
	static const struct {
		const char *at, *want;
	} rows[] = {{"journal.write", "1:0:1 "}, {"journal.sync", "1:0:1 2:0:2 3:0:3 "},
	            {"journal.synced", "1:0:1 2:0:2 3:0:3 "}};
	for (size_t i = 0; i < 3; i++) {
		int status;
		unlinkat(home, PATH, 0);
		add_messages(1, 1);
		pid_t child = fork();
		if (child == 0) {
			setenv("XINLV_CRASH_AT", rows[i].at, 1);
			execl(self, self, place, (char *)NULL);
			_exit(1);
		}
		waitpid(child, &status, 0);
		ROW_TRUE(rows[i].at, WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		ROW_STR(rows[i].at, walked(0, NULL), rows[i].want);
		Journal *j = open_journal();
		ROW_INT(rows[i].at, journal_last_seq(j), i ? 3 : 1);
		journal_close(j);
	}
}

/* A disk that is full in the middle of a line: nothing of it stays, and the same sync can be tried again. */
static void disk_full(void **state) {
	(void)state;
	struct rlimit before, tight;
	add_messages(1, 1);
	Journal *j = open_journal();
	JournalLine l = message(2);
	journal_add(j, &l);
	int64_t size = journal_size(j);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	tight = before;
	tight.rlim_cur = (rlim_t)size + 10;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	int r = journal_sync(j, &e);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(r, -1);
	assert_int_equal(e.kind, ERR_DISK);
	assert_int_equal(journal_size(j), size);
	size_t n;
	content(&n);
	assert_int_equal(n, size);
	GOOD(journal_sync(j, &e));
	journal_close(j);
	assert_string_equal(walked(0, NULL), "1:0:1 2:0:2 ");
}

int main(int argc, char **argv) {
	self = argv[0];
	if (argc == 2)
		return add_and_crash(argv[1]);
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_place, remove_place)
		TEST(round_trip), TEST(bad_bytes), TEST(goes_on), TEST(long_lines), TEST(torn),
		TEST(broken), TEST(read_before),     TEST(each_stops), TEST(crash),  TEST(disk_full),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
