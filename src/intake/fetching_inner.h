/* What the files of fetching share. */
#ifndef XINLV_INTAKE_FETCHING_INNER_H
#define XINLV_INTAKE_FETCHING_INNER_H

#include "intake/fetching.h"

#define NOWHERE SIZE_MAX

/* How far a folder was walked. */
typedef struct {
	FetchState state;
	uint32_t next, end;  /* UIDs not listed yet */
	bool end_known;      /* false: UIDNEXT was not said */
	uint32_t window;     /* UIDs to list by the next command */
	int failed;          /* times that a window of one UID failed */
	ImapList list;       /* listed, and taken from its front */
	size_t taken;
	bool relist;         /* the first look listed too much to keep */
	uint32_t blind;      /* a UID whose description cannot be had, to be given out; 0: none */
	char blind_why[256];
} Place;

struct Fetching {
	const FetchConf *conf;
	int home;
	int dialled;   /* for the first session; -1: none */
	Archive *archive;
	Imap *imap;    /* NULL: lost */
	size_t open;   /* index of the open folder, or NOWHERE */
	bool changing; /* it was opened for changes */
	Place *place;
	size_t at;     /* folder to go on with */
	int connects;
	unsigned without; /* of imap_open */
	int blinds;    /* UIDs whose description could not be had */
	size_t got;    /* messages taken */
	int quota;
	int64_t stage_end;
	bool has_held; /* an error to be told by the next call, behind what came before it */
	Err held;
};

bool fetching_over(const Fetching *f); /* the stage's time */
void fetching_lose(Fetching *f);       /* the connection is of no use any more */
/* A connection with that folder open, made anew where needed, and the same folder as at first. */
int fetching_reach(Fetching *f, size_t folder, bool to_change, Err *e);
/* Lists until there is something to take from the folder, or nothing is left. */
int fetching_list(Fetching *f, size_t folder, Err *e);

#endif
