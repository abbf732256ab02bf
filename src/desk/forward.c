/* Joins the archive and the wording: the message as it came, enclosed in a note to the secretariat.  Decides nothing
 * about it. */
#include "desk/forward.h"

#include <string.h>

#include "base/file.h"
#include "base/text.h"

bool forward_wanted(const Verdict *v) {
	return v->outcome == OUTCOME_UNRECOGNISED || v->outcome == OUTCOME_CHANGE;
}

/* Named for who wrote: a folder of them can be told apart. */
static int enclose(World *w, Arena *a, const MessageRow *m, const ReplyFacts *f, Attachment *out, Err *e) {
	char path[128];
	Buf b = {0};
	archive_path(m->sha256, path);
	if (file_read(w->env->home, path, 0, &b, e) < 0)
		return -1;
	*out = (Attachment){.name = text_filename(a, arena_fmt(a, "%s.eml", f->report->from.addr), 120),
	                    .media = "message/rfc822", .bytes = buf_give(&b, a)};
	return 0;
}

int forward_mail(World *w, Arena *a, const MessageRow *m, const Verdict *v, const ReplyFacts *f, Outgoing **out, size_t *n,
                 Err *e) {
	Attachment original;
	bool whole = m->bytes <= FORWARD_MAX_BYTES;
	Outgoing *more, *all;
	size_t more_n;
	ReplyWorld rw = world_reply(w);
	if (whole && enclose(w, a, m, f, &original, e) < 0)
		return -1;
	if (reply_forward(&rw, a, v, f, whole ? &original : NULL, &more, &more_n, e) < 0)
		return -1;
	all = arena_array(a, *n + more_n + 1, sizeof *all);
	if (*n)
		memcpy(all, *out, *n * sizeof *all);
	if (more_n)
		memcpy(all + *n, more, more_n * sizeof *all);
	*out = all;
	*n += more_n;
	return 0;
}
