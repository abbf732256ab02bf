/* digest: the mail of the morning, whatever the hour. */
#include "command/command.h"
#include "command/deliver.h"
#include "desk/digest.h"
int command_digest(Env *env, int argc, char **argv, Err *e) {
	World w;
	int64_t sent = 0;
	(void)argv;
	if (argc > 1)
		return err_set(e, ERR_USAGE, "digest takes nothing behind it");
	int rc = world_open(&w, env, WORLD_WRITE, e);
	if (rc == 0)
		rc = digest_make(&w, e);
	if (rc == 0)
		rc = deliver(&w, &sent, e);
	world_close(&w);
	return rc;
}
