/* On a mail's way: a whole mail becomes a report.  Its texts are joined, each file part is
 * decoded once into a descriptor of its own and handed to read_hashed(); mails inside the
 * mail are walked in their turn.  Refuses to look for entries in what a bounce brings
 * back, and to go deeper than REPORT_MAX_DEPTH. */
#include "reader/message.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/charset.h"
#include "base/file.h"
#include "base/text.h"
#include "base/when.h"
#include "mail/header.h"
#include "reader/formats.h"

#define HEAD 4096 /* bytes sniff() wants */
#define CALENDAR_BYTES (64 << 10) /* looked at of a calendar file */
#define MAX_AUTH_RESULTS 20

typedef enum { LEAF_TEXT, LEAF_HTML, LEAF_STATUS, LEAF_SIGNATURE, LEAF_NOTHING, LEAF_FILE } Leaf;

/* One mail on its walk. */
typedef struct {
	ReadJob *job;
	Arena *arena;
	Mime *mime;
	bool top;       /* not a mail inside another */
	bool list_only; /* a bounce: files are listed, never looked into */
	int parent;     /* part that holds this mail, -1 */
	int depth;
	Buf text;       /* marked (html.c) */
	bool apart;     /* inside multipart/alternative: both kinds wait for its end */
	Buf plain, html;
	Buf status;
	Pointers pointers;
	VEC(const MimePart *) file;
	UuFiles uu; /* that stand in its texts */
} Walk;

/* ---- kinds of leaves ---- */

static bool is(const MimePart *p, const char *type) {
	return strcmp(p->type, type) == 0;
}

static bool inside(const MimePart *p, const char *type) {
	return p->parent && is(p->parent, type);
}

static Leaf leaf_kind(const MimePart *p) {
	static const char *const signatures[] = {
		"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature",
	};
	static const char *const statuses[] = {
		"message/delivery-status", "message/disposition-notification", "message/feedback-report",
		"text/rfc822-headers", "message/global-delivery-status",
	};
	for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++)
		if (is(p, signatures[i]))
			return LEAF_SIGNATURE;
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
		if (is(p, statuses[i]))
			return LEAF_STATUS;
	if (p->attachment || *p->name || strncmp(p->type, "text/", 5) != 0)
		return LEAF_FILE;
	if (is(p, "text/plain"))
		return LEAF_TEXT;
	if (is(p, "text/html"))
		return LEAF_HTML;
	/* Other ways to say the same: text/watch-html, text/x-amp-html, text/enriched. */
	return inside(p, "multipart/alternative") && !is(p, "text/calendar") ? LEAF_NOTHING : LEAF_FILE;
}

/* ---- texts ---- */

typedef struct {
	Buf *out;
	size_t max;
} Gather;

static bool gather(void *ctx, const void *b, size_t n) {
	Gather *g = ctx;
	size_t room = g->max - g->out->n;
	buf_add(g->out, b, n < room ? n : room);
	return g->out->n < g->max;
}

/* The charset that the HTML itself names, when its header does not. */
static const char *meta_charset(Arena *a, Str html) {
	Str head = str_sub(html, 0, 2048);
	ptrdiff_t at = str_find_nocase(head, STR("charset="));
	if (at < 0)
		return "";
	Str s = str_from(head, (size_t)at + 8);
	while (s.n && (s.p[0] == '"' || s.p[0] == '\'' || s.p[0] == ' '))
		s = str_from(s, 1);
	size_t n = 0;
	while (n < s.n && n < 40 && !strchr("\"' />;\r\n", s.p[n]))
		n++;
	return str_dup(a, str_sub(s, 0, n));
}

static void add_text(Buf *to, const char *text) {
	if (to->n && to->p[to->n - 1] != '\n')
		buf_char(to, '\n');
	if (to->n < MESSAGE_MAX_BODY)
		buf_str(to, text);
}

/* Marks of html.c must not come from outside. */
static void unmark(char *s) {
	for (; *s; s++)
		if (*s == HTML_QUOTE || *s == HTML_END || *s == HTML_REST)
			*s = ' ';
}

static void take_text(Walk *w, const MimePart *p, bool html) {
	Arena *scratch = arena_new();
	Buf raw = {0};
	Gather g = {&raw, MESSAGE_MAX_BODY};
	Uu uu = {.job = w->job, .files = &w->uu, .text = &raw, .most = MESSAGE_MAX_BODY};
	if (html)
		mime_decode(w->mime, p, gather, &g);
	else
		mime_decode(w->mime, p, uu_feed, &uu);
	uu_end(&uu);
	const char *label = p->charset;
	if (!*label && html)
		label = meta_charset(scratch, buf_view(&raw));
	char *text = charset_decode(scratch, buf_view(&raw), label);
	buf_free(&raw);
	unmark(text);
	if (p->flowed && !html)
		flowed_join(text, p->delsp);
	if (html)
		text = html_text(scratch, text, &w->pointers);
	links_scan(&w->pointers, text);
	add_text(w->apart ? (html ? &w->html : &w->plain) : &w->text, text);
	arena_free(scratch);
}

static bool says_something(const Buf *b) {
	for (size_t i = 0; i < b->n; i++)
		if ((unsigned char)b->p[i] > ' ')
			return true;
	return false;
}

/* ---- the walk ---- */

static void take_status(Walk *w, const MimePart *p) {
	Gather g = {&w->status, MESSAGE_MAX_STATUS};
	if (w->status.n < MESSAGE_MAX_STATUS)
		mime_decode(w->mime, p, gather, &g);
	buf_char(&w->status, '\n');
}

static void walk_leaf(Walk *w, const MimePart *p) {
	Leaf kind = leaf_kind(p);
	if (kind == LEAF_TEXT || kind == LEAF_HTML)
		take_text(w, p, kind == LEAF_HTML);
	else if (kind == LEAF_STATUS)
		take_status(w, p);
	else if (kind != LEAF_NOTHING)
		*vec_push(&w->file) = p;
}

/* Depth is bounded by MIME_MAX_DEPTH. */
static void walk(Walk *w, const MimePart *p) {
	if (!p->child) {
		walk_leaf(w, p);
		return;
	}
	bool choose = is(p, "multipart/alternative") && !w->apart;
	w->apart = w->apart || choose;
	for (const MimePart *c = p->child; c; c = c->next)
		walk(w, c);
	if (!choose)
		return;
	const Buf *better = says_something(&w->plain) ? &w->plain : &w->html;
	if (better->n)
		add_text(&w->text, better->p);
	w->apart = false;
	buf_clear(&w->plain);
	buf_clear(&w->html);
}

/* ---- files ---- */

typedef struct {
	ReadJob *job;
	int fd, spill_index; /* -1: none */
	HashRun *hash;
	uint64_t bytes;
	char head[HEAD];
	size_t head_n;
	bool failed;
} Drain;

static bool drain(void *ctx, const void *b, size_t n) {
	Drain *d = ctx;
	size_t room = HEAD - d->head_n < n ? HEAD - d->head_n : n;
	hash_more(d->hash, b, n);
	memcpy(d->head + d->head_n, b, room);
	d->head_n += room;
	d->bytes += n;
	Err e;
	if (d->fd >= 0 && file_write_all(d->fd, b, n, &e) != 0) {
		file_unwritten(d->job, d->spill_index);
		d->failed = true;
	}
	return !d->failed;
}

/* A part's bytes in a descriptor. */
typedef struct {
	int fd, spill_index;
	Hash sha256;
	uint64_t bytes;
} Decoded;

/* fd -1 when there is no room.  A decoded part is never in memory as a whole. */
static Decoded decode_to_fd(Walk *w, const MimePart *p) {
	Decoded out = {.spill_index = -1};
	out.fd = w->list_only ? memfd_create("returned", MFD_CLOEXEC) : file_fresh(w->job, &out.spill_index);
	if (out.fd < 0)
		return out;
	Drain d = {.job = w->job, .fd = out.fd, .spill_index = out.spill_index, .hash = hash_start()};
	mime_decode(w->mime, p, drain, &d);
	out.sha256 = hash_end(d.hash);
	out.bytes = d.bytes;
	if (d.failed) {
		close(out.fd);
		out.fd = -1;
	}
	return out;
}

/* A part on the list without a look inside. */
static int list_part(Walk *w, const MimePart *p, FileType type, unsigned flags) {
	ReadJob *j = w->job;
	Drain d = {.job = j, .fd = -1, .spill_index = -1, .hash = hash_start()};
	if (!(flags & PART_TOO_DEEP))
		mime_decode(w->mime, p, drain, &d);
	Part *part = vec_push(&j->part);
	*part = (Part){.name = file_base_name(w->arena, p->name), .path = "", .parent = w->parent,
	               .bytes = d.bytes, .flags = flags | PART_ABSENT, .spill = -1, .form = -1};
	part->sha256 = hash_end(d.hash);
	part->type = type == TYPE_UNKNOWN && d.bytes ? sniff((Str){d.head, d.head_n}, -1) : type;
	return (int)j->part.n - 1;
}

static bool shown_by_html(const Walk *w, const MimePart *p) {
	for (size_t i = 0; *p->cid && i < w->pointers.cid.n; i++)
		if (str_eq_nocase(str_of(p->cid), str_of(w->pointers.cid.v[i])))
			return true;
	return false;
}

static unsigned part_flags(const Walk *w, const MimePart *p) {
	unsigned flags = p->attachment ? 0 : PART_INLINE;
	if (strncmp(p->type, "image/", 6) == 0 && shown_by_html(w, p))
		flags |= PART_RELATED;
	if (p->depth > REPORT_MAX_DEPTH)
		flags |= PART_TOO_DEEP;
	return flags;
}

static void calendar(Walk *w, const MimePart *p) {
	Buf b = {0};
	Gather g = {&b, CALENDAR_BYTES};
	mime_decode(w->mime, p, gather, &g);
	if (strcmp(p->method, "REPLY") == 0 || str_find_nocase(buf_view(&b), STR("METHOD:REPLY")) >= 0) {
		w->job->report->robot |= ROBOT_CALENDAR;
		calendar_answer(w->arena, buf_view(&b), w->job->report);
	}
	buf_free(&b);
}

/* A message/rfc822 without a name is called by its subject. */
static const char *message_name(Walk *w, const MimePart *p, int fd) {
	if (*p->name || !p->is_message)
		return p->name;
	char head[HEAD];
	ssize_t n = pread(fd, head, sizeof head, 0);
	Str block = {head, n > 0 ? (size_t)n : 0};
	const char *subject = header_text(w->arena, mime_field(block, "Subject", 0));
	return arena_fmt(w->arena, "%s.eml", text_cut(w->arena, subject, 80));
}

/* read_hashed() goes by the bytes; a part that says it is a mail is one even when its
 * bytes leave doubt. */
static void insist_on_mail(Walk *w, int index, int fd) {
	Part *part = &w->job->part.v[index];
	if (part->type != TYPE_TEXT && part->type != TYPE_UNKNOWN && part->type != TYPE_HTML)
		return;
	part->type = TYPE_EML;
	part->flags |= PART_CONTAINER;
	read_inner_mail(w->job, fd, index, w->depth + 1);
}

static void read_part(Walk *w, const MimePart *p, unsigned flags) {
	Decoded d = decode_to_fd(w, p);
	if (d.fd < 0) {
		list_part(w, p, TYPE_UNKNOWN, flags | PART_TOO_LARGE);
		return;
	}
	const FileAt at = {.name = message_name(w, p, d.fd), .parent = w->parent, .flags = flags, .depth = w->depth};
	int index = read_hashed(w->job, d.fd, d.spill_index, &at, d.sha256, d.bytes);
	if (index >= 0) {
		Part *part = &w->job->part.v[index];
		bool smime = is(p, "application/pkcs7-mime") || is(p, "application/x-pkcs7-mime");
		if (smime && part->type == TYPE_UNKNOWN) {
			part->type = TYPE_SMIME;
			part->flags |= PART_UNSUPPORTED;
		}
		if (p->is_message)
			insist_on_mail(w, index, d.fd);
	}
	close(d.fd);
}

static void list_message(Walk *w, const MimePart *p, unsigned flags);

static void take_file(Walk *w, const MimePart *p) {
	ReadJob *j = w->job;
	if (j->part.n >= REPORT_MAX_PARTS) {
		j->report->parts_cut = true;
		return;
	}
	unsigned flags = part_flags(w, p);
	if (is(p, "text/calendar") && w->top)
		calendar(w, p);
	if (leaf_kind(p) == LEAF_SIGNATURE)
		list_part(w, p, TYPE_SIGNATURE, flags | PART_JUNK);
	else if (flags & PART_TOO_DEEP)
		list_part(w, p, TYPE_UNKNOWN, flags);
	else if (w->list_only && p->is_message)
		list_message(w, p, flags);
	else if (w->list_only)
		list_part(w, p, TYPE_UNKNOWN, flags);
	else
		read_part(w, p, flags);
}

static void walk_start(Walk *w, ReadJob *j, int fd) {
	*w = (Walk){.job = j, .arena = j->arena, .parent = -1, .pointers = {.arena = j->arena}};
	w->mime = mime_open(j->arena, fd);
}

/* What a bounce brings back is listed, and what its own text holds is nobody's. */
static void take_coded(Walk *w, const UuFile *f) {
	const FileAt at = {.name = f->name, .parent = w->parent, .depth = w->depth};
	int part = w->list_only ? -1 : read_file(w->job, f->fd, f->spill, &at);
	if (part >= 0 && !f->whole)
		w->job->part.v[part].flags |= PART_TOO_LARGE;
	close(f->fd);
}

static void walk_files(Walk *w) {
	for (size_t i = 0; i < w->uu.n; i++)
		take_coded(w, &w->uu.v[i]);
	for (size_t i = 0; i < w->file.n; i++)
		take_file(w, w->file.v[i]);
	if (mime_too_deep(w->mime))
		w->job->report->parts_cut = true;
}

static void walk_end(Walk *w) {
	mime_close(w->mime);
	buf_free(&w->text);
	buf_free(&w->plain);
	buf_free(&w->html);
	buf_free(&w->status);
	vec_free(&w->file);
	vec_free(&w->pointers.cid);
	vec_free(&w->pointers.link);
}

/* ---- mails inside ---- */

static int64_t arrival(Arena *a, Str header) {
	int64_t at;
	Str value = mime_field(header, "Received", 0);
	const char *semi = value.n ? memrchr(value.p, ';', value.n) : NULL;
	if (!semi)
		return WHEN_NONE;
	const char *date = header_text(a, str_from(value, (size_t)(semi - value.p) + 1));
	return when_parse_mail(str_of(date), &at) == 0 ? at : WHEN_NONE;
}

static int64_t written(Arena *a, Str header) {
	int64_t at;
	const char *date = header_text(a, mime_field(header, "Date", 0));
	return *date && when_parse_mail(str_of(date), &at) == 0 ? at : WHEN_NONE;
}

static MailAddr first_addr(Arena *a, Str raw) {
	HeaderAddr found;
	if (!header_addrs(a, raw, &found, 1))
		return (MailAddr){"", ""};
	return (MailAddr){found.name, found.addr};
}

static void add_links(Walk *w) {
	Report *r = w->job->report;
	size_t n = r->link_n + w->pointers.link.n;
	if (w->pointers.link.n == 0 || r->link_n >= MESSAGE_MAX_LINKS)
		return;
	const char **all = arena_array(w->arena, n, sizeof *all);
	for (size_t i = 0; i < r->link_n; i++)
		all[i] = r->link[i];
	for (size_t i = 0; i < w->pointers.link.n; i++)
		all[r->link_n + i] = w->pointers.link.v[i];
	r->link = all;
	r->link_n = n < MESSAGE_MAX_LINKS ? n : MESSAGE_MAX_LINKS;
}

static void note_original(Walk *w) {
	Report *r = w->job->report;
	if (*r->inner_from.addr)
		return;
	Str header = mime_header(w->mime);
	r->inner_from = first_addr(w->arena, mime_field(header, "From", 0));
	r->inner_received = arrival(w->arena, header);
	if (r->inner_received == WHEN_NONE)
		r->inner_received = written(w->arena, header);
}

void read_inner_mail(ReadJob *j, int fd, int parent, int depth) {
	if (depth > REPORT_MAX_DEPTH) {
		if (parent >= 0)
			j->part.v[parent].flags |= PART_TOO_DEEP;
		return;
	}
	Walk w;
	walk_start(&w, j, fd);
	w.parent = parent;
	w.depth = depth;
	note_original(&w);
	walk(&w, mime_root(w.mime));
	add_links(&w);
	walk_files(&w);
	walk_end(&w);
}

/* What a bounce brings back: its parts are told, and whose mail it was. */
static void list_message(Walk *w, const MimePart *p, unsigned flags) {
	int index = list_part(w, p, TYPE_EML, flags | PART_CONTAINER);
	int fd = w->depth < REPORT_MAX_DEPTH ? decode_to_fd(w, p).fd : -1;
	if (fd < 0) {
		w->job->part.v[index].flags |= PART_TOO_DEEP;
		return;
	}
	Walk inner;
	walk_start(&inner, w->job, fd);
	inner.list_only = true;
	inner.parent = index;
	inner.depth = w->depth + 1;
	if (w->top)
		bounce_returned(w->arena, mime_header(inner.mime), w->job->report);
	walk(&inner, mime_root(inner.mime));
	walk_files(&inner);
	walk_end(&inner);
	close(fd);
}

/* ---- the mail itself ---- */

static const char *line_of(Arena *a, Str header, const char *name) {
	return header_text(a, mime_field(header, name, 0));
}

static void read_to(Arena *a, Str header, Report *r) {
	static const char *const names[] = {"To", "Cc"};
	HeaderAddr *found = arena_array(a, MESSAGE_MAX_ADDRS, sizeof *found);
	size_t n = 0;
	for (size_t k = 0; k < 2; k++) {
		Str value;
		for (size_t i = 0; i < 10 && (value = mime_field(header, names[k], i)).p; i++)
			n += header_addrs(a, value, found + n, MESSAGE_MAX_ADDRS - n);
	}
	r->to = arena_array(a, n, sizeof *r->to);
	r->to_n = n;
	for (size_t i = 0; i < n; i++)
		r->to[i] = (MailAddr){found[i].name, found[i].addr};
}

static void read_people(Arena *a, Str header, Report *r) {
	Str from = mime_field(header, "From", 0);
	r->from = first_addr(a, from);
	r->sender = first_addr(a, mime_field(header, "Sender", 0));
	r->reply_to = first_addr(a, mime_field(header, "Reply-To", 0));
	r->return_path = first_addr(a, mime_field(header, "Return-Path", 0)).addr;
	if (!*r->from.addr) /* no address to be found: the sender is the next best */
		r->from = (MailAddr){header_text(a, from), r->sender.addr};
	read_to(a, header, r);
}

static void read_auth(Arena *a, Str header, Report *r) {
	Buf b = {0};
	Str value;
	for (size_t i = 0; i < MAX_AUTH_RESULTS; i++) {
		value = mime_field(header, "Authentication-Results", i);
		if (!value.p)
			break;
		/* Never decoded: what an encoded word says may not take part in it. */
		buf_fmt(&b, "%s%s", b.n ? "\n" : "", text_line(a, value));
	}
	r->auth_results = arena_copy(a, b.p, b.n);
	buf_free(&b);
}

static void read_header(Arena *a, Str header, Report *r) {
	read_people(a, header, r);
	r->subject = text_cut(a, line_of(a, header, "Subject"), MESSAGE_MAX_SUBJECT);
	r->subject_bare = subject_bare(a, r->subject, &r->reply_prefixes, &r->forward_prefixes);
	r->message_id = header_ids(a, mime_field(header, "Message-ID", 0));
	const char *reply = header_ids(a, mime_field(header, "In-Reply-To", 0));
	r->in_reply_to = str_dup(a, (Str){reply, strcspn(reply, " ")});
	r->references = header_ids(a, mime_field(header, "References", 0));
	r->date = written(a, header);
	r->received = arrival(a, header);
	r->mailer = line_of(a, header, "X-Mailer");
	if (!*r->mailer)
		r->mailer = line_of(a, header, "User-Agent");
	r->own_mark = line_of(a, header, "X-Xinlv");
	read_auth(a, header, r);
}

/* No mark alone makes a bounce of a mail without a report: two must agree. */
static bool is_bounce(unsigned robot) {
	bool says = robot & (ROBOT_BOUNCE_SUBJECT | ROBOT_BOUNCE_BODY);
	bool daemon = robot & (ROBOT_DAEMON | ROBOT_NULL_PATH);
	return (robot & (ROBOT_REPORT | ROBOT_RECEIPT)) || (says && daemon);
}

static void read_bounce(Walk *w, Report *r) {
	bounce_own(w->arena, mime_header(w->mime), r);
	bounce_status(w->arena, buf_view(&w->status), r);
	bounce_words(w->arena, r->text_whole, r);
	/* Headers alone (text/rfc822-headers) stand among the statuses. */
	Str id = mime_field(buf_view(&w->status), "Message-ID", 0);
	if (!*r->bounce_of && id.p)
		bounce_returned(w->arena, buf_view(&w->status), r);
}

/* The mail inside a mail that is signed as a whole, in a new descriptor; -1 where it is none.  That its header is
 * signed and the outer one is not counts for nothing here. */
static int signed_body(Walk *w) {
	const MimePart *root = mime_root(w->mime);
	bool locked;
	if ((!is(root, "application/pkcs7-mime") && !is(root, "application/x-pkcs7-mime")) || root->child)
		return -1;
	int fd = decode_to_fd(w, root).fd;
	int content = fd < 0 ? -1 : smime_content(fd, &locked);
	if (fd >= 0)
		close(fd);
	return content;
}

/* Goes on with the mail inside, where there is one: its descriptor, to be closed behind the walk; -1. */
static int step_inside(Walk *w) {
	int content = signed_body(w);
	if (content >= 0) {
		mime_close(w->mime);
		w->mime = mime_open(w->arena, content);
	}
	return content;
}

static void read_body(Walk *w, Report *r) {
	walk(w, mime_root(w->mime));
	r->text_whole = body_whole(w->arena, buf_cstr(&w->text));
	r->text = body_cut(w->arena, buf_cstr(&w->text));
	if (robot_bounce_body(r->text))
		r->robot |= ROBOT_BOUNCE_BODY;
	w->list_only = is_bounce(r->robot);
	add_links(w);
	if (w->list_only)
		read_bounce(w, r);
	walk_files(w);
	if (!w->list_only) {
		form_extract_body(w->job, r->text);
		if (!*r->inner_from.addr && r->forward_prefixes)
			r->inner_from = body_forwarded(w->arena, r->text_whole);
	}
}

void read_mail(ReadJob *j, int fd) {
	Walk w;
	Report *r = j->report;
	walk_start(&w, j, fd);
	w.top = true;
	r->kind = REPORT_MAIL;
	read_header(w.arena, mime_header(w.mime), r);
	r->robot |= robot_header(w.arena, mime_header(w.mime), mime_root(w.mime), r);
	int content = step_inside(&w);
	read_body(&w, r);
	walk_end(&w);
	if (content >= 0)
		close(content);
}
