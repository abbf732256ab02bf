/* For everybody: finding one's way in the rules.  Refuses nothing, changes
 * nothing. */
#include "rules/rules.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/when.h"

#define MEGA 1048576
#define HEADROOM MEGA /* for the mail's text and headers */
/* Base64 in lines (RFC 2045): 57 bytes become 78. */
#define BASE64_OF 57
#define BASE64_IN 78

const Track *rules_track(const Rules *r, const char *code) {
	for (size_t i = 0; i < r->track_n; i++)
		if (strcasecmp(r->track[i].code, code) == 0)
			return &r->track[i];
	return NULL;
}

const char *rules_track_name(const Rules *r, const char *code) {
	const Track *t = rules_track(r, code);
	return t ? t->name : code;
}

const Round *rules_round(const Rules *r, const char *id) {
	for (size_t i = 0; i < r->round_n; i++)
		if (strcmp(r->round[i].id, id) == 0)
			return &r->round[i];
	return r->experts.formal && strcmp(r->formal.id, id) == 0 ? &r->formal : NULL;
}

const Round *rules_work(const Rules *r, size_t i) {
	return i < r->round_n ? &r->round[i] : i == r->round_n && r->experts.formal ? &r->formal : NULL;
}

int form_by_key(const void *a, const void *b) {
	const Field *const *x = a, *const *y = b;
	return strcmp((*x)->key, (*y)->key);
}

const Field *form_field(const TrackForm *f, const char *key) {
	const Field wanted = {.key = key}, *at = &wanted;
	const Field *const *found = f->field_n ? bsearch(&at, f->by_key, f->field_n, sizeof *f->by_key, form_by_key) : NULL;
	return found ? *found : NULL;
}

const Table *form_table(const TrackForm *f, const char *key) {
	for (size_t i = 0; i < f->table_n; i++)
		if (strcmp(f->table[i].key, key) == 0)
			return &f->table[i];
	return NULL;
}

const char *field_unit(Arena *a, const Field *f) {
	if (f->kind != KIND_INTEGER && f->kind != KIND_NUMBER && f->kind != KIND_PERCENT)
		return "";
	bool word = (*f->unit >= 'a' && *f->unit <= 'z') || (*f->unit >= 'A' && *f->unit <= 'Z');
	return word ? arena_fmt(a, " %s", f->unit) : *f->unit ? f->unit : f->kind == KIND_PERCENT ? "%" : "";
}

int64_t phase_ends(const Phase *p) {
	return p->closes + p->grace;
}

static bool within(const Phase *p, int64_t t) {
	return t >= p->opens && t <= phase_ends(p);
}

/* The order of the list is that of the files: a setting may have moved an opening. */
static const Phase *latest_opened(const Rules *r, int64_t t, bool takes_entries) {
	const Phase *last = NULL;
	for (size_t i = 0; i < r->phase_n; i++) {
		const Phase *p = &r->phase[i];
		if (within(p, t) && (p->takes_entries || !takes_entries) && (!last || p->opens >= last->opens))
			last = p;
	}
	return last;
}

bool rules_is_office(const Rules *r, const char *addr) {
	for (size_t i = 0; i < r->mail.office_n; i++)
		if (strcasecmp(r->mail.office[i].addr, addr) == 0)
			return true;
	return false;
}

bool rules_is_ours(const Rules *r, const char *addr) {
	return rules_is_office(r, addr) || strcasecmp(r->mail.robot.addr, addr) == 0;
}

const Phase *rules_open_phase(const Rules *r, int64_t t) {
	return latest_opened(r, t, true);
}

const Phase *rules_missed_window(const Rules *r, int64_t t) {
	const Phase *missed = NULL;
	for (size_t i = 0; i < r->phase_n; i++) {
		const Phase *p = &r->phase[i];
		if (p->takes_entries && p->closes < t && (!missed || p->closes > missed->closes))
			missed = p;
	}
	return missed;
}

bool rules_excepted(const Rules *r, const char *addr, int64_t t) {
	for (size_t i = 0; i < r->exception_n; i++)
		if (t <= r->exception[i].until && *addr && strcasecmp(r->exception[i].addr, addr) == 0)
			return rules_missed_window(r, t) != NULL;
	return false;
}

const Phase *rules_coming_window(const Rules *r, int64_t t) {
	const Phase *next = NULL;
	for (size_t i = 0; i < r->phase_n; i++) {
		const Phase *p = &r->phase[i];
		if (p->takes_entries && p->opens > t && (!next || p->opens < next->opens))
			next = p;
	}
	return next;
}

const Phase *rules_next_window(const Rules *r, int64_t t) {
	return rules_missed_window(r, t) && !rules_open_phase(r, t) ? rules_coming_window(r, t) : NULL;
}

void rules_entry_window(const Rules *r, int64_t *opens, int64_t *closes) {
	*opens = *closes = WHEN_NONE;
	for (size_t i = 0; i < r->phase_n; i++) {
		const Phase *p = &r->phase[i];
		if (!p->takes_entries)
			continue;
		if (*opens == WHEN_NONE || p->opens < *opens)
			*opens = p->opens;
		if (*closes == WHEN_NONE || p->closes > *closes)
			*closes = p->closes;
	}
}

const Phase *rules_window_at(const Rules *r, int64_t t, int64_t *opens, int64_t *closes) {
	const Phase *open = rules_open_phase(r, t), *p = open;
	rules_entry_window(r, opens, closes);
	if (!p && !rules_missed_window(r, t))
		p = rules_coming_window(r, t);
	if (p) {
		*opens = p->opens;
		*closes = p->closes;
	}
	return open;
}

int64_t rules_supplements_close(const Rules *r) {
	int64_t last = WHEN_NONE;
	for (size_t i = 0; i < r->phase_n; i++)
		if (r->phase[i].takes_supplements && (last == WHEN_NONE || r->phase[i].closes > last))
			last = r->phase[i].closes;
	return last;
}

int64_t rules_purge_due(const Rules *r) {
	int64_t last = WHEN_NONE;
	for (size_t i = 0; i < r->phase_n; i++)
		if (last == WHEN_NONE || r->phase[i].closes > last)
			last = r->phase[i].closes;
	if (r->keep_days < 0 || last == WHEN_NONE)
		return WHEN_NONE;
	struct tm tm = when_local(last + 1); /* at that hour of the day, also where summer time lies between */
	return when_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday + (int)r->keep_days, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

uint64_t rules_files_limit(const Rules *r) {
	int64_t left = r->mail.max_bytes / BASE64_IN * BASE64_OF - HEADROOM;
	return (uint64_t)(left >= MEGA ? left / MEGA * MEGA : MEGA);
}

uint64_t rules_file_limit(const Rules *r, const FileRule *f) {
	uint64_t all = rules_files_limit(r), own = f->max_bytes > 0 ? (uint64_t)f->max_bytes : all;
	return own < all ? own : all;
}

const Phase *rules_phase_at(const Rules *r, int64_t t) {
	return latest_opened(r, t, false);
}

int64_t rules_pace(const Rules *r, int64_t days) {
	for (size_t i = 0; i + 1 < r->pace_n; i++) {
		const Pace *far = &r->pace[i], *near = &r->pace[i + 1]; /* of the closing */
		if (days > far->days || days < near->days)
			continue;
		return far->entries + (near->entries - far->entries) * (far->days - days) / (far->days - near->days);
	}
	return r->pace_n == 1 && r->pace->days == days ? r->pace->entries : -1;
}

int64_t rules_amend_until(const Rules *r, int64_t t) {
	struct tm tm = when_local(t);
	return when_day_end(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday + r->amend_days);
}

char *rules_number(const Rules *r, Arena *a, const char *track, int64_t seq) {
	return arena_fmt(a, "%s%s-%0*lld", r->number_prefix, track, r->number_width, (long long)seq);
}

static bool word_char(char c) {
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* What joins code and digits in `s`: a hyphen or "_", blanks around it or not; where `loose` a blank, or nothing. */
static size_t joint(const char *s, bool loose) {
	size_t before = strspn(s, " "), dash = s[before] == '_' ? 1 : text_hyphen(s + before);
	if (dash)
		return before + dash + strspn(s + before + dash, " ");
	return loose ? before : 0;
}

/* The number of the track that stands at s, 0 when none does: code, hyphen, at most 12 digits.  Without the hyphen
 * (loose) there are as many digits as we write. */
static int64_t number_at(const char *s, const char *head, size_t width, bool loose) {
	if ((*s ^ *head) & ~0x20) /* as nearly everywhere */
		return 0;
	size_t n = strlen(head);
	if (strncasecmp(s, head, n) != 0)
		return 0;
	s += n;
	size_t dash = joint(s, loose), digits = strspn(s + dash, "0123456789");
	int64_t seq = 0;
	if (loose && dash && n == 1) /* "a 2024 edition" */
		return 0;
	if ((!dash && !loose) || digits < width || digits > (loose ? width : 12) || word_char(s[dash + digits]) ||
	    str_to_i64((Str){s + dash, digits}, 1, INT64_MAX, &seq))
		return 0;
	return seq;
}

static char *find_number(const Rules *r, Arena *a, const char *s, bool loose) {
	const char **head = arena_array(a, r->track_n, sizeof *head);
	for (size_t i = 0; i < r->track_n; i++)
		head[i] = arena_fmt(a, "%s%s", r->number_prefix, r->track[i].code);
	for (const char *p = s; *p; p++) {
		if (p > s && word_char(p[-1]))
			continue;
		for (size_t i = 0; i < r->track_n; i++) {
			int64_t seq = number_at(p, head[i], (size_t)r->number_width, loose);
			if (seq)
				return rules_number(r, a, r->track[i].code, seq);
		}
	}
	return NULL;
}

char *rules_find_number(const Rules *r, Arena *a, const char *text) {
	const char *s = text_fold(a, text);
	char *number = find_number(r, a, s, false);
	return number ? number : find_number(r, a, s, true);
}
