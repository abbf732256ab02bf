/* check: rules, templates and configuration, before anybody's mail meets them. */
#include "base/file.h"
#include "base/text.h"
#include "base/when.h"
#include "command/command.h"
#include "command/online.h"
#include "command/options.h"
#include "command/print.h"
#include "course/setting.h"
#include "home/world.h"

#include <string.h>

#define LAST_DAY_RECEIPTS 800 /* half of some 1,600 entries */

static void put_limit(Buf *out, int64_t n, const char *span) {
	if (n > 0)
		buf_fmt(out, "%s%lld a%s %s", out->n ? ", " : "", (long long)n, *span == 'h' ? "n" : "", span);
}

static void show_server(const Env *env, const char *label, const Server *s) {
	print_fact(env, label, "%s", s->text);
	Buf limits = {0};
	put_limit(&limits, s->per_minute, "minute");
	put_limit(&limits, s->per_hour, "hour");
	put_limit(&limits, s->per_day, "day");
	if (limits.n)
		print_fact(env, "", "at most %s", buf_cstr(&limits));
	buf_free(&limits);
}

static int64_t least(int64_t limit, int64_t by) {
	return by > 0 && by < limit ? by : limit;
}

/* Mails that all accounts together let through in so many hours; INT64_MAX: no limit. */
static int64_t throughput(const MailConf *m, int64_t hours) {
	int64_t all = 0;
	for (size_t i = 0; i < m->send_n; i++) {
		const Server *s = &m->send[i];
		int64_t one = least(INT64_MAX, s->per_minute * 60 * hours);
		one = least(one, s->per_hour * hours);
		one = least(one, s->per_day * ((hours + 23) / 24));
		if (one == INT64_MAX)
			return one;
		all += one;
	}
	return all;
}

/* What the limits mean on the last day. */
static void show_pace(const Env *env, const MailConf *m) {
	int64_t rate = throughput(m, 1), hours = 1;
	if (rate == INT64_MAX)
		return;
	while (throughput(m, hours) < LAST_DAY_RECEIPTS)
		hours++;
	const char *end = arena_fmt(env->arena, "%lld hour%s", (long long)hours, hours == 1 ? "" : "s");
	if (hours > 24)
		end = arena_fmt(env->arena, "until day %lld, since a day lets %lld through", (long long)((hours + 23) / 24),
		                (long long)throughput(m, 24));
	print_fact(env, "", "%d receipts at %lld an hour: %s", LAST_DAY_RECEIPTS, (long long)rate, end);
}

static void show_rules(const Env *env, const Rules *r) {
	int64_t opens, closes;
	rules_entry_window(r, &opens, &closes);
	print_title(env, r->name);
	print_fact(env, "edition", "%s", r->edition);
	print_fact(env, "entries", "%s to %s (%s)", when_text(env->arena, opens), when_text(env->arena, closes), r->zone);
	for (size_t i = 0; i < r->track_n; i++)
		print_fact(env, r->track[i].code, "%s: %zu fields, %zu tables, %zu checks", r->track[i].name,
		           r->track[i].form.field_n, r->track[i].form.table_n, r->track[i].form.check_n);
	show_server(env, "fetch", &r->mail.fetch);
	for (size_t i = 0; i < r->mail.send_n; i++)
		show_server(env, "send", &r->mail.send[i]);
	show_pace(env, &r->mail);
}

/* What the secretariat changed: it holds whatever the files say, and is laid over r. */
static int take_settings(Env *env, Rules *r, Err *e) {
	World w = {.env = env, .rules = r, .lock = -1, .spill = -1};
	Setting *s;
	size_t n = 0;
	int rc = store_open(env->home, true, &w.store, e);
	if (rc == 0 && world_made(&w, e) < 0) {
		rc = e->kind == ERR_MISSING ? 0 : -1;
		if (rc == 0)
			print_warning(env, "%s; until then nobody knows which settings of the secretariat hold", e->text);
		*e = rc == 0 ? (Err){0} : *e;
	}
	if (rc == 0)
		rc = setting_list(&w, env->arena, &s, &n, e);
	for (size_t i = 0; rc == 0 && i < n; i++)
		print_fact(env, "setting", "%s", setting_says(&w, env->arena, &s[i]));
	if (rc == 0)
		rc = setting_overlay(&w, r, e);
	store_close(w.store);
	return rc;
}

/* Who entered or proposed something can never be the one who confirms it. */
static void show_alone(const Env *env, const Rules *r) {
	if (r->mail.office_n > 1)
		return;
	for (size_t i = 0; i < r->round_n; i++)
		if (r->round[i].scored_by == SCORED_BY_SCORER && r->round[i].confirmed)
			print_warning(env,
			              "the scores of the round \"%s\" count only when a second person confirms them, and mail.yaml lists one"
			              " address of the secretariat; list another, or say \"confirmed: false\" in that round",
			              r->round[i].id);
	if (r->settings_confirm)
		print_warning(env, "a setting holds only when a second person confirms it, and mail.yaml lists one address of the"
		              " secretariat; list another, or say \"settings: {confirm: false}\"");
}

/* The forms on disk are those of the rules: their names are there. */
static void show_forms(const Env *env) {
	char **name;
	size_t n = 0;
	Err ignored = {0};
	if (file_list(env->arena, env->home, "templates/forms", &name, &n, &ignored) < 0 || n == 0)
		print_warning(env, "templates/forms/ is empty; xinlv forms fills it");
}

/* What an older home has not and this program needs: it works, in wording that nobody of the contest has read. */
static void show_lent(const Env *env, const Rules *r) {
	if (r->lent_word_n)
		print_warning(env, "templates/words.yaml lacks %zu texts that this program needs; those that came with it stand in (%s):",
		              r->lent_word_n, env->share);
	for (size_t i = 0; i < r->lent_word_n; i++)
		printf("  %s\n", r->lent_word[i]);
	for (size_t i = 0; i < r->source->n; i++)
		if (r->source->file[i].lent && strcmp(r->source->file[i].path, WORDS_LENT) != 0)
			print_warning(env, "%s is missing; the one that came with the program stands in", r->source->file[i].path);
}

/* A text that holds the one holds the other too: of two tracks that are named alike, none is meant. */
static void show_keyword(const Env *env, const Track *t, const Track *other, const char *word) {
	for (size_t i = 0; i < other->keyword_n; i++) {
		const char *a = text_key(env->arena, word), *b = text_key(env->arena, other->keyword[i]);
		bool same = !strcmp(a, b);
		if (!*b || !strstr(a, b) || (same && t > other))
			continue;
		print_warning(env, "the keyword \"%s\" of the track %s %s \"%s\" of %s, so that it tells neither; write another",
		              word, t->code, same ? "is" : "holds", other->keyword[i], other->code);
	}
}

static void show_keywords(const Env *env, const Rules *r) {
	for (size_t i = 0; i < r->track_n; i++)
		for (size_t k = 0; k < r->track[i].keyword_n; k++)
			for (size_t j = 0; j < r->track_n; j++)
				if (j != i)
					show_keyword(env, &r->track[i], &r->track[j], r->track[i].keyword[k]);
}

/* The rules ask for these fields, and then let them be left empty. */
static void show_needless(const Env *env, const Rules *r) {
	static const struct {
		FieldRole role;
		const char *without;
	} asked[] = {{ROLE_TITLE, "has no name in any mail or list, and is no duplicate of another"},
	             {ROLE_ORG, "is no duplicate of another"},
	             {ROLE_CONTACT_MAIL, "hears of nothing but by who sent it"}};
	for (size_t i = 0; i < sizeof asked / sizeof *asked && r->track_n; i++) {
		const Field *f = r->track[0].form.role[asked[i].role];
		if (f && !f->required && !*f->required_when)
			print_warning(env, "the field %s need not be filled in, and an entry without it %s; add \"required: true\"", f->key,
			              asked[i].without);
	}
}

/* Both servers, also when the first is at fault; the status of the first fault. */
static int check_online(Env *env, const Rules *r, Err *e) {
	int fetch = online_fetch(env, r, e);
	int send = fetch < 0 ? -1 : online_send(env, r, e);
	return send < 0 ? -1 : fetch ? fetch : send;
}

int command_check(Env *env, int argc, char **argv, Err *e) {
	bool online = false;
	const Option options[] = {{"--online", NULL, &online}};
	int operands = options_read(options, 1, argc, argv, e);
	if (operands != 0)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "check takes only --online");
	Rules *r = world_rules(env, e);
	if (!r)
		return -1;
	Buf faults = {0};
	Templates *t = templates_load(r, &faults, e);
	int rc = t ? 0 : -1;
	world_tell_faults(&faults);
	if (rc == 0) {
		show_rules(env, r);
		rc = take_settings(env, r, e);
	}
	if (rc == 0) {
		show_forms(env);
		show_lent(env, r);
		show_alone(env, r);
		show_keywords(env, r);
		show_needless(env, r);
		printf("%sthe rules, the templates and the configuration hold%s\n", paint_on(env, PAINT_GOOD), paint_off(env));
	}
	if (rc == 0 && online)
		rc = check_online(env, r, e);
	templates_free(t);
	buf_free(&faults);
	rules_free(r);
	return rc;
}
