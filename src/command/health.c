/* Beside the first stage: the state of the fetching server and its mailbox. Tells it once, by the clock of the run; refuses to
 * hold up mail over it. */
#include "command/health.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "home/operator.h"
#include "home/rest.h"

/* "SINCE TOLD REFUSED NEXT LOOK REASON": since when fetching fails, whether the operator knows, how often in a row the login was
 * refused, when and with what (rest_look) it is not to be tried before; 0 0 - where it may. */
#define FAULT "fetch.fault"
#define QUOTA "told.quota"
#define FOLDERS "told.folders"
#define TIDY "told.tidy"

static const char *url(const World *w) {
	return w->rules->mail.fetch.text;
}

/* ---- the server as a whole */
typedef struct {
	int64_t since, refused, next;
	const char *look, *reason;
	bool failing, told;
} Fault;

static int read_fault(World *w, Fault *out, Err *e) {
	char *text;
	Str rest, piece = {0};
	int64_t number[4] = {0};
	int found = store_fact_get(w->store, w->env->arena, FAULT, &text, e);
	*out = (Fault){.look = "-", .reason = ""};
	if (found <= 0)
		return found;
	rest = str_of(text);
	for (size_t i = 0; i < 4 && rest.n; i++) /* an older program wrote the first two */
		if (!str_next(&rest, ' ', &piece) || str_to_i64(piece, 0, INT64_MAX, &number[i]) < 0)
			return err_set(e, ERR_BUG, "database: %s is not well formed", FAULT);
	if (str_next(&rest, ' ', &piece))
		out->look = str_dup(w->env->arena, piece);
	out->reason = str_dup(w->env->arena, rest);
	out->since = number[0];
	out->told = number[1] == 1;
	out->refused = number[2];
	out->next = number[3];
	out->failing = true;
	return 0;
}

static const char *fault_text(World *w, const Fault *f) {
	return arena_fmt(w->env->arena, "%lld %d %lld %lld %s %s", (long long)f->since, f->told, (long long)f->refused,
	                 (long long)f->next, f->look, f->reason);
}

int health_failing(World *w, Err *e) {
	Fault f;
	return read_fault(w, &f, e) < 0 ? -1 : f.failing;
}

int health_rests(World *w, Err *e) {
	Fault f;
	int64_t now = w->env->now;
	if (read_fault(w, &f, e) < 0)
		return -1;
	bool rests = f.failing && f.next > now && f.since <= now && strcmp(f.look, rest_look(w, &w->rules->mail.fetch)) == 0;
	if (rests)
		log_info("%s; the login is tried again at %s", f.reason, when_text(w->env->arena, f.next));
	return rests;
}

/* What TLS says of a certificate is of ERR_SERVER, like a server that is away; but it does not pass by itself. */
static bool is_for_a_person(const Err *fault) {
	return fault->kind == ERR_RULES || strstr(fault->text, "the certificate ") != NULL;
}

int health_failed(World *w, const Err *fault, Err *e) {
	Fault f;
	int64_t now = w->env->now;
	if (read_fault(w, &f, e) < 0)
		return -1;
	if (!f.failing || f.since > now) /* the clock was set back */
		f.since = now;
	bool refused = fault->kind == ERR_LOGIN;
	f.refused = refused ? f.refused + 1 : 0;
	f.next = refused ? now + rest_seconds(f.refused) : 0;
	f.look = refused ? rest_look(w, &w->rules->mail.fetch) : "-";
	f.reason = refused ? text_line(w->env->arena, str_of(fault->text)) : "";
	bool tell = !f.told && (is_for_a_person(fault) || now - f.since > HEALTH_ALARM_SECONDS);
	f.told |= tell;
	if (!tell)
		return store_fact_keep(w->store, FAULT, fault_text(w, &f), e);
	return operator_fetch(w, &(FetchNotice){.trouble = "server", .account = url(w), .reason = fault->text,
	                                        .since = f.since, .fact = FAULT, .mark = fault_text(w, &f)}, e);
}

int health_works(World *w, Err *e) {
	Fault f;
	if (read_fault(w, &f, e) < 0)
		return -1;
	if (!f.failing)
		return 0;
	log_info("%s works again", url(w));
	if (!f.told)
		return store_fact_keep(w->store, FAULT, NULL, e);
	return operator_fetch(w, &(FetchNotice){.trouble = "server", .account = url(w), .since = f.since, .fact = FAULT}, e);
}

/* ---- what leaves the rest working: told once, and again when it has become something else; "" when it is over */
static int note(World *w, FetchNotice *n, const char *mark, const char *line, Err *e) {
	char *told;
	int found = store_fact_get(w->store, w->env->arena, n->fact, &told, e);
	if (found < 0)
		return -1;
	if (strcmp(found ? told : "", mark) == 0)
		return 0;
	if (*mark)
		log_warn("%s", line);
	n->account = url(w);
	n->since = w->env->now;
	n->mark = *mark ? mark : NULL;
	n->reason = *mark ? n->reason : NULL;
	return operator_fetch(w, n, e);
}

/* The mark that a mailbox so full has passed, when `before` was the last one. */
static int quota_mark(int percent, int before) {
	static const int marks[] = {HEALTH_QUOTA_FULL, HEALTH_QUOTA_HIGH};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (percent >= marks[i] || (before >= marks[i] && percent > marks[i] - HEALTH_QUOTA_SLACK))
			return marks[i];
	return 0;
}

int health_quota(World *w, int percent, Err *e) {
	char *told;
	int64_t before = 0;
	Arena *a = w->env->arena;
	int found = store_fact_get(w->store, a, QUOTA, &told, e);
	if (found < 0 || percent < 0)
		return found < 0 ? -1 : 0;
	if (found && str_to_i64(str_of(told), 0, 100, &before) < 0)
		before = 0;
	int mark = quota_mark(percent, (int)before);
	const char *text = mark ? arena_fmt(a, "%d", mark) : "";
	if (mark && mark < before) /* fewer than before is no news, but growing again is */
		return store_fact_keep(w->store, QUOTA, text, e);
	FetchNotice n = {.trouble = "quota", .fact = QUOTA, .reason = arena_fmt(a, "%d%%", percent),
	                 .percent = percent, .full = mark == HEALTH_QUOTA_FULL};
	return note(w, &n, text, arena_fmt(a, "the mailbox of %s is more than %d per cent full; a full one turns entries away",
	                                   w->rules->mail.fetch.user, mark), e);
}

int health_folders(World *w, const char *missing, Err *e) {
	FetchNotice n = {.trouble = "folders", .fact = FOLDERS, .reason = missing};
	return note(w, &n, missing, arena_fmt(w->env->arena, "not on the server, check fetch.folders: %s", missing), e);
}

int health_tidy(World *w, const char *why, Err *e) {
	FetchNotice n = {.trouble = "tidy", .fact = TIDY, .reason = why};
	return note(w, &n, why, why, e);
}

int health_stands(World *w, Err *e) {
	static const char *const facts[] = {FAULT, QUOTA, FOLDERS, TIDY};
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		char *text;
		int found = store_fact_get(w->store, w->env->arena, facts[i], &text, e);
		if (found < 0 || (found > 0 && *text))
			return found;
	}
	return 0;
}
