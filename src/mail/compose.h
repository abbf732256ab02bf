/* Compose: a mail of ours as bytes (RFC 5322, RFC 2045): text and HTML as
 * multipart/alternative, attachments around it.  A writer of our own: ninety lines that keep
 * GLib out of the program that wakes every minute. */
#ifndef XINLV_MAIL_COMPOSE_H
#define XINLV_MAIL_COMPOSE_H

#include "base/arena.h"
#include "base/str.h"

#define COMPOSE_HTML "text/html; charset=utf-8" /* media of a page of ours as an attachment */

typedef struct {
	const char *name;  /* file name shown; UTF-8.  NULL: one more form of the mail's text itself (multipart/alternative) */
	const char *media; /* media type, with parameters for text/calendar; message/rfc822 for a whole mail */
	Str bytes;
	const char *cid;   /* shown by the HTML part (multipart/related), NULL: an attachment */
} Attachment;

typedef struct {
	const char *from_name, *from_addr;
	const char *to_name, *to_addr;
	const char *reply_to; /* NULL: none */
	const char *subject;
	const char *message_id; /* without <> */
	const char *in_reply_to; /* without <>; "" for a mail that is no reply */
	const char *references;  /* ids without <>, blanks between; "" */
	const char *auto_submitted; /* auto-replied or auto-generated */
	const char *mark;           /* value of X-Xinlv, our own mark against loops */
	int64_t date;
	const char *text, *html;
	const Attachment *attachment;
	size_t attachment_n;
} Mail;

/* Lines end in CRLF.  The same Mail gives the same bytes: boundaries come from
 * the Message-ID. */
void compose_mail(Buf *out, const Mail *m);
/* A mail that compose_mail() wrote, taken apart: ids, text, html and attachments; texts live in the arena, with LF line ends.
 * False when it is none. */
bool compose_read(Arena *a, Str bytes, Mail *out);
/* The header lines of the field `name` (with its colon) in a mail or part, with what is folded below; n 0: there are none. */
Str compose_field(Str mail, const char *name);

#endif
