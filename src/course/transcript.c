/* What is told of decisions that came back: to whoever sent them what was done and what not, with a sealed workbook of the
 * rows that can be decided anew; to the secretariat, when somebody else tried.  Never to an address that the mail itself
 * asks for: Reply-To is not looked at. */
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "course/decision_inner.h"
#include "course/setting.h"
#include "home/bookout.h"

#define SHOWN 200          /* rows of one fate written out in a mail */
#define LOGGED 1000        /* failed rows kept with the message; all of them are counted */
#define ABOUT_CHARS 60
#define REASON_CHARS 120
#define BOOK "spool/tmp/decisions.xlsx"
#define BOOK_MAX_BYTES (20u << 20)

static const char *say(const World *w, const char *key) {
	return words(w->rules, key);
}

static const char *place(Arena *a, const Decided *d) {
	return arena_fmt(a, "%s!%s", d->row->sheet, d->row->cell);
}

/* ---- the workbook */

/* The columns before those to fill in: heading key, width. */
static const struct {
	const char *key, *kind, *width;
} facts[] = {{"decide.where", "c", "20"}, {"decide.ref", "c", "14"}, {"decide.about", "f", "44"},
             {"decide.state", "c", "16"}, {"decide.why", "f", "44"}};
#define FACTS (sizeof facts / sizeof *facts)

static const Decided *first_again(const Decisions *all, const DecisionKind *k) {
	for (size_t i = 0; i < all->n; i++)
		if (all->row[i].again && all->row[i].kind == k)
			return &all->row[i];
	return NULL;
}

/* Open columns as the first row brought them back; then the choice and its reason, where the kind has choices. */
static void tell_sheet(const World *w, Arena *a, BookOut *b, const Decided *first) {
	const DecisionKind *k = first->kind;
	bookout_texts(b, "sheet", decision_kind(w, a, first), "g", say(w, "decide.title"), "", decision_choices(w, a, k, "\n"),
	              NULL);
	bookout_num(b, (int64_t)(FACTS + first->row->open_n + (k->choice_n ? 3 : 1)));
	for (size_t i = 0; i < FACTS; i++)
		bookout_texts(b, facts[i].kind, facts[i].width, say(w, facts[i].key), NULL);
	for (size_t i = 0; i < first->row->open_n; i++)
		bookout_texts(b, "r", "20", first->row->open[i].heading, NULL);
	if (k->choice_n)
		bookout_texts(b, "d", "14", say(w, "decide.decision"), "r", "40", say(w, "decide.reason"), NULL);
	bookout_texts(b, "t", "10", BOOKOUT_TOKEN, NULL);
}

/* What was chosen before things changed is not laid into anybody's mouth again. */
static void tell_row(const World *w, Arena *a, BookOut *b, const SealKey *key, const Decided *first, const Decided *d) {
	SealRow today = d->seal;
	bool stale = d->version != d->seal.version;
	today.version = d->version;
	bookout_texts(b, "row", "", place(a, d), d->ref, d->about, d->now, d->says, NULL);
	for (size_t i = 0; i < first->row->open_n; i++)
		bookout_text(b, stale ? "" : row_open(d->row, a, first->row->open[i].heading));
	if (d->kind->choice_n)
		bookout_texts(b, d->choice && !stale ? say(w, d->choice->word) : "", stale ? "" : d->reason, NULL);
	bookout_text(b, seal_make(a, key, &today));
}

static void tell_kind(const World *w, Arena *a, BookOut *b, const SealKey *key, const Decisions *all, const Decided *first,
                      Buf *open) {
	tell_sheet(w, a, b, first);
	for (size_t i = 0; i < first->row->open_n; i++)
		buf_fmt(open, "%s\n", first->row->open[i].heading);
	for (size_t i = 0; i < all->n; i++)
		if (all->row[i].again && all->row[i].kind == first->kind)
			tell_row(w, a, b, key, first, &all->row[i]);
	bookout_texts(b, "tail", say(w, "decide.notice"), NULL);
}

int decision_workbook(World *w, Arena *a, const Decisions *all, const char *path, Err *e) {
	size_t again = 0;
	SealKey key;
	BookOut b;
	Buf open = {0};
	for (size_t i = 0; i < all->n; i++)
		again += all->row[i].again;
	if (!again)
		return 0;
	if (seal_key(w->env->home, &key, e) < 0 || bookout_start(&b, w->env, path, e) < 0)
		return -1;
	bookout_texts(&b, "book", say(w, "decide.title"), w->rules->committee, say(w, "form.font"), "0", NULL);
	for (size_t k = 0; decision_kinds[k]; k++) {
		const Decided *first = first_again(all, decision_kinds[k]);
		if (first)
			tell_kind(w, a, &b, &key, all, first, &open);
	}
	bookout_identity(&b, w->rules->edition, when_text(a, w->env->now), buf_cstr(&open));
	buf_free(&open);
	return bookout_end(&b) < 0 ? -1 : 1;
}

/* A transcript without its workbook is better than none: the rows are named in it. */
static void enclose(World *w, Arena *a, const Decisions *all, Attachment *att, size_t *n) {
	Err e = {0};
	Buf bytes = {0};
	int made = decision_workbook(w, a, all, arena_fmt(a, "%s/%s", w->env->home_path, BOOK), &e);
	if (made > 0)
		made = file_read(w->env->home, BOOK, BOOK_MAX_BYTES, &bytes, &e) < 0 ? -1 : 1;
	if (made < 0)
		log_warn("the workbook of decisions that come back: %s", e.text);
	if (made > 0) {
		att[(*n)++] = (Attachment){.name = say(w, "decide.file"), .media = type_media(TYPE_XLSX),
		                           .bytes = {arena_copy(a, bytes.p, bytes.n), bytes.n}};
		unlinkat(w->env->home, BOOK, 0);
	}
	buf_free(&bytes);
}

/* ---- the transcript */

static void row_item(const World *w, Arena *a, Data *list, const char *name, const Decided *d, size_t no) {
	Data *x = data_item(list, name);
	data_fmt(x, "no", "%zu", no);
	data_text(x, "where", place(a, d));
	data_text(x, "kind", decision_kind(w, a, d));
	data_text(x, "ref", d->ref);
	data_text(x, "about", text_cut(a, text_line(a, str_of(d->about)), ABOUT_CHARS));
	data_text(x, "choice", d->choice ? say(w, d->choice->word) : "");
	data_text(x, "reason", text_cut(a, text_line(a, str_of(d->reason)), REASON_CHARS));
	data_text(x, "says", d->says);
}

static void rows_data(const World *w, Arena *a, Data *d, const Decisions *all, RowFate fate, const char *name) {
	size_t n = 0;
	for (size_t i = 0; i < all->n; i++)
		if (all->row[i].fate == fate && ++n <= SHOWN)
			row_item(w, a, d, name, &all->row[i], n);
	if (n)
		data_fmt(d, arena_fmt(a, "%s_count", name), "%zu", n);
	if (n > SHOWN)
		data_fmt(d, arena_fmt(a, "%s_more", name), "%zu", n - SHOWN);
}

static Data *transcript_data(const World *w, Arena *a, const Decisions *all, bool expert) {
	Data *d = data_new(a);
	rows_data(w, a, d, all, ROW_GOOD, "done");
	rows_data(w, a, d, all, ROW_ALREADY, "already");
	rows_data(w, a, d, all, ROW_FAILED, "failed");
	data_flag(d, "nothing", all->n == 0);
	data_flag(d, "cut", all->cut);
	data_flag(d, "from_expert", expert);
	if (all->open)
		data_fmt(d, "open_count", "%zu", all->open);
	return d;
}

/* The failed rows, for the log. */
static void problems(Arena *a, const Decisions *all, Verdict *v) {
	v->problem = arena_array(a, LOGGED, sizeof *v->problem);
	v->problem_n = 0;
	for (size_t i = 0; i < all->n && v->problem_n < LOGGED; i++)
		if (all->row[i].fate == ROW_FAILED)
			v->problem[v->problem_n++] = (Problem){.severity = SEVERITY_ERROR, .where = place(a, &all->row[i]),
			                                       .field = "", .sentence = all->row[i].says, .label = "",
			                                       .found = "", .want = "", .example = ""};
}

static int apply(World *w, Arena *a, const MessageRow *m, const Report *r, Verdict *v, Outgoing *out, size_t *n,
                 Err *e) {
	Decisions all;
	Attachment att[1];
	size_t att_n = 0;
	if (decisions_check_at(w, a, v->role, m->received, r->decision, r->decision_n, &all, e) < 0 ||
	    decisions_apply(w, a, &all, r->from.addr, e) < 0)
		return -1;
	problems(a, &all, v);
	v->detail = arena_fmt(a, "%s: %zu done, %zu stood already, %zu refused, %zu left open", v->detail, all.good,
	                      all.already, all.failed, all.open);
	if (v->redelivery && !all.good)
		return 0;
	enclose(w, a, &all, att, &att_n);
	if (world_templates(w, e) < 0)
		return -1;
	ReplyWorld rw = world_reply(w);
	Address to = {r->from.name, r->from.addr};
	Data *d = transcript_data(w, a, &all, strcmp(v->role, DECISION_OFFICE) != 0);
	if (reply_answer(&rw, a, "decision", r, m->sha256, m->received, &to, d, att, att_n, out, e) < 0)
		return -1;
	*n = 1;
	return 0;
}

/* ---- somebody else's */

/* Once a day and sender: who floods us must not flood the secretariat. */
int decision_refuse(World *w, Arena *a, const MessageRow *m, const Report *r, Outgoing *out, size_t *n, Err *e) {
	size_t rows = 0;
	ReplyWorld rw = world_reply(w);
	const char *key = arena_fmt(a, "refused %s%s %s", r->decision_n ? "" : "code ", text_lower(a, r->from.addr),
	                            when_date(a, m->received));
	for (size_t i = 0; i < r->decision_n; i++)
		rows += r->decision[i].row_n;
	Data *d = data_new(a);
	data_text(d, "sender", *r->from.addr ? r->from.addr : "?");
	data_text(d, "sender_name", text_cut(a, r->from.name, ABOUT_CHARS));
	data_text(d, "subject", text_cut(a, r->subject, ABOUT_CHARS));
	data_text(d, "received_exact", words_moment(w->rules, a, m->received));
	data_flag(d, "stranger", !rules_is_office(w->rules, r->from.addr));
	data_flag(d, "code", r->decision_n == 0);
	data_fmt(d, "row_count", "%zu", rows);
	for (size_t i = 0; i < w->rules->mail.office_n; i++)
		if (notice_make(&rw, a, "decision_refused", key, &w->rules->mail.office[i], d, NULL, 0, &out[(*n)++], e) < 0)
			return -1;
	return 0;
}

int decision_mail(World *w, Arena *a, const MessageRow *m, const Report *r, Verdict *v, Outgoing **out, size_t *n,
                  Err *e) {
	*n = 0;
	*out = arena_array(a, w->rules->mail.office_n + 1, sizeof **out);
	if (world_templates(w, e) < 0)
		return -1;
	if (*v->confirm)
		return v->redelivery ? 0 : setting_confirm(w, a, m, r, v, *out, n, e);
	if (v->decides)
		return apply(w, a, m, r, v, *out, n, e);
	log_warn("a workbook of decisions from %s: %s", text_mask(a, r->from.addr), v->detail);
	return v->redelivery ? 0 : decision_refuse(w, a, m, r, *out, n, e);
}
