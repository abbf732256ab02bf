/* Ask: what the secretariat asks for by mail (judge/ask.c) is answered at once, and only to the listed address that asked. */
#ifndef XINLV_DESK_ASK_H
#define XINLV_DESK_ASK_H

#include "home/world.h"

#define ASK_FOUND 30   /* entries or messages named in one answer */
#define ASK_SHOWN 10   /* entries of a list named in the mail itself */
#define ASK_STEPS 200  /* of one entry's story, the last ones */

/* The answers for v->ask, in the arena; writes within the open transaction where personal data are handed out. */
int ask_mail(World *w, Arena *a, const MessageRow *m, const Report *r, Verdict *v, Outgoing **out, size_t *n, Err *e);
/* The same for what an expert said in a line (v->says): done, and answered. */
int said_mail(World *w, Arena *a, const MessageRow *m, const Report *r, Verdict *v, Outgoing **out, size_t *n, Err *e);

#endif
