/* list: the entries. */
#include "command/command.h"
#include "command/filter.h"
#include "command/options.h"
#include "command/print.h"

#define COLUMN_N 5

typedef struct {
	World *w;
	Arena *arena;
	Buf json;
	bool as_json;
	Column column[COLUMN_N];
	int64_t n;
	Err *e;
	int rc;
} List;

static const char *const STATES[] = {"accepted", "eligible", "ineligible", "reviewed", "unfit", "shortlisted",
                                     "eliminated", "awarded", "unplaced", "withdrawn"};
#define STATE_N (sizeof STATES / sizeof *STATES)


static bool show_json(List *l, const EntryRow *en) {
	Hash message = {0};
	if (store_message_hash(l->w->store, en->seq, &message, l->e) < 0) {
		l->rc = -1;
		return false;
	}
	JsonOut j = json_to(&l->json);
	json_object(&j, NULL);
	entry_json(&j, l->arena, en);
	json_text(&j, "message", hash_text(l->arena, message));
	json_end_object(&j);
	print_json(&l->json);
	return true;
}

static bool each(void *ctx, const EntryRow *en) {
	List *l = ctx;
	bool more = true;
	if (l->as_json)
		more = show_json(l, en);
	else {
		if (l->n == 0)
			print_heading(l->w->env, l->column, COLUMN_N);
		const char *cell[] = {en->number, en->state, print_when(l->arena, en->accepted), en->org, en->title};
		print_row(l->w->env, l->arena, l->column, COLUMN_N, cell, PAINT_PLAIN);
	}
	l->n++;
	arena_reset(l->arena);
	return more;
}

int command_list(Env *env, int argc, char **argv, Err *e) {
	EntryFilter f = {0};
	List l = {.e = e, .column = {{"NUMBER", 0}, {"STATE", 11}, {"ACCEPTED", 16}, {"ORGANISATION", 30}, {"TITLE", 0}}};
	const Option options[] = {{"--track", &f.track, NULL}, {"--state", &f.state, NULL}, {"--find", &f.find, NULL},
	                          {"--json", NULL, &l.as_json}};
	int operands = options_read(options, 4, argc, argv, e);
	if (operands != 0)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "list takes only options");
	if (filter_one_of("--state", f.state, STATES, STATE_N, e) < 0)
		return -1;
	f.standing = !f.state;
	World w;
	int rc = world_open(&w, env, WORLD_SHOW, e);
	l.w = &w;
	l.arena = arena_new();
	if (rc == 0)
		l.column[0].width = number_width(w.rules, env->arena);
	if (rc == 0)
		rc = store_entry_each(w.store, &f, each, &l, e);
	if (rc == 0 && l.n == 0 && !l.as_json)
		printf("no entries\n");
	buf_free(&l.json);
	arena_free(l.arena);
	world_close(&w);
	return rc < 0 || l.rc < 0 ? -1 : 0;
}
