/* The parent's side of the calendar files: all of them in one go, through one file.  Knows nothing of what stands in them. */
#include "course/calendars.h"

#include <unistd.h>

#include "base/file.h"
#include "home/spawn.h"

#define MADE "spool/tmp/calendars"

static int ask(World *w, Arena *a, const Buf *in, Err *e) {
	const char *args[] = {arena_fmt(a, "%s/" MADE, w->env->home_path), NULL};
	Child c;
	if (file_mkdirs(w->env->home, "spool/tmp", 0700, e) < 0 || spawn_start(w->env, "xinlv-ical", args, &c, e) < 0)
		return -1;
	int rc = file_write_all(c.in, in->p, in->n, e);
	Err late = {0};
	int status = spawn_end(&c, &late);
	if (rc == 0 && status < 0)
		*e = late;
	if (rc == 0 && status > 0) /* its own words are on standard error */
		err_set(e, ERR_BUG, "the calendar files could not be made");
	return rc < 0 || status != 0 ? -1 : 0;
}

int calendars_make(World *w, Arena *a, const Appointment *one, size_t n, const char **text, Err *e) {
	Buf b = {0}, made = {0};
	if (!n)
		return 0;
	rec_put_num(&b, n);
	for (size_t i = 0; i < n; i++)
		calendar_put(&b, &one[i]);
	int rc = ask(w, a, &b, e);
	if (rc == 0)
		rc = file_read(w->env->home, MADE, 0, &made, e);
	unlinkat(w->env->home, MADE, 0);
	RecIn in = {made.p, made.n, false};
	for (size_t i = 0; rc == 0 && i < n; i++)
		text[i] = rec_text(&in, a);
	if (rc == 0 && in.bad)
		rc = err_set(e, ERR_BUG, "the calendar files are damaged");
	buf_free(&made);
	buf_free(&b);
	return rc;
}
