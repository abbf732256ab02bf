/* Corrected: the forms that go back with an answer to be mended: of our own template, all that came poured in, the faulty
 * cells red.  Made by the office program; an answer goes out without them where that fails. */
#ifndef XINLV_COMMAND_CORRECTED_H
#define XINLV_COMMAND_CORRECTED_H

#include "home/world.h"

#define CORRECTED_MOST 20                /* forms enclosed in one answer */
#define CORRECTED_MAX_BYTES (4u << 20)   /* of one of them */
#define CORRECTED_ALL_BYTES (10u << 20)  /* of all in one answer; the rest is left out */

/* id: the Message-ID of the answer, by which the forms will be known again. *n may be 0; faults are logged. */
void corrected_make(World *w, Arena *a, const Report *r, const Verdict *v, const char *id, Attachment **out, size_t *n);

#endif
