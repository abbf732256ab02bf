/* Records and frames: nothing the other side sends is believed. */
#include "row.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/record.h"
#include "base/text.h"

static Arena *a;

static Buf sample(void) {
	Buf b = {0};
	rec_put_num(&b, 7);
	rec_put_num(&b, UINT64_MAX);
	rec_put_text(&b, "绿色");
	rec_put_text(&b, NULL);
	rec_put_bytes(&b, "a\0b\xFF", 4);
	rec_put_num(&b, 3);
	return b;
}

static void there_and_back(void **state) {
	(void)state;
	Buf b = sample();
	RecIn r = {b.p, b.n, false};
	assert_int_equal(rec_num(&r), 7);
	assert_true(rec_num(&r) == UINT64_MAX);
	assert_string_equal(rec_text(&r, a), "绿色");
	assert_string_equal(rec_text(&r, a), "");
	Str s = rec_bytes(&r);
	assert_true(str_eq(s, (Str){"a\0b\xFF", 4}));
	assert_int_equal(rec_count(&r, 3), 3);
	assert_true(r.n == 0 && !r.bad);
	assert_int_equal(rec_num(&r), 0);
	assert_true(r.bad);
	assert_string_equal(rec_text(&r, a), "");
	assert_int_equal(rec_bytes(&r).n, 0);
	buf_free(&b);
}

static void limits(void **state) {
	(void)state;
	static const struct {
		uint64_t sent;
		size_t max, got;
		bool bad;
	} rows[] = {{0, 0, 0, 0}, {5, 5, 5, 0}, {6, 5, 0, 1}, {UINT64_MAX, 5, 0, 1}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Buf b = {0};
		char *row = arena_fmt(a, "%zu", i);
		rec_put_num(&b, rows[i].sent);
		RecIn r = {b.p, b.n, false};
		ROW_INT(row, rec_count(&r, rows[i].max), rows[i].got);
		ROW_INT(row, r.bad, rows[i].bad);
		buf_free(&b);
	}
	RecIn huge = {"\xFF\xFF\xFF\xFFxx", 6, false};
	assert_int_equal(rec_bytes(&huge).n, 0);
	assert_true(huge.bad);
	RecIn faulty = {"\x02\0\0\0\xFF\0", 6, false};
	assert_string_equal(rec_text(&faulty, a), "�");
}

static void truncated(void **state) {
	(void)state;
	Buf b = sample();
	for (size_t n = 0; n < b.n; n++) {
		char *copy = mem_alloc(n); /* its own memory, so that a sanitizer sees a step too far */
		memcpy(copy, b.p, n);
		RecIn r = {copy, n, false};
		rec_num(&r);
		rec_num(&r);
		rec_text(&r, a);
		rec_text(&r, a);
		rec_bytes(&r);
		rec_count(&r, 3);
		ROW_TRUE(arena_fmt(a, "%zu bytes", n), r.bad);
		free(copy);
	}
	buf_free(&b);
}

static void noise(void **state) {
	(void)state;
	uint64_t seed = 12;
	Arena *own = arena_new();
	for (int i = 0; i < 50000; i++) {
		size_t n = random_next(&seed) % 100;
		char *p = mem_alloc(n);
		random_fill(&seed, p, n, "\x01\x02\x03");
		for (size_t k = 0; k + 1 < n; k += 5)
			p[k] = 0;
		RecIn r = {p, n, false};
		while (!r.bad) {
			switch (random_next(&seed) % 4) {
			case 0: rec_num(&r); break;
			case 1: rec_count(&r, 1000); break;
			case 2: rec_bytes(&r); break;
			default: assert_true(text_valid(str_of(rec_text(&r, own)))); break;
			}
		}
		free(p);
		arena_reset(own);
	}
	arena_free(own);
}

static void ends(int pair[2], bool pipes) {
	assert_int_equal(pipes ? pipe(pair) : socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	if (!pipes) { /* as with pipes: [1] writes, [0] reads */
		shutdown(pair[0], SHUT_WR);
	}
}

static void frames(void **state) {
	(void)state;
	static const size_t rows[] = {0, 1, 1000, 3000000};
	for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
		int pair[2];
		size_t n = rows[i / 2];
		ends(pair, i % 2);
		char *p = mem_alloc(n), *row = arena_fmt(a, "%zu by %s", n, i % 2 ? "pipe" : "socket");
		memset(p, 'f', n);
		pid_t child = fork();
		if (child == 0) {
			Err e = {0};
			close(pair[0]);
			_exit(frame_send(pair[1], (Str){p, n}, -1, &e) ? 1 : 0);
		}
		close(pair[1]);
		Buf b = {0};
		Err e = {0};
		int fd = 77, status;
		buf_str(&b, "x");
		ROW_INT(row, frame_recv(pair[0], &b, n, &fd, 20000, &e), 1);
		ROW_INT(row, fd, -1);
		ROW_TRUE(row, b.n == n + 1 && memcmp(b.p + 1, p, n) == 0);
		ROW_INT(row, frame_recv(pair[0], &b, n, NULL, 20000, &e), 0);
		waitpid(child, &status, 0);
		ROW_INT(row, status, 0);
		close(pair[0]);
		buf_free(&b);
		free(p);
	}
}

static int open_count(void) {
	int n = 0;
	for (int fd = 0; fd < 200; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void descriptors(void **state) {
	(void)state;
	int pair[2], p[2], fd;
	Buf b = {0};
	Err e = {0};
	int before = open_count();
	ends(pair, false);
	assert_int_equal(pipe(p), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(frame_send(pair[1], STR("with"), p[1], &e), 0);
	assert_int_equal(frame_recv(pair[0], &b, 100, &fd, 1000, &e), 1);
	assert_true(fd >= 0 && (fcntl(fd, F_GETFD) & FD_CLOEXEC));
	char c = 'c';
	assert_int_equal(write(fd, &c, 1), 1);
	assert_int_equal(read(p[0], &c, 1), 1);
	close(fd);
	assert_int_equal(frame_recv(pair[0], &b, 100, NULL, 1000, &e), 1); /* closed, unasked */
	assert_int_equal(frame_recv(pair[0], &b, 3, &fd, 1000, &e), -1);   /* closed, too large */
	assert_int_equal(fd, -1);
	close(pair[0]), close(pair[1]), close(p[0]), close(p[1]);
	assert_int_equal(open_count(), before);
	buf_free(&b);
}

static void bad_frames(void **state) {
	(void)state;
	static const struct {
		const char *row;
		Str sent;
		int r;
	} rows[] = {
		{"nothing", {"", 0}, 0},
		{"half a length", {"\x05\0", 2}, -1},
		{"no body", {"\x05\0\0\0", 4}, -1},
		{"half a body", {"\x05\0\0\0ab", 6}, -1},
		{"too large", {"\x0B\0\0\0ab", 6}, -1},
		{"huge", {"\xFF\xFF\xFF\xFF", 4}, -1},
		{"whole", {"\x02\0\0\0ab", 6}, 1},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int pair[2];
		ends(pair, false);
		ROW_INT(rows[i].row, write(pair[1], rows[i].sent.p, rows[i].sent.n), rows[i].sent.n);
		close(pair[1]);
		Buf b = {0};
		Err e = {0};
		ROW_INT(rows[i].row, frame_recv(pair[0], &b, 10, NULL, 1000, &e), rows[i].r);
		ROW_INT(rows[i].row, e.kind != ERR_NONE, rows[i].r < 0);
		ROW_STR(rows[i].row, buf_cstr(&b), rows[i].r == 1 ? "ab" : "");
		close(pair[0]);
		buf_free(&b);
	}
	int pair[2];
	Buf b = {0};
	Err e = {0};
	ends(pair, false);
	assert_int_equal(write(pair[1], "\x05\0\0\0ab", 6), 6);
	assert_int_equal(frame_recv(pair[0], &b, 10, NULL, 30, &e), -1); /* silence half-way */
	assert_int_equal(e.kind, ERR_SERVER);
	close(pair[0]);
	assert_int_equal(frame_send(pair[1], STR("x"), -1, &e), -1); /* nobody reads: no SIGPIPE */
	close(pair[1]);
	buf_free(&b);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back), cmocka_unit_test(limits), cmocka_unit_test(truncated),
		cmocka_unit_test(noise),          cmocka_unit_test(frames), cmocka_unit_test(descriptors),
		cmocka_unit_test(bad_frames),
	};
	a = arena_new();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(a);
	return failed;
}
