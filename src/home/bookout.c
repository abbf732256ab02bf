/* The parent's side of a told workbook: texts through a pipe.  Knows nothing of sheets. */
#include "home/bookout.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/file.h"
#include "base/record.h"

#define FULL 65536

int bookout_start(BookOut *b, const Env *env, const char *path, Err *e) {
	const char *args[] = {"digest", path, NULL};
	*b = (BookOut){.e = e};
	return spawn_start(env, "xinlv-office", args, &b->child, e);
}

static void flush(BookOut *b) {
	if (!b->bad && b->buf.n && file_write_all(b->child.in, b->buf.p, b->buf.n, b->e) < 0)
		b->bad = b->broken = true;
	buf_clear(&b->buf);
}

void bookout_text(BookOut *b, const char *text) {
	rec_put_text(&b->buf, text);
	if (b->buf.n >= FULL)
		flush(b);
}

void bookout_num(BookOut *b, int64_t n) {
	char text[24];
	snprintf(text, sizeof text, "%lld", (long long)n);
	bookout_text(b, text);
}

void bookout_texts(BookOut *b, ...) {
	va_list ap;
	const char *text;
	va_start(ap, b);
	while ((text = va_arg(ap, const char *)) != NULL)
		bookout_text(b, text);
	va_end(ap);
}

void bookout_identity(BookOut *b, const char *edition, const char *made, const char *open) {
	bookout_texts(b, "sheet", BOOKOUT_TOKEN, "h", "", "", "", "2", "l", "20", "", "l", "40", "", NULL);
	bookout_texts(b, "row", "", "kind", "decision", "row", "", "edition", edition, "row", "", "made", made, NULL);
	if (*open)
		bookout_texts(b, "row", "", "open", open, NULL);
}

int bookout_end(BookOut *b) {
	flush(b);
	buf_free(&b->buf);
	Err late = {0};
	int status = spawn_end(&b->child, &late);
	if (status < 0 && !b->bad)
		*b->e = late;
	if (status > 0 && (!b->bad || b->broken)) /* its own words are on standard error */
		err_set(b->e, ERR_DISK, "a workbook could not be written");
	return b->bad || status != 0 ? -1 : 0;
}
