/* Messages that cannot be read: what killed its reader, and what the server does not give.  Who sent one hears of it where its
 * header allows. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "command/settle_inner.h"

#define HEADER_BYTES (64u << 10) /* of a message that cannot be read whole, for finding its sender */

/* As far as the answer asks: nobody wrote it. */
static const Report nothing_known = {.message_id = "", .in_reply_to = "", .subject = "", .from = {"", ""},
                                     .return_path = "", .own_mark = ""};

static size_t header_length(Str head) {
	ptrdiff_t end = str_find(head, STR("\r\n\r\n"));
	if (end < 0)
		end = str_find(head, STR("\n\n"));
	return end < 0 ? head.n : (size_t)end + 2;
}

/* Only the header block, in a file of its own: what is left to read of a message that cannot be read whole. */
static int read_header_only(Case *c, int fd, Err *e) {
	char *block = arena_alloc(c->arena, HEADER_BYTES), *why;
	ssize_t n = pread(fd, block, HEADER_BYTES, 0);
	if (n <= 0)
		return 0;
	int tmp = openat(c->w->spill, "header", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (tmp < 0)
		return err_errno(e, ERR_DISK, "spool/tmp/header");
	ReadResult got = READ_FAULT;
	if (file_write_all(tmp, block, header_length((Str){block, (size_t)n}), e) == 0)
		got = reader_read(c->w->reader, tmp, NULL, 0, c->arena, &c->report, &why, e);
	if (got != READ_OK)
		c->report = nothing_known;
	close(tmp);
	return got == READ_FAULT ? -1 : 0;
}

/* Outcome and answer of a message that could not be read or fetched. */
static int settle_unread(Case *c, const char *mail, Err *e) {
	bool silent = !c->report.from.addr || !*c->report.from.addr || c->report.robot || *c->report.own_mark;
	Outgoing *out;
	size_t n = 0;
	if (silent)
		return settle_outcome(c, e);
	if (world_templates(c->w, e) < 0)
		return -1;
	ReplyWorld rw = world_reply(c->w);
	if (reply_unread(&rw, c->arena, mail, c->report.from.addr, c->report.subject, c->report.message_id,
	                 c->row->sha256, c->row->received, &out, &n, e) < 0 ||
	    settle_cap(c, out, &n, e) < 0 || settle_outcome(c, e) < 0)
		return -1;
	return settle_queue(c, out, n, e);
}

/* spool/quarantine/HASH.eml and HASH.txt with the reason. */
static int lay_in_quarantine(Case *c, const char *why, Err *e) {
	char hex[HASH_HEX], from[128];
	int home = c->w->env->home;
	if (c->w->rehearsal)
		return 0;
	hash_hex(c->row->sha256, hex);
	archive_path(c->row->sha256, from);
	if (file_mkdirs(home, "spool/quarantine", 0755, e) < 0)
		return -1;
	const char *to = arena_fmt(c->arena, "spool/quarantine/%s.eml", hex);
	if (!file_exists(home, to) && linkat(home, from, home, to, 0) < 0)
		return err_errno(e, ERR_DISK, "%s", to);
	const char *note = arena_fmt(c->arena, "message %s\nreceived %s\nsource %s\nreason %s\n", hex,
	                             when_text(c->arena, c->row->received), c->row->source, why);
	return file_write_plain(home, arena_fmt(c->arena, "spool/quarantine/%s.txt", hex), note, strlen(note),
	                        0644, e);
}

int settle_quarantine(Case *c, int fd, const char *why, Err *e) {
	log_warn("%s quarantined: %s", c->id, why);
	if (lay_in_quarantine(c, why, e) < 0 || read_header_only(c, fd, e) < 0)
		return -1;
	c->verdict = (Verdict){.outcome = OUTCOME_QUARANTINED, .detail = why};
	return settle_unread(c, "quarantined", e);
}

static Verdict too_large(const Case *c) {
	const Rules *rules = c->w->rules;
	Verdict v = {.outcome = OUTCOME_REJECTED, .detail = "larger than fetch.max_bytes",
	             .problem = ARENA_NEW(c->arena, Problem), .problem_n = 1};
	v.problem[0] = (Problem){
		.severity = SEVERITY_ERROR, .where = words(rules, "problem.whole_mail"), .field = "",
		.sentence = words_fill(rules, c->arena, "problem.mail_too_large", "bytes", words_bytes(rules, c->arena, c->row->bytes),
		                       "max", words_bytes(rules, c->arena, (uint64_t)rules->mail.max_bytes), NULL)};
	return v;
}

int settle_unfetched(World *w, const MessageRow *m, int head, Err *e) {
	Case c;
	if (world_reader(w, e) < 0)
		return -1;
	settle_open(&c, w, m);
	c.report = nothing_known;
	int r = head >= 0 ? read_header_only(&c, head, e) : 0;
	bool large = m->bytes > (uint64_t)w->rules->mail.max_bytes;
	c.verdict = large ? too_large(&c)
	                  : (Verdict){.outcome = OUTCOME_QUARANTINED, .detail = "the server gives no copy that can be read"};
	if (r == 0)
		r = settle_unread(&c, large ? "too_large" : "quarantined", e);
	arena_free(c.arena);
	return r;
}
