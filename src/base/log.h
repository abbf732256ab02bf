/* Log: one line an event, to standard error.  A line about a message begins
 * with the first 12 hex digits of its hash, so that one grep tells its story.
 * Bytes from outside must have been made printable (text.h) before. */
#ifndef XINLV_BASE_LOG_H
#define XINLV_BASE_LOG_H

#include <stdbool.h>

typedef enum { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } LogLevel;

/* Level at and above which lines are written; default LOG_WARN. */
void log_level(LogLevel level);
/* The program's name before each line; default "xinlv". */
void log_name(const char *name);
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
