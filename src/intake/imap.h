/* Imap: a session with a server, through libetpan: looking into folders, taking messages into the archive, tidying.
 * Only what real servers can be trusted with is asked: no SEARCH, no ENVELOPE, no BODYSTRUCTURE; UIDs in ascending
 * ranges.  Private to the room. */
#ifndef XINLV_INTAKE_IMAP_H
#define XINLV_INTAKE_IMAP_H

#include "base/hash.h"
#include "intake/archive.h"
#include "intake/fetch_wire.h"

#define IMAP_MAX_LISTED 20000 /* messages that one answer may list */
#define IMAP_MAX_NAMES 60
#define IMAP_BYTES_A_SECOND 20000 /* slower than this, and an exchange ends at its deadline */

/* How an exchange ended.  Behind LOST and GARBLED the connection can only be closed. */
typedef enum {
	IMAP_OK,
	IMAP_REFUSED, /* the server said NO */
	IMAP_LOST,    /* the connection ended, or its deadline came */
	IMAP_GARBLED, /* the answer could not be read */
	IMAP_OURS,    /* the disk, or our own doing */
} ImapEnd;

typedef struct Imap Imap;

typedef struct {
	uint32_t uidvalidity, uidnext, exists; /* 0: not said */
} ImapFolder;

typedef struct {
	uint32_t uid;
	uint64_t bytes;
	int64_t received; /* WHEN_NONE: not said */
} ImapMeta;

typedef struct {
	uint32_t uid;
	uint64_t said;   /* bytes, as listed */
	bool answered;   /* the server spoke of it */
	bool got;        /* whole, in the archive */
	bool too_long;   /* longer than it may be, though the server said less; only when asked for alone */
	Hash sha256;
	uint64_t bytes;
} ImapBody;

/* What is asked only of a server that offers it, and can be done without. */
typedef enum {
	EXTRA_ID = 1,        /* RFC 2971 */
	EXTRA_NAMESPACE = 2, /* RFC 2342 */
	EXTRA_QUOTA = 4,     /* RFC 9208 */
} ImapExtra;

/* Connects, checks the certificate, logs in, asks what the server can and tells it who we are.  dialled: as net_open.
 * stage_end: monotonic milliseconds that no exchange outlasts.  without: the extras that are not asked for, as bits; one that
 * ends the connection, or whose answer cannot be read, is added to them, so that the next session goes on.
 * ERR_SERVER, ERR_LOGIN, ERR_RULES. */
int imap_open(const FetchConf *c, int home, int dialled, int64_t stage_end, unsigned *without, Imap **out, Err *e);
void imap_close(Imap *m, bool politely); /* NULL is allowed */

/* Opens a folder (UTF-8), by its name as it stands or as this server writes it (imap_path), for reading, or for changing flags
 * too.  A folder that is not there: IMAP_OK and *missing. */
ImapEnd imap_look(Imap *m, const char *folder, bool to_change, ImapFolder *out, bool *missing, Err *e);
/* A folder's name as this server writes it: each '/' becomes what the server puts between a folder and those below it, and
 * what the names of a person's own folders begin with here stands before it (RFC 2342).  In a. */
ImapEnd imap_path(Imap *m, Arena *a, const char *folder, char **path, Err *e);
/* Whether there is a folder of that name, as imap_path gives it. */
ImapEnd imap_exists(Imap *m, const char *path, bool *exists, Err *e);
/* Names of the folders that can be opened (UTF-8), at most IMAP_MAX_NAMES, with commas between, for a person.  In a. */
ImapEnd imap_names(Imap *m, Arena *a, char **names, Err *e);
/* Share of the quota of the folder in use, 0..100; -1 when not offered or not said. */
ImapEnd imap_quota(Imap *m, const char *folder, int *percent, Err *e);
/* Messages with UIDs from first to last (0: to the end), ascending, each once; free with vec_free. */
typedef VEC(ImapMeta) ImapList;
ImapEnd imap_list(Imap *m, uint32_t first, uint32_t last, ImapList *out, Err *e);
/* The bodies of b[0..n), ascending, by one command for the whole range, into the archive (not yet synced).  What came is
 * marked, also when the end is not IMAP_OK.  Other messages that the server tells of are dropped. */
ImapEnd imap_bodies(Imap *m, Archive *a, ImapBody *b, size_t n, Err *e);
/* The header block, at most FETCH_MAX_HEADER bytes of it, appended to out. */
ImapEnd imap_header(Imap *m, uint32_t uid, Buf *out, Err *e);

/* ---- tidying, in a folder opened for changes.  uid ascending. */
bool imap_can(const Imap *m, const char *capability);
ImapEnd imap_flag(Imap *m, const uint32_t *uid, size_t n, Err *e);
ImapEnd imap_move(Imap *m, const uint32_t *uid, size_t n, const char *folder, Err *e);
ImapEnd imap_delete(Imap *m, const uint32_t *uid, size_t n, Err *e);

#endif
