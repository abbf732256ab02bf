/* Beside the writer of our own mails: takes one apart again that waits in the outbox, to join it with others.  Refuses what
 * compose_mail() did not write; foreign mail is read behind the walls only. */
#include <string.h>

#include "base/base64.h"
#include "base/hash.h"
#include "mail/compose.h"
#include "mail/header.h"

#define DEEPEST 4 /* mixed, alternative, related, and the part */

typedef struct {
	Arena *arena;
	Mail *mail;
	VEC(Attachment) attachment;
} Reading;

Str compose_field(Str mail, const char *name) {
	size_t at = 0;
	while (at < mail.n && mail.p[at] != '\r' && mail.p[at] != '\n') {
		size_t end = at;
		do {
			ptrdiff_t line = str_find(str_from(mail, end), STR("\n"));
			end = line < 0 ? mail.n : end + (size_t)line + 1;
		} while (end < mail.n && (mail.p[end] == ' ' || mail.p[end] == '\t'));
		if (str_starts_nocase(str_from(mail, at), name))
			return str_sub(mail, at, end - at);
		at = end;
	}
	return (Str){0};
}

static Str value_of(Str part, const char *name) {
	return str_trim(str_from(compose_field(part, name), strlen(name)));
}

/* "text/calendar;\r\n method=REQUEST;\r\n name=..." -> what stands before the name. */
static char *media_of(Reading *r, Str type) {
	ptrdiff_t name = str_find(type, STR(";\r\n name="));
	return str_dup(r->arena, name < 0 ? type : str_sub(type, 0, (size_t)name));
}

static Str decoded(Reading *r, Str part, Str body) {
	Buf b = {0};
	if (!str_is(value_of(part, "Content-Transfer-Encoding:"), "base64"))
		return str_sub(body, 0, body.n > 2 ? body.n - 2 : 0); /* the last line end is the boundary's */
	base64_decode(&b, body);
	Str out = {arena_copy(r->arena, b.p ? b.p : "", b.n), b.n};
	buf_free(&b);
	return out;
}

static char *text_of(Reading *r, Str s) {
	Buf b = {0};
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\r')
			buf_char(&b, s.p[i]);
	char *out = arena_str(r->arena, buf_cstr(&b));
	buf_free(&b);
	return out;
}

static void read_leaf(Reading *r, Str part, Str body) {
	Str type = value_of(part, "Content-Type:"), disposition = value_of(part, "Content-Disposition:");
	Str bytes = decoded(r, part, body);
	if (disposition.n) {
		const char *name = header_param(r->arena, disposition, "filename");
		char *cid = header_ids(r->arena, value_of(part, "Content-ID:"));
		*vec_push(&r->attachment) = (Attachment){name ? name : "", media_of(r, type), bytes, *cid ? cid : NULL};
	} else if (str_starts(type, "text/calendar")) {
		*vec_push(&r->attachment) = (Attachment){NULL, media_of(r, type), bytes, NULL};
	} else if (str_starts(type, "text/html")) {
		r->mail->html = text_of(r, bytes);
	} else {
		r->mail->text = text_of(r, bytes);
	}
}

static bool read_part(Reading *r, Str part, int depth);

static bool read_parts(Reading *r, Str body, const char *boundary, int depth) {
	Str rest = body, start = str_of(arena_fmt(r->arena, "--%s\r\n", boundary));
	Str next = str_of(arena_fmt(r->arena, "\r\n--%s", boundary));
	while (str_starts(rest, start.p)) {
		rest = str_from(rest, start.n);
		ptrdiff_t end = str_find(rest, next);
		if (end < 0 || !read_part(r, str_sub(rest, 0, (size_t)end + 2), depth + 1))
			return false;
		rest = str_from(rest, (size_t)end + 2);
	}
	return str_starts(rest, arena_fmt(r->arena, "--%s--", boundary));
}

static bool read_part(Reading *r, Str part, int depth) {
	ptrdiff_t end = str_find(part, STR("\r\n\r\n"));
	Str type = value_of(part, "Content-Type:");
	if (end < 0 || depth > DEEPEST || type.n == 0)
		return false;
	Str body = str_from(part, (size_t)end + 4);
	if (!str_starts(type, "multipart/")) {
		read_leaf(r, part, body);
		return true;
	}
	const char *boundary = header_param(r->arena, type, "boundary");
	return boundary && read_parts(r, body, boundary, depth);
}

bool compose_read(Arena *a, Str bytes, Mail *out) {
	Reading r = {.arena = a, .mail = out};
	*out = (Mail){.text = "", .html = "", .message_id = header_ids(a, value_of(bytes, "Message-ID:")),
	              .in_reply_to = header_ids(a, value_of(bytes, "In-Reply-To:")),
	              .references = header_ids(a, value_of(bytes, "References:"))};
	bool good = *out->message_id && read_part(&r, bytes, 1);
	Attachment *copy = arena_array(a, r.attachment.n + 1, sizeof *copy);
	if (r.attachment.n)
		memcpy(copy, r.attachment.v, r.attachment.n * sizeof *copy);
	out->attachment = copy;
	out->attachment_n = r.attachment.n;
	vec_free(&r.attachment);
	return good;
}
