/* Beside every stage: a line to syslog(3).  Never used by the reader, whose walls know no socket. */
#include "base/log_inner.h"

#include <stdbool.h>
#include <syslog.h>

void syslog_line(const char *name, int priority, const char *line) {
	static bool open;
	if (!open)
		openlog(name, LOG_PID, LOG_MAIL);
	open = true;
	syslog(priority, "%s", line);
}
