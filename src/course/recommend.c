/* The ranked rows of a round as workbooks.  Breaks no tie, and decides nothing. */
#include "course/recommend.h"

#include <string.h>

#include "base/decimal.h"
#include "base/text.h"
#include "base/when.h"
#include "course/decision.h"
#include "course/seats.h"
#include "home/sheetbook.h"
#include "store/report.h"

/* Of one expert's total, for people to compare: kept with RANKING_PLACES. */
#define TOTAL_PLACES 2
#define TOTAL_UNIT 100000
_Static_assert(RANKING_PLACES - TOTAL_PLACES == 5, "TOTAL_UNIT takes away the places that are not shown");

typedef struct {
	SheetBook book;
	World *w;
	Arena *a;
	const Round *round;
	Expert *expert;
	size_t expert_n;
	Ranked *row; /* of one track */
	size_t n;
} List;

static const char *say(const List *l, const char *key) {
	return words(l->w->rules, key);
}

/* ---- the proposal */

Proposed recommend_proposed(const Round *r, const Ranked *row, size_t n, size_t i) {
	size_t quota = ranking_quota(r, n), above = 0, equal = 0;
	if (!row[i].rank || !quota)
		return PROPOSED_NOT;
	for (size_t k = 0; k < n; k++) {
		above += row[k].rank && row[k].rank < row[i].rank;
		equal += row[k].rank == row[i].rank;
	}
	if (above >= quota)
		return PROPOSED_NOT;
	return above + equal <= quota ? PROPOSED : PROPOSED_TIE;
}

/* ---- what is remarked on a row */

static const char *label_of(const List *l, const char *who) {
	const Expert *x = expert_of(l->expert, l->expert_n, who);
	return x ? x->label : seat_label(l->w, l->a, who);
}

static const char *total(const List *l, const Score *s) {
	return decimal_text(l->a, decimal_divide(s->total, TOTAL_UNIT), TOTAL_PLACES, TOTAL_PLACES);
}

static const char *remarks(const List *l, const Ranked *row, Proposed p) {
	Buf b = {0};
	if (!row->complete)
		buf_str(&b, words_fill(l->w->rules, l->a, "experts.note_incomplete", "n", arena_fmt(l->a, "%zu", row->score_n), "want",
		                       arena_fmt(l->a, "%lld", (long long)l->round->experts), NULL));
	if (p == PROPOSED_TIE)
		buf_str(&b, say(l, "experts.note_border"));
	else if (row->tied)
		buf_str(&b, say(l, "experts.note_tied"));
	for (size_t i = 0; i < row->score_n; i++)
		if (row->score[i].outlier)
			buf_str(&b, words_fill(l->w->rules, l->a, "experts.note_outlier", "expert", label_of(l, row->score[i].who), "total",
			                       total(l, &row->score[i]), NULL));
	const char *text = arena_str(l->a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

static void facts(List *l, const Ranked *row, Proposed p) {
	const char *cells[] = {row->rank ? arena_fmt(l->a, "%zu", row->rank) : "-", row->number, row->title, row->org, row->text,
	                       arena_fmt(l->a, "%zu/%lld", row->score_n, (long long)l->round->experts), remarks(l, row, p)};
	bool odd = !row->complete || row->tied;
	for (size_t i = 0; i < row->score_n; i++)
		odd |= row->score[i].outlier;
	sheetbook_row(&l->book, !row->complete ? "bad" : odd ? "doubt" : "good");
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		sheetbook_cell(&l->book, cells[i]);
}

#define FACTS(l)                                                                                                  \
	{'c', 7, say(l, "experts.col_rank"), ""}, {'c', 11, say(l, "digest.col_number"), ""},                          \
	    {'f', 32, say(l, "digest.col_title"), ""}, {'f', 26, say(l, "digest.col_org"), ""},                        \
	    {'c', 9, say(l, "experts.col_result"), ""}, {'s', 9, say(l, "experts.col_count"), ""},                     \
	    {'f', 36, say(l, "experts.col_note"), ""}

static const char *sheet_name(const List *l, const Track *t) {
	return arena_fmt(l->a, "%s %s", t->code, text_cut(l->a, t->name, 20));
}

/* ---- the list to decide on */

static int recommend_row(List *l, size_t i, Err *e) {
	const Ranked *row = &l->row[i];
	Proposed p = recommend_proposed(l->round, l->row, l->n, i);
	int64_t version;
	char *hint;
	if (store_report_entry(l->w->store, l->a, row->number, &version, &hint, e) < 0)
		return -1;
	bool open = !strcmp(row->state, l->round->from), passed = !strcmp(row->state, l->round->passed);
	facts(l, row, p);
	const char *choice = open ? p == PROPOSED_TIE ? "" : say(l, p == PROPOSED ? "decide.recommend" : "decide.not_recommend")
	                          : say(l, passed ? "decide.recommend" : "decide.not_recommend");
	sheetbook_cell(&l->book, choice);
	sheetbook_cell(&l->book, "");
	sheetbook_seal(&l->book, &(SealRow){"recommend", DECISION_OFFICE, l->round->id, row->number, version});
	return 0;
}

static int recommend_sheet(List *l, const Track *t, Err *e) {
	const SheetCol col[] = {FACTS(l), {'d', 12, say(l, "decide.decision"), ""}, {'r', 34, say(l, "decide.reason"), ""},
	                        {'t', 10, NULL, ""}};
	const char *quota = arena_fmt(l->a, "%zu", ranking_quota(l->round, l->n));
	sheetbook_sheet(&l->book, sheet_name(l, t),
	                words_fill(l->w->rules, l->a, "experts.list_line", "round", l->round->name, "track", t->name, "n",
	                           arena_fmt(l->a, "%zu", l->n), "quota", quota, "closes",
	                           words_moment(l->w->rules, l->a, l->round->phase->closes), NULL),
	                arena_fmt(l->a, "%s\n%s", say(l, "decide.recommend"), say(l, "decide.not_recommend")), col,
	                sizeof col / sizeof *col);
	for (size_t i = 0; i < l->n; i++)
		if (recommend_row(l, i, e) < 0)
			return -1;
	sheetbook_tail(&l->book, say(l, "experts.list_tail"));
	return 0;
}

/* ---- the list to look at */

static const char *given(const List *l, const Score *s) {
	return words_fill(l->w->rules, l->a, "experts.score_cell", "expert", label_of(l, s->who), "total", total(l, s), "dropped",
	                  s->dropped ? "1" : "", "outlier", s->outlier ? "1" : "", NULL);
}

static int scores_sheet(List *l, const Track *t, Err *e) {
	(void)e;
	size_t seats = 0;
	for (size_t i = 0; i < l->n; i++)
		seats = l->row[i].score_n > seats ? l->row[i].score_n : seats;
	seats = seats > ROUND_MAX_EXPERTS ? ROUND_MAX_EXPERTS : seats;
	SheetCol col[7 + ROUND_MAX_EXPERTS] = {FACTS(l)};
	for (size_t i = 0; i < seats; i++)
		col[7 + i] = (SheetCol){'c', 18, words_fill(l->w->rules, l->a, "experts.col_seat", "n", arena_fmt(l->a, "%zu", i + 1), NULL),
		                        ""};
	sheetbook_sheet(&l->book, sheet_name(l, t), words_fill(l->w->rules, l->a, "experts.scores_line", "round", l->round->name, "now",
	                                                       words_moment(l->w->rules, l->a, l->w->env->now), NULL), "", col, 7 + seats);
	for (size_t i = 0; i < l->n; i++) {
		facts(l, &l->row[i], recommend_proposed(l->round, l->row, l->n, i));
		for (size_t k = 0; k < seats; k++)
			sheetbook_cell(&l->book, k < l->row[i].score_n ? given(l, &l->row[i].score[k]) : "");
	}
	return 0;
}

/* ---- both */

static int make(List *l, const char *title, const char *file, int (*sheet)(List *l, const Track *t, Err *e), Attachment *out,
                Err *e) {
	const Rules *r = l->w->rules;
	int rc = 0;
	if (experts_read(l->w, l->a, &l->expert, &l->expert_n, e) < 0 ||
	    sheetbook_start(&l->book, l->w, l->a, words_fill(r, l->a, title, "round", l->round->name, NULL), e) < 0)
		return -1;
	for (size_t t = 0; t < r->track_n && rc == 0; t++) {
		rc = ranking_read(l->w->store, l->round, l->a, r->track[t].code, &l->row, &l->n, e);
		if (rc == 0 && l->n)
			rc = sheet(l, &r->track[t], e);
	}
	Err late = {0};
	int ended = sheetbook_end(&l->book, words_fill(r, l->a, file, "round", l->round->name, NULL), out, rc < 0 ? &late : e);
	return rc < 0 ? -1 : ended;
}

int recommend_book(World *w, Arena *a, const Round *r, Attachment *out, Err *e) {
	List l = {.w = w, .a = a, .round = r};
	return make(&l, "experts.list_title", "experts.list_file", recommend_sheet, out, e);
}

int scores_book(World *w, Arena *a, const Round *r, Attachment *out, Err *e) {
	List l = {.w = w, .a = a, .round = r};
	return make(&l, "experts.scores_title", "experts.scores_file", scores_sheet, out, e);
}
