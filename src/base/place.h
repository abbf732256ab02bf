/* Place: where what belongs to a program stands, seen from the running program: where it was built, or wherever it was
 * installed. */
#ifndef XINLV_BASE_PLACE_H
#define XINLV_BASE_PLACE_H

#include "base/arena.h"

/* The folder of the helper programs. */
const char *place_programs(Arena *a);
/* The folder that holds the rules/ and templates/ that came with the program; where there is none, the one they would be
 * installed to. */
const char *place_share(Arena *a);

#endif
