/* Behind fetching and sending: how a process that talks to a server gets the password.  Refuses to take it from the
 * configuration, to show it in a message, and to wait for a command for ever. */
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "base/when.h"

extern char **environ;

/* Reads to the end or to the moment `until` (monotonic; 0: no such moment), at most SECRET_MAX + 1 bytes. */
static int read_all(int fd, int64_t until, Buf *out, const char *what, Err *e) {
	buf_reserve(out, SECRET_MAX + 2); /* in one piece, so that no copy is left behind by growing */
	while (out->n <= SECRET_MAX) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = until ? until - when_monotonic_ms() : -1;
		int ready = until && left <= 0 ? 0 : poll(&p, 1, (int)left);
		if (ready == 0)
			return err_set(e, ERR_RULES, "%s gave no answer in time", what);
		ssize_t got = ready < 0 ? -1 : read(fd, out->p + out->n, SECRET_MAX + 1 - out->n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(e, ERR_RULES, "%s", what);
		if (got == 0)
			break;
		out->n += (size_t)got;
	}
	out->p[out->n] = 0;
	return 0;
}

static int from_file(const char *path, int home, Buf *out, Err *e) {
	struct stat st;
	int fd = openat(home, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_set(e, ERR_RULES, "password_file %s: %s", path, strerror(errno));
	if (fstat(fd, &st) == 0 && (st.st_mode & (S_IWGRP | S_IRWXO))) /* a group that may read it is somebody's choice */
		log_warn("password_file %s is open to others; chmod %s it", path, st.st_mode & S_IRGRP ? "640" : "600");
	int rc = read_all(fd, 0, out, "password_file", e);
	close(fd);
	return rc;
}

/* A shell of its own session, so that all it started can be ended with it. */
static int start(int home, const char *command, int out, pid_t *pid) {
	char sh[] = "sh", flag[] = "-c";
	char *line = mem_str(command), *argv[] = {sh, flag, line, NULL};
	posix_spawn_file_actions_t f;
	posix_spawnattr_t a;
	sigset_t all, none;
	sigfillset(&all);
	sigemptyset(&none);
	posix_spawn_file_actions_init(&f);
	posix_spawnattr_init(&a);
	posix_spawn_file_actions_addopen(&f, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&f, out, STDOUT_FILENO);
	posix_spawn_file_actions_addfchdir_np(&f, home);
	posix_spawn_file_actions_addclosefrom_np(&f, STDERR_FILENO + 1);
	posix_spawnattr_setsigdefault(&a, &all);
	posix_spawnattr_setsigmask(&a, &none);
	posix_spawnattr_setflags(&a, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	int failed = posix_spawn(pid, "/bin/sh", &f, &a, argv, environ);
	posix_spawnattr_destroy(&a);
	posix_spawn_file_actions_destroy(&f);
	free(line);
	return failed;
}

static int from_command(int home, const char *command, Buf *out, Err *e) {
	int end[2], status = 0;
	pid_t pid;
	if (pipe2(end, O_CLOEXEC) < 0)
		return err_errno(e, ERR_BUG, "pipe");
	int failed = start(home, command, end[1], &pid);
	close(end[1]);
	if (failed) {
		close(end[0]);
		return err_set(e, ERR_RULES, "password_command: %s", strerror(failed));
	}
	int64_t until = when_monotonic_ms() + when_seconds("XINLV_SECRET_SECONDS", SECRET_COMMAND_SECONDS) * 1000;
	int rc = read_all(end[0], until, out, "password_command", e);
	close(end[0]);
	if (rc < 0)
		kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (rc < 0)
		return -1;
	if (WIFSIGNALED(status))
		return err_set(e, ERR_RULES, "password_command was ended by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status))
		return err_set(e, ERR_RULES, "password_command ended with status %d", WEXITSTATUS(status));
	return 0;
}

static int from_env(const char *name, Buf *out, Err *e) {
	const char *value = getenv(name);
	if (!value)
		return err_set(e, ERR_RULES, "password_env: there is no variable %s", name);
	buf_add(out, value, strnlen(value, SECRET_MAX + 1));
	return 0;
}

/* The first line; NULL when there is none that can be sent. */
static char *first_line(const Buf *b, Arena *a) {
	size_t n = strcspn(b->p, "\r\n");
	if (n == 0 || n > SECRET_MAX || b->n > SECRET_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)b->p[i] < 0x20 || b->p[i] == 0x7f)
			return NULL;
	return strlen(b->p) < b->n && strlen(b->p) == n ? NULL : str_dup(a, (Str){b->p, n});
}

char *secret_read(int home, const SecretFrom *from, Arena *a, Err *e) {
	Buf b = {0};
	int rc;
	const char *what = *from->file ? "password_file" : *from->env ? "password_env" : "password_command";
	if (*from->file)
		rc = from_file(from->file, home, &b, e);
	else if (*from->env)
		rc = from_env(from->env, &b, e);
	else if (*from->command)
		rc = from_command(home, from->command, &b, e);
	else
		rc = err_set(e, ERR_RULES, "how to get the password is missing");
	char *s = rc == 0 ? first_line(&b, a) : NULL;
	if (rc == 0 && !s)
		err_set(e, ERR_RULES, "%s: its first line is empty, too long, or has control bytes", what);
	if (b.p)
		explicit_bzero(b.p, b.cap);
	buf_free(&b);
	return s;
}
