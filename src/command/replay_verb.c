/* replay: proves that archive and journal give the database in use again, or shows what other rules would make of the same
 * mails.  Looks only: the home stays as it is, and a run may go on beside it. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "command/command.h"
#include "command/options.h"
#include "command/print.h"
#include "command/rehearse.h"
#include "command/replay.h"
#include "store/compare.h"

typedef struct {
	const Env *env;
	World *w;
	Rehearsal again;
	int64_t outcomes, numbers; /* that other rules change */
} Replayed;

static void difference(void *ctx, const char *line) {
	Replayed *r = ctx;
	printf("%sdiffers%s: %s\n", paint_on(r->env, PAINT_BAD), paint_off(r->env), line);
}

static int compare(Replayed *r, Err *e) {
	int64_t n = 0;
	if (store_compare(r->w->store, difference, r, &n, e) < 0)
		return -1;
	if (n)
		printf("%lld messages replayed: %lld differences\n", (long long)r->again.messages, (long long)n);
	else
		printf("%lld messages replayed: the database in use is what archive and journal give\n",
		       (long long)r->again.messages);
	return n ? 1 : 0;
}

static bool other_outcome(void *ctx, const OutcomeDiff *d) {
	Replayed *r = ctx;
	Arena *a = r->env->arena;
	bool same = !strcmp(d->outcome, d->other_outcome);
	if (same)
		r->numbers++;
	else
		r->outcomes++;
	printf("%s %.12s %s%s%s -> %s%s%s%s%s  %s  %s\n", d->seq, *d->sha256 ? d->sha256 : "-", d->outcome,
	       *d->entries ? " " : "", d->entries, same ? "" : paint_on(r->env, PAINT_WARN), d->other_outcome,
	       same ? "" : paint_off(r->env), *d->other_entries ? " " : "", d->other_entries, text_mask(a, d->from),
	       text_fit(a, text_line(a, str_of(d->subject)), 50));
	return true;
}

static int compare_outcomes(Replayed *r, Err *e) {
	if (store_compare_outcomes(r->w->store, other_outcome, r, e) < 0)
		return -1;
	printf("%lld messages replayed: %lld would have another outcome, %lld the same with other entry numbers\n",
	       (long long)r->again.messages, (long long)r->outcomes, (long long)r->numbers);
	return r->outcomes || r->numbers ? 1 : 0;
}

/* A home, or its folder rules/. */
static int open_rules(Env *env, const char **path, Rules **out, Err *e) {
	int home = open(*path, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	if (home >= 0 && file_exists(home, "contest.yaml")) {
		close(home);
		*path = arena_fmt(env->arena, "%s/..", *path);
		home = open(*path, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	}
	if (home < 0)
		return err_errno(e, ERR_MISSING, "%s", *path);
	*out = world_rules_at(env, home, e);
	close(home);
	return *out ? 0 : -1;
}

/* The second database, as far as the one in use has the journal. */
static int play(Replayed *r, const char *rules_path, Err *e) {
	Env *env = r->w->env;
	Rules *rules = NULL;
	int64_t until;
	if (rules_path && open_rules(env, &rules_path, &rules, e) < 0)
		return -1;
	if (rehearsal_open(&r->again, env, rules_path ? rules_path : env->home_path, e) < 0 ||
	    store_compare_begin(r->w->store, r->again.database, e) < 0 || replay_offset(r->w, &until, NULL, e) < 0) {
		rules_free(rules);
		return -1;
	}
	return rehearsal_play(&r->again, until, rules, e);
}

int command_replay(Env *env, int argc, char **argv, Err *e) {
	const char *rules = NULL;
	const Option options[] = {{"--rules", &rules, NULL}};
	int operands = options_read(options, 1, argc, argv, e);
	if (operands != 0)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "replay takes only --rules DIR");
	World w;
	Replayed r = {.env = env, .w = &w, .again = {.env = {.home = -1}, .w = {.lock = -1, .spill = -1}}};
	int rc = world_open(&w, env, WORLD_SHOW, e);
	if (rc == 0)
		rc = play(&r, rules, e);
	if (rc == 0)
		rc = rules ? compare_outcomes(&r, e) : compare(&r, e);
	rehearsal_close(&r.again);
	world_close(&w);
	return rc;
}
