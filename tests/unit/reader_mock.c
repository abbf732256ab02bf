/* A reader that does what the message's first word says, behind the same walls as the
 * real one: part of test_client, which starts itself again as its reader. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reader/preload.h"
#include "reader/serve.h"
#include "reader/walls.h"
#include "reader/wire.h"

static uint64_t mock_questions; /* how many there were */

static void mock_say(ReadJob *j, const char *text) {
	j->report->subject = arena_str(j->arena, text);
}

static void mock_crash(ReadJob *j) {
	volatile uintptr_t nowhere = 8;
	(void)j;
	*(volatile int *)nowhere = 1;
}

static void mock_abort(ReadJob *j) {
	(void)j;
	abort();
}

static void mock_spin(ReadJob *j) {
	volatile bool on = true;
	(void)j;
	while (on)
		;
}

static void mock_swell(ReadJob *j) {
	for (;;)
		memset(arena_array(j->arena, 1, 1 << 20), 1, 1 << 20);
}

static void mock_hang(ReadJob *j) {
	(void)j;
	poll(NULL, 0, -1);
}

static int mock_depth(volatile int n) {
	volatile char room[4096];
	room[n & 4095] = 1;
	return n < 0 ? 0 : mock_depth(n + 1) + room[0];
}

static void mock_recurse(ReadJob *j) {
	mock_say(j, mock_depth(0) ? "" : "deep");
}

static void mock_socket(ReadJob *j) {
	mock_say(j, arena_fmt(j->arena, "%d", socket(AF_UNIX, SOCK_STREAM, 0)));
}

static void mock_exit(ReadJob *j) {
	(void)j;
	_exit(3);
}

static void send_frame(uint64_t kind, const char *text) {
	Buf b = {0};
	rec_put_num(&b, kind);
	rec_put_num(&b, mock_questions);
	rec_put_text(&b, text);
	frame_send(WIRE_SOCKET, buf_view(&b), -1, NULL);
	buf_free(&b);
}

static void mock_garble(ReadJob *j) {
	(void)j;
	send_frame(WIRE_REPORT, "no report at all");
}

static void mock_babble(ReadJob *j) {
	(void)j;
	send_frame(4711, "");
}

static void mock_huge(ReadJob *j) {
	static const unsigned char length[4] = {255, 255, 255, 255};
	(void)j;
	if (write(WIRE_SOCKET, length, 4) == 4)
		poll(NULL, 0, -1);
}

static void mock_cut(ReadJob *j) {
	static const unsigned char length[4] = {100, 0, 0, 0};
	(void)j;
	if (write(WIRE_SOCKET, length, 4) == 4)
		_exit(0);
}

static void mock_deaf(ReadJob *j) {
	(void)j;
	close(WIRE_SOCKET);
	for (volatile bool on = true; on;)
		;
}

/* An answer to a question not yet asked: a whole report of its own. */
static void mock_forge(ReadJob *j) {
	Buf b = {0};
	mock_say(j, "forged");
	rec_put_num(&b, WIRE_REPORT);
	rec_put_num(&b, mock_questions);
	report_put(&b, j->report);
	frame_send(WIRE_SOCKET, buf_view(&b), -1, NULL);
	frame_send(WIRE_SOCKET, buf_view(&b), -1, NULL);
	buf_free(&b);
}

static void mock_field(ReadJob *j) {
	FormRead *f = vec_push(&j->form);
	f->part = -1;
	f->value_n = 1;
	f->value = ARENA_NEW(j->arena, FormValue);
	f->value->field = 2; /* the map has two */
	f->value->text = "x";
}

static void mock_index(ReadJob *j) {
	Part *p = vec_push(&j->part);
	*p = (Part){.name = "x", .path = "", .parent = -1, .spill = 1, .form = -1};
}

static void mock_form(ReadJob *j) {
	mock_field(j);
	j->form.v[0].value->field = 1;
	mock_say(j, arena_fmt(j->arena, "%s %s %zu", j->map->edition, j->map->field[1].name,
	                      j->map->field[1].label_n));
}

static void spill_one(ReadJob *j, const char *text) {
	Part *p = vec_push(&j->part);
	*p = (Part){.name = "x", .path = "", .parent = -1, .spill = -1, .form = -1};
	int fd = j->spill ? j->spill->open(j->spill, &p->spill) : -1;
	if (fd < 0)
		return;
	p->bytes = strlen(text);
	if (write(fd, text, strlen(text)) < 0)
		j->spill->error = errno;
	close(fd);
}

static void mock_spill(ReadJob *j) {
	spill_one(j, "one");
	spill_one(j, "three");
	mock_say(j, j->spill ? "spilled" : "no spill");
}

/* Asks for more files than anyone needs and never takes one. */
static void mock_flood(ReadJob *j) {
	for (int i = 0; i < 100000; i++)
		send_frame(WIRE_SPILL, "");
	mock_hang(j);
}

static void mock_disk(ReadJob *j) {
	if (j->spill)
		j->spill->error = ENOSPC;
}

/* What it was born with. */
static void mock_born(ReadJob *j) {
	Buf b = {0};
	for (int fd = 0; fd < 60; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			buf_fmt(&b, "%d ", fd);
	for (char **v = environ; *v; v++)
		if (!strstr(*v, "SAN_OPTIONS"))
			buf_fmt(&b, "%s ", *v);
	mock_say(j, buf_cstr(&b));
	buf_free(&b);
}

static void mock_leak(ReadJob *j) {
	while (dup(WIRE_SOCKET) >= 0)
		;
	mock_say(j, "leaked");
}

static int message_fd;

static void mock_write(ReadJob *j) {
	mock_say(j, write(message_fd, "x", 1) < 0 ? strerrorname_np(errno) : "written");
}

static void mock_name(ReadJob *j) {
	mock_say(j, arena_fmt(j->arena, "%u", j->flags));
}

static const struct {
	const char *word;
	void (*act)(ReadJob *j);
} mock_acts[] = {
	{"crash", mock_crash},   {"abort", mock_abort},     {"spin", mock_spin},
	{"swell", mock_swell},   {"hang", mock_hang},       {"recurse", mock_recurse},
	{"socket", mock_socket}, {"exit", mock_exit},       {"garble", mock_garble},
	{"babble", mock_babble}, {"huge", mock_huge},       {"cut", mock_cut},
	{"deaf", mock_deaf},     {"forge", mock_forge},     {"field", mock_field},
	{"index", mock_index},   {"form", mock_form},       {"spill", mock_spill},
	{"flood", mock_flood},   {"disk", mock_disk},       {"born", mock_born},
	{"leak", mock_leak},     {"write", mock_write},     {"name", mock_name},
};

/* Without a known word the message is its own subject, the name behind it. */
static void mock_read(ReadJob *j, int fd, const char *name) {
	char text[200];
	mock_questions++;
	ssize_t n = pread(fd, text, sizeof text - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	message_fd = fd;
	mock_say(j, name ? arena_fmt(j->arena, "%s|%s", text, name) : text);
	for (size_t i = 0; i < sizeof mock_acts / sizeof *mock_acts; i++)
		if (strcmp(text, mock_acts[i].word) == 0)
			mock_acts[i].act(j);
}

static int reader_mock(void) {
	Err e = {0};
	const Walls w = {.sock = WIRE_SOCKET, .memory = READER_MEMORY,
	                 .file_bytes = REPORT_MAX_UNPACKED};
	preload();
	walls_close_above(WIRE_SOCKET);
	if (walls_up(&w, &e) || serve(WIRE_SOCKET, mock_read, &e))
		_exit(70);
	_exit(0);
}
