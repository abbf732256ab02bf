/* What the judge's tests share: the contest that ships, a database, and reports made in memory as the reader
 * would send them.  A good form is made from the rules' own examples, so it stays good when they change. */
#ifndef XINLV_TESTS_JUDGE_FIXTURE_H
#define XINLV_TESTS_JUDGE_FIXTURE_H

#include "store_fixture.h"

#include "base/text.h"
#include "judge/judge.h"
#include "reader/formmap.h"

#define IN_TIME 1677636000 /* 2023-03-01T10:00:00+08:00 */
#define LONG_LEAST 120     /* characters of a long text of a good form */

typedef struct {
	Home *h; /* database and arena */
	Rules *rules;
	FormMap *map;
	Judge *judge;
	int64_t seq;
} World;

static inline World *world_of(const char *place, bool own_words) {
	World *w = mem_alloc(sizeof *w);
	*w = (World){.h = home_open()};
	Source *s = ARENA_NEW(w->h->a, Source); /* the rules keep it */
	Buf faults = {0}, own = {0};
	int fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	if (own_words) {
		GOOD(file_read(AT_FDCWD, "templates/words.yaml", 0, &own, &e));
		GOOD(file_mkdirs(w->h->home, "rules/tracks", 0755, &e));
		GOOD(file_mkdirs(w->h->home, "templates", 0755, &e));
		static const char *const part[] = {"contest", "form", "mail", "tracks/POEM", "tracks/PHOTO"};
		for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
			Buf b = {0};
			const char *path = arena_fmt(w->h->a, "rules/%s.yaml", part[i]);
			GOOD(file_read(fd, path, 0, &b, &e));
			GOOD(file_write_plain(w->h->home, path, b.p, b.n, 0644, &e));
			buf_free(&b);
		}
		GOOD(file_write_plain(w->h->home, "templates/words.yaml", own.p, own.n, 0644, &e));
		buf_free(&own);
	}
	GOOD(source_read(w->h->a, own_words ? w->h->home : fd, s, &e));
	close(fd);
	w->rules = rules_load(s, &faults, &e);
	if (!w->rules)
		fail_msg("%s\n%s", e.text, buf_cstr(&faults));
	buf_free(&faults);
	GOOD(when_zone(w->rules->zone, &e));
	w->map = formmap_make(w->rules, w->h->a);
	w->judge = judge_new(w->rules, w->map, w->h->s, &e);
	assert_non_null(w->judge);
	return w;
}

static inline World *world_new(void) {
	return world_of(".", false);
}

static inline void world_end(World *w) {
	judge_free(w->judge);
	rules_free(w->rules);
	home_end(w->h);
	free(w);
}

/* ---- a form, field by field */

static inline const char *good_text(Arena *a, const Field *f) {
	if (f->kind != KIND_LONGTEXT)
		return f->example;
	Buf b = {0};
	while (text_chars(buf_cstr(&b)) < LONG_LEAST)
		buf_str(&b, f->example);
	const char *s = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return s;
}

static inline void put(World *w, FormRead *f, const char *key, size_t row, const char *text) {
	ptrdiff_t field = formmap_find(w->map, key);
	if (field < 0)
		fail_msg("no field is called %s", key);
	for (size_t i = 0; i < f->value_n; i++) {
		FormValue *v = &f->value[i];
		if (v->field != (size_t)field || v->row != row)
			continue;
		if (text)
			v->text = text;
		else
			*v = f->value[--f->value_n];
		return;
	}
	if (!text)
		return;
	f->value[f->value_n++] = (FormValue){.field = (size_t)field, .row = row, .text = text, .sheet = "申报表",
	                                     .cell = arena_fmt(w->h->a, "C%zu", (size_t)field + 3 + row * 200)};
	for (size_t i = 0; i < f->place_n; i++)
		if (f->place[i].field == (size_t)field)
			return;
	f->place[f->place_n++] = (struct FormPlace){(size_t)field, "申报表", arena_fmt(w->h->a, "C%zu", (size_t)field + 3)};
}

/* Places of all fields, values of none. */
static inline FormRead *blank_form(World *w, const char *track) {
	Arena *a = w->h->a;
	const Track *t = rules_track(w->rules, track);
	FormRead *f = ARENA_NEW(a, FormRead);
	*f = (FormRead){.edition = w->rules->edition, .track = track, .version = w->rules->form_version, .token = "tok",
	                .by_name = true, .title = w->rules->form_title};
	f->value = arena_array(a, t->form.field_n * 30 + 100, sizeof *f->value);
	f->place = arena_array(a, t->form.field_n + 400, sizeof *f->place);
	for (size_t i = 0; i < t->form.field_n; i++) {
		put(w, f, t->form.field[i].key, t->form.field[i].table != NULL, "x");
		f->labels++;
	}
	f->value_n = 0;
	return f;
}

static inline FormRead *good_form(World *w, const char *track) {
	const Track *t = rules_track(w->rules, track);
	FormRead *f = blank_form(w, track);
	for (size_t i = 0; i < t->form.field_n; i++) {
		const Field *x = &t->form.field[i];
		if (!x->table || x->table->min_rows > 0)
			put(w, f, x->key, x->table != NULL, good_text(w->h->a, x));
	}
	return f;
}

/* ---- a mail */

static inline Report *mail(World *w, const char *from, const char *subject, const char *text) {
	Arena *a = w->h->a;
	Report *r = ARENA_NEW(a, Report);
	*r = (Report){.kind = REPORT_MAIL, .from = {"", from}, .sender = {"", ""}, .reply_to = {"", ""},
	              .return_path = from, .subject = subject, .subject_bare = subject,
	              .message_id = arena_fmt(a, "m%lld@example.cn", (long long)++w->seq), .in_reply_to = "",
	              .references = "", .date = WHEN_NONE, .received = WHEN_NONE, .mailer = "", .auth_results = "",
	              .own_mark = "", .bounce_of = "", .bounce_to = "", .bounce_status = "", .bounce_text = "", .calendar_uid = "", .calendar_answer = "",
	              .text = text, .text_whole = text, .inner_from = {"", ""}, .inner_received = WHEN_NONE};
	r->part = arena_array(a, 40, sizeof *r->part);
	r->form = arena_array(a, 20, sizeof *r->form);
	return r;
}

static inline Part *attach(World *w, Report *r, const char *name, FileType type) {
	Part *p = &r->part[r->part_n++];
	const char *key = arena_fmt(w->h->a, "%s %d", name, (int)type);
	*p = (Part){.name = name, .path = "", .parent = -1, .type = type, .bytes = 20000, .spill = -1, .form = -1,
	            .sha256 = hash_of(key, strlen(key))};
	return p;
}

static inline FormRead *attach_form(World *w, Report *r, const char *name, const FormRead *f) {
	Part *p = attach(w, r, name, f->source == FORM_DOCX ? TYPE_DOCX : TYPE_XLSX);
	p->form = (int)r->form_n;
	FormRead *out = &r->form[r->form_n++];
	*out = *f;
	out->part = (int)(p - r->part);
	return out;
}

static inline Report *entry_mail(World *w, const char *from, const FormRead *f) {
	Report *r = mail(w, from, "参赛申报", "请查收附件。");
	attach_form(w, r, "申报表.xlsx", f);
	return r;
}

static inline Verdict judged(World *w, const Report *r, int64_t received) {
	Verdict v;
	GOOD(judge_mail(w->judge, w->h->a, r, received, &v, &e));
	return v;
}

/* ---- on record, as the command's room does it */

static inline void keep_form(World *w, const Report *r, const FormVerdict *f, int64_t seq, int i, int64_t received) {
	Home *h = w->h;
	const char *number = "";
	if (f->outcome == OUTCOME_ACCEPTED) {
		int64_t n;
		GOOD(store_next_track_seq(h->s, f->track->code, &n, &e));
		number = rules_number(w->rules, h->a, f->track->code, n);
		EntryRow en = sample_entry(h, f->track->code, n, seq);
		en.number = number;
		en.form = i;
		en.received = received;
		en.sender = r->from.addr;
		en.title = f->role[ROLE_TITLE];
		en.org = f->role[ROLE_ORG];
		en.email = f->role[ROLE_CONTACT_MAIL];
		GOOD(store_entry_add(h->s, &en, NULL, 0, NULL, 0, &e));
	}
	FormRow row = {.print = f->print, .seq = seq, .form = i, .sender = r->from.addr, .outcome = outcome_name(f->outcome),
	               .number = number, .org_key = f->org_key, .title_key = f->title_key,
	               .track = f->track ? f->track->code : "", .received = received};
	GOOD(store_form_add(h->s, &row, &e));
}

/* Puts message, outcome, forms and the reply (sent at `sent`, WHEN_NONE: waiting) into the store; the reply's
 * Message-ID. */
static inline const char *keep(World *w, const Report *r, const Verdict *v, int64_t received, int64_t sent) {
	Home *h = w->h;
	static int64_t seq;
	int64_t no = ++seq;
	const char *id = arena_fmt(h->a, "reply%lld@robot", (long long)no);
	GOOD(store_begin(h->s, &e));
	MessageRow m = {.seq = no, .sha256 = hash_no(no), .archived = true, .bytes = 1, .received = received,
	                .source = arena_fmt(h->a, "maildir:%lld", (long long)no)};
	GOOD(store_message_add(h->s, &m, &e));
	for (size_t i = 0; i < v->form_n; i++)
		keep_form(w, r, &v->form[i], no, (int)i, received);
	OutcomeRow o = {.seq = no, .outcome = outcome_name(v->outcome), .detail = v->detail, .decided = received,
	                .message_id = r->message_id, .from_addr = r->from.addr, .from_name = "", .subject = r->subject,
	                .in_reply_to = r->in_reply_to, .content = v->content, .rules = "abc"};
	GOOD(store_outcome_add(h->s, &o, &e));
	if (v->reply) {
		const char *number = v->outcome == OUTCOME_ACCEPTED ? "T4-0001 申报已登记" : "答复";
		OutboxRow out = {.kind = v->reply, .seq = no, .to = r->from.addr, .subject = number, .message_id = id,
		                 .priority = 1, .due = received, .state = "waiting", .created = received, .sent = WHEN_NONE,
		                 .error = "", .from_domain = "example.org"};
		GOOD(store_outbox_add(h->s, &out, STR("x"), &e));
		if (sent != WHEN_NONE) {
			GOOD(store_outbox_find(h->s, h->a, id, &out, &e));
			GOOD(store_outbox_sent(h->s, out.id, sent, &e));
		}
	}
	GOOD(store_commit(h->s, &e));
	return id;
}

/* ---- looking at a verdict */

static inline const Problem *find_problem(const Problem *p, size_t n, const char *field, Severity s) {
	for (size_t i = 0; i < n; i++)
		if (p[i].severity == s && strcmp(p[i].field, field) == 0)
			return &p[i];
	return NULL;
}

static inline size_t count_errors(const FormVerdict *f) {
	size_t n = 0;
	for (size_t i = 0; i < f->problem_n; i++)
		n += f->problem[i].severity == SEVERITY_ERROR;
	return n;
}

static inline void show_problems(const Problem *p, size_t n) {
	for (size_t i = 0; i < n; i++)
		print_message("  %s %s [%s] %s | want %s | found %s\n", p[i].severity == SEVERITY_ERROR ? "error" : "warning",
		              p[i].where, p[i].field, p[i].sentence, p[i].want, p[i].found);
}

#endif
