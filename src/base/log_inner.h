/* The system's log, apart from ours because both name their levels alike.  Private to log.c. */
#ifndef XINLV_BASE_LOG_INNER_H
#define XINLV_BASE_LOG_INNER_H

/* priority: 3 error, 4 warning, 6 information, 7 debugging (RFC 5424). */
void syslog_line(const char *name, int priority, const char *line);

#endif
