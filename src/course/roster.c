/* The roster goes out.  What comes back is decision_expert.c's. */
#include "course/roster.h"

#include "base/text.h"
#include "base/when.h"
#include "course/decision.h"
#include "home/sheetbook.h"

static const char *say(const World *w, const char *key) {
	return words(w->rules, key);
}

static void row(SheetBook *b, const Expert *x, const char *promise) {
	World *w = b->w;
	bool blank = !x->version;
	SealRow seal = {"expert", DECISION_OFFICE, "", x->code, x->version};
	sheetbook_row(b, blank ? "" : !x->active ? "bad" : x->promised ? "good" : "doubt");
	sheetbook_cell(b, promise);
	const char *cells[] = {x->name, x->org, x->uscc, x->mail, x->mobile, x->tracks, x->remark,
	                       blank ? "" : say(w, x->active ? "experts.active" : "experts.retired")};
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		sheetbook_cell(b, cells[i]);
	sheetbook_seal(b, &seal);
}

static const char *standing(const World *w, const Expert *x) {
	if (!x->active)
		return say(w, "experts.stands_retired");
	if (!*w->rules->experts.promise)
		return say(w, "experts.stands_active");
	return say(w, x->promised ? "experts.stands_promised" : "experts.stands_asked");
}

static void sheet(SheetBook *b) {
	const World *w = b->w;
	const char *state = arena_fmt(b->a, "list %s\n%s", say(w, "experts.active"), say(w, "experts.retired"));
	const SheetCol col[] = {{'s', 12, say(w, "experts.col_standing"), ""}, {'r', 12, say(w, "experts.col_name"), ""},
	                        {'r', 28, say(w, "experts.col_org"), ""}, {'r', 22, say(w, "experts.col_uscc"), ""},
	                        {'r', 28, say(w, "experts.col_mail"), ""}, {'r', 15, say(w, "experts.col_mobile"), ""},
	                        {'r', 16, say(w, "experts.col_tracks"), ""}, {'r', 24, say(w, "experts.col_remark"), ""},
	                        {'e', 10, say(w, "experts.col_state"), state}, {'t', 10, NULL, ""}};
	sheetbook_sheet(b, say(w, "experts.roster_sheet"),
	                words_fill(w->rules, b->a, "experts.roster_line", "now", words_moment(w->rules, b->a, w->env->now), NULL), "",
	                col, sizeof col / sizeof *col);
}

int roster_book(World *w, Arena *a, int64_t seq, Attachment *out, Err *e) {
	Expert *x;
	size_t n;
	SheetBook b;
	if (experts_read(w, a, &x, &n, e) < 0 || sheetbook_start(&b, w, a, say(w, "experts.roster_title"), e) < 0)
		return -1;
	sheet(&b);
	for (size_t i = 0; i < n; i++)
		row(&b, &x[i], standing(w, &x[i]));
	for (int i = 1; i <= ROSTER_BLANK; i++)
		row(&b, &(Expert){.code = arena_fmt(a, "e%lld-%02d", (long long)seq, i), .name = "", .org = "", .uscc = "", .mail = "",
		                  .mobile = "", .tracks = "", .remark = ""}, say(w, "experts.stands_new"));
	sheetbook_tail(&b, words_fill(w->rules, a, "experts.roster_tail", "tracks", w->rules->track_n ? w->rules->track[0].code : "",
	                              NULL));
	return sheetbook_end(&b, say(w, "experts.roster_file"), out, e);
}

int roster_promise(World *w, Arena *a, const Expert *x, Err *e) {
	Data *d = data_new(a);
	if (!*w->rules->experts.promise)
		return 0;
	data_text(d, "promise", w->rules->experts.promise);
	return expert_mail(w, a, x, "expert_promise", arena_fmt(a, "promise %s %lld", x->code, (long long)x->version), d, NULL, 0, e);
}
