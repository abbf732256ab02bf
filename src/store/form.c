/* Forms that were seen: how the judge knows the same one again.  Equal means equal in the digest of the
 * normal forms, or in the keys of organisation and title. */
#include <stdio.h>
#include <string.h>

#include "store/inside.h"

char *form_ref(char out[48], int64_t seq, int form) {
	snprintf(out, 48, "%lld/%d", (long long)seq, form);
	return out;
}

/* Its sender is a personal value: only its salted digest stands in the audit. */
static int vouch(Store *s, const FormRow *f, Err *e) {
	Salt salt;
	int64_t decided;
	char ref[48], sender[HASH_HEX] = "";
	int r = head_salt(s, f->seq, &salt, &decided, e);
	if (r < 0)
		return -1;
	if (r)
		hash_hex(digest_form_sender(salt, f), sender);
	return audit_append(s, &(Audit){.at = r ? decided : f->received, .kind = "form",
	                                .ref = form_ref(ref, f->seq, f->form), .subject = f->seq, .detail = sender,
	                                .digest = digest_form(f)}, e);
}

int store_form_add(Store *s, const FormRow *f, Err *e) {
	Query *q = query_start(s->db, FORM_ADD, e);
	query_put_int(q, f->seq);
	query_put_int(q, f->form);
	query_put_hash(q, &f->print);
	query_put_text(q, f->sender);
	query_put_text(q, f->outcome);
	query_put_text(q, f->number);
	query_put_text(q, f->org_key);
	query_put_text(q, f->title_key);
	query_put_text(q, f->track);
	query_put_int(q, f->received);
	return query_run(q) < 0 ? -1 : vouch(s, f, e);
}

void form_take(Query *q, Arena *a, FormRow *f) {
	f->seq = query_get_int(q);
	f->form = (int)query_get_int(q);
	query_get_hash(q, &f->print);
	f->sender = query_get_text(q, a);
	f->outcome = query_get_text(q, a);
	f->number = query_get_text(q, a);
	f->org_key = query_get_text(q, a);
	f->title_key = query_get_text(q, a);
	f->track = query_get_text(q, a);
	f->received = query_get_int(q);
}

int store_form_same(Store *s, Arena *a, Hash print, FormRow *out, Err *e) {
	Query *q = query_start(s->db, FORM_SAME, e);
	query_put_hash(q, &print);
	int r = query_next(q);
	if (r != 1)
		return r;
	form_take(q, a, out);
	query_end(q);
	return 1;
}

int store_form_list(Store *s, Arena *a, int64_t seq, FormRow **rows, size_t *n, Err *e) {
	VEC(FormRow) all = {0};
	Query *q = query_start(s->db, FORM_LIST, e);
	query_put_int(q, seq);
	int r;
	while ((r = query_next(q)) == 1)
		form_take(q, a, vec_push(&all));
	return ROWS_GIVE(a, &all, r, rows, n);
}

int store_form_entered(Store *s, const FormRow *f, int64_t *n, Err *e) {
	Query *q = query_start(s->db, FORM_ENTERED, e);
	query_put_text(q, f->sender);
	query_put_int(q, f->seq);
	query_put_text(q, f->org_key);
	return query_int(q, n) < 0 ? -1 : 0;
}

int store_entry_same(Store *s, Arena *a, const char *org_key, const char *title_key, char **number,
                     char **sender, Err *e) {
	if (!org_key || !*org_key || !title_key || !*title_key)
		return 0; /* nothing to compare by: two nameless ones are not the same */
	Query *q = query_start(s->db, ENTRY_SAME, e);
	query_put_text(q, org_key);
	query_put_text(q, title_key);
	int r = query_next(q);
	if (r == 1) {
		*number = query_get_text(q, a);
		*sender = query_get_text(q, a);
		query_end(q);
	}
	return r;
}

int store_checked_list(Store *s, Arena *a, int64_t from, int64_t to, CheckedRow **rows, size_t *n, Err *e) {
	VEC(CheckedRow) all = {0};
	Query *q = query_start(s->db, CHECKED_LIST, e);
	query_put_int(q, from);
	query_put_int(q, to);
	int r;
	while ((r = query_next(q)) == 1) {
		CheckedRow *c = vec_push(&all);
		*c = (CheckedRow){.seq = query_get_int(q)};
		c->form = (int)query_get_int(q);
	}
	return ROWS_GIVE(a, &all, r, rows, n);
}

int store_checked_get(Store *s, Arena *a, int64_t seq, int form, CheckedRow *out, Err *e) {
	Query *q = query_start(s->db, CHECKED_GET, e);
	query_put_int(q, seq);
	query_put_int(q, form);
	int r = query_next(q);
	if (r != 1)
		return r;
	out->seq = query_get_int(q);
	out->form = (int)query_get_int(q);
	out->sender = query_get_text(q, a);
	out->track = query_get_text(q, a);
	out->received = query_get_int(q);
	out->title = query_get_text(q, a);
	out->org = query_get_text(q, a);
	out->subject = query_get_text(q, a);
	out->errors = query_get_int(q);
	query_end(q);
	return 1;
}
