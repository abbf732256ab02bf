/* Goes through the table of what falls due.  Knows no calendar itself. */
#include "home/due.h"

#include "base/log.h"
#include "home/above.h"

static int act(World *w, const Due *d, Err *e) {
	int64_t at;
	if (d->next(w, &at, e) < 0)
		return -1;
	return at <= w->env->now ? d->act(w, e) : 0;
}

int due_act(World *w, Err *e) {
	int rc = 0;
	for (size_t i = 0; due_table[i]; i++) {
		Err fault = {0};
		if (act(w, due_table[i], &fault) == 0)
			continue;
		log_error("%s: %s", due_table[i]->name, fault.text);
		if (rc == 0)
			*e = fault;
		rc = -1;
	}
	return rc;
}

int due_next(World *w, int64_t *at, Err *e) {
	*at = INT64_MAX;
	for (size_t i = 0; due_table[i]; i++) {
		int64_t one;
		if (due_table[i]->next(w, &one, e) < 0)
			return -1;
		if (one < *at)
			*at = one;
	}
	return 0;
}
