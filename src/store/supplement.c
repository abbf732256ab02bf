/* Files that came for an entry that stood already: an event of its history, with files of its own.  Refuses, by
 * triggers, to change them later; nothing here touches the entry's first files. */
#include "store/digest.h"
#include "store/inside.h"

static int add_file(Store *s, int64_t event, int64_t n, int64_t entry, const FileRow *f, Err *e) {
	Query *q = query_start(s->db, SUPPLEMENT_ADD, e);
	query_put_int(q, event);
	query_put_int(q, n);
	query_put_int(q, entry);
	file_put(q, f);
	return query_run(q);
}

static int add_filing(Store *s, int64_t event, Err *e) {
	Query *q = query_start(s->db, SUPPLEMENT_FILING, e);
	query_put_int(q, event);
	return query_run(q);
}

int store_supplement_add(Store *s, const char *number, const EventRow *ev, const FileRow *file, size_t n, Err *e) {
	int64_t entry, event;
	int r = entry_id(s, number, &entry, e);
	if (r == 0)
		return err_set(e, ERR_MISSING, "there is no entry %s", number);
	if (r < 0 || event_append(s, entry, number, ev, &event, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (add_file(s, event, (int64_t)i, entry, &file[i], e) < 0)
			return -1;
	if (add_filing(s, event, e) < 0)
		return -1;
	return audit_append(s, &(Audit){.at = ev->at, .kind = "supplement", .ref = number, .subject = event,
	                                .digest = digest_supplement(number, file, n)}, e);
}

int store_entry_supplements(Store *s, Arena *a, const char *number, FileRow **f, size_t *n, Err *e) {
	int64_t id;
	return entry_id(s, number, &id, e) < 0 ? -1 : file_rows_by(s, a, SUPPLEMENT_LIST, id, f, n, e);
}

int store_supplement_of(Store *s, Arena *a, int64_t seq, char **number, Err *e) {
	Query *q = query_start(s->db, SUPPLEMENT_OF, e);
	query_put_int(q, seq);
	int r = query_next(q);
	if (r == 1) {
		*number = query_get_text(q, a);
		query_end(q);
	}
	return r;
}

int store_supplement_pending(Store *s, Arena *a, SupplementRow **rows, size_t *n, Err *e) {
	VEC(SupplementRow) all = {0};
	Query *q = query_start(s->db, SUPPLEMENT_PENDING, e);
	int r;
	while ((r = query_next(q)) == 1) {
		SupplementRow *x = vec_push(&all);
		*x = (SupplementRow){.event = query_get_int(q)};
		x->number = query_get_text(q, a);
		x->at = query_get_int(q);
		x->by = query_get_text(q, a);
	}
	for (size_t i = 0; r == 0 && i < all.n; i++)
		r = file_rows_by(s, a, SUPPLEMENT_FILES, all.v[i].event, &all.v[i].file, &all.v[i].file_n, e);
	return ROWS_GIVE(a, &all, r, rows, n);
}

int store_supplement_done(Store *s, int64_t event, Err *e) {
	Query *q = query_start(s->db, SUPPLEMENT_DONE, e);
	query_put_int(q, event);
	return query_run(q);
}
