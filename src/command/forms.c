/* forms: the entry form of each track, from the rules. */
#include "command/command.h"
#include "command/options.h"
#include "home/spawn.h"

int command_forms(Env *env, int argc, char **argv, Err *e)
{
	const Option none[] = {{"", NULL, NULL}};
	int operands = options_read(none, 0, argc, argv, e);
	if (operands != 0)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "forms takes nothing behind it");
	const char *args[] = {"forms", env->home_path, NULL};
	return spawn_wait(env, "xinlv-office", args, -1, e);
}
