/* Mail that is to be sent: queued in the transaction of its outcome, sent after it.  Refuses to queue a
 * Message-ID twice, and to count a mail as sent that was not waiting.  The body goes once it is sent; its
 * digest stays. */
#include <stdio.h>
#include <string.h>

#include "base/when.h"
#include "store/digest.h"
#include "store/inside.h"

#define LARGE_BODY ((int64_t)256 << 10) /* bytes; a digest's mail brings all entries */

static int add_row(Store *s, const OutboxRow *o, Salt salt, Hash personal, Hash body, int64_t *id, Err *e) {
	Query *q = query_start(s->db, OUTBOX_ADD, e);
	query_put_text(q, o->kind);
	query_put_int(q, o->seq);
	query_put_text(q, o->to);
	query_put_text(q, o->subject);
	query_put_text(q, o->message_id);
	query_put_int(q, o->priority);
	query_put_int(q, o->due);
	query_put_text(q, o->state && *o->state ? o->state : "waiting");
	query_put_int(q, o->created);
	query_put_text(q, o->from_domain);
	query_put_blob(q, salt.b, sizeof salt.b);
	query_put_hash(q, &personal);
	query_put_hash(q, &body);
	query_put_int(q, o->until > 0 ? o->until : INT64_MAX);
	query_put_when(q, o->joins ? 0 : WHEN_NONE);
	return query_int(q, id) < 0 ? -1 : 0;
}

static int known(Store *s, const char *message_id, Err *e) {
	int64_t id;
	Query *q = query_start(s->db, OUTBOX_FIND, e);
	query_put_text(q, message_id);
	return query_int(q, &id);
}

static int add_body(Store *s, int64_t id, Str body, Err *e) {
	Query *q = query_start(s->db, OUTBOX_BODY_ADD, e);
	query_put_int(q, id);
	if ((int64_t)body.n > LARGE_BODY)
		query_put_zeros(q, body.n);
	else
		query_put_blob(q, body.p, body.n);
	if (query_run(q) < 0)
		return -1;
	return (int64_t)body.n > LARGE_BODY ? db_blob_write(s->db, "outbox_body", "body", id, body, e) : 0;
}

const char *outbox_detail(char out[OUTBOX_DETAIL], const OutboxRow *o) {
	snprintf(out, OUTBOX_DETAIL, "%.40s" OUTBOX_UNTIL "%lld", o->kind, (long long)(o->until > 0 ? o->until : 0));
	return out;
}

int store_outbox_add(Store *s, const OutboxRow *o, Str body, Err *e) {
	char detail[OUTBOX_DETAIL];
	int r = known(s, o->message_id, e);
	if (r != 0)
		return r < 0 ? -1 : 0;
	int64_t id;
	Salt salt = salt_new();
	Hash whole = hash_of(body.p, body.n), personal = digest_outbox_personal(salt, o);
	if (add_row(s, o, salt, personal, whole, &id, e) < 0)
		return -1;
	if (add_body(s, id, body, e) < 0)
		return -1;
	return audit_append(s, &(Audit){.at = o->created, .kind = "queued", .ref = o->message_id, .subject = id,
	                                .detail = outbox_detail(detail, o), .digest = digest_outbox(o, whole, personal)}, e);
}

int store_outbox_body(Store *s, int64_t id, Buf *body, Err *e) {
	Query *q = query_start(s->db, OUTBOX_BODY, e);
	query_put_int(q, id);
	query_put_int(q, LARGE_BODY);
	int r = query_next(q);
	bool large = false;
	if (r == 0) /* an empty mail must not go out in its place */
		return err_set(e, ERR_MISSING, "mail %lld: its body is dropped, it was sent", (long long)id);
	if (r == 1) {
		buf_slice(body, query_get_blob(q));
		large = query_get_int(q) != 0;
		query_end(q);
	}
	return large && db_blob_read(s->db, "outbox_body", "body", id, body, e) < 0 ? -1 : r;
}

void outbox_take(Query *q, Arena *a, OutboxRow *o) {
	o->id = query_get_int(q);
	o->kind = query_get_text(q, a);
	o->seq = query_get_int(q);
	o->to = query_get_text(q, a);
	o->subject = query_get_text(q, a);
	o->message_id = query_get_text(q, a);
	o->priority = (int)query_get_int(q);
	o->due = query_get_int(q);
	o->state = query_get_text(q, a);
	o->attempts = query_get_int(q);
	o->error = query_get_text(q, a);
	o->created = query_get_int(q);
	o->sent = query_get_when(q);
	o->from_domain = query_get_text(q, a);
	o->joint = query_get_when(q);
	o->joins = o->joint != WHEN_NONE;
	if (!o->joins)
		o->joint = 0;
	o->until = query_get_int(q);
	if (o->until == INT64_MAX)
		o->until = 0;
}

int store_outbox_due(Store *s, Arena *a, int64_t now, size_t max, OutboxRow **rows, size_t *n, Err *e) {
	VEC(OutboxRow) all = {0};
	Query *q = query_start(s->db, OUTBOX_DUE, e);
	query_put_int(q, now);
	query_put_int(q, (int64_t)max);
	int r;
	while ((r = query_next(q)) == 1)
		outbox_take(q, a, vec_push(&all));
	return ROWS_GIVE(a, &all, r, rows, n);
}

static int drop_body(Store *s, int64_t id, Err *e) {
	Query *q = query_start(s->db, OUTBOX_BODY_DROP, e);
	query_put_int(q, id);
	return query_run(q);
}

/* Runs q, which moves mail `id` on, and audits that it did; a mail that does not wait cannot have been tried.
 * kind NULL: no audit, an attempt alone is no effect.  *at WHEN_NONE: gets the moment it was due. */
static int settle(Store *s, Query *q, int64_t id, int64_t *at, const char *kind, Err *e) {
	int r = query_next(q);
	if (r == 0)
		return err_set(e, ERR_BUG, "database: mail %lld is not waiting", (long long)id);
	if (r < 0)
		return -1;
	Arena *a = arena_new();
	char *message_id = query_get_text(q, a);
	int64_t due = query_get_int(q);
	query_end(q);
	if (*at == WHEN_NONE)
		*at = due;
	r = kind ? audit_append(s, &(Audit){.at = *at, .kind = kind, .ref = message_id,
	                                    .subject = id}, e)
	         : 0;
	arena_free(a);
	return r;
}

/* What went inside mail `joint` shares its end. */
static int settle_joined(Store *s, int64_t joint, const char *state, int64_t at, const char *error, Err *e) {
	Query *q = query_start(s->db, OUTBOX_JOINED, e);
	query_put_int(q, joint);
	query_put_text(q, state);
	query_put_when(q, strcmp(state, "sent") == 0 ? at : WHEN_NONE);
	query_put_text(q, error);
	Arena *a = arena_new();
	int r, rc = 0;
	while (rc == 0 && (r = query_next(q)) == 1) {
		int64_t id = query_get_int(q);
		Audit audit = {.at = at, .kind = state, .ref = query_get_text(q, a), .subject = id};
		rc = audit_append(s, &audit, e) < 0 || (strcmp(state, "sent") == 0 && drop_body(s, id, e) < 0) ? -1 : 0;
		if (rc < 0)
			query_end(q);
	}
	arena_free(a);
	return rc < 0 || r < 0 ? -1 : 0;
}

int store_outbox_sent(Store *s, int64_t id, int64_t at, Err *e) {
	Query *q = query_start(s->db, OUTBOX_SENT, e);
	query_put_int(q, id);
	query_put_int(q, at);
	if (settle(s, q, id, &at, "sent", e) < 0)
		return -1;
	return drop_body(s, id, e) < 0 ? -1 : settle_joined(s, id, "sent", at, "", e);
}

int store_outbox_retry(Store *s, int64_t id, int64_t due, const char *error, Err *e) {
	Query *q = query_start(s->db, OUTBOX_RETRY, e);
	query_put_int(q, id);
	query_put_int(q, due);
	query_put_text(q, error);
	return settle(s, q, id, &due, NULL, e);
}

/* The body stays: a person may want to see what could not be sent. */
int store_outbox_failed(Store *s, int64_t id, const char *error, Err *e) {
	Query *q = query_start(s->db, OUTBOX_FAILED, e);
	query_put_int(q, id);
	query_put_text(q, error);
	int64_t at = WHEN_NONE;
	if (settle(s, q, id, &at, "failed", e) < 0)
		return -1;
	return settle_joined(s, id, "failed", at, error, e);
}

static int walk(Query *q, bool (*each)(void *ctx, const OutboxRow *row), void *ctx) {
	Arena *a = arena_new();
	int r;
	while ((r = query_next(q)) == 1) {
		OutboxRow row;
		arena_reset(a);
		outbox_take(q, a, &row);
		if (!each(ctx, &row)) {
			query_end(q);
			break;
		}
	}
	arena_free(a);
	return r < 0 ? -1 : 0;
}

int store_outbox_each(Store *s, const char *state, bool (*each)(void *ctx, const OutboxRow *row),
                      void *ctx, Err *e) {
	Query *q = query_start(s->db, state && *state ? OUTBOX_STATE : OUTBOX_ALL, e);
	if (state && *state)
		query_put_text(q, state);
	return walk(q, each, ctx);
}

int store_outbox_failed_each(Store *s, int64_t since, bool (*each)(void *ctx, const OutboxRow *row), void *ctx, Err *e) {
	Query *q = query_start(s->db, OUTBOX_FAILED_SINCE, e);
	query_put_int(q, since);
	return walk(q, each, ctx);
}

int store_outbox_to(Store *s, Arena *a, const char *to, OutboxRow **rows, size_t *n, Err *e) {
	VEC(OutboxRow) all = {0};
	Query *q = query_start(s->db, OUTBOX_TO, e);
	query_put_text(q, to);
	int r;
	while ((r = query_next(q)) == 1)
		outbox_take(q, a, vec_push(&all));
	return ROWS_GIVE(a, &all, r, rows, n);
}

int store_outbox_next(Store *s, int64_t *due, Err *e) {
	int64_t joint;
	int waiting = query_int(query_start(s->db, OUTBOX_NEXT, e), due);
	int joins = waiting < 0 ? -1 : store_outbox_joint_next(s, "", &joint, e);
	if (joins > 0 && (waiting == 0 || joint < *due))
		*due = joint;
	return joins < 0 ? -1 : waiting > 0 || joins > 0;
}

int store_outbox_joint_due(Store *s, Arena *a, int64_t now, char **to, Err *e) {
	Query *q = query_start(s->db, OUTBOX_JOINT_DUE, e);
	query_put_int(q, now);
	int r = query_next(q);
	if (r == 1) {
		*to = query_get_text(q, a);
		query_end(q);
	}
	return r;
}

int store_outbox_joint_list(Store *s, Arena *a, const char *to, size_t max, OutboxRow **rows, size_t *n, Err *e) {
	VEC(OutboxRow) all = {0};
	Query *q = query_start(s->db, OUTBOX_JOINT_LIST, e);
	query_put_text(q, to);
	query_put_int(q, (int64_t)max);
	int r;
	while ((r = query_next(q)) == 1)
		outbox_take(q, a, vec_push(&all));
	return ROWS_GIVE(a, &all, r, rows, n);
}

int store_outbox_joint_next(Store *s, const char *to, int64_t *due, Err *e) {
	Query *q = query_start(s->db, OUTBOX_JOINT_NEXT, e);
	query_put_text(q, to);
	return query_int(q, due);
}

int store_outbox_join(Store *s, const char *message_id, int64_t joint, Err *e) {
	Query *q = query_start(s->db, OUTBOX_JOIN, e);
	query_put_text(q, message_id);
	query_put_int(q, joint);
	return query_run(q);
}

int store_outbox_alone(Store *s, const char *message_id, int64_t due, Err *e) {
	Query *q = query_start(s->db, OUTBOX_ALONE, e);
	query_put_text(q, message_id);
	query_put_int(q, due);
	return query_run(q);
}

int store_outbox_count_to(Store *s, const char *to, int64_t since, int64_t *n, Err *e) {
	Query *q = query_start(s->db, OUTBOX_COUNT_TO, e);
	query_put_text(q, to);
	query_put_int(q, since);
	return query_int(q, n) < 0 ? -1 : 0;
}

int store_outbox_tried(Store *s, int64_t id, const char *account, int64_t at, Err *e) {
	Query *q = query_start(s->db, OUTBOX_TRIED, e);
	query_put_int(q, id);
	query_put_text(q, account);
	query_put_int(q, at);
	return query_run(q);
}

int store_outbox_count_tried(Store *s, const char *account, int64_t after, int64_t *n, Err *e) {
	Query *q = query_start(s->db, OUTBOX_COUNT_TRIED, e);
	query_put_text(q, account);
	query_put_int(q, after);
	return query_int(q, n) < 0 ? -1 : 0;
}

static int one(Query *q, Arena *a, OutboxRow *out) {
	int r = query_next(q);
	if (r == 1) {
		outbox_take(q, a, out);
		query_end(q);
	}
	return r;
}

int store_outbox_find(Store *s, Arena *a, const char *message_id, OutboxRow *out, Err *e) {
	Query *q = query_start(s->db, OUTBOX_FIND, e);
	query_put_text(q, message_id);
	return one(q, a, out);
}

int store_outbox_last_to(Store *s, Arena *a, const char *to, const char *kind, OutboxRow *out, Err *e) {
	Query *q = query_start(s->db, OUTBOX_LAST_TO, e);
	query_put_text(q, to);
	query_put_text(q, kind);
	return one(q, a, out);
}
