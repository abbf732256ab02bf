/* Inside of the answers to the secretariat: one file ask_*.c for what takes more than a page. */
#ifndef XINLV_DESK_ASK_INNER_H
#define XINLV_DESK_ASK_INNER_H

#include "desk/ask.h"

typedef struct {
	World *w;
	Arena *a;
	const MessageRow *m;
	const Report *r;
	Verdict *v;
	VEC(Outgoing) out;
} Asking;

/* Makes the mail from d and appends it; part: from 0, of several that answer one question. */
int ask_reply(Asking *q, const char *mail, size_t part, Data *d, const Attachment *att, size_t n, Err *e);
const char *ask_say(const Asking *q, const char *key);        /* words */
const char *ask_minute(const Asking *q, int64_t t);           /* 2023-03-31 09:05 */
const char *ask_state(const Asking *q, const char *state);    /* of an entry, in words */
const char *ask_track(const Asking *q, const char *code);     /* its name */

int ask_list(Asking *q, Err *e);  /* ask_list.c */
int ask_find(Asking *q, Err *e);  /* ask_find.c */
int ask_story(Asking *q, const EntryRow *en, Err *e); /* ask_story.c */
int ask_files(Asking *q, Err *e); /* ask_files.c */
int ask_experts(Asking *q, Err *e); /* ask_rounds.c */
int ask_assign(Asking *q, Err *e);
int ask_scores(Asking *q, Err *e);
int ask_recommend(Asking *q, Err *e);
int ask_confirm(Asking *q, Err *e);
int said_answer(Asking *q, Err *e); /* said.c */
int ask_roadshow(Asking *q, Err *e); /* ask_roadshow.c */
int ask_awards(Asking *q, Err *e); /* ask_awards.c */
int ask_book(Asking *q, Err *e); /* ask_awards.c */

#endif
