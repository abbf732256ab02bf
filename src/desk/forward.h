/* Forward: a mail that a person must read goes on to the secretariat at once. */
#ifndef XINLV_DESK_FORWARD_H
#define XINLV_DESK_FORWARD_H

#include "home/world.h"

#define FORWARD_MAX_BYTES (5u << 20) /* of a mail that is enclosed whole */

/* Is it one of those: a question nobody but a person can answer, a change, an objection? */
bool forward_wanted(const Verdict *v);
/* Appends the mail to the secretariat to the answers. */
int forward_mail(World *w, Arena *a, const MessageRow *m, const Verdict *v, const ReplyFacts *f, Outgoing **out, size_t *n,
                 Err *e);

#endif
