/* A contest home with a long history, for measuring what its length costs: usage: history HOME MESSAGES ENTRIES.  Rows and
 * journal are written by the program's own store and journal, a thousand messages a transaction; the mails themselves are not
 * there, nor are the entries' folders.  Every 20th message or so is an accepted entry with its receipt, the others are notes. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/when.h"
#include "command/replay.h"
#include "home/numbering.h"

#define BATCH 1000
#define FIRST 1793462400 /* 2026-11-01T00:00:00+08:00 */

typedef struct {
	World w;
	Arena *a; /* of one message */
	int64_t entries, every;
} History;

static int add_entry(History *h, const MessageRow *m, Err *e) {
	World *w = &h->w;
	const Track *t = &w->rules->track[0];
	FieldRow *field = arena_array(h->a, t->form.field_n, sizeof *field);
	size_t n = 0;
	for (size_t i = 0; i < t->form.field_n; i++) {
		const Field *f = &t->form.field[i];
		if (!f->table)
			field[n++] = (FieldRow){f->key, 0, arena_fmt(h->a, "%s %lld", f->label, (long long)m->seq), f->personal};
	}
	const char *number = rules_number(w->rules, h->a, t->code, ++h->entries);
	const char *title = arena_fmt(h->a, "项目 %lld", (long long)h->entries), *org = arena_fmt(h->a, "单位 %lld", (long long)h->entries);
	const char *sender = arena_fmt(h->a, "sb%lld@example.cn", (long long)m->seq);
	EntryRow en = {.number = number, .track = t->code, .track_seq = h->entries, .seq = m->seq, .received = m->received,
	               .accepted = m->received, .sender = sender, .title = title, .org = org, .uscc = "", .org_kind = "",
	               .province = "", .contact = "张三", .mobile = "13800138000", .email = sender, .state = "accepted",
	               .edition = w->rules->edition, .form_version = "1", .token = "",
	               .folder = arena_fmt(h->a, "spool/tracks/%s/%s", t->code, number)};
	FileRow file = {.name = "申报表.xlsx", .type = "xlsx", .bytes = 13000, .sha256 = m->sha256,
	                .path = arena_fmt(h->a, "%s/申报表.xlsx", en.folder), .role = "form", .seq = m->seq};
	FormRow form = {.print = m->sha256, .seq = m->seq, .sender = sender, .outcome = "accepted", .number = number,
	                .org_key = org, .title_key = title, .track = t->code, .received = m->received};
	OutboxRow mail = {.kind = "receipt", .seq = m->seq, .to = sender, .subject = "申报已登记", .priority = 2, .due = m->received,
	                  .message_id = arena_fmt(h->a, "r%lld@example.org", (long long)m->seq), .state = "waiting",
	                  .created = m->received, .sent = WHEN_NONE, .error = "", .from_domain = ""};
	int64_t id;
	OutboxRow queued;
	if (store_entry_add(w->store, &en, field, n, &file, 1, e) < 0 || store_filing_done(w->store, number, e) < 0 ||
	    store_form_add(w->store, &form, e) < 0 || store_outbox_add(w->store, &mail, STR("x"), e) < 0 ||
	    store_outbox_find(w->store, h->a, mail.message_id, &queued, e) <= 0)
		return -1;
	id = queued.id;
	return store_outbox_sent(w->store, id, m->received, e);
}

static int add_message(History *h, int64_t seq, Err *e) {
	World *w = &h->w;
	arena_reset(h->a);
	const char *source = arena_fmt(h->a, "maildir:spool/inbox/%lld.history", (long long)seq);
	MessageRow m = {.seq = seq, .archived = true, .bytes = 20000, .received = FIRST + seq * 2, .source = source};
	m.sha256 = hash_of(source, strlen(source));
	bool entry = seq % h->every == 0;
	OutcomeRow o = {.seq = seq, .outcome = entry ? "accepted" : "note", .detail = "", .decided = m.received,
	                .message_id = arena_fmt(h->a, "%lld@example.cn", (long long)seq),
	                .from_addr = arena_fmt(h->a, "sb%lld@example.cn", (long long)(seq % 60000)), .from_name = "申报人",
	                .subject = "项目申报", .in_reply_to = "", .content = m.sha256, .rules = ""};
	journal_add(w->journal, &(JournalLine){.kind = JOURNAL_MESSAGE, .at = m.received, .seq = seq, .sha256 = m.sha256,
	                                       .archived = true, .bytes = m.bytes, .source = m.source, .taken = m.received});
	if (store_message_add(w->store, &m, e) < 0 || store_outcome_add(w->store, &o, e) < 0)
		return -1;
	return entry ? add_entry(h, &m, e) : 0;
}

static int add_all(History *h, int64_t n, Err *e) {
	World *w = &h->w;
	int64_t seq = journal_last_seq(w->journal);
	for (int64_t end = seq + n; seq < end;) {
		if (store_begin(w->store, e) < 0)
			return -1;
		for (int i = 0; i < BATCH && seq < end; i++)
			if (add_message(h, ++seq, e) < 0)
				return -1;
		if (journal_sync(w->journal, e) < 0 || replay_mark(w, e) < 0 || store_commit(w->store, e) < 0)
			return -1;
	}
	return numbering_keep(w, e);
}

int main(int argc, char **argv) {
	Err e = {0};
	History h = {.a = arena_new()};
	if (argc != 4) {
		fprintf(stderr, "usage: history HOME MESSAGES ENTRIES\n");
		return 64;
	}
	int64_t n = atoll(argv[2]), entries = atoll(argv[3]);
	Env env = {.home_path = argv[1], .home = open(argv[1], O_RDONLY | O_DIRECTORY), .arena = arena_new(),
	           .now = FIRST + 86400, .programs = "build", .share = "."};
	h.every = entries > 0 ? n / entries : n + 1;
	int rc = world_open(&h.w, &env, WORLD_WRITE, &e) < 0 ? -1 : add_all(&h, n, &e);
	world_close(&h.w);
	if (rc < 0)
		fprintf(stderr, "history: %s\n", e.text);
	return rc < 0 ? 70 : 0;
}
