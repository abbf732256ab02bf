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
static int64_t clock_of(Load *l, const Yaml *map, const char *key, const char *what)
{
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
static bool span(Load *l, const Yaml *map, const char *first, const char *second, ShowSpan *out)
{
	out->from = clock_of(l, map, first, first);
	out->to = clock_of(l, map, second, second);
	if (out->from < 0 || out->to < 0)
		return false;
	if (out->from < out->to)
		return true;
	take_fault(l, yaml_get(map, second, NULL), "\"%s\" must be later than \"%s\"", second, first);
	return false;
}

static int by_opening(const void *a, const void *b)
{
	const ShowDay *x = a, *y = b;
	return x->midnight < y->midnight ? -1 : x->midnight > y->midnight;
}

static void days(Load *l, const Yaml *map, Roadshow *show)
{
	static const char *const known[] = {"date", "start", "end", NULL};
	size_t n;
	const Yaml *const *item = take_list(l, map, "days", TAKE_NEEDED, &n);
	show->day = arena_array(l->arena, n + 1, sizeof *show->day);
	for (size_t i = 0; i < n; i++) {
		if (!take_map(l, item[i], "a day of the roadshow", known))
			continue;
		ShowDay *d = &show->day[show->day_n];
		d->midnight = take_moment(l, item[i], "date", false);
		if (!span(l, item[i], "start", "end", &d->hours) || d->midnight == WHEN_NONE)
			continue;
		for (size_t k = 0; k < show->day_n; k++)
			if (show->day[k].midnight == d->midnight)
				take_fault(l, item[i], "this day of the roadshow is there already");
		show->day_n++;
	}
	if (show->day_n)
		qsort(show->day, show->day_n, sizeof *show->day, by_opening);
}

static void breaks(Load *l, const Yaml *map, Roadshow *show)
{
	static const char *const known[] = {"from", "to", NULL};
	size_t n;
	const Yaml *const *item = take_list(l, map, "breaks", TAKE_OPTIONAL, &n);
	show->pause = arena_array(l->arena, n + 1, sizeof *show->pause);
	for (size_t i = 0; i < n; i++)
		if (take_map(l, item[i], "a break of the roadshow", known) &&
		    span(l, item[i], "from", "to", &show->pause[show->pause_n]))
			show->pause_n++;
}

void roadshow_read(Load *l, const Yaml *root)
{
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
	for (size_t i = 0; i < show->day_n; i++)
		if (show->day[i].hours.to - show->day[i].hours.from < show->minutes)
			take_fault(l, y, "a day of the roadshow is shorter than the %lld minutes of one entry",
			           (long long)show->minutes);
}

void publicity_read(Load *l, const Yaml *root)
{
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
