/* Starts a helper program with nothing inherited but standard streams. */
#include "home/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* in: what becomes its standard input; -1: nothing to read. */
static int start(const Env *env, const char *name, const char *const *args, int in, Child *c, Err *e) {
	char *argv[SPAWN_MAX_ARGS + 2] = {arena_fmt(env->arena, "%s/%s", env->programs, name)};
	posix_spawn_file_actions_t act;
	pid_t pid;
	for (size_t i = 0; i < SPAWN_MAX_ARGS && args[i]; i++)
		argv[i + 1] = arena_str(env->arena, args[i]);
	posix_spawn_file_actions_init(&act);
	if (in >= 0)
		posix_spawn_file_actions_adddup2(&act, in, STDIN_FILENO);
	else
		posix_spawn_file_actions_addopen(&act, STDIN_FILENO, "/dev/null", 0, 0);
	errno = posix_spawn(&pid, argv[0], &act, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&act);
	if (errno)
		return err_errno(e, ERR_BUG, "%s", argv[0]);
	*c = (Child){name, pid, -1};
	return 0;
}

int spawn_end(Child *c, Err *e) {
	int status;
	if (c->in >= 0)
		close(c->in);
	while (waitpid(c->pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_errno(e, ERR_BUG, "%s", c->name);
	if (!WIFEXITED(status))
		return err_set(e, ERR_BUG, "%s was ended by signal %d", c->name, WTERMSIG(status));
	return WEXITSTATUS(status);
}

int spawn_wait(const Env *env, const char *name, const char *const *args, int in, Err *e) {
	Child c;
	return start(env, name, args, in, &c, e) < 0 ? -1 : spawn_end(&c, e);
}

static int start_at(const Env *env, const char *name, const char *const *args, const int end[2], Child *out, Err *e) {
	int rc = start(env, name, args, end[0], out, e);
	close(end[0]);
	if (rc < 0)
		close(end[1]);
	else
		out->in = end[1];
	return rc;
}

int spawn_start(const Env *env, const char *name, const char *const *args, Child *out, Err *e) {
	int end[2];
	signal(SIGPIPE, SIG_IGN); /* a writer that ends early is told by write(2) */
	if (pipe2(end, O_CLOEXEC) < 0)
		return err_errno(e, ERR_BUG, "pipe");
	return start_at(env, name, args, end, out, e);
}

int spawn_talk(const Env *env, const char *name, const char *const *args, Child *out, Err *e) {
	int end[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, end) < 0)
		return err_errno(e, ERR_BUG, "socketpair");
	return start_at(env, name, args, end, out, e);
}
