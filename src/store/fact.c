/* Behind every stage: what must be remembered and may change: progress, marks, rules in force. */
#include "store/digest.h"
#include "store/inside.h"

int store_fact_get(Store *s, Arena *a, const char *key, char **value, Err *e) {
	Query *q = query_start(s->db, FACT_GET, e);
	query_put_text(q, key);
	int r = query_next(q);
	if (r == 1) {
		*value = query_get_text(q, a);
		query_end(q);
	}
	return r;
}

int store_fact_set(Store *s, const char *key, const char *value, Err *e) {
	Query *q = query_start(s->db, value ? FACT_SET : FACT_REMOVE, e);
	query_put_text(q, key);
	if (value)
		query_put_text(q, value);
	return query_run(q);
}

int store_fact_keep(Store *s, const char *key, const char *value, Err *e) {
	if (store_begin(s, e) < 0)
		return -1;
	if (store_fact_set(s, key, value, e) == 0)
		return store_commit(s, e);
	store_rollback(s);
	return -1;
}

int store_mailbox_get(Store *s, Arena *a, const char *mailbox, MailboxRow *out, Err *e) {
	Query *q = query_start(s->db, MAILBOX_GET, e);
	query_put_text(q, mailbox);
	int r = query_next(q);
	if (r == 1) {
		out->mailbox = query_get_text(q, a);
		out->uidvalidity = (uint32_t)query_get_int(q);
		out->last_uid = (uint32_t)query_get_int(q);
		query_end(q);
	}
	return r;
}

int store_mailbox_set(Store *s, const MailboxRow *m, Err *e) {
	Query *q = query_start(s->db, MAILBOX_SET, e);
	query_put_text(q, m->mailbox);
	query_put_int(q, m->uidvalidity);
	query_put_int(q, m->last_uid);
	return query_run(q);
}

int store_rules_add(Store *s, const char *hash, int64_t at, Err *e) {
	int64_t id;
	Query *q = query_start(s->db, RULES_ADD, e);
	query_put_text(q, hash);
	query_put_int(q, at);
	if (query_int(q, &id) < 0)
		return -1;
	return audit_append(s, &(Audit){.at = at, .kind = "rules", .ref = hash, .subject = id,
	                                .digest = digest_rules(hash, at)}, e);
}

int store_rules_get(Store *s, Arena *a, int64_t n, char **hash, int64_t *at, Err *e) {
	Query *q = query_start(s->db, VERIFY_RULES, e);
	query_put_int(q, n);
	int r = query_next(q);
	if (r == 1) {
		*hash = query_get_text(q, a);
		*at = query_get_int(q);
		query_end(q);
	}
	return r;
}

int store_rules_last(Store *s, Arena *a, char **hash, Err *e) {
	Query *q = query_start(s->db, RULES_LAST, e);
	int r = query_next(q);
	if (r == 1) {
		*hash = query_get_text(q, a);
		query_end(q);
	}
	return r;
}
