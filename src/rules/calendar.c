/* Inside the loader, and after it: when mail to many may go out, which notices there are, and how each goes.  Knows no
 * mail and no wording. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "rules/load.h"
#include "rules/values.h"

#define DAY 86400
#define HOLD_ABOVE 5
#define HOLD_ABOVE_MAX 100000
#define MAX_DAYS 1000         /* in a list of days */
#define MAX_AHEAD 400         /* days looked at for a working one */
#define REMIND_MAX 365
#define TELL_MINUTE (9 * 60)  /* of the day, where there are no office hours */

const char *const rules_notice_events[] = {
	"eligible", "ineligible", "reviewed", "unfit", "late_refused",
	"phase_opened", "phase_closing", "phase_closed",
	"shortlisted", "eliminated", "invited", "invite_changed", "invite_cancelled", "awarded", "unplaced", NULL,
};

/* What ends a round is seen by a person first. */
static NoticeMode usual(const char *event) {
	static const char *const held[] = {"shortlisted", "eliminated", "invited", "invite_changed", "invite_cancelled",
	                                   "awarded", "unplaced", "phase_opened", "phase_closing", "phase_closed"};
	for (size_t i = 0; i < sizeof held / sizeof *held; i++)
		if (strcmp(held[i], event) == 0)
			return NOTICE_HELD;
	return NOTICE_NONE;
}

/* ---- reading */

static int by_number(const void *a, const void *b) {
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* One day, or 2023-01-21..2023-01-27; false when it is neither. */
static bool day_span(const char *text, int64_t *from, int64_t *to) {
	const char *dots = strstr(text, "..");
	char first[16];
	size_t n = dots ? (size_t)(dots - text) : strlen(text);
	int64_t t;
	if (n >= sizeof first)
		return false;
	memcpy(first, text, n);
	first[n] = 0;
	const char *last = dots ? dots + 2 : first;
	if (strlen(first) != 10 || strlen(last) != 10 || when_parse(str_of(first), false, &t) ||
	    when_parse(str_of(last), false, &t))
		return false;
	*from = value_days(first);
	*to = value_days(last);
	return *to >= *from && *to - *from < MAX_DAYS;
}

/* The place of that text in a list, each of whose texts stands there once. */
static const Yaml *item_at(const Yaml *list, const char *text) {
	for (size_t i = 0; list->kind == YAML_LIST && i < list->n; i++)
		if (list->item[i]->kind == YAML_TEXT && str_is(str_trim(str_of(list->item[i]->text)), text))
			return list->item[i];
	return list;
}

static int64_t *days(Load *l, const Yaml *map, const char *key, size_t *n) {
	size_t items;
	const char **text = take_texts(l, map, key, TAKE_OPTIONAL, &items);
	VEC(int64_t) all = {0};
	for (size_t i = 0; i < items; i++) {
		int64_t from, to;
		if (!day_span(text[i], &from, &to))
			take_fault(l, item_at(yaml_get(map, key, NULL), text[i]), "\"%s\" must be a day such as 2023-05-01, or days such as "
			           "2023-01-21..2023-01-27, not \"%s\"", key, text[i]);
		else
			for (; from <= to && all.n < MAX_DAYS; from++)
				*vec_push(&all) = from;
	}
	int64_t *out = arena_array(l->arena, all.n + 1, sizeof *out);
	if (all.n) {
		memcpy(out, all.v, all.n * sizeof *out);
		qsort(out, all.n, sizeof *out, by_number);
	}
	*n = all.n;
	vec_free(&all);
	return out;
}

/* "09:00" at s, in minutes; -1 when it is none. */
static int minute_at(const char *s) {
	int64_t hour, minute;
	if (strlen(s) < 5 || s[2] != ':' || str_to_i64((Str){s, 2}, 0, 24, &hour) ||
	    str_to_i64((Str){s + 3, 2}, 0, 59, &minute) || hour * 60 + minute > 1440)
		return -1;
	return (int)(hour * 60 + minute);
}

static void office_hours(Load *l, const Yaml *map, Calendar *c) {
	const char *s = take_text(l, map, "office_hours", TAKE_OPTIONAL);
	if (!*s)
		return;
	c->from_minute = minute_at(s);
	c->to_minute = strlen(s) == 11 && s[5] == '-' ? minute_at(s + 6) : -1;
	if (c->from_minute >= 0 && c->to_minute > c->from_minute)
		return;
	take_fault(l, yaml_get(map, "office_hours", NULL), "\"office_hours\" must be two times of a day, such as "
	           "\"09:00-17:30\", not \"%s\"", s);
	c->from_minute = c->to_minute = 0;
}

static void calendar(Load *l, const Yaml *root) {
	static const char *const known[] = {"office_hours", "holidays", "workdays", NULL};
	const Yaml *y = take(l, root, "calendar", TAKE_OPTIONAL);
	Calendar *c = &l->rules->calendar;
	if (!y || !take_map(l, y, "calendar", known))
		return;
	office_hours(l, y, c);
	c->holiday = days(l, y, "holidays", &c->holiday_n);
	c->workday = days(l, y, "workdays", &c->workday_n);
}

static void recipients(Load *l, const Yaml *map, NoticeConf *c) {
	size_t n;
	const char **who = take_texts(l, map, "to", TAKE_OPTIONAL, &n);
	c->to_contact = c->to_sender = n == 0;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(who[i], "contact") == 0)
			c->to_contact = true;
		else if (strcmp(who[i], "sender") == 0)
			c->to_sender = true;
		else
			take_fault(l, yaml_get(map, "to", NULL), "notices go to the contact, the sender or both, not to \"%s\"",
			           who[i]);
	}
}

static void notices(Load *l, const Yaml *root) {
	static const TakeName modes[] = {{"none", NOTICE_NONE}, {"at_once", NOTICE_AT_ONCE}, {"held", NOTICE_HELD}, {NULL, 0}};
	static const char *const known[] = {"hold_above", "to", "events", NULL};
	NoticeConf *c = &l->rules->notices;
	const Yaml *y = take(l, root, "notices", TAKE_OPTIONAL);
	*c = (NoticeConf){.hold_above = HOLD_ABOVE, .to_contact = true, .to_sender = true};
	for (size_t i = 0; rules_notice_events[i]; i++)
		c->mode[i] = usual(rules_notice_events[i]);
	if (!y || !take_map(l, y, "notices", known))
		return;
	c->hold_above = take_int(l, y, "hold_above", 0, HOLD_ABOVE_MAX, HOLD_ABOVE);
	recipients(l, y, c);
	const Yaml *events = take(l, y, "events", TAKE_OPTIONAL);
	if (!events || !take_map(l, events, "events", rules_notice_events))
		return;
	for (size_t i = 0; rules_notice_events[i]; i++)
		c->mode[i] = (NoticeMode)take_name(l, events, rules_notice_events[i], modes, (int)c->mode[i]);
}

void calendar_read(Load *l, const Yaml *root) {
	calendar(l, root);
	notices(l, root);
}

static void reminders(Load *l, const Yaml *map, Phase *p) {
	size_t n;
	const char **text = take_texts(l, map, "remind", TAKE_OPTIONAL, &n);
	if (n > RULES_MAX_REMINDERS && !l->source->kept)
		take_fault(l, yaml_get(map, "remind", NULL), "at most %d reminders of one phase, not %zu", RULES_MAX_REMINDERS, n);
	p->remind = arena_array(l->arena, n + 1, sizeof *p->remind);
	for (size_t i = 0; i < n && i < RULES_MAX_REMINDERS; i++) {
		size_t digits = strspn(text[i], "0123456789");
		int64_t d;
		if (strcmp(text[i] + digits, "d") != 0 || str_to_i64((Str){text[i], digits}, 0, REMIND_MAX, &d))
			take_fault(l, yaml_get(map, "remind", NULL), "\"remind\" counts days before the closing: write 7d, not "
			           "\"%s\"", text[i]);
		else
			p->remind[p->remind_n++] = -d;
	}
	if (p->remind_n)
		qsort(p->remind, p->remind_n, sizeof *p->remind, by_number);
	for (size_t i = 0; i < p->remind_n; i++)
		p->remind[i] = -p->remind[i];
}

void calendar_phase(Load *l, const Yaml *map, Phase *p) {
	size_t n;
	const char **what = take_texts(l, map, "tell", TAKE_OPTIONAL, &n);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(what[i], "opening") == 0)
			p->tells_opening = true;
		else if (strcmp(what[i], "closing") == 0)
			p->tells_closing = true;
		else
			take_fault(l, yaml_get(map, "tell", NULL), "a phase tells its opening, its closing or both, not \"%s\"",
			           what[i]);
	}
	reminders(l, map, p);
}

/* ---- asking */

static bool holds(const int64_t *day, size_t n, int64_t d) {
	return n && bsearch(&d, day, n, sizeof d, by_number);
}

bool rules_is_workday(const Rules *r, int64_t day) {
	const Calendar *c = &r->calendar;
	int64_t weekday = ((day + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday; 0: Sunday */
	if (holds(c->workday, c->workday_n, day))
		return true;
	return weekday != 0 && weekday != 6 && !holds(c->holiday, c->holiday_n, day);
}

/* The day of a moment in the contest's zone. */
static int64_t day_of(int64_t t) {
	struct tm tm = when_local(t);
	char text[48];
	snprintf(text, sizeof text, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	return value_days(text);
}

/* A minute of the day that is `ahead` days from that of t. */
static int64_t minute_of(int64_t t, int64_t ahead, int minute) {
	struct tm tm = when_local(t);
	return when_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday + (int)ahead, minute / 60, minute % 60, 0);
}

int64_t rules_office_moment(const Rules *r, int64_t t) {
	const Calendar *c = &r->calendar;
	if (c->from_minute == c->to_minute)
		return t;
	int64_t day = day_of(t);
	for (int64_t ahead = 0; ahead < MAX_AHEAD; ahead++) {
		int64_t from = minute_of(t, ahead, c->from_minute), to = minute_of(t, ahead, c->to_minute);
		if (rules_is_workday(r, day + ahead) && t < to)
			return t > from ? t : from;
	}
	return t;
}

int64_t rules_remind_moment(const Rules *r, const Phase *p, int64_t ahead) {
	const Calendar *c = &r->calendar;
	bool hours = c->from_minute < c->to_minute;
	int minute = hours ? c->from_minute : TELL_MINUTE;
	int64_t day = day_of(p->closes), back = ahead;
	back += minute_of(p->closes, -back, minute) > p->closes; /* it closes before that hour */
	while (hours && back < MAX_AHEAD && !rules_is_workday(r, day - back))
		back++;
	return minute_of(p->closes, -back, minute);
}

NoticeMode rules_notice_mode(const Rules *r, const char *event) {
	for (size_t i = 0; rules_notice_events[i]; i++)
		if (strcmp(rules_notice_events[i], event) == 0)
			return r->notices.mode[i];
	return NOTICE_NONE;
}
