/* Year: what is kept of a contest when it is over: a folder that shows by itself, on any machine, that it is whole. */
#ifndef XINLV_COMMAND_YEAR_H
#define XINLV_COMMAND_YEAR_H

#include "base/arena.h"
#include "base/err.h"

#define YEAR_SUMS "SHA256SUMS" /* at the top of such a folder; as sha256sum(1) reads it */

/* Every file that the folder's list of sums names is there with those bytes, and no file lies there that it does not name.
 * fault() hears of each that is not so.  *files gets how many it names; 0 where there is no such list. */
int year_verify(int dir, void (*fault)(void *ctx, const char *line), void *ctx, size_t *files, Err *e);

#endif
