/* forms: the entry form of each track, from the rules and what was laid over them. */
#include "command/command.h"
#include "command/options.h"
#include "home/spawn.h"
#include "home/world.h"
#include "rules/overlay.h"

/* Faults of the rules are told by the program that makes the forms.  A database that is not there to say what was laid over them
 * is no reason to print a date that no longer holds. */
static int phases(Env *env, const char **lines, Err *e) {
	World w;
	Err why = {0};
	int rc = world_open(&w, env, WORLD_SHOW, &why);
	*lines = rc == 0 && !w.rules_faulty ? rules_phases(w.rules, env->arena) : "";
	world_close(&w);
	if (rc == 0 || why.kind == ERR_RULES)
		return 0;
	*e = why;
	return -1;
}

int command_forms(Env *env, int argc, char **argv, Err *e) {
	const Option none[] = {{"", NULL, NULL}};
	int operands = options_read(none, 0, argc, argv, e);
	if (operands != 0)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "forms takes nothing behind it");
	const char *lines;
	if (phases(env, &lines, e) < 0)
		return -1;
	const char *args[] = {"forms", env->home_path, lines, NULL};
	return spawn_wait(env, "xinlv-office", args, -1, e);
}
