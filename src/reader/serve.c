/* Behind the walls: takes a message's descriptor, gives back its report.
 * Refuses to keep anything from one message to the next but the form map. */
#include "reader/serve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/when.h"
#include "reader/walls.h"
#include "reader/wire.h"

#define REPLY_KEPT ((size_t)1 << 20) /* a buffer that grew larger is given back */

typedef struct {
	int sock;
	ServeRead read;
	uint64_t spares; /* files for this message that wait in the socket */
	FormMap map;
	Arena *map_arena, *arena;
	Buf in, out;
} Serving;

/* A file that the parent sent, or sends when asked; -1 for none. */
static int next_spill(int sock, int *index) {
	Buf b = {0};
	int fd = -1;
	int got = frame_recv(sock, &b, WIRE_MAX_FRAME, &fd, -1, NULL);
	RecIn in = {b.p, b.n, got != 1};
	uint64_t n = rec_num(&in) == WIRE_SPILL ? rec_num(&in) : WIRE_NO_SPILL;
	if (in.bad)
		_exit(0); /* the parent is gone */
	buf_free(&b);
	if (fd < 0 || n >= WIRE_MAX_SPILLS)
		return -1;
	*index = (int)n;
	return fd;
}

/* Spill.open */
static int spill_open(Spill *s, int *index) {
	Serving *serving = s->ctx;
	if (serving->spares) {
		serving->spares--;
		return next_spill(serving->sock, index);
	}
	Buf b = {0};
	rec_put_num(&b, WIRE_SPILL);
	int sent = frame_send(serving->sock, buf_view(&b), -1, NULL);
	buf_free(&b);
	return sent ? -1 : next_spill(serving->sock, index);
}

static void report_init(Report *r) {
	const MailAddr nobody = {"", ""};
	*r = (Report){
		.from = nobody, .sender = nobody, .reply_to = nobody, .inner_from = nobody,
		.return_path = "", .subject = "", .subject_bare = "", .message_id = "",
		.in_reply_to = "", .references = "", .mailer = "", .auth_results = "",
		.own_mark = "", .bounce_of = "", .bounce_to = "", .bounce_status = "",
		.bounce_text = "", .calendar_uid = "", .calendar_answer = "", .text = "", .text_whole = "",
		.date = WHEN_NONE, .received = WHEN_NONE, .inner_received = WHEN_NONE,
	};
}

/* The record; a workbook whose every cell was asked for may be too much to tell: then
 * the sheets stay away, and the report says that something does. */
static void put_report(Buf *out, uint64_t question, Report *r) {
	rec_put_num(out, WIRE_REPORT);
	rec_put_num(out, question);
	report_put(out, r);
	if (out->n <= WIRE_MAX_FRAME || r->sheet_n == 0)
		return;
	buf_clear(out);
	r->sheet_n = 0;
	r->parts_cut = true;
	put_report(out, question, r);
}

static void read_one(Serving *s, RecIn *in, int fd) {
	Report report;
	Spill spill = {.open = spill_open, .ctx = s};
	report_init(&report);
	ReadJob job = {.arena = s->arena, .map = &s->map, .report = &report};
	uint64_t question = rec_num(in);
	job.flags = (unsigned)rec_num(in);
	s->spares = rec_num(in);
	bool named = rec_num(in) != 0;
	const char *name = rec_text(in, s->arena);
	if (job.flags & READ_SPILL)
		job.spill = &spill;
	s->read(&job, fd, named ? name : NULL);
	report.part = job.part.v;
	report.part_n = job.part.n;
	report.form = job.form.v;
	report.form_n = job.form.n;
	report.decision = job.decision.v;
	report.decision_n = job.decision.n;
	report.sheet = job.sheet.v;
	report.sheet_n = job.sheet.n;
	buf_clear(&s->out);
	if (spill.error) {
		rec_put_num(&s->out, WIRE_DISK);
		rec_put_num(&s->out, question);
		rec_put_num(&s->out, (uint64_t)spill.error);
	} else {
		put_report(&s->out, question, &report);
	}
	vec_free(&job.part);
	vec_free(&job.form);
	vec_free(&job.decision);
	vec_free(&job.sheet);
}

static void tidy(Serving *s) {
	for (int index; s->spares; s->spares--)
		next_spill(s->sock, &index);
	walls_close_above(s->sock); /* also what a library left open */
	arena_reset(s->arena);
	if (s->out.cap > REPLY_KEPT)
		buf_free(&s->out);
}

/* One frame of the parent: 1, 0 at the end, -1. */
static int turn(Serving *s, Err *e) {
	int fd = -1;
	buf_clear(&s->in);
	int got = frame_recv(s->sock, &s->in, WIRE_MAX_FRAME, &fd, -1, e);
	if (got != 1)
		return got;
	RecIn in = {s->in.p, s->in.n, false};
	uint64_t kind = rec_num(&in);
	if (kind == WIRE_HELLO) {
		arena_reset(s->map_arena);
		return formmap_get(&in, s->map_arena, &s->map) ?
		       err_set(e, ERR_BUG, "reader: the form map is no record") : 1;
	}
	if (kind != WIRE_READ || fd < 0)
		return err_set(e, ERR_BUG, "reader: unknown question");
	read_one(s, &in, fd);
	int sent = frame_send(s->sock, buf_view(&s->out), -1, e);
	tidy(s);
	return sent ? -1 : 1;
}

int serve(int sock, ServeRead read, Err *e) {
	Serving s = {.sock = sock, .read = read, .map_arena = arena_new(), .arena = arena_new()};
	rec_put_num(&s.out, WIRE_READY);
	int going = frame_send(sock, buf_view(&s.out), -1, e) ? -1 : 1;
	while (going == 1)
		going = turn(&s, e);
	buf_free(&s.in);
	buf_free(&s.out);
	arena_free(s.arena);
	arena_free(s.map_arena);
	return going;
}
