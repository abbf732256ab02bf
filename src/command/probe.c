/* Beside both servers: sends little, and believes only the token of the last probe.  Keeps quiet while fetching fails, which is
 * told by itself. */
#include "command/probe.h"

#include <string.h>

#include "base/log.h"
#include "base/when.h"
#include "command/health.h"
#include "home/operator.h"
#include "home/outbox.h"

#define FACT "probe"      /* "TOKEN AT BACK": the last one, when it was made, and whether it came back */
#define TOLD "told.probe" /* since when none came back, as the operator knows */

typedef struct {
	const char *token;
	int64_t at, told; /* WHEN_NONE: never, not */
	bool back;
} Probe;

static int read_probe(World *w, Arena *a, Probe *out, Err *e) {
	char *text;
	Str rest, token, at;
	*out = (Probe){.token = "", .at = WHEN_NONE, .told = WHEN_NONE, .back = true};
	int found = store_fact_get(w->store, a, FACT, &text, e);
	if (found > 0) {
		rest = str_of(text);
		if (!str_next(&rest, ' ', &token) || !str_next(&rest, ' ', &at) || str_to_i64(at, 0, INT64_MAX, &out->at) < 0)
			return err_set(e, ERR_BUG, "database: %s is not well formed", FACT);
		out->token = str_dup(a, token);
		out->back = str_is(rest, "back");
	}
	int told = found < 0 ? -1 : store_fact_get(w->store, a, TOLD, &text, e);
	if (told > 0 && str_to_i64(str_of(text), 0, INT64_MAX, &out->told) < 0)
		return err_set(e, ERR_BUG, "database: %s is not well formed", TOLD);
	return told < 0 ? -1 : 0;
}

static int write_probe(World *w, Arena *a, const char *token, int64_t at, bool back, Err *e) {
	return store_fact_set(w->store, FACT, arena_fmt(a, "%s %lld %s", token, (long long)at, back ? "back" : "out"), e);
}

int probe_came(World *w, Arena *a, const char *subject, Err *e) {
	Probe p;
	if (read_probe(w, a, &p, e) < 0)
		return -1;
	if (!*p.token || p.back || !strstr(subject, p.token))
		return 0;
	log_info("the probe of %s is back", when_text(a, p.at));
	return write_probe(w, a, p.token, p.at, true, e);
}

/* ---- the mail */
static int apply(World *w, Arena *a, const char *by, const Json *args, Err *e) {
	const char *token = json_str(json_get(args, "token"), "");
	const Address *robot = &w->rules->mail.robot;
	Data *d = data_new(a);
	Outgoing out;
	(void)by;
	data_text(d, "token", token);
	data_text(d, "at", words_moment(w->rules, a, w->env->now));
	if (world_templates(w, e) < 0)
		return -1;
	ReplyWorld rw = world_reply(w);
	if (notice_make(&rw, a, "probe", arena_fmt(a, "probe %s", token), robot, d, NULL, 0, &out, e) < 0 ||
	    outbox_queue(w, 0, &out, "waiting", e) < 0)
		return -1;
	return write_probe(w, a, token, w->env->now, false, e);
}

const Action action_probe = {"probe", apply};

static int make(World *w, Err *e) {
	uint8_t b[12];
	random_bytes(b, sizeof b);
	Arena *a = w->env->arena;
	const char *token = arena_fmt(a, "%.24s", hash_text(a, hash_of((const char *)b, sizeof b)));
	return action_do(w, action_probe.name, "robot", arena_fmt(a, "{\"token\":\"%s\"}", token), e);
}

/* ---- when */

/* The last set hour that is over, or with `ahead` the first to come; WHEN_NONE when none is set. */
static int64_t hour(const World *w, bool ahead) {
	const MailConf *m = &w->rules->mail;
	struct tm day = when_local(w->env->now);
	int64_t best = WHEN_NONE;
	for (size_t i = 0; i < m->probe_n; i++)
		for (int days = -1; days <= 1; days++) {
			int64_t at = when_of(day.tm_year + 1900, day.tm_mon + 1, day.tm_mday + days, m->probe_minute[i] / 60,
			                     m->probe_minute[i] % 60, 0);
			if ((at > w->env->now) == ahead && (best == WHEN_NONE || (ahead ? at < best : at > best)))
				best = at;
		}
	return best;
}

typedef enum { DO_NOTHING, DO_MAKE, DO_ALARM, DO_WELL } Step;

/* What is to be done first, and from when on. */
static Step first_step(const World *w, const Probe *p, int64_t *at) {
	int64_t late = p->back ? INT64_MAX : p->at + w->rules->mail.probe_within;
	*at = w->env->now;
	if (p->told != WHEN_NONE && p->back)
		return DO_WELL;
	if (p->told == WHEN_NONE && late <= w->env->now)
		return DO_ALARM;
	int64_t passed = hour(w, false);
	if (passed == WHEN_NONE)
		return *at = INT64_MAX, DO_NOTHING;
	bool waits = !p->back && late > w->env->now;
	if (!waits && (p->at == WHEN_NONE || p->at < passed))
		return DO_MAKE;
	*at = waits && late < hour(w, true) ? late : hour(w, true);
	return DO_NOTHING;
}

static int next(World *w, int64_t *at, Err *e) {
	Probe p;
	*at = INT64_MAX;
	if (w->rules->mail.probe_n == 0)
		return 0;
	if (read_probe(w, w->env->arena, &p, e) < 0)
		return -1;
	first_step(w, &p, at);
	return 0;
}

static int tell(World *w, const Probe *p, bool well, Err *e) {
	int64_t since = well ? p->told : p->at;
	if (!well)
		log_warn("the probe of %s has not come back", when_text(w->env->arena, p->at));
	return operator_fetch(w, &(FetchNotice){.trouble = "probe", .account = w->rules->mail.fetch.text, .since = since,
	                                        .reason = well ? NULL : w->rules->mail.robot.addr, .fact = TOLD,
	                                        .mark = well ? NULL : arena_fmt(w->env->arena, "%lld", (long long)since)}, e);
}

static int act(World *w, Err *e) {
	for (int steps = 0; steps < 3; steps++) {
		Probe p;
		int64_t at;
		if (read_probe(w, w->env->arena, &p, e) < 0)
			return -1;
		Step step = first_step(w, &p, &at);
		int failing = step == DO_ALARM ? health_failing(w, e) : 0;
		if (step == DO_NOTHING || failing)
			return failing < 0 ? -1 : 0;
		if ((step == DO_MAKE ? make(w, e) : tell(w, &p, step == DO_WELL, e)) < 0)
			return -1;
	}
	return 0;
}

const Due due_probe = {"probe", next, act};
