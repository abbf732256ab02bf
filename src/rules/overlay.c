/* Lays settings over loaded rules.  Begins each time from what the files said, which it keeps at its first call; refuses to
 * judge whether a setting makes sense: that was done when it was decided. */
#include "rules/overlay.h"

#include <string.h>
#include <strings.h>

#include "base/hash.h"
#include "base/text.h"
#include "base/when.h"
#include "rules/values.h"

#define PERSON_HEX 16

const char *const setting_group[SETTING_GROUPS] = {"phase", "exception", "staff", "text", "day"};
const char *const setting_text[] = {"bulletin", "final_text", "eligibility_text", NULL};

/* What the files said. */
struct RulesBase {
	Phase *phase;
	Address *office;
	size_t office_n;
	Calendar calendar;
	const char *text[sizeof setting_text / sizeof *setting_text];
};

static const char **text_of(Rules *r, const char *ref) {
	if (!strcmp(ref, "bulletin"))
		return &r->bulletin;
	if (!strcmp(ref, "final_text"))
		return &r->final_text;
	return !strcmp(ref, "eligibility_text") ? &r->eligibility_text : NULL;
}

const char *rules_text(const Rules *r, const char *ref) {
	const char **text = text_of((Rules *)(uintptr_t)r, ref); /* only read */
	return text ? *text : NULL;
}

static void *copy(Arena *a, const void *from, size_t n, size_t size) {
	void *to = arena_array(a, n + 1, size);
	if (n)
		memcpy(to, from, n * size);
	return to;
}

static void keep(Rules *r) {
	struct RulesBase *b = ARENA_NEW(r->arena, struct RulesBase);
	b->phase = copy(r->arena, r->phase, r->phase_n, sizeof *r->phase);
	b->office = r->mail.office;
	b->office_n = r->mail.office_n;
	b->calendar = r->calendar;
	for (size_t i = 0; setting_text[i]; i++)
		b->text[i] = *text_of(r, setting_text[i]);
	r->base = b;
}

/* A copy with room for more. */
static int64_t *days(Arena *a, const int64_t *from, size_t n, size_t more) {
	int64_t *to = arena_array(a, n + more + 1, sizeof *to);
	if (n)
		memcpy(to, from, n * sizeof *to);
	return to;
}

static void restore(Rules *r, size_t more) {
	const struct RulesBase *b = r->base;
	memcpy(r->phase, b->phase, r->phase_n * sizeof *r->phase);
	r->mail.office = arena_array(r->arena, b->office_n + more + 1, sizeof *r->mail.office);
	memcpy(r->mail.office, b->office, b->office_n * sizeof *b->office);
	r->mail.office_n = b->office_n;
	for (size_t i = 0; setting_text[i]; i++)
		*text_of(r, setting_text[i]) = b->text[i];
	r->calendar = b->calendar;
	r->calendar.holiday = days(r->arena, b->calendar.holiday, b->calendar.holiday_n, more);
	r->calendar.workday = days(r->arena, b->calendar.workday, b->calendar.workday_n, more);
	r->exception = arena_array(r->arena, more + 1, sizeof *r->exception);
	r->exception_n = 0;
}

static void phase(Rules *r, const Setting *s) {
	for (size_t i = 0; i < r->phase_n; i++)
		if (!strcmp(r->phase[i].id, s->ref)) {
			if (s->from != WHEN_NONE)
				r->phase[i].opens = s->from;
			if (s->until != WHEN_NONE)
				r->phase[i].closes = s->until;
		}
}

const char *setting_person(Arena *a, const char *addr) {
	const char *key = text_lower(a, addr);
	return arena_fmt(a, "%.*s", PERSON_HEX, hash_text(a, hash_of(key, strlen(key))));
}

/* Whose address was purged is known by its mark alone: enough to keep somebody off the list, and not to put them on it. */
static bool is_meant(const Setting *s, const char *addr) {
	if (*s->value)
		return strcasecmp(addr, s->value) == 0;
	Arena *a = arena_new();
	bool meant = strcmp(setting_person(a, addr), s->ref) == 0;
	arena_free(a);
	return meant;
}

static void staff(Rules *r, const Setting *s) {
	MailConf *m = &r->mail;
	size_t i = 0;
	while (i < m->office_n && !is_meant(s, m->office[i].addr))
		i++;
	if (!s->off && !*s->value)
		return;
	if (!s->off) {
		m->office[i] = (Address){arena_str(r->arena, s->name), arena_str(r->arena, s->value)};
		m->office_n += i == m->office_n;
	} else if (i < m->office_n) {
		memmove(&m->office[i], &m->office[i + 1], (m->office_n - i - 1) * sizeof *m->office);
		m->office_n--;
	}
}

static void day_without(int64_t *list, size_t *n, int64_t day) {
	size_t kept = 0;
	for (size_t i = 0; i < *n; i++)
		if (list[i] != day)
			list[kept++] = list[i];
	*n = kept;
}

/* In order, as the calendar wants it. */
static void day_with(int64_t *list, size_t *n, int64_t day) {
	size_t at = *n;
	for (; at > 0 && list[at - 1] > day; at--)
		list[at] = list[at - 1];
	list[at] = day;
	(*n)++;
}

/* The list of its kind has it, the other one has not. */
static void day(Rules *r, const Setting *s) {
	Calendar *c = &r->calendar;
	int64_t which = value_days(s->ref);
	if (which == WHEN_NONE)
		return;
	day_without(c->holiday, &c->holiday_n, which);
	day_without(c->workday, &c->workday_n, which);
	if (!strcmp(s->value, "holiday"))
		day_with(c->holiday, &c->holiday_n, which);
	else if (!strcmp(s->value, "workday"))
		day_with(c->workday, &c->workday_n, which);
}

static void one(Rules *r, const Setting *s) {
	const char **text = s->group == SETTING_TEXT && !s->off ? text_of(r, s->ref) : NULL;
	if (s->group == SETTING_PHASE && !s->off)
		phase(r, s);
	else if (s->group == SETTING_EXCEPTION && !s->off && *s->name)
		r->exception[r->exception_n++] = (Exception){arena_str(r->arena, s->name), s->until};
	else if (s->group == SETTING_STAFF)
		staff(r, s);
	else if (s->group == SETTING_DAY && !s->off)
		day(r, s);
	else if (text)
		*text = arena_str(r->arena, s->value);
}

void rules_overlay(Rules *r, const Setting *s, size_t n) {
	if (!r->base)
		keep(r);
	restore(r, n);
	for (size_t i = 0; i < n; i++)
		one(r, &s[i]);
	if (!r->mail.office_n) { /* who had taken their place was purged: somebody must read what the robot says */
		memcpy(r->mail.office, r->base->office, r->base->office_n * sizeof *r->mail.office);
		r->mail.office_n = r->base->office_n;
	}
}

char *rules_phases(const Rules *r, Arena *a) {
	Buf b = {0};
	for (size_t i = 0; i < r->phase_n; i++)
		buf_fmt(&b, "%s %lld %lld\n", r->phase[i].id, (long long)r->phase[i].opens, (long long)r->phase[i].closes);
	char *lines = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return lines;
}

int rules_lay_phases(Rules *r, const char *lines) {
	Str rest = str_of(lines), line, id, opens, closes;
	while (str_next(&rest, '\n', &line)) {
		Setting s = {.group = SETTING_PHASE};
		if (!line.n)
			continue;
		if (!str_next(&line, ' ', &id) || !str_next(&line, ' ', &opens) || !str_next(&line, ' ', &closes) ||
		    str_to_i64(opens, INT64_MIN, INT64_MAX, &s.from) < 0 || str_to_i64(closes, INT64_MIN, INT64_MAX, &s.until) < 0)
			return -1;
		s.ref = str_dup(r->arena, id);
		phase(r, &s);
	}
	return 0;
}
