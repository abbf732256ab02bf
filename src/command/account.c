/* Beside the queue: the accounts.  Counts by the clock of the run, so that a past contest is paced like the present;
 * refuses to hammer a server that has refused the login. */
#include "command/account.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "command/deliver.h"
#include "home/operator.h"
#include "home/rest.h"

static int window(World *w, Account *a, int64_t limit, int64_t seconds, Err *e) {
	int64_t n;
	if (limit <= 0)
		return 0;
	if (store_outbox_count_tried(w->store, a->server->text, w->env->now - seconds, &n, e) < 0)
		return -1;
	int64_t left = n < limit ? limit - n : 0;
	if (left < a->left)
		a->left = left;
	return 0;
}

/* "since next tries told look reason" */
static int read_fault(World *w, Account *a, Err *e) {
	char *text;
	int64_t v[4] = {0};
	int found = store_fact_get(w->store, w->env->arena, a->fact, &text, e);
	if (found <= 0)
		return found;
	Str rest = str_of(text), piece;
	for (size_t i = 0; i < 4; i++)
		if (!str_next(&rest, ' ', &piece) || str_to_i64(piece, 0, INT64_MAX, &v[i]) < 0)
			return err_set(e, ERR_BUG, "database: %s is not well formed", a->fact);
	a->since = v[0], a->next = v[1], a->tries = v[2], a->told = v[3] != 0;
	if (str_next(&rest, ' ', &piece))
		a->look = str_dup(w->env->arena, piece);
	a->why = str_dup(w->env->arena, rest);
	return 0;
}

static const char *fault_text(World *w, const Account *a) {
	return a->tries ? arena_fmt(w->env->arena, "%lld %lld %lld %d %s %s", (long long)a->since, (long long)a->next,
	                            (long long)a->tries, a->told, a->look, text_line(w->env->arena, str_of(a->why)))
	                : NULL;
}

static int keep_fault(World *w, const Account *a, Err *e) {
	return store_fact_keep(w->store, a->fact, fault_text(w, a), e);
}

int account_open(World *w, const Server *s, Account *a, Err *e) {
	*a = (Account){.server = s, .left = INT64_MAX, .why = "", .look = "-",
	               .fact = arena_fmt(w->env->arena, "send.fault %s", s->text)};
	if (read_fault(w, a, e) < 0 || window(w, a, s->per_minute, 60, e) < 0 ||
	    window(w, a, s->per_hour, 3600, e) < 0 || window(w, a, s->per_day, 86400, e) < 0)
		return -1;
	if (a->tries && a->next > w->env->now && a->since <= w->env->now && strcmp(a->look, rest_look(w, s)) == 0) {
		a->stopped = true;
		a->err = ERR_LOGIN;
		log_info("%s rests after a refused login: %s; it is tried again at %s", s->text, a->why,
		         when_text(w->env->arena, a->next));
		a->why = ""; /* said when it was refused */
	}
	if (a->left == 0)
		log_info("%s has sent what its limits allow", s->text);
	return 0;
}

bool account_can(const Account *a) {
	return !a->stopped && a->left > 0;
}

/* The account works: what was wrong with it is over. */
static int well(World *w, Account *a, Err *e) {
	if (!a->tries)
		return 0;
	bool told = a->told;
	a->tries = 0;
	a->told = false;
	log_info("%s works again", a->server->text);
	return told ? operator_send_well(w, a->server->text, a->since, a->fact, e) : keep_fault(w, a, e);
}

/* A refused login rests; a server out of reach is looked for at every run. */
static int faulty(World *w, Account *a, const SentResult *r, Err *e) {
	int64_t now = w->env->now;
	bool refused = r->err == ERR_LOGIN && !r->reached;
	if (!a->tries || a->since > now)
		a->since = now;
	a->tries++;
	a->next = refused ? now + rest_seconds(a->tries) : now;
	a->look = refused ? rest_look(w, a->server) : "-";
	a->stopped = true;
	a->err = r->err ? r->err : ERR_SERVER;
	a->why = arena_str(w->env->arena, r->text);
	log_info("%s: %d %s", a->server->text, r->code, r->text);
	bool may_pass = !r->reached && (r->err == ERR_LOGIN || r->kind == SENT_RETRY);
	if (a->told || (may_pass && now - a->since < DELIVER_ALARM_SECONDS))
		return keep_fault(w, a, e);
	a->told = true;
	const char *what = r->code ? arena_fmt(w->env->arena, "%d %s", r->code, r->text) : r->text;
	return operator_send_faulty(w, a->server->text, what, a->since, a->fact, fault_text(w, a), e);
}

int account_note(World *w, Account *a, const SentResult *r, Err *e) {
	a->left--;
	a->lost = r->code == 0 && r->kind != SENT_OK && r->kind != SENT_FAILED;
	if (a->lost) {
		a->err = r->err ? r->err : ERR_SERVER;
		a->why = arena_str(w->env->arena, r->text);
	}
	if (r->kind == SENT_ACCOUNT || (r->kind == SENT_RETRY && !r->reached))
		return faulty(w, a, r, e);
	bool put_off = r->kind == SENT_RETRY || r->kind == SENT_UNKNOWN;
	a->failures = put_off ? a->failures + 1 : 0;
	if (a->failures >= DELIVER_FAILURES) {
		a->stopped = true;
		log_info("%s rests until the next run: %d mails in a row were put off", a->server->text, a->failures);
	}
	return r->reached && !a->lost ? well(w, a, e) : 0;
}
