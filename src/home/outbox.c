/* Joins the mails that were made and the store: every one that goes out passes here. Sends nothing. */
#include "home/outbox.h"

#include "base/when.h"

int outbox_queue_at(World *w, int64_t seq, const Outgoing *mail, const char *state, int64_t due, Err *e) {
	OutboxRow row = {.kind = mail->kind, .seq = seq, .to = mail->to_addr, .subject = mail->subject,
	                 .message_id = mail->message_id, .priority = mail->priority, .until = mail->until,
	                 .due = mail->joins_at > 0 ? mail->joins_at : due, .joins = mail->joins_at > 0,
	                 .state = mail->joins_at > 0 ? "held" : state, .created = w->env->now, .sent = WHEN_NONE, .error = ""};
	return store_outbox_add(w->store, &row, mail->bytes, e);
}

int outbox_queue(World *w, int64_t seq, const Outgoing *mail, const char *state, Err *e) {
	return outbox_queue_at(w, seq, mail, state, w->env->now, e);
}

int outbox_tell(World *w, Arena *a, const OwnMail *mail, const Address *to, Err *e) {
	Outgoing out;
	if (world_templates(w, e) < 0)
		return -1;
	ReplyWorld rw = world_reply(w); /* of the wording, which is open now */
	if (notice_make(&rw, a, mail->mail, mail->key, to, mail->data, mail->file, mail->file_n, &out, e) < 0)
		return -1;
	return outbox_queue(w, mail->seq, &out, "waiting", e);
}

int outbox_tell_office(World *w, Arena *a, const OwnMail *mail, const char *but, Err *e) {
	const MailConf *m = &w->rules->mail;
	for (size_t i = 0; i < m->office_n; i++)
		if (!(but && str_is_nocase(str_of(but), m->office[i].addr)) && outbox_tell(w, a, mail, &m->office[i], e) < 0)
			return -1;
	return 0;
}
