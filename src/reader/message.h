/* Message: the rooms inside of reading a mail: its text, its links, the marks of robots, its
 * subject.  Only message.c and file.c include it. */
#ifndef XINLV_READER_MESSAGE_H
#define XINLV_READER_MESSAGE_H

#include "mail/mime.h"
#include "reader/read.h"

#define MESSAGE_MAX_BODY (4u << 20)  /* bytes of one text part decoded */
#define MESSAGE_MAX_STATUS (64u << 10) /* bytes of a delivery status looked at */
#define MESSAGE_MAX_ADDRS 200
#define MESSAGE_MAX_LINKS 50
#define MESSAGE_MAX_CIDS 500
#define MESSAGE_MAX_SUBJECT 1000 /* characters */

/* message.c: a mail inside a mail (an .eml, whatever its label): its attachments become
 * parts whose parent is `parent`.  depth counts messages and archives around it. */
void read_inner_mail(ReadJob *j, int fd, int parent, int depth);

/* uu.c: files that stand uuencoded in a text. */
#define UU_MAX_FILES 20
typedef struct {
	const char *name; /* decoded, "" when none */
	int fd, spill;    /* its bytes, and the spill file they are in, -1 */
	bool whole;       /* false: there was no room for all of it */
} UuFile;
typedef struct {
	UuFile v[UU_MAX_FILES];
	size_t n;
} UuFiles;
/* A text on its way through: what is no code goes to `text`, `most` bytes of it; files are added to *files,
 * whose descriptors are the caller's. */
typedef struct {
	ReadJob *job;
	UuFiles *files;
	Buf *text;
	size_t most;
	Buf line, begin, bytes;
	bool inside;
} Uu;
bool uu_feed(void *ctx, const void *b, size_t n); /* a sink of mime_decode() */
void uu_end(Uu *u);

/* flowed.c: the lines of a text whole again, in place; delsp: the blank at which one was broken was put in for that. */
void flowed_join(char *text, bool delsp);

/* What a text points at. */
typedef struct {
	Arena *arena;
	VEC(const char *) link; /* cloud attachments */
	VEC(const char *) cid;  /* pictures the HTML shows */
} Pointers;

/* links.c: keeps a URL that leads to a cloud attachment, by its host and path; `sure`:
 * the element around it says so, whatever the host. */
void links_add(Pointers *p, Str url, bool sure);
/* Every such URL in plain text. */
void links_scan(Pointers *p, const char *text);

/* Marks that html_text() leaves in its text. */
#define HTML_QUOTE '\001' /* quoted history starts */
#define HTML_END '\002'   /* and ends */
#define HTML_REST '\003'  /* the rest is history */

/* html.c: what a person would read in the HTML, valid UTF-8. */
char *html_text(Arena *a, const char *html, Pointers *p);

/* body.c: the text as people see it, at most REPORT_MAX_TEXT, without the marks: with
 * the history (whole) or without it (text).  Control characters go. */
char *body_whole(Arena *a, const char *marked);
char *body_cut(Arena *a, const char *marked);
/* The address behind the first From line in the history, "" when none. */
MailAddr body_forwarded(Arena *a, const char *whole);

/* subject.c: without prefixes and tags; counts those of replies and forwards. */
char *subject_bare(Arena *a, const char *subject, unsigned *replies, unsigned *forwards);

/* robot.c: ROBOT_ marks of the header and of the root part. */
unsigned robot_header(Arena *a, Str header, const MimePart *root, const Report *r);
/* Whether the text begins as bounces do. */
bool robot_bounce_body(const char *text);
/* calendar.c: which appointment a calendar's answer is about, and what it says. */
void calendar_answer(Arena *a, Str bytes, Report *r);
/* Bounce details, each only where still "": from the message's own header, from a
 * delivery status, from the header of what came back, from the words of a Chinese bounce. */
void bounce_own(Arena *a, Str header, Report *r);
void bounce_status(Arena *a, Str status, Report *r);
void bounce_returned(Arena *a, Str header, Report *r);
void bounce_words(Arena *a, const char *text, Report *r);

#endif
