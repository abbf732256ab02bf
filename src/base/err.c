/* Under everything: a fault, its text, and who has to act on it.
 * Refuses to print and to exit; the top of each program does that, once. */
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Ends a text that was cut so that no half character is left, without the
 * newlines that foreign libraries put behind theirs. */
static void tidy_end(char *s) {
	size_t n = strlen(s), start = n, back = 0;
	while (start > 0 && back < 4 && ((unsigned char)s[start - 1] & 0xC0) == 0x80)
		start--, back++;
	if (start > 0) {
		unsigned char lead = (unsigned char)s[start - 1];
		size_t want = lead < 0xC0 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
		if (want > back)
			s[start - 1] = '\0';
	}
	for (n = strlen(s); n && (s[n - 1] == '\n' || s[n - 1] == '\r'); n--)
		s[n - 1] = '\0';
}

/* fmt into a text of its own (an argument may be e->text), at most room bytes. */
static void print(char *out, size_t room, const char *fmt, va_list ap) {
	out[0] = '\0';
	vsnprintf(out, room, fmt, ap);
	tidy_end(out);
}

int err_set(Err *e, ErrKind kind, const char *fmt, ...) {
	if (!e)
		return -1;
	char text[sizeof e->text];
	va_list ap;
	va_start(ap, fmt);
	print(text, sizeof text, fmt, ap);
	va_end(ap);
	e->kind = kind;
	memcpy(e->text, text, sizeof text);
	return -1;
}

static ErrKind kind_of(int error, ErrKind otherwise) {
	switch (error) {
	case ENOSPC:
	case EDQUOT:
	case EROFS:
	case EACCES:
	case EPERM:
	case EIO:
	case EFBIG:
		return ERR_DISK;
	default:
		return otherwise;
	}
}

int err_errno(Err *e, ErrKind kind, const char *fmt, ...) {
	int error = errno;
	if (!e)
		return -1;
	char text[sizeof e->text], reason[128];
	int n = snprintf(reason, sizeof reason, ": %s", strerror(error));
	size_t tail = n < 0 ? 0 : (size_t)n < sizeof reason ? (size_t)n : sizeof reason - 1;
	va_list ap;
	va_start(ap, fmt);
	print(text, sizeof text - tail, fmt, ap); /* a long path must not hide the reason */
	va_end(ap);
	memcpy(text + strlen(text), reason, tail + 1);
	e->kind = kind_of(error, kind);
	memcpy(e->text, text, sizeof text);
	errno = error;
	return -1;
}

static void append(char *text, size_t room, const char *more) {
	size_t n = strlen(text), add = strlen(more);
	if (add > room - 1 - n)
		add = room - 1 - n;
	memcpy(text + n, more, add);
	text[n + add] = '\0';
}

int err_wrap(Err *e, const char *fmt, ...) {
	if (!e)
		return -1;
	char text[sizeof e->text];
	va_list ap;
	va_start(ap, fmt);
	print(text, sizeof text, fmt, ap);
	va_end(ap);
	append(text, sizeof text, ": ");
	append(text, sizeof text, e->text);
	tidy_end(text);
	memcpy(e->text, text, sizeof text);
	return -1;
}

int err_exit(ErrKind kind) {
	switch (kind) {
	case ERR_NONE: return 0;
	case ERR_USAGE: return 64;
	case ERR_REFUSED: return 65;
	case ERR_MISSING: return 66;
	case ERR_SERVER: return 69;
	case ERR_BUG: return 70;
	case ERR_DISK: return 74;
	case ERR_LOCKED: return 75;
	case ERR_LOGIN: return 77;
	case ERR_RULES: return 78;
	}
	return 70;
}
