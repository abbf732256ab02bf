/* Inside the loader: the end of the contest in rules/contest.yaml: the roadshow, the publicity period, objections.  A contest
 * that names neither has neither; a roadshow that could seat nobody is refused. */
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "rules/load.h"

#define MINUTES 15
#define MINUTES_MAX 480
#define DAY_MINUTES (24 * 60)
#define PUBLICITY_MAX 365

/* 09:30 as minutes of the day; -1 when absent or bad, which is told. */
static int64_t clock_of(Load *l, const Yaml *map, const char *key, const char *what) {
	const char *text = take_text(l, map, key, TAKE_NEEDED);
	int64_t hour, minute;
	if (!*text)
		return -1;
	if (strlen(text) == 5 && text[2] == ':' && str_to_i64((Str){text, 2}, 0, 24, &hour) == 0 &&
	    str_to_i64((Str){text + 3, 2}, 0, 59, &minute) == 0 && hour * 60 + minute <= DAY_MINUTES)
		return hour * 60 + minute;
	take_fault(l, yaml_get(map, key, NULL), "%s is a time of the day between quotes, such as \"09:30\", not \"%s\"", what,
	           text);
	return -1;
}

/* Two clock times, the first before the second. */
static bool span(Load *l, const Yaml *map, const char *first, const char *second, ShowSpan *out) {
	out->from = clock_of(l, map, first, first);
	out->to = clock_of(l, map, second, second);
	if (out->from < 0 || out->to < 0)
		return false;
	if (out->from < out->to)
		return true;
	take_fault(l, yaml_get(map, second, NULL), "\"%s\" must be later than \"%s\"", second, first);
	return false;
}

static int by_opening(const void *a, const void *b) {
	const ShowDay *x = a, *y = b;
	return x->midnight < y->midnight ? -1 : x->midnight > y->midnight;
}

static void days(Load *l, const Yaml *map, Roadshow *show) {
	static const char *const known[] = {"date", "start", "end", NULL};
	size_t n;
	const Yaml *const *item = take_list(l, map, "days", TAKE_NEEDED, &n);
	show->day = arena_array(l->arena, n + 1, sizeof *show->day);
	for (size_t i = 0; i < n; i++) {
		if (!take_map(l, item[i], "a day of the roadshow", known))
			continue;
		ShowDay *d = &show->day[show->day_n];
		d->midnight = take_moment(l, item[i], "date", false);
		const Yaml *date = yaml_get(item[i], "date", NULL);
		if (d->midnight != WHEN_NONE && strlen(date->text) > strlen("2023-05-20")) {
			if (!l->source->kept)
				take_fault(l, date, "\"date\" is a day such as 2023-05-20; its times stand behind \"start\" and \"end\"");
			d->midnight = when_midnight(d->midnight, 0);
		}
		if (!span(l, item[i], "start", "end", &d->hours) || d->midnight == WHEN_NONE)
			continue;
		for (size_t k = 0; k < show->day_n; k++)
			if (show->day[k].midnight == d->midnight)
				take_fault(l, item[i], "this day of the roadshow is there already; keep one of them");
		show->day_n++;
	}
	if (show->day_n)
		qsort(show->day, show->day_n, sizeof *show->day, by_opening);
}

static void breaks(Load *l, const Yaml *map, Roadshow *show) {
	static const char *const known[] = {"from", "to", NULL};
	size_t n;
	const Yaml *const *item = take_list(l, map, "breaks", TAKE_OPTIONAL, &n);
	show->pause = arena_array(l->arena, n + 1, sizeof *show->pause);
	for (size_t i = 0; i < n; i++)
		if (take_map(l, item[i], "a break of the roadshow", known) &&
		    span(l, item[i], "from", "to", &show->pause[show->pause_n]))
			show->pause_n++;
}

/* Is there a place for one entry between the breaks? */
static bool has_room(const Roadshow *show, const ShowDay *d) {
	for (int64_t at = d->hours.from; at + show->minutes <= d->hours.to;) {
		int64_t behind = at;
		for (size_t i = 0; i < show->pause_n; i++)
			if (at < show->pause[i].to && at + show->minutes > show->pause[i].from && show->pause[i].to > behind)
				behind = show->pause[i].to;
		if (behind == at)
			return true;
		at = behind;
	}
	return false;
}

static void seats(Load *l, const Yaml *y, const Roadshow *show) {
	for (size_t i = 0; i < show->day_n; i++)
		if (show->day[i].hours.to - show->day[i].hours.from < show->minutes)
			take_fault(l, y, "a day of the roadshow is shorter than the %lld minutes of one entry",
			           (long long)show->minutes);
		else if (!has_room(show, &show->day[i]) && !l->source->kept)
			take_fault(l, y, "between the breaks %s leaves no time for the %lld minutes of one entry; shorten a break or the minutes",
			           when_date(l->arena, show->day[i].midnight), (long long)show->minutes);
}

void roadshow_read(Load *l, const Yaml *root) {
	static const char *const known[] = {"days", "breaks", "rooms", "minutes", "apart", "seed", "place", "note", NULL};
	const Yaml *y = take(l, root, "roadshow", TAKE_OPTIONAL);
	Roadshow *show = &l->rules->roadshow;
	*show = (Roadshow){.seed = "", .place = "", .note = "", .minutes = MINUTES, .apart = MINUTES};
	if (!y || !take_map(l, y, "roadshow", known))
		return;
	days(l, y, show);
	breaks(l, y, show);
	show->room = take_texts(l, y, "rooms", TAKE_NEEDED, &show->room_n);
	show->minutes = take_int(l, y, "minutes", 1, MINUTES_MAX, MINUTES);
	show->apart = take_int(l, y, "apart", 0, DAY_MINUTES, show->minutes);
	show->seed = take_text(l, y, "seed", TAKE_OPTIONAL);
	show->place = take_text(l, y, "place", TAKE_OPTIONAL);
	show->note = take_long(l, y, "note", TAKE_OPTIONAL);
	seats(l, y, show);
}

void publicity_read(Load *l, const Yaml *root) {
	static const char *const known[] = {"days", "note", NULL};
	const Yaml *y = take(l, root, "publicity", TAKE_OPTIONAL);
	l->rules->publicity = (Publicity){.note = ""};
	if (!y || !take_map(l, y, "publicity", known))
		return;
	l->rules->publicity.days = take_int(l, y, "days", 1, PUBLICITY_MAX, 0);
	l->rules->publicity.note = take_long(l, y, "note", TAKE_OPTIONAL);
	if (!yaml_get(y, "days", NULL))
		take_fault(l, y, "publicity needs \"days: 7\", how long the proposed list is open to objections");
}

void casebook_read(Load *l, const Yaml *root) {
	static const char *const known[] = {"fields", NULL};
	const Yaml *y = take(l, root, "casebook", TAKE_OPTIONAL);
	l->casebook = NULL;
	if (!y || !take_map(l, y, "casebook", known))
		return;
	l->rules->casebook_field = take_texts(l, y, "fields", TAKE_NEEDED, &l->rules->casebook_field_n);
	l->casebook = yaml_get(y, "fields", NULL);
}

/* Of the tracks that have it, one in which it must not be printed; else any. */
static const Field *any_field(const Rules *r, const char *key) {
	const Field *f = NULL;
	for (size_t t = 0; t < r->track_n && !(f && (f->personal || f->table)); t++) {
		const Field *one = form_field(&r->track[t].form, key);
		f = one ? one : f;
	}
	return f;
}

void casebook_check(Load *l) {
	const Rules *r = l->rules;
	for (size_t i = 0; i < r->casebook_field_n && r->track_n && !l->common_broken; i++) {
		const Field *f = any_field(r, r->casebook_field[i]);
		if (!f)
			take_fault(l, l->casebook, "no track has a field \"%s\"; write the key of a field of the form", r->casebook_field[i]);
		else if (f->personal || f->table)
			take_fault(l, l->casebook, "\"%s\" %s: a casebook prints plain fields that name no person; take it out", f->key,
			           f->personal ? "is personal" : "is a table's column");
	}
}

/* ---- what was taken over from an earlier edition */

static void confirm(Load *l, const Yaml *map, const char *key, const char *what) {
	const Yaml *y = yaml_get(map, key, NULL);
	if (y && y->kind == YAML_TEXT && *y->text)
		take_fault(l, y, "%s was taken over from the last edition: \"%s\"; confirm or change it", what, y->text);
}

static void confirm_each(Load *l, const Yaml *list, const char *first, const char *second) {
	for (size_t i = 0; list && list->kind == YAML_LIST && i < list->n; i++) {
		confirm(l, list->item[i], first, "this date");
		if (second)
			confirm(l, list->item[i], second, "this date");
	}
}

/* A draft comes into force only when its line was taken away: until then all that a person must look at is named. */
void draft_read(Load *l, const Yaml *root) {
	if (!take_bool(l, root, "draft", false))
		return;
	take_fault(l, yaml_get(root, "draft", NULL), "this contest was made from an earlier one: confirm or change what is named "
	           "below, then take this line away");
	confirm(l, root, "edition", "the edition");
	confirm(l, root, "name", "the name");
	confirm(l, root, "theme", "the theme");
	confirm_each(l, yaml_get(root, "phases", NULL), "opens", "closes");
	confirm_each(l, yaml_get(yaml_get(root, "roadshow", NULL), "days", NULL), "date", NULL);
}
