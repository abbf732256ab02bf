/* xinlv: the program.  Reads the flags before the verb, finds the verb, and makes the exit
 * status; nothing of the contest is known here. */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/place.h"
#include "base/str.h"
#include "base/when.h"
#include "command/command.h"

static void usage(FILE *out) {
	fputs("xinlv: runs a contest by mail\n\n"
	      "usage: xinlv [-C DIR] [--now TIME] [--log WHERE] [-v] COMMAND ...\n\n",
	      out);
	for (const Command *c = commands; c->name; c++)
		fprintf(out, "  %-10s %s\n", c->name, c->does);
	fputs("\n  -C DIR        the contest home (default: the current folder)\n"
	      "  --now TIME    the moment to act as of, RFC 3339 (also XINLV_NOW)\n"
	      "  --log WHERE   stderr, syslog, or journal for systemd's (also XINLV_LOG)\n"
	      "  -v            say what is done, on standard error; -vv more\n"
	      "  COMMAND --help shows what a command takes; xinlv(1) tells all\n",
	      out);
}

static const Command *find(const char *name) {
	for (const Command *c = commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

/* Of this program and, through the environment, of its helpers. */
static int log_here(const char *word, Err *e) {
	if (log_target(word) < 0)
		return err_set(e, ERR_USAGE, "--log takes stderr, syslog or journal");
	setenv("XINLV_LOG", word, 1);
	return 0;
}

/* The flags before the verb; returns the index of the verb, or -1. */
static int flags(Env *env, int argc, char **argv, const char **now, Err *e) {
	int i = 1;
	for (; i < argc && argv[i][0] == '-'; i++) {
		const char *a = argv[i];
		if (!strcmp(a, "-v") || !strcmp(a, "-vv") || !strcmp(a, "--verbose")) {
			log_level(env->verbose || !strcmp(a, "-vv") ? LOG_DEBUG : LOG_INFO);
			env->verbose = true;
		} else if (!strcmp(a, "-h") || !strcmp(a, "--help")) {
			usage(stdout);
			exit(0);
		} else if (!strcmp(a, "--log") || !strncmp(a, "--log=", 6)) {
			if (a[5] != '=' && i + 1 >= argc)
				return err_set(e, ERR_USAGE, "%s needs a value", a);
			if (log_here(a[5] == '=' ? a + 6 : argv[++i], e) < 0)
				return -1;
		} else if (!strncmp(a, "--now=", 6)) {
			*now = a + 6;
		} else if (!strcmp(a, "-C") || !strcmp(a, "--now")) {
			if (i + 1 >= argc)
				return err_set(e, ERR_USAGE, "%s needs a value", a);
			*(a[1] == 'C' ? &env->home_path : now) = argv[++i];
		} else {
			return err_set(e, ERR_USAGE, "unknown option %s", a);
		}
	}
	return i;
}

static int start(Env *env, int argc, char **argv, Err *e) {
	const char *now = getenv("XINLV_NOW");
	int verb = flags(env, argc, argv, &now, e);
	if (verb < 0)
		return -1;
	env->now_text = now && *now ? now : NULL;
	if (!env->now_text)
		env->now = when_machine();
	else if (when_parse(str_of(now), false, &env->now) < 0)
		return err_set(e, ERR_USAGE, "%s is not a moment such as 2023-03-01T09:00:00+08:00", now);
	if (verb >= argc) {
		usage(stderr);
		return err_set(e, ERR_USAGE, "which command?");
	}
	const Command *c = find(argv[verb]);
	if (!c)
		return err_set(e, ERR_USAGE, "there is no command %s; xinlv --help lists them", argv[verb]);
	if (verb + 1 < argc && !strcmp(argv[verb + 1], "--help")) {
		printf("usage: xinlv %s %s\n\n  %s\n", c->name, c->usage, c->does);
		return 0;
	}
	env->home = open(env->home_path, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	if (env->home < 0 && !c->without_home)
		return err_errno(e, ERR_MISSING, "no contest home at %s", env->home_path);
	return command_do(c, env, argc - verb, argv + verb, e);
}

int main(int argc, char **argv) {
	setlocale(LC_CTYPE, "C.UTF-8");
	signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is told like a full disk */
	log_name("xinlv");
	Env env = {.home_path = ".", .home = -1, .arena = arena_new()};
	env.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	env.programs = place_programs(env.arena);
	env.share = place_share(env.arena);
	Err e = {0};
	int status = start(&env, argc, argv, &e);
	if (status < 0) {
		log_error("%s", e.text);
		status = err_exit(e.kind);
	}
	if (fflush(stdout) != 0 && status == 0) {
		log_error("standard output: cannot write");
		status = err_exit(ERR_DISK);
	}
	arena_free(env.arena);
	if (env.home >= 0)
		close(env.home);
	return status;
}
