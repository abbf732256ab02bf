/* Who scores what goes out to the secretariat: what holds, and a proposal for what is missing.  Decides nothing: what counts
 * is what comes back. */
#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "base/when.h"
#include "course/decision.h"
#include "course/panel.h"
#include "home/outbox.h"
#include "home/sheetbook.h"
#include "judge/assign.h"

static const char *say(const Panel *p, const char *key) {
	return words(p->w->rules, key);
}

/* Who stepped back is not proposed again. */
static bool recused(const Panel *p, const char *number, const char *code) {
	for (size_t i = 0; i < p->assign_n; i++)
		if (!strcmp(p->assign[i].ref, number) && !strcmp(p->assign[i].who, code))
			return !strcmp(p->assign[i].state, "recused");
	return false;
}

static bool may(const Panel *p, const Expert *x, const EntryRow *en) {
	return x->active && expert_has_track(x, en->track) && !recused(p, en->number, x->code) &&
	       !expert_conflict(p->w->rules, p->a, x, en);
}

static bool *propose(const Panel *p, Hash seed) {
	size_t cells = p->entry_n * p->expert_n;
	bool *can = arena_array(p->a, cells + 1, sizeof *can), *has = arena_array(p->a, cells + 1, sizeof *has);
	for (size_t i = 0; i < p->entry_n; i++)
		for (size_t k = 0; k < p->expert_n; k++) {
			can[i * p->expert_n + k] = may(p, &p->expert[k], &p->entry[i]);
			has[i * p->expert_n + k] = panel_has(p, p->entry[i].number, p->expert[k].code);
		}
	Assignment x = {.entries = p->entry_n, .experts = p->expert_n, .want = (size_t)p->round->experts, .may = can, .has = has};
	assign_propose(p->a, &x, seed);
	return has;
}

/* ---- the sheets */

static const char *names(const Panel *p) {
	Buf b = {0};
	buf_str(&b, "list ");
	for (size_t i = 0; i < p->expert_n; i++)
		if (p->expert[i].active)
			buf_fmt(&b, "%s%s", b.n > 5 ? "\n" : "", p->expert[i].label);
	const char *text = arena_str(p->a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

static void begin_entries(SheetBook *b, const Panel *p) {
	size_t n = (size_t)p->round->experts;
	SheetCol col[6 + ROUND_MAX_EXPERTS] = {{'c', 11, say(p, "digest.col_number"), ""}, {'f', 18, say(p, "digest.col_track"), ""},
	                                       {'f', 32, say(p, "digest.col_title"), ""}, {'f', 26, say(p, "digest.col_org"), ""},
	                                       {'s', 14, say(p, "experts.col_seats"), ""}};
	for (size_t i = 0; i < n; i++)
		col[5 + i] = (SheetCol){'e', 14, words_fill(p->w->rules, p->a, "experts.col_seat", "n", arena_fmt(p->a, "%zu", i + 1), NULL),
		                        names(p)};
	col[5 + n] = (SheetCol){'t', 10, NULL, ""};
	sheetbook_sheet(b, say(p, "experts.assign_sheet"),
	                words_fill(p->w->rules, p->a, "experts.assign_line", "round", p->round->name, "n", arena_fmt(p->a, "%zu", n),
	                           "now", words_moment(p->w->rules, p->a, p->w->env->now), NULL), "", col, 6 + n);
}

static void entry_row(SheetBook *b, const Panel *p, size_t i, const bool *has) {
	const EntryRow *en = &p->entry[i];
	SealRow seal = {"assign", DECISION_OFFICE, p->round->id, en->number, panel_version(p, en->number)};
	size_t n = 0, want = (size_t)p->round->experts;
	const char *cell[ROUND_MAX_EXPERTS] = {0};
	bool fresh = false;
	for (size_t k = 0; k < p->expert_n && n < want; k++)
		if (has[i * p->expert_n + k]) {
			fresh |= !panel_has(p, en->number, p->expert[k].code);
			cell[n++] = p->expert[k].label;
		}
	sheetbook_row(b, n < want ? "bad" : fresh ? "doubt" : "good");
	const char *facts[] = {en->number, rules_track_name(p->w->rules, en->track), en->title, en->org,
	                       n < want ? words_fill(p->w->rules, p->a, "experts.seats_short", "n", arena_fmt(p->a, "%zu", want - n), NULL)
	                                : say(p, fresh ? "experts.seats_proposed" : "experts.seats_hold")};
	for (size_t k = 0; k < sizeof facts / sizeof *facts; k++)
		sheetbook_cell(b, facts[k]);
	for (size_t k = 0; k < want; k++)
		sheetbook_cell(b, cell[k]);
	sheetbook_seal(b, &seal);
}

static void loads(SheetBook *b, const Panel *p, const bool *has) {
	const SheetCol col[] = {{'c', 16, say(p, "experts.col_name"), ""}, {'f', 30, say(p, "experts.col_org"), ""},
	                        {'c', 18, say(p, "experts.col_tracks"), ""}, {'n', 10, say(p, "experts.col_load"), ""},
	                        {'s', 14, say(p, "experts.col_standing"), ""}};
	sheetbook_sheet(b, say(p, "experts.load_sheet"), say(p, "experts.load_line"), "", col, sizeof col / sizeof *col);
	for (size_t k = 0; k < p->expert_n; k++) {
		const Expert *x = &p->expert[k];
		size_t n = 0;
		for (size_t i = 0; i < p->entry_n; i++)
			n += has[i * p->expert_n + k];
		if (!x->active)
			continue;
		sheetbook_row(b, x->promised ? "good" : "doubt");
		const char *cells[] = {x->label, x->org, *x->tracks ? x->tracks : say(p, "experts.all_tracks"), arena_fmt(p->a, "%zu", n),
		                       say(p, x->promised ? "experts.stands_promised" : "experts.stands_asked")};
		for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
			sheetbook_cell(b, cells[i]);
	}
}

/* The seed stands in the record, so that anybody may draw the same lots again. */
static int record_seed(const Panel *p, Hash seed, Err *e) {
	RecordRow row = {.kind = "proposal", .round = p->round->id, .ref = "", .who = "", .at = p->w->env->now, .state = "made",
	                 .data = hash_text(p->a, seed), .by = "robot", .addr = "", .detail = ""};
	return store_record_add(p->w->store, &row, e);
}

int panel_book(Panel *p, Hash seed, const char *only, Attachment *out, Err *e) {
	SheetBook b;
	const bool *has = propose(p, seed);
	if (record_seed(p, seed, e) < 0 ||
	    sheetbook_start(&b, p->w, p->a, words_fill(p->w->rules, p->a, "experts.assign_title", "round", p->round->name, NULL), e) < 0)
		return -1;
	begin_entries(&b, p);
	for (size_t i = 0; i < p->entry_n; i++)
		if (!only || !strcmp(only, p->entry[i].number))
			entry_row(&b, p, i, has);
	sheetbook_tail(&b, say(p, "experts.assign_tail"));
	loads(&b, p, has);
	return sheetbook_end(&b, words_fill(p->w->rules, p->a, "experts.assign_file", "round", p->round->name, NULL), out, e);
}

int panel_again(Panel *p, const Expert *x, const char *number, const char *why, Err *e) {
	Attachment att;
	const EntryRow *en = panel_entry(p, number);
	const char *key = arena_fmt(p->a, "assign %s %s %lld", p->round->id, number, (long long)panel_version(p, number));
	Data *d = data_new(p->a);
	if (!en)
		return 0;
	if (panel_book(p, hash_of(key, strlen(key)), number, &att, e) < 0)
		return -1;
	data_text(d, "round", p->round->name);
	data_text(d, "expert", x->label);
	data_text(d, "number", number);
	data_text(d, "title", en->title);
	data_text(d, "why", why);
	return outbox_tell_office(p->w, p->a, &(OwnMail){.mail = "assign_again", .key = key, .data = d, .file = &att, .file_n = 1}, NULL, e);
}
