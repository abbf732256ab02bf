/* The digest's workbooks: the figures alone, fit to forward, and the one the secretariat decides in.  Rows go to the
 * office program as the database gives them.  In a sheet to decide on each row carries a sealed token; a workbook that
 * comes back is read by these fixed places: row 1 a line, row 2 the header, the token in the last column. */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "course/amend.h"
#include "course/decision.h"
#include "course/petition.h"
#include "desk/digest_inner.h"
#include "home/bookout.h"


/* A column: the key of its heading below digest.col_ (decide.* is whole), its kind and width (office/workbook.h). */
typedef struct {
	const char *key;
	char kind;
	int width;
} Col;

#define ALIKE_BAD 90 /* per cent of a text that another organisation's has too, shown red */
#define DECIDE {"decide.decision", 'd', 12}, {"decide.reason", 'r', 30}, {NULL, 't', 10}

static const Col ELIGIBILITY[] = {{"number", 'c', 11}, {"title", 'f', 34}, {"org", 'f', 28}, {"org_kind", 'c', 10},
	{"uscc", 'c', 21}, {"province", 'c', 10}, {"contact", 'c', 10}, {"mobile", 'c', 14}, {"email", 'f', 24},
	{"received", 'c', 17}, {"hint", 'f', 36}, {"folder", 'f', 30}, DECIDE};
static const Col FORMAL[] = {{"number", 'c', 11}, {"track", 'f', 20}, {"title", 'f', 34}, {"org", 'f', 28},
	{"contact", 'c', 10}, {"mobile", 'c', 14}, {"received", 'c', 17}, {"hint", 'f', 36}, {"folder", 'f', 30}, DECIDE};
static const Col LATE[] = {{"title", 'f', 34}, {"org", 'f', 28}, {"track", 'f', 20}, {"contact", 'c', 10},
	{"mobile", 'c', 14}, {"sender", 'f', 24}, {"received", 'c', 20}, {"late_by", 's', 14}, {"file", 'f', 30}, DECIDE};
static const Col MEND[] = {{"status", 's', 12}, {"times", 'n', 9}, {"title", 'f', 34}, {"org", 'f', 26},
	{"contact", 'c', 10}, {"mobile", 'c', 14}, {"sender", 'f', 26}, {"received", 'c', 17}, {"problem", 'f', 56}};
static const Col READ[] = {{"outcome", 's', 13}, {"subject", 'f', 40}, {"from", 'c', 14}, {"sender", 'f', 26},
	{"person", 'f', 20}, {"number", 'c', 11}, {"received", 'c', 17}, {"file", 'f', 30}, DECIDE};
static const Col UNREACHED[] = {{"bounced", 'f', 28}, {"person", 'f', 20}, {"number", 'c', 11}, {"subject", 'f', 34},
	{"reason", 'f', 40}, {"received", 'c', 17}, DECIDE};
static const Col TWIN[] = {{"title", 'f', 34}, {"org", 'f', 28}, {"track", 'f', 20}, {"contact", 'c', 10},
	{"mobile", 'c', 14}, {"sender", 'f', 24}, {"received", 'c', 17}, {"twin_of", 'c', 12}, {"file", 'f', 30}, DECIDE};
static const Col PETITION[] = {{"petition", 's', 10}, {"number", 'c', 11}, {"title", 'f', 34}, {"org", 'f', 28},
	{"contact", 'c', 10}, {"mobile", 'c', 14}, {"applicant", 'f', 24}, {"subject", 'f', 34}, {"enclosed", 's', 14},
	{"objection", 'c', 10}, {"received", 'c', 17}, {"file", 'f', 30}, {"decide.new_contact", 'r', 12},
	{"decide.new_mobile", 'r', 16}, {"decide.new_email", 'r', 24}, DECIDE};
static const Col ALIKE[] = {{"number", 'c', 11}, {"title", 'f', 34}, {"org", 'f', 28}, {"alike_number", 'c', 11},
	{"alike_title", 'f', 34}, {"alike_org", 'f', 28}, {"alike", 'f', 40}, {"accepted", 'c', 17}};
static const Col ALL[] = {{"number", 'l', 11}, {"track", 'l', 24}, {"state", 's', 18}, {"title", 'l', 40},
	{"org", 'l', 30}, {"org_kind", 'l', 10}, {"uscc", 'l', 21}, {"province", 'l', 10}, {"contact", 'l', 10},
	{"mobile", 'l', 14}, {"email", 'l', 26}, {"sender", 'l', 26}, {"received", 'l', 17}, {"accepted", 'l', 17},
	{"folder", 'l', 44}};

typedef struct {
	Digest *d;
	BookOut out;
	Arena *a;       /* of one row */
	SealKey key;
	int64_t limit;  /* rows of a sheet; 0: no limit */
	int64_t rows;
	const char *kind; /* of the seal */
	int64_t amending, amend_last; /* entries that something is awaited for, and the last moment of these */
	Err *e;
	int rc;
} Pen;

#define COUNT(x) (sizeof(x) / sizeof *(x))

static const char *word(const Pen *p, const char *group, const char *key) {
	return words(p->d->w->rules, arena_fmt(p->d->a, "%s%s", group, key));
}

static void begin_book(Pen *p, const char *title, bool lean) {
	const Rules *r = p->d->w->rules;
	bookout_texts(&p->out, "book", title, r->organiser, words(r, "form.font"), lean ? "1" : "0", NULL);
}

static const char *footer(const Pen *p) {
	Arena *a = p->d->a;
	return arena_fmt(a, "&C&9 %s", words_fill(p->d->w->rules, a, "form.page", "page", "&P", "pages", "&N", NULL));
}

/* choices: keys below decide., blanks between; NULL for a sheet to read. */
/* A column of a role that no form of the contest has stays empty: it is there, since what comes back is read by its place,
 * and not shown. */
static int width_of(const Rules *r, const Col *col) {
	static const struct {
		const char *key;
		FieldRole role;
	} told[] = {{"org_kind", ROLE_ORG_KIND}, {"uscc", ROLE_USCC}, {"province", ROLE_PROVINCE}, {"contact", ROLE_CONTACT_NAME},
	            {"mobile", ROLE_CONTACT_MOBILE}};
	for (size_t i = 0; col->key && i < COUNT(told); i++) {
		bool held = strcmp(told[i].key, col->key) != 0;
		for (size_t k = 0; k < r->track_n && !held; k++)
			held = r->track[k].form.role[told[i].role] != NULL;
		if (!held)
			return 0;
	}
	return col->width;
}

static void begin_sheet(Pen *p, const char *key, const char *choices, const Col *col, size_t n) {
	const Digest *d = p->d;
	Buf list = {0};
	Str rest = str_of(choices), one;
	while (str_next(&rest, ' ', &one))
		buf_fmt(&list, "%s\n", word(p, "decide.", str_dup(d->a, one)));
	const char *title = words_fill(d->w->rules, d->a, arena_fmt(d->a, "digest.line_%s", key), "decision",
	                               word(p, "decide.", "decision"), "now",
	                               words_moment(d->w->rules, d->a, d->w->env->now), NULL);
	bookout_texts(&p->out, "sheet", word(p, "digest.sheet_", key), choices ? "g" : "", title, footer(p),
	              buf_cstr(&list), NULL);
	bookout_num(&p->out, (int64_t)n);
	for (size_t i = 0; i < n; i++) {
		const char *heading = !col[i].key ? BOOKOUT_TOKEN
		                      : strchr(col[i].key, '.') ? words(d->w->rules, col[i].key)
		                                                : word(p, "digest.col_", col[i].key);
		char kind[2] = {col[i].kind, 0};
		bookout_text(&p->out, kind);
		bookout_num(&p->out, width_of(d->w->rules, &col[i]));
		bookout_text(&p->out, heading);
	}
	buf_free(&list);
	p->rows = 0;
}

static bool full(const Pen *p) {
	return p->limit && p->rows > p->limit;
}

/* Counts the row in hand; false when it no longer fits. */
static bool begin_row(Pen *p, const char *mark) {
	p->rows++;
	if (full(p))
		return false;
	bookout_texts(&p->out, "row", mark, NULL);
	return true;
}

/* Under the rows: what did not fit, and what is not in it yet. */
static void end_sheet(Pen *p) {
	const Digest *d = p->d;
	const Rules *r = d->w->rules;
	const char *left = "", *awaited = "";
	if (full(p))
		left = words_fill(r, d->a, "digest.left_out", "n", arena_fmt(d->a, "%lld", (long long)(p->rows - p->limit)), NULL);
	if (p->amending)
		awaited = words_fill(r, d->a, "digest.amending", "n", arena_fmt(d->a, "%lld", (long long)p->amending), "until",
		                     words_moment(r, d->a, p->amend_last), NULL);
	if (*left || *awaited)
		bookout_texts(&p->out, "tail", arena_fmt(d->a, "%s%s", left, awaited), NULL);
}

/* The three columns that decide: open, open, sealed. */
static void open_cells(Pen *p, const char *ref, int64_t version) {
	SealRow row = {p->kind, DECISION_OFFICE, "", ref, version};
	bookout_texts(&p->out, "", "", seal_make(p->a, &p->key, &row), NULL);
}

/* Of a message that was never fetched only its place in the journal is known. */
static void open_message(Pen *p, const TodoRow *t) {
	const char *ref = t->archived ? hash_text(p->a, t->sha256) : arena_fmt(p->a, DECISION_SEQ "%lld", (long long)t->seq);
	open_cells(p, ref, t->rulings);
}

static const char *minute(const Pen *p, int64_t t) {
	return when_minute(p->a, t);
}

static const char *state_mark(const char *state) {
	static const char *const good[] = {"eligible", "reviewed", "shortlisted", "awarded"},
	                  *const bad[] = {"ineligible", "unfit", "eliminated", "withdrawn"};
	for (size_t i = 0; i < COUNT(good); i++)
		if (!strcmp(state, good[i]))
			return "good";
	for (size_t i = 0; i < COUNT(bad); i++)
		if (!strcmp(state, bad[i]))
			return "bad";
	return "";
}

/* ---- sheets of entries */

/* Is something still awaited for the entry?  Then it is no row to decide on today. */
static bool awaited(Pen *p, const Amend *am) {
	if (am->state != AMEND_WAITS)
		return false;
	p->amending++;
	if (am->until > p->amend_last)
		p->amend_last = am->until;
	return true;
}

/* What came, or that nothing came, stands before what the robot remarked. */
static char *with_amend(const Pen *p, const Amend *am, char *hint) {
	const Rules *r = p->d->w->rules;
	const char *says = NULL;
	if (am->state == AMEND_CAME)
		says = words_fill(r, p->a, "digest.amended", "files", am->files, NULL);
	else if (am->state == AMEND_OVER)
		says = words_fill(r, p->a, "digest.amend_over", "until", words_moment(r, p->a, am->until), NULL);
	return says ? arena_fmt(p->a, "%s%s%s", says, *hint ? "\n" : "", hint) : hint;
}

static bool each_to_decide(void *ctx, const EntryRow *en) {
	Pen *p = ctx;
	int64_t version;
	char *hint;
	Amend am = {.files = ""};
	arena_reset(p->a);
	if (store_report_entry(p->d->w->store, p->a, en->number, &version, &hint, p->e) < 0 ||
	    (version > 1 && amend_look(p->d->w, p->a, en->number, &am, p->e) < 0)) {
		p->rc = -1;
		return false;
	}
	if (awaited(p, &am) || !begin_row(p, ""))
		return true;
	hint = with_amend(p, &am, hint);
	if (!strcmp(p->kind, "eligibility"))
		bookout_texts(&p->out, en->number, en->title, en->org, en->org_kind, en->uscc, en->province, en->contact,
		              en->mobile, en->email, minute(p, en->received), hint, en->folder, NULL);
	else
		bookout_texts(&p->out, en->number, digest_track(p->d, en->track), en->title, en->org, en->contact,
		              en->mobile, minute(p, en->received), hint, en->folder, NULL);
	open_cells(p, en->number, version);
	return true;
}

static int entries_to_decide(Pen *p, const char *kind, const char *state, const Col *col, size_t n) {
	p->kind = kind;
	p->amending = p->amend_last = 0;
	begin_sheet(p, kind, "pass fail amend", col, n);
	if (store_entry_each(p->d->w->store, &(EntryFilter){.state = state}, each_to_decide, p, p->e) < 0)
		return -1;
	end_sheet(p);
	p->amending = 0;
	return p->rc;
}

static bool each_entry(void *ctx, const EntryRow *en) {
	Pen *p = ctx;
	arena_reset(p->a);
	begin_row(p, state_mark(en->state));
	bookout_texts(&p->out, en->number, digest_track(p->d, en->track), word(p, "state.", en->state), en->title, en->org,
	              en->org_kind, en->uscc, en->province, en->contact, en->mobile, en->email, en->sender,
	              minute(p, en->received), minute(p, en->accepted), en->folder, NULL);
	return true;
}

static int all_entries(Pen *p) {
	p->limit = 0;
	begin_sheet(p, "all", NULL, ALL, COUNT(ALL));
	return store_entry_each(p->d->w->store, &(EntryFilter){.standing = true}, each_entry, p, p->e);
}

/* ---- sheets of messages */

static const char *either(const char *a, const char *b) {
	return *a ? a : b;
}

static bool each_late(void *ctx, const TodoRow *t) {
	Pen *p = ctx;
	arena_reset(p->a);
	if (digest_early(p->d, t) || !begin_row(p, "doubt"))
		return true;
	bookout_texts(&p->out, digest_late(p->d, p->a, t), t->org, digest_track(p->d, t->track), t->contact, t->mobile,
	              t->from_addr, minute(p, t->received), digest_late_by(p->d, p->a, t),
	              digest_path(p->a, t), NULL);
	open_message(p, t);
	return true;
}

static bool each_twin(void *ctx, const TodoRow *t) {
	Pen *p = ctx;
	arena_reset(p->a);
	if (!begin_row(p, ""))
		return true;
	bookout_texts(&p->out, either(t->title, t->subject), t->org, digest_track(p->d, t->track), t->contact, t->mobile,
	              t->from_addr, minute(p, t->received), t->number, digest_path(p->a, t), NULL);
	open_message(p, t);
	return true;
}

static bool each_mend(void *ctx, const TodoRow *t) {
	Pen *p = ctx;
	bool stuck = t->times > 1;
	arena_reset(p->a);
	if (*t->number || !begin_row(p, stuck ? "bad" : "")) /* a number: a colleague got through */
		return true;
	bookout_texts(&p->out, word(p, "digest.", stuck ? "stuck" : "once"),
	              arena_fmt(p->a, "%lld", (long long)t->times), either(t->title, t->subject), t->org, t->contact,
	              t->mobile, t->from_addr, minute(p, t->received), t->problem, NULL);
	return true;
}

static bool each_read(void *ctx, const TodoRow *t) {
	Pen *p = ctx;
	const char *who, *number;
	bool hard = !strcmp(t->outcome, "quarantined");
	arena_reset(p->a);
	if (!begin_row(p, hard ? "bad" : !strcmp(t->outcome, "change") ? "doubt" : ""))
		return true;
	if (digest_known(p->d, t->from_addr, &who, &number, p->e) < 0)
		p->rc = -1;
	bookout_texts(&p->out, word(p, "outcome.", t->outcome), t->subject, t->from_name, t->from_addr, who, number,
	              minute(p, t->received), digest_path(p->a, t), NULL);
	open_message(p, t);
	return p->rc == 0;
}

static bool each_unreached(void *ctx, const TodoRow *t) {
	Pen *p = ctx;
	const char *who, *number;
	arena_reset(p->a);
	if (!begin_row(p, ""))
		return true;
	if (digest_known(p->d, t->email, &who, &number, p->e) < 0)
		p->rc = -1;
	bookout_texts(&p->out, t->email, who, number, either(t->title, t->subject), t->reason, minute(p, t->received),
	              NULL);
	open_message(p, t);
	return p->rc == 0;
}

static bool each_alike(void *ctx, const AlikeRow *t) {
	Pen *p = ctx;
	arena_reset(p->a);
	if (!begin_row(p, strcmp(t->kind, "text") == 0 && t->percent >= ALIKE_BAD ? "bad" : "doubt"))
		return true;
	bookout_texts(&p->out, t->number, t->title, t->org, t->other, t->other_title, t->other_org, digest_alike(p->d, p->a, t),
	              minute(p, t->accepted), NULL);
	return true;
}

typedef bool (*Each)(void *ctx, const TodoRow *t);

static int todo(Pen *p, const char *kind, Each each) {
	return store_todo_each(p->d->w->store, kind, each, p, p->e) < 0 || p->rc < 0 ? -1 : 0;
}

static int messages_to_decide(Pen *p) {
	p->kind = "late";
	begin_sheet(p, "late", "take refuse", LATE, COUNT(LATE));
	if (todo(p, "late", each_late) < 0)
		return -1;
	end_sheet(p);
	begin_sheet(p, "mend", NULL, MEND, COUNT(MEND));
	if (store_turned_each(p->d->w->store, 1, each_mend, p, p->e) < 0)
		return -1;
	end_sheet(p);
	p->kind = "read";
	begin_sheet(p, "read", "read", READ, COUNT(READ));
	if (todo(p, "read", each_read) < 0 || todo(p, "quarantined", each_read) < 0)
		return -1;
	end_sheet(p);
	begin_sheet(p, "unreached", "read", UNREACHED, COUNT(UNREACHED));
	if (todo(p, "bounce", each_unreached) < 0)
		return -1;
	end_sheet(p);
	p->kind = "twin";
	begin_sheet(p, "twin", "not_twin twin", TWIN, COUNT(TWIN));
	if (todo(p, "twin", each_twin) < 0)
		return -1;
	end_sheet(p);
	begin_sheet(p, "alike", NULL, ALIKE, COUNT(ALIKE));
	if (store_alike_each(p->d->w->store, 0, each_alike, p, p->e) < 0)
		return -1;
	end_sheet(p);
	return 0;
}

/* ---- what entrants ask for */

static int one_petition(Pen *p, const RecordRow *r) {
	Store *s = p->d->w->store;
	EntryRow en;
	MessageRow m;
	Petition is = petition_of(r);
	FileRow *f;
	size_t n, came = 0;
	arena_reset(p->a);
	if (store_entry_get(s, p->a, r->ref, &en, p->e) <= 0 || store_message_get(s, p->a, is.seq, &m, p->e) <= 0 ||
	    store_entry_supplements(s, p->a, r->ref, &f, &n, p->e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		came += f[i].seq == is.seq;
	const char *enclosed = is.stamp_missing ? "enclosed_missing" : came ? "enclosed_yes" : "enclosed_none";
	char path[128];
	archive_path(m.sha256, path);
	if (!begin_row(p, is.stamp_missing ? "doubt" : ""))
		return 0;
	bookout_texts(&p->out, word(p, "decide.kind_", r->round), en.number, en.title, en.org, en.contact, en.mobile, r->addr,
	              r->detail, word(p, "digest.", enclosed), is.no ? arena_fmt(p->a, "%lld", (long long)is.no) : "",
	              minute(p, m.received), path, "", "", "", NULL);
	p->kind = r->round;
	open_cells(p, hash_text(p->a, m.sha256), r->version);
	return 0;
}

static int petitions(Pen *p) {
	RecordRow *row;
	size_t n;
	if (petition_open(p->d->w, p->d->a, &row, &n, p->e) < 0)
		return -1;
	begin_sheet(p, "petition", "agree disagree", PETITION, COUNT(PETITION));
	for (size_t i = 0; i < n; i++)
		if (one_petition(p, &row[i]) < 0)
			return -1;
	end_sheet(p);
	return 0;
}

/* The headings of columns to fill in beside the decisions. */
static const char *open_headings(const Pen *p) {
	const Rules *r = p->d->w->rules;
	return arena_fmt(p->d->a, "%s\n%s\n%s", words(r, "decide.new_contact"), words(r, "decide.new_mobile"),
	                 words(r, "decide.new_email"));
}

/* ---- the overview */

static void figure(Pen *p, const char *key, int64_t n, int64_t before) {
	const Digest *d = p->d;
	bookout_text(&p->out, word(p, "digest.figure_", key));
	bookout_num(&p->out, n);
	bookout_text(&p->out, before < 0 ? "" : words_fill(d->w->rules, d->a, "digest.before", "n",
	                                                   arena_fmt(d->a, "%lld", (long long)before), NULL));
}

static void six_figures(Pen *p) {
	const Digest *d = p->d;
	bookout_text(&p->out, "6");
	figure(p, "mails", digest_arrived(d, d->from, d->to, NULL), digest_arrived(d, d->before, d->from, NULL));
	figure(p, "taken", digest_sum(d->form, d->form_n, NULL, "accepted"),
	       digest_sum(d->form_before, d->form_before_n, NULL, "accepted"));
	figure(p, "turned", digest_arrived(d, d->from, d->to, "rejected"),
	       digest_arrived(d, d->before, d->from, "rejected"));
	figure(p, "total", digest_sum(d->entry, d->entry_n, NULL, NULL), -1);
	figure(p, "to_check", digest_sum(d->entry, d->entry_n, NULL, "accepted"), -1);
	figure(p, "to_review", digest_sum(d->entry, d->entry_n, NULL, "eligible"), -1);
}

/* From the opening, or the first day with mail after it. */
static int first_day(const Digest *d) {
	int n = DIGEST_BOOK_DAYS;
	while (n > 7 && (when_midnight(d->today, 1 - n) <= d->opens ||
	                 digest_arrived(d, when_midnight(d->today, -n), when_midnight(d->today, 1 - n), NULL) == 0))
		n--;
	return n;
}

static void by_day(Pen *p) {
	const Digest *d = p->d;
	int n = first_day(d);
	bookout_texts(&p->out, n > DIGEST_COLUMN_DAYS ? "line" : "column", word(p, "digest.", "by_day"), "4",
	              word(p, "digest.", "date"), word(p, "digest.figure_", "mails"), word(p, "digest.", "of_taken"),
	              word(p, "digest.", "of_turned"), NULL);
	bookout_num(&p->out, n);
	for (int i = n; i > 0; i--) {
		int64_t from = when_midnight(d->today, -i), to = when_midnight(d->today, 1 - i);
		struct tm tm = when_local(from);
		bookout_text(&p->out, arena_fmt(d->a, "%d-%02d", tm.tm_mon + 1, tm.tm_mday));
		bookout_num(&p->out, digest_arrived(d, from, to, NULL));
		bookout_num(&p->out, digest_arrived(d, from, to, "accepted"));
		bookout_num(&p->out, digest_arrived(d, from, to, "rejected"));
	}
}

static void by_track(Pen *p) {
	const Digest *d = p->d;
	const Rules *r = d->w->rules;
	bookout_texts(&p->out, "bar", word(p, "digest.", "by_track"), "3", word(p, "digest.col_", "track"),
	              word(p, "digest.figure_", "total"), word(p, "digest.", "fresh"), NULL);
	bookout_num(&p->out, (int64_t)r->track_n);
	for (size_t i = 0; i < r->track_n; i++) {
		const Track *t = &r->track[i];
		bookout_text(&p->out, arena_fmt(d->a, "%s %s", t->code, t->name));
		bookout_num(&p->out, digest_sum(d->entry, d->entry_n, t->code, NULL));
		bookout_num(&p->out, digest_sum(d->form, d->form_n, t->code, "accepted"));
	}
}

/* How far the entries came: those that are there or beyond. */
static void funnel(Pen *p) {
	static const char *const way[] = {"accepted", "eligible", "reviewed", "shortlisted", "awarded"},
	                  *const aside[] = {"ineligible", "unfit", "eliminated", "unplaced", NULL};
	const Digest *d = p->d;
	bookout_texts(&p->out, "bar", word(p, "digest.", "funnel"), "3", word(p, "digest.col_", "state"),
	              word(p, "digest.", "reached"), word(p, "digest.", "stands"), "5", NULL);
	for (size_t i = 0; i < COUNT(way); i++) {
		int64_t n = 0;
		for (size_t k = i; k < COUNT(way); k++) {
			n += digest_sum(d->entry, d->entry_n, NULL, way[k]);
			/* Who was turned down at a stage had reached it. */
			if (aside[k])
				n += digest_sum(d->entry, d->entry_n, NULL, aside[k]);
		}
		bookout_text(&p->out, word(p, "state.", way[i]));
		bookout_num(&p->out, n);
		bookout_num(&p->out, digest_sum(d->entry, d->entry_n, NULL, way[i]));
	}
}

static void overview(Pen *p) {
	const Digest *d = p->d;
	const Rules *r = d->w->rules;
	int64_t last = when_midnight(d->to, -1);
	bookout_texts(&p->out, "overview", word(p, "digest.sheet_", "overview"), r->name,
	              words_fill(r, d->a, "digest.overview_line", "from", words_day(r, d->a, d->from), "to",
	                         last > d->from ? words_day(r, d->a, last) : "", "now",
	                         words_moment(r, d->a, d->w->env->now), "closes", words_moment(r, d->a, d->window_closes), NULL),
	              footer(p), NULL);
	six_figures(p);
	bookout_text(&p->out, "3");
	by_day(p);
	by_track(p);
	funnel(p);
}

static const char *title_of(const Digest *d, const char *key) {
	return words_fill(d->w->rules, d->a, key, "day", words_day(d->w->rules, d->a, d->today), NULL);
}

int digest_figures(Digest *d, const char *path, Err *e) {
	Pen p = {.d = d, .e = e};
	if (bookout_start(&p.out, d->w->env, path, e) < 0)
		return -1;
	begin_book(&p, title_of(d, "digest.figures_title"), false);
	overview(&p);
	return bookout_end(&p.out);
}

static int sheets(Pen *p, const BookSize *size) {
	p->limit = size->rows;
	overview(p);
	if (entries_to_decide(p, "eligibility", "accepted", ELIGIBILITY, COUNT(ELIGIBILITY)) < 0 ||
	    (!p->d->w->rules->experts.formal && entries_to_decide(p, "formal", "eligible", FORMAL, COUNT(FORMAL)) < 0) ||
	    messages_to_decide(p) < 0 || petitions(p) < 0)
		return -1;
	if (size->all && all_entries(p) < 0)
		return -1;
	bookout_identity(&p->out, p->d->w->rules->edition, when_text(p->d->a, p->d->w->env->now),
	                 open_headings(p));
	return 0;
}

int digest_book(Digest *d, const BookSize *size, const char *path, Err *e) {
	Pen p = {.d = d, .e = e};
	if (seal_key(d->w->env->home, &p.key, e) < 0 || bookout_start(&p.out, d->w->env, path, e) < 0)
		return -1;
	p.a = arena_new();
	begin_book(&p, title_of(d, "digest.book_title"), true);
	int rc = sheets(&p, size);
	if (rc < 0)
		p.out.bad = true; /* what it says stays; half a workbook goes */
	arena_free(p.a);
	return bookout_end(&p.out) < 0 ? -1 : rc;
}
