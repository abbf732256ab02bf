/* A home in /tmp with a database, filled with one of everything; and a second, raw connection, as somebody
 * with the sqlite3 shell has it. */
#ifndef XINLV_TESTS_STORE_FIXTURE_H
#define XINLV_TESTS_STORE_FIXTURE_H

#include "row.h"

#include <fcntl.h>
#include <stdio.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/file.h"
#include "base/when.h"
#include "store/record.h"
#include "store/report.h"
#include "store/notice.h"
#include "store/store.h"

#define NOON 1675224000 /* 2023-02-01T12:00:00+08:00 */

typedef struct {
	char place[64];
	int home;
	Arena *a;
	Store *s;
} Home;

static Err e; /* of the last call */

/* The call must not fail; its last argument is &e. */
#define GOOD(call)                       \
	do {                                 \
		e = (Err){0};                    \
		if ((call) < 0)                  \
			fail_msg("%s", e.text);      \
	} while (0)

__attribute__((unused)) static Home *home_new(void) {
	Home *h = mem_alloc(sizeof *h);
	*h = (Home){.place = "/tmp/xinlv-store-XXXXXX", .a = arena_new()};
	assert_non_null(mkdtemp(h->place));
	h->home = open(h->place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(h->home >= 0);
	GOOD(file_mkdirs(h->home, "spool", 0755, &e));
	return h;
}

__attribute__((unused)) static Home *home_open(void) {
	Home *h = home_new();
	GOOD(store_open(h->home, false, &h->s, &e));
	return h;
}

__attribute__((unused)) static void home_end(Home *h) {
	store_close(h->s);
	close(h->home);
	file_remove_tree(AT_FDCWD, h->place, NULL);
	arena_free(h->a);
	free(h);
}

/* ---- rows */

__attribute__((unused)) static Hash hash_no(int64_t n) {
	return hash_of(&n, sizeof n);
}

__attribute__((unused)) static void add_message(Home *h, int64_t seq) {
	MessageRow m = {.seq = seq, .sha256 = hash_no(seq), .archived = true, .bytes = 1000, .received = NOON + seq,
	                .source = arena_fmt(h->a, "maildir:spool/inbox/%lld", (long long)seq)};
	GOOD(store_message_add(h->s, &m, &e));
}

__attribute__((unused)) static void add_outcome(Home *h, int64_t seq, const char *outcome) {
	static const ProblemRow problem[] = {
		{"error", "申报表!C7", "contact.mobile", "手机号“123”不是11位", 0},
		{"warning", "申报表!C9", "org.uscc", "校验位不符", 0},
	};
	OutcomeRow o = {.seq = seq, .outcome = outcome, .detail = "by the test", .decided = NOON + 100,
	                .message_id = arena_fmt(h->a, "<m%lld@example.org>", (long long)seq),
	                .from_addr = "Li@Example.org", .from_name = "李四", .subject = "报名材料", .in_reply_to = "",
	                .content = hash_no(seq * 1000), .rules = "abc", .problem = problem, .problem_n = 2};
	GOOD(store_outcome_add(h->s, &o, &e));
}

static const FieldRow sample_field[] = {
	{"project.title", 0, "绿色机房改造", false},
	{"contact.name", 0, "王五", true},
	{"members.name", 1, "赵六", true},
	{"members.post", 1, "工程师", false},
};
#define SAMPLE_FIELDS (sizeof sample_field / sizeof *sample_field)

__attribute__((unused)) static EntryRow sample_entry(Home *h, const char *track, int64_t n, int64_t seq) {
	const char *number = arena_fmt(h->a, "%s-%04lld", track, (long long)n);
	return (EntryRow){
		.number = number, .track = track, .track_seq = n, .seq = seq, .form = 0, .received = NOON + seq,
		.accepted = NOON + 100, .sender = "li@example.org", .title = arena_fmt(h->a, "绿色机房改造%lld", (long long)n),
		.org = "某某公司", .uscc = "91110000100000000X", .org_kind = "企业", .province = "北京市", .contact = "王五",
		.mobile = "13800138000", .email = "wang@example.org", .edition = "2023", .form_version = "1",
		.token = "t", .folder = arena_fmt(h->a, "spool/tracks/%s/%s", track, number)};
}

__attribute__((unused)) static void add_entry(Home *h, const char *track, int64_t n, int64_t seq) {
	FileRow file[] = {
		{.name = "申报表.xlsx", .type = "xlsx", .bytes = 20000, .sha256 = hash_no(seq * 7), .path = "a.xlsx",
	     .role = "form", .seq = seq, .part = 1},
		{.name = "照片.jpg", .type = "jpeg", .bytes = 70000, .sha256 = hash_no(seq * 7 + 1), .path = "b.jpg",
	     .role = "file", .seq = seq, .part = 2},
	};
	EntryRow en = sample_entry(h, track, n, seq);
	GOOD(store_entry_add(h->s, &en, sample_field, SAMPLE_FIELDS, file, 2, &e));
}

__attribute__((unused)) static OutboxRow sample_mail(Home *h, int64_t n) {
	return (OutboxRow){.kind = "receipt", .seq = n, .to = "li@example.org", .subject = "收件回执",
	                   .message_id = arena_fmt(h->a, "<r%lld@robot>", (long long)n), .priority = 2, .due = NOON + n,
	                   .state = "waiting", .created = NOON + n, .sent = WHEN_NONE, .error = "",
	                   .from_domain = "example.org"};
}

__attribute__((unused)) static void add_mail(Home *h, int64_t n) {
	OutboxRow o = sample_mail(h, n);
	GOOD(store_outbox_add(h->s, &o, STR("Subject: x\r\n\r\nbody\r\n"), &e));
}

/* Messages 1 and 2 (accepted, rejected) with entry T4-0001, its supplement and a mail each, and a ruling on 2; message 3
 * waits. */
__attribute__((unused)) static Home *home_filled(void) {
	Home *h = home_open();
	GOOD(store_begin(h->s, &e));
	GOOD(store_rules_add(h->s, "abc", NOON, &e));
	for (int64_t seq = 1; seq <= 3; seq++)
		add_message(h, seq);
	add_entry(h, "T4", 1, 1);
	add_outcome(h, 1, "accepted");
	FormRow f = {.print = hash_no(77), .seq = 1, .form = 0, .sender = "li@example.org", .outcome = "accepted",
	             .number = "T4-0001", .org_key = "某某公司", .title_key = "绿色机房改造", .track = "T4",
	             .received = NOON + 1};
	GOOD(store_form_add(h->s, &f, &e));
	add_outcome(h, 2, "rejected");
	SaidRow said = {2, 0, "绿色机房改造", "某某公司", "王五", "13800138000", "wang@example.org", ""};
	GOOD(store_said_add(h->s, &said, &e));
	RulingRow ruling = {.seq = 2, .at = NOON + 200, .kind = "read", .decision = "read", .by = "office@example.org",
	                    .reason = "已电话答复"};
	GOOD(store_ruling_add(h->s, &ruling, &e));
	GOOD(store_ruling_wanted(h->s, 2, "late", -1, NOON + 210, &e));
	RecordRow record = {.kind = "expert", .round = "", .ref = "", .who = "e1", .at = NOON + 250, .state = "active",
	                    .data = "T4", .by = "office@example.org", .addr = "wang@example.cn", .detail = "王"};
	GOOD(store_record_add(h->s, &record, &e));
	FileRow later = {.name = "检测报告.pdf", .type = "pdf", .bytes = 9000, .sha256 = hash_no(99), .path = "c.pdf",
	                 .role = "supplement", .seq = 2, .part = 1};
	EventRow came = {.at = NOON + 300, .event = "supplement", .by = "li@example.org", .detail = "", .state = ""};
	GOOD(store_supplement_add(h->s, "T4-0001", &came, &later, 1, &e));
	int64_t objection = 0;
	GOOD(store_paper_add(h->s, "schedule", NOON + 400, "{\"slots\":[]}", NULL, &e));
	GOOD(store_objection_add(h->s, 2, NOON + 410, "T4-0001", &objection, &e));
	ObjectionRow end = {.id = objection, .number = "T4-0001", .decision = "dismissed", .ended = NOON + 420,
	                    .by = "office@example.org", .reason = "查无实据"};
	GOOD(store_objection_end(h->s, &end, &e));
	NoticeRow notice = {.key = "decided 1", .title = "审核结果通知", .made = NOON, .until = INT64_MAX, .shared = "[]",
	                    .state = "held", .digest = hash_no(5)};
	NoticeItemRow item = {"eligible", "T4-0001", 2, "[]", "[]", ""};
	NoticeFileRow file = {"路演.ics", "text/calendar", STR("BEGIN:VCALENDAR")};
	OutboxRow held = {.kind = "eligible", .to = "wang@example.org", .subject = "资格审核通过", .message_id = "n1@example.org"};
	GOOD(store_notice_add(h->s, &notice, &notice.id, &e));
	GOOD(store_notice_item_add(h->s, notice.id, 0, &item, &e));
	GOOD(store_notice_file_add(h->s, notice.id, 0, 0, &file, &e));
	GOOD(store_notice_mail_add(h->s, notice.id, 0, &held, &e));
	GOOD(store_notice_code_add(h->s, "R00000000000", notice.id, 1, &e));
	GOOD(store_notice_set(h->s, &notice, NOON, "robot", &e));
	add_mail(h, 1);
	add_mail(h, 2);
	GOOD(store_commit(h->s, &e));
	return h;
}

/* ---- the raw connection */

__attribute__((unused)) static sqlite3 *raw_open(const Home *h) {
	sqlite3 *db;
	char path[128];
	snprintf(path, sizeof path, "%s/spool/xinlv.db", h->place);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	return db;
}

/* The result code of the statements. */
__attribute__((unused)) static int raw(const Home *h, const char *sql) {
	sqlite3 *db = raw_open(h);
	int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_close(db);
	return code;
}

/* All rows, columns by '|', rows by newline; in the arena. */
__attribute__((unused)) static char *raw_rows(const Home *h, const char *sql) {
	sqlite3 *db = raw_open(h);
	sqlite3_stmt *stmt;
	Buf out = {0};
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(stmt); i++) {
			const char *v = (const char *)sqlite3_column_text(stmt, i);
			buf_fmt(&out, "%s%s", i ? "|" : "", v ? v : "NULL");
		}
		buf_char(&out, '\n');
	}
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	char *text = arena_str(h->a, buf_cstr(&out));
	buf_free(&out);
	return text;
}

#endif
