/* The list of awards, asked for by the secretariat: a row a finalist, with what rank and quota would give, to be filled in; open
 * objections on a sheet of their own; where a list is in force, what the certificates need.  And the casebook. */
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/seal.h"
#include "base/text.h"
#include "base/when.h"
#include "course/awards.h"
#include "course/casebook.h"
#include "course/decision.h"
#include "course/publish.h"
#include "desk/ask_inner.h"
#include "home/bookout.h"

#define BOOK "spool/tmp/awards.xlsx"
#define ENCLOSED_BYTES (7u << 20) /* coded, it stays below what every server takes */

typedef struct {
	Asking *q;
	Finalist *f;
	size_t n;
	ObjectionRow *objection;
	size_t objection_n, open;
	BookOut out;
	SealKey key;
} Prize;

typedef struct {
	const char *key, *kind, *width;
} Col;

/* ---- the sheet of awards */

static const Col award_cols[] = {
	{"award.col_rank", "c", "8"}, {"digest.col_number", "c", "11"}, {"digest.col_track", "f", "20"},
	{"digest.col_title", "f", "34"}, {"digest.col_org", "f", "28"}, {"award.col_score", "c", "10"},
	{"award.col_hint", "f", "20"}, {"award.col_award", "e", "14"}, {"award.col_reason", "r", "30"},
};
static const Col objection_cols[] = {
	{"objection.col_no", "c", "8"}, {"digest.col_received", "c", "17"}, {"digest.col_subject", "f", "36"},
	{"objection.col_text", "f", "50"}, {"objection.col_file", "f", "30"}, {"objection.col_number", "r", "14"},
	{"decide.decision", "d", "12"}, {"decide.reason", "r", "30"},
};
#define COUNT(x) (sizeof(x) / sizeof *(x))

static const char *awards_rule(const Prize *p) {
	const Rules *r = p->q->w->rules;
	const char *list = "list ";
	for (size_t i = 0; i < r->award_n; i++)
		list = arena_fmt(p->q->a, "%s%s\n", list, r->award[i].name);
	return arena_fmt(p->q->a, "%s%s", list, ask_say(p->q, "award.none"));
}

static void columns(Prize *p, const Col *col, size_t n) {
	bookout_num(&p->out, (int64_t)n + 1);
	for (size_t i = 0; i < n; i++) {
		bookout_texts(&p->out, col[i].kind, col[i].width, ask_say(p->q, col[i].key), NULL);
		if (*col[i].kind == 'e')
			bookout_text(&p->out, awards_rule(p));
	}
	bookout_texts(&p->out, "t", "10", BOOKOUT_TOKEN, NULL);
}

static const char *award_cell(const Prize *p, const char *award) {
	return !award ? "" : *award ? award : ask_say(p->q, "award.none");
}

static const char *hint(const Prize *p, const Finalist *f) {
	const char *tied = f->tied ? ask_say(p->q, "award.tied") : "", *held = f->held ? ask_say(p->q, "award.held") : "";
	return arena_fmt(p->q->a, "%s%s%s", tied, *tied && *held ? ask_say(p->q, "award.comma") : "", held);
}

static void tell_finalist(Prize *p, const Finalist *f) {
	Asking *q = p->q;
	SealRow row = {"award", DECISION_OFFICE, "", f->entry.number, f->version};
	bookout_texts(&p->out, "row", f->held ? "bad" : "", f->rank ? arena_fmt(q->a, "%zu", f->rank) : "", f->entry.number,
	              ask_track(q, f->entry.track), f->entry.title, f->entry.org, f->score, hint(p, f),
	              award_cell(p, f->award ? f->award : f->proposal), "", seal_make(q->a, &p->key, &row), NULL);
}

static const char *quota_text(const Prize *p) {
	const Rules *r = p->q->w->rules;
	const char *text = "";
	for (size_t i = 0; i < r->award_n; i++) {
		const Award *x = &r->award[i];
		const char *one = x->per_track >= 0 ? words_fill(r, p->q->a, "award.quota_track", "award", x->name, "n",
		                                                 arena_fmt(p->q->a, "%lld", (long long)x->per_track), NULL)
		                  : x->quota >= 0   ? words_fill(r, p->q->a, "award.quota", "award", x->name, "n",
		                                                 arena_fmt(p->q->a, "%lld", (long long)x->quota), NULL)
		                                    : "";
		text = arena_fmt(p->q->a, "%s%s%s", text, *text && *one ? ask_say(p->q, "award.comma") : "", one);
	}
	return text;
}

static void sheet_of_awards(Prize *p) {
	Asking *q = p->q;
	bookout_texts(&p->out, "sheet", ask_say(q, "award.sheet"), "g",
	              words_fill(q->w->rules, q->a, "award.line", "quota", quota_text(p), NULL), "", "", NULL);
	columns(p, award_cols, COUNT(award_cols));
	for (size_t i = 0; i < p->n; i++)
		if (p->f[i].final)
			tell_finalist(p, &p->f[i]);
	bookout_texts(&p->out, "tail", ask_say(q, "award.tail"), NULL);
}

/* ---- the sheet of objections */

typedef struct {
	Prize *p;
	const ObjectionRow *o;
} Shown;

static bool tell_objection(void *ctx, const LogRow *m) {
	Shown *s = ctx;
	Asking *q = s->p->q;
	char path[128];
	archive_path(m->message.sha256, path);
	const char *id = arena_fmt(q->a, "%lld", (long long)s->o->id);
	SealRow row = {"objection", DECISION_OFFICE, "", id, 0};
	const char *from = *m->from_name ? arena_fmt(q->a, "%s <%s>", m->from_name, m->from_addr) : m->from_addr;
	bookout_texts(&s->p->out, "row", "doubt", words_fill(q->w->rules, q->a, "objection.no", "n", id, NULL),
	              ask_minute(q, s->o->at), m->subject, from, path, s->o->number, "", "", seal_make(q->a, &s->p->key, &row), NULL);
	return false;
}

static int sheet_of_objections(Prize *p, Err *e) {
	Asking *q = p->q;
	bookout_texts(&p->out, "sheet", ask_say(q, "objection.sheet"), "g", ask_say(q, "objection.line"), "",
	              arena_fmt(q->a, "%s\n%s", ask_say(q, "objection.upheld"), ask_say(q, "objection.dismissed")), NULL);
	columns(p, objection_cols, COUNT(objection_cols));
	for (size_t i = 0; i < p->objection_n; i++) {
		Shown s = {p, &p->objection[i]};
		if (!*s.o->decision &&
		    store_log_each(q->w->store, &(LogFilter){.since = WHEN_NONE, .seq = s.o->seq}, tell_objection, &s, e) < 0)
			return -1;
	}
	return 0;
}

static int write_book(Prize *p, Err *e) {
	Asking *q = p->q;
	const char *open = arena_fmt(q->a, "%s\n%s\n%s", ask_say(q, "award.col_award"), ask_say(q, "award.col_reason"),
	                             ask_say(q, "objection.col_number"));
	if (seal_key(q->w->env->home, &p->key, e) < 0 || file_mkdirs(q->w->env->home, "spool/tmp", 0700, e) < 0 ||
	    bookout_start(&p->out, q->w->env, arena_fmt(q->a, "%s/" BOOK, q->w->env->home_path), e) < 0)
		return -1;
	bookout_texts(&p->out, "book", ask_say(q, "award.title"), q->w->rules->committee, ask_say(q, "form.font"), "0", NULL);
	sheet_of_awards(p);
	int rc = p->open ? sheet_of_objections(p, e) : 0;
	if (rc < 0)
		p->out.bad = true;
	bookout_identity(&p->out, q->w->rules->edition, when_text(q->a, q->w->env->now), open);
	return bookout_end(&p->out) < 0 || rc < 0 ? -1 : 0;
}

/* What was written there, as an attachment of that name; the file goes. */
static int enclose(Asking *q, const char *file, const char *name, FileType type, Attachment *att, Err *e) {
	Buf bytes = {0};
	if (file_read(q->w->env->home, file, 0, &bytes, e) < 0)
		return -1;
	*att = (Attachment){.name = name, .media = type_media(type), .bytes = buf_give(&bytes, q->a)};
	return 0;
}

/* ---- the answer */

static void list_data(Asking *q, Data *d, const char *name, const AwardList *l) {
	if (!l->version)
		return;
	data_fmt(d, arena_fmt(q->a, "%s_version", name), "%lld", (long long)l->version);
	data_text(d, arena_fmt(q->a, "%s_at", name), words_moment(q->w->rules, q->a, l->at));
	data_fmt(d, arena_fmt(q->a, "%s_count", name), "%zu", l->n);
	data_text(d, arena_fmt(q->a, "%s_checksum", name), l->checksum);
}

static int gather(Prize *p, Err *e) {
	Asking *q = p->q;
	if (awards_finalists(q->w, q->a, &p->f, &p->n, e) < 0 ||
	    store_objection_list(q->w->store, q->a, &p->objection, &p->objection_n, e) < 0)
		return -1;
	for (size_t i = 0; i < p->objection_n; i++)
		p->open += !*p->objection[i].decision;
	return 0;
}

static bool same_list(const AwardList *x, const AwardList *y) {
	bool same = x->n == y->n && x->unplaced_n == y->unplaced_n;
	for (size_t i = 0; same && i < x->n; i++)
		same = !strcmp(x->line[i].number, y->line[i].number) && !strcmp(x->line[i].award, y->line[i].award);
	for (size_t i = 0; same && i < x->unplaced_n; i++)
		same = !strcmp(x->unplaced[i], y->unplaced[i]);
	return same;
}

/* A list that fails its check is told of, and nothing is made of it. */
static int lists(Asking *q, Data *d, Attachment *att, size_t *n, Err *e) {
	AwardList proposed, force;
	if (awards_read(q->w, q->a, "proposed", &proposed, e) < 0 || awards_read(q->w, q->a, "awards", &force, e) < 0) {
		if (e->kind != ERR_REFUSED)
			return -1;
		data_text(d, "broken", e->text);
		*e = (Err){0};
		return 0;
	}
	list_data(q, d, "proposed", &proposed);
	list_data(q, d, "force", &force);
	bool open = proposed.closes != WHEN_NONE && proposed.closes >= q->w->env->now;
	if (open)
		data_text(d, "open_until", words_moment(q->w->rules, q->a, proposed.closes));
	if (!force.version)
		return 0;
	/* What a later list takes away, or may, must not be printed. */
	if (proposed.at > force.at && (open || !same_list(&proposed, &force))) {
		data_flag(d, "superseded", true);
		return 0;
	}
	if (publish_certificates(q->w, q->a, &force, BOOK, e) < 0 ||
	    enclose(q, BOOK, ask_say(q, "award.file_certificates"), TYPE_XLSX, &att[*n], e) < 0)
		return -1;
	(*n)++;
	return 0;
}

static void finalists_data(const Prize *p, Data *d) {
	size_t unscored = 0;
	bool suggested = false;
	for (size_t i = 0; i < p->n; i++) {
		const Finalist *f = &p->f[i];
		unscored += f->final && !f->rank;
		suggested |= f->final && f->rank && f->proposal;
	}
	data_fmt(d, "finalists", "%zu", p->n);
	data_flag(d, "suggested", suggested);
	if (unscored)
		data_fmt(d, "unscored", "%zu", unscored);
}

int ask_awards(Asking *q, Err *e) {
	Prize p = {.q = q};
	Data *d = data_new(q->a);
	Attachment att[2];
	size_t n = 0;
	if (gather(&p, e) < 0)
		return -1;
	if (p.n) {
		if (write_book(&p, e) < 0 || enclose(q, BOOK, ask_say(q, "award.file_fill"), TYPE_XLSX, &att[n], e) < 0)
			return -1;
		n++;
		finalists_data(&p, d);
	}
	if (p.open)
		data_fmt(d, "objections", "%zu", p.open);
	int rc = lists(q, d, att, &n, e);
	unlinkat(q->w->env->home, BOOK, 0);
	return rc < 0 ? -1 : ask_reply(q, "ask_awards", 0, d, att, n, e);
}

/* ---- the casebook */

int ask_book(Asking *q, Err *e) {
	Data *d = data_new(q->a);
	Attachment att;
	size_t n = 0, cases = 0;
	Buf html = {0};
	if (casebook_html(q->w, q->a, &html, &cases, e) < 0) {
		if (e->kind != ERR_REFUSED)
			return -1;
		data_text(d, "broken", e->text);
		*e = (Err){0};
	}
	if (cases) { /* the folder is laid at the end of this tick */
		att = (Attachment){.name = ask_say(q, "casebook.file"), .media = COMPOSE_HTML,
		                   .bytes = buf_give(&html, q->a)};
		n = att.bytes.n <= ENCLOSED_BYTES;
		if (publish_due(q->w, e) < 0)
			return -1;
		data_fmt(d, "cases", "%zu", cases);
		data_text(d, "folder", CASEBOOK_FOLDER);
	}
	buf_free(&html);
	return ask_reply(q, "ask_book", 0, d, &att, n, e);
}
