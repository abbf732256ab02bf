/* What the files of a session share. */
#ifndef XINLV_INTAKE_IMAP_INNER_H
#define XINLV_INTAKE_IMAP_INNER_H

#include "intake/imap.h"
#include "intake/net.h"

struct mailimap;

struct Imap {
	struct mailimap *im;
	Net *net;
	const FetchConf *conf;
	int64_t stage_end;
	Arena *arena;
	bool full; /* the answer listed more than IMAP_MAX_LISTED */
	bool able; /* what the server can do was told with the login */
	unsigned *without; /* of imap_open */
	unsigned asked;    /* the extra that is under way */
};

/* Before each command: its deadline, with time for so many bytes of messages, and the processor time it may use. */
void imap_begin(Imap *m, uint64_t bytes);
/* imap_begin for an extra; false where it is not offered, or not to be asked for. */
bool imap_begin_extra(Imap *m, ImapExtra x);
/* Behind each command: what libetpan's result r means, and in *e what happened while `doing` ("fetching messages"). */
ImapEnd imap_end(Imap *m, int r, const char *doing, Err *e);
/* The server's last words as one clean line, whatever its charset; "" when there are none. */
char *imap_words(const Imap *m);
/* Seconds since 1970 of an INTERNALDATE; zone as +0800 is 800.  WHEN_NONE when there is no such moment. */
int64_t imap_when(int year, int month, int day, int hour, int minute, int second, int zone);

#endif
