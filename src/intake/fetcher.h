/* Fetcher: the parent's side of xinlv-fetch, the process that speaks IMAP (libetpan). That process has the network and
 * the archive, and no database; it streams messages into the archive and says what it took.  One connection serves a
 * whole tick: looking, fetching, tidying. */
#ifndef XINLV_INTAKE_FETCHER_H
#define XINLV_INTAKE_FETCHER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "rules/rules.h"

#define FETCH_EXCHANGE_SECONDS 60 /* one command and its answer */
#define FETCH_STAGE_SECONDS 900   /* the whole stage of a tick */

typedef struct Fetcher Fetcher;

/* Progress in a folder, as the database has it; uidvalidity 0: never looked. */
typedef struct {
	const char *folder; /* UTF-8 */
	uint32_t uidvalidity, last_uid;
} FetchFolder;

/* What the server said of a folder. */
typedef struct {
	bool missing;
	uint32_t uidvalidity, uidnext, exists;
	bool renewed; /* UIDVALIDITY is another one: look again from UID 1 and recognise by hash */
	int64_t oldest; /* arrival of the oldest message of a folder never looked into; WHEN_NONE: empty, or looked into */
} FetchState;

/* A message that was taken, or that could not be. */
typedef struct {
	size_t folder;
	uint32_t uid;
	int64_t received; /* INTERNALDATE */
	uint64_t bytes;
	bool archived;
	Hash sha256;
	bool too_large;  /* not archived: larger than fetch.max_bytes */
	const char *why; /* not archived: in words; "" else */
	int header;      /* not archived: a descriptor of its header block, or -1; the caller closes it */
} FetchedMessage;

/* Connects, checks the certificate, logs in, sends ID, looks at each folder (EXAMINE, no message asked for).
 * ERR_SERVER, ERR_LOGIN (with the hint on authorisation codes), ERR_RULES (plaintext refused, no password). */
int fetcher_open(const char *program, int home, const MailConf *conf, const FetchFolder *folder, size_t n,
                 FetchState *state, Fetcher **out, Err *e);
/* For a tick with nothing to do: what a session needs, as a record that may lie in a file (of a password it says only where
 * it is); and a session of that record that only looks.  1: a folder has, or may have, a message past last_uid, or is not as it
 * was; 0: there is nothing. */
int fetcher_pack(const MailConf *conf, const FetchFolder *folder, size_t n, Buf *out, Err *e);
int fetcher_news(const char *program, int home, Str packed, int *quota, Err *e);
/* Leaves the messages of a folder up to this UID out, instead of those up to last_uid; before the first batch. */
void fetcher_skip(Fetcher *f, size_t folder, uint32_t uid);
/* The next batch, in ascending UID, folder by folder: at most max messages and about max_bytes bytes, on disk when this
 * returns.  *n is 0 when there is nothing more, or FETCH_STAGE_SECONDS
 * are over.  Behind a batch the process goes on with the next, as large, while the caller has other things to do: nothing
 * else may be asked of it before *n was 0.  ERR_SERVER when the connection is lost; what came before it was given by an earlier call. */
int fetcher_next(Fetcher *f, size_t max, uint64_t max_bytes, Arena *a, FetchedMessage **out, size_t *n, Err *e);
/* True when every message below the folder's uidnext was given out. */
bool fetcher_walked(const Fetcher *f, size_t folder);
/* Tidies by UID as the configuration's `after` says; what cannot be (no MOVE and no UIDPLUS, or the server
 * says no) is kept, with a warning in *warning (NULL when none). */
int fetcher_tidy(Fetcher *f, size_t folder, const uint32_t *uid, size_t n, Arena *a, char **warning, Err *e);
/* Where `after: move` moves messages to: the folder's name as the server writes it ('/' becomes its own delimiter), and
 * whether it is there already; the first move makes it. */
int fetcher_place(Fetcher *f, Arena *a, char **path, bool *exists, Err *e);
/* Names of the folders that the server has, with commas between, for a person to read. */
int fetcher_names(Fetcher *f, Arena *a, char **names, Err *e);
/* Share of the mailbox's quota in use, 0..100; -1 when the server does not say. */
int fetcher_quota(const Fetcher *f);
/* Says goodbye (LOGOUT) and ends the process. NULL is allowed. */
void fetcher_close(Fetcher *f);

#endif
