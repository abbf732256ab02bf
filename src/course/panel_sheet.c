/* The score sheet goes out to its expert: their entries and no others, the booklet beside it.  What comes back is
 * decision_score.c's. */
#include <string.h>

#include "base/decimal.h"
#include "base/text.h"
#include "base/when.h"
#include "course/booklet.h"
#include "course/decision_inner.h"
#include "home/sheetbook.h"
#include "store/report.h"

#define COLUMNS (6 + ROUND_MAX_CRITERIA)

static const char *say(const Panel *p, const char *key) {
	return words(p->w->rules, key);
}

static const char *points(Arena *a, int64_t v) {
	return decimal_text(a, v, ROUND_POINTS, 0);
}

const char *panel_heading(const World *w, Arena *a, const Criterion *c) {
	return words_fill(w->rules, a, "experts.col_criterion", "label", c->label, "min", points(a, c->min), "max", points(a, c->max),
	                  NULL);
}

/* ---- the workbook */

/* The formal review: a decision as the secretariat's workbook has it. */
static bool is_formal(const Panel *p) {
	return p->round == &p->w->rules->formal;
}

static const char *formal_choices(const Panel *p) {
	return decision_choices(p->w, p->a, decision_kind_find("formal"), "\n");
}

static size_t columns(const Panel *p, SheetCol *col) {
	const Round *r = p->round;
	size_t n = 0;
	col[n++] = (SheetCol){'c', 11, say(p, "digest.col_number"), ""};
	col[n++] = (SheetCol){'f', 32, say(p, "digest.col_title"), ""};
	if (!r->anonymous)
		col[n++] = (SheetCol){'f', 26, say(p, "digest.col_org"), ""};
	if (is_formal(p)) {
		col[n++] = (SheetCol){'d', 12, say(p, "decide.decision"), ""};
		col[n++] = (SheetCol){'r', 44, say(p, "decide.reason"), ""};
		col[n++] = (SheetCol){'t', 10, NULL, ""};
		return n;
	}
	for (size_t i = 0; i < r->criterion_n; i++) {
		const Criterion *c = &r->criterion[i];
		col[n++] = (SheetCol){'e', 15, panel_heading(p->w, p->a, c),
		                      arena_fmt(p->a, "number %s %s", points(p->a, c->min), points(p->a, c->max))};
	}
	col[n++] = (SheetCol){'r', 36, say(p, "experts.col_remark_score"), ""};
	col[n++] = (SheetCol){'e', 9, say(p, "experts.col_recuse"), arena_fmt(p->a, "list %s", say(p, "experts.recuse"))};
	col[n++] = (SheetCol){'t', 10, NULL, ""};
	return n;
}

static int formal_row(SheetBook *b, const Panel *p, const Expert *x, const EntryRow *en, Err *e) {
	int64_t version;
	char *hint;
	if (store_report_entry(p->w->store, p->a, en->number, &version, &hint, e) < 0)
		return -1;
	sheetbook_row(b, "");
	sheetbook_cell(b, en->number);
	sheetbook_cell(b, en->title);
	sheetbook_cell(b, en->org);
	sheetbook_cell(b, "");
	sheetbook_cell(b, "");
	sheetbook_seal(b, &(SealRow){"formal", x->code, "", en->number, version});
	return 0;
}

static int entry_row(SheetBook *b, const Panel *p, const Expert *x, const EntryRow *en, Err *e) {
	RecordRow score;
	int64_t point[ROUND_MAX_CRITERIA];
	int found = store_record_get(p->w->store, p->a, "score", p->round->id, en->number, x->code, &score, e);
	bool given = found > 0 && !strcmp(score.state, "given") && score_read(p->round, score.data, point);
	SealRow seal = {"score", x->code, p->round->id, en->number, found > 0 ? score.version : 0};
	sheetbook_row(b, "");
	sheetbook_cell(b, en->number);
	sheetbook_cell(b, en->title);
	if (!p->round->anonymous)
		sheetbook_cell(b, en->org);
	for (size_t i = 0; i < p->round->criterion_n; i++)
		sheetbook_cell(b, given ? points(p->a, point[i]) : "");
	sheetbook_cell(b, given ? score.detail : "");
	sheetbook_cell(b, "");
	sheetbook_seal(b, &seal);
	return found < 0 ? -1 : 0;
}

/* A track a sheet: their entries are compared with each other. */
static int track_sheet(SheetBook *b, const Panel *p, const Expert *x, const EntryRow **list, size_t n, Err *e) {
	const Track *t = rules_track(p->w->rules, list[0]->track);
	SheetCol col[COLUMNS];
	size_t cols = columns(p, col);
	sheetbook_sheet(b, t ? arena_fmt(p->a, "%s %s", t->code, text_cut(p->a, t->name, 20)) : list[0]->track,
	                words_fill(p->w->rules, p->a, is_formal(p) ? "experts.formal_line" : "experts.score_line", "round",
	                           p->round->name, "expert", x->name, "closes",
	                           words_moment(p->w->rules, p->a, p->round->phase->closes), NULL),
	                is_formal(p) ? formal_choices(p) : "", col, cols);
	for (size_t i = 0; i < n; i++)
		if ((is_formal(p) ? formal_row : entry_row)(b, p, x, list[i], e) < 0)
			return -1;
	sheetbook_tail(b, say(p, is_formal(p) ? "experts.formal_tail" : "experts.score_tail"));
	return 0;
}

int panel_sheet_book(Panel *p, const Expert *x, const EntryRow **list, size_t n, Attachment *out, Err *e) {
	SheetBook b;
	int rc = 0;
	const char *title = words_fill(p->w->rules, p->a, is_formal(p) ? "experts.formal_title" : "experts.score_title", "round",
	                               p->round->name, "expert", x->name, NULL);
	const char *file = words_fill(p->w->rules, p->a, is_formal(p) ? "experts.formal_file" : "experts.score_file", "round",
	                              p->round->name, "expert", text_filename(p->a, x->name, 60), NULL);
	if (sheetbook_start(&b, p->w, p->a, title, e) < 0)
		return -1;
	for (size_t i = 0, k; i < n && rc == 0; i = k) {
		for (k = i + 1; k < n && !strcmp(list[k]->track, list[i]->track); k++)
			;
		rc = track_sheet(&b, p, x, list + i, k - i, e);
	}
	Err late = {0};
	int ended = sheetbook_end(&b, file, out, rc < 0 ? &late : e);
	return rc < 0 ? -1 : ended;
}

/* ---- the mail */

static int enclose(Panel *p, const Expert *x, Attachment *out, Err *e) {
	Buf html = {0};
	int rc = booklet_html(p, x, false, &html, e);
	*out = (Attachment){.name = words_fill(p->w->rules, p->a, "experts.booklet_file", "round", p->round->name, NULL),
	                    .media = COMPOSE_HTML, .bytes = buf_give(&html, p->a)};
	return rc;
}

static Data *mail_data(const Panel *p, const EntryRow **list, size_t n) {
	Data *d = data_new(p->a);
	data_text(d, "round", p->round->name);
	data_text(d, "closes", words_moment(p->w->rules, p->a, p->round->phase->closes));
	data_flag(d, "anonymous", p->round->anonymous);
	data_flag(d, "formal", is_formal(p));
	if (n)
		data_fmt(d, "entry_count", "%zu", n);
	data_text(d, "first_number", n ? list[0]->number : "");
	for (size_t i = 0; i < n; i++) {
		Data *x = data_item(d, "entries");
		data_text(x, "number", list[i]->number);
		data_text(x, "title", list[i]->title);
		data_text(x, "org", p->round->anonymous ? "" : list[i]->org);
	}
	for (size_t i = 0; i < p->round->criterion_n; i++) {
		const Criterion *c = &p->round->criterion[i];
		Data *x = data_item(d, "criteria");
		data_text(x, "label", c->label);
		data_text(x, "help", c->help);
		data_text(x, "min", points(p->a, c->min));
		data_text(x, "max", points(p->a, c->max));
		data_text(x, "weight", c->weight == ROUND_WEIGHT_ONE ? "" : decimal_text(p->a, c->weight, ROUND_WEIGHTS, 0));
	}
	return d;
}

int panel_sheet(Panel *p, const Expert *x, Err *e) {
	Attachment att[2];
	size_t n;
	const EntryRow **list = panel_entries_of(p, x->code, &n);
	const char *key = arena_fmt(p->a, "sheet %s %s %lld", p->round->id, x->code, (long long)panel_turns(p, x->code));
	if (!x->active || !x->promised)
		return 0;
	if (n && (panel_sheet_book(p, x, list, n, &att[0], e) < 0 || enclose(p, x, &att[1], e) < 0))
		return -1;
	return expert_mail(p->w, p->a, x, "review", key, mail_data(p, list, n), att, n ? 2 : 0, e);
}
