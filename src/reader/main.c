/* xinlv-read: the program that parses the bytes of messages.  Started by the parent
 * with a socket and nothing else; puts its walls up before the first question.
 * Refuses to be run by hand, and to read anything without walls. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reader/client.h"
#include "reader/preload.h"
#include "reader/serve.h"
#include "reader/walls.h"
#include "reader/wire.h"

#define HEAD 4096 /* bytes that sniff() looks at */

#if defined(__SANITIZE_ADDRESS__)
/* Behind the walls no symbolizer can be started and no leak be looked for. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
	return "symbolize=0:detect_leaks=0:handle_segv=0:handle_abort=0";
}
#endif

static ReportKind kind_of(FileType t) {
	switch (t) {
	case TYPE_EML:
		return REPORT_MAIL;
	case TYPE_XLSX:
	case TYPE_XLS:
	case TYPE_ODS:
		return REPORT_WORKBOOK;
	case TYPE_DOCX:
		return REPORT_DOCUMENT;
	case TYPE_ZIP:
	case TYPE_RAR:
	case TYPE_7Z:
	case TYPE_GZIP:
	case TYPE_TNEF:
	case TYPE_MSG:
		return REPORT_ARCHIVE;
	default:
		return REPORT_OTHER;
	}
}

static void read_message(ReadJob *j, int fd, const char *name) {
	j->report->kind = REPORT_MAIL;
	if (j->flags & READ_FILE) {
		char head[HEAD];
		ssize_t n = pread(fd, head, sizeof head, 0);
		j->report->kind = kind_of(sniff((Str){head, n > 0 ? (size_t)n : 0}, fd));
	}
	if (j->report->kind == REPORT_MAIL)
		read_mail(j, fd);
	else
		read_file(j, fd, -1, &(FileAt){.name = name, .parent = -1});
}

/* Signals meant for the run are the parent's to act on: the reader ends when its socket
 * closes, so that a stopped run is never taken for a message that kills. */
static void own_signals(void) {
	static const int theirs[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2};
	for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++)
		signal(theirs[i], SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static int fail(const char *what) {
	fprintf(stderr, "xinlv-read: %s\n", what);
	return 70;
}

int main(void) {
	struct stat st;
	Err e = {0};
	if (fstat(WIRE_SOCKET, &st) || !S_ISSOCK(st.st_mode)) {
		fprintf(stderr, "xinlv-read is started by xinlv, never by hand\n");
		return 64;
	}
	own_signals();
	preload();
	walls_close_above(WIRE_SOCKET);
	const Walls w = {.sock = WIRE_SOCKET, .memory = READER_MEMORY,
	                 .file_bytes = REPORT_MAX_UNPACKED};
	if (walls_up(&w, &e))
		return fail(e.text);
	int done = serve(WIRE_SOCKET, read_message, &e);
	_exit(done ? fail(e.text) : 0); /* exit handlers are not worth their calls */
}
