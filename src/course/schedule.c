/* The roadshow's schedule as a paper, and the seed of its draw.  Sends nothing and asks nobody. */
#include "course/schedule.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/when.h"

static void slot_of(Arena *a, const Json *j, ShowSlot *s) {
	*s = (ShowSlot){.number = arena_str(a, json_str(json_get(j, "number"), "")), .start = WHEN_NONE,
	                .room = arena_str(a, json_str(json_get(j, "room"), "")),
	                .sequence = json_num(json_get(j, "sequence"), 0), .cancelled = json_true(json_get(j, "cancelled"))};
	(void)when_parse(str_of(json_str(json_get(j, "start"), "")), false, &s->start);
}

static int of_paper(Arena *a, const PaperRow *p, Schedule *out, Err *e) {
	Json *root = json_parse(str_of(p->body), e);
	if (!root)
		return err_wrap(e, "the schedule, version %lld", (long long)p->version);
	const Json *slots = json_get(root, "slots");
	out->version = p->version;
	out->at = p->at;
	out->seed = arena_str(a, json_str(json_get(root, "seed"), ""));
	out->n = json_len(slots);
	out->slot = arena_array(a, out->n + 1, sizeof *out->slot);
	for (size_t i = 0; i < out->n; i++)
		slot_of(a, json_at(slots, i), &out->slot[i]);
	json_free(root);
	return 0;
}

int schedule_read(World *w, Arena *a, Schedule *out, Err *e) {
	PaperRow p;
	*out = (Schedule){.seed = ""};
	int found = store_paper_last(w->store, a, "schedule", &p, e);
	return found <= 0 ? found : of_paper(a, &p, out, e);
}

int schedule_since(World *w, Arena *a, const Schedule *s, int64_t *since, Err *e) {
	PaperRow *p;
	size_t n;
	if (store_paper_list(w->store, a, "schedule", &p, &n, e) < 0)
		return -1;
	while (n-- > 0) { /* the last one first: the earliest that has it so remains */
		Schedule was;
		if (of_paper(a, &p[n], &was, e) < 0)
			return -1;
		for (size_t i = 0; i < s->n; i++) {
			const ShowSlot *slot = schedule_slot(&was, s->slot[i].number);
			if (slot && slot->sequence == s->slot[i].sequence)
				since[i] = was.at;
		}
	}
	return 0;
}

static int by_time(const void *a, const void *b) {
	const ShowSlot *x = a, *y = b;
	if (x->cancelled != y->cancelled)
		return x->cancelled ? 1 : -1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	int room = strcmp(x->room, y->room);
	return room ? room : strcmp(x->number, y->number);
}

int schedule_write(World *w, Arena *a, Schedule *s, Err *e) {
	Buf body = {0};
	PaperRow p;
	if (s->n)
		qsort(s->slot, s->n, sizeof *s->slot, by_time);
	JsonOut j = json_to(&body);
	json_object(&j, NULL);
	json_text(&j, "edition", w->rules->edition);
	json_text(&j, "seed", s->seed);
	json_array(&j, "slots");
	for (size_t i = 0; i < s->n; i++) {
		const ShowSlot *x = &s->slot[i];
		json_object(&j, NULL);
		json_text(&j, "number", x->number);
		json_text(&j, "start", when_text(a, x->start));
		json_text(&j, "room", x->room);
		json_int(&j, "sequence", x->sequence);
		if (x->cancelled)
			json_bool(&j, "cancelled", true);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	int rc = store_paper_add(w->store, "schedule", w->env->now, buf_cstr(&body), &p, e);
	buf_free(&body);
	s->version = rc == 0 ? p.version : s->version;
	s->at = w->env->now;
	return rc;
}

ShowSlot *schedule_slot(const Schedule *s, const char *number) {
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->slot[i].number, number))
			return &s->slot[i];
	return NULL;
}

int64_t schedule_version(const ShowSlot *slot) {
	return slot ? slot->sequence + 1 : 0;
}

int schedule_seed(World *w, Arena *a, const char **seed, Err *e) {
	PaperRow *p;
	size_t n;
	*seed = w->rules->roadshow.seed;
	if (**seed)
		return 0;
	if (store_paper_list(w->store, a, "seed", &p, &n, e) < 0)
		return -1;
	if (!n)
		return 0;
	Json *root = json_parse(str_of(p[0].body), e);
	if (!root)
		return err_wrap(e, "the seed of the draw");
	*seed = arena_str(a, json_str(json_get(root, "seed"), ""));
	json_free(root);
	return 0;
}

int schedule_seed_add(World *w, Arena *a, const char *seed, Err *e) {
	const char *stands;
	Buf body = {0};
	if (schedule_seed(w, a, &stands, e) < 0)
		return -1;
	if (*stands)
		return 0;
	JsonOut j = json_to(&body);
	json_object(&j, NULL);
	json_text(&j, "edition", w->rules->edition);
	json_text(&j, "seed", seed);
	json_end_object(&j);
	int rc = store_paper_add(w->store, "seed", w->env->now, buf_cstr(&body), NULL, e);
	buf_free(&body);
	return rc;
}
