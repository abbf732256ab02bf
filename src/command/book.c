/* book: the case collection of the awarded entries, laid anew. */
#include "command/command.h"
#include "command/options.h"
#include "course/casebook.h"
#include "home/world.h"

int command_book(Env *env, int argc, char **argv, Err *e) {
	const Option none[] = {{"", NULL, NULL}};
	int operands = options_read(none, 0, argc, argv, e);
	if (operands != 0)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "book takes nothing behind it");
	World w;
	size_t cases = 0;
	int rc = world_open(&w, env, WORLD_WRITE, e);
	if (rc == 0)
		rc = casebook_lay(&w, env->arena, &cases, e);
	if (rc == 0 && !cases)
		rc = err_set(e, ERR_MISSING, "there is no list of awards in force, so there are no cases");
	if (rc == 0)
		printf("%zu cases: " CASEBOOK_FOLDER "/book.html prints to A4; what was sent with them lies beside it\n", cases);
	world_close(&w);
	return rc;
}
