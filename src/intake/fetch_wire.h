/* Wire: what xinlv and xinlv-fetch say to each other, in frames (base/record.h), and the session's settings as both
 * understand them.  Private to the room. */
#ifndef XINLV_INTAKE_FETCH_WIRE_H
#define XINLV_INTAKE_FETCH_WIRE_H

#include "base/record.h"
#include "intake/fetcher.h"

#define WIRE_SOCKET 3 /* descriptors of the child */
#define WIRE_HOME 4
#define WIRE_MAX_FRAME (256u << 10)
#define FETCH_MAX_FOLDERS 64
#define FETCH_MAX_TIDY 4096        /* messages tidied by one question */
#define FETCH_MAX_HEADER (64u << 10) /* of a message that is too large to take */

/* The first number of each frame.  When the parent closes the socket the child logs out and ends. */
enum {
	WIRE_HELLO = 1, /* parent: settings and folders, and a socket that connects may ride along; child: WIRE_STATES or WIRE_FAULT */
	WIRE_NEXT,      /* parent: max, max bytes, starts; child: WIRE_MESSAGE..., then WIRE_DONE or WIRE_FAULT */
	WIRE_TIDY,      /* parent: folder, UIDs; child: WIRE_TIDIED or WIRE_FAULT */
	WIRE_PLACE,     /* parent; child: WIRE_PLACED or WIRE_FAULT */
	WIRE_FOLDERS,   /* parent; child: WIRE_NAMES or WIRE_FAULT */
	WIRE_STATES = 16,
	WIRE_MESSAGE,   /* a descriptor of the header block may ride along */
	WIRE_DONE,
	WIRE_TIDIED,
	WIRE_PLACED,    /* where messages are moved to: its name on the server, whether it is there */
	WIRE_NAMES,     /* the folders there are, for a person to read */
	WIRE_FAULT,
};

typedef enum { FETCH_TLS, FETCH_STARTTLS, FETCH_CLEAR } FetchTls;

/* A session's settings: MailConf as far as the child needs it. */
typedef struct {
	const char *host;
	uint16_t port;
	FetchTls tls;
	const char *user;
	const char *ca_file; /* "": the system's */
	const char *password_file, *password_command, *password_env, *token_command;
	const char *support; /* an address for ID; may be "" */
	uint64_t max_bytes;  /* of a message; 0: no limit */
	AfterKind after;
	const char *after_folder;
	int exchange_seconds, stage_seconds;
	const FetchFolder *folder;
	size_t folder_n;
} FetchConf;

/* ERR_RULES: mail in clear over a network, no way to a password, control bytes, too many folders. */
int fetchconf_from(const MailConf *m, const FetchFolder *folder, size_t n, FetchConf *out, Err *e);
/* True for a name that means this machine: nothing else may be spoken to in clear. */
bool host_is_loopback(const char *host);
void fetchconf_put(Buf *b, const FetchConf *c);
int fetchconf_get(RecIn *r, Arena *a, FetchConf *out); /* 0, or -1 when it is not well formed */

#endif
