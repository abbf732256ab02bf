/* Forms that were seen: how the judge knows the same one again.  Equal means equal in the digest of the
 * normal forms, or in the keys of organisation and title. */
#include <string.h>

#include "store/inside.h"

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
	return query_run(q);
}

int store_form_same(Store *s, Arena *a, Hash print, FormRow *out, Err *e) {
	Query *q = query_start(s->db, FORM_SAME, e);
	query_put_hash(q, &print);
	int r = query_next(q);
	if (r != 1)
		return r;
	out->seq = query_get_int(q);
	out->form = (int)query_get_int(q);
	query_get_hash(q, &out->print);
	out->sender = query_get_text(q, a);
	out->outcome = query_get_text(q, a);
	out->number = query_get_text(q, a);
	out->org_key = query_get_text(q, a);
	out->title_key = query_get_text(q, a);
	out->track = query_get_text(q, a);
	out->received = query_get_int(q);
	query_end(q);
	return 1;
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
