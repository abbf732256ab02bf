/* From records to settings, and over the rules.  Decides nothing. */
#include "course/setting.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/when.h"

static int64_t moment(const Json *j, const char *key) {
	int64_t t;
	const char *text = json_str(json_get(j, key), "");
	return *text && when_parse(str_of(text), false, &t) == 0 ? t : WHEN_NONE;
}

bool setting_of(Arena *a, const RecordRow *r, Setting *out) {
	Err ignored = {0};
	size_t g = 0;
	while (g < SETTING_GROUPS && strcmp(setting_group[g], r->round) != 0)
		g++;
	if (g == SETTING_GROUPS)
		return false;
	Json *data = json_parse(str_of(*r->data ? r->data : "{}"), &ignored),
	     *detail = json_parse(str_of(*r->detail ? r->detail : "{}"), &ignored);
	*out = (Setting){.group = (SettingGroup)g, .ref = arena_str(a, r->ref), .off = strcmp(r->state, "set") != 0,
	                 .from = moment(data, "opens"), .until = moment(data, g == SETTING_PHASE ? "closes" : "until")};
	out->name = arena_str(a, json_str(json_get(detail, g == SETTING_EXCEPTION ? "addr" : "name"), ""));
	out->value = arena_str(a, g == SETTING_TEXT  ? json_str(json_get(data, "text"), "")
	                          : g == SETTING_DAY ? json_str(json_get(data, "is"), "")
	                                             : json_str(json_get(detail, "addr"), ""));
	json_free(data);
	json_free(detail);
	return true;
}

int setting_list(World *w, Arena *a, Setting **s, size_t *n, Err *e) {
	RecordRow *row;
	size_t all;
	*n = 0;
	if (store_record_lists(w->store, a, "setting", setting_group, SETTING_GROUPS, &row, &all, e) < 0)
		return -1;
	*s = arena_array(a, all + 1, sizeof **s);
	for (size_t i = 0; i < all; i++) {
		Setting *one = &(*s)[*n];
		if (setting_of(a, &row[i], one) && (!one->off || one->group == SETTING_STAFF))
			++*n;
	}
	return 0;
}

int setting_overlay(World *w, Rules *r, Err *e) {
	Arena *a = arena_new();
	Setting *s;
	size_t n;
	int rc = setting_list(w, a, &s, &n, e);
	if (rc == 0 && (n || r->base))
		rules_overlay(r, s, n);
	arena_free(a);
	return rc;
}

/* Templates repeat texts of the rules; everything else looks them up. */
int setting_refresh(World *w, Err *e) {
	if (setting_overlay(w, w->owned, e) < 0)
		return -1;
	templates_free(w->templates);
	w->templates = NULL;
	return world_templates(w, e);
}

/* Of two rows about one person the later one holds. */
bool setting_staff_stays(const World *w, Arena *a, const RecordRow *row, size_t n) {
	const MailConf *m = &w->rules->mail;
	const char **listed = arena_array(a, m->office_n + n + 1, sizeof *listed);
	size_t refs = 0;
	for (size_t i = 0; i < m->office_n; i++)
		listed[refs++] = setting_person(a, m->office[i].addr);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(row[i].round, setting_group[SETTING_STAFF]) != 0)
			continue;
		size_t at = 0;
		while (at < refs && strcmp(listed[at], row[i].ref) != 0)
			at++;
		bool off = strcmp(row[i].state, "set") != 0;
		if (off && at < refs)
			listed[at] = listed[--refs];
		else if (!off && at == refs)
			listed[refs++] = row[i].ref;
	}
	return refs > 0;
}

static const char *phase_name(const Rules *r, const char *id) {
	for (size_t i = 0; i < r->phase_n; i++)
		if (!strcmp(r->phase[i].id, id))
			return r->phase[i].name;
	return id;
}

const char *setting_says(const World *w, Arena *a, const Setting *s) {
	const Rules *r = w->rules;
	const char *until = s->until == WHEN_NONE ? "" : words_moment(r, a, s->until);
	switch (s->group) {
	case SETTING_PHASE:
		return words_fill(r, a, s->off ? "setting.says_phase_off" : "setting.says_phase", "phase", phase_name(r, s->ref),
		                  "opens", s->from == WHEN_NONE ? "" : words_moment(r, a, s->from), "closes", until, NULL);
	case SETTING_EXCEPTION:
		return words_fill(r, a, s->off ? "setting.says_exception_off" : "setting.says_exception", "who", s->name, "until",
		                  until, NULL);
	case SETTING_STAFF:
		return words_fill(r, a, s->off ? "setting.says_staff_off" : "setting.says_staff", "name", s->name, "addr", s->value,
		                  NULL);
	case SETTING_DAY:
		return words_fill(r, a, "setting.says_day", "day", s->ref, "is", words(r, arena_fmt(a, "setting.%s", s->value)), NULL);
	default:
		return words_fill(r, a, s->off ? "setting.says_text_off" : "setting.says_text", "text",
		                  words(r, arena_fmt(a, "setting.text_%s", s->ref)), "value", s->value, NULL);
	}
}
