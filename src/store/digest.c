/* Behind every stage: what a row says, in bytes that can be made again.  Refuses to let two kinds of rows
 * look alike: each form begins with its name. */
#include "store/digest.h"

#include "base/record.h"

Salt salt_new(void) {
	Salt s;
	random_bytes(s.b, sizeof s.b);
	return s;
}

static void put_hash(Buf *b, Hash h) {
	rec_put_bytes(b, h.b, HASH_BYTES);
}

static void put_int(Buf *b, int64_t v) {
	rec_put_num(b, (uint64_t)v);
}

static Hash finish(Buf *b) {
	Hash h = hash_of(b->p, b->n);
	buf_free(b);
	return h;
}

static Buf begin(const char *kind) {
	Buf b = {0};
	rec_put_text(&b, kind);
	return b;
}

static Buf begin_salted(const char *kind, Salt salt) {
	Buf b = begin(kind);
	rec_put_bytes(&b, salt.b, sizeof salt.b);
	return b;
}

Hash digest_head(Salt salt, const OutcomeRow *o) {
	Buf b = begin_salted("head", salt);
	rec_put_text(&b, o->message_id);
	rec_put_text(&b, o->from_addr);
	rec_put_text(&b, o->from_name);
	rec_put_text(&b, o->subject);
	rec_put_text(&b, o->in_reply_to);
	rec_put_num(&b, o->problem_n);
	for (size_t i = 0; i < o->problem_n; i++) {
		const ProblemRow *p = &o->problem[i];
		put_int(&b, p->form);
		rec_put_text(&b, p->severity);
		rec_put_text(&b, p->where);
		rec_put_text(&b, p->field);
		rec_put_text(&b, p->sentence);
	}
	return finish(&b);
}

Hash digest_outcome(const MessageRow *m, const OutcomeRow *o, Hash personal) {
	Buf b = begin("outcome");
	put_int(&b, m->seq);
	rec_put_num(&b, m->archived);
	if (m->archived)
		put_hash(&b, m->sha256);
	rec_put_num(&b, m->bytes);
	put_int(&b, m->received);
	rec_put_text(&b, m->source);
	rec_put_text(&b, o->outcome);
	rec_put_text(&b, o->detail);
	put_int(&b, o->decided);
	put_hash(&b, o->content);
	rec_put_text(&b, o->rules);
	put_hash(&b, personal);
	return finish(&b);
}

Hash digest_entry_personal(Salt salt, const EntryRow *en, const FieldRow *f, size_t fn) {
	Buf b = begin_salted("entry_personal", salt);
	rec_put_text(&b, en->sender);
	rec_put_text(&b, en->contact);
	rec_put_text(&b, en->mobile);
	rec_put_text(&b, en->email);
	for (size_t i = 0; i < fn; i++)
		if (f[i].personal) {
			rec_put_num(&b, i);
			rec_put_text(&b, f[i].value);
		}
	return finish(&b);
}

static void put_entry(Buf *b, const EntryRow *en) {
	rec_put_text(b, en->number);
	rec_put_text(b, en->track);
	put_int(b, en->track_seq);
	put_int(b, en->seq);
	put_int(b, en->form);
	put_int(b, en->received);
	put_int(b, en->accepted);
	rec_put_text(b, en->title);
	rec_put_text(b, en->org);
	rec_put_text(b, en->uscc);
	rec_put_text(b, en->org_kind);
	rec_put_text(b, en->province);
	rec_put_text(b, en->edition);
	rec_put_text(b, en->form_version);
	rec_put_text(b, en->token);
	rec_put_text(b, en->folder);
}

static void put_file(Buf *b, const FileRow *f) {
	rec_put_text(b, f->name);
	rec_put_text(b, f->type);
	rec_put_num(b, f->bytes);
	put_hash(b, f->sha256);
	rec_put_text(b, f->path);
	rec_put_text(b, f->role);
	put_int(b, f->seq);
	put_int(b, f->part);
}

Hash digest_entry(const EntryRow *en, const FieldRow *f, size_t fn, const FileRow *file, size_t file_n,
                  Hash personal) {
	Buf b = begin("entry");
	put_entry(&b, en);
	rec_put_num(&b, fn);
	for (size_t i = 0; i < fn; i++) {
		rec_put_text(&b, f[i].key);
		put_int(&b, f[i].row);
		rec_put_text(&b, f[i].personal ? "" : f[i].value);
		rec_put_num(&b, f[i].personal);
	}
	rec_put_num(&b, file_n);
	for (size_t i = 0; i < file_n; i++)
		put_file(&b, &file[i]);
	put_hash(&b, personal);
	return finish(&b);
}

Hash digest_supplement(const char *number, const FileRow *file, size_t n) {
	Buf b = begin("supplement");
	rec_put_text(&b, number);
	rec_put_num(&b, n);
	for (size_t i = 0; i < n; i++)
		put_file(&b, &file[i]);
	return finish(&b);
}

Hash digest_form(const FormRow *f) {
	Buf b = begin("form");
	put_int(&b, f->seq);
	put_int(&b, f->form);
	put_hash(&b, f->print);
	rec_put_text(&b, f->outcome);
	rec_put_text(&b, f->number);
	rec_put_text(&b, f->org_key);
	rec_put_text(&b, f->title_key);
	rec_put_text(&b, f->track);
	put_int(&b, f->received);
	return finish(&b);
}

Hash digest_form_sender(Salt salt, const FormRow *f) {
	Buf b = begin_salted("form_sender", salt);
	rec_put_text(&b, f->sender);
	return finish(&b);
}

Hash digest_said(Salt salt, const SaidRow *d) {
	Buf b = begin_salted("said", salt);
	put_int(&b, d->seq);
	put_int(&b, d->form);
	rec_put_text(&b, d->title);
	rec_put_text(&b, d->org);
	rec_put_text(&b, d->contact);
	rec_put_text(&b, d->mobile);
	rec_put_text(&b, d->email);
	rec_put_text(&b, d->reason);
	return finish(&b);
}

Hash digest_event_personal(Salt salt, const EventRow *ev) {
	Buf b = begin_salted("event_personal", salt);
	rec_put_text(&b, ev->by);
	rec_put_text(&b, ev->detail);
	return finish(&b);
}

Hash digest_event(const char *number, const EventRow *ev, Hash personal) {
	Buf b = begin("event");
	rec_put_text(&b, number);
	put_int(&b, ev->at);
	rec_put_text(&b, ev->event);
	rec_put_text(&b, ev->state);
	put_hash(&b, personal);
	return finish(&b);
}

Hash digest_ruling_personal(Salt salt, const RulingRow *r) {
	Buf b = begin_salted("ruling_personal", salt);
	rec_put_text(&b, r->by);
	rec_put_text(&b, r->reason);
	return finish(&b);
}

Hash digest_ruling(const RulingRow *r, Hash personal) {
	Buf b = begin("ruling");
	put_int(&b, r->seq);
	put_int(&b, r->at);
	rec_put_text(&b, r->kind);
	rec_put_text(&b, r->decision);
	put_hash(&b, personal);
	return finish(&b);
}

Hash digest_record_personal(Salt salt, const RecordRow *r) {
	Buf b = begin_salted("record_personal", salt);
	rec_put_text(&b, r->by);
	rec_put_text(&b, r->addr);
	rec_put_text(&b, r->detail);
	return finish(&b);
}

Hash digest_record(const RecordRow *r, Hash personal) {
	Buf b = begin("record");
	rec_put_text(&b, r->kind);
	rec_put_text(&b, r->round);
	rec_put_text(&b, r->ref);
	rec_put_text(&b, r->who);
	put_int(&b, r->at);
	rec_put_text(&b, r->state);
	rec_put_text(&b, r->data);
	put_hash(&b, personal);
	return finish(&b);
}

Hash digest_outbox_personal(Salt salt, const OutboxRow *o) {
	Buf b = begin_salted("outbox_personal", salt);
	rec_put_text(&b, o->to);
	rec_put_text(&b, o->subject);
	return finish(&b);
}

/* Only what never changes of a mail; what became of it has audit rows of its own. */
Hash digest_outbox(const OutboxRow *o, Hash body, Hash personal) {
	Buf b = begin("outbox");
	rec_put_text(&b, o->kind);
	put_int(&b, o->seq);
	rec_put_text(&b, o->message_id);
	put_int(&b, o->created);
	rec_put_text(&b, o->from_domain);
	put_hash(&b, body);
	put_hash(&b, personal);
	return finish(&b);
}

Hash digest_paper(const PaperRow *p) {
	Buf b = begin("paper");
	rec_put_text(&b, p->kind);
	put_int(&b, p->version);
	put_int(&b, p->at);
	put_hash(&b, p->sha256);
	return finish(&b);
}

/* As it came: what was decided on it has a digest of its own. */
Hash digest_objection(const ObjectionRow *o) {
	Buf b = begin("objection");
	put_int(&b, o->seq);
	put_int(&b, o->at);
	rec_put_text(&b, o->number);
	return finish(&b);
}

Hash digest_objection_personal(Salt salt, const ObjectionRow *o) {
	Buf b = begin_salted("objection_personal", salt);
	rec_put_text(&b, o->by);
	rec_put_text(&b, o->reason);
	return finish(&b);
}

Hash digest_objection_end(const ObjectionRow *o, Hash personal) {
	Buf b = begin("objection_end");
	put_int(&b, o->ended);
	rec_put_text(&b, o->number);
	rec_put_text(&b, o->decision);
	put_hash(&b, personal);
	return finish(&b);
}

Hash digest_rules(const char *hash, int64_t at) {
	Buf b = begin("rules");
	rec_put_text(&b, hash);
	put_int(&b, at);
	return finish(&b);
}
