/* Scores come back: from an expert, whose row is theirs by its seal; or from the secretariat for those who signed on paper,
 * which may have to wait for a second person.  A row stays open until the round closes: what came last counts, so that a sheet
 * may be sent again with a point changed.  A sheet half filled in is told what lacks, by cell. */
#include "course/decision_inner.h"

#include <string.h>

#include "base/decimal.h"
#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "course/panel.h"
#include "course/seats.h"

#define REMARK_CHARS 2000

typedef struct {
	const Panel *panel;
	const char *number, *who; /* the entry; an expert's code or a seat */
	const char *kind;         /* of the record: score, or entered, which waits */
	int64_t point[ROUND_MAX_CRITERIA];
	const char *remark;
	bool recuses;
	bool given; /* there is a score before it */
} Marks;

/* ---- one cell */

static const char *points(Arena *a, int64_t v) {
	return decimal_text(a, v, ROUND_POINTS, 0);
}

/* What is wrong with it, a words key; NULL: the points are in *out. */
static const char *read_points(Arena *a, const Criterion *k, const char *text, int64_t *out) {
	const char *s = text_fold(a, text);
	if (!*s)
		return "experts.no_points";
	if (decimal_parse(str_of(s), ROUND_POINTS, INT64_MIN / 2, INT64_MAX / 2, out) < 0)
		return "experts.bad_points";
	if (*out < k->min || *out > k->max)
		return "experts.out_of_range";
	return k->step && (*out - k->min) % k->step ? "experts.bad_step" : NULL;
}

/* All faults of a row in one sentence, each with its cell. */
static void take_points(RowCheck *c, const Round *r, Marks *m) {
	Buf b = {0};
	for (size_t i = 0; i < r->criterion_n; i++) {
		const Criterion *k = &r->criterion[i];
		const char *heading = panel_heading(c->w, c->a, k), *text = row_open(c->d->row, c->a, heading);
		const char *wrong = read_points(c->a, k, text, &m->point[i]);
		if (wrong)
			buf_str(&b, words_fill(c->w->rules, c->a, wrong, "cell", row_open_place(c->d->row, c->a, heading), "label", k->label,
			                       "found", text_cut(c->a, text_line(c->a, str_of(text)), 40), "min", points(c->a, k->min), "max",
			                       points(c->a, k->max), "step", points(c->a, k->step), NULL));
	}
	if (b.n)
		row_fail(c, arena_str(c->a, buf_cstr(&b)), true);
	buf_free(&b);
}

/* ---- one row */

/* What the seal says: an expert's own row, or NUMBER/SEAT in a scorer's. */
static void take_seal(const RowCheck *c, const Round *r, Marks *m) {
	const SealRow *s = &c->d->seal;
	Str rest = str_of(s->ref), number;
	bool seat = c->d->kind == &decide_seat && str_next(&rest, '/', &number);
	m->number = seat ? str_dup(c->a, number) : s->ref;
	m->who = seat ? str_dup(c->a, rest) : s->role;
	m->kind = seat && r->confirmed ? "entered" : "score";
}

static bool take_marks(RowCheck *c, const Round *r, Marks *m) {
	const char *recuse = row_open(c->d->row, c->a, row_say(c, "experts.col_recuse")), *key = text_key(c->a, recuse);
	m->remark = text_tidy(c->a, row_open(c->d->row, c->a, row_say(c, "experts.col_remark_score")));
	m->recuses = !strcmp(key, text_key(c->a, row_say(c, "experts.recuse")));
	if (*key && !m->recuses)
		row_fail(c, words_fill(c->w->rules, c->a, "experts.bad_recuse", "cell",
		                       row_open_place(c->d->row, c->a, row_say(c, "experts.col_recuse")), "found",
		                       text_cut(c->a, recuse, 40), NULL), true);
	else if (text_chars(m->remark) > REMARK_CHARS)
		row_fail(c, words_fill(c->w->rules, c->a, "decide.reason_long", "chars", arena_fmt(c->a, "%zu", text_chars(m->remark)), "max",
		                       arena_fmt(c->a, "%d", REMARK_CHARS), NULL), true);
	else if (!m->recuses)
		take_points(c, r, m);
	return c->d->fate != ROW_FAILED;
}

/* May it be scored, by them, now? */
static bool open_to(RowCheck *c, const Panel *p, const EntryRow *en, const Marks *m) {
	const Round *r = p->round;
	if (c->at > r->phase->closes)
		row_fail(c, words_fill(c->w->rules, c->a, "experts.closed", "round", r->name, "closes",
		                       words_moment(c->w->rules, c->a, r->phase->closes), NULL), false);
	else if (!en)
		row_fail(c, words_fill(c->w->rules, c->a, "experts.settled", "round", r->name, NULL), false);
	else if (c->d->kind == &decide_score && !panel_has(p, en->number, m->who))
		row_fail(c, row_say(c, "experts.not_theirs"), false);
	return c->d->fate != ROW_FAILED;
}

static int before(RowCheck *c, Marks *m, bool *same, Err *e) {
	RecordRow row;
	const Round *r = m->panel->round;
	int found = store_record_get(c->w->store, c->a, m->kind, r->id, m->number, m->who, &row, e);
	m->given = found > 0 && strcmp(row.state, "recused") != 0;
	*same = m->given && !m->recuses && !strcmp(row.data, score_marks(r, c->a, m->point)) && !strcmp(row.detail, m->remark);
	return found < 0 ? -1 : 0;
}

static int check(RowCheck *c, Err *e) {
	Decided *d = c->d;
	Marks *m = d->found = ARENA_NEW(c->a, Marks);
	const Round *r = rules_round(c->w->rules, d->seal.round);
	bool same;
	d->ref = d->seal.ref;
	d->version = d->seal.version;
	if (!r || (d->kind == &decide_seat) != (r->scored_by == SCORED_BY_SCORER)) {
		row_fail(c, words_fill(c->w->rules, c->a, "decide.gone", "ref", d->seal.round, NULL), false);
		return 0;
	}
	m->panel = panel_keep(c->w, c->a, r, &c->panel, e);
	if (!m->panel)
		return -1;
	take_seal(c, r, m);
	const EntryRow *en = panel_entry(m->panel, m->number);
	d->about = en ? en->title : "";
	if (!open_to(c, m->panel, en, m) || !take_marks(c, r, m))
		return 0;
	if (before(c, m, &same, e) < 0)
		return -1;
	row_fresh(c, same, true);
	return 0;
}

/* ---- doing it */

static const char *total(const Doing *g, const Round *r, const Marks *m) {
	Score s = {.who = ""};
	Ranked one = {.number = "", .score = &s, .score_n = 1};
	Round alone = *r;
	memcpy(s.point, m->point, sizeof s.point);
	alone.drop_highest = alone.drop_lowest = 0;
	ranking_count(&alone, g->a, &one);
	return one.text;
}

static int record(const Doing *g, const Marks *m, const char *state, Err *e) {
	const Round *r = m->panel->round;
	RecordRow row = {.kind = m->kind, .round = r->id, .ref = m->number, .who = m->who, .at = g->w->env->now, .state = state,
	                 .data = score_marks(r, g->a, m->point), .by = g->by, .addr = "", .detail = m->remark};
	return store_record_add(g->w->store, &row, e);
}

static int apply(const Doing *g, Decided *d, Err *e) {
	const Marks *m = d->found;
	const Round *r = m->panel->round;
	if (!m->recuses) {
		bool waits = strcmp(m->kind, "score") != 0;
		log_info("%s: scored by %s%s", m->number, m->who, waits ? ", waits for a second person" : "");
		d->says = words_fill(g->w->rules, g->a,
		                     waits ? "experts.done_waits" : m->given ? "experts.done_again" : "experts.done_score", "total",
		                     total(g, r, m), NULL);
		return record(g, m, waits ? "waiting" : "given", e);
	}
	log_info("%s: %s steps back", d->ref, d->seal.role);
	d->says = words(g->w->rules, "experts.done_recused");
	if (panel_assign(m->panel, d->ref, d->seal.role, "recused", g->by, m->remark, e) < 0)
		return -1;
	return m->given ? record(g, m, "recused", e) : 0;
}

/* For each entry that lost its expert the secretariat is asked whom to put there. */
static int after(const Doing *g, const Decisions *all, Err *e) {
	for (size_t i = 0; i < all->n; i++) {
		const Decided *d = &all->row[i];
		const Marks *m = d->kind == &decide_score && d->fate == ROW_GOOD ? d->found : NULL;
		Panel p;
		if (!m || !m->recuses)
			continue;
		if (panel_read(g->w, g->a, m->panel->round, &p, e) < 0)
			return -1;
		const Expert *x = expert_of(p.expert, p.expert_n, d->seal.role);
		if (x && panel_again(&p, x, d->ref, m->remark, e) < 0)
			return -1;
	}
	return 0;
}

/* What waits is shown to the others of the secretariat, with the code that lets it count. */
static int after_seats(const Doing *g, const Decisions *all, Err *e) {
	const Rules *r = g->w->rules;
	for (size_t k = 0; k < r->round_n; k++) {
		bool waits = false;
		for (size_t i = 0; i < all->n; i++)
			waits |= all->row[i].kind == &decide_seat && all->row[i].fate == ROW_GOOD &&
			         !strcmp(all->row[i].seal.round, r->round[k].id);
		if (waits && r->round[k].confirmed && seats_show(g->w, g->a, &r->round[k], g->by, e) < 0)
			return -1;
	}
	return 0;
}

const DecisionKind decide_seat = {.kind = "seat", .check = check, .apply = apply, .after = after_seats};
const DecisionKind decide_score = {.kind = "score", .check = check, .apply = apply, .after = after};
