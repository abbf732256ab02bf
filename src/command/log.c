/* log: every message received, with what became of it and why. */
#include "base/when.h"
#include "command/command.h"
#include "command/filter.h"
#include "command/options.h"
#include "command/print.h"

#define COLUMN_N 5
#define COLUMN_ENTRY 2

typedef struct {
	World *w;
	Arena *arena;
	Buf json;
	bool as_json;
	Column column[COLUMN_N];
	int64_t n;
} Log;

static void show_json(Log *l, const LogRow *r) {
	JsonOut j = json_to(&l->json);
	json_object(&j, NULL);
	json_text(&j, "sha256", hash_or_null(l->arena, r->message.sha256, r->message.archived));
	json_text(&j, "message_id", r->message_id);
	json_text(&j, "from", r->from_addr);
	json_text(&j, "subject", r->subject);
	json_text(&j, "received", when_text(l->arena, r->message.received));
	json_text(&j, "outcome", r->outcome);
	json_text(&j, "detail", r->detail);
	json_text(&j, "source", r->message.source);
	json_text(&j, "entry", r->entry_n ? r->entry[0] : NULL);
	json_array(&j, "entries");
	for (size_t i = 0; i < r->entry_n; i++)
		json_text(&j, NULL, r->entry[i]);
	json_end_array(&j);
	json_array(&j, "problems");
	for (size_t i = 0; i < r->problem_n; i++)
		problem_json(&j, &r->problem[i]);
	json_end_array(&j);
	json_end_object(&j);
	print_json(&l->json);
}

static Paint paint_of(const char *outcome) {
	if (str_is(str_of(outcome), "accepted"))
		return PAINT_GOOD;
	if (str_is(str_of(outcome), "rejected") || str_is(str_of(outcome), "quarantined"))
		return PAINT_BAD;
	return PAINT_PLAIN;
}

static bool each(void *ctx, const LogRow *r) {
	Log *l = ctx;
	Env *env = l->w->env;
	if (l->as_json)
		show_json(l, r);
	else {
		if (l->n == 0)
			print_heading(env, l->column, COLUMN_N);
		const char *cell[] = {print_when(l->arena, r->message.received), *r->outcome ? r->outcome : "(pending)",
		                      r->entry_n ? r->entry[0] : "", r->from_addr, r->subject};
		print_row(env, l->arena, l->column, COLUMN_N, cell, paint_of(r->outcome));
		for (size_t i = 0; env->verbose && i < r->problem_n; i++)
			printf("    %s %s: %s\n", r->problem[i].severity, r->problem[i].where, r->problem[i].sentence);
	}
	l->n++;
	arena_reset(l->arena);
	return true;
}

static int check_outcome(const char *outcome, Err *e) {
	const char *name[OUTCOME_QUARANTINED + 1];
	for (int i = 0; i <= OUTCOME_QUARANTINED; i++)
		name[i] = outcome_name((Outcome)i);
	return filter_one_of("--outcome", outcome, name, OUTCOME_QUARANTINED + 1, e);
}

int command_log(Env *env, int argc, char **argv, Err *e) {
	LogFilter f = {.since = WHEN_NONE};
	Log l = {.column = {{"RECEIVED", 16}, {"OUTCOME", 13}, {"ENTRY", 0}, {"FROM", 28}, {"SUBJECT", 0}}};
	const char *since = NULL;
	const Option options[] = {{"--outcome", &f.outcome, NULL}, {"--from", &f.from, NULL}, {"--find", &f.find, NULL},
	                          {"--since", &since, NULL}, {"--json", NULL, &l.as_json}};
	int operands = options_read(options, 5, argc, argv, e);
	if (operands != 0)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "log takes only options");
	if (check_outcome(f.outcome, e) < 0)
		return -1;
	World w;
	int rc = world_open(&w, env, WORLD_SHOW, e);
	if (rc == 0 && since && when_parse(str_of(since), false, &f.since) < 0)
		rc = err_set(e, ERR_USAGE, "--since %s is not a moment such as 2023-03-01T09:00:00+08:00", since);
	l.w = &w;
	l.arena = arena_new();
	if (rc == 0)
		l.column[COLUMN_ENTRY].width = number_width(w.rules, env->arena);
	if (rc == 0)
		rc = store_log_each(w.store, &f, each, &l, e);
	if (rc == 0 && l.n == 0 && !l.as_json)
		printf("no messages\n");
	buf_free(&l.json);
	arena_free(l.arena);
	world_close(&w);
	return rc < 0 ? -1 : 0;
}
