/* Reads the rounds of correction off an entry's events and files.  Writes nothing. */
#include "course/amend.h"

#include <string.h>

static int came_since(World *w, Arena *a, const char *number, int64_t since, const char **files, Err *e) {
	FileRow *f;
	size_t n;
	Buf b = {0};
	if (store_entry_supplements(w->store, a, number, &f, &n, e) < 0)
		return -1;
	int rc = 0;
	for (size_t i = 0; rc >= 0 && i < n; i++) {
		MessageRow m;
		rc = store_message_get(w->store, a, f[i].seq, &m, e);
		if (rc > 0 && m.received >= since)
			buf_fmt(&b, "%s%s", b.n ? words(w->rules, "decide.or") : "", *f[i].name ? f[i].name : strrchr(f[i].path, '/') + 1);
	}
	*files = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return rc < 0 ? -1 : 0;
}

int amend_look(World *w, Arena *a, const char *number, Amend *out, Err *e) {
	EventRow *ev;
	size_t n;
	*out = (Amend){.files = ""};
	if (store_entry_events(w->store, a, number, &ev, &n, e) < 0)
		return -1;
	while (n > 0 && !*ev[n - 1].state && strcmp(ev[n - 1].event, "amend") != 0)
		n--;
	if (n == 0 || *ev[n - 1].state)
		return 0;
	out->until = rules_amend_until(w->rules, ev[n - 1].at);
	if (came_since(w, a, number, ev[n - 1].at, &out->files, e) < 0)
		return -1;
	out->state = *out->files ? AMEND_CAME : w->env->now > out->until ? AMEND_OVER : AMEND_WAITS;
	return 0;
}
