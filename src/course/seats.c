/* The round that is judged on paper.  Nothing counts here by one person's word, where the rules want two: the code is made of
 * everything that waits, so that a score entered after it was shown makes another code. */
#include "course/seats.h"

#include <string.h>

#include "base/code.h"
#include "base/decimal.h"
#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "course/decision.h"
#include "home/outbox.h"
#include "home/sheetbook.h"

#define SHOWN 60 /* rows named in the mail */

const char *seat_label(const World *w, Arena *a, const char *who) {
	const char *number = *who == 's' ? who + 1 : who;
	return words_fill(w->rules, a, "experts.seat_label", "n", number, NULL);
}

static const char *seat(Arena *a, int64_t i) {
	return arena_fmt(a, "s%lld", (long long)i);
}

/* ---- the workbook */

static size_t columns(const Panel *p, SheetCol *col) {
	const World *w = p->w;
	size_t n = 0;
	col[n++] = (SheetCol){'c', 11, words(w->rules, "digest.col_number"), ""};
	col[n++] = (SheetCol){'f', 36, words(w->rules, "digest.col_title"), ""};
	col[n++] = (SheetCol){'f', 28, words(w->rules, "digest.col_org"), ""};
	for (size_t i = 0; i < p->round->criterion_n; i++) {
		const Criterion *c = &p->round->criterion[i];
		const char *rule = arena_fmt(p->a, "number %s %s", decimal_text(p->a, c->min, ROUND_POINTS, 0),
		                             decimal_text(p->a, c->max, ROUND_POINTS, 0));
		col[n++] = (SheetCol){'e', 15, panel_heading(w, p->a, c), rule};
	}
	col[n++] = (SheetCol){'r', 30, words(w->rules, "experts.col_remark_score"), ""};
	col[n++] = (SheetCol){'t', 10, NULL, ""};
	return n;
}

/* What was entered last, whether it counts already or not. */
static int entered(const Panel *p, const char *number, const char *who, RecordRow *out, Err *e) {
	return store_record_get(p->w->store, p->a, p->round->confirmed ? "entered" : "score", p->round->id, number, who, out, e);
}

static int seat_sheet(SheetBook *b, const Panel *p, const char *who, Err *e) {
	SheetCol col[6 + ROUND_MAX_CRITERIA];
	size_t n = columns(p, col);
	const char *label = seat_label(p->w, p->a, who);
	sheetbook_sheet(b, label, words_fill(p->w->rules, p->a, "experts.seats_line", "round", p->round->name, "seat", label, "closes",
	                                     words_moment(p->w->rules, p->a, p->round->phase->closes), NULL), "", col, n);
	for (size_t i = 0; i < p->entry_n; i++) {
		RecordRow row;
		int64_t point[ROUND_MAX_CRITERIA];
		const EntryRow *en = &p->entry[i];
		int found = entered(p, en->number, who, &row, e);
		if (found < 0)
			return -1;
		bool given = found && score_read(p->round, row.data, point);
		sheetbook_row(b, "");
		sheetbook_cell(b, en->number);
		sheetbook_cell(b, en->title);
		sheetbook_cell(b, en->org);
		for (size_t k = 0; k < p->round->criterion_n; k++)
			sheetbook_cell(b, given ? decimal_text(p->a, point[k], ROUND_POINTS, 0) : "");
		sheetbook_cell(b, given ? row.detail : "");
		sheetbook_seal(b, &(SealRow){"seat", DECISION_OFFICE, p->round->id, arena_fmt(p->a, "%s/%s", en->number, who), row.version});
	}
	sheetbook_tail(b, words(p->w->rules, "experts.seats_tail"));
	return 0;
}

int seats_book(Panel *p, Attachment *out, Err *e) {
	SheetBook b;
	int rc = 0;
	const Rules *r = p->w->rules;
	if (sheetbook_start(&b, p->w, p->a, words_fill(r, p->a, "experts.seats_title", "round", p->round->name, NULL), e) < 0)
		return -1;
	for (int64_t i = 1; i <= p->round->experts && rc == 0; i++)
		rc = seat_sheet(&b, p, seat(p->a, i), e);
	Err late = {0};
	int ended = sheetbook_end(&b, words_fill(r, p->a, "experts.seats_file", "round", p->round->name, NULL), out,
	                          rc < 0 ? &late : e);
	return rc < 0 ? -1 : ended;
}

/* ---- what waits */

typedef struct {
	RecordRow *row;
	size_t n;
	const char *code; /* "" when nothing waits */
} Waiting;

static int waiting(World *w, Arena *a, const Round *r, Waiting *out, Err *e) {
	SealKey key;
	Buf b = {0};
	size_t all, n = 0;
	*out = (Waiting){.code = ""};
	if (seal_key(w->env->home, &key, e) < 0 || store_record_list(w->store, a, "entered", r->id, NULL, &out->row, &all, e) < 0)
		return -1;
	for (size_t i = 0; i < all; i++)
		if (!strcmp(out->row[i].state, "waiting")) {
			out->row[n] = out->row[i];
			buf_fmt(&b, "%s %s %s %s\n", out->row[n].ref, out->row[n].who, out->row[n].data, out->row[n].detail);
			n++;
		}
	out->n = n;
	if (n)
		out->code = code_make(a, CODE_SCORES, &key, arena_fmt(a, "confirm %s\n%s", r->id, buf_cstr(&b)));
	buf_free(&b);
	return 0;
}

static const char *marks(const Round *r, Arena *a, const char *data) {
	int64_t point[ROUND_MAX_CRITERIA];
	Buf b = {0};
	for (size_t i = 0; score_read(r, data, point) && i < r->criterion_n; i++)
		buf_fmt(&b, "%s%s", i ? " / " : "", decimal_text(a, point[i], ROUND_POINTS, 0));
	const char *text = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

int seats_show(World *w, Arena *a, const Round *r, const char *by, Err *e) {
	Waiting x;
	Data *d = data_new(a);
	if (waiting(w, a, r, &x, e) < 0)
		return -1;
	if (!x.n)
		return 0;
	data_text(d, "round", r->name);
	data_text(d, "by", by);
	data_text(d, "code", code_shown(a, x.code));
	data_fmt(d, "count", "%zu", x.n);
	Buf heads = {0};
	for (size_t i = 0; i < r->criterion_n; i++)
		buf_fmt(&heads, "%s%s", i ? " / " : "", r->criterion[i].label);
	data_text(d, "criteria", arena_str(a, buf_cstr(&heads)));
	buf_free(&heads);
	for (size_t i = 0; i < x.n && i < SHOWN; i++) {
		Data *row = data_item(d, "rows");
		data_text(row, "number", x.row[i].ref);
		data_text(row, "seat", seat_label(w, a, x.row[i].who));
		data_text(row, "marks", marks(r, a, x.row[i].data));
	}
	if (x.n > SHOWN)
		data_fmt(d, "rows_more", "%zu", x.n - SHOWN);
	const char *key = arena_fmt(a, "confirm %s %s", r->id, code_shown(a, x.code));
	return outbox_tell_office(w, a, &(OwnMail){.mail = "scores_confirm", .key = key, .data = d}, NULL, e);
}

static bool entered_by(const Waiting *x, const char *by) {
	for (size_t i = 0; i < x->n; i++)
		if (str_is_nocase(str_of(x->row[i].by), by))
			return true;
	return false;
}

static int let_count(World *w, RecordRow row, const char *by, Err *e) {
	row.at = w->env->now;
	row.by = by;
	row.state = "confirmed";
	if (store_record_add(w->store, &row, e) < 0)
		return -1;
	row.kind = "score";
	row.state = "given";
	return store_record_add(w->store, &row, e);
}

int seats_confirm(World *w, Arena *a, const char *code, const char *by, Confirmed *out, Err *e) {
	*out = (Confirmed){0};
	for (size_t k = 0; k < w->rules->round_n; k++) {
		Waiting x;
		const Round *r = &w->rules->round[k];
		if (waiting(w, a, r, &x, e) < 0)
			return -1;
		if (!x.n || strcmp(x.code, code) != 0)
			continue;
		out->round = r;
		out->own = entered_by(&x, by);
		for (size_t i = 0; i < x.n && !out->own; i++, out->n++)
			if (let_count(w, x.row[i], by, e) < 0)
				return -1;
		log_info("%s: %zu scores confirmed by %s", r->id, out->n, text_mask(a, by));
	}
	return 0;
}
