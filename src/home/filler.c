/* The parent's side of the office program: asks for a form, and waits.  Refuses to wait for ever, and to ask a program again
 * whose answer made no sense. */
#include "home/filler.h"

#include <signal.h>
#include <stdlib.h>

#include "base/record.h"
#include "home/spawn.h"
#include "office/office.h"

struct Filler {
	const Env *env;
	Child child; /* pid 0: none */
	unsigned served;
	Buf frame;
};

Filler *filler_new(const Env *env) {
	Filler *f = mem_alloc(sizeof *f);
	*f = (Filler){.env = env};
	return f;
}

static int end(Filler *f, Err *e) {
	int status = f->child.pid ? spawn_end(&f->child, e) : 0;
	f->child.pid = 0;
	f->served = 0;
	return status;
}

void filler_free(Filler *f) {
	Err ignored = {0};
	if (!f)
		return;
	end(f, &ignored);
	buf_free(&f->frame);
	free(f);
}

static int ready(Filler *f, Err *e) {
	const char *args[] = {"fill", f->env->home_path, NULL};
	Err ignored = {0}; /* how the old one ended is nothing to the next */
	if (f->served >= FILLER_RECYCLE)
		end(f, &ignored);
	return f->child.pid ? 0 : spawn_talk(f->env, "xinlv-office", args, &f->child, e);
}

/* It is gone, or as good as that. */
static int lost(Filler *f, Err *e) {
	kill(f->child.pid, SIGKILL);
	int status = end(f, e);
	return status < 0 ? -1 : err_set(e, ERR_BUG, "xinlv-office ended with %d", status);
}

int filler_fill(Filler *f, Str record, Buf *book, Err *e) {
	if (ready(f, e) < 0)
		return -1;
	buf_clear(&f->frame);
	if (frame_send(f->child.in, record, -1, NULL) < 0 ||
	    frame_recv(f->child.in, &f->frame, OFFICE_MAX_FRAME, NULL, FILLER_MS, NULL) != 1)
		return lost(f, e);
	RecIn in = {f->frame.p, f->frame.n, false};
	bool made = rec_num(&in) == 1;
	Arena *a = arena_new();
	char *fault = rec_text(&in, a);
	Str bytes = rec_bytes(&in);
	int rc = 0;
	if (in.bad || in.n)
		rc = lost(f, e);
	else if (!made)
		rc = err_set(e, ERR_BUG, "xinlv-office: %s", fault);
	else
		buf_slice(book, bytes);
	f->served++;
	arena_free(a);
	return rc;
}
