/* Beside every stage: what happened, one line an event.
 * Refuses to let a text from outside look like a line of its own. */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log_inner.h"
#include "base/str.h"

static LogLevel level_min = LOG_WARN;
static char name_shown[32] = "xinlv";
static LogTarget target;

static const int priority[] = {[LOG_DEBUG] = 7, [LOG_INFO] = 6, [LOG_WARN] = 4, [LOG_ERROR] = 3};

int log_target(const char *word) {
	static const char *const words[] = {[LOG_STDERR] = "stderr", [LOG_SYSLOG] = "syslog", [LOG_JOURNAL] = "journal"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i], word) == 0) {
			target = (LogTarget)i;
			return 0;
		}
	return -1;
}

void log_level(LogLevel level) {
	level_min = level;
}

void log_name(const char *name) {
	const char *where = getenv("XINLV_LOG");
	snprintf(name_shown, sizeof name_shown, "%s", name);
	if (where)
		(void)log_target(where);
}

static bool is_digit(char c) {
	return c >= '0' && c <= '9';
}

static bool is_word(char c) {
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* 13800138000, or 17 digits with one more or an X. */
static bool is_personal(const char *p, size_t n) {
	size_t digits = strspn(p, "0123456789");
	if (n == 11)
		return digits >= 11 && p[0] == '1' && p[1] >= '3';
	return n == 18 && digits >= 17 && (is_digit(p[17]) || p[17] == 'X' || p[17] == 'x');
}

void log_mask(char *text) {
	for (char *p = text; *p;) {
		size_t n = 0;
		while (is_word(p[n]))
			n++;
		if (is_personal(p, n))
			memset(p + (n == 11 ? 3 : 6), '*', n == 11 ? 4 : 8);
		p += n ? n : 1;
	}
}

/* The lines of a long error stay lines, but indented; other controls go. */
static void add_plain(Buf *out, const char *s, const char *before) {
	for (; *s; s++) {
		if (*s == '\n')
			buf_fmt(out, "\n%s  ", before);
		else
			buf_char(out, (unsigned char)*s < 0x20 || *s == 0x7F ? ' ' : *s);
	}
}

/* One write: lines of several processes do not mix.  Nobody is left to be told when it fails. */
static void put_line(LogLevel level, const char *text) {
	Buf line = {0};
	char before[8] = "";
	if (target == LOG_JOURNAL)
		snprintf(before, sizeof before, "<%d>", priority[level]);
	buf_fmt(&line, "%s%s: ", before, name_shown);
	size_t from = line.n;
	add_plain(&line, text, before);
	if (target == LOG_SYSLOG)
		syslog_line(name_shown, priority[level], buf_cstr(&line) + from);
	buf_char(&line, '\n');
	if (target != LOG_SYSLOG || (level == LOG_ERROR && isatty(STDERR_FILENO))) {
		ssize_t put_n = write(STDERR_FILENO, line.p, line.n);
		(void)put_n;
	}
	buf_free(&line);
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
	if (n >= 0)
		log_mask(text);
	put_line(level, n < 0 ? fmt : text);
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
