/* Fetching: what xinlv-fetch does for its parent: the folders in their order, batch by batch, through whatever happens
 * to the connection.  Private to the room. */
#ifndef XINLV_INTAKE_FETCHING_H
#define XINLV_INTAKE_FETCHING_H

#include "intake/imap.h"

#define FETCHING_WINDOW 512     /* UIDs listed by the first command */
#define FETCHING_WINDOW_MAX (1u << 30)
#define FETCHING_RUN_BYTES (8u << 20) /* of messages asked for by one command */
#define FETCHING_RECONNECTS 40  /* in one tick */
#define FETCHING_TRIES 2        /* of a message alone */
#define FETCHING_BATCH 1024     /* messages of one batch */
#define FETCHING_BLINDS 3       /* UIDs passed by in one tick since their description cannot be had */
#define FETCHING_DOUBT 3        /* so many messages that fail, and none that does not: the server is at fault */

typedef struct Fetching Fetching;

/* Logs in and looks at each folder.  dialled: a socket that connects to the server already, which is taken over, or -1. */
int fetching_open(const FetchConf *c, int home, int dialled, Fetching **out, Err *e);
void fetching_close(Fetching *f); /* NULL is allowed */
const FetchState *fetching_state(const Fetching *f, size_t folder);
int fetching_quota(const Fetching *f);
/* Starts behind this UID. */
void fetching_skip(Fetching *f, size_t folder, uint32_t uid);
bool fetching_walked(const Fetching *f, size_t folder);

/* The next batch, on disk; the descriptors are the caller's to close.  *n 0: nothing more. */
int fetching_next(Fetching *f, size_t max, uint64_t max_bytes, Arena *a, FetchedMessage **out, size_t *n, Err *e);
/* Where messages are moved to: as the server writes it, and whether it is there.
 * fetching_tidy: *warning is "" or what was left undone. */
int fetching_place(Fetching *f, Arena *a, char **path, bool *exists, Err *e);
/* The folders that the server has, for a person. */
int fetching_names(Fetching *f, Arena *a, char **names, Err *e);
int fetching_tidy(Fetching *f, size_t folder, const uint32_t *uid, size_t n, Arena *a, char **warning, Err *e);

#endif
