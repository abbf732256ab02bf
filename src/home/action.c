/* One transaction, and the line in the journal before it is committed: nothing is done that could not be done again, and what
 * cannot be done leaves no line that would stop the next start. */
#include "home/action.h"

#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "home/above.h"

static const Action *find(const char *name, Err *e) {
	for (size_t i = 0; actions[i]; i++)
		if (!strcmp(actions[i]->name, name))
			return actions[i];
	err_set(e, ERR_BUG, "no action is called '%.40s'; a newer program knows more", name);
	return NULL;
}

static int apply(World *w, const Action *a, const char *by, const char *text, Err *e) {
	Json *args = json_parse(str_of(text), e);
	if (!args)
		return err_wrap(e, "journal: an action");
	Arena *arena = arena_new();
	int rc = a->apply(w, arena, by, args, e);
	arena_free(arena);
	json_free(args);
	return rc;
}

static int journal(World *w, const char *who, const char *args, Err *e) {
	journal_add(w->journal, &(JournalLine){.kind = JOURNAL_ACTION, .at = w->env->now, .name = who, .text = args});
	if (journal_sync(w->journal, e) < 0)
		return -1;
	step("action.journaled");
	return 0;
}

/* The journal keeps who it was behind the name: "robot", or a person. */
int action_do(World *w, const char *name, const char *by, const char *args, Err *e) {
	const Action *a = find(name, e);
	if (!a)
		return -1;
	if (store_begin(w->store, e) < 0)
		return -1;
	if (apply(w, a, by, args, e) < 0 || journal(w, arena_fmt(w->env->arena, "%s %s", name, by), args, e) < 0 ||
	    replay_mark(w, e) < 0) {
		store_rollback(w->store);
		return -1;
	}
	log_info("%s by %s", name, by);
	return store_commit(w->store, e);
}

int action_replay(World *w, const JournalLine *l, Err *e) {
	Str rest = str_of(l->name ? l->name : ""), name;
	if (!str_next(&rest, ' ', &name))
		return err_set(e, ERR_DISK, "journal: an action without a name");
	const Action *a = find(str_dup(w->env->arena, name), e);
	return a ? apply(w, a, str_dup(w->env->arena, rest), l->text ? l->text : "{}", e) : -1;
}
