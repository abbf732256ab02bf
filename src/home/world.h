/* World: a contest home, opened: its rules, database, journal, archive, templates and the walled
 * reader, each opened when first needed.  One per command. */
#ifndef XINLV_HOME_WORLD_H
#define XINLV_HOME_WORLD_H

#include "home/env.h"
#include "intake/archive.h"
#include "intake/journal.h"
#include "judge/judge.h"
#include "post/reply.h"
#include "reader/client.h"
#include "rules/rules.h"
#include "store/store.h"

typedef struct {
	Env *env;
	int lock;           /* of a run, -1 otherwise */
	const Rules *rules; /* in force */
	bool rules_faulty;  /* the folder's rules are at fault: `rules` are the last good ones */
	const char *faults; /* what is wrong with them */
	Store *store;
	Journal *journal;
	Archive *archive;
	FormMap *map;
	Reader *reader;
	struct Filler *filler; /* of forms to be mended */
	Judge *judge;
	Templates *templates;
	int spill;          /* spool/tmp */
	Rules *owned;       /* the same, where they may be changed: settings are laid over them, and they are freed with the world */
	bool rehearsal;     /* only the database counts: nothing is laid into folders, no workbook is made (rehearse.h) */
	struct Numbering *numbering; /* while the journal is replayed: the numbers that it has on record (numbering.h) */
	Hash look;          /* source_look of the folder's rules, taken before they were read */
} World;

/* How much a command may do to the home. */
typedef enum {
	WORLD_LOOK,  /* reads only, works beside a run */
	WORLD_SHOW,  /* the same, to show what the database holds: refused while it waits to be made again (ERR_MISSING) */
	WORLD_WRITE, /* takes the lock: a run */
} WorldMode;

#define WORLD_LOCK "spool/lock" /* below a home: held by whoever writes to it */

/* Opens the rules (the last good ones where those of the folder are at fault) and the store; in WORLD_WRITE also the lock,
 * the journal and the archive, brings the database up to the journal, and takes new rules into force. */
int world_open(World *w, Env *env, WorldMode mode, Err *e);
void world_close(World *w);

/* -1 (ERR_MISSING) where the database has nothing of a journal that is not empty: it waits to be made again. The store is open. */
int world_made(World *w, Err *e);

/* Each opens at the first call. */
int world_reader(World *w, Err *e);
int world_judge(World *w, Err *e);
int world_templates(World *w, Err *e);
ReplyWorld world_reply(const World *w);

/* The set of rules of that name, from the archive; NULL on error. */
Rules *world_rules_of(World *w, Hash hash, Err *e);
/* From now on these rules (owned by the world; NULL: none yet); what was made from others is let go. */
void world_use_rules(World *w, Rules *r);

/* Faults as rules_load wrote them, to standard error as they are: no name stands before them. */
void world_tell_faults(const Buf *faults);
/* The rules alone, from the home's folders; faults go to standard error. NULL on fault. */
Rules *world_rules(Env *env, Err *e);
/* The same from another folder that has rules/ and templates/, the wording of its mails checked too. */
Rules *world_rules_at(Env *env, int home, Err *e);

#endif
