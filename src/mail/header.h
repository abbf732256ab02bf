/* Header: the words and names of mail headers, both ways (RFC 2047, RFC 2231,
 * RFC 5322), as Chinese mail programs really write them.  Neither GMime nor
 * libetpan is right for these, so this is our own. */
#ifndef XINLV_MAIL_HEADER_H
#define XINLV_MAIL_HEADER_H

#include "base/arena.h"
#include "base/str.h"

/* An unstructured header's raw value (folded, any bytes) as one clean line:
 * adjacent encoded words of one charset are joined as bytes before conversion,
 * words inside quotes are decoded, raw 8-bit bytes are guessed. */
char *header_text(Arena *a, Str raw);

/* A parameter (name, filename, boundary, charset) of a Content-Type or
 * Content-Disposition raw value: RFC 2231 with continuations and charsets, also quoted;
 * the JavaMail hybrid; encoded words in quotes; raw bytes; unquoted names with blanks.
 * NULL when absent.  The value is one clean line. */
char *header_param(Arena *a, Str raw, const char *param);

typedef struct {
	char *name, *addr; /* never NULL; addr bare, domain in lower case */
} HeaderAddr;

/* All addresses of a From, To, Reply-To raw value, leniently: groups, comments,
 * trailing ';', missing quotes, a bare local part is dropped.  n may be 0.  At most max. */
size_t header_addrs(Arena *a, Str raw, HeaderAddr *out, size_t max);
/* The ids of a Message-ID, In-Reply-To or References value without <>, blanks
 * between; also an id written without <>. */
char *header_ids(Arena *a, Str raw);

/* Writers.  Encoded words are UTF-8, base64, at most 75 characters, split on
 * character borders, folded with CRLF and a blank; pure ASCII stays as it is.  CR, LF and
 * control bytes in the input become blanks: no value can start a new header. */
void header_put_text(Buf *out, const char *name, const char *value);
/* display name encoded alone: =?UTF-8?B?..?= <a@b>. */
void header_put_addr(Buf *out, const char *name, const char *display, const char *addr);
/* `; filename="=?UTF-8?B?..?="; filename*=UTF-8''...`: both forms, for old and
 * new programs; an ASCII name is written once. */
void header_put_param(Buf *out, const char *param, const char *value);

#endif
