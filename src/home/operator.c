/* Mails to the operator about the robot's own health. A fact in the database remembers what was told, so that nothing is
 * told twice. */
#include "home/operator.h"

#include "base/hash.h"
#include "base/when.h"
#include "home/outbox.h"

#include <string.h>

static Address operator_address(const Rules *r) {
	if (*r->mail.operator_mail)
		return (Address){"", r->mail.operator_mail};
	return r->mail.office_n ? r->mail.office[0] : r->mail.robot;
}

static int queue_notice(World *w, const char *mail, const char *key, const Data *d, Err *e) {
	Address to = operator_address(w->rules);
	return outbox_tell(w, w->env->arena, &(OwnMail){.mail = mail, .key = key, .data = d}, &to, e);
}

/* Queues the notice and remembers `mark` under `fact`, together. */
static int tell(World *w, const char *mail, const char *fact, const char *mark, const char *key, const Data *d,
                Err *e) {
	if (world_templates(w, e) < 0 || store_begin(w->store, e) < 0)
		return -1;
	if (queue_notice(w, mail, key, d, e) < 0 || store_fact_set(w->store, fact, mark, e) < 0) {
		store_rollback(w->store);
		return -1;
	}
	return store_commit(w->store, e);
}

int operator_rules_faulty(World *w, Err *e) {
	char hex[HASH_HEX], *told;
	hash_hex(hash_of(w->faults, strlen(w->faults)), hex);
	int found = store_fact_get(w->store, w->env->arena, "told.rules", &told, e);
	if (found < 0 || (found && !strcmp(told, hex)))
		return found < 0 ? -1 : 0;
	Data *d = data_new(w->env->arena);
	data_text(d, "faults", w->faults);
	data_text(d, "at", words_moment(w->rules, w->env->arena, w->env->now));
	return tell(w, "operator_rules", "told.rules", hex,
	            arena_fmt(w->env->arena, "rules %s %lld", hex, (long long)w->env->now), d, e);
}

int operator_rules_mended(World *w, Err *e) {
	char *told;
	int found = store_fact_get(w->store, w->env->arena, "told.rules", &told, e);
	if (found <= 0)
		return found;
	Data *d = data_new(w->env->arena);
	data_text(d, "faults", "");
	data_text(d, "at", words_moment(w->rules, w->env->arena, w->env->now));
	return tell(w, "operator_rules", "told.rules", NULL,
	            arena_fmt(w->env->arena, "rules mended %lld", (long long)w->env->now), d, e);
}

static int tell_send(World *w, const char *account, const char *reason, int64_t since, const char *fact,
                     const char *mark, Err *e) {
	Arena *a = w->env->arena;
	Data *d = data_new(a);
	data_text(d, "account", account);
	data_text(d, "since", words_moment(w->rules, a, since));
	data_text(d, "at", words_moment(w->rules, a, w->env->now));
	data_text(d, "reason", reason);
	data_flag(d, "well", !reason);
	return tell(w, "operator_send", fact, mark,
	            arena_fmt(a, "send %s %lld %s", account, (long long)since, reason ? "faulty" : "well"), d, e);
}

int operator_send_faulty(World *w, const char *account, const char *reason, int64_t since, const char *fact,
                         const char *mark, Err *e) {
	return tell_send(w, account, reason, since, fact, mark, e);
}

int operator_send_well(World *w, const char *account, int64_t since, const char *fact, Err *e) {
	return tell_send(w, account, NULL, since, fact, NULL, e);
}

int operator_fetch(World *w, const FetchNotice *n, Err *e) {
	Arena *a = w->env->arena;
	Data *d = data_new(a);
	data_text(d, "account", n->account);
	data_text(d, "since", words_moment(w->rules, a, n->since));
	data_text(d, "at", words_moment(w->rules, a, w->env->now));
	data_text(d, "reason", n->reason ? n->reason : "");
	data_fmt(d, "percent", "%d", n->percent);
	data_flag(d, n->trouble, true);
	data_flag(d, "full", n->full);
	data_flag(d, "well", !n->reason);
	return tell(w, "operator_fetch", n->fact, n->mark,
	            arena_fmt(a, "fetch %s %s %lld %lld %s", n->trouble, n->account, (long long)n->since,
	                      (long long)w->env->now, n->mark ? n->mark : "well"), d, e);
}
