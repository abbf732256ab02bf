/* Beside every stage: what happened, one line an event, to standard error.
 * Refuses to let a text from outside look like a line of its own. */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

static LogLevel level_min = LOG_WARN;
static char name_shown[32] = "xinlv";

void log_level(LogLevel level) {
	level_min = level;
}

void log_name(const char *name) {
	snprintf(name_shown, sizeof name_shown, "%s", name);
}

/* The lines of a long error stay lines, but indented; other controls go. */
static void add_plain(Buf *out, const char *s) {
	for (; *s; s++) {
		if (*s == '\n')
			buf_str(out, "\n  ");
		else
			buf_char(out, (unsigned char)*s < 0x20 || *s == 0x7F ? ' ' : *s);
	}
}

static void put(LogLevel level, const char *fmt, va_list ap) {
	if (level < level_min)
		return;
	int error = errno;
	char small[1024], *text = small;
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(small, sizeof small, fmt, ap);
	if (n >= (int)sizeof small) {
		text = mem_alloc((size_t)n + 1);
		vsnprintf(text, (size_t)n + 1, fmt, again);
	}
	va_end(again);
	Buf line = {0};
	buf_str(&line, name_shown);
	buf_str(&line, ": ");
	add_plain(&line, n < 0 ? fmt : text);
	buf_char(&line, '\n');
	/* One write: lines of several processes do not mix.  Nobody is left to be
	 * told when it fails. */
	ssize_t put_n = write(STDERR_FILENO, line.p, line.n);
	(void)put_n;
	buf_free(&line);
	if (text != small)
		free(text);
	errno = error;
}

#define LOG_AT(level)                   \
	do {                            \
		va_list ap;             \
		va_start(ap, fmt);      \
		put((level), fmt, ap);  \
		va_end(ap);             \
	} while (0)

void log_debug(const char *fmt, ...) {
	LOG_AT(LOG_DEBUG);
}

void log_info(const char *fmt, ...) {
	LOG_AT(LOG_INFO);
}

void log_warn(const char *fmt, ...) {
	LOG_AT(LOG_WARN);
}

void log_error(const char *fmt, ...) {
	LOG_AT(LOG_ERROR);
}
