/* Held mails that nobody released while they were of use: given up by the clock, or once their moment is another.  Looks only at
 * what is held. */
#include "course/notice_due.h"
#include "course/notice_inner.h"
#include "course/phase.h"

static int next(World *w, int64_t *at, Err *e) {
	NoticeRow *row;
	size_t n;
	*at = INT64_MAX;
	if (store_notice_held(w->store, w->env->arena, &row, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!phase_key_stands(w->rules, row[i].key))
			*at = w->env->now;
		else if (row[i].until < INT64_MAX && row[i].until + 1 < *at)
			*at = row[i].until + 1;
	return 0;
}

static int act(World *w, Err *e) {
	return action_do(w, "notice-expire", "robot", "{}", e);
}

static int apply(World *w, Arena *a, const char *by, const Json *args, Err *e) {
	NoticeRow *row;
	size_t n;
	(void)args;
	if (store_notice_held(w->store, a, &row, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (row[i].until >= w->env->now && phase_key_stands(w->rules, row[i].key))
			continue;
		row[i].state = "expired";
		if (store_notice_mails_clear(w->store, row[i].id, e) < 0 ||
		    store_notice_set(w->store, &row[i], w->env->now, by, e) < 0)
			return -1;
	}
	return 0;
}

const Due due_notice = {"notices", next, act};
const Action action_notice_expire = {"notice-expire", apply};
