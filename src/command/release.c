/* release: mail that lay in the mailbox before the first run, and was held, is taken by the next run. */
#include "command/command.h"
#include "command/options.h"
#include "command/take.h"

int command_release(Env *env, int argc, char **argv, Err *e) {
	const Option none[] = {{"", NULL, NULL}};
	int operands = options_read(none, 0, argc, argv, e);
	if (operands != 0)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "release takes nothing behind it");
	World w;
	size_t n = 0;
	int rc = world_open(&w, env, WORLD_WRITE, e);
	if (rc == 0)
		rc = take_release(&w, &n, e);
	if (rc == 0 && n == 0)
		printf("nothing is held\n");
	else if (rc == 0)
		printf("%zu folder%s released: the next run takes what lies there\n", n, n == 1 ? "" : "s");
	world_close(&w);
	return rc;
}
