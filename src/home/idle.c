/* Files that may be lost: they save work, and nothing is decided by them alone. */
#include "home/idle.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/when.h"

#define LAST_RUN "spool/last-run"

int idle_forget(const Env *env, Err *e) {
	if (unlinkat(env->home, IDLE_NOTE, 0) < 0 && errno != ENOENT)
		return err_errno(e, ERR_DISK, IDLE_NOTE);
	return 0;
}

int idle_ran(const Env *env, Err *e) {
	char text[32];
	int n = snprintf(text, sizeof text, "%lld\n", (long long)env->now);
	return file_write_plain(env->home, LAST_RUN, text, (size_t)n, 0644, e);
}

char *idle_last_run(const Env *env, Arena *a) {
	Buf text = {0};
	Err e = {0};
	int64_t at;
	char *out = NULL;
	if (file_read(env->home, LAST_RUN, 64, &text, &e) == 0 &&
	    str_to_i64(str_trim(buf_view(&text)), 0, INT64_MAX, &at) == 0)
		out = when_text(a, at);
	buf_free(&text);
	return out;
}
