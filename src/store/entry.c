/* An accepted entry, its values and files: final from the moment they are committed.  Personal values go to
 * tables of their own, and into the audit chain only as a salted digest. */
#include <string.h>

#include "base/json.h"
#include "store/digest.h"
#include "store/inside.h"

int store_next_track_seq(Store *s, const char *track, int64_t *out, Err *e) {
	int64_t last = 0;
	Query *q = query_start(s->db, ENTRY_NEXT, e);
	query_put_text(q, track);
	int r = query_int(q, &last);
	*out = last + 1;
	return r < 0 ? -1 : 0;
}

int store_numbers_after(Store *s, int64_t id, bool (*each)(void *ctx, const NumberRow *row), void *ctx, Err *e) {
	Arena *a = arena_new();
	Query *q = query_start(s->db, ENTRY_AFTER, e);
	query_put_int(q, id);
	int r;
	while ((r = query_next(q)) == 1) {
		NumberRow row;
		row.id = query_get_int(q);
		row.seq = query_get_int(q);
		row.form = (int)query_get_int(q);
		row.track = query_get_text(q, a);
		row.track_seq = query_get_int(q);
		row.own = query_get_int(q);
		if (!each(ctx, &row)) {
			query_end(q);
			break;
		}
		arena_reset(a);
	}
	arena_free(a);
	return r < 0 ? -1 : 0;
}

static int add_row(Store *s, const EntryRow *en, Hash personal, int64_t *id, Err *e) {
	Query *q = query_start(s->db, ENTRY_ADD, e);
	query_put_text(q, en->number);
	query_put_text(q, en->track);
	query_put_int(q, en->track_seq);
	query_put_int(q, en->seq);
	query_put_int(q, en->form);
	query_put_int(q, en->received);
	query_put_int(q, en->accepted);
	query_put_text(q, en->title);
	query_put_text(q, en->org);
	query_put_text(q, en->uscc);
	query_put_text(q, en->org_kind);
	query_put_text(q, en->province);
	query_put_text(q, en->edition);
	query_put_text(q, en->form_version);
	query_put_text(q, en->token);
	query_put_text(q, en->folder);
	query_put_hash(q, &personal);
	return query_int(q, id) < 0 ? -1 : 0;
}

static int add_personal(Store *s, const EntryRow *en, Salt salt, int64_t id, Err *e) {
	Query *q = query_start(s->db, ENTRY_PERSONAL_ADD, e);
	query_put_int(q, id);
	query_put_blob(q, salt.b, sizeof salt.b);
	query_put_text(q, en->sender);
	query_put_text(q, en->contact);
	query_put_text(q, en->mobile);
	query_put_text(q, en->email);
	return query_run(q);
}

/* Plain values as JSON, and the personal ones apart. */
static void write_answers(const FieldRow *f, size_t n, Buf *plain, Buf *personal) {
	JsonOut j = json_to(plain), p = json_to(personal);
	json_array(&j, NULL);
	json_array(&p, NULL);
	for (size_t i = 0; i < n; i++) {
		json_array(&j, NULL);
		json_text(&j, NULL, f[i].key);
		json_int(&j, NULL, f[i].row);
		json_text(&j, NULL, f[i].personal ? NULL : f[i].value);
		json_end_array(&j);
		if (f[i].personal)
			json_text(&p, NULL, f[i].value);
	}
	json_end_array(&j);
	json_end_array(&p);
}

static int add_json(Store *s, Statement id, int64_t entry, Buf *json, Err *e) {
	Query *q = query_start(s->db, id, e);
	query_put_int(q, entry);
	query_put_text(q, buf_cstr(json));
	return query_run(q);
}

static int add_answers(Store *s, int64_t entry, const FieldRow *f, size_t n, Err *e) {
	Buf plain = {0}, personal = {0};
	write_answers(f, n, &plain, &personal);
	int r = add_json(s, ANSWERS_ADD, entry, &plain, e);
	if (r == 0)
		r = add_json(s, ANSWERS_PERSONAL_ADD, entry, &personal, e);
	buf_free(&plain);
	buf_free(&personal);
	return r;
}

static int add_file(Store *s, int64_t id, int64_t n, const FileRow *f, Err *e) {
	Query *q = query_start(s->db, FILE_ADD, e);
	query_put_int(q, id);
	query_put_int(q, n);
	file_put(q, f);
	return query_run(q);
}

static int add_filing(Store *s, int64_t id, Err *e) {
	Query *q = query_start(s->db, FILING_ADD, e);
	query_put_int(q, id);
	return query_run(q);
}

int store_entry_add(Store *s, const EntryRow *en, const FieldRow *f, size_t fn, const FileRow *file,
                    size_t file_n, Err *e) {
	Salt salt = salt_new();
	Hash personal = digest_entry_personal(salt, en, f, fn);
	int64_t id;
	if (add_row(s, en, personal, &id, e) < 0 || add_personal(s, en, salt, id, e) < 0)
		return -1;
	if (add_answers(s, id, f, fn, e) < 0)
		return -1;
	for (size_t i = 0; i < file_n; i++)
		if (add_file(s, id, (int64_t)i, &file[i], e) < 0)
			return -1;
	if (add_filing(s, id, e) < 0 ||
	    audit_append(s, &(Audit){.at = en->accepted, .kind = "entry", .ref = en->number, .subject = id,
	                             .digest = digest_entry(en, f, fn, file, file_n, personal)}, e) < 0)
		return -1;
	EventRow first = {.at = en->accepted, .event = "accepted", .by = "robot", .state = "accepted"};
	return event_append(s, id, en->number, &first, NULL, e);
}

void entry_take(Query *q, Arena *a, EntryRow *en) {
	en->number = query_get_text(q, a);
	en->track = query_get_text(q, a);
	en->track_seq = query_get_int(q);
	en->seq = query_get_int(q);
	en->form = (int)query_get_int(q);
	en->received = query_get_int(q);
	en->accepted = query_get_int(q);
	en->sender = query_get_text(q, a);
	en->title = query_get_text(q, a);
	en->org = query_get_text(q, a);
	en->uscc = query_get_text(q, a);
	en->org_kind = query_get_text(q, a);
	en->province = query_get_text(q, a);
	en->contact = query_get_text(q, a);
	en->mobile = query_get_text(q, a);
	en->email = query_get_text(q, a);
	en->state = query_get_text(q, a);
	en->edition = query_get_text(q, a);
	en->form_version = query_get_text(q, a);
	en->token = query_get_text(q, a);
	en->folder = query_get_text(q, a);
}

int store_entry_get(Store *s, Arena *a, const char *number, EntryRow *out, Err *e) {
	Query *q = query_start(s->db, ENTRY_GET, e);
	query_put_text(q, number);
	int r = query_next(q);
	if (r == 1) {
		entry_take(q, a, out);
		query_end(q);
	}
	return r;
}

/* Its key; an unknown number has 0, and so no rows anywhere. */
int entry_id(Store *s, const char *number, int64_t *id, Err *e) {
	*id = 0;
	Query *q = query_start(s->db, ENTRY_ID, e);
	query_put_text(q, number);
	return query_int(q, id);
}

int store_entry_addresses(Store *s, Arena *a, const char *number, char ***addr, size_t *n, Err *e) {
	VEC(char *) all = {0};
	int64_t id;
	if (entry_id(s, number, &id, e) < 0)
		return -1;
	Query *q = query_start(s->db, ENTRY_ADDRESSES, e);
	query_put_int(q, id);
	query_put_text(q, number);
	int r;
	while ((r = query_next(q)) == 1)
		*vec_push(&all) = query_get_text(q, a);
	return ROWS_GIVE(a, &all, r, addr, n);
}

/* Values that were purged come out empty. */
static void read_answers(Arena *a, const Json *plain, const Json *personal, FieldRow *rows, size_t n) {
	size_t hidden = 0;
	for (size_t i = 0; i < n; i++) {
		const Json *one = json_at(plain, i), *value = json_at(one, 2);
		rows[i].personal = json_is_null(value);
		rows[i].key = arena_str(a, json_str(json_at(one, 0), ""));
		rows[i].row = json_num(json_at(one, 1), 0);
		rows[i].value = arena_str(a, json_str(rows[i].personal ? json_at(personal, hidden++) : value, ""));
	}
}

int field_list(Store *s, Arena *a, int64_t entry, FieldRow **rows, size_t *n, Err *e) {
	*rows = NULL;
	*n = 0;
	Query *q = query_start(s->db, ANSWERS_GET, e);
	query_put_int(q, entry);
	int r = query_next(q);
	if (r <= 0)
		return r;
	const char *text = query_get_text(q, a), *hidden = query_get_text(q, a);
	query_end(q);
	/* What somebody spoilt reads as no values: the digest in the audit chain tells. */
	Json *plain = json_parse(str_of(text), NULL), *personal = plain ? json_parse(str_of(hidden), NULL) : NULL;
	if (personal) {
		*n = json_len(plain);
		*rows = arena_array(a, *n + 1, sizeof **rows);
		read_answers(a, plain, personal, *rows, *n);
	}
	json_free(plain);
	json_free(personal);
	return 0;
}

void file_put(Query *q, const FileRow *f) {
	query_put_text(q, f->name);
	query_put_text(q, f->type);
	query_put_int(q, (int64_t)f->bytes);
	query_put_hash(q, &f->sha256);
	query_put_text(q, f->path);
	query_put_text(q, f->role);
	query_put_int(q, f->seq);
	query_put_int(q, f->part);
}

int file_rows(Store *s, Arena *a, int64_t entry, FileRow **rows, size_t *n, Err *e) {
	return file_rows_by(s, a, FILE_LIST, entry, rows, n, e);
}

int file_rows_by(Store *s, Arena *a, Statement id, int64_t key, FileRow **rows, size_t *n, Err *e) {
	VEC(FileRow) all = {0};
	Query *q = query_start(s->db, id, e);
	query_put_int(q, key);
	int r;
	while ((r = query_next(q)) == 1) {
		FileRow *f = vec_push(&all);
		f->name = query_get_text(q, a);
		f->type = query_get_text(q, a);
		f->bytes = (uint64_t)query_get_int(q);
		query_get_hash(q, &f->sha256);
		f->path = query_get_text(q, a);
		f->role = query_get_text(q, a);
		f->seq = query_get_int(q);
		f->part = (int)query_get_int(q);
	}
	return ROWS_GIVE(a, &all, r, rows, n);
}

int store_entry_fields(Store *s, Arena *a, const char *number, FieldRow **f, size_t *n, Err *e) {
	int64_t id;
	return entry_id(s, number, &id, e) < 0 ? -1 : field_list(s, a, id, f, n, e);
}

int store_entry_files(Store *s, Arena *a, const char *number, FileRow **f, size_t *n, Err *e) {
	int64_t id;
	return entry_id(s, number, &id, e) < 0 ? -1 : file_rows(s, a, id, f, n, e);
}

int store_filing_pending(Store *s, Arena *a, char ***numbers, size_t *n, Err *e) {
	VEC(char *) all = {0};
	Query *q = query_start(s->db, FILING_PENDING, e);
	int r;
	while ((r = query_next(q)) == 1)
		*vec_push(&all) = query_get_text(q, a);
	return ROWS_GIVE(a, &all, r, numbers, n);
}

int store_filing_all(Store *s, Err *e) {
	return query_run(query_start(s->db, FILING_ALL, e)) < 0
	           ? -1
	           : query_run(query_start(s->db, SUPPLEMENT_FILING_ALL, e));
}

int store_filing_done(Store *s, const char *number, Err *e) {
	Query *q = query_start(s->db, FILING_DONE, e);
	query_put_text(q, number);
	return query_run(q);
}
