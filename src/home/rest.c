/* Beside the servers: when a login may be tried again. Looks at the password's file from outside only. */
#include "home/rest.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

int64_t rest_seconds(int64_t refusals) {
	int64_t seconds = REST_FIRST_SECONDS;
	while (--refusals > 0 && seconds < REST_MOST_SECONDS)
		seconds *= 2;
	return seconds < REST_MOST_SECONDS ? seconds : REST_MOST_SECONDS;
}

const char *rest_look(World *w, const Server *s) {
	Arena *a = w->env->arena;
	struct stat st = {0};
	if (*s->password_file && fstatat(w->env->home, s->password_file, &st, 0) < 0)
		st = (struct stat){0};
	const char *all = arena_fmt(a, "%s|%s|%s|%s|%s|%lld.%ld|%lld|%lld", s->text, s->password_file, s->password_command,
	                            s->password_env, s->token_command, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
	                            (long long)st.st_ino, (long long)st.st_size);
	return arena_fmt(a, "%.16s", hash_text(a, hash_of(all, strlen(all))));
}
