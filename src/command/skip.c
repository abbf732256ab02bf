/* skip: the way out where a line of the journal cannot be done and stops every start.  Shows what it is; says in the journal that
 * the database is made without it.  Refuses anything but the next line that the database waits for, and what a message brought. */
#include "command/skip.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "base/when.h"
#include "command/command.h"
#include "command/options.h"
#include "command/print.h"
#include "home/above.h"
#include "home/idle.h"
#include "home/who.h"

#define SHOWN_CHARS 400 /* of what the line holds */

bool skip_may(const JournalLine *l) {
	return l->kind == JOURNAL_ACTION || l->kind == JOURNAL_DECISION;
}

bool skip_names(const JournalLine *l, int64_t *line, Hash *hash) {
	if (l->kind != JOURNAL_ACTION || !l->name || !l->text || !str_starts(str_of(l->name), "skip "))
		return false;
	Json *args = json_parse(str_of(l->text), NULL);
	*line = json_num(json_get(args, "line"), 0);
	bool good = *line > 0 && hash_parse(str_of(json_str(json_get(args, "hash"), "")), hash) == 0;
	json_free(args);
	return good;
}

/* The line itself was left out where it stands: here only a trace of who did so. */
static int apply(World *w, Arena *a, const char *by, const Json *args, Err *e) {
	const char *line = arena_fmt(a, "%lld", (long long)json_num(json_get(args, "line"), 0));
	return store_audit_add(w->store, w->env->now, "skip", line, by, e);
}

const Action action_skip = {"skip", apply};

/* ---- the command */

typedef struct {
	Arena *a;
	bool there;
	JournalLine line; /* the next that the database waits for; its texts live in the arena */
} Next;

static int take_next(void *ctx, const JournalLine *l, Err *e) {
	Next *n = ctx;
	(void)e;
	if (n->there)
		return 0;
	n->there = true;
	n->line = *l;
	n->line.name = arena_str(n->a, l->name ? l->name : "");
	n->line.text = arena_str(n->a, l->text ? l->text : "");
	return 0;
}

static void show(const Env *env, const JournalLine *l) {
	print_title(env, arena_fmt(env->arena, "line %lld of the journal", (long long)l->line));
	print_fact(env, "recorded", "%s", when_text(env->arena, l->at));
	print_fact(env, l->kind == JOURNAL_ACTION ? "action" : "decision by", "%s", l->name);
	print_fact(env, "holds", "%s", text_cut(env->arena, text_line(env->arena, str_of(l->text)), SHOWN_CHARS));
	printf("It is the next that the database waits for; 'xinlv run' does it, or says why it cannot be done.\n"
	       "Only where it never can: 'xinlv skip --confirm %lld' goes on without it, for good.\n", (long long)l->line);
}

static int write_skip(World *w, const JournalLine *l, Err *e) {
	Arena *a = w->env->arena;
	const char *name = arena_fmt(a, "%s %s", action_skip.name, who_operator(a));
	const char *args = arena_fmt(a, "{\"line\":%lld,\"hash\":\"%s\"}", (long long)l->line, hash_text(a, l->hash));
	journal_add(w->journal, &(JournalLine){.kind = JOURNAL_ACTION, .at = w->env->now, .name = name, .text = args});
	if (journal_sync(w->journal, e) < 0)
		return -1;
	printf("line %lld is left out from now on; 'xinlv run' goes on behind it\n", (long long)l->line);
	return 0;
}

/* As world_open does, but for what the journal has: that is what cannot be done. */
static int open_home(World *w, Err *e) {
	JournalMark read;
	w->lock = file_lock(w->env->home, WORLD_LOCK, e);
	if (w->lock < 0 || idle_forget(w->env, e) < 0 || store_open(w->env->home, false, &w->store, e) < 0)
		return -1;
	return replay_offset(w, &read.offset, &read.line, e) < 0 ? -1 : journal_open(w->env->home, &read, &w->journal, e);
}

static int skip(World *w, const char *confirm, Err *e) {
	Next next = {.a = w->env->arena};
	int64_t from, want;
	if (open_home(w, e) < 0 || replay_offset(w, &from, NULL, e) < 0 ||
	    journal_walk(w->env->home, from, take_next, &next, NULL, e) < 0)
		return -1;
	if (!next.there) {
		printf("the database has all of the journal: nothing is to be skipped\n");
		return 0;
	}
	if (!skip_may(&next.line))
		return err_set(e, ERR_REFUSED, "line %lld of the journal is next, and is nothing that can be left out; 'xinlv run' says why"
		                               " it does not go on", (long long)next.line.line);
	if (!confirm) {
		show(w->env, &next.line);
		return 0;
	}
	if (str_to_i64(str_of(confirm), 1, INT64_MAX, &want) < 0 || want != next.line.line)
		return err_set(e, ERR_REFUSED, "the next line is %lld; confirm with that number", (long long)next.line.line);
	return write_skip(w, &next.line, e);
}

int command_skip(Env *env, int argc, char **argv, Err *e) {
	const char *confirm = NULL;
	const Option options[] = {{"--confirm", &confirm, NULL}};
	int operands = options_read(options, 1, argc, argv, e);
	if (operands != 0)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "skip takes only --confirm LINE");
	if (file_missing(env->home, JOURNAL_PATH))
		return err_set(e, ERR_MISSING, "%s has no journal", env->home_path);
	World w = {.env = env, .lock = -1, .spill = -1};
	int rc = skip(&w, confirm, e);
	world_close(&w);
	return rc;
}
