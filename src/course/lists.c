/* The lists for regulators: counts, a sheet for each way to divide the entries, then the entries themselves.  Personal values
 * stand in none of them. */
#include "course/lists.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "course/enter.h"
#include "course/results.h"
#include "home/bookout.h"

#define STAGES 5 /* accepted, eligible, reviewed, in the final, awarded */

typedef enum { BY_PROVINCE, BY_GROUP, BY_KIND, BY_TRACK, WAYS } Way;

typedef struct {
	const char *name;
	int64_t n[STAGES];
	int64_t *award; /* by the rules' awards */
} Line;

typedef VEC(Line) Lines;

typedef struct {
	const char *number, *track, *title, *org, *uscc, *state, *award;
	const char *is[WAYS]; /* the line it counts for, by way */
} Item;

typedef struct {
	World *w;
	Arena *a;
	Results results;
	VEC(Item) item;
	Lines by[WAYS];
	BookOut out;
	Err *e;
	int rc;
} Lists;

static const char *say(const Lists *l, const char *key) {
	return words(l->w->rules, key);
}

/* ---- gathering */

/* How far it came; 0: it was withdrawn. */
static int stages_of(const char *state) {
	static const struct {
		const char *state;
		int n;
	} of[] = {{"accepted", 1}, {"ineligible", 1}, {"eligible", 2}, {"unfit", 2}, {"reviewed", 3}, {"eliminated", 3},
	          {"shortlisted", 4}, {"unplaced", 4}, {"awarded", 5}};
	for (size_t i = 0; i < sizeof of / sizeof *of; i++)
		if (!strcmp(of[i].state, state))
			return of[i].n;
	return 0;
}

static Line *line_of(Lists *l, Way way, const char *name) {
	Lines *all = &l->by[way];
	for (size_t i = 0; i < all->n; i++)
		if (!strcmp(all->v[i].name, name))
			return &all->v[i];
	Line *x = vec_push(all);
	*x = (Line){.name = name, .award = arena_array(l->a, l->w->rules->award_n + 1, sizeof *x->award)};
	return x;
}

static void count(Lists *l, const Item *it) {
	const Rules *r = l->w->rules;
	int stages = stages_of(it->state);
	for (int way = 0; way < WAYS; way++) {
		Line *x = line_of(l, (Way)way, it->is[way]);
		for (int i = 0; i < stages; i++)
			x->n[i]++;
		for (size_t i = 0; i < r->award_n; i++)
			x->award[i] += !strcmp(r->award[i].name, it->award);
	}
}

static const char *kept(Lists *l, const char *s) {
	return *s ? arena_str(l->a, s) : say(l, "lists.unknown");
}

static bool each(void *ctx, const EntryRow *en) {
	Lists *l = ctx;
	const Track *t = rules_track(l->w->rules, en->track);
	const char *group, *award;
	if (entry_role(l->w, l->a, en, ROLE_GROUP, &group, l->e) < 0 || results_award(&l->results, l->a, en, &award, l->e) < 0) {
		l->rc = -1;
		return false;
	}
	Item *it = vec_push(&l->item);
	*it = (Item){.number = arena_str(l->a, en->number), .track = t ? t->name : arena_str(l->a, en->track),
	             .title = arena_str(l->a, en->title), .org = arena_str(l->a, en->org), .uscc = arena_str(l->a, en->uscc),
	             .state = arena_str(l->a, en->state), .award = award};
	it->is[BY_PROVINCE] = kept(l, en->province);
	it->is[BY_GROUP] = kept(l, group);
	it->is[BY_KIND] = kept(l, en->org_kind);
	it->is[BY_TRACK] = it->track;
	count(l, it);
	return true;
}

/* ---- the order: as the form offers them */

static size_t place_in(const Lists *l, Way way, const char *name) {
	static const FieldRole role[WAYS] = {ROLE_PROVINCE, ROLE_GROUP, ROLE_ORG_KIND, ROLE_NONE};
	const Rules *r = l->w->rules;
	for (size_t t = 0; t < r->track_n; t++) {
		if (way == BY_TRACK && !strcmp(r->track[t].name, name))
			return t;
		const Field *f = way == BY_TRACK ? NULL : r->track[t].form.role[role[way]];
		for (size_t i = 0; f && i < f->choice_n; i++)
			if (!strcmp(f->choice[i], name))
				return i;
	}
	return SIZE_MAX;
}

/* Few lines: by insertion, so that no state is needed beside them. */
static void sort(const Lists *l, Way way, Lines *all) {
	for (size_t i = 1; i < all->n; i++)
		for (size_t k = i; k > 0 && place_in(l, way, all->v[k].name) < place_in(l, way, all->v[k - 1].name); k--) {
			Line swap = all->v[k];
			all->v[k] = all->v[k - 1];
			all->v[k - 1] = swap;
		}
}

/* ---- the workbook */

static void begin_sheet(Lists *l, const char *name, size_t columns) {
	const Rules *r = l->w->rules;
	const char *title = words_fill(r, l->a, "lists.line", "contest", r->name, "sheet", name, "now",
	                               words_moment(r, l->a, l->w->env->now), NULL);
	bookout_texts(&l->out, "sheet", name, "", title, "", "", NULL);
	bookout_num(&l->out, (int64_t)columns);
}

static void tell_line(Lists *l, const Line *x) {
	bookout_texts(&l->out, "row", "", x->name, NULL);
	for (int i = 0; i < STAGES; i++)
		bookout_num(&l->out, x->n[i]);
	for (size_t i = 0; i < l->w->rules->award_n; i++)
		bookout_num(&l->out, x->award[i]);
}

static void sheet_of(Lists *l, Way way) {
	static const char *const key[WAYS] = {"lists.province", "lists.group", "lists.kind", "lists.track"};
	static const char *const stage[STAGES] = {"lists.entered", "lists.eligible", "lists.reviewed", "lists.final",
	                                          "lists.awarded"};
	const Rules *r = l->w->rules;
	Lines *all = &l->by[way];
	Line sum = {.name = say(l, "lists.sum"), .award = arena_array(l->a, r->award_n + 1, sizeof *sum.award)};
	begin_sheet(l, say(l, key[way]), 1 + STAGES + r->award_n);
	bookout_texts(&l->out, "f", way == BY_TRACK ? "34" : "22", say(l, key[way]), NULL);
	for (int i = 0; i < STAGES; i++)
		bookout_texts(&l->out, "n", "12", say(l, stage[i]), NULL);
	for (size_t i = 0; i < r->award_n; i++)
		bookout_texts(&l->out, "n", "10", r->award[i].name, NULL);
	sort(l, way, all);
	for (size_t k = 0; k < all->n; k++) {
		tell_line(l, &all->v[k]);
		for (int i = 0; i < STAGES; i++)
			sum.n[i] += all->v[k].n[i];
		for (size_t i = 0; i < r->award_n; i++)
			sum.award[i] += all->v[k].award[i];
	}
	tell_line(l, &sum);
}

static void sheet_of_items(Lists *l) {
	static const struct {
		const char *key, *kind, *width;
	} col[] = {{"lists.province", "l", "16"}, {"lists.group", "l", "14"}, {"lists.kind", "l", "12"},
	           {"digest.col_number", "l", "11"}, {"lists.track", "l", "26"}, {"digest.col_title", "l", "40"},
	           {"digest.col_org", "l", "34"}, {"digest.col_uscc", "l", "21"}, {"digest.col_state", "l", "16"},
	           {"award.col_award", "l", "12"}};
	begin_sheet(l, say(l, "lists.items"), sizeof col / sizeof *col);
	for (size_t i = 0; i < sizeof col / sizeof *col; i++)
		bookout_texts(&l->out, col[i].kind, col[i].width, say(l, col[i].key), NULL);
	for (size_t k = 0; k < l->by[BY_PROVINCE].n; k++)
		for (size_t i = 0; i < l->item.n; i++) {
			const Item *it = &l->item.v[i];
			if (strcmp(it->is[BY_PROVINCE], l->by[BY_PROVINCE].v[k].name))
				continue;
			bookout_texts(&l->out, "row", "", it->is[BY_PROVINCE], it->is[BY_GROUP], it->is[BY_KIND], it->number, it->track,
			              it->title, it->org, it->uscc, say(l, arena_fmt(l->a, "state.%s", it->state)), it->award, NULL);
		}
}

static int write_book(Lists *l, const char *path, Err *e) {
	if (bookout_start(&l->out, l->w->env, path, e) < 0)
		return -1;
	bookout_texts(&l->out, "book", say(l, "lists.title"), l->w->rules->organiser, say(l, "form.font"), "1", NULL);
	for (int way = 0; way < WAYS; way++)
		sheet_of(l, (Way)way);
	sheet_of_items(l);
	return bookout_end(&l->out);
}

int lists_write(World *w, const char *path, Err *e) {
	Lists l = {.w = w, .a = arena_new(), .e = e};
	int rc = results_read(w, l.a, &l.results, e);
	if (rc == 0)
		rc = store_entry_each(w->store, NULL, each, &l, e);
	if (rc == 0)
		rc = l.rc < 0 ? -1 : write_book(&l, path, e);
	vec_free(&l.item);
	for (int way = 0; way < WAYS; way++)
		vec_free(&l.by[way]);
	arena_free(l.a);
	return rc;
}
