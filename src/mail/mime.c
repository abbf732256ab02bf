/* On a mail's way: the structure of a message, as GMime sees it, while the message stays in
 * its file.  Names and parameters are read from the raw header values by our own
 * readers.  Refuses to keep long header blocks, to walk deeper than MIME_MAX_DEPTH or further
 * than MIME_MAX_PARTS, and to hand GMime a header that it would stumble over. */
#include "mail/mime.h"

#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/charset.h"
#include "base/text.h"
#include "mail/header.h"
#include "mail/scan.h"
#include "mail/window.h"

#define PIECE (64u << 10)       /* bytes decoded at a time */
#define PLAIN_HEADER (64u << 10) /* a block up to this size goes to GMime as it is */

struct Mime {
	Arena *arena;
	int fd;
	GMimeObject *top;
	MimePart *root;
	Str header;
	size_t parts;
	bool truncated, too_deep;
};

/* ---- types and names ---- */

static Str raw_field(GMimeObject *o, const char *name) {
	GMimeHeaderList *list = g_mime_object_get_header_list(o);
	GMimeHeader *h = list ? g_mime_header_list_get_header(list, name) : NULL;
	const char *raw = h ? g_mime_header_get_raw_value(h) : NULL;
	return raw ? (Str){raw, strnlen(raw, SCAN_MAX_FIELD)} : (Str){"", 0};
}

static bool type_char(char c) {
	return (unsigned char)c > ' ' && (unsigned char)c < 0x7F && !strchr("()<>@,;:\\\"[]?=", c);
}

/* "Text/HTML; charset=.." as text/html. */
static const char *media_type(Arena *a, Str raw) {
	Str s = str_trim(raw);
	size_t n = 0;
	const char *slash = NULL;
	while (n < s.n && n < 127 && type_char(s.p[n])) {
		if (s.p[n] == '/')
			slash = s.p + n;
		n++;
	}
	if (s.n == 0 || (!slash && str_starts_nocase(s, "text")))
		return "text/plain";
	if (!slash || slash == s.p || slash == s.p + n - 1)
		return "application/octet-stream";
	return text_lower(a, str_dup(a, str_sub(s, 0, n)));
}

/* Whether a name says anything: not lost to question marks, underlines or U+FFFD. */
static bool good_name(const char *s) {
	if (!s || !*s || strstr(s, "\xEF\xBF\xBD"))
		return false;
	const char *dot = strrchr(s, '.');
	size_t n = dot && dot > s ? (size_t)(dot - s) : strlen(s);
	return strspn(s, "_? ") < n;
}

/* A description or location serves as a name when it ends like one. */
static const char *described(Arena *a, GMimeObject *o) {
	static const char *const field[] = {"Content-Description", "Content-Location"};
	for (size_t i = 0; i < sizeof field / sizeof *field; i++) {
		const char *s = header_text(a, raw_field(o, field[i]));
		const char *dot = strrchr(s, '.');
		size_t n = dot ? strlen(dot + 1) : 0;
		if (n >= 1 && n <= 5 && text_valid(str_of(dot)) && !strpbrk(dot, "/:?& "))
			return s;
	}
	return "";
}

static const char *file_name(Arena *a, GMimeObject *o, const MimePart *p, Str type, Str disposition) {
	char *filename = header_param(a, disposition, "filename");
	if (good_name(filename))
		return filename;
	char *name = header_param(a, type, "name");
	if (!name || !*name) /* some write filename= into the type */
		name = header_param(a, type, "filename");
	if (!name || !*name)
		name = header_param(a, disposition, "name");
	if (good_name(name) || !filename || !*filename)
		filename = name;
	if (filename && *filename)
		return filename;
	bool text = strncmp(p->type, "text/", 5) == 0 || strncmp(p->type, "multipart/", 10) == 0;
	return text && !p->attachment ? "" : described(a, o);
}

static const char *or_empty(const char *s) {
	return s ? s : "";
}

static void describe(Mime *m, MimePart *p, GMimeObject *o) {
	Arena *a = m->arena;
	Str type = raw_field(o, "Content-Type");
	Str disposition = str_trim(raw_field(o, "Content-Disposition"));
	p->type = media_type(a, type);
	p->charset = or_empty(header_param(a, type, "charset"));
	p->flowed = str_is_nocase(str_of(or_empty(header_param(a, type, "format"))), "flowed");
	p->delsp = p->flowed && str_is_nocase(str_of(or_empty(header_param(a, type, "delsp"))), "yes");
	p->has_disposition = disposition.n > 0;
	p->attachment = str_starts_nocase(disposition, "attachment");
	p->name = file_name(a, o, p, type, disposition);
	p->cid = header_ids(a, raw_field(o, "Content-ID"));
	p->report_type = "";
	p->method = "";
	if (strcmp(p->type, "multipart/report") == 0)
		p->report_type = text_lower(a, or_empty(header_param(a, type, "report-type")));
	if (strcmp(p->type, "text/calendar") == 0)
		p->method = text_upper(a, or_empty(header_param(a, type, "method")));
}

/* ---- the tree ---- */

static MimePart *walk(Mime *m, GMimeObject *o, MimePart *parent, int depth);

static void walk_children(Mime *m, GMimeMultipart *multi, MimePart *p, int depth) {
	int n = g_mime_multipart_get_count(multi);
	MimePart **link = &p->child;
	if (n > 0 && !multi->write_end_boundary)
		m->truncated = true;
	for (int i = 0; i < n; i++) {
		*link = walk(m, g_mime_multipart_get_part(multi, i), p, depth + 1);
		if (!*link)
			return;
		link = &(*link)->next;
	}
}

/* A type that says multipart over what is none, or has no boundary: text. */
static void settle_type(MimePart *p, GMimeObject *o) {
	bool multi = GMIME_IS_MULTIPART(o) && g_mime_multipart_get_count((GMimeMultipart *)o) > 0;
	if (!multi && strncmp(p->type, "multipart/", 10) == 0)
		p->type = "text/plain";
	else if (multi && strncmp(p->type, "multipart/", 10) != 0)
		p->type = "multipart/mixed";
}

static MimePart *walk(Mime *m, GMimeObject *o, MimePart *parent, int depth) {
	if (!o || depth > MIME_MAX_DEPTH || m->parts >= MIME_MAX_PARTS) {
		m->too_deep = true;
		return NULL;
	}
	MimePart *p = ARENA_NEW(m->arena, MimePart);
	m->parts++;
	p->parent = parent;
	p->depth = depth;
	p->handle = o;
	describe(m, p, o);
	p->is_message = strcmp(p->type, "message/rfc822") == 0;
	settle_type(p, o);
	if (GMIME_IS_MULTIPART(o))
		walk_children(m, (GMimeMultipart *)o, p, depth);
	return p;
}

/* ---- opening ---- */

/* What GMime reads in place of a header block that is too long or faulty: its
 * Content- fields alone.  A multipart whose boundary never comes becomes text, else
 * GMime would hold all of it in memory as its preamble. */
static GMimeStream *mended_stream(Mime *m, const Scan *scan, bool as_text) {
	Buf b = {0};
	for (Str rest = m->header, field; scan_next_field(&rest, &field);)
		if (str_starts_nocase(field, "Content-") &&
		    !(as_text && str_starts_nocase(field, "Content-Type")))
			buf_slice(&b, field);
	if (b.n && b.p[b.n - 1] != '\n')
		buf_char(&b, '\n');
	buf_char(&b, '\n');
	GMimeStream *cat = g_mime_stream_cat_new();
	GMimeStream *head = g_mime_stream_mem_new_with_buffer(b.p, b.n);
	GMimeStream *body = window_stream(m->fd, scan->body);
	g_mime_stream_cat_add_source((GMimeStreamCat *)cat, head);
	g_mime_stream_cat_add_source((GMimeStreamCat *)cat, body);
	g_object_unref(head);
	g_object_unref(body);
	buf_free(&b);
	return cat;
}

/* Multipart by its type, without a boundary, or with one that no line begins with. */
static bool boundless(Mime *m, const Scan *scan) {
	Str type = mime_field(m->header, "Content-Type", 0);
	if (!str_starts_nocase(str_trim(type), "multipart"))
		return false;
	Arena *a = arena_new();
	char *boundary = header_param(a, type, "boundary");
	bool none = !boundary || !*boundary ||
	            scan_boundary(m->fd, scan->body, str_of(boundary)) < 0;
	arena_free(a);
	return none;
}

static GMimeObject *parse(GMimeStream *s) {
	GMimeParser *parser = g_mime_parser_new_with_stream(s);
	g_mime_parser_set_persist_stream(parser, TRUE);
	/* Not construct_message: that would also parse every address. */
	GMimeObject *o = g_mime_parser_construct_part(parser, NULL);
	g_object_unref(parser);
	return o;
}

Mime *mime_open(Arena *a, int fd) {
	Mime *m = ARENA_NEW(a, Mime);
	Scan scan;
	m->arena = a;
	m->fd = fd;
	m->header = scan_header(a, fd, &scan);
	bool text = boundless(m, &scan);
	bool mend = text || scan.odd || scan.body > PLAIN_HEADER;
	GMimeStream *s = mend ? mended_stream(m, &scan, text) : window_stream(fd, 0);
	m->top = parse(s);
	g_object_unref(s);
	if (m->top)
		m->root = walk(m, m->top, NULL, 0);
	if (!m->root) {
		m->root = ARENA_NEW(a, MimePart);
		*m->root = (MimePart){.type = "text/plain", .charset = "", .name = "", .cid = "",
		                      .report_type = "", .method = ""};
	}
	return m;
}

void mime_close(Mime *m) {
	if (m && m->top) {
		g_object_unref(m->top);
		m->top = NULL;
	}
}

MimePart *mime_root(const Mime *m) {
	return m->root;
}

Str mime_header(const Mime *m) {
	return m->header;
}

bool mime_truncated(const Mime *m) {
	return m->truncated;
}

bool mime_too_deep(const Mime *m) {
	return m->too_deep;
}

Str mime_field(Str block, const char *name, size_t nth) {
	size_t n = strlen(name);
	for (Str field; scan_next_field(&block, &field);) {
		if (!str_starts_nocase(field, name))
			continue;
		Str rest = str_from(field, n);
		while (rest.n && (rest.p[0] == ' ' || rest.p[0] == '\t'))
			rest = str_from(rest, 1);
		if (rest.n && rest.p[0] == ':' && nth-- == 0)
			return str_trim(str_from(rest, 1));
	}
	return (Str){NULL, 0};
}

/* ---- decoding ---- */

typedef bool (*Sink)(void *ctx, const void *b, size_t n);

/* GMime's own decoder is right, and takes most of the time that reading a large mail takes. */
static int decode_base64(GMimeStream *s, Sink sink, void *ctx) {
	Base64 state = {0};
	char *in = mem_alloc(PIECE), *out = mem_alloc(BASE64_ROOM(PIECE));
	ssize_t n;
	bool go = true;
	while (go && (n = g_mime_stream_read(s, in, PIECE)) > 0) {
		size_t len = base64_more(&state, in, (size_t)n, out);
		go = len == 0 || sink(ctx, out, len);
	}
	size_t len = base64_end(&state, out);
	go = go && (len == 0 || sink(ctx, out, len));
	free(in);
	free(out);
	return go ? 0 : -1;
}

static int decode_stream(GMimeStream *s, GMimeContentEncoding coding, Sink sink, void *ctx) {
	GMimeEncoding state;
	g_mime_encoding_init_decode(&state, coding);
	bool identity = coding != GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
	char *in = mem_alloc(PIECE);
	char *out = identity ? NULL : mem_alloc(g_mime_encoding_outlen(&state, PIECE));
	ssize_t n;
	bool go = true;
	while (go && (n = g_mime_stream_read(s, in, PIECE)) > 0) {
		size_t len = identity ? (size_t)n : g_mime_encoding_step(&state, in, (size_t)n, out);
		go = len == 0 || sink(ctx, identity ? in : out, len);
	}
	if (go && !identity) {
		size_t len = g_mime_encoding_flush(&state, in, 0, out);
		go = len == 0 || sink(ctx, out, len);
	}
	free(in);
	free(out);
	return go ? 0 : -1;
}

/* GMime's filter, not its bare decoder, looks for the "begin" line. */
static int decode_uuencoded(GMimeStream *s, Sink sink, void *ctx) {
	GMimeStream *through = g_mime_stream_filter_new(s);
	GMimeFilter *filter = g_mime_filter_basic_new(GMIME_CONTENT_ENCODING_UUENCODE, FALSE);
	g_mime_stream_filter_add((GMimeStreamFilter *)through, filter);
	int rc = decode_stream(through, GMIME_CONTENT_ENCODING_BINARY, sink, ctx);
	g_object_unref(filter);
	g_object_unref(through);
	return rc;
}

int mime_decode(Mime *m, const MimePart *p, Sink sink, void *ctx) {
	if (!p->handle)
		return 0;
	(void)m;
	if (GMIME_IS_MULTIPART(p->handle)) { /* without parts: what there is, is its preamble */
		const char *text = g_mime_multipart_get_prologue(p->handle);
		return !text || !*text || sink(ctx, text, strlen(text)) ? 0 : -1;
	}
	GMimeDataWrapper *content = GMIME_IS_PART(p->handle) ? g_mime_part_get_content(p->handle) : NULL;
	GMimeStream *s = content ? g_mime_data_wrapper_get_stream(content) : NULL;
	if (!s)
		return 0;
	g_mime_stream_reset(s);
	GMimeContentEncoding coding = g_mime_data_wrapper_get_encoding(content);
	if (coding == GMIME_CONTENT_ENCODING_UUENCODE)
		return decode_uuencoded(s, sink, ctx);
	if (coding == GMIME_CONTENT_ENCODING_BASE64)
		return decode_base64(s, sink, ctx);
	return decode_stream(s, coding, sink, ctx);
}

/* ---- before the walls go up ---- */

static bool ignore(void *ctx, const void *b, size_t n) {
	(void)ctx;
	(void)b;
	(void)n;
	return true;
}

static const char sample[] =
    "From: =?gb18030?B?1cXI/Q==?= <a@example.org>\n"
    "Subject: =?big5?B?pKSk5Q==?= =?utf-8?Q?=E4=B8=AD?=\n"
    "Date: Fri, 09 Aug 2013 09:23:42 +0800 (CST)\n"
    "MIME-Version: 1.0\n"
    "Content-Type: multipart/mixed; boundary=b\n\n"
    "--b\nContent-Type: text/plain; charset=gbk\nContent-Transfer-Encoding: quoted-printable\n\n"
    "=D6=D0=CE=C4\n"
    "--b\nContent-Type: application/octet-stream; name=\"=?gb2312?B?1tDOxA==?=\"\n"
    "Content-Disposition: attachment; filename*=GB2312''%D6%D0%CE%C4\n"
    "Content-Transfer-Encoding: base64\n\nAAAA\n"
    "--b\nContent-Type: message/rfc822\n\nSubject: x\nContent-Type: text/html\n\ny\n--b--\n";

/* In sanitizer builds only: what GMime keeps for the life of the process is no leak,
 * though registering a type drops the old entry. */
extern void __lsan_disable(void) __attribute__((weak));
extern void __lsan_enable(void) __attribute__((weak));

static void start_gmime(void) {
	static const char *const inner[] = {"rfc822", "rfc2822", "global", "news"};
	if (__lsan_disable)
		__lsan_disable();
	g_mime_init();
	/* An inner message is bytes to us, opened in its turn: GMime would read its addresses, and
	 * its headers without a limit. */
	for (size_t i = 0; i < sizeof inner / sizeof *inner; i++)
		g_mime_object_register_type("message", inner[i], GMIME_TYPE_PART);
	if (__lsan_enable)
		__lsan_enable();
}

void mime_preload(void) {
	static bool done;
	if (done)
		return;
	done = true;
	start_gmime();
	charset_preload();
	int fd = memfd_create("sample", MFD_CLOEXEC);
	if (fd < 0)
		return;
	Arena *a = arena_new();
	if (write(fd, sample, sizeof sample - 1) == (ssize_t)sizeof sample - 1) {
		Mime *m = mime_open(a, fd);
		for (MimePart *p = mime_root(m)->child; p; p = p->next)
			mime_decode(m, p, ignore, NULL);
		mime_close(m);
	}
	close(fd);
	arena_free(a);
}
