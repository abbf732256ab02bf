/* Behind the notices: what they are made from, how they stand, which codes were handed out.  Refuses to prepare the same
 * thing twice; of what is shown to the secretariat only the digest stays. */
#include "store/notice.h"

#include <stdio.h>
#include <string.h>

#include "base/when.h"
#include "store/inside.h"

static void notice_take(Query *q, Arena *a, NoticeRow *n) {
	n->id = query_get_int(q);
	n->key = query_get_text(q, a);
	n->title = query_get_text(q, a);
	n->made = query_get_int(q);
	n->until = query_get_int(q);
	n->shared = query_get_text(q, a);
	n->state = query_get_text(q, a);
	n->round = query_get_int(q);
	n->shown = query_get_int(q);
	n->mails = query_get_int(q);
	query_get_hash(q, &n->digest);
}

int store_notice_add(Store *s, const NoticeRow *n, int64_t *id, Err *e) {
	Query *q = query_start(s->db, NOTICE_ADD, e);
	query_put_text(q, n->key);
	query_put_text(q, n->title);
	query_put_int(q, n->made);
	query_put_int(q, n->until);
	query_put_text(q, n->shared);
	query_put_text(q, n->state);
	return query_int(q, id) < 0 ? -1 : 0;
}

static int one(Query *q, Arena *a, NoticeRow *out) {
	int r = query_next(q);
	if (r == 1) {
		notice_take(q, a, out);
		query_end(q);
	}
	return r;
}

int store_notice_find(Store *s, Arena *a, const char *key, NoticeRow *out, Err *e) {
	Query *q = query_start(s->db, NOTICE_FIND, e);
	query_put_text(q, key);
	return one(q, a, out);
}

int store_notice_get(Store *s, Arena *a, int64_t id, NoticeRow *out, Err *e) {
	Query *q = query_start(s->db, NOTICE_GET, e);
	query_put_int(q, id);
	return one(q, a, out);
}

int store_notice_held(Store *s, Arena *a, NoticeRow **rows, size_t *n, Err *e) {
	VEC(NoticeRow) all = {0};
	Query *q = query_start(s->db, NOTICE_HELD, e);
	int r;
	while ((r = query_next(q)) == 1)
		notice_take(q, a, vec_push(&all));
	return ROWS_GIVE(a, &all, r, rows, n);
}

int store_notice_set(Store *s, const NoticeRow *n, int64_t at, const char *by, Err *e) {
	char detail[128];
	Query *q = query_start(s->db, NOTICE_SET, e);
	query_put_int(q, n->id);
	query_put_text(q, n->state);
	query_put_int(q, n->round);
	query_put_int(q, n->shown);
	query_put_int(q, n->mails);
	query_put_hash(q, &n->digest);
	if (query_run(q) < 0)
		return -1;
	snprintf(detail, sizeof detail, "%s by %s, round %lld, %lld mails", n->state,
	         strchr(by, '@') ? "the secretariat" : by, (long long)n->round,
	         (long long)n->mails);
	return audit_append(s, &(Audit){.at = at, .kind = "notice", .ref = n->key, .detail = detail, .digest = n->digest}, e);
}

int store_notice_item_add(Store *s, int64_t id, int64_t n, const NoticeItemRow *item, Err *e) {
	Query *q = query_start(s->db, NOTICE_ITEM_ADD, e);
	query_put_int(q, id);
	query_put_int(q, n);
	query_put_text(q, item->mail);
	query_put_text(q, item->number);
	query_put_int(q, item->events);
	query_put_text(q, item->recipients);
	query_put_text(q, item->says);
	query_put_text(q, item->apart);
	return query_run(q);
}

int store_notice_items(Store *s, Arena *a, int64_t id, NoticeItemRow **rows, size_t *n, Err *e) {
	VEC(NoticeItemRow) all = {0};
	Query *q = query_start(s->db, NOTICE_ITEMS, e);
	query_put_int(q, id);
	int r;
	while ((r = query_next(q)) == 1) {
		NoticeItemRow *item = vec_push(&all);
		item->mail = query_get_text(q, a);
		item->number = query_get_text(q, a);
		item->events = query_get_int(q);
		item->recipients = query_get_text(q, a);
		item->says = query_get_text(q, a);
		item->apart = query_get_text(q, a);
	}
	return ROWS_GIVE(a, &all, r, rows, n);
}

int store_notice_file_add(Store *s, int64_t id, int64_t n, int64_t k, const NoticeFileRow *f, Err *e) {
	Query *q = query_start(s->db, NOTICE_FILE_ADD, e);
	query_put_int(q, id);
	query_put_int(q, n);
	query_put_int(q, k);
	query_put_text(q, f->name);
	query_put_text(q, f->media);
	query_put_blob(q, f->bytes.p, f->bytes.n);
	return query_run(q);
}

int store_notice_files(Store *s, Arena *a, int64_t id, int64_t n, NoticeFileRow **rows, size_t *count, Err *e) {
	VEC(NoticeFileRow) all = {0};
	Query *q = query_start(s->db, NOTICE_FILES, e);
	query_put_int(q, id);
	query_put_int(q, n);
	int r;
	while ((r = query_next(q)) == 1) {
		NoticeFileRow *f = vec_push(&all);
		f->name = query_get_text(q, a);
		f->media = query_get_text(q, a);
		Str bytes = query_get_blob(q);
		f->bytes = (Str){arena_copy(a, bytes.p, bytes.n), bytes.n};
	}
	return ROWS_GIVE(a, &all, r, rows, count);
}

int store_notice_mail_add(Store *s, int64_t id, int64_t n, const OutboxRow *o, Err *e) {
	Query *q = query_start(s->db, NOTICE_MAIL_ADD, e);
	query_put_int(q, id);
	query_put_int(q, n);
	query_put_text(q, o->kind);
	query_put_text(q, o->to);
	query_put_text(q, o->subject);
	query_put_text(q, o->message_id);
	return query_run(q);
}

int store_notice_mails_clear(Store *s, int64_t id, Err *e) {
	Query *q = query_start(s->db, NOTICE_MAILS_CLEAR, e);
	query_put_int(q, id);
	return query_run(q);
}

int store_notice_mail_each(Store *s, bool (*each)(void *ctx, const OutboxRow *row), void *ctx, Err *e) {
	Query *q = query_start(s->db, NOTICE_MAILS, e);
	Arena *a = arena_new();
	int r;
	while ((r = query_next(q)) == 1) {
		arena_reset(a);
		OutboxRow row = {.state = "held", .error = "", .sent = WHEN_NONE, .from_domain = ""};
		row.kind = query_get_text(q, a);
		row.to = query_get_text(q, a);
		row.subject = query_get_text(q, a);
		row.message_id = query_get_text(q, a);
		row.created = row.due = query_get_int(q);
		if (!each(ctx, &row)) {
			query_end(q);
			break;
		}
	}
	arena_free(a);
	return r < 0 ? -1 : 0;
}

int store_notice_code_add(Store *s, const char *code, int64_t id, int64_t round, Err *e) {
	Query *q = query_start(s->db, NOTICE_CODE_ADD, e);
	query_put_text(q, code);
	query_put_int(q, id);
	query_put_int(q, round);
	return query_run(q);
}

int store_notice_code(Store *s, const char *code, int64_t *id, int64_t *round, Err *e) {
	Query *q = query_start(s->db, NOTICE_CODE, e);
	query_put_text(q, code);
	int r = query_next(q);
	if (r == 1) {
		*id = query_get_int(q);
		*round = query_get_int(q);
		query_end(q);
	}
	return r;
}

/* ---- whom it may concern */

int store_address_bounced(Store *s, const char *address, Err *e) {
	int64_t bounced = 0;
	Query *q = query_start(s->db, ADDRESS_BOUNCED, e);
	query_put_text(q, address);
	int r = query_int(q, &bounced);
	return r < 0 ? -1 : r && bounced;
}

static int persons(Query *q, Arena *a, PersonRow **rows, size_t *n) {
	VEC(PersonRow) all = {0};
	int r;
	while ((r = query_next(q)) == 1) {
		PersonRow *p = vec_push(&all);
		p->addr = query_get_text(q, a);
		p->name = query_get_text(q, a);
	}
	return ROWS_GIVE(a, &all, r, rows, n);
}

int store_asked_list(Store *s, Arena *a, PersonRow **rows, size_t *n, Err *e) {
	return persons(query_start(s->db, ASKED_LIST, e), a, rows, n);
}

int store_early_list(Store *s, Arena *a, int64_t before, PersonRow **rows, size_t *n, Err *e) {
	Query *q = query_start(s->db, EARLY_LIST, e);
	query_put_int(q, before);
	return persons(q, a, rows, n);
}

int store_rules_first(Store *s, int64_t *at, Err *e) {
	return query_int(query_start(s->db, RULES_FIRST, e), at);
}
