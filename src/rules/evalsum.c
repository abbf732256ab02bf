/* Beside the evaluator: adds up a column as it is added up on paper.  What each addition loses is kept and given back at the
 * end (Neumaier), so that five hundred times 0.2 is 100 and nothing else.  Refuses nothing. */
#include "rules/evalsum.h"

#include <math.h>
#include <sqlite3.h>

#include "rules/values.h"

typedef struct {
	double sum, lost;
	sqlite3_int64 n;
} Sum;

static void add(Sum *s, double v) {
	double next = s->sum + v;
	s->lost += fabs(s->sum) >= fabs(v) ? s->sum - next + v : v - next + s->sum;
	s->sum = next;
}

static void move(sqlite3_context *c, sqlite3_value *v, int by) {
	Sum *s = sqlite3_aggregate_context(c, sizeof *s);
	if (!s || sqlite3_value_type(v) == SQLITE_NULL)
		return;
	add(s, by * sqlite3_value_double(v));
	s->n += by;
}

static void step(sqlite3_context *c, int n, sqlite3_value **arg) {
	(void)n;
	move(c, arg[0], 1);
}

static void inverse(sqlite3_context *c, int n, sqlite3_value **arg) {
	(void)n;
	move(c, arg[0], -1);
}

/* Of nothing, a sum and a mean are unknown. */
static void answer(sqlite3_context *c, bool always, bool mean) {
	const Sum *s = sqlite3_aggregate_context(c, 0);
	double all = s ? value_plain(s->sum + s->lost) : 0;
	if (s && s->n && mean)
		sqlite3_result_double(c, value_plain(all / (double)s->n));
	else if (always || (s && s->n))
		sqlite3_result_double(c, all);
}

static void sum(sqlite3_context *c) {
	answer(c, false, false);
}

static void total(sqlite3_context *c) {
	answer(c, true, false);
}

static void avg(sqlite3_context *c) {
	answer(c, false, true);
}

int evalsum_install(struct sqlite3 *db) {
	static const struct {
		const char *name;
		void (*answer)(sqlite3_context *);
	} all[] = {{"sum", sum}, {"total", total}, {"avg", avg}};
	int rc = SQLITE_OK;
	for (size_t i = 0; i < sizeof all / sizeof *all && rc == SQLITE_OK; i++)
		rc = sqlite3_create_window_function(db, all[i].name, 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL, step,
		                                    all[i].answer, all[i].answer, inverse, NULL);
	return rc;
}
