/* Log: one line an event, to standard error or where the operator's other logs are.  A line about a message begins
 * with the first 12 hex digits of its hash, so that one grep tells its story.
 * Bytes from outside must have been made printable (text.h) before.  Mobile and identity-card numbers are masked. */
#ifndef XINLV_BASE_LOG_H
#define XINLV_BASE_LOG_H

#include <stdbool.h>

typedef enum {
	LOG_STDERR,
	LOG_SYSLOG,  /* facility mail; errors go to a terminal, too, where there is one */
	LOG_JOURNAL, /* standard error, each line with its priority as systemd reads it: <4>xinlv: ... */
} LogTarget;

typedef enum { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } LogLevel;

/* Level at and above which lines are written; default LOG_WARN. */
void log_level(LogLevel level);
/* stderr, syslog or journal; -1 for another word. */
int log_target(const char *word);
/* The program's name before each line; default "xinlv".  A helper program writes to where XINLV_LOG says. */
void log_name(const char *name);
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The text with the middle of each mobile and identity-card number that stands alone in it covered: 138****8000. In place. */
void log_mask(char *text);

#endif
