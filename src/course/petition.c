/* A wish that a person decides, from the judge to its record; and the contact that an approved change names.  The entry
 * itself is never touched: all of it stands beside. */
#include "course/petition.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "course/supplement.h"
#include "home/outbox.h"
#include "store/report.h"

#define SUBJECT_CHARS 200

const char *const petition_kind[PETITION_KINDS] = {"change", "withdraw", "object"};

Petition petition_of(const RecordRow *r) {
	Err ignored = {0};
	Petition p = {0};
	Json *j = json_parse(str_of(r->data), &ignored);
	(void)str_to_i64(str_of(r->who), 0, INT64_MAX, &p.seq);
	p.no = json_num(json_get(j, "no"), 0);
	p.stamp_missing = json_true(json_get(j, "stamp_missing"));
	json_free(j);
	return p;
}

static const char *data_of(Arena *a, int64_t no, bool stamp_missing) {
	Buf b = {0};
	JsonOut j = json_to(&b);
	json_object(&j, NULL);
	if (no)
		json_int(&j, "no", no);
	if (stamp_missing)
		json_bool(&j, "stamp_missing", true);
	json_end_object(&j);
	const char *text = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

/* The next number of an objection; that of the one that is completed. */
static int number_of(World *w, Arena *a, const Verdict *v, const char *who, int64_t *no, Err *e) {
	RecordRow *row;
	size_t n;
	*no = 0;
	if (strcmp(v->petition, "object"))
		return 0;
	if (store_record_list(w->store, a, "petition", "object", NULL, &row, &n, e) < 0)
		return -1;
	*no = (int64_t)n + 1;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(row[i].who, who))
			*no = petition_of(&row[i]).no;
	return 0;
}

int petition_enter(World *w, Arena *a, const MessageRow *m, const Report *r, const Verdict *v, Err *e) {
	int64_t seq = v->petition_of ? v->petition_of : m->seq, no;
	const char *who = arena_fmt(a, "%lld", (long long)seq);
	if (v->file_n && supplement_enter(w, a, m, r, v, e) < 0)
		return -1;
	if (number_of(w, a, v, who, &no, e) < 0)
		return -1;
	RecordRow row = {.kind = "petition", .round = v->petition, .ref = v->number, .who = who, .at = w->env->now,
	                 .state = "open", .data = data_of(a, no, v->stamp_missing), .by = r->from.addr, .addr = r->from.addr,
	                 .detail = text_cut(a, text_line(a, str_of(r->subject)), SUBJECT_CHARS)};
	EventRow ev = {.at = w->env->now, .event = arena_fmt(a, "asks-%s", v->petition), .by = r->from.addr, .detail = row.detail,
	               .state = ""};
	if (!v->petition_of && store_event_add(w->store, v->number, &ev, e) < 0)
		return -1;
	log_info("%s: %s asked for by %s", v->number, v->petition, text_mask(a, r->from.addr));
	return store_record_add(w->store, &row, e) < 0 ? -1 : store_todo_done(w->store, "read", m->seq, w->env->now, e);
}

static int by_message(const void *a, const void *b) {
	int64_t x = petition_of(a).seq, y = petition_of(b).seq;
	return (x > y) - (x < y);
}

int petition_open(World *w, Arena *a, RecordRow **rows, size_t *n, Err *e) {
	RecordRow *row;
	size_t all;
	*n = 0;
	if (store_record_lists(w->store, a, "petition", petition_kind, PETITION_KINDS, &row, &all, e) < 0)
		return -1;
	for (size_t i = 0; i < all; i++)
		if (!strcmp(row[i].state, "open"))
			row[(*n)++] = row[i];
	qsort(row, *n, sizeof *row, by_message);
	*rows = row;
	return 0;
}

/* ---- another contact */

static const char *contact_json(Arena *a, const char *name, const char *mobile, const char *email) {
	Buf b = {0};
	JsonOut j = json_to(&b);
	json_object(&j, NULL);
	json_text(&j, "contact", name);
	json_text(&j, "mobile", mobile);
	json_text(&j, "email", email);
	json_end_object(&j);
	const char *text = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

static int tell(World *w, Arena *a, const EntryRow *en, const char *to, const char *name, const char *now_name,
                const char *now_mail, bool is_new, int64_t version, Err *e) {
	Data *d = data_new(a);
	Address addr = {name, to};
	data_text(d, "number", en->number);
	data_text(d, "title", en->title);
	data_text(d, "org", en->org);
	data_text(d, "name", now_name);
	data_text(d, "mail", is_new ? now_mail : text_mask(a, now_mail));
	data_flag(d, "new", is_new);
	const char *key = arena_fmt(a, "contact %s %lld", en->number, (long long)version);
	return outbox_tell(w, a, &(OwnMail){.mail = "contact", .key = key, .data = d}, &addr, e);
}

int contact_change(World *w, Arena *a, const EntryRow *en, const char *name, const char *mobile, const char *email,
                   const char *by, Err *e) {
	RecordRow before;
	name = *name ? name : en->contact;
	mobile = *mobile ? mobile : en->mobile;
	email = *email ? email : en->email;
	EventRow ev = {.at = w->env->now, .event = "contact-changed", .by = by, .detail = "", .state = ""};
	RecordRow row = {.kind = "contact", .round = "", .ref = en->number, .who = "", .at = w->env->now, .state = "set",
	                 .data = "", .by = by, .addr = email, .detail = contact_json(a, name, mobile, email)};
	if (store_record_get(w->store, a, "contact", "", en->number, "", &before, e) < 0 ||
	    store_record_add(w->store, &row, e) < 0 || store_event_add(w->store, en->number, &ev, e) < 0)
		return -1;
	if (*en->email && strcmp(en->email, email) && mail_address_ok(en->email) &&
	    tell(w, a, en, en->email, en->contact, name, email, false, before.version, e) < 0)
		return -1;
	return mail_address_ok(email) ? tell(w, a, en, email, name, name, email, true, before.version, e) : 0;
}
