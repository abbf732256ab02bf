/* forms: the entry form of each track, from the rules and what was laid over them. */
#include "command/command.h"
#include "command/options.h"
#include "home/spawn.h"
#include "home/world.h"
#include "rules/overlay.h"

/* Faults of the rules are told by the program that makes the forms. */
static const char *phases(Env *env) {
	World w;
	Err ignored = {0};
	bool whole = world_open(&w, env, WORLD_LOOK, &ignored) == 0 && !w.rules_faulty;
	const char *lines = whole ? rules_phases(w.rules, env->arena) : "";
	world_close(&w);
	return lines;
}

int command_forms(Env *env, int argc, char **argv, Err *e) {
	const Option none[] = {{"", NULL, NULL}};
	int operands = options_read(none, 0, argc, argv, e);
	if (operands != 0)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "forms takes nothing behind it");
	const char *args[] = {"forms", env->home_path, phases(env), NULL};
	return spawn_wait(env, "xinlv-office", args, -1, e);
}
