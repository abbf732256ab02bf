/* What the digest knows: the days it tells of, their numbers, whom to ring.  Asks the database for the days and for what
 * is open, never for the history. */
#include <string.h>

#include "base/when.h"
#include "desk/digest_inner.h"

int64_t digest_arrived(const Digest *d, int64_t from, int64_t to, const char *outcome) {
	int64_t n = 0;
	for (size_t i = 0; i < d->arrival_n; i++) {
		const ArrivalRow *r = &d->arrival[i];
		int64_t at = r->slot * REPORT_SLOT;
		if (at >= from && at < to && (!outcome || !strcmp(outcome, r->outcome)))
			n += r->n;
	}
	return n;
}

int64_t digest_sum(const CountRow *row, size_t n, const char *track, const char *state) {
	int64_t sum = 0;
	for (size_t i = 0; i < n; i++)
		if ((!track || !strcmp(track, row[i].track)) && (!state || !strcmp(state, row[i].state)))
			sum += row[i].n;
	return sum;
}

int digest_gather(Digest *d, Err *e) {
	Store *s = d->w->store;
	int64_t end = when_midnight(d->today, 1);
	int64_t opened;
	rules_entry_window(d->w->rules, &d->opens, &d->closes);
	rules_window_at(d->w->rules, d->w->env->now, &opened, &d->window_closes);
	if (store_report_arrivals(s, d->a, when_midnight(d->today, -DIGEST_BOOK_DAYS), end, &d->arrival,
	                          &d->arrival_n, e) < 0 ||
	    store_report_forms(s, d->a, d->from, d->to, &d->form, &d->form_n, e) < 0 ||
	    store_report_forms(s, d->a, d->before, d->from, &d->form_before, &d->form_before_n, e) < 0 ||
	    store_report_forms(s, d->a, d->today, end, &d->form_today, &d->form_today_n, e) < 0 ||
	    store_count_entries(s, d->a, &d->entry, &d->entry_n, e) < 0)
		return -1;
	for (size_t i = 0; i < d->entry_n; i++) /* they leave all counts */
		if (!strcmp(d->entry[i].state, "withdrawn"))
			d->entry[i].n = 0;
	return store_count_outbox(s, d->a, &d->queue, &d->queue_n, e);
}

typedef struct {
	Arena *arena;
	const char *who, *number;
} Known;

static bool keep_known(void *ctx, const EntryRow *en) {
	Known *k = ctx;
	k->who = arena_fmt(k->arena, "%s %s", en->contact, en->mobile);
	k->number = arena_str(k->arena, en->number);
	return true;
}

int digest_known(const Digest *d, const char *address, const char **who, const char **number, Err *e) {
	Known k = {d->a, "", ""};
	int rc = *address ? store_entry_each(d->w->store, &(EntryFilter){.address = address}, keep_known, &k, e) : 0;
	*who = k.who;
	*number = k.number;
	return rc;
}

bool digest_early(const Digest *d, const TodoRow *t) {
	return !strcmp(t->outcome, "late") && t->received < d->opens;
}

const char *digest_late(const Digest *d, Arena *a, const TodoRow *t) {
	const char *number = *t->title ? NULL : rules_find_number(d->w->rules, a, t->detail);
	if (number)
		return words_fill(d->w->rules, a, "digest.late_files", "number", number, "subject", t->subject, NULL);
	return *t->title ? t->title : t->subject;
}

const char *digest_late_by(const Digest *d, Arena *a, const TodoRow *t) {
	const Phase *missed = rules_missed_window(d->w->rules, t->received);
	return words_span(d->w->rules, a, t->received - (missed ? missed->closes : d->closes));
}

const char *digest_track(const Digest *d, const char *code) {
	return rules_track_name(d->w->rules, code);
}

const char *digest_path(Arena *a, const TodoRow *t) {
	char path[128];
	if (!t->archived)
		return "";
	if (!strcmp(t->outcome, "quarantined"))
		return arena_fmt(a, "spool/quarantine/%s.eml", hash_text(a, t->sha256));
	archive_path(t->sha256, path);
	return arena_str(a, path);
}

const char *digest_alike(const Digest *d, Arena *a, const AlikeRow *t) {
	const Rules *r = d->w->rules;
	const char *what = t->what;
	bool file = !strcmp(t->kind, "file");
	for (size_t i = 0; !file && i < r->track_n; i++) {
		const Field *f = form_field(&r->track[i].form, t->what);
		if (f) {
			what = f->label;
			break;
		}
	}
	return words_fill(r, a, file ? "digest.alike_file" : "digest.alike_text", "what", what, "percent",
	                  arena_fmt(a, "%d", t->percent), NULL);
}
