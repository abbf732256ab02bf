/* Inside the loader: rules/contest.yaml, who runs what, when and for whom.
 * Refuses a contest that could take no entry. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "rules/load.h"
#include "rules/values.h"

#define EDITION_MAX 40
#define GRACE_MAX (7 * 86400)
#define AMEND_DAYS 5
#define AMEND_DAYS_MAX 365
#define MEND_HOURS 72
#define MEND_HOURS_MAX 2400
#define KEEP_DAYS_MAX 36500
#define NUMBER_WIDTH_MAX 9
#define NUMBER_PREFIX_MAX 20

static const char *const contest_keys[] = {
	"edition", "previous_edition", "last_winners", "name", "short_name", "theme", "organiser", "committee", "website", "zone",
	"contacts", "directions", "entry_number", "mend_hours", "amend_days", "stamped", "settings", "bulletin", "pace", "final_text",
	"phases", "calendar", "notices", "eligibility", "awards", "privacy", "rounds", "experts", "roadshow", "publicity", "casebook",
	"draft", NULL,
};

static bool good_edition(const char *s) {
	size_t n = strlen(s);
	return n <= EDITION_MAX && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

static const char *edition(Load *l, const Yaml *root, const char *key, TakeNeed need) {
	const char *s = take_text(l, root, key, need);
	if (!good_edition(s))
		take_fault(l, yaml_get(root, key, NULL),
		           "\"%s\" must be small letters a-z, digits and hyphens, at most %d", key, EDITION_MAX);
	return s;
}

/* {track}-{seq:4}, with a fixed beginning. */
static void entry_number(Load *l, const Yaml *root) {
	static const char mark[] = "{track}-{seq:";
	Rules *r = l->rules;
	r->number_prefix = "";
	r->number_width = 4;
	const char *s = take_text(l, root, "entry_number", TAKE_OPTIONAL);
	if (!*s)
		return;
	const char *at = strstr(s, mark);
	const char *end = at ? strchr(at + strlen(mark), '}') : NULL;
	int64_t width = 0;
	size_t prefix = at ? (size_t)(at - s) : 0;
	bool good = end && !end[1] && prefix <= NUMBER_PREFIX_MAX &&
	            strcspn(s, "{}/\\: ") == prefix &&
	            str_to_i64((Str){at + strlen(mark), (size_t)(end - at) - strlen(mark)}, 1,
	                       NUMBER_WIDTH_MAX, &width) == 0;
	for (size_t i = 0; i < prefix; i++)
		good = good && (l->source->kept ? (unsigned char)s[i] < 0x80 : isalnum((unsigned char)s[i]) || s[i] == '-');
	if (!good) {
		take_fault(l, yaml_get(root, "entry_number", NULL),
		           "\"entry_number\" must be {track}-{seq:WIDTH}, WIDTH 1 to %d, with letters, digits or "
		           "hyphens before it if wished, such as X23-{track}-{seq:4}", NUMBER_WIDTH_MAX);
		return;
	}
	r->number_prefix = arena_copy(l->arena, s, prefix);
	r->number_width = (int)width;
}

static void contacts(Load *l, const Yaml *root) {
	static const char *const known[] = {"name", "phone", "mail", NULL};
	size_t n;
	const Yaml *const *item = take_list(l, root, "contacts", TAKE_NEEDED, &n);
	l->rules->contact = arena_array(l->arena, n, sizeof *l->rules->contact);
	for (size_t i = 0; i < n; i++) {
		if (!take_map(l, item[i], "a contact", known))
			continue;
		Contact *c = &l->rules->contact[l->rules->contact_n++];
		c->name = take_label(l, item[i], "name", TAKE_NEEDED);
		c->phone = take_text(l, item[i], "phone", TAKE_OPTIONAL);
		c->mail = take_text(l, item[i], "mail", TAKE_OPTIONAL);
		if (*c->mail && !mail_address_ok(c->mail))
			take_fault(l, yaml_get(item[i], "mail", NULL), "\"%s\" is no mail address; write one such as office@example.org",
			           c->mail);
		if (!*c->mail && !*c->phone)
			take_fault(l, item[i], "a contact needs a phone or a mail address; add \"phone: ...\" or \"mail: ...\"");
	}
}

static void accepts(Load *l, const Yaml *map, Phase *p) {
	size_t n;
	const char **what = take_texts(l, map, "accepts", TAKE_OPTIONAL, &n);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(what[i], "entries") == 0)
			p->takes_entries = true;
		else if (strcmp(what[i], "supplements") == 0)
			p->takes_supplements = true;
		else
			take_fault(l, yaml_get(map, "accepts", NULL),
			           "a phase accepts entries, supplements or both, not \"%s\"", what[i]);
	}
}

static void phase(Load *l, const Yaml *map) {
	static const char *const known[] = {"id", "name", "opens", "closes", "grace", "accepts", "text", "remind", "tell",
	                                    NULL};
	if (!take_map(l, map, "a phase", known))
		return;
	Phase *p = &l->rules->phase[l->rules->phase_n];
	p->id = take_key(l, map, "id", false);
	for (size_t i = 0; i < l->rules->phase_n; i++)
		if (*p->id && strcmp(l->rules->phase[i].id, p->id) == 0)
			take_fault(l, yaml_get(map, "id", NULL), "the phase \"%s\" is there already; give another id",
			           p->id);
	p->name = take_label(l, map, "name", TAKE_NEEDED);
	p->text = take_long(l, map, "text", TAKE_OPTIONAL);
	p->opens = take_moment(l, map, "opens", false);
	p->closes = take_moment(l, map, "closes", true);
	p->grace = take_span(l, take(l, map, "grace", TAKE_OPTIONAL), 0);
	if (p->grace > GRACE_MAX && !l->source->kept)
		take_fault(l, yaml_get(map, "grace", NULL), "\"grace\" is told to nobody and at most 7d; put the closing off instead");
	accepts(l, map, p);
	calendar_phase(l, map, p);
	if (p->opens != WHEN_NONE && p->closes != WHEN_NONE && p->opens > p->closes)
		take_fault(l, yaml_get(map, "closes", NULL), "the phase closes before it opens (%s); exchange "
		           "the two dates or mend one", take_text(l, map, "opens", TAKE_OPTIONAL));
	l->rules->phase_n++;
}

static int by_opening(const void *a, const void *b) {
	const Phase *x = a, *y = b;
	if (x->opens != y->opens)
		return x->opens < y->opens ? -1 : 1;
	return x->closes < y->closes ? -1 : x->closes > y->closes;
}

static void phases(Load *l, const Yaml *root) {
	size_t n;
	Rules *r = l->rules;
	const Yaml *const *item = take_list(l, root, "phases", TAKE_NEEDED, &n);
	r->phase = arena_array(l->arena, n, sizeof *r->phase);
	bool entries = false;
	for (size_t i = 0; i < n; i++)
		phase(l, item[i]);
	for (size_t i = 0; i < r->phase_n; i++)
		entries |= r->phase[i].takes_entries;
	if (r->phase_n && !entries)
		take_fault(l, yaml_get(root, "phases", NULL),
		           "no phase takes entries; add \"accepts: [entries]\" to one");
	if (r->phase_n)
		qsort(r->phase, r->phase_n, sizeof *r->phase, by_opening);
}

static void eligibility(Load *l, const Yaml *root) {
	static const char *const known[] = {"text", "conditions", NULL};
	const Yaml *y = take(l, root, "eligibility", TAKE_OPTIONAL);
	l->rules->eligibility_text = "";
	if (!y || !take_map(l, y, "eligibility", known))
		return;
	l->rules->eligibility_text = take_long(l, y, "text", TAKE_OPTIONAL);
	l->common.eligibility = form_checks(l, yaml_get(y, "conditions", NULL), true,
	                                    &l->common.eligibility_n);
}

static void awards(Load *l, const Yaml *root) {
	static const char *const known[] = {"name", "quota", "per_track", NULL};
	size_t n;
	const Yaml *const *item = take_list(l, root, "awards", TAKE_OPTIONAL, &n);
	l->rules->award = arena_array(l->arena, n, sizeof *l->rules->award);
	for (size_t i = 0; i < n; i++) {
		if (!take_map(l, item[i], "an award", known))
			continue;
		Award *a = &l->rules->award[l->rules->award_n++];
		a->name = take_label(l, item[i], "name", TAKE_NEEDED);
		a->quota = take_int(l, item[i], "quota", 0, 100000, -1);
		a->per_track = take_int(l, item[i], "per_track", 0, 100000, -1);
		if (a->quota >= 0 && a->per_track > a->quota && !l->source->kept)
			take_fault(l, yaml_get(item[i], "per_track", NULL),
			           "\"per_track\" is greater than \"quota\", which is how many there are in all; mend one");
		for (size_t k = 0; k + 1 < l->rules->award_n; k++)
			if (strcmp(l->rules->award[k].name, a->name) == 0)
				take_fault(l, item[i], "the award \"%s\" is there already; give this one another name", a->name);
	}
}

static void directions(Load *l, const Yaml *root) {
	static const char *const known[] = {"code", "name", NULL};
	size_t n;
	const Yaml *const *item = take_list(l, root, "directions", TAKE_OPTIONAL, &n);
	l->direction = arena_array(l->arena, n, sizeof *l->direction);
	for (size_t i = 0; i < n; i++) {
		if (!take_map(l, item[i], "a direction", known))
			continue;
		const char *code = take_text(l, item[i], "code", TAKE_NEEDED);
		for (size_t k = 0; k < l->direction_n; k++)
			if (*code && strcmp(l->direction[k].code, code) == 0)
				take_fault(l, item[i], "the direction \"%s\" is there already; give this one its own code", code);
		l->direction[l->direction_n].code = code;
		l->direction[l->direction_n++].name = take_label(l, item[i], "name", TAKE_NEEDED);
	}
}

/* Counted down to the closing, and never fewer. */
static void pace(Load *l, const Yaml *root) {
	static const char *const known[] = {"days", "entries", NULL};
	Rules *r = l->rules;
	size_t n;
	const Yaml *const *item = take_list(l, root, "pace", TAKE_OPTIONAL, &n);
	r->pace = arena_array(l->arena, n + 1, sizeof *r->pace);
	for (size_t i = 0; i < n; i++) {
		if (!take_map(l, item[i], "a point of the pace", known))
			continue;
		Pace p = {take_int(l, item[i], "days", 0, 1000, 0), take_int(l, item[i], "entries", 0, 1000000, 0)};
		if (r->pace_n && (p.days >= r->pace[r->pace_n - 1].days || p.entries < r->pace[r->pace_n - 1].entries))
			take_fault(l, item[i],
			           "each point of the pace must have fewer \"days\" left and no fewer \"entries\" than the one before");
		r->pace[r->pace_n++] = p;
	}
}

static void last_winners(Load *l, const Yaml *root) {
	static const char *const known[] = {"title", "org", "award", NULL};
	Rules *r = l->rules;
	size_t n;
	const Yaml *const *item = take_list(l, root, "last_winners", TAKE_OPTIONAL, &n);
	r->winner = arena_array(l->arena, n + 1, sizeof *r->winner);
	for (size_t i = 0; i < n; i++)
		if (take_map(l, item[i], "a winner of the edition before", known))
			r->winner[r->winner_n++] = (PastWinner){take_text(l, item[i], "title", TAKE_NEEDED),
			                                        take_text(l, item[i], "org", TAKE_OPTIONAL),
			                                        take_text(l, item[i], "award", TAKE_OPTIONAL)};
}

static void settings(Load *l, const Yaml *root) {
	static const char *const known[] = {"confirm", NULL};
	const Yaml *y = take(l, root, "settings", TAKE_OPTIONAL);
	if (y && take_map(l, y, "settings", known))
		l->rules->settings_confirm = take_bool(l, y, "confirm", false);
}

static void stamped(Load *l, const Yaml *root) {
	static const TakeName names[] = {
		{"change", STAMP_CHANGE}, {"withdraw", STAMP_WITHDRAW}, {"object", STAMP_OBJECT}};
	size_t n;
	const char **word = take_texts(l, root, "stamped", TAKE_OPTIONAL, &n);
	for (size_t i = 0; i < n; i++) {
		unsigned flag = 0;
		for (size_t k = 0; k < sizeof names / sizeof *names; k++)
			if (strcmp(word[i], names[k].name) == 0)
				flag = (unsigned)names[k].value;
		if (!flag)
			take_fault(l, yaml_get(root, "stamped", NULL),
			           "\"%s\" cannot be wanted with a stamped page; there are change, withdraw, object", word[i]);
		l->rules->stamped |= flag;
	}
}

static void privacy(Load *l, const Yaml *root) {
	static const char *const known[] = {"keep_days", NULL};
	const Yaml *y = take(l, root, "privacy", TAKE_OPTIONAL);
	l->rules->keep_days = y && take_map(l, y, "privacy", known) ? take_int(l, y, "keep_days", 0, KEEP_DAYS_MAX, -1) : -1;
}

void contest_read(Load *l, const Yaml *root) {
	Rules *r = l->rules;
	if (!take_map(l, root, "contest.yaml", contest_keys))
		return;
	r->edition = edition(l, root, "edition", TAKE_NEEDED);
	r->previous_edition = edition(l, root, "previous_edition", TAKE_OPTIONAL);
	r->name = take_label(l, root, "name", TAKE_NEEDED);
	r->short_name = take_label(l, root, "short_name", TAKE_NEEDED);
	r->theme = take_text(l, root, "theme", TAKE_OPTIONAL);
	r->organiser = take_label(l, root, "organiser", TAKE_NEEDED);
	r->committee = take_label(l, root, "committee", TAKE_NEEDED);
	r->website = take_text(l, root, "website", TAKE_OPTIONAL);
	r->zone = take_text(l, root, "zone", TAKE_NEEDED);
	Err e = {0};
	/* The dates below are read in this zone. */
	if (*r->zone && when_zone(r->zone, &e))
		take_fault(l, yaml_get(root, "zone", NULL), "%s", e.text);
	r->final_text = take_long(l, root, "final_text", TAKE_OPTIONAL);
	r->mend_seconds = 3600 * take_int(l, root, "mend_hours", 0, MEND_HOURS_MAX, MEND_HOURS);
	r->amend_days = (int)take_int(l, root, "amend_days", 1, AMEND_DAYS_MAX, AMEND_DAYS);
	stamped(l, root);
	settings(l, root);
	pace(l, root);
	last_winners(l, root);
	r->bulletin = take_long(l, root, "bulletin", TAKE_OPTIONAL);
	entry_number(l, root);
	contacts(l, root);
	directions(l, root);
	calendar_read(l, root);
	phases(l, root);
	eligibility(l, root);
	awards(l, root);
	privacy(l, root);
	roadshow_read(l, root);
	publicity_read(l, root);
	casebook_read(l, root);
	draft_read(l, root);
	rounds_read(l, root);
}
