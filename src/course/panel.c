/* A round as it stands.  Reads; what it writes is who scores what. */
#include "course/panel.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "course/review_lay.h"

/* ---- reading */

static int by_track(const void *x, const void *y) {
	const EntryRow *p = x, *q = y;
	int c = strcmp(p->track, q->track);
	return c ? c : (p->track_seq > q->track_seq) - (p->track_seq < q->track_seq);
}

int panel_read(World *w, Arena *a, const Round *r, Panel *out, Err *e) {
	*out = (Panel){.w = w, .a = a, .round = r};
	if (store_entry_list(w->store, a, &(EntryFilter){.state = r->from}, 0, &out->entry, &out->entry_n, e) < 0)
		return -1;
	qsort(out->entry, out->entry_n, sizeof *out->entry, by_track);
	if (experts_read(w, a, &out->expert, &out->expert_n, e) < 0)
		return -1;
	return store_record_list(w->store, a, "assign", r->id, NULL, &out->assign, &out->assign_n, e);
}

Panel *panel_keep(World *w, Arena *a, const Round *r, void **kept, Err *e) {
	Panel *p = *kept;
	if (p && p->round == r)
		return p;
	p = ARENA_NEW(a, Panel);
	if (panel_read(w, a, r, p, e) < 0)
		return NULL;
	*kept = p;
	return p;
}

const Round *panel_round(const World *w, Arena *a, const char *text) {
	const Rules *r = w->rules;
	const char *key = text_key(a, text);
	const Round *named;
	for (size_t i = 0; *key && (named = rules_work(r, i)) != NULL; i++)
		if (!strcmp(key, text_key(a, named->id)) || strstr(text_key(a, named->name), key) ||
		    strstr(key, text_key(a, named->name)))
			return named;
	for (size_t i = 0; i < r->round_n; i++)
		if (r->round[i].phase->closes >= w->env->now)
			return &r->round[i];
	return r->round_n ? &r->round[r->round_n - 1] : NULL;
}

bool panel_has(const Panel *p, const char *number, const char *code) {
	const RecordRow *r = record_find(p->assign, p->assign_n, number, code);
	return r && !strcmp(r->state, "assigned");
}

int64_t panel_version(const Panel *p, const char *number) {
	int64_t n = 0;
	for (size_t i = 0; i < p->assign_n; i++)
		n += strcmp(p->assign[i].ref, number) ? 0 : p->assign[i].version;
	return n;
}

int64_t panel_turns(const Panel *p, const char *code) {
	int64_t n = 0;
	for (size_t i = 0; i < p->assign_n; i++)
		n += strcmp(p->assign[i].who, code) ? 0 : p->assign[i].version;
	return n;
}

const EntryRow *panel_entry(const Panel *p, const char *number) {
	for (size_t i = 0; i < p->entry_n; i++)
		if (!strcmp(p->entry[i].number, number))
			return &p->entry[i];
	return NULL;
}

const EntryRow **panel_entries_of(const Panel *p, const char *code, size_t *n) {
	const EntryRow **list = arena_array(p->a, p->entry_n + 1, sizeof *list);
	*n = 0;
	for (size_t i = 0; i < p->entry_n; i++)
		if (panel_has(p, p->entry[i].number, code))
			list[(*n)++] = &p->entry[i];
	return list;
}

size_t panel_done(const Panel *p, const RecordRow *score, size_t n, const char *code, size_t *theirs) {
	const EntryRow **list = panel_entries_of(p, code, theirs);
	size_t done = 0;
	for (size_t i = 0; i < *theirs; i++) {
		const RecordRow *r = record_find(score, n, list[i]->number, code);
		done += r && !strcmp(r->state, "given");
	}
	return done;
}

static int behind_in(World *w, Arena *a, const Round *r, Behind *all, size_t *n, Err *e) {
	Panel *p = ARENA_NEW(a, Panel);
	RecordRow *score;
	size_t scores;
	if (panel_read(w, a, r, p, e) < 0 || store_record_list(w->store, a, "score", r->id, NULL, &score, &scores, e) < 0)
		return -1;
	for (size_t k = 0; k < p->expert_n && *n < BEHIND_MAX; k++) {
		size_t theirs, done = panel_done(p, score, scores, p->expert[k].code, &theirs);
		if (done < theirs)
			all[(*n)++] = (Behind){p, &p->expert[k], done, theirs};
	}
	return 0;
}

/* Where nothing was assigned, nothing is read. */
int panel_behind(World *w, Arena *a, const Round *only, Behind **out, size_t *n, Err *e) {
	const Round *r;
	*n = 0;
	*out = arena_array(a, BEHIND_MAX, sizeof **out);
	for (size_t i = 0; (r = rules_work(w->rules, i)) != NULL; i++) {
		RecordRow *assign;
		size_t assigned;
		if ((only && only != r) || (r->phase->closes < w->env->now && r != &w->rules->formal))
			continue;
		if (store_record_list(w->store, a, "assign", r->id, NULL, &assign, &assigned, e) < 0 ||
		    (assigned && behind_in(w, a, r, *out, n, e) < 0))
			return -1;
	}
	return 0;
}

/* ---- writing */

int panel_assign(const Panel *p, const char *number, const char *code, const char *state, const char *by, const char *why,
                 Err *e) {
	RecordRow row = {.kind = "assign", .round = p->round->id, .ref = number, .who = code, .at = p->w->env->now, .state = state,
	                 .data = "", .by = by, .addr = "", .detail = why};
	if (store_fact_set(p->w->store, REVIEW_FACT, "1", e) < 0)
		return -1;
	return store_record_add(p->w->store, &row, e);
}
