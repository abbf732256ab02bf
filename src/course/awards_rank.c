/* The finalists in their order, what each was given, and what the quotas would give: nothing is written here. */
#include <string.h>

#include "base/text.h"
#include "course/awards.h"
#include "judge/ranking.h"
#include "store/record.h"

typedef VEC(Finalist) Finalists;

bool awards_by_track(const Rules *r) {
	for (size_t i = 0; i < r->award_n; i++)
		if (r->award[i].per_track >= 0)
			return true;
	return false;
}

const Award *awards_find(const Rules *r, Arena *a, const char *name) {
	const char *key = text_key(a, name);
	for (size_t i = 0; i < r->award_n; i++)
		if (!strcmp(key, text_key(a, r->award[i].name)))
			return &r->award[i];
	return NULL;
}

static const Round *final_round(const Rules *r) {
	for (size_t i = 0; i < r->round_n; i++)
		if (!strcmp(r->round[i].from, "shortlisted"))
			return &r->round[i];
	return NULL;
}

static bool is_final(const char *state) {
	return !strcmp(state, "shortlisted") || !strcmp(state, "awarded") || !strcmp(state, "unplaced");
}

/* ---- what the quotas would give */

static int64_t limit_of(const Award *award, bool by_track) {
	return by_track && award->per_track >= 0 ? award->per_track : award->quota;
}

/* Those of equal rank get the same, or none of them: a tie is not cut by a machine. */
static void propose(const Rules *r, Finalist *f, size_t n, int64_t *given) {
	size_t k = 0;
	bool by_track = awards_by_track(r), open = false;
	for (size_t i = 0; i < r->award_n && k < n; i++) {
		int64_t left = limit_of(&r->award[i], by_track);
		open |= left < 0;
		if (left >= 0 && r->award[i].quota >= 0 && r->award[i].quota - given[i] < left)
			left = r->award[i].quota - given[i];
		while (left > 0 && k < n && f[k].rank) {
			size_t end = k + 1;
			while (end < n && f[end].rank == f[k].rank)
				end++;
			if ((int64_t)(end - k) > left)
				break;
			for (left -= (int64_t)(end - k), given[i] += (int64_t)(end - k); k < end; k++)
				f[k].proposal = r->award[i].name;
		}
	}
	for (; k < n; k++)
		f[k].proposal = open || !r->award_n ? NULL : "";
}

/* ---- gathering */

static int add(World *w, Arena *a, Finalists *all, const char *number, const Ranked *row, Err *e) {
	RecordRow record;
	Finalist *f = vec_push(&all[0]);
	*f = (Finalist){.score = row ? row->text : "", .rank = row ? row->rank : 0, .tied = row && row->tied};
	int found = store_entry_get(w->store, a, number, &f->entry, e);
	if (found < 0 || store_record_get(w->store, a, "award", "", number, "", &record, e) < 0)
		return -1;
	f->final = found && is_final(f->entry.state);
	f->version = record.version;
	if (record.version)
		f->award = strcmp(record.state, AWARDS_NONE) ? record.state : "";
	return 0;
}

static int ranked(World *w, Arena *a, const Round *round, const char *track, Finalists *all, Err *e) {
	Ranked *row;
	size_t n;
	if (ranking_read(w->store, round, a, track, &row, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (is_final(row[i].state) && add(w, a, all, row[i].number, &row[i], e) < 0)
			return -1;
	return 0;
}

typedef struct {
	World *w;
	Arena *a;
	Finalists *all;
	Err *e;
	int rc;
} Walk;

static bool each(void *ctx, const EntryRow *en) {
	Walk *x = ctx;
	for (size_t i = 0; i < x->all->n; i++)
		if (!strcmp(x->all->v[i].entry.number, en->number))
			return true;
	x->rc = add(x->w, x->a, x->all, en->number, NULL, x->e);
	return x->rc == 0;
}

/* Those without scores, in the order of their numbers. */
static int unranked(World *w, Arena *a, const char *track, Finalists *all, Err *e) {
	static const char *const states[] = {"shortlisted", "awarded", "unplaced"};
	Walk x = {w, a, all, e, 0};
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (store_entry_each(w->store, &(EntryFilter){.state = states[i], .track = track}, each, &x, e) < 0 || x.rc < 0)
			return -1;
	return 0;
}

/* number "": it is about no entry in particular, and holds them all. */
static int mark_held(World *w, Arena *a, Finalists *all, Err *e) {
	ObjectionRow *o;
	size_t n;
	if (store_objection_list(w->store, a, &o, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; !*o[i].decision && k < all->n; k++)
			all->v[k].held |= !*o[i].number || !strcmp(o[i].number, all->v[k].entry.number);
	return 0;
}

int awards_finalists(World *w, Arena *a, Finalist **out, size_t *n, Err *e) {
	const Rules *r = w->rules;
	const Round *round = final_round(r);
	Finalists all = {0};
	bool by_track = awards_by_track(r);
	int64_t *given = arena_array(a, r->award_n + 1, sizeof *given);
	int rc = 0;
	for (size_t t = 0; rc == 0 && t < (by_track ? r->track_n : 1); t++) {
		const char *track = by_track ? r->track[t].code : NULL;
		size_t from = all.n;
		rc = round ? ranked(w, a, round, track, &all, e) : 0;
		if (rc == 0)
			rc = unranked(w, a, track, &all, e);
		if (rc == 0 && all.n > from)
			propose(r, all.v + from, all.n - from, given);
	}
	if (rc == 0)
		rc = mark_held(w, a, &all, e);
	*n = all.n;
	*out = arena_array(a, all.n + 1, sizeof **out);
	if (all.n)
		memcpy(*out, all.v, all.n * sizeof **out);
	vec_free(&all);
	return rc;
}
