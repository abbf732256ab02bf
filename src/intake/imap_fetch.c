/* Out of an open folder: what lies there, and the messages themselves, from the wire into the archive piece by piece.
 * Refuses to hold a message in memory, to take one that was not asked for, and to believe a size. */
#include "intake/imap.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libetpan/mailimap.h>

#include "base/when.h"
#include "intake/imap_inner.h"

#define WRITE_BUFFER 32768 /* a quoted string comes byte by byte */

int64_t imap_when(int year, int month, int day, int hour, int minute, int second, int zone) {
	int sign = zone < 0 ? -1 : 1, off = zone * sign;
	if (!when_valid_date(year, month, day) || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
	    second > 60 || off > 1459 || off % 100 > 59)
		return WHEN_NONE;
	struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour, .tm_min = minute,
	                .tm_sec = second};
	return (int64_t)timegm(&tm) - sign * (off / 100 * 3600 + off % 100 * 60);
}

/* ---- what a FETCH answer says of one message */
typedef struct {
	uint32_t uid;
	bool has_size, has_body;
	uint64_t size;
	int64_t received;
} Answer;

static bool is_whole(const struct mailimap_msg_att_body_section *s) {
	return s && (!s->sec_section || !s->sec_section->sec_spec) && s->sec_origin_octet == 0;
}

static void read_item(const struct mailimap_msg_att_static *s, Answer *a) {
	const struct mailimap_date_time *d;
	switch (s->att_type) {
	case MAILIMAP_MSG_ATT_UID:
		a->uid = s->att_data.att_uid;
		break;
	case MAILIMAP_MSG_ATT_RFC822_SIZE:
		a->size = s->att_data.att_rfc822_size;
		a->has_size = true;
		break;
	case MAILIMAP_MSG_ATT_INTERNALDATE:
		d = s->att_data.att_internal_date;
		if (d)
			a->received = imap_when(d->dt_year, d->dt_month, d->dt_day, d->dt_hour, d->dt_min, d->dt_sec,
			                        d->dt_zone);
		break;
	case MAILIMAP_MSG_ATT_BODY_SECTION:
		a->has_body |= is_whole(s->att_data.att_body_section);
		break;
	default:
		break;
	}
}

static Answer read_answer(const struct mailimap_msg_att *att) {
	Answer a = {.received = WHEN_NONE};
	for (clistiter *i = clist_begin(att->att_list); i; i = clist_next(i)) {
		const struct mailimap_msg_att_item *item = clist_content(i);
		if (item->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC && item->att_data.att_static)
			read_item(item->att_data.att_static, &a);
	}
	return a;
}

/* UID FETCH first:last of what `type` asks for; takes type over. */
static int fetch(Imap *m, uint32_t first, uint32_t last, struct mailimap_fetch_type *type) {
	clist *list = NULL;
	struct mailimap_set *set = mailimap_set_new_interval(first, last);
	int r = set && type ? mailimap_uid_fetch(m->im, set, type, &list) : MAILIMAP_ERROR_MEMORY;
	if (r == MAILIMAP_NO_ERROR && list)
		mailimap_fetch_list_free(list);
	if (set)
		mailimap_set_free(set);
	if (type)
		mailimap_fetch_type_free(type);
	mailimap_set_msg_att_handler(m->im, NULL, NULL);
	mailimap_set_msg_body_handler(m->im, NULL, NULL);
	return r;
}

/* ---- listing */
typedef struct {
	uint32_t first, last;
	ImapList *out;
	bool full;
} Listing;

static void list_one(struct mailimap_msg_att *att, void *ctx) {
	Listing *l = ctx;
	Answer a = read_answer(att);
	/* n:* gives the last message also when its UID is below n; a change of flags tells of any message */
	if (a.uid == 0 || a.uid < l->first || (l->last && a.uid > l->last) || (!a.has_size && a.received == WHEN_NONE))
		return;
	if (l->out->n == IMAP_MAX_LISTED)
		l->full = true;
	else
		*vec_push(l->out) = (ImapMeta){a.uid, a.size, a.received};
}

static int by_uid(const void *x, const void *y) {
	uint32_t a = ((const ImapMeta *)x)->uid, b = ((const ImapMeta *)y)->uid;
	return a < b ? -1 : a > b;
}

static void sort_once(ImapList *l) {
	size_t n = 0;
	if (l->n == 0)
		return;
	qsort(l->v, l->n, sizeof *l->v, by_uid);
	for (size_t i = 0; i < l->n; i++)
		if (n == 0 || l->v[n - 1].uid != l->v[i].uid)
			l->v[n++] = l->v[i];
	l->n = n;
}

ImapEnd imap_list(Imap *m, uint32_t first, uint32_t last, ImapList *out, Err *e) {
	Listing l = {first, last, out, false};
	struct mailimap_fetch_type *type = mailimap_fetch_type_new_fetch_att_list_empty();
	out->n = 0;
	if (type) {
		mailimap_fetch_type_new_fetch_att_list_add(type, mailimap_fetch_att_new_uid());
		mailimap_fetch_type_new_fetch_att_list_add(type, mailimap_fetch_att_new_rfc822_size());
		mailimap_fetch_type_new_fetch_att_list_add(type, mailimap_fetch_att_new_internaldate());
	}
	mailimap_set_msg_att_handler(m->im, list_one, &l);
	imap_begin(m, 0);
	ImapEnd end = imap_end(m, fetch(m, first, last, type), "listing messages", e);
	if (end == IMAP_OK && l.full) {
		err_set(e, ERR_SERVER, "%s: listing messages: more answers than messages asked for", m->conf->host);
		end = IMAP_GARBLED;
	}
	sort_once(out);
	return end;
}

/* ---- bodies */
typedef struct {
	Imap *m;
	Archive *archive;
	ImapBody *b;
	size_t n;
	uint64_t most; /* bytes of one message */
	ArchiveWrite *write;
	uint64_t written;
	char *buf;
	size_t held;
	bool too_long, ours;
	Err err;
} Taking;

static bool put(Taking *t, const char *p, size_t n) {
	if (!t->write && archive_begin(t->archive, &t->write, &t->err) < 0)
		return false;
	return archive_more(t->write, p, n, &t->err) == 0;
}

static bool flush(Taking *t) {
	bool good = t->held == 0 || put(t, t->buf, t->held);
	t->held = 0;
	t->ours |= !good;
	return good;
}

/* A piece of a body.  false: libetpan gives up, and the connection with it. */
static bool take_piece(int type, struct mailimap_msg_att_body_section *s, const char *p, size_t n, void *ctx) {
	Taking *t = ctx;
	if (type != MAILIMAP_MSG_ATT_BODY_SECTION || !is_whole(s))
		return true;
	net_allow(t->m->net, n);
	t->written += n;
	if (t->written > t->most) {
		t->too_long = true;
		return false;
	}
	if (t->held + n <= WRITE_BUFFER) {
		memcpy(t->buf + t->held, p, n);
		t->held += n;
		return true;
	}
	if (!flush(t))
		return false;
	t->ours |= !put(t, p, n);
	return !t->ours;
}

static void forget(Taking *t) {
	archive_drop(t->write);
	t->write = NULL;
	t->written = 0;
	t->held = 0;
}

static ImapBody *asked_for(Taking *t, uint32_t uid) {
	for (size_t i = 0; i < t->n; i++)
		if (t->b[i].uid == uid)
			return &t->b[i];
	return NULL;
}

/* An answer is whole: now it is known whose body it was. */
static void take_answer(struct mailimap_msg_att *att, void *ctx) {
	Taking *t = ctx;
	Answer a = read_answer(att);
	ImapBody *b = a.uid ? asked_for(t, a.uid) : NULL;
	if (b)
		b->answered = true;
	bool empty = t->written == 0; /* NIL, or a message of no bytes */
	if (!b || b->got || !a.has_body || (empty && b->said != 0) || t->ours) {
		forget(t);
		return;
	}
	if (!flush(t) || (empty && !put(t, "", 0))) {
		t->ours = true;
		forget(t);
		return;
	}
	b->got = archive_end(t->write, &b->sha256, &b->bytes, &t->err) == 0;
	t->ours = !b->got;
	t->write = NULL;
	t->written = 0;
}

static ImapEnd said_of_bodies(Taking *t, ImapEnd end, Err *e) {
	if (t->ours) {
		*e = t->err;
		return IMAP_OURS;
	}
	if (t->too_long && t->n == 1)
		t->b[0].too_long = true;
	if (t->too_long && end != IMAP_OK)
		err_set(e, ERR_SERVER, "a message is longer than %llu bytes, whatever the server said before",
		        (unsigned long long)t->most);
	return end;
}

ImapEnd imap_bodies(Imap *m, Archive *a, ImapBody *b, size_t n, Err *e) {
	uint64_t most = m->conf->max_bytes ? m->conf->max_bytes : UINT32_MAX, all = 0;
	Taking t = {.m = m, .archive = a, .b = b, .n = n, .most = most, .buf = mem_alloc(WRITE_BUFFER)};
	for (size_t i = 0; i < n; i++)
		all += b[i].said;
	struct mailimap_section *whole = mailimap_section_new(NULL);
	struct mailimap_fetch_type *type = mailimap_fetch_type_new_fetch_att_list_empty();
	if (type && whole) {
		mailimap_fetch_type_new_fetch_att_list_add(type, mailimap_fetch_att_new_uid());
		mailimap_fetch_type_new_fetch_att_list_add(type, mailimap_fetch_att_new_body_peek_section(whole));
	}
	mailimap_set_msg_att_handler(m->im, take_answer, &t);
	mailimap_set_msg_body_handler(m->im, take_piece, &t);
	imap_begin(m, all);
	ImapEnd end = imap_end(m, fetch(m, b[0].uid, b[n - 1].uid, type), "fetching messages", e);
	if (t.write || t.held)
		forget(&t);
	free(t.buf);
	return said_of_bodies(&t, end, e);
}

/* ---- a header block */
typedef struct {
	Net *net;
	Buf *out;
} Head;

static bool take_head(int type, struct mailimap_msg_att_body_section *s, const char *p, size_t n, void *ctx) {
	Head *h = ctx;
	net_allow(h->net, n < FETCH_MAX_HEADER ? n : 0);
	if (type == MAILIMAP_MSG_ATT_BODY_SECTION && s && h->out->n < FETCH_MAX_HEADER)
		buf_slice(h->out, str_sub((Str){p, n}, 0, FETCH_MAX_HEADER - h->out->n));
	return true;
}

ImapEnd imap_header(Imap *m, uint32_t uid, Buf *out, Err *e) {
	Head h = {m->net, out};
	struct mailimap_section *head = mailimap_section_new_header();
	struct mailimap_fetch_type *type =
		head ? mailimap_fetch_type_new_fetch_att(
			       mailimap_fetch_att_new_body_peek_section_partial(head, 0, FETCH_MAX_HEADER))
		     : NULL;
	mailimap_set_msg_body_handler(m->im, take_head, &h);
	imap_begin(m, FETCH_MAX_HEADER);
	return imap_end(m, fetch(m, uid, uid, type), "fetching a header", e);
}
