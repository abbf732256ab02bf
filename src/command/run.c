/* run: one cron tick, and its stages alone. Joins the rooms; every stage can be stopped anywhere and is taken up again by
 * the next run. */
#include <unistd.h>

#include "base/log.h"
#include "base/when.h"
#include "command/command.h"
#include "command/deliver.h"
#include "command/idle_note.h"
#include "command/purge.h"
#include "command/settle.h"
#include "command/take.h"
#include "course/handover.h"
#include "course/lay.h"
#include "course/phase.h"
#include "home/due.h"
#include "home/numbering.h"
#include "home/operator.h"

#define SETTLE_BATCH 64

/* The first of n messages. */
static int settle_one(World *w, const MessageRow *m, size_t n, Err *e) {
	if (m->archived)
		return settle_message(w, m, m + 1, n - 1, e);
	int head = take_head(w, m);
	int rc = settle_unfetched(w, m, head, e);
	if (head >= 0)
		close(head);
	return rc;
}

static int settle_batch(World *w, const Batch *b, Err *e) {
	for (size_t i = 0; i < b->n; i++)
		if (settle_one(w, &b->row[i], b->n - i, e) < 0)
			return -1;
	return 0;
}

/* Messages on record without an outcome: what a crash left. */
static int settle_pending(World *w, Err *e) {
	Arena *a = arena_new();
	MessageRow *row;
	size_t n = 0;
	int rc = 0;
	do {
		arena_reset(a);
		rc = store_message_pending(w->store, a, 0, SETTLE_BATCH, &row, &n, e);
		if (rc < 0 || n == 0)
			break;
		if (store_begin(w->store, e) < 0) {
			rc = -1;
			break;
		}
		rc = 0;
		for (size_t i = 0; rc == 0 && i < n; i++)
			rc = settle_one(w, &row[i], n - i, e);
		if (rc == 0)
			rc = store_commit(w->store, e);
		else
			store_rollback(w->store);
	} while (rc == 0 && n == SETTLE_BATCH);
	arena_free(a);
	return rc < 0 ? -1 : 0;
}

/* Ours to mend, or the server's: not a reason to leave the rest undone. */
static bool is_elsewhere(const Err *e) {
	return e->kind == ERR_SERVER || e->kind == ERR_LOGIN || e->kind == ERR_RULES;
}

static int take_and_settle(World *w, Err *e) {
	if (settle_pending(w, e) < 0 || take_tidy_maildir(w, e) < 0)
		return -1;
	return w->rules->mail.fetch.scheme == SCHEME_MAILDIR ? take_maildir(w, settle_batch, e)
	                                                     : take_imap(w, settle_batch, e);
}

/* A login that rests says nothing new: cron would mail it at every tick. */
static void tell(const Err *e) {
	if (*e->text)
		log_error("%s", e->text);
}

/* The folders of what was committed; 1 when the archive lacked something for one. */
static int lay_what_came(World *w, Err *e) {
	int missing = handover_take(w, e) < 0 ? -1 : lay_pending(w, e);
	return missing < 0 || take_tidy_maildir(w, e) < 0 ? -1 : missing;
}

/* What was taken before a server went out of reach is laid and tidied all the same, and what was taken before a fault of
 * ours is laid: that fault is the one to tell. */
static int fetch_stage(World *w, int status, Err *e) {
	Err later = {0};
	bool came = take_and_settle(w, e) == 0;
	if (!came && !is_elsewhere(e)) {
		lay_pending(w, &later);
		return -1;
	}
	int missing = lay_what_came(w, &later);
	if (missing < 0) {
		*e = later;
		return -1;
	}
	if (missing && !status)
		status = err_exit(ERR_DISK);
	if (came)
		return phase_fetched(w, w->env->now, e) < 0 ? -1 : status;
	tell(e);
	return status ? status : err_exit(e->kind);
}

/* The faults of the folder's rules, on standard error and once by mail. */
static int faulty_rules(World *w, int status, Err *e) {
	if (!w->rules_faulty)
		return operator_rules_mended(w, e) < 0 ? -1 : status;
	log_error("the rules are at fault; the last good ones stay in force\n%s", w->faults);
	if (operator_rules_faulty(w, e) < 0)
		return -1;
	return err_exit(ERR_RULES);
}

/* Servers out of reach do not end a run; it ends with their status after the rest was done. */
static int send_stage(World *w, int status, Err *e) {
	int64_t sent = 0;
	if (numbering_keep(w, e) < 0)
		return -1;
	if (deliver(w, &sent, e) == 0)
		return status;
	if (!is_elsewhere(e))
		return -1;
	tell(e);
	return status ? status : err_exit(e->kind);
}

/* What the clock asks for: a digest that cannot be made keeps no answer back. */
static int due_stage(World *w, int status, Err *e) {
	if (due_act(w, e) == 0)
		return status;
	return status ? status : err_exit(e->kind);
}

typedef enum { STAGE_FETCH = 1, STAGE_DUE = 2, STAGE_SEND = 4 } Stage;

/* A purge that was stopped goes on.  Where a reader is in its way it waits for the next tick (1), and the mail does not. */
static int purge_stage(World *w, Err *e) {
	int rc = purge_resume(w, e);
	if (rc == 0 || e->kind != ERR_LOCKED)
		return rc;
	log_warn("the purge goes on at the next run: %s", e->text);
	*e = (Err){0};
	return 1;
}

static int tick(Env *env, int stages, Err *e) {
	World w;
	int status = -1, waits = -1;
	bool whole = stages == (STAGE_FETCH | STAGE_DUE | STAGE_SEND);
	if (whole && idle_tick(env))
		return 0;
	if (world_open(&w, env, WORLD_WRITE, e) == 0 && (waits = purge_stage(&w, e)) >= 0) {
		status = faulty_rules(&w, 0, e);
		if (status >= 0 && (stages & STAGE_FETCH))
			status = fetch_stage(&w, status, e);
		if (status >= 0 && (stages & STAGE_DUE))
			status = due_stage(&w, status, e);
		if (status >= 0 && (stages & STAGE_SEND))
			status = send_stage(&w, status, e);
		if (status >= 0 && idle_ran(env, e) < 0)
			status = -1;
		if (status == 0 && whole && !waits && idle_note(&w, e) < 0)
			status = -1;
	}
	world_close(&w);
	return status;
}

static int no_operands(int argc, Err *e) {
	return argc > 1 ? err_set(e, ERR_USAGE, "this command takes nothing behind it") : 0;
}

int command_run(Env *env, int argc, char **argv, Err *e) {
	(void)argv;
	return no_operands(argc, e) < 0 ? -1 : tick(env, STAGE_FETCH | STAGE_DUE | STAGE_SEND, e);
}

int command_fetch(Env *env, int argc, char **argv, Err *e) {
	(void)argv;
	return no_operands(argc, e) < 0 ? -1 : tick(env, STAGE_FETCH, e);
}

int command_send(Env *env, int argc, char **argv, Err *e) {
	(void)argv;
	return no_operands(argc, e) < 0 ? -1 : tick(env, STAGE_SEND, e);
}
