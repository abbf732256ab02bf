/* Mime: the structure of a message through GMime, without holding it in memory:
 * the message stays in its file, parts are decoded in pieces on demand. */
#ifndef XINLV_MAIL_MIME_H
#define XINLV_MAIL_MIME_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

#define MIME_MAX_HEADER (256u << 10) /* bytes of one header block kept */
#define MIME_MAX_DEPTH 64            /* deeper parts are not walked */
#define MIME_MAX_PARTS 2000

typedef struct MimePart MimePart;
struct MimePart {
	const char *type;    /* lower case, as text/plain; "application/octet-stream" when senseless */
	const char *charset; /* as labelled, "" when none */
	bool flowed, delsp;  /* of a text: its lines were broken on the way, RFC 3676 */
	const char *name;    /* decoded file name: filename, else name, else "" */
	const char *cid;     /* Content-ID without <> */
	bool attachment;     /* Content-Disposition: attachment */
	bool has_disposition;
	bool is_message;     /* message/rfc822: a leaf; decoded, it is a mail for mime_open */
	const char *report_type; /* of multipart/report, lower case, else "" */
	const char *method;  /* of text/calendar, upper case, else "" */
	MimePart *parent, *child, *next;
	int depth;
	void *handle; /* GMime's object, for mime_decode */
};

typedef struct Mime Mime;

/* Loads GMime, parses one sample: everything it opens is open afterwards. */
void mime_preload(void);
/* Parses the message in fd (seekable; not closed; must stay open).  Always
 * gives something: a mail without sense is one text part. */
Mime *mime_open(Arena *a, int fd);
void mime_close(Mime *m);
MimePart *mime_root(const Mime *m);
/* The message's raw header block as it stands in the file. */
Str mime_header(const Mime *m);
/* First header of that name in a raw block (any case), unfolded not; {NULL,0} when
 * none.  `nth` counts from 0. */
Str mime_field(Str block, const char *name, size_t nth);
bool mime_truncated(const Mime *m); /* a multipart lacks its end boundary */
bool mime_too_deep(const Mime *m);
/* Decodes a leaf part piece by piece into sink; stops when it returns false.
 * Base64, quoted-printable, uuencode and identity.  Returns 0, or -1 when the sink stopped. */
int mime_decode(Mime *m, const MimePart *p, bool (*sink)(void *ctx, const void *b, size_t n), void *ctx);

#endif
