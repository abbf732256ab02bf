/* Several finished mails to one person, in one.  Takes them apart by the writer's own reader and changes nothing in them, but
 * for the names of their attachments, which would be alike. */
#include <string.h>

#include "post/reply_inner.h"

/* What stands in the body of an HTML page. */
static char *inside(Arena *a, const char *html) {
	Str s = str_of(html);
	ptrdiff_t body = str_find_nocase(s, STR("<body")), end = str_find_nocase(s, STR("</body>"));
	ptrdiff_t open = body < 0 ? -1 : str_find(str_from(s, (size_t)body), STR(">"));
	size_t from = open < 0 ? 0 : (size_t)(body + open) + 1;
	return str_dup(a, end < (ptrdiff_t)from ? str_from(s, from) : str_sub(s, from, (size_t)end - from));
}

static void add_part(Reply *r, const OutboxRow *row, const Mail *m, size_t i, size_t n) {
	Data *v = data_item(r->d, "verdicts");
	data_fmt(v, "no", "%zu", i + 1);
	data_text(v, "subject", row->subject);
	data_text(v, "text", m->text);
	data_html(v, "body", inside(r->a, m->html));
	data_flag(v, "more", i + 1 < n);
	for (size_t k = 0; k < m->attachment_n; k++) {
		Attachment att = m->attachment[k];
		att.name = arena_fmt(r->a, "%zu-%s", i + 1, att.name);
		reply_attach(r, &att);
	}
	if (row->until > 0 && (r->until == 0 || row->until < r->until))
		r->until = row->until;
}

/* The thread: an answer to the joint mail names those that it joins. */
static int add_parts(Reply *r, const OutboxRow *row, const Str *bytes, size_t n, Buf *ids, Err *e) {
	for (size_t i = 0; i < n; i++) {
		Mail m;
		if (!compose_read(r->a, bytes[i], &m))
			return err_set(e, ERR_BUG, "mail %s cannot be read again", row[i].message_id);
		add_part(r, &row[i], &m, i, n);
		r->in_reply_to = m.in_reply_to;
		buf_fmt(ids, "%s%s", i ? " " : "", row[i].message_id);
	}
	return 0;
}

int reply_joined(const ReplyWorld *w, Arena *a, const OutboxRow *row, const Str *bytes, size_t n, Outgoing *out, Err *e) {
	Reply r = {.w = w, .a = a, .d = data_new(a), .to = row[0].to, .to_name = "", .in_reply_to = ""};
	Buf ids = {0};
	int rc = add_parts(&r, row, bytes, n, &ids, e);
	if (rc == 0) {
		r.key = r.references = arena_str(a, buf_cstr(&ids));
		data_fmt(r.d, "count", "%zu", n);
		reply_attached(&r, r.d);
		rc = reply_finish(&r, "joined", row[0].to, "", false, e);
	}
	if (rc == 0)
		*out = r.out.v[0];
	buf_free(&ids);
	vec_free(&r.att);
	vec_free(&r.out);
	return rc;
}
