/* xinlv-ical: the program that writes calendar files, apart from the others because of the libraries it brings.  Started by
 * xinlv with appointments on standard input; writes their files, one text after the other, into one file. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "post/calendar.h"

#define MAX_INPUT (256u << 20)

static int read_input(Buf *b, Err *e) {
	ssize_t n;
	do {
		buf_reserve(b, 65536);
		n = read(STDIN_FILENO, b->p + b->n, b->cap - b->n - 1);
		if (n > 0)
			b->n += (size_t)n;
	} while ((n > 0 || (n < 0 && errno == EINTR)) && b->n <= MAX_INPUT);
	return n < 0 || b->n > MAX_INPUT ? err_set(e, ERR_BUG, "the appointments on standard input cannot be read") : 0;
}

static int write_all(Arena *a, const Buf *in, Buf *out, Err *e) {
	RecIn rec = {in->p, in->n, false};
	size_t n = rec_count(&rec, CALENDAR_MAX);
	Arena *one = arena_new();
	for (size_t i = 0; i < n && !rec.bad; i++) {
		Appointment c;
		arena_reset(one);
		calendar_get(&rec, one, &c);
		if (rec.bad || when_zone(arena_str(a, c.zone), e) < 0)
			break;
		rec_put_text(out, calendar_text(one, &c));
	}
	arena_free(one);
	if (rec.bad)
		return err_set(e, ERR_BUG, "the appointments on standard input are damaged");
	return e->kind == ERR_NONE ? 0 : -1;
}

int main(int argc, char **argv) {
	Err e = {0};
	Buf in = {0}, out = {0};
	log_name("xinlv-ical");
	if (argc != 2) {
		fprintf(stderr, "xinlv-ical is started by xinlv, never by hand\n");
		return err_exit(ERR_USAGE);
	}
	Arena *a = arena_new();
	int rc = read_input(&in, &e);
	if (rc == 0)
		rc = write_all(a, &in, &out, &e);
	if (rc == 0)
		rc = file_write_plain(AT_FDCWD, argv[1], out.p ? out.p : "", out.n, 0600, &e);
	if (rc < 0)
		fprintf(stderr, "xinlv-ical: %s\n", e.text);
	buf_free(&in);
	buf_free(&out);
	arena_free(a);
	return rc < 0 ? err_exit(e.kind) : 0;
}
