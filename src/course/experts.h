/* Experts: the roster, as its records have it (store/record.h): kind "expert", who the code, state active or retired, data the
 * tracks; personal are the address and the detail, a JSON object of the rest.  A promise of confidentiality is a record of
 * kind "promise". */
#ifndef XINLV_COURSE_EXPERTS_H
#define XINLV_COURSE_EXPERTS_H

#include "home/world.h"
#include "store/record.h"

#define EXPERTS_MAX 2000 /* on a roster */

typedef struct {
	const char *code; /* names the expert in seals and records: [a-z0-9-] */
	const char *name, *org, *uscc, *mail, *mobile, *remark;
	const char *tracks; /* codes, commas between; "": all */
	const char *label;  /* the name; with the organisation where another has the same name */
	bool active;
	bool promised;      /* or no promise is wanted */
	int64_t version;    /* of the record */
} Expert;

/* All that ever stood on the roster, in order of code. */
int experts_read(World *w, Arena *a, Expert **out, size_t *n, Err *e);
const Expert *expert_of(const Expert *list, size_t n, const char *code); /* NULL when there is none */
/* By label or, where it is one person's, by name; active ones only.  NULL when it is none or several. */
const Expert *expert_named(Arena *a, const Expert *list, size_t n, const char *text);
/* May judge entries of that track. */
bool expert_has_track(const Expert *x, const char *track);
/* What keeps the expert from the entry: words below experts.conflict_, NULL when nothing does. */
const char *expert_conflict(const Rules *r, Arena *a, const Expert *x, const EntryRow *en);
/* Records the expert as given, by whom. Within the open transaction. */
int expert_record(World *w, Arena *a, const Expert *x, const char *by, Err *e);
/* Takes out of a text what tracks it names, by code, ordinal or name: codes with commas between. NULL when a part names
 * none; *wrong is that part then. */
const char *expert_tracks(const Rules *r, Arena *a, const char *text, const char **wrong);

/* A mail of the robot's own accord to an expert; key makes its Message-ID.  Queued within the open transaction. */
int expert_mail(World *w, Arena *a, const Expert *to, const char *mail, const char *key, Data *d, const Attachment *att,
                size_t n, Err *e);

#endif
