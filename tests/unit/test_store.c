/* Rows come back as they went in; look-ups find the first; walks keep to their filter; what triggers count
 * is what is there. */
#include "store_fixture.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void messages(void **state) {
	(void)state;
	Home *h = home_open();
	int64_t seq;
	MessageRow m, *rows;
	size_t n;
	GOOD(store_message_last(h->s, &seq, &e));
	assert_int_equal(seq, 0);
	GOOD(store_begin(h->s, &e));
	for (int64_t i = 1; i <= 5; i++)
		add_message(h, i);
	MessageRow unfetched = {.seq = 6, .bytes = 70000000, .received = -5, .source = "imap:x"};
	GOOD(store_message_add(h->s, &unfetched, &e));
	add_outcome(h, 2, "note");
	GOOD(store_commit(h->s, &e));
	GOOD(store_message_last(h->s, &seq, &e));
	assert_int_equal(seq, 6);
	assert_int_equal(store_message_find(h->s, hash_no(4), &seq, &e), 1);
	assert_int_equal(seq, 4);
	assert_int_equal(store_message_find(h->s, hash_no(40), &seq, &e), 0);
	assert_int_equal(store_message_get(h->s, h->a, 6, &m, &e), 1);
	assert_false(m.archived);
	assert_int_equal(m.bytes, 70000000);
	assert_int_equal(m.received, -5);
	assert_string_equal(m.source, "imap:x");
	assert_int_equal(store_message_get(h->s, h->a, 7, &m, &e), 0);
	GOOD(store_message_pending(h->s, h->a, 1, 3, &rows, &n, &e));
	assert_int_equal(n, 3);
	assert_int_equal(rows[0].seq, 3);
	assert_true(rows[0].archived && hash_eq(rows[0].sha256, hash_no(3)));
	assert_int_equal(rows[2].seq, 5);
	GOOD(store_message_pending(h->s, h->a, 6, 3, &rows, &n, &e));
	assert_int_equal(n, 0);
	home_end(h);
}

static void redeliveries(void **state) {
	(void)state;
	static const struct {
		const char *row, *message_id, *from;
		int64_t content, want;
	} rows[] = {
		{"the same", "<m1@example.org>", "Li@Example.org", 1000, 1},
		{"address in another case", "<m1@example.org>", "li@example.ORG", 1000, 1},
		{"other content", "<m1@example.org>", "Li@Example.org", 2000, 0},
		{"other sender", "<m1@example.org>", "wang@example.org", 1000, 0},
		{"other Message-ID", "<m9@example.org>", "Li@Example.org", 1000, 0},
		{"no Message-ID", "", "Li@Example.org", 1000, 0},
	};
	Home *h = home_filled();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t seq = 0;
		ROW_INT(rows[i].row, store_outcome_same(h->s, rows[i].message_id, rows[i].from, hash_no(rows[i].content),
		                                        &seq, &e), rows[i].want != 0);
		ROW_INT(rows[i].row, seq, rows[i].want);
	}
	int64_t seq;
	assert_int_equal(store_seq_of_message_id(h->s, "<m2@example.org>", &seq, &e), 1);
	assert_int_equal(seq, 2);
	assert_int_equal(store_seq_of_message_id(h->s, "", &seq, &e), 0);
	home_end(h);
}

static void forms(void **state) {
	(void)state;
	Home *h = home_filled();
	FormRow f = {.print = hash_no(78), .seq = 2, .form = 0, .sender = "a", .outcome = "late", .number = "",
	             .org_key = "o", .title_key = "t", .track = "T1", .received = 7}, got;
	char *number = NULL, *sender = NULL;
	GOOD(store_begin(h->s, &e));
	GOOD(store_form_add(h->s, &f, &e));
	f.form = 1, f.outcome = "rejected", f.print = hash_no(79);
	GOOD(store_form_add(h->s, &f, &e));
	f.form = 2, f.outcome = "late", f.print = hash_no(77), f.seq = 2;
	GOOD(store_form_add(h->s, &f, &e));
	GOOD(store_commit(h->s, &e));
	assert_int_equal(store_form_same(h->s, h->a, hash_no(77), &got, &e), 1);
	assert_string_equal(got.number, "T4-0001");
	assert_string_equal(got.outcome, "accepted");
	assert_string_equal(got.org_key, "某某公司");
	assert_int_equal(got.received, NOON + 1);
	assert_int_equal(store_form_same(h->s, h->a, hash_no(78), &got, &e), 1);
	assert_string_equal(got.outcome, "late");
	assert_int_equal(store_form_same(h->s, h->a, hash_no(79), &got, &e), 0);
	assert_int_equal(store_entry_same(h->s, h->a, "某某公司", "绿色机房改造", &number, &sender, &e), 1);
	assert_string_equal(number, "T4-0001");
	assert_string_equal(sender, "li@example.org");
	assert_int_equal(store_entry_same(h->s, h->a, "某某公司", "别的", &number, &sender, &e), 0);
	assert_int_equal(store_entry_same(h->s, h->a, "o", "t", &number, &sender, &e), 0);
	assert_int_equal(store_entry_same(h->s, h->a, "", "", &number, &sender, &e), 0);
	EventRow gone = {.at = NOON + 500, .event = "withdrawn", .by = "li@example.org", .state = "withdrawn"};
	GOOD(store_begin(h->s, &e));
	GOOD(store_event_add(h->s, "T4-0001", &gone, &e));
	GOOD(store_commit(h->s, &e));
	assert_int_equal(store_entry_same(h->s, h->a, "某某公司", "绿色机房改造", &number, &sender, &e), 0);
	home_end(h);
}

static void entry_back(void **state) {
	(void)state;
	Home *h = home_filled();
	EntryRow want = sample_entry(h, "T4", 1, 1), en;
	FieldRow *f;
	FileRow *file;
	EventRow *ev;
	size_t n;
	assert_int_equal(store_entry_get(h->s, h->a, "T4-0001", &en, &e), 1);
	const struct {
		const char *row, *got, *want;
	} rows[] = {
		{"number", en.number, want.number}, {"track", en.track, want.track}, {"sender", en.sender, want.sender},
		{"title", en.title, want.title}, {"org", en.org, want.org}, {"uscc", en.uscc, want.uscc},
		{"kind", en.org_kind, want.org_kind}, {"province", en.province, want.province},
		{"contact", en.contact, want.contact}, {"mobile", en.mobile, want.mobile}, {"email", en.email, want.email},
		{"state", en.state, "accepted"}, {"edition", en.edition, want.edition},
		{"version", en.form_version, want.form_version}, {"token", en.token, want.token},
		{"folder", en.folder, want.folder},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ROW_STR(rows[i].row, rows[i].got, rows[i].want);
	assert_true(en.track_seq == 1 && en.seq == 1 && en.form == 0);
	assert_true(en.received == want.received && en.accepted == want.accepted);
	GOOD(store_entry_fields(h->s, h->a, "T4-0001", &f, &n, &e));
	assert_int_equal(n, SAMPLE_FIELDS);
	for (size_t i = 0; i < n; i++) {
		ROW_STR(sample_field[i].key, f[i].key, sample_field[i].key);
		ROW_STR(sample_field[i].key, f[i].value, sample_field[i].value);
		ROW_TRUE(sample_field[i].key, f[i].row == sample_field[i].row && f[i].personal == sample_field[i].personal);
	}
	GOOD(store_entry_files(h->s, h->a, "T4-0001", &file, &n, &e));
	assert_int_equal(n, 2);
	assert_string_equal(file[1].name, "照片.jpg");
	assert_true(file[1].bytes == 70000 && file[1].part == 2 && file[1].seq == 1);
	assert_true(hash_eq(file[1].sha256, hash_no(8)));
	GOOD(store_entry_supplements(h->s, h->a, "T4-0001", &file, &n, &e));
	assert_int_equal(n, 1);
	assert_string_equal(file[0].name, "检测报告.pdf");
	GOOD(store_entry_events(h->s, h->a, "T4-0001", &ev, &n, &e));
	assert_int_equal(n, 2);
	assert_string_equal(ev[0].event, "accepted");
	assert_string_equal(ev[1].event, "supplement");
	assert_int_equal(store_entry_get(h->s, h->a, "T4-0002", &en, &e), 0);
	GOOD(store_entry_fields(h->s, h->a, "T4-0002", &f, &n, &e));
	assert_int_equal(n, 0);
	/* Personal values stand nowhere else. */
	assert_string_equal(raw_rows(h, "SELECT count(*) FROM field WHERE value IN ('王五', '赵六')"), "0\n");
	home_end(h);
}

typedef struct {
	Home *h;
	Buf out;
	size_t stop;
	size_t n;
} Walk;

static bool note_entry(void *ctx, const EntryRow *en) {
	Walk *w = ctx;
	buf_fmt(&w->out, "%s ", en->number);
	return ++w->n != w->stop;
}

/* T1: 1 accepted, 2 eligible; T4: 1 accepted (messages 1 to 3). */
static Home *home_of_three(void) {
	Home *h = home_open();
	EventRow eligible = {.at = NOON + 200, .event = "eligible", .by = "office", .detail = "ok", .state = "eligible"};
	GOOD(store_begin(h->s, &e));
	for (int64_t seq = 1; seq <= 4; seq++)
		add_message(h, seq);
	add_entry(h, "T1", 1, 1);
	add_entry(h, "T4", 1, 2);
	add_entry(h, "T1", 2, 3);
	GOOD(store_event_add(h->s, "T1-0002", &eligible, &e));
	add_outcome(h, 1, "accepted");
	add_outcome(h, 2, "accepted");
	add_outcome(h, 3, "duplicate"); /* and a ruling gave it a number */
	GOOD(store_commit(h->s, &e));
	return h;
}

static void entry_walks(void **state) {
	(void)state;
	static const struct {
		EntryFilter f;
		const char *want;
	} rows[] = {
		{{0}, "T1-0001 T4-0001 T1-0002 "},
		{{.track = "", .state = "", .find = "", .address = ""}, "T1-0001 T4-0001 T1-0002 "},
		{{.track = "T1"}, "T1-0001 T1-0002 "},
		{{.state = "accepted"}, "T1-0001 T4-0001 "},
		{{.state = "eligible"}, "T1-0002 "},
		{{.track = "T1", .state = "accepted"}, "T1-0001 "},
		{{.track = "T4", .state = "eligible"}, ""},
		{{.address = "LI@example.org"}, "T1-0001 T4-0001 T1-0002 "},
		{{.address = "wang@example.org", .track = "T4"}, "T4-0001 "},
		{{.address = "nobody@example.org"}, ""},
		{{.find = "改造2"}, "T1-0002 "},
		{{.find = "t4-"}, "T4-0001 "},
		{{.find = "WANG@"}, "T1-0001 T4-0001 T1-0002 "},
		{{.find = "王五", .state = "eligible"}, "T1-0002 "},
		{{.find = "100%"}, ""},
		{{.find = "某某公司"}, "T1-0001 T4-0001 T1-0002 "},
	};
	Home *h = home_of_three();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Walk w = {.h = h};
		GOOD(store_entry_each(h->s, &rows[i].f, note_entry, &w, &e));
		ROW_STR(arena_fmt(h->a, "%zu", i), buf_cstr(&w.out), rows[i].want);
		buf_free(&w.out);
	}
	Walk w = {.h = h, .stop = 2};
	GOOD(store_entry_each(h->s, NULL, note_entry, &w, &e));
	assert_string_equal(buf_cstr(&w.out), "T1-0001 T4-0001 ");
	buf_free(&w.out);
	int64_t next;
	GOOD(store_next_track_seq(h->s, "T1", &next, &e));
	assert_int_equal(next, 3);
	GOOD(store_next_track_seq(h->s, "T9", &next, &e));
	assert_int_equal(next, 1);
	home_end(h);
}

/* Every text of them, so that none of a kept row is left where it was. */
static void same_entry(const EntryRow *x, const EntryRow *y) {
	const char *const of[][2] = {{x->number, y->number}, {x->track, y->track}, {x->sender, y->sender}, {x->title, y->title},
	                             {x->org, y->org}, {x->uscc, y->uscc}, {x->org_kind, y->org_kind}, {x->province, y->province},
	                             {x->contact, y->contact}, {x->mobile, y->mobile}, {x->email, y->email}, {x->state, y->state},
	                             {x->edition, y->edition}, {x->form_version, y->form_version}, {x->token, y->token},
	                             {x->folder, y->folder}};
	for (size_t i = 0; i < sizeof of / sizeof *of; i++)
		assert_string_equal(of[i][0], of[i][1]);
	assert_int_equal(x->received, y->received);
}

static void entry_lists(void **state) {
	(void)state;
	Home *h = home_of_three();
	EntryRow *all, one;
	size_t n;
	GOOD(store_entry_list(h->s, h->a, &(EntryFilter){.track = "T1"}, 0, &all, &n, &e));
	assert_int_equal(n, 2);
	assert_string_equal(all[0].number, "T1-0001");
	assert_int_equal(store_entry_get(h->s, h->a, "T1-0002", &one, &e), 1);
	same_entry(&all[1], &one);
	GOOD(store_entry_list(h->s, h->a, NULL, 1, &all, &n, &e));
	assert_int_equal(n, 1);
	GOOD(store_entry_list(h->s, h->a, &(EntryFilter){.state = "unfit"}, 0, &all, &n, &e));
	assert_int_equal(n, 0);
	home_end(h);
}

static bool note_log(void *ctx, const LogRow *row) {
	Walk *w = ctx;
	buf_fmt(&w->out, "%lld", (long long)row->message.seq);
	for (size_t i = 0; i < row->entry_n; i++)
		buf_fmt(&w->out, "=%s", row->entry[i]);
	ROW_INT("decided", row->decided == WHEN_NONE, !*row->outcome);
	ROW_INT("problems", row->problem_n, *row->outcome ? 2 : 0);
	if (row->problem_n)
		ROW_STR("where", row->problem[0].where, "申报表!C7");
	buf_char(&w->out, ' ');
	return ++w->n != w->stop;
}

static void log_walks(void **state) {
	(void)state;
	static const struct {
		LogFilter f;
		const char *want;
	} rows[] = {
		{{.since = WHEN_NONE}, "1=T1-0001 2=T4-0001 3=T1-0002 4 "},
		{{.since = NOON + 3}, "3=T1-0002 4 "},
		{{.since = NOON + 99}, ""},
		{{.since = WHEN_NONE, .outcome = "accepted"}, "1=T1-0001 2=T4-0001 "},
		{{.since = NOON + 2, .outcome = "accepted"}, "2=T4-0001 "},
		{{.since = WHEN_NONE, .from = "li@example.org"}, "1=T1-0001 2=T4-0001 3=T1-0002 "},
		{{.since = WHEN_NONE, .from = "li@example.org", .outcome = "duplicate"}, "3=T1-0002 "},
		{{.since = WHEN_NONE, .seq = 2}, "2=T4-0001 "},
		{{.since = WHEN_NONE, .seq = 9}, ""},
		{{.since = WHEN_NONE, .find = "报名材料"}, "1=T1-0001 2=T4-0001 3=T1-0002 "},
		{{.since = WHEN_NONE, .find = "t4-0001"}, "2=T4-0001 "},
		{{.since = WHEN_NONE, .find = "<m3@"}, "3=T1-0002 "},
	};
	Home *h = home_of_three();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Walk w = {.h = h};
		GOOD(store_log_each(h->s, &rows[i].f, note_log, &w, &e));
		ROW_STR(arena_fmt(h->a, "%zu", i), buf_cstr(&w.out), rows[i].want);
		buf_free(&w.out);
	}
	home_end(h);
}

static const char *count_text(Home *h, int (*count)(Store *, Arena *, CountRow **, size_t *, Err *)) {
	CountRow *rows;
	size_t n;
	Buf b = {0};
	GOOD(count(h->s, h->a, &rows, &n, &e));
	for (size_t i = 0; i < n; i++)
		buf_fmt(&b, "%s/%s:%lld ", rows[i].track, rows[i].state, (long long)rows[i].n);
	char *text = arena_str(h->a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

static void counts(void **state) {
	(void)state;
	Home *h = home_of_three();
	EventRow note = {.at = NOON + 300, .event = "note", .by = "office", .detail = "", .state = ""};
	assert_string_equal(count_text(h, store_count_entries), "T1/accepted:1 T1/eligible:1 T4/accepted:1 ");
	assert_string_equal(count_text(h, store_count_outcomes), "/accepted:2 /duplicate:1 ");
	assert_string_equal(count_text(h, store_count_outbox), "");
	GOOD(store_begin(h->s, &e));
	GOOD(store_event_add(h->s, "T1-0001", &note, &e));
	note.state = "withdrawn";
	GOOD(store_event_add(h->s, "T4-0001", &note, &e));
	assert_int_equal(store_event_add(h->s, "T7-0001", &note, &e), -1);
	assert_int_equal(e.kind, ERR_MISSING);
	note.state = "famous";
	assert_int_equal(store_event_add(h->s, "T4-0001", &note, &e), -1);
	GOOD(store_commit(h->s, &e));
	assert_string_equal(count_text(h, store_count_entries), "T1/accepted:1 T1/eligible:1 T4/withdrawn:1 ");
	home_end(h);
}

static bool note_tidy(void *ctx, const char *source, const MessageRow *m) {
	Walk *w = ctx;
	Home *h = w->h;
	buf_fmt(&w->out, "%s=%lld ", source, (long long)m->seq);
	GOOD(store_tidy_done(h->s, source, &e)); /* a caller may remove what it is shown */
	return true;
}

static void small_facts(void **state) {
	(void)state;
	Home *h = home_filled();
	char *value = NULL, **numbers;
	size_t n;
	MailboxRow box = {.mailbox = "imap:u@h/INBOX", .uidvalidity = 4000000000u, .last_uid = 4294967295u}, got;
	GOOD(store_begin(h->s, &e));
	GOOD(store_fact_set(h->s, "k", "v1", &e));
	GOOD(store_fact_set(h->s, "k", "v2", &e));
	assert_int_equal(store_fact_get(h->s, h->a, "k", &value, &e), 1);
	assert_string_equal(value, "v2");
	GOOD(store_fact_set(h->s, "k", NULL, &e));
	assert_int_equal(store_fact_get(h->s, h->a, "k", &value, &e), 0);
	assert_int_equal(store_mailbox_get(h->s, h->a, box.mailbox, &got, &e), 0);
	GOOD(store_mailbox_set(h->s, &box, &e));
	box.last_uid = 5;
	GOOD(store_mailbox_set(h->s, &box, &e));
	assert_int_equal(store_mailbox_get(h->s, h->a, box.mailbox, &got, &e), 1);
	assert_true(got.uidvalidity == 4000000000u && got.last_uid == 5);
	assert_int_equal(store_rules_last(h->s, h->a, &value, &e), 1);
	assert_string_equal(value, "abc");
	GOOD(store_filing_pending(h->s, h->a, &numbers, &n, &e));
	assert_int_equal(n, 1);
	assert_string_equal(numbers[0], "T4-0001");
	GOOD(store_filing_done(h->s, "T4-0001", &e));
	GOOD(store_filing_pending(h->s, h->a, &numbers, &n, &e));
	assert_int_equal(n, 0);
	GOOD(store_tidy_add(h->s, "maildir:b", 1, &e));
	GOOD(store_tidy_add(h->s, "maildir:a", 2, &e));
	GOOD(store_tidy_add(h->s, "maildir:c", 3, &e)); /* no outcome yet */
	Walk w = {.h = h};
	GOOD(store_tidy_each(h->s, note_tidy, &w, &e));
	assert_string_equal(buf_cstr(&w.out), "maildir:a=2 maildir:b=1 ");
	buf_free(&w.out);
	GOOD(store_commit(h->s, &e));
	assert_string_equal(raw_rows(h, "SELECT source FROM tidy"), "maildir:c\n");
	home_end(h);
}

static void tidy_pages(void **state) {
	(void)state;
	Home *h = home_open();
	GOOD(store_begin(h->s, &e));
	for (int64_t seq = 1; seq <= 600; seq++) {
		add_message(h, seq);
		add_outcome(h, seq, "note");
		GOOD(store_tidy_add(h->s, arena_fmt(h->a, "s%lld", (long long)seq), seq, &e));
	}
	Walk w = {.h = h};
	GOOD(store_tidy_each(h->s, note_tidy, &w, &e));
	buf_free(&w.out);
	GOOD(store_commit(h->s, &e));
	assert_string_equal(raw_rows(h, "SELECT count(*) FROM tidy"), "0\n");
	home_end(h);
}

static void transactions(void **state) {
	(void)state;
	Home *h = home_filled();
	char hash[HASH_HEX], again[HASH_HEX];
	int64_t id, now;
	assert_int_equal(store_commit(h->s, &e), -1);
	assert_int_equal(e.kind, ERR_BUG);
	assert_int_equal(store_fact_set(h->s, "k", "v", &e), -1);
	assert_int_equal(e.kind, ERR_BUG);
	assert_int_equal(store_audit_last(h->s, &id, hash, &e), 1);
	GOOD(store_begin(h->s, &e));
	add_outcome(h, 3, "note");
	GOOD(store_audit_add(h->s, NOON, "test", "ref", "detail", &e));
	store_rollback(h->s);
	assert_int_equal(store_audit_last(h->s, &now, again, &e), 1);
	assert_int_equal(now, id);
	assert_string_equal(again, hash);
	GOOD(store_begin(h->s, &e));
	GOOD(store_audit_add(h->s, NOON, "test", "ref", "detail", &e));
	GOOD(store_commit(h->s, &e));
	GOOD(store_audit_last(h->s, &now, again, &e));
	assert_int_equal(now, id + 1);
	home_end(h);
}

static const char *self;

/* A process of its own: the crash points are read from the environment once. */
static int write_and_crash(const char *place) {
	Home h = {.home = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC), .a = arena_new()};
	if (store_open(h.home, false, &h.s, NULL) < 0 || store_begin(h.s, NULL) < 0)
		return 1;
	add_message(&h, 4);
	store_commit(h.s, NULL);
	return 1;
}

/* Killed before the commit: nothing; after it: all. */
static void crash(void **state) {
	(void)state;
	static const struct {
		const char *at;
		int64_t want;
	} rows[] = {{"store.commit", 3}, {"store.committed", 4}};
	for (size_t i = 0; i < 2; i++) {
		Home *h = home_filled();
		int status;
		int64_t last;
		store_close(h->s);
		h->s = NULL;
		pid_t child = fork();
		if (child == 0) {
			setenv("XINLV_CRASH_AT", rows[i].at, 1);
			execl(self, self, h->place, (char *)NULL);
			_exit(1);
		}
		waitpid(child, &status, 0);
		ROW_TRUE(rows[i].at, WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		GOOD(store_open(h->home, false, &h->s, &e));
		GOOD(store_message_last(h->s, &last, &e));
		ROW_INT(rows[i].at, last, rows[i].want);
		home_end(h);
	}
}

static void reading(void **state) {
	(void)state;
	Home *h = home_new();
	Store *s;
	CountRow *rows;
	size_t n;
	GOOD(store_open(h->home, true, &s, &e)); /* no database: an empty one, and none is made */
	GOOD(store_count_entries(s, h->a, &rows, &n, &e));
	assert_int_equal(n, 0);
	store_close(s);
	assert_false(file_exists(h->home, "spool/xinlv.db"));
	home_end(h);

	h = home_filled();
	GOOD(store_open(h->home, true, &s, &e)); /* beside a writer */
	EntryRow en;
	assert_int_equal(store_entry_get(s, h->a, "T4-0001", &en, &e), 1);
	assert_int_equal(store_begin(s, &e) < 0 || store_fact_set(s, "k", "v", &e) < 0, true);
	store_close(s);
	struct stat st;
	assert_int_equal(fstatat(h->home, "spool/xinlv.db", &st, 0), 0);
	assert_int_equal(st.st_mode & 0007, 0); /* personal data: not for everybody */
	home_end(h);
}

/* Somebody who may read the folder, and no more. */
static void reading_only(void **state) {
	(void)state;
	if (geteuid() != 0) {
		skip();
		return;
	}
	Home *h = home_filled();
	int status;
	store_close(h->s);
	h->s = NULL;
	assert_int_equal(chmod(h->place, 0755), 0);
	assert_int_equal(fchmodat(h->home, "spool/xinlv.db", 0644, 0), 0);
	assert_false(file_exists(h->home, "spool/xinlv.db-wal"));
	pid_t child = fork();
	if (child == 0) {
		Store *s;
		EntryRow en;
		if (setgid(65534) || setuid(65534))
			_exit(2);
		if (store_open(h->home, true, &s, &e) < 0) {
			fprintf(stderr, "%s\n", e.text);
			_exit(3);
		}
		_exit(store_entry_get(s, h->a, "T4-0001", &en, &e) == 1 ? 0 : 4);
	}
	waitpid(child, &status, 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	home_end(h);
}

static void bad_homes(void **state) {
	(void)state;
	static const struct {
		const char *row, *bytes;
		ErrKind want;
	} rows[] = {
		{"not a database", "this is no database, it is a long text of more than a hundred bytes, so that nobody takes it "
		                   "for an empty one that was cut short", ERR_DISK},
		{"somebody else's", NULL, ERR_RULES},
	};
	for (size_t i = 0; i < 2; i++) {
		Home *h = home_new();
		Store *s = NULL;
		if (rows[i].bytes)
			GOOD(file_write(h->home, "spool/xinlv.db", rows[i].bytes, strlen(rows[i].bytes), 0640, &e));
		else
			assert_int_equal(raw(h, "CREATE TABLE theirs(x)"), SQLITE_OK);
		ROW_INT(rows[i].row, store_open(h->home, false, &s, &e), -1);
		ROW_INT(rows[i].row, e.kind, rows[i].want);
		ROW_TRUE(rows[i].row, s == NULL && strstr(e.text, "spool/xinlv.db"));
		home_end(h);
	}
}

int main(int argc, char **argv) {
	self = argv[0];
	if (argc == 2)
		return write_and_crash(argv[1]);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages),    cmocka_unit_test(redeliveries), cmocka_unit_test(forms),
		cmocka_unit_test(entry_back),  cmocka_unit_test(entry_walks), cmocka_unit_test(entry_lists),  cmocka_unit_test(log_walks),
		cmocka_unit_test(counts),      cmocka_unit_test(small_facts),  cmocka_unit_test(tidy_pages),
		cmocka_unit_test(transactions), cmocka_unit_test(crash),       cmocka_unit_test(reading),
		cmocka_unit_test(reading_only), cmocka_unit_test(bad_homes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
