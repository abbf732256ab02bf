/* For the secretariat's digest: counts of a day and the items that wait for a person, kept up by triggers (schema.c).
 * Reads only what is asked for; refuses to know what is urgent. */
#include "store/report.h"

#include <stdio.h>
#include <string.h>

#include "store/inside.h"

int store_report_arrivals(Store *s, Arena *a, int64_t from, int64_t to, ArrivalRow **rows, size_t *n, Err *e) {
	VEC(ArrivalRow) all = {0};
	Query *q = query_start(s->db, REPORT_ARRIVALS, e);
	query_put_int(q, from / REPORT_SLOT);
	query_put_int(q, to / REPORT_SLOT);
	int r;
	while ((r = query_next(q)) == 1) {
		ArrivalRow *row = vec_push(&all);
		row->slot = query_get_int(q);
		row->outcome = query_get_text(q, a);
		row->n = query_get_int(q);
	}
	return ROWS_GIVE(a, &all, r, rows, n);
}

int store_report_forms(Store *s, Arena *a, int64_t from, int64_t to, CountRow **rows, size_t *n, Err *e) {
	Query *q = query_start(s->db, REPORT_FORMS, e);
	query_put_int(q, from);
	query_put_int(q, to);
	return count_list(q, a, rows, n);
}

/* All of it is personal: the audit has a digest under the salt of the message's head. */
static int vouch(Store *s, const SaidRow *d, Err *e) {
	Salt salt;
	int64_t decided;
	char ref[48];
	int r = head_salt(s, d->seq, &salt, &decided, e);
	if (r != 1)
		return r < 0 ? -1 : err_set(e, ERR_BUG, "database: message %lld has no head", (long long)d->seq);
	return audit_append(s, &(Audit){.at = decided, .kind = "said", .ref = form_ref(ref, d->seq, d->form),
	                                .subject = d->seq, .detail = "", .digest = digest_said(salt, d)}, e);
}

int store_said_add(Store *s, const SaidRow *d, Err *e) {
	Query *q = query_start(s->db, SAID_ADD, e);
	query_put_int(q, d->seq);
	query_put_int(q, d->form);
	query_put_text(q, d->title);
	query_put_text(q, d->org);
	query_put_text(q, d->contact);
	query_put_text(q, d->mobile);
	query_put_text(q, d->email);
	query_put_text(q, d->reason);
	return query_run(q) < 0 ? -1 : vouch(s, d, e);
}

static void take(Query *q, Arena *a, TodoRow *t) {
	*t = (TodoRow){.seq = query_get_int(q)};
	t->archived = query_get_hash(q, &t->sha256);
	t->received = query_get_int(q);
	const char **text[] = {&t->outcome, &t->detail, &t->from_addr, &t->from_name, &t->subject};
	for (size_t i = 0; i < sizeof text / sizeof *text; i++)
		*text[i] = query_get_text(q, a);
	t->times = query_get_int(q);
	t->rulings = query_get_int(q);
	const char **more[] = {&t->track, &t->number, &t->title, &t->org, &t->contact, &t->mobile, &t->email,
	                       &t->reason, &t->problem};
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		*more[i] = query_get_text(q, a);
}

static int walk(Query *q, bool (*each)(void *ctx, const TodoRow *row), void *ctx) {
	Arena *a = arena_new();
	int r;
	while ((r = query_next(q)) == 1) {
		TodoRow row;
		arena_reset(a);
		take(q, a, &row);
		if (!each(ctx, &row)) {
			query_end(q);
			break;
		}
	}
	arena_free(a);
	return r < 0 ? -1 : 0;
}

int store_todo_each(Store *s, const char *kind, bool (*each)(void *ctx, const TodoRow *row), void *ctx, Err *e) {
	Query *q = query_start(s->db, TODO_LIST, e);
	query_put_text(q, kind);
	return walk(q, each, ctx);
}

int todo_vouch(Store *s, int64_t at, const char *kind, int64_t seq, const char *detail, Err *e) {
	char ref[48];
	snprintf(ref, sizeof ref, "%s/%lld", kind, (long long)seq);
	return audit_append(s, &(Audit){.at = at, .kind = "todo", .ref = ref, .subject = seq, .detail = detail}, e);
}

int store_todo_done(Store *s, const char *kind, int64_t seq, int64_t at, Err *e) {
	Query *q = query_start(s->db, TODO_DONE, e);
	query_put_text(q, kind);
	query_put_int(q, seq);
	return query_run(q) < 0 ? -1 : todo_vouch(s, at, kind, seq, TODO_IS_DONE, e);
}

int store_turned_each(Store *s, int64_t times, bool (*each)(void *ctx, const TodoRow *row), void *ctx, Err *e) {
	Query *q = query_start(s->db, TURNED_LIST, e);
	query_put_int(q, times);
	return walk(q, each, ctx);
}

int store_report_entry(Store *s, Arena *a, const char *number, int64_t *version, char **warnings, Err *e) {
	Query *q = query_start(s->db, REPORT_ENTRY, e);
	query_put_text(q, number);
	int r = query_next(q);
	*version = 0;
	*warnings = arena_str(a, "");
	if (r == 1) {
		*version = query_get_int(q);
		*warnings = query_get_text(q, a);
		query_end(q);
	}
	return r;
}
