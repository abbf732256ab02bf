/* The last stage but sending: a verdict becomes the mails that answer it.  It chooses
 * whom to write to and what stands in the head; what stands in the mail is filled in by
 * reply_*.c.  It refuses to write to ourselves, to robots, and to what is no address. */
#include "post/reply.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "post/kinds.h"
#include "post/reply_inner.h"
#include "rules/values.h"

#define ID_HEX 32    /* digits of a Message-ID of ours */
#define ID_MAX 250   /* bytes of a foreign id that we repeat */

static const struct {
	const char *mail;
	int (*fill)(Reply *r, Err *e);
} fills[] = {
	{"receipt", reply_receipt},
	{"duplicate", reply_duplicate},
	{"late", reply_late},
	{"not_eligible", reply_not_eligible},
	{"faults", reply_mending},
	{"precheck", reply_precheck},
	{"several", reply_several},
	{"near_miss", reply_near_miss},
	{"forms", reply_forms},
	{"help", reply_help},
	{"progress", reply_progress},
	{"unrecognised", reply_plain},
	{"too_large", reply_plain},
	{"supplement", reply_plain},
	{"late_files", reply_plain},
	{"change", reply_plain},
	{"move", reply_plain},
	{"objection", reply_plain},
};

/* ---- whom */

bool reply_may_write(const Reply *r, const char *addr) {
	const MailConf *m = &r->w->rules->mail;

	if (addr == NULL || !mail_address_sendable(addr) || strcasecmp(addr, m->robot.addr) == 0)
		return false;
	if (m->fetch.user != NULL && strcasecmp(addr, m->fetch.user) == 0)
		return false;
	for (size_t i = 0; i < m->send_n; i++)
		if (m->send[i].user != NULL && strcasecmp(addr, m->send[i].user) == 0)
			return false;
	return true;
}

/* Reply-To when one can write there, else From; our own From is our own mail come back. */
static bool recipient(Reply *r) {
	const Report *m = r->f->report;

	if (m->from.addr != NULL && strcasecmp(m->from.addr, r->w->rules->mail.robot.addr) == 0)
		return false;
	const MailAddr *to = reply_may_write(r, m->reply_to.addr) ? &m->reply_to : &m->from;
	if (r->v->forwarded)
		to = &r->v->sender;
	r->to = to->addr;
	r->to_name = to->name;
	return reply_may_write(r, to->addr);
}

static bool answered(const Verdict *v) {
	switch (v->outcome) {
	case OUTCOME_AUTO_REPLY:
	case OUTCOME_BOUNCE:
	case OUTCOME_BULK:
	case OUTCOME_LOOP:
		return false;
	default:
		return v->reply != NULL && !v->redelivery && !v->suppress_reply;
	}
}

/* An entry was filed whose sender must not be answered: its contact is told all the same. */
static bool only_confirmed(const Verdict *v) {
	return v->outcome == OUTCOME_ACCEPTED && v->suppress_reply && !v->redelivery;
}

/* ---- heads */

/* An id fit to be repeated in a header of ours. */
static bool id_ok(Str id) {
	for (size_t i = 0; i < id.n; i++)
		if ((uint8_t)id.p[i] <= ' ' || (uint8_t)id.p[i] >= 0x7F || id.p[i] == '<' || id.p[i] == '>')
			return false;
	return id.n > 0 && id.n <= ID_MAX;
}

/* The last ids of the thread, then the one answered. */
static const char *references(Arena *a, const char *before, const char *id) {
	Str keep[REPLY_REFERENCES], rest = str_of(before), one;
	size_t n = 0;
	Buf b = {0};

	while (str_next(&rest, ' ', &one)) {
		if (!id_ok(one) || str_is(one, id))
			continue;
		if (n == REPLY_REFERENCES)
			memmove(keep, keep + 1, --n * sizeof *keep);
		keep[n++] = one;
	}
	for (size_t i = 0; i < n; i++) {
		buf_slice(&b, keep[i]);
		buf_char(&b, ' ');
	}
	buf_str(&b, id);
	const char *out = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return out;
}

/* The same for the same answer to the same message to the same person, whenever made. */
static const char *message_id(const Reply *r, const char *mail, const char *to) {
	const Rules *rules = r->w->rules;
	const char *at = strrchr(rules->mail.robot.addr, '@');
	const char *all = arena_fmt(r->a, "%s|%s|%s|%s", rules->edition, r->key, mail, text_lower(r->a, to));

	return arena_fmt(r->a, "%.*s@%s", ID_HEX, hash_text(r->a, hash_of(all, strlen(all))),
	                 at != NULL && at[1] != '\0' ? at + 1 : "localhost");
}

int reply_finish(Reply *r, const char *mail, const char *to, const char *to_name, bool notice, Err *e) {
	const MailKind *k = kind_find(mail);
	const MailConf *conf = &r->w->rules->mail;
	Buf subject = {0}, text = {0}, html = {0}, bytes = {0};
	int rc = template_render(r->w->templates, mail, r->d, &subject, &text, &html, e);

	if (rc == 0) {
		Outgoing *o = vec_push(&r->out);
		*o = (Outgoing){.kind = k->name, .priority = k->priority, .until = r->until,
		                .to_addr = arena_str(r->a, to),
		                .to_name = reply_short(r, to_name, REPLY_WHO_CHARS),
		                .subject = text_line(r->a, buf_view(&subject)), .message_id = message_id(r, mail, to)};
		Mail m = {.from_name = conf->robot.name, .from_addr = conf->robot.addr,
		          .to_name = o->to_name, .to_addr = o->to_addr, .reply_to = r->reply_to, .subject = o->subject,
		          .message_id = o->message_id, .in_reply_to = r->in_reply_to,
		          .references = r->references,
		          .auto_submitted = notice ? "auto-generated" : "auto-replied",
		          .mark = arena_fmt(r->a, "%s %s", r->w->rules->edition, k->name), .date = r->w->now,
		          .text = buf_cstr(&text), .html = buf_cstr(&html), .attachment = r->att.v,
		          .attachment_n = r->att.n};
		compose_mail(&bytes, &m);
		o->bytes = buf_give(&bytes, r->a);
	}
	buf_free(&subject);
	buf_free(&text);
	buf_free(&html);
	return rc;
}

void reply_attach(Reply *r, const Attachment *att) {
	*vec_push(&r->att) = *att;
}

/* ---- the three entrances */

static Reply begin(const ReplyWorld *w, Arena *a, const Verdict *v, const ReplyFacts *f) {
	return (Reply){.w = w, .a = a, .v = v, .f = f, .d = data_new(a), .to = "", .to_name = "",
	               .in_reply_to = "", .references = "", .key = ""};
}

/* Hands the mails over and lets go of what was only needed on the way. */
static int end(Reply *r, int rc, Outgoing **out, size_t *n) {
	*n = rc == 0 ? r->out.n : 0;
	*out = arena_array(r->a, *n + 1, sizeof **out);
	if (*n > 0)
		memcpy(*out, r->out.v, *n * sizeof **out);
	vec_free(&r->att);
	vec_free(&r->out);
	return rc;
}

static void thread(Reply *r, const char *id, const char *before) {
	if (id == NULL || !id_ok(str_of(id)))
		return;
	r->in_reply_to = id;
	r->references = references(r->a, before, id);
}

/* Several forms share one mail, whatever became of the first. */
static const char *mail_of(const Verdict *v) {
	static const char *const single[] = {"receipt", "faults", "late", "duplicate", "not_eligible", "precheck"};

	for (size_t i = 0; v->form_n > 1 && i < sizeof single / sizeof *single; i++)
		if (strcmp(v->reply, single[i]) == 0)
			return "several";
	return v->reply;
}

static int fill(Reply *r, const char *mail, Err *e) {
	const Report *m = r->f->report;

	reply_about(r, r->d, m->subject, r->v->forwarded ? r->v->sender.addr : m->from.addr, r->f->received);
	for (size_t i = 0; i < sizeof fills / sizeof *fills; i++)
		if (strcmp(fills[i].mail, mail) == 0)
			return fills[i].fill(r, e);
	return err_set(e, ERR_BUG, "no answer is called '%s'", mail);
}

const char *reply_id(const ReplyWorld *w, Arena *a, const Verdict *v, const ReplyFacts *f) {
	Reply r = begin(w, a, v, f);

	if (!answered(v) || !recipient(&r))
		return "";
	r.key = hash_text(a, f->sha256);
	return message_id(&r, mail_of(v), r.to);
}

int reply_make(const ReplyWorld *w, Arena *a, const Verdict *v, const ReplyFacts *f, Outgoing **out, size_t *n,
               Err *e) {
	Reply r = begin(w, a, v, f);
	int rc = 0;

	if (!answered(v) && !only_confirmed(v))
		return end(&r, 0, out, n);
	r.key = hash_text(a, f->sha256);
	if (recipient(&r) && answered(v)) {
		const char *mail = mail_of(v);
		thread(&r, f->report->message_id, f->report->references);
		for (size_t i = 0; i < f->extra_n; i++)
			reply_attach(&r, &f->extra[i]);
		rc = fill(&r, mail, e);
		if (rc == 0) {
			reply_attached(&r, r.d);
			rc = reply_finish(&r, mail, r.to, r.to_name, false, e);
		}
	}
	if (rc == 0 && v->outcome == OUTCOME_ACCEPTED)
		rc = reply_confirm(&r, e);
	return end(&r, rc, out, n);
}

int reply_forward(const ReplyWorld *w, Arena *a, const Verdict *v, const ReplyFacts *f, const Attachment *original,
                  Outgoing **out, size_t *n, Err *e) {
	const MailConf *conf = &w->rules->mail;
	Reply r = begin(w, a, v, f);
	const char *to = conf->office_n > 0 ? conf->office[0].addr : "";
	int rc = 0;

	r.key = hash_text(a, f->sha256);
	if (recipient(&r) && reply_may_write(&r, to) && strcasecmp(to, r.to) != 0) {
		bool by_hand = !mail_address_ok(r.to); /* no header of a mail to the secretariat may hold it (RFC 6532) */
		r.reply_to = by_hand ? NULL : r.to;
		reply_about(&r, r.d, f->report->subject, r.to, f->received);
		reply_forwarding(&r);
		data_text(r.d, "urgent", v->urgent ? v->urgent : "");
		data_flag(r.d, "by_hand", by_hand);
		if (original != NULL)
			reply_attach(&r, original);
		reply_attached(&r, r.d);
		rc = reply_finish(&r, "forward", to, conf->office[0].name, true, e);
	}
	return end(&r, rc, out, n);
}

int reply_unread(const ReplyWorld *w, Arena *a, const char *mail, const char *from_addr, const char *subject,
                 const char *in_reply_to, Hash sha256, int64_t received, Outgoing **out, size_t *n, Err *e) {
	Reply r = begin(w, a, NULL, NULL);
	int rc = 0;

	if (reply_may_write(&r, from_addr)) {
		/* what was never fetched has no hash: its id and arrival stand for it */
		r.key = arena_fmt(a, "%s|%s|%lld", hash_text(a, sha256), in_reply_to != NULL ? in_reply_to : "",
		                  (long long)received);
		thread(&r, in_reply_to, "");
		reply_about(&r, r.d, subject, from_addr, received);
		reply_mend(&r, r.d, received);
		rc = reply_finish(&r, mail, from_addr, "", false, e);
	}
	return end(&r, rc, out, n);
}

int reply_answer(const ReplyWorld *w, Arena *a, const char *mail, const Report *m, Hash sha256, int64_t received,
                 const Address *to, Data *d, const Attachment *att, size_t att_n, Outgoing *out, Err *e) {
	Reply r = begin(w, a, NULL, NULL);
	Outgoing *made;
	size_t n;

	r.key = hash_text(a, sha256);
	thread(&r, m->message_id, m->references);
	reply_about(&r, r.d, m->subject, m->from.addr, received);
	data_lay(r.d, d); /* the caller's `closes` may be another's than the contest's */
	for (size_t i = 0; i < att_n; i++)
		reply_attach(&r, &att[i]);
	reply_attached(&r, r.d);
	int rc = end(&r, reply_finish(&r, mail, to->addr, to->name, false, e), &made, &n);
	if (rc == 0)
		*out = made[0];
	return rc;
}

int notice_make(const ReplyWorld *w, Arena *a, const char *mail, const char *key, const Address *to,
                const Data *d, const Attachment *att, size_t att_n, Outgoing *out, Err *e) {
	Reply r = begin(w, a, NULL, NULL);
	Outgoing *made;
	size_t n;

	r.key = key;
	r.d = (Data *)(uintptr_t)d; /* only read from here on */
	for (size_t i = 0; i < att_n; i++)
		reply_attach(&r, &att[i]);
	int rc = end(&r, reply_finish(&r, mail, to->addr, to->name, true, e), &made, &n);
	if (rc == 0)
		*out = made[0];
	return rc;
}
