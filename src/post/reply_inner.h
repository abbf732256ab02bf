/* Inside of the replies: one answer in the making, and the pieces that several kinds
 * of it share.  Nobody outside reply*.c needs this. */
#ifndef XINLV_POST_REPLY_INNER_H
#define XINLV_POST_REPLY_INNER_H

#include "post/reply.h"

#define REPLY_SUBJECT_CHARS 40   /* of the sender's subject, of a title in a subject */
#define REPLY_WHO_CHARS 60       /* of the name of whom we write to */
#define REPLY_NAME_CHARS 80      /* of a title or an organisation in the text */
#define REPLY_LONG_LEAST 20      /* columns of a long text that a receipt shows at the least; its length is told */
#define REPLY_LINE_CHARS 60      /* of a text of one line in a receipt */
#define REPLY_CELL_CHARS 18      /* of a table's cell in a receipt */
#define REPLY_FOUND_CHARS 60     /* of a faulty value */
#define REPLY_TABLE_ROWS 3       /* of a table in a receipt; their number is told */
#define REPLY_PAGE_LINES 46      /* what was read takes at most so many on the sheet: else fewer rows */
#define REPLY_PAGE_FILES 4       /* files beyond take from those lines */
#define REPLY_SEVERAL_READ 5     /* forms in one mail: with more, what was read from each is not repeated */
#define REPLY_FAULTS 200         /* faults written out in one mail; more are counted */
#define REPLY_WARNINGS 20        /* the same for warnings and repairs */
#define REPLY_ENTRIES 100        /* entries that a progress answer names */
#define REPLY_FORMS_BYTES (3u << 20) /* forms enclosed all together; else none but the one asked for */
#define REPLY_REFERENCES 20      /* ids of the thread kept */
#define REPLY_FORWARD_CHARS 1500 /* of a mail that a person must read, shown where it is forwarded */

typedef struct {
	const ReplyWorld *w;
	Arena *a;
	const Verdict *v;    /* NULL for what could not be read, and for notices */
	const ReplyFacts *f; /* likewise */
	Data *d;             /* of the mail in the making */
	const char *to, *to_name;
	const char *in_reply_to, *references;
	const char *reply_to; /* where an answer goes, NULL: to us */
	const char *key;     /* which message is answered: part of the Message-ID */
	int64_t until;       /* to mend, 0: nothing */
	VEC(Attachment) att;
	VEC(Outgoing) out;
} Reply;

/* ---- reply.c */
/* Renders and composes the mail from r->d and r->att, and appends it to r->out. */
int reply_finish(Reply *r, const char *mail, const char *to, const char *to_name, bool notice, Err *e);
/* Whether we may write there at all: well-formed, and not one of our own. */
bool reply_may_write(const Reply *r, const char *addr);
void reply_attach(Reply *r, const Attachment *att);

/* ---- reply_about.c: what an answer is about
 *
 * Moments.  What became of a mail follows its arrival: `opens` and `closes` of a mail that was judged are those of the
 * window it came in or missed, `by` how late it was.  What its reader can still do follows the clock, the moment the answer
 * is made: `over` and `left` (of closes), `reopens` and `recloses` (another window, `reopened` when it has begun),
 * `begins` (opens, while that is to come), `supplements_until`, and `opens` and `closes` of a mail that was not judged:
 * a check, a question. */
const char *reply_short(Reply *r, const char *s, size_t chars); /* one line, cut */
int64_t reply_closes(const Reply *r);
void reply_about(Reply *r, Data *d, const char *subject, const char *sender, int64_t received);
/* Title, organisation, track, number and state of form i. */
void reply_form(Reply *r, Data *d, size_t i);
void reply_form_files(Reply *r, Data *d, const FormVerdict *f);
void reply_all_files(Reply *r, Data *d);
void reply_attached(Reply *r, Data *d); /* the names of what is enclosed */
void reply_phases(Reply *r, Data *d);
void reply_track(Data *d, const Track *t);
void reply_tracks(Reply *r, Data *d);

/* ---- reply_read.c: what was read from a form, short enough for one page */
void reply_reading(Reply *r, Data *d, const FormVerdict *f);

/* ---- reply_faults.c */
/* Problems of the mail (form NULL) or of the mail and a form; gives the number of errors. */
size_t reply_problems(Reply *r, Data *d, const Problem *p, size_t n, const FormVerdict *form);
/* Until when a form may be mended (DESIGN 11): the later of the closing and some hours from now. */
void reply_mend(Reply *r, Data *d, int64_t received);

/* ---- reply_forward.c: what stands in a mail to the secretariat about r->v and r->f */
void reply_forwarding(Reply *r);

/* ---- one function a kind: fills r->d.  -1 when the verdict makes no sense (ERR_BUG). */
int reply_receipt(Reply *r, Err *e);
int reply_duplicate(Reply *r, Err *e);
int reply_late(Reply *r, Err *e);
int reply_not_eligible(Reply *r, Err *e);
int reply_mending(Reply *r, Err *e);
int reply_precheck(Reply *r, Err *e);
int reply_several(Reply *r, Err *e);
int reply_near_miss(Reply *r, Err *e);
int reply_forms(Reply *r, Err *e);
int reply_help(Reply *r, Err *e);
int reply_progress(Reply *r, Err *e);
int reply_plain(Reply *r, Err *e); /* unrecognised, change, supplement, too_large */
/* The confirmations to the contacts of the accepted forms, as mails of their own. */
int reply_confirm(Reply *r, Err *e);

#endif
