/* The history of an entry: what happens to it after acceptance stands beside it, never in it.  Its state
 * follows from its events; triggers keep the projection and the counts. */
#include "store/digest.h"
#include "store/inside.h"

static int add_row(Store *s, int64_t entry, const EventRow *ev, Hash personal, int64_t *id, Err *e) {
	Query *q = query_start(s->db, EVENT_ADD, e);
	query_put_int(q, entry);
	query_put_int(q, ev->at);
	query_put_text(q, ev->event);
	query_put_text(q, ev->state);
	query_put_hash(q, &personal);
	return query_int(q, id) < 0 ? -1 : 0;
}

static int add_personal(Store *s, int64_t id, const EventRow *ev, Salt salt, Err *e) {
	Query *q = query_start(s->db, EVENT_PERSONAL_ADD, e);
	query_put_int(q, id);
	query_put_blob(q, salt.b, sizeof salt.b);
	query_put_text(q, ev->by);
	query_put_text(q, ev->detail);
	return query_run(q);
}

int event_append(Store *s, int64_t entry, const char *number, const EventRow *ev, int64_t *id, Err *e) {
	Salt salt = salt_new();
	Hash personal = digest_event_personal(salt, ev);
	int64_t own;
	id = id ? id : &own;
	if (add_row(s, entry, ev, personal, id, e) < 0 || add_personal(s, *id, ev, salt, e) < 0)
		return -1;
	return audit_append(s, &(Audit){.at = ev->at, .kind = "event", .ref = number, .subject = *id,
	                                .detail = ev->event, .digest = digest_event(number, ev, personal)}, e);
}

int store_event_add(Store *s, const char *number, const EventRow *ev, Err *e) {
	int64_t id;
	int r = entry_id(s, number, &id, e);
	if (r == 0)
		return err_set(e, ERR_MISSING, "there is no entry %s", number);
	return r < 0 ? -1 : event_append(s, id, number, ev, NULL, e);
}

int store_entry_events(Store *s, Arena *a, const char *number, EventRow **ev, size_t *n, Err *e) {
	VEC(EventRow) all = {0};
	int64_t id;
	if (entry_id(s, number, &id, e) < 0)
		return -1;
	Query *q = query_start(s->db, EVENT_LIST, e);
	query_put_int(q, id);
	int r;
	while ((r = query_next(q)) == 1) {
		EventRow *row = vec_push(&all);
		row->at = query_get_int(q);
		row->event = query_get_text(q, a);
		row->by = query_get_text(q, a);
		row->detail = query_get_text(q, a);
		row->state = query_get_text(q, a);
	}
	return ROWS_GIVE(a, &all, r, ev, n);
}
